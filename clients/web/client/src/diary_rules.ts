// Which entries count: the engine's rule, so that the phone shows the same diary without it.
import type { Entry } from './gen/solotrial/v1/entry_pb.js';

// In one log at most one row is given an id, so ids tell entries apart.
interface WithEntry {
  readonly entry: Entry;
}

/** What a score, covariate, dose or guess is about: of those with one key one counts. Undefined for
 * everything else, which stands for itself. */
export function keyOf(entry: Entry): string | undefined {
  const { content } = entry;
  switch (content.case) {
    case 'score':
      return JSON.stringify(['score', content.value.measureId, entry.date, entry.slot]);
    case 'covariate':
      return JSON.stringify(['covariate', content.value.covariateId, entry.date, entry.slot]);
    case 'dose':
      return JSON.stringify(['dose', '', entry.date, entry.slot]);
    case 'guess':
      // A block is guessed once, on whatever day.
      return JSON.stringify(['guess', String(content.value.blockNumber), '', entry.slot]);
    default:
      return undefined;
  }
}

/** Microseconds since 1970, which is what the engine keeps and compares. */
export function clientMicroseconds(entry: Entry): bigint {
  const time = entry.clientTime;
  return (time?.seconds ?? 0n) * 1_000_000n + BigInt(Math.floor((time?.nanos ?? 0) / 1_000));
}

function isLater(a: Entry, b: Entry): boolean {
  const [at, bt] = [clientMicroseconds(a), clientMicroseconds(b)];
  return at === bt ? a.id > b.id : at > bt;
}

/** Of the entries of one key that which stands at the end of its corrections, taken back or not;
 * undefined of none. Where entries supersede each other in a circle, the latest of all. */
export function headOf<T extends WithEntry>(entries: readonly T[]): T | undefined {
  const superseded = new Set(entries.map((one) => one.entry.supersedes));
  const latest = (some: readonly T[]) =>
    some.reduce<T | undefined>(
      (best, one) => (best === undefined || isLater(one.entry, best.entry) ? one : best),
      undefined,
    );
  return latest(entries.filter((one) => !superseded.has(one.entry.id))) ?? latest(entries);
}

/** The entries of a log that count, by date, then in the order of their making. Any order of `log`
 * gives the same. */
export function currentEntries<T extends WithEntry>(log: readonly T[]): T[] {
  const byKey = new Map<string, T[]>();
  const alone: T[] = [];
  const caseOf = new Map<string, Entry['content']['case']>();
  const takenBack = new Set<string>();
  for (const one of log) {
    const { entry } = one;
    caseOf.set(entry.id, entry.content.case);
    if (entry.content.case === 'retraction') {
      takenBack.add(entry.supersedes);
      continue;
    }
    const key = keyOf(entry);
    if (key === undefined) {
      alone.push(one);
    } else {
      const same = byKey.get(key);
      if (same === undefined) byKey.set(key, [one]);
      else same.push(one);
    }
  }
  // What stands for itself is corrected by another of its kind, whatever the day.
  const corrected = new Set(
    alone
      .filter(({ entry }) => caseOf.get(entry.supersedes) === entry.content.case)
      .map(({ entry }) => entry.supersedes),
  );
  const heads = [...byKey.values()].flatMap((same) => headOf(same) ?? []);
  return [...heads, ...alone.filter(({ entry }) => !corrected.has(entry.id))]
    .filter(({ entry }) => !takenBack.has(entry.id))
    .sort((a, b) =>
      a.entry.date === b.entry.date
        ? compare(a.entry.id, b.entry.id)
        : compare(a.entry.date, b.entry.date),
    );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
