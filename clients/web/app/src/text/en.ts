// What the screens of every day say in English. Plain words: a 12-year-old with a headache reads them.
// What the trial itself says (questions, instructions, verdicts) comes from the engine.
import { day } from './en/day';
import { everywhere } from './en/everywhere';
import { pair } from './en/pair';
import { progress } from './en/progress';

export const en = { ...everywhere, ...pair, ...day, ...progress };

/** What a language has to say. */
export type Texts = typeof en;
