// One day of the diary, today or any past one: what to take, and its questions one after the other
// at the place where the thumb is.
import {
  Arm,
  DueItem_Kind,
  Today_Phase,
  type Day,
  type Due,
  type EntryDraft,
  type HeldTrial,
} from '@solotrial/client';
import { useState } from 'preact/hooks';
import { client, useAction, useStored, useTick } from '../client';
import { answer, dayTitle, entryWords, instruction, question } from '../say';
import { addDays, fullDate, longDate, text } from '../text/text';
import { Banner, Button, Card, Line, List } from '../ui/parts';
import { Icon } from '../ui/icon';
import { Screen } from '../ui/screen';
import { SyncBanners, SyncState } from '../ui/sync_state';
import { filled } from '../filled';
import { EntrySheet, type SheetKind } from './entry_sheet';
import { Question } from './question';
import { ZoneHint } from './zone_hint';

const keyOf = (due: Due) =>
  `${due.item.kind}/${due.item.id}/${due.item.slot}/${due.item.blockNumber}`;

/** Guesses have a screen of their own only where they are late; here they are one of the questions. */
export function DayScreen(props: { held: HeldTrial; date?: string | undefined }) {
  const tx = text();
  const trial = props.held.trial.name;
  const tick = useTick();
  const today = useStored(() => client().today(trial), [trial, tick]).value;
  const date = props.date ?? today;
  const day = useStored(
    () => (date ? client().day(trial, date) : Promise.resolve(undefined)),
    [trial, date],
  );
  if (!date || !today || day.value?.today.date !== date) {
    return (
      <Screen title={tx.day.today}>
        {day.fault ? <Banner kind="bad">{day.fault}</Banner> : <p class="muted">{tx.loading}</p>}
      </Screen>
    );
  }
  return <DayView key={date} held={props.held} day={day.value} today={today} />;
}

function DayView(props: { held: HeldTrial; day: Day; today: string }) {
  const tx = text().day;
  const { day, today, held } = props;
  const date = day.today.date;
  const isToday = date === today;
  const [chosen, setChosen] = useState<string>();
  const [sheet, setSheet] = useState<SheetKind>();
  const action = useAction();

  const open = day.due.find((due) => !due.held && due.item.kind !== DueItem_Kind.MARK);
  const current = day.due.find((due) => keyOf(due) === chosen) ?? open;
  const left = day.due.filter((due) => !due.held && due.item.kind !== DueItem_Kind.MARK).length;
  const others = day.due.filter((due) => due !== current); // that one is asked below
  const title = dayTitle(date, today, addDays(today, -1));

  const record = (due: Due, content: EntryDraft['content']) => {
    action.run(async () => {
      const slot = due.item.slot ? { slot: due.item.slot } : {};
      await client().record({ trial: held.trial.name, date, ...slot, content });
      setChosen(undefined);
    });
  };
  const takeBack = (due: Due) => {
    const id = due.held?.entry.id;
    if (id === undefined) return;
    action.run(async () => {
      await client().retract(held.trial.name, id);
      setChosen(keyOf(due));
    });
  };

  return (
    <Screen
      title={title}
      sub={
        <span class="number">
          {[title === longDate(date) ? '' : longDate(date), ...position(day)]
            .filter(Boolean)
            .join(' · ')}
        </span>
      }
      back={isToday ? undefined : '#/days'}
      side={<SyncState />}
    >
      {isToday && <SyncBanners />}
      {isToday && <ZoneHint held={held} date={date} />}
      {isToday && <Yesterday trial={held.trial.name} date={addDays(date, -1)} />}
      <Instruction day={day} />
      {others.length > 0 && (
        <List label={tx.toDo(left)}>
          {others.map((due) => (
            <DueLine key={keyOf(due)} due={due} onClick={() => setChosen(keyOf(due))} />
          ))}
        </List>
      )}
      <Others day={day} onEdit={(entry) => setSheet({ kind: 'edit', entry })} />
      {day.today.phase !== Today_Phase.BEFORE && (
        <div class="foot panel">
          {action.fault && <Banner kind="bad">{action.fault}</Banner>}
          {current ? (
            <Question
              key={keyOf(current)}
              due={current}
              held={held}
              focus={chosen !== undefined}
              onRecord={(content) => record(current, content)}
              onTakeBack={() => takeBack(current)}
              onLeave={chosen === undefined ? undefined : () => setChosen(undefined)}
            />
          ) : (
            day.due.length > 0 && (
              <div role="status">
                <p class="asked">{isToday ? tx.allDone : tx.allDonePast}</p>
                <p class="small muted">{tx.tapToChange}</p>
              </div>
            )
          )}
          <div class="segments">
            <Button compact onClick={() => setSheet({ kind: 'note' })}>
              {tx.addNote}
            </Button>
            <Button compact onClick={() => setSheet({ kind: 'rescue' })}>
              {tx.rescue}
            </Button>
            <Button compact onClick={() => setSheet({ kind: 'event' })}>
              {tx.happened}
            </Button>
          </div>
        </div>
      )}
      {sheet && (
        <EntrySheet
          trial={held.trial.name}
          date={date}
          what={sheet}
          onClose={() => setSheet(undefined)}
        />
      )}
    </Screen>
  );
}

/** Offered only where something is missing: most days begin with nothing to make up for. */
function Yesterday(props: { trial: string; date: string }) {
  const tx = text();
  const day = useStored(
    () => client().day(props.trial, props.date),
    [props.trial, props.date],
  ).value;
  const state = day ? filled(day) : 'outside';
  if (state === 'outside' || state === 'whole') return null;
  return (
    <List>
      <Line title={tx.day.yesterday} sub={tx.days_[state]} href={`#/day/${props.date}`} />
    </List>
  );
}

function position(day: Day): string[] {
  const tx = text().day;
  const { today } = day;
  if (today.dayNumber === 0) return [];
  const parts = [tx.position(today.dayNumber, today.plannedDays)];
  if (today.blockNumber > 0) {
    parts.push(tx.block(today.blockNumber, today.dayInBlock, today.blockDays));
  }
  return parts;
}

function Instruction(props: { day: Day }) {
  const tx = text().day;
  const { day } = props;
  const { phase } = day.today;
  const takes = phase === Today_Phase.BLOCK && (day.today.arm === Arm.ON || day.today.envelope > 0);
  return (
    <Card>
      <div class="row">
        <Icon name={day.today.envelope > 0 ? 'envelope' : takes ? 'pill' : 'info'} />
        <p class="big grow">{instruction(day)}</p>
      </div>
      {phase === Today_Phase.BEFORE && <p class="muted">{tx.beforeHint}</p>}
      {phase === Today_Phase.PAUSED && <p class="muted">{tx.pausedHint}</p>}
      {phase === Today_Phase.AFTER && <p class="muted">{tx.afterHint}</p>}
      {day.onlineBeforeDate && day.today.date >= addDays(day.onlineBeforeDate, -7) && (
        <p class="small muted">{tx.onlineBefore(fullDate(day.onlineBeforeDate))}</p>
      )}
    </Card>
  );
}

function DueLine(props: { due: Due; onClick: () => void }) {
  const tx = text();
  const { due } = props;
  const state = due.held?.state;
  return (
    <Line
      icon={due.held ? 'check' : 'circle'}
      good={due.held !== undefined}
      title={question(due)}
      sub={
        state === 'REJECTED' ? tx.notTaken : state === 'SAVED_ON_PHONE' ? tx.savedHere : undefined
      }
      value={due.held ? answer(due) : ''}
      onClick={props.onClick}
    />
  );
}

/** Notes, events, medicine: each can be opened, corrected and removed. */
function Others(props: { day: Day; onEdit: (entry: Day['entries'][number]) => void }) {
  const tx = text();
  const rows = props.day.entries.flatMap((held) => {
    const words = entryWords(held);
    return words ? [{ held, words }] : [];
  });
  if (rows.length === 0) return null;
  return (
    <section class="stack tight">
      <h2>{tx.day.notes}</h2>
      <List>
        {rows.map(({ held, words }) => (
          <Line
            key={held.entry.id}
            title={words.title}
            sub={[words.sub, held.state === 'STORED_BY_ENGINE' ? '' : tx.savedHere]
              .filter(Boolean)
              .join(' · ')}
            icon="edit"
            onClick={() => props.onEdit(held)}
          />
        ))}
      </List>
    </section>
  );
}
