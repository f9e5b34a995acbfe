// Which trial the screens are about, and what its state means to them.
import { TrialState, type HeldTrial } from '@solotrial/client';
import { client, useStored, type Live } from './client';
import { preferences } from './preferences';

export const isLived = (held: HeldTrial) =>
  held.trial.state === TrialState.RUNNING || held.trial.state === TrialState.PAUSED;
export const hasEnded = (held: HeldTrial) =>
  held.trial.state === TrialState.COMPLETED || held.trial.state === TrialState.STOPPED;
export const isDraft = (held: HeldTrial) => held.trial.state === TrialState.DRAFT;

export interface Trials {
  all: HeldTrial[];
  /** The one that was chosen, else the newest that is lived, else the newest that has ended. */
  current: HeldTrial | undefined;
}

export async function readTrials(): Promise<Trials> {
  const all = await client().trials();
  const begun = all.filter((held) => !isDraft(held));
  const chosen = begun.find((held) => held.trial.name === preferences().trial);
  return { all, current: chosen ?? begun.find(isLived) ?? begun[0] };
}

export const useTrials = (): Live<Trials> => useStored(readTrials, [preferences().trial]);
