// Days, blocks, guesses.
import { n } from './counts';
import type { progress as Same } from '../en/progress';

export const progress: typeof Same = {
  days_: {
    title: 'Tage',
    hint: 'Tippen Sie auf einen Tag, um ihn auszufüllen oder zu ändern.',
    whole: 'vollständig',
    part: 'teilweise ausgefüllt',
    missing: 'nicht ausgefüllt',
    outside: 'keine Antworten fällig',
    fillIn: (count) => n(count, 'Tag auszufüllen', 'Tage auszufüllen'),
    none: 'Nichts fehlt.',
    earlier: 'Früher',
    later: 'Später',
  },

  progress: {
    title: 'Verlauf',
    daysDone: (done, of) => `${done} von ${of} Tagen`,
    answered: 'Tage mit Ihrer Hauptantwort',
    doses: 'Dosen',
    dosesValue: (taken, partly, skipped) =>
      `${taken} genommen, ${partly} teilweise, ${skipped} ausgelassen`,
    blocks: 'Abschnitte',
    runIn: 'Vor dem ersten Abschnitt',
    block: (number) => `Abschnitt ${number}`,
    envelope: (number) => `Umschlag ${number}`,
    with: 'damit',
    without: 'ohne',
    now: 'jetzt',
    over: 'vorbei',
    guessDue: (block) => `Abschnitt ${block} endet. Was glauben Sie, war es?`,
    guessNow: 'Raten',
    keepGoing:
      'Die Antwort bleibt bis zum Ende verborgen, damit sie Ihre Punkte nicht beeinflusst.',
    look: 'Letzter Blick',
    openDates: 'noch offen',
    missing: 'Tage auszufüllen',
    commitment: 'Siegel der Reihenfolge',
    commitmentHint:
      'Die Reihenfolge wurde am Anfang gezogen und versiegelt. Am Ende kann jeder prüfen, dass niemand sie geändert hat.',
  },

  guess: {
    on: 'Es war die Behandlung',
    off: 'Es war das andere',
    unknown: 'Ich weiß es nicht',
  },
};
