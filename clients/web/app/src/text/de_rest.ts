// What the other screens say in German.
import { account } from './de/account';
import { result } from './de/result';
import { settings } from './de/settings';
import { setup } from './de/setup';
import type { RestTexts } from './en_rest';

export const rest: RestTexts = { ...setup, ...result, ...settings, ...account };
