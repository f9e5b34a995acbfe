// One round of syncing: send what waits, then read what is new. Nothing here holds a transaction open
// while the network is asked, and every step leaves the store such that the next round goes on from
// there, wherever this one is cut off.
import { create, toBinary } from '@bufbuild/protobuf';
import { EntryRejectionSchema } from './gen/solotrial/v1/diary_service_pb.js';
import type { RecordEntriesResponse } from './gen/solotrial/v1/diary_service_pb.js';
import { EntrySchema } from './gen/solotrial/v1/entry_pb.js';
import type { Entry } from './gen/solotrial/v1/entry_pb.js';
import { ApiLevel } from './gen/solotrial/v1/server_service_pb.js';
import type { ServerInfo } from './gen/solotrial/v1/server_service_pb.js';
import { ScheduleSchema, TrialSchema, TrialState } from './gen/solotrial/v1/trial_pb.js';
import type { Schedule, Trial } from './gen/solotrial/v1/trial_pb.js';
import type { HeldEntry } from './diary.js';
import type { EngineApi } from './engine.js';
import { SolotrialError } from './errors.js';
import type { IdMaker } from './ids.js';
import type { Clock } from './platform.js';
import { findEntry, putEntry, putNotices, rejectionOf } from './store.js';
import type { Fit } from './state.js';
import type { Store } from './store.js';

// The engine takes 500 entries and 4 MB at once; smaller batches get through bad networks.
const MOST_ENTRIES = 200;
const MOST_BYTES = 500_000;
const ROTATE_AFTER_MILLISECONDS = 30 * 86_400_000;
// A restore in the middle of a round makes it begin again; more than that is another fault.
const MOST_RESENDINGS = 3;

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

export interface RoundOptions {
  readonly store: Store;
  readonly api: EngineApi;
  readonly clock: Clock;
  readonly ids: IdMaker;
  readonly signal: AbortSignal;
  /** Called with what the engine says of itself. */
  readonly onFit: (fit: Fit) => void;
  /** Language of notices. */
  readonly locale: string;
  /** AccessRow.pairing under which it runs. */
  readonly pairing: string;
}

/** What a round came to. */
export interface RoundOutcome {
  /** Entries that the engine cannot take yet: it says that they can be sent later. */
  readonly postponed: number;
}

/** Throws SolotrialError when it is cut off. */
export async function syncRound(options: RoundOptions): Promise<RoundOutcome> {
  const round = new Round(options);
  await round.greet();
  await round.rotateToken();
  let postponed = 0;
  // Helpers and clinicians have no diary of their own.
  const access = await options.store.access();
  if (access === undefined || access.trial !== '') return { postponed };
  for (let i = 0; i < MOST_RESENDINGS; i++) {
    postponed = await round.send();
    if (!(await round.receive())) break;
  }
  await round.end();
  return { postponed };
}

class Round {
  private storeEpoch = '';

  constructor(private readonly o: RoundOptions) {}

  /** Whether they understand each other. */
  async greet(): Promise<void> {
    const info = await this.o.api.server.getServerInfo({}, { signal: this.o.signal });
    this.storeEpoch = info.storeEpoch;
    const fit = fitOf(info);
    this.o.onFit(fit);
    if (fit === 'APP_TOO_OLD') {
      throw new SolotrialError('APP_TOO_OLD', 'this app is too old for the engine: reload it');
    }
  }

  /** The old token holds until the new one is first used, so a cut here loses nothing. */
  async rotateToken(): Promise<void> {
    const { store, api, clock, pairing, signal } = this.o;
    const access = await store.access();
    if (access === undefined || clock.now() - access.tokenTime < ROTATE_AFTER_MILLISECONDS) return;
    const renewed = await api.access.rotateToken({}, { signal });
    await store.writeUnder(pairing, async (writing) => {
      await writing
        .objectStore('access')
        .put({ ...access, token: renewed.token, tokenTime: clock.now() }, 'access');
    });
  }

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

  /** Reads the trials and their logs; whether entries have to be sent again after a restore. */
  async receive(): Promise<boolean> {
    const trials = await this.listTrials();
    await this.o.store.writeUnder(this.o.pairing, async (writing) => {
      const rows = writing.objectStore('trials');
      for (const [position, { trial, schedule }] of trials.entries()) {
        const row = await rows.get(trial.name);
        await rows.put({
          name: trial.name,
          position,
          trial: toBinary(TrialSchema, trial),
          schedule: schedule === undefined ? undefined : toBinary(ScheduleSchema, schedule),
          heldSince: this.o.clock.now(),
          epoch: row?.epoch ?? '',
          sequence: row?.sequence ?? 0,
          gone: false,
        });
      }
    });
    await this.settleGone(new Set(trials.map(({ trial }) => trial.name)));
    let resend = false;
    for (const { trial } of trials) {
      if (trial.state !== TrialState.DRAFT) resend = (await this.readLog(trial.name)) || resend;
    }
    return resend;
  }

  private async listTrials(): Promise<{ trial: Trial; schedule: Schedule | undefined }[]> {
    const { api, signal } = this.o;
    const trials: Trial[] = [];
    let pageToken = '';
    do {
      const page = await api.trial.listTrials({ pageToken }, { signal });
      trials.push(...page.trials);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    const all = [];
    for (const trial of trials) {
      const scheduled = trial.state !== TrialState.DRAFT && trial.state !== TrialState.IMPORTED;
      const schedule = scheduled
        ? await api.trial.getSchedule({ name: trial.name }, { signal })
        : undefined;
      all.push({ trial, schedule });
    }
    return all;
  }

  /** Trials that the engine no longer lists. One that was deleted goes from here too, unless it holds
   * what was never stored; after a restore from before it, it stays until the person lets it go. */
  private async settleGone(listed: ReadonlySet<string>): Promise<void> {
    const missing = (await this.o.store.trials()).filter((row) => !listed.has(row.name));
    if (missing.length === 0) return;
    await this.o.store.writeUnder(this.o.pairing, async (writing) => {
      const entries = writing.objectStore('entries');
      for (const row of missing) {
        const log = await entries.index('byTrial').getAll(row.name);
        const wasDeleted = row.epoch === '' || row.epoch === this.storeEpoch;
        if (wasDeleted && log.every((entry) => entry.state === 'stored')) {
          await writing.objectStore('trials').delete(row.name);
          for (const entry of log) await entries.delete(entry.id);
        } else {
          await writing.objectStore('trials').put({ ...row, gone: true });
        }
      }
    });
  }

  /** Reads a trial's log from where it was left; whether its entries have to be sent again. */
  private async readLog(trial: string): Promise<boolean> {
    const { api, store, signal, pairing } = this.o;
    for (;;) {
      const row = await store.trial(trial);
      if (row === undefined) return false;
      const cursor = { epoch: row.epoch, sequence: BigInt(row.sequence) };
      try {
        const page = await api.diary.listChanges({ trial, cursor }, { signal });
        await store.writeUnder(pairing, async (writing) => {
          const now = await writing.objectStore('trials').get(trial);
          if (now === undefined) return;
          for (const entry of page.entries) {
            const own = (await findEntry(writing, entry.id))?.own ?? false;
            await putEntry(writing, {
              trial,
              entry,
              state: 'STORED_BY_ENGINE',
              rejection: undefined,
              own,
            });
          }
          await writing.objectStore('trials').put({
            ...now,
            epoch: page.cursor?.epoch ?? '',
            sequence: Number(page.cursor?.sequence ?? 0n),
          });
        });
        if (!page.more) return false;
      } catch (error) {
        if (!(error instanceof SolotrialError) || error.reason !== 'EPOCH_CHANGED') throw error;
        await this.sendAgain(trial);
        return true;
      }
    }
  }

  /** After a restore: every entry that is held, of whatever device, is sent again (the others may be
   * lost), and the log read from its beginning. */
  private async sendAgain(trial: string): Promise<void> {
    await this.o.store.writeUnder(this.o.pairing, async (writing) => {
      const entries = writing.objectStore('entries');
      for (const row of await entries.index('byTrial').getAll(trial)) {
        if (row.state === 'stored') await entries.put({ ...row, state: 'waiting' });
      }
      const row = await writing.objectStore('trials').get(trial);
      if (row !== undefined) {
        await writing.objectStore('trials').put({ ...row, epoch: '', sequence: 0 });
      }
    });
  }

  /** Keeps that all was sent and received; a credential that was refused for a while is taken again. */
  async end(): Promise<void> {
    await this.o.store.writeUnder(this.o.pairing, async (writing) => {
      const access = await writing.objectStore('access').get('access');
      if (access?.standing === 'REFUSED') {
        await writing.objectStore('access').put({ ...access, standing: 'PAIRED' }, 'access');
      }
      await writing.objectStore('synced').put(this.o.clock.now(), 'synced');
    });
  }
}

function fitOf(info: ServerInfo): Fit {
  if (info.apiLevel === 0) return 'UNKNOWN';
  if (ApiLevel.CURRENT < info.oldestClientLevel) return 'APP_TOO_OLD';
  return ApiLevel.CURRENT > info.apiLevel ? 'ENGINE_TOO_OLD' : 'FITS';
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
