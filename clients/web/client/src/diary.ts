// Entries as the phone holds them.
import type { Entry } from './gen/solotrial/v1/entry_pb.js';
import type { EntryRejection } from './gen/solotrial/v1/diary_service_pb.js';
import type { DueItem, Today } from './gen/solotrial/v1/trial_pb.js';

/** Where an entry is. */
export type EntryState =
  /** Durable on this phone, on its way. */
  | 'SAVED_ON_PHONE'
  /** The engine has it. */
  | 'STORED_BY_ENGINE'
  /** The engine did not take it: `rejection` says what would be right. Kept until the person
   * corrects or discards it. */
  | 'REJECTED';

/** What the person says, to be made an entry. */
export interface EntryDraft {
  /** `trials/{uuid}`. */
  readonly trial: string;
  /** The civil date that it is about, ISO 8601: `today()` or another day of the trial. */
  readonly date: string;
  /** DueItem.slot; absent where there is none. */
  readonly slot?: string;
  /** For example `{ case: 'score', value: create(ScoreSchema, { measureId, value }) }`. */
  readonly content: Exclude<Entry['content'], { case: undefined }>;
  /** Id of the note, event, rescue, deviation or mark that this corrects. Not needed for what has a
   * key (scores, covariates, doses, guesses): there what counts here so far is superseded. */
  readonly supersedes?: string;
}

/** An entry with where it is. */
export interface HeldEntry {
  /** `trials/{uuid}`. */
  readonly trial: string;
  /** As it was, or will be, sent. */
  readonly entry: Entry;
  /** See EntryState. */
  readonly state: EntryState;
  /** Present when rejected: why. Also when the engine says that it can be sent later: why not yet. */
  readonly rejection: EntryRejection | undefined;
  /** Made on this phone. */
  readonly own: boolean;
}

/** One thing to record on a day, with what counts for it so far. */
export interface Due {
  /** As TrialService.GetToday has it. For guesses and marks `question` is empty: say it. */
  readonly item: DueItem;
  /** What counts; undefined when nothing is recorded. */
  readonly held: HeldEntry | undefined;
}

/** One civil date of a trial, known without a network. */
export interface Day {
  /** `trials/{uuid}`. */
  readonly trial: string;
  /** As TrialService.GetToday has it, but `instruction` is empty where the protocol has no words of
   * its own: say what `phase`, `arm` and `envelope` mean. */
  readonly today: Today;
  /** False when the phone may not know what is taken on that day until it has been online: see
   * `onlineBeforeDate`. */
  readonly known: boolean;
  /** Be online before that date to be told what comes then; empty when all is known. */
  readonly onlineBeforeDate: string;
  /** In the protocol's order, then guesses, then a mark. */
  readonly due: readonly Due[];
  /** All that counts for the date, in the order of making: also notes, events, rescues. */
  readonly entries: readonly HeldEntry[];
}
