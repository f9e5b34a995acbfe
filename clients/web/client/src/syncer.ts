// When rounds of syncing run: after every change, when the network is back, and with growing pauses
// while it is not.
import { SolotrialError } from './errors.js';
import type { ExclusiveLock, RandomSource, Timers } from './platform.js';
import type { RoundOutcome } from './sync_round.js';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 5 * 60_000;
// How often a page that stays open looks for what other devices have recorded.
const REGULAR_PAUSE = 5 * 60_000;

export interface SyncerOptions {
  readonly lock: ExclusiveLock;
  readonly lockName: string;
  readonly timers: Timers;
  readonly random: RandomSource;
  /** One round; undefined where there is nobody to sync with. */
  readonly round: () => Promise<RoundOutcome | undefined>;
  /** A round begins or ends. */
  readonly onRunning: (running: boolean) => void;
}

export class Syncer {
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private failures = 0;
  private callOff: (() => void) | undefined;
  private closed = false;

  constructor(private readonly o: SyncerOptions) {}

  /** Resolves when a round has ended that began after this call. */
  sync(): Promise<void> {
    if (this.closed) return Promise.resolve();
    if (this.running === undefined) return this.start();
    this.next ??= this.running.then(() => {
      this.next = undefined;
      return this.sync();
    });
    return this.next;
  }

  /** No further round begins; resolves when the one under way has ended. */
  async close(): Promise<void> {
    this.closed = true;
    this.callOff?.();
    await this.running;
  }

  private start(): Promise<void> {
    this.callOff?.();
    this.callOff = undefined;
    this.running = this.attempt().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async attempt(): Promise<void> {
    this.o.onRunning(true);
    try {
      const outcome = await this.o.lock(this.o.lockName, async () =>
        this.closed ? undefined : this.o.round(),
      );
      if (outcome === undefined) return;
      this.failures = outcome.postponed > 0 ? this.failures + 1 : 0;
      this.again(outcome.postponed > 0 ? this.backOff() : REGULAR_PAUSE);
    } catch (error) {
      // What is no SolotrialError is a fault of this library: it is told where faults of pages are.
      if (!(error instanceof SolotrialError)) globalThis.reportError?.(error);
      this.failures++;
      if (mayPass(error)) this.again(this.backOff());
    } finally {
      this.o.onRunning(false);
    }
  }

  /** Doubled with every failure, and drawn from its upper half, so that the phones of an engine that
   * was away do not all return in one second. */
  private backOff(): number {
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(this.failures - 1, 20));
    const drawn = this.o.random.bytes(2);
    const fraction = (((drawn[0] ?? 0) << 8) | (drawn[1] ?? 0)) / 0x10000;
    return pause * (0.5 + fraction / 2);
  }

  private again(pause: number): void {
    if (this.closed) return;
    this.callOff = this.o.timers.after(pause, () => void this.sync());
  }
}

/** Whether waiting can help. A refused credential needs the person. */
function mayPass(error: unknown): boolean {
  const reason = error instanceof SolotrialError ? error.reason : '';
  return reason !== 'UNAUTHENTICATED' && reason !== 'PERSON_DELETED';
}
