// How far days are filled in.
import { DueItem_Kind, type Day, type HeldTrial } from '@solotrial/client';
import { client } from './client';

export type Filled = 'whole' | 'part' | 'missing' | 'outside';

/** How far a day is filled in: guesses and marks can wait, everything else is due on its day. */
export function filled(day: Day): Filled {
  const due = day.due.filter(
    ({ item }) => item.kind !== DueItem_Kind.GUESS && item.kind !== DueItem_Kind.MARK,
  );
  if (due.length === 0) return 'outside';
  const held = due.filter((one) => one.held).length;
  return held === due.length ? 'whole' : held > 0 ? 'part' : 'missing';
}

/** Every day from the first to today, or to the last where that is over. */
export async function daysSoFar(held: HeldTrial): Promise<{ today: string; days: Day[] }> {
  const { name, startDate, lastDate } = held.trial;
  const today = await client().today(name);
  const to = lastDate && lastDate < today ? lastDate : today;
  if (!startDate || startDate > to) return { today, days: [] };
  return { today, days: await client().days(name, startDate, to) };
}
