// How far it has come. While the trial runs nothing here, blinded or not, tells how it goes.
import { Arm, DueItem_Kind, type Block, type Day, type HeldTrial } from '@solotrial/client';
import { client, useLoaded, useStored, useTick } from '../client';
import { daysSoFar, filled } from '../filled';
import { locale, shortDate, text } from '../text/text';
import { Banner, Button, Card, Line, List } from '../ui/parts';
import { Screen } from '../ui/screen';
import { SyncState } from '../ui/sync_state';

export function ProgressScreen(props: { held: HeldTrial }) {
  const tx = text();
  const { held } = props;
  const tick = useTick();
  const so = useStored(() => daysSoFar(held), [held.trial.name, held.trial.lastDate, tick]);
  if (!so.value) {
    return (
      <Screen title={tx.progress.title}>
        {so.fault ? <Banner kind="bad">{so.fault}</Banner> : <p class="muted">{tx.loading}</p>}
      </Screen>
    );
  }
  const { days, today } = so.value;
  const at = days.at(-1);
  const missing = days.filter((day) => filled(day) === 'missing').length;
  const guesses = at?.due.filter((due) => due.item.kind === DueItem_Kind.GUESS && !due.held) ?? [];
  return (
    <Screen title={tx.progress.title} sub={held.trial.protocol?.title} side={<SyncState />}>
      {guesses.map((due) => (
        <Banner key={due.item.blockNumber}>
          <p>{tx.progress.guessDue(due.item.blockNumber)}</p>
          <Button compact href="#/today">
            {tx.progress.guessNow}
          </Button>
        </Banner>
      ))}
      <Card>
        <p class="big number">
          {tx.progress.daysDone(at?.today.dayNumber ?? 0, at?.today.plannedDays ?? 0)}
        </p>
        <Meter done={at?.today.dayNumber ?? 0} of={at?.today.plannedDays ?? 1} />
        <Counts held={held} days={days} />
      </Card>
      {missing > 0 && (
        <List>
          <Line title={tx.progress.missing} value={missing} href="#/days" />
        </List>
      )}
      <Look trial={held.trial.name} />
      <section class="stack tight">
        <h2>{tx.progress.blocks}</h2>
        <List>
          {held.schedule?.runInStartDate && (
            <Line
              title={tx.progress.runIn}
              sub={`${shortDate(held.schedule.runInStartDate)} – ${shortDate(held.schedule.runInEndDate)}`}
              value={said(held.schedule.runInStartDate, held.schedule.runInEndDate, today)}
            />
          )}
          {held.schedule?.blocks.map((block) => (
            <BlockLine key={block.number} block={block} today={today} />
          ))}
        </List>
      </section>
      <p class="small muted">{tx.progress.keepGoing}</p>
      <details class="small muted">
        <summary>{tx.progress.commitment}</summary>
        <p>{tx.progress.commitmentHint}</p>
        <p class="breaks">{hex(held.trial.commitment)}</p>
      </details>
    </Screen>
  );
}

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function said(start: string, end: string, today: string): string {
  const tx = text().progress;
  if (!start || start > today) return '';
  return end && end < today ? tx.over : tx.now;
}

function BlockLine(props: { block: Block; today: string }) {
  const tx = text().progress;
  const { block } = props;
  const arm = block.arm === Arm.ON ? tx.with : block.arm === Arm.OFF ? tx.without : '';
  const dates = block.startDate
    ? `${shortDate(block.startDate)} – ${block.endDate ? shortDate(block.endDate) : tx.openDates}`
    : tx.openDates;
  return (
    <Line
      title={block.envelope > 0 ? tx.envelope(block.envelope) : tx.block(block.number)}
      sub={arm ? `${dates} · ${arm}` : dates}
      value={said(block.startDate, block.endDate, props.today)}
    />
  );
}

function Meter(props: { done: number; of: number }) {
  const share = props.of > 0 ? Math.min(1, props.done / props.of) : 0;
  return (
    <svg
      class="figure meter-line"
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="track" width="100" height="4" rx="2" />
      <rect class="done" width={100 * share} height="4" rx="2" />
    </svg>
  );
}

function Counts(props: { held: HeldTrial; days: Day[] }) {
  const tx = text().progress;
  const primary =
    props.held.trial.protocol?.measures.find((measure) => measure.primary) ??
    props.held.trial.protocol?.measures[0];
  let due = 0;
  let scored = 0;
  const doses = { taken: 0, partly: 0, skipped: 0 };
  for (const day of props.days) {
    const asked = day.due.filter(
      ({ item }) => item.kind === DueItem_Kind.SCORE && item.id === primary?.id,
    );
    if (asked.length > 0) due += 1;
    if (asked.some((one) => one.held)) scored += 1;
    for (const { held } of day.due) {
      if (held?.entry.content.case !== 'dose') continue;
      const fraction = held.entry.content.value.fraction ?? 0;
      doses[fraction >= 1 ? 'taken' : fraction > 0 ? 'partly' : 'skipped'] += 1;
    }
  }
  return (
    <dl class="facts">
      <dt>{tx.answered}</dt>
      <dd class="number">
        {scored} / {due}
      </dd>
      <dt>{tx.doses}</dt>
      <dd class="number">{tx.dosesValue(doses.taken, doses.partly, doses.skipped)}</dd>
    </dl>
  );
}

/** What the last scheduled look said, where the engine can be asked. */
function Look(props: { trial: string }) {
  const tx = text().progress;
  const analysis = useLoaded(
    () => client().api.analysis.analyze({ trial: props.trial, locale: locale() }),
    [props.trial],
  );
  const look = analysis.value?.lastLook;
  if (!look?.message) return null;
  return (
    <Card>
      <h2>{tx.look}</h2>
      <p>{look.message.text}</p>
      <p class="small muted">{shortDate(look.dataDate)}</p>
    </Card>
  );
}
