// What was typed and not saved yet, so that a reload or an update loses nothing. On this phone only.
const prefix = 'solotrial.draft.';

export function readDraft<T>(key: string): T | undefined {
  try {
    const kept = localStorage.getItem(prefix + key);
    return kept === null ? undefined : (JSON.parse(kept) as T);
  } catch {
    return undefined;
  }
}

export function keepDraft(key: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // Storage is full: what is typed stays on the screen, and saving it will say so.
  }
}

export function clearDraft(key: string): void {
  try {
    localStorage.removeItem(prefix + key);
  } catch {
    // There was nothing then.
  }
}
