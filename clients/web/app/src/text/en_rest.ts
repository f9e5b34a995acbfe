// What the other screens say in English.
import { account } from './en/account';
import { result } from './en/result';
import { settings } from './en/settings';
import { setup } from './en/setup';

export const rest = { ...setup, ...result, ...settings, ...account };

/** What a language has to say. */
export type RestTexts = typeof rest;
