// What a browser gives the library, under the test's control.
import type { Clock, ExclusiveLock, RandomSource, TabChannel, Timers } from '../src/platform.js';

/** A clock that stands still until it is set. */
export class ManualClock implements Clock {
  constructor(
    public instant: number,
    public offsetMinutes = 0,
  ) {}
  now(): number {
    return this.instant;
  }
  utcOffsetMinutes(): number {
    return this.offsetMinutes;
  }
  /** To an instant in RFC 3339. */
  set(text: string): void {
    this.instant = Date.parse(text);
  }
}

/** Chance from a seed (splitmix32). */
export class SeededRandom implements RandomSource {
  constructor(private state: number) {}
  /** From 0 to below `limit`. */
  below(limit: number): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) % limit;
  }
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}

/** Timers that run when the test says so. */
export class ManualTimers implements Timers {
  readonly pending: { milliseconds: number; callback: () => void }[] = [];
  after(milliseconds: number, callback: () => void): () => void {
    const timer = { milliseconds, callback };
    this.pending.push(timer);
    return () => {
      const index = this.pending.indexOf(timer);
      if (index >= 0) this.pending.splice(index, 1);
    };
  }
  /** Runs what waits now, in the order of its times. */
  run(): void {
    const due = this.pending.splice(0).sort((a, b) => a.milliseconds - b.milliseconds);
    for (const timer of due) timer.callback();
  }
}

/** What the tabs of one browser share. */
export class Browser {
  private readonly listeners = new Map<object, () => void>();
  private readonly queues = new Map<string, Promise<unknown>>();

  /** As Web Locks. */
  readonly lock: ExclusiveLock = (name, task) => {
    const before = this.queues.get(name) ?? Promise.resolve();
    const mine = before.then(task, task);
    this.queues.set(
      name,
      mine.catch(() => {}),
    );
    return mine;
  };

  /** As a BroadcastChannel. */
  channel(): TabChannel {
    const tab = {};
    return {
      announce: () => {
        for (const [other, listener] of this.listeners) if (other !== tab) listener();
      },
      onAnnounce: (listener) => this.listeners.set(tab, listener),
      close: () => this.listeners.delete(tab),
    };
  }
}
