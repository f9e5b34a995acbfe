// What this phone remembers about itself: how it looks and speaks. Nothing about health.
import { preferredLocale, type Locale } from './text/text';

export interface Preferences {
  theme: 'dark' | 'light' | 'system';
  text: 'normal' | 'large' | 'huge';
  locale: Locale;
  /** `trials/{uuid}` that is shown, where there are several; empty: the newest that is lived. */
  trial: string;
  /** Remind while the app is open. */
  remind: boolean;
}

const key = 'solotrial.preferences';

let current: Preferences = read();

function read(): Preferences {
  const defaults: Preferences = {
    theme: 'dark',
    text: 'normal',
    locale: preferredLocale(),
    trial: '',
    remind: false,
  };
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as object) };
  } catch {
    return defaults; // no storage, or not ours: nothing is lost that cannot be chosen again
  }
}

export const preferences = (): Preferences => current;

/** Changes and applies them; kept where the browser lets us. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // Storage is full or refused: it holds until the app is closed.
  }
  applyPreferences();
}

export function forgetPreferences(): void {
  try {
    localStorage.clear();
  } catch {
    // There was nothing then.
  }
  current = read();
  applyPreferences();
}

export function applyPreferences(): void {
  const root = document.documentElement;
  root.dataset.theme = current.theme;
  root.dataset.text = current.text;
  root.lang = current.locale;
  const ground = getComputedStyle(root).getPropertyValue('--ground').trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', ground || '#131211');
}
