// Reminders: the phone's calendar does it best; the app itself only while it is open.
import { ReminderTime_Kind, type HeldTrial, type ReminderTime } from '@solotrial/client';
import { create } from '@bufbuild/protobuf';
import { ReminderTimeSchema } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useLoaded } from '../client';
import { preferences, setPreferences } from '../preferences';
import { text } from '../text/rest';
import { locale } from '../text/text';
import { saveFile } from '../ui/copy';
import { Banner, Button, Card, Field } from '../ui/parts';
import { Screen } from '../ui/screen';
import { CalendarAddress } from './calendar_address';

interface Slot {
  kind: ReminderTime_Kind;
  slot: string;
}

/** What the trial asks for in a day: each can have its own time. */
async function slotsOf(held: HeldTrial): Promise<Slot[]> {
  const protocol = held.trial.protocol;
  const doses = protocol?.intervention?.doseSlots ?? [];
  const scores = new Set(
    protocol?.measures.flatMap((one) => (one.slots.length ? one.slots : [''])),
  );
  return [
    ...(doses.length ? doses : ['']).map((slot) => ({ kind: ReminderTime_Kind.DOSE, slot })),
    ...[...scores].map((slot) => ({ kind: ReminderTime_Kind.SCORE, slot })),
  ];
}

const keyOf = (slot: Slot) => `${slot.kind}/${slot.slot}`;

export function RemindersScreen(props: { held: HeldTrial; fresh?: boolean }) {
  const tx = text().reminders;
  const { held } = props;
  const slots = useLoaded(() => slotsOf(held), [held.trial.name]).value ?? [];
  const [times, setTimes] = useState<Record<string, string>>({});
  const action = useAction();
  const settings = (): { times: ReminderTime[]; locale: string } => ({
    locale: locale(),
    times: slots.flatMap((slot) => {
      const time = times[keyOf(slot)];
      return time ? [create(ReminderTimeSchema, { ...slot, time })] : [];
    }),
  });
  const file = () => {
    action.run(async () => {
      const calendar = await client().api.report.getCalendar({
        trial: held.trial.name,
        calendar: settings(),
      });
      saveFile(calendar.content, calendar.contentType, calendar.fileName);
    });
  };
  return (
    <Screen
      title={props.fresh ? text().setup.remindTitle : tx.title}
      back={props.fresh ? undefined : '#/settings'}
      foot={
        props.fresh && (
          <Button kind="primary" href="#/today">
            {text().done}
          </Button>
        )
      }
    >
      {props.fresh && <p>{text().setup.remindText}</p>}
      <Card>
        <h2>{tx.calendar}</h2>
        <p class="small muted">{tx.calendarHint}</p>
        {slots.map((slot) => (
          <Field
            key={keyOf(slot)}
            type="time"
            label={[
              slot.kind === ReminderTime_Kind.DOSE ? tx.dose : tx.score,
              slot.slot && `(${text().day.slot[slot.slot] ?? slot.slot})`,
            ]
              .filter(Boolean)
              .join(' ')}
            value={times[keyOf(slot)] ?? (slot.kind === ReminderTime_Kind.DOSE ? '08:00' : '20:00')}
            onInput={(time) => setTimes({ ...times, [keyOf(slot)]: time })}
          />
        ))}
        <Button onClick={file} busy={action.busy}>
          {tx.file}
        </Button>
        {action.fault && <Banner kind="bad">{action.fault}</Banner>}
        <CalendarAddress trial={held.trial.name} settings={settings} />
      </Card>
      <Here />
    </Screen>
  );
}

/** Notifications of the page itself; without a push service they end when the app is closed. */
function Here() {
  const tx = text().reminders;
  const [on, setOn] = useState(preferences().remind);
  const [denied, setDenied] = useState(
    !('Notification' in window) || Notification.permission === 'denied',
  );
  const set = (remind: boolean) => {
    setPreferences({ remind });
    setOn(remind);
  };
  const allow = async () => {
    const permission = await Notification.requestPermission();
    if (permission === 'granted') set(true);
    else setDenied(true);
  };
  return (
    <Card>
      <h2>{tx.here}</h2>
      <p class="small muted">{denied ? tx.denied : tx.hereHint}</p>
      {!denied && on && <p>{tx.allowed}</p>}
      {!denied && (
        <Button onClick={() => (on ? set(false) : void allow())}>{on ? tx.off : tx.allow}</Button>
      )}
    </Card>
  );
}
