// What the library takes from the browser, each replaceable in tests: nothing else in it asks what
// time it is, draws at random, waits, or looks whether another tab is open.

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

/** A channel between the tabs of one browser. */
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

/** Calls `listener` when it is worth trying again: the network is back, the page is looked at again.
 * The function returned ends that. */
export type WakeUps = (listener: () => void) => () => void;

/** Asks the browser to keep what is stored when space runs short; whether it promises. */
export type KeepStorage = () => Promise<boolean>;

/** The browser's own. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // -0 in UTC would be another number than 0 to some.
  utcOffsetMinutes: (instant) => -new Date(instant).getTimezoneOffset() || 0,
};

/** The browser's own. */
export const systemRandom: RandomSource = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};

/** The browser's own. */
export const systemTimers: Timers = {
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A BroadcastChannel; where there is none, tabs learn of each other when they read again. */
export function broadcastChannel(name: string): TabChannel {
  if (typeof BroadcastChannel === 'undefined') {
    return { announce() {}, onAnnounce() {}, close() {} };
  }
  const channel = new BroadcastChannel(name);
  return {
    announce: () => channel.postMessage('changed'),
    onAnnounce: (listener) => {
      channel.onmessage = () => listener();
    },
    close: () => channel.close(),
  };
}

/** Web Locks; where there are none, tabs may send the same entry twice, which the engine takes as
 * one. */
export const webLock: ExclusiveLock = async (name, task) =>
  typeof navigator !== 'undefined' && navigator.locks !== undefined
    ? navigator.locks.request(name, task)
    : task();

/** `online`, and a page that becomes visible. */
export const browserWakeUps: WakeUps = (listener) => {
  if (typeof addEventListener === 'undefined') return () => {};
  const whenVisible = () => {
    if (document.visibilityState === 'visible') listener();
  };
  const hasPage = typeof document !== 'undefined';
  addEventListener('online', listener);
  if (hasPage) document.addEventListener('visibilitychange', whenVisible);
  return () => {
    removeEventListener('online', listener);
    if (hasPage) document.removeEventListener('visibilitychange', whenVisible);
  };
};

/** StorageManager.persist. */
export const browserKeepStorage: KeepStorage = async () => {
  if (typeof navigator === 'undefined' || navigator.storage?.persist === undefined) return false;
  return (await navigator.storage.persisted()) || (await navigator.storage.persist());
};
