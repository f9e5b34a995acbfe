// Every day of the trial, month by month: what is there, what is missing. Nothing here tells one
// block from another.
import type { HeldTrial } from '@solotrial/client';
import { useState } from 'preact/hooks';
import { useStored, useTick } from '../client';
import { daysSoFar, filled, type Filled } from '../filled';
import { addDays, fullDate, longDate, monthName, text, weekdayName } from '../text/text';
import { Banner, Button, Card, Line, List } from '../ui/parts';
import { Screen } from '../ui/screen';
import { SyncState } from '../ui/sync_state';

const marks: Record<Filled, string> = { whole: '✓', part: '·', missing: '–', outside: '' };

export function DaysScreen(props: { held: HeldTrial }) {
  const tx = text();
  const { held } = props;
  const tick = useTick();
  const so = useStored(() => daysSoFar(held), [held.trial.name, held.trial.lastDate, tick]);
  const [month, setMonth] = useState<string>();
  if (!so.value) {
    return (
      <Screen title={tx.days_.title}>
        {so.fault ? <Banner kind="bad">{so.fault}</Banner> : <p class="muted">{tx.loading}</p>}
      </Screen>
    );
  }
  const { today, days } = so.value;
  const states = new Map(days.map((day) => [day.today.date, filled(day)]));
  const first = (held.trial.startDate || today).slice(0, 7);
  const last = (days.at(-1)?.today.date ?? today).slice(0, 7);
  const shown = month ?? last;
  const missing = days
    .filter((day) => filled(day) === 'missing' || filled(day) === 'part')
    .reverse();
  const move = (by: number) => {
    const at = new Date(`${shown}-15T00:00:00Z`);
    at.setUTCMonth(at.getUTCMonth() + by);
    setMonth(at.toISOString().slice(0, 7));
  };
  return (
    <Screen title={tx.days_.title} sub={tx.days_.hint} side={<SyncState />}>
      <Card>
        <h2>{monthName(`${shown}-01`)}</h2>
        <Month month={shown} states={states} today={today} />
        <div class="segments">
          <Button compact busy={shown <= first} onClick={() => move(-1)}>
            {tx.days_.earlier}
          </Button>
          <Button compact busy={shown >= last} onClick={() => move(1)}>
            {tx.days_.later}
          </Button>
        </div>
      </Card>
      <section class="stack tight">
        <h2>{missing.length > 0 ? tx.days_.fillIn(missing.length) : tx.days_.none}</h2>
        {missing.length > 0 && (
          <List>
            {missing.slice(0, 14).map((day) => (
              <Line
                key={day.today.date}
                title={longDate(day.today.date)}
                sub={tx.days_[filled(day)]}
                href={`#/day/${day.today.date}`}
              />
            ))}
          </List>
        )}
      </section>
    </Screen>
  );
}

function Month(props: { month: string; states: Map<string, Filled>; today: string }) {
  const tx = text().days_;
  const first = `${props.month}-01`;
  const weekday = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7; // Monday first
  const cells: string[] = [];
  for (let date = first; date.startsWith(props.month); date = addDays(date, 1)) cells.push(date);
  return (
    <div class="days">
      {Array.from({ length: 7 }, (_, i) => (
        <span class="weekday" key={`w${i}`} aria-hidden="true">
          {weekdayName(addDays('2024-01-01', i))}
        </span>
      ))}
      {Array.from({ length: weekday }, (_, i) => (
        <span key={`b${i}`} class="weekday" aria-hidden="true" />
      ))}
      {cells.map((date) => {
        const state = props.states.get(date);
        const number = Number(date.slice(8));
        if (!state) {
          return (
            <span class="day" key={date}>
              {number}
            </span>
          );
        }
        return (
          <a
            key={date}
            class={state}
            href={`#/day/${date}`}
            aria-current={date === props.today ? 'date' : undefined}
            aria-label={`${fullDate(date)}, ${tx[state]}`}
          >
            <span>{number}</span>
            <span class="mark" aria-hidden="true">
              {marks[state]}
            </span>
          </a>
        );
      })}
    </div>
  );
}
