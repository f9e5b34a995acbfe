// What the app says, in the language that was chosen: fetched when it is needed, and no other.
import type { Texts } from './en';

export type Locale = 'en' | 'de';

/** Of languages that the app has, by their own names. */
export const languages: { value: Locale; title: string }[] = [
  { value: 'en', title: 'English' },
  { value: 'de', title: 'Deutsch' },
];

const load = (locale: Locale) =>
  locale === 'de' ? import('./de').then(({ de }) => de) : import('./en').then(({ en }) => en);

let current: Locale = 'en';
let texts: Texts;

/** Ends when the language's words are there; without them it stays as it was. */
export async function setTextLocale(locale: Locale): Promise<void> {
  texts = await load(locale);
  current = locale;
}
export const locale = (): Locale => current;
export const text = (): Texts => texts;

/** What the browser asks for, as far as there is a catalogue. */
export function preferredLocale(): Locale {
  for (const wanted of navigator.languages) {
    const short = wanted.slice(0, 2).toLowerCase();
    if (short === 'de' || short === 'en') return short;
  }
  return 'en';
}

// Civil dates are days, not instants: they are always shown in UTC, in which they were parsed.
const civil = (date: string) => new Date(`${date}T00:00:00Z`);

/** With the country that the phone is set to, where it speaks the app's language. */
const region = () => navigator.languages.find((one) => one.startsWith(current)) ?? current;

function format(date: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(region(), { ...options, timeZone: 'UTC' }).format(civil(date));
}

/** `Saturday, 7 March`. */
export const longDate = (date: string) =>
  format(date, { weekday: 'long', day: 'numeric', month: 'long' });
/** `7 March 2026`. */
export const fullDate = (date: string) =>
  format(date, { day: 'numeric', month: 'long', year: 'numeric' });
/** `Sat 7 Mar`. */
export const shortDate = (date: string) =>
  format(date, { weekday: 'short', day: 'numeric', month: 'short' });
export const monthName = (date: string) => format(date, { month: 'long', year: 'numeric' });
export const weekdayName = (date: string) => format(date, { weekday: 'short' });

export function addDays(date: string, days: number): string {
  const moved = civil(date);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** An instant, in the phone's own time. */
export const instant = (milliseconds: number) =>
  new Intl.DateTimeFormat(region(), { dateStyle: 'medium', timeStyle: 'short' }).format(
    milliseconds,
  );
export const clockTime = (milliseconds: number) =>
  new Intl.DateTimeFormat(region(), { timeStyle: 'short' }).format(milliseconds);

/** With at most one decimal. */
export const number = (value: number) =>
  new Intl.NumberFormat(region(), { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 }).format(
    value,
  );
