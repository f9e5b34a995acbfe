// What the screens of every day say in German.
import { day } from './de/day';
import { everywhere } from './de/everywhere';
import { pair } from './de/pair';
import { progress } from './de/progress';
import type { Texts } from './en';

export const de: Texts = { ...everywhere, ...pair, ...day, ...progress };
