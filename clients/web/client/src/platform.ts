// What the library takes from the browser, each replaceable in tests: nothing else in it asks what
// time it is, draws at random, waits or stores.

/** What time it is. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Minutes that local time is ahead of UTC at that instant: 120 in Berlin in summer. */
  utcOffsetMinutes(instant: number): number;
}

/** Where chance comes from: ids of entries, jitter of retries. */
export interface RandomSource {
  /** That many random bytes. */
  bytes(count: number): Uint8Array;
}

/** Waiting. */
export interface Timers {
  /** Calls `callback` once after that many milliseconds; the function returned calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** A channel between the tabs of one browser, as BroadcastChannel. */
export interface TabChannel {
  /** Tells the other tabs that something stored has changed. */
  announce(): void;
  /** Called when another tab announces. */
  onAnnounce(listener: () => void): void;
  /** Ends it. */
  close(): void;
}

/** Runs `task` while no other tab runs one of the same name. */
export type ExclusiveLock = <T>(name: string, task: () => Promise<T>) => Promise<T>;
