// The one client of this page, and how screens follow it.
import { SolotrialError, type ClientState, type SolotrialClient } from '@solotrial/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from './text/text';

let held: SolotrialClient | undefined;

export function holdClient(client: SolotrialClient): void {
  held = client;
}
export function client(): SolotrialClient {
  if (!held) throw new Error('the client is not open yet');
  return held;
}

export function useClientState(): ClientState {
  const [state, setState] = useState(() => client().getState());
  useEffect(() => {
    const follow = () => {
      setState(client().getState());
    };
    follow();
    return client().subscribe(follow);
  }, []);
  return state;
}

export interface Live<T> {
  /** Undefined until it was read; stays while it is read again. */
  value: T | undefined;
  fault: string | undefined;
  reload: () => void;
}

/** What `load` answers, read again whenever something stored or one of `inputs` changes. */
export function useStored<T>(load: () => Promise<T>, inputs: readonly unknown[]): Live<T> {
  const { revision } = useClientState();
  return useLoaded(load, [...inputs, revision]);
}

/** What `load` answers, read again when `inputs` change. */
export function useLoaded<T>(load: () => Promise<T>, inputs: readonly unknown[]): Live<T> {
  const [value, setValue] = useState<T>();
  const [fault, setFault] = useState<string>();
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    load().then(
      (loaded) => {
        if (!current) return;
        setValue(() => loaded);
        setFault(undefined);
      },
      (error: unknown) => {
        if (current) setFault(faultText(error));
      },
    );
    return () => {
      current = false;
    };
  }, [...inputs, turn]);
  return { value, fault, reload: () => setTurn((last) => last + 1) };
}

const everyMinute = 60_000;

/** Changes when the day may have: every minute, and when the app is looked at again. */
export function useTick(): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const move = () => setTick((last) => last + 1);
    const timer = setInterval(move, everyMinute);
    document.addEventListener('visibilitychange', move);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', move);
    };
  }, []);
  return tick;
}

export const reasonOf = (error: unknown): string =>
  error instanceof SolotrialError ? error.reason : '';

/** What the person is told: by the reason, and where fields are at fault what would be right. */
export function faultText(error: unknown): string {
  const known = text().fault as Record<string, string>;
  const reason = reasonOf(error);
  if (known[reason]) return known[reason];
  if (error instanceof SolotrialError) {
    const fields = error.fields.map((field) => field.description).join(' ');
    return text().faultWith(fields || error.message);
  }
  return text().fault.other;
}

export interface Action {
  busy: boolean;
  fault: string | undefined;
  run: (task: () => Promise<void>) => void;
}

type Confirmer = () => Promise<boolean>;
let confirmer: Confirmer = () => Promise.resolve(false);
/** Set by the sheet that asks the person to confirm that it is them. */
export function setConfirmer(ask: Confirmer): void {
  confirmer = ask;
}

/** Something that a tap does once at a time; asks for a confirmation where the engine wants one.
 * `words` say by the reason what went wrong, where that means something special here. */
export function useAction(words: Readonly<Record<string, string>> = {}): Action {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const under = useRef(false);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const attempt = async (task: () => Promise<void>) => {
    try {
      await task();
    } catch (error) {
      if (reasonOf(error) !== 'CONFIRMATION_NEEDED') throw error;
      if (await confirmer()) await task();
    }
  };
  const run = (task: () => Promise<void>) => {
    if (under.current) return;
    under.current = true;
    setBusy(true);
    setFault(undefined);
    attempt(task)
      .catch((error: unknown) => {
        if (alive.current) setFault(words[reasonOf(error)] ?? faultText(error));
      })
      .finally(() => {
        under.current = false;
        if (alive.current) setBusy(false);
      });
  };
  return { busy, fault, run };
}
