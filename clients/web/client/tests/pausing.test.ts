// When rounds run.
import { expect, test, vi } from 'vitest';
import { SolotrialError } from '../src/errors.js';
import { Syncer } from '../src/syncer.js';
import type { RoundOutcome } from '../src/sync_round.js';
import { ManualTimers, SeededRandom } from './doubles.js';

function syncer(round: () => Promise<RoundOutcome | undefined>, seed = 1) {
  const timers = new ManualTimers();
  const one = new Syncer({
    lock: (_name, task) => task(),
    lockName: 'x',
    timers,
    random: new SeededRandom(seed),
    round,
    onRunning: () => {},
  });
  return { one, timers };
}

test('pauses double with every failure up to five minutes, each drawn from its upper half', async () => {
  const { one, timers } = syncer(() =>
    Promise.reject(new SolotrialError('UNREACHABLE', '', { retryable: true })),
  );
  for (let failure = 0; failure < 14; failure++) {
    await one.sync();
    expect(timers.pending).toHaveLength(1);
    const longest = Math.min(300_000, 1_000 * 2 ** failure);
    const { milliseconds } = timers.pending[0]!;
    expect(milliseconds).toBeGreaterThanOrEqual(longest / 2);
    expect(milliseconds).toBeLessThan(longest);
  }
});

test('phones that lost an engine in one second do not return in one', async () => {
  const pauses = new Set<number>();
  for (let seed = 0; seed < 20; seed++) {
    const { one, timers } = syncer(() => Promise.reject(new SolotrialError('BUSY', '')), seed);
    for (let i = 0; i < 6; i++) await one.sync();
    pauses.add(timers.pending[0]!.milliseconds);
  }
  expect(pauses.size).toBe(20);
});

test('a success begins anew, and looks regularly for what others have recorded', async () => {
  let fail = true;
  const { one, timers } = syncer(async () => {
    if (fail) throw new SolotrialError('UNREACHABLE', '');
    return { postponed: 0 };
  });
  for (let i = 0; i < 8; i++) await one.sync();
  fail = false;
  await one.sync();
  expect(timers.pending.map((timer) => timer.milliseconds)).toEqual([300_000]);
  fail = true;
  await one.sync();
  expect(timers.pending[0]!.milliseconds).toBeLessThan(1_000);
});

test('a refused credential waits for the person, not for time', async () => {
  const { one, timers } = syncer(() => Promise.reject(new SolotrialError('UNAUTHENTICATED', '')));
  await one.sync();
  expect(timers.pending).toEqual([]);
});

test('a call during a round is answered by one that began later; many by one', async () => {
  const rounds: (() => void)[] = [];
  const { one } = syncer(
    () => new Promise((resolve) => rounds.push(() => resolve({ postponed: 0 }))),
  );
  const first = one.sync();
  const later = [one.sync(), one.sync(), one.sync()];
  await Promise.resolve();
  expect(rounds).toHaveLength(1);
  rounds[0]!();
  await first;
  await vi.waitFor(() => expect(rounds).toHaveLength(2));
  rounds[1]!();
  await Promise.all(later);
  expect(rounds).toHaveLength(2);
});

test('nothing runs after the end', async () => {
  let rounds = 0;
  const { one, timers } = syncer(async () => {
    rounds++;
    return { postponed: 0 };
  });
  await one.sync();
  await one.close();
  await one.sync();
  timers.run();
  expect(rounds).toBe(1);
});
