// The sending half of a round: the outbox.
import { create, toBinary } from '@bufbuild/protobuf';
import { EntryRejectionSchema } from './gen/solotrial/v1/diary_service_pb.js';
import type { RecordEntriesResponse } from './gen/solotrial/v1/diary_service_pb.js';
import { EntrySchema } from './gen/solotrial/v1/entry_pb.js';
import type { Entry } from './gen/solotrial/v1/entry_pb.js';
import type { HeldEntry } from './diary.js';
import { SolotrialError } from './errors.js';
import { findEntry, putEntry, putNotices, rejectionOf } from './store.js';
import type { RoundOptions } from './sync_round.js';

// The engine takes 500 entries and 4 MB at once; smaller batches get through bad networks.
const MOST_ENTRIES = 200;
const MOST_BYTES = 500_000;

/** Reasons that speak of what was sent, so that sending it again as it is cannot help. */
const ABOUT_THE_ENTRY = new Set([
  'INVALID_FIELDS',
  'TRIAL_NOT_FOUND',
  'WRONG_STATE',
  'ENTRY_ID_REUSED',
  'DATE_OUTSIDE_TRIAL',
  'VALUE_OUT_OF_RANGE',
  'UNKNOWN_ID',
]);

export class Sender {
  constructor(private readonly o: RoundOptions) {}

  /** Sends every entry that waits; how many of them the engine cannot take yet. */
  async send(): Promise<number> {
    let postponed = 0;
    for (const batch of batches(await this.o.store.entriesIn('waiting'))) {
      postponed += await this.sendBatch(batch[0].trial, batch);
    }
    return postponed;
  }

  private async sendBatch(trial: string, batch: readonly HeldEntry[]): Promise<number> {
    const { api, locale, signal } = this.o;
    const entries = batch.map((held) => held.entry);
    let answer: RecordEntriesResponse;
    try {
      answer = await api.diary.recordEntries({ trial, entries, locale }, { signal });
    } catch (error) {
      if (!(error instanceof SolotrialError) || !ABOUT_THE_ENTRY.has(error.reason)) throw error;
      return this.refused(trial, batch, error);
    }
    return this.settle(trial, batch, answer);
  }

  /** The call as a whole was refused. One bad entry never costs the good ones: each is sent alone,
   * until it is known which one it is. */
  private async refused(
    trial: string,
    batch: readonly HeldEntry[],
    error: SolotrialError,
  ): Promise<number> {
    const single = batch.length === 1 ? batch[0] : undefined;
    // What is said of the trial holds for all of them.
    if (single === undefined && error.reason === 'INVALID_FIELDS') {
      let postponed = 0;
      for (const held of batch) postponed += await this.sendBatch(trial, [held]);
      return postponed;
    }
    await this.o.store.writeUnder(this.o.pairing, async (writing) => {
      for (const held of batch) {
        const now = await findEntry(writing, held.entry.id);
        if (now?.state !== 'SAVED_ON_PHONE') continue;
        await putEntry(writing, { ...now, state: 'REJECTED', rejection: rejectionOf(error) });
      }
    });
    return 0;
  }

  /** Keeps what became of each entry of a batch; how many the engine cannot take yet. */
  private settle(
    trial: string,
    batch: readonly HeldEntry[],
    answer: RecordEntriesResponse,
  ): Promise<number> {
    const results = new Map(answer.results.map((result) => [result.entryId, result]));
    return this.o.store.writeUnder(this.o.pairing, async (writing) => {
      let postponed = 0;
      for (const { entry } of batch) {
        const result = results.get(entry.id);
        const held = await findEntry(writing, entry.id);
        // The person may have discarded it meanwhile; what has no result is sent again.
        if (result === undefined || held === undefined) continue;
        if (result.accepted) {
          const stored: Entry = { ...held.entry, sequence: result.sequence };
          await putEntry(writing, {
            ...held,
            entry: stored,
            state: 'STORED_BY_ENGINE',
            rejection: undefined,
          });
          continue;
        }
        const rejection = result.rejection ?? create(EntryRejectionSchema);
        if (rejection.retryable) {
          postponed++;
          await putEntry(writing, { ...held, rejection });
        } else if (rejection.reason === 'ENTRY_ID_REUSED') {
          // The engine has something else under this id: that will come, and must not take its place.
          await writing.objectStore('entries').delete(entry.id);
          const renamed: Entry = { ...held.entry, id: this.o.ids.next() };
          await putEntry(writing, { ...held, entry: renamed, state: 'REJECTED', rejection });
        } else {
          await putEntry(writing, { ...held, state: 'REJECTED', rejection });
        }
      }
      await putNotices(writing, trial, answer.notices, () => this.o.ids.next());
      return postponed;
    });
  }
}

type Batch = [HeldEntry, ...HeldEntry[]];

/** In their order, each of one trial and no larger than the engine takes. */
function batches(entries: readonly HeldEntry[]): Batch[] {
  const all: Batch[] = [];
  const open = new Map<string, { batch: Batch; bytes: number }>();
  for (const held of entries) {
    const bytes = toBinary(EntrySchema, held.entry).length;
    const last = open.get(held.trial);
    if (
      last === undefined ||
      last.batch.length === MOST_ENTRIES ||
      last.bytes + bytes > MOST_BYTES
    ) {
      const batch: Batch = [held];
      all.push(batch);
      open.set(held.trial, { batch, bytes });
    } else {
      last.batch.push(held);
      last.bytes += bytes;
    }
  }
  return all;
}
