// What the screens that are not used every day say: fetched with their code.
import type { Texts } from './en';
import type { RestTexts } from './en_rest';
import { locale, setTextLocale, text as everyDay, type Locale } from './text';

const load = (wanted: Locale) => (wanted === 'de' ? import('./de_rest') : import('./en_rest'));

let texts: Texts & RestTexts;

/** Ends when all words of the language that is shown are there. */
export async function loadRest(): Promise<void> {
  const { rest } = await load(locale());
  texts = { ...everyDay(), ...rest };
}

/** Another language, for all screens; without its words it stays as it was. */
export async function setLocale(wanted: Locale): Promise<void> {
  await load(wanted);
  await setTextLocale(wanted);
  await loadRest();
}

export const text = (): Texts & RestTexts => texts;
