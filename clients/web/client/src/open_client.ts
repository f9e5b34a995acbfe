// Puts the parts together.
import { fromBinary } from '@bufbuild/protobuf';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { NewAccess } from './gen/solotrial/v1/access_pb.js';
import { ScheduleSchema, TrialSchema, TrialState } from './gen/solotrial/v1/trial_pb.js';
import type {
  ClientOptions,
  HeldTrial,
  Paired,
  PendingApproval,
  SolotrialClient,
} from './client.js';
import { addDays, trialDate } from './dates.js';
import { dayOf } from './day.js';
import type { DaySource } from './day.js';
import type { Day, EntryDraft, HeldEntry } from './diary.js';
import { currentEntries, keyOf } from './diary_rules.js';
import { engineApi, webTransport } from './engine.js';
import type { EngineApi } from './engine.js';
import { SolotrialError } from './errors.js';
import { IdMaker } from './ids.js';
import { pairingCodeOf } from './pairing_code.js';
import {
  broadcastChannel,
  browserKeepStorage,
  browserWakeUps,
  systemClock,
  systemRandom,
  systemTimers,
  webLock,
} from './platform.js';
import { notHeld, Recorder } from './recorder.js';
import { HeldCalendar } from './schedule.js';
import { StateKeeper } from './state_keeper.js';
import type { ClientState } from './state.js';
import { clear, Store } from './store.js';
import type { TrialRow } from './store_schema.js';
import { Syncer } from './syncer.js';
import { syncRound } from './sync_round.js';

// How often it is asked whether another device has approved.
const APPROVAL_PAUSE = 2_000;

/** Opens the client; what was not sent before goes on its way. STORAGE_FAILED when the browser gives
 * no storage (some do not in private windows). */
export async function openClient(options: ClientOptions = {}): Promise<SolotrialClient> {
  const client = new PhoneClient(options);
  await client.start();
  return client;
}

class PhoneClient implements SolotrialClient {
  readonly api: EngineApi;

  private readonly clock;
  private readonly timers;
  private readonly keepStorage;
  private readonly ids: IdMaker;
  private readonly channel;
  private readonly store: Store;
  private readonly keeper: StateKeeper;
  private readonly recorder: Recorder;
  private readonly syncer: Syncer;
  private readonly closing = new AbortController();
  private readonly logs = new Map<string, { revision: number; log: Promise<HeldEntry[]> }>();
  private readonly endWakeUps: () => void;
  private locale: string;

  constructor(options: ClientOptions) {
    const name = options.databaseName ?? 'solotrial';
    const random = options.random ?? systemRandom;
    this.locale = options.locale ?? 'en';
    this.clock = options.clock ?? systemClock;
    this.timers = options.timers ?? systemTimers;
    this.keepStorage = options.keepStorage ?? browserKeepStorage;
    this.channel = options.channel ?? broadcastChannel(name);
    this.ids = new IdMaker(this.clock, random);
    this.store = new Store(name, () => {
      this.keeper.touched();
      this.channel.announce();
    });
    this.keeper = new StateKeeper(this.store);
    this.recorder = new Recorder({ store: this.store, clock: this.clock, ids: this.ids });
    this.channel.onAnnounce(() => {
      this.keeper.touched();
      // A client that is being closed has nothing to show.
      this.keeper.refresh().catch(() => {});
    });
    this.api = engineApi(
      options.transport ?? webTransport(options.baseUrl ?? globalThis.location.origin),
      {
        token: async () => (await this.store.access())?.token || undefined,
        answered: () => this.keeper.connected('ONLINE'),
        failed: (error, token) => this.callFailed(error, token),
      },
    );
    this.syncer = new Syncer({
      lock: options.lock ?? webLock,
      lockName: `${name}-sync`,
      timers: this.timers,
      random,
      round: () => this.round(),
      onRunning: (running) => this.keeper.syncing(running),
    });
    this.endWakeUps = (options.wakeUps ?? browserWakeUps)(() => void this.sync());
  }

  async start(): Promise<void> {
    await this.keeper.refresh();
    if (this.getState().pairing !== 'UNPAIRED') {
      void this.askToKeep();
      void this.sync();
    }
  }

  getState(): ClientState {
    return this.keeper.state;
  }

  subscribe(listener: () => void): () => void {
    return this.keeper.subscribe(listener);
  }

  setLocale(locale: string): void {
    this.locale = locale;
  }

  async dismissNotice(id: string): Promise<void> {
    await this.store.write((writing) => writing.objectStore('notices').delete(id));
    await this.keeper.refresh();
  }

  async pair(codeOrLink: string, deviceName: string): Promise<Paired> {
    const code = pairingCodeOf(codeOrLink);
    if (code === undefined) {
      throw new SolotrialError('NOT_A_CODE', 'a pairing code such as K7Q2-9XMV-4T8P is needed', {
        fields: [{ field: 'code', description: 'must be the code that the engine shows' }],
      });
    }
    return this.paired(
      await this.api.access.claimCode({ code, deviceDisplayName: deviceName }),
      deviceName,
    );
  }

  async recover(phrase: string, deviceName: string, revokeOtherDevices: boolean): Promise<Paired> {
    const access = await this.api.access.recover({
      recoveryPhrase: phrase,
      deviceDisplayName: deviceName,
      revokeOtherDevices,
    });
    return this.paired(access, deviceName);
  }

  async signOut(): Promise<void> {
    await this.api.access.signOut({});
    await this.forget();
  }

  async requestApproval(): Promise<PendingApproval> {
    const { number, expireTime } = await this.api.access.requestApproval({});
    const end = expireTime === undefined ? 0 : timestampMs(expireTime);
    return {
      number,
      expireTime: end,
      approved: async (signal) => {
        while (signal?.aborted !== true && !this.closing.signal.aborted) {
          const access = await this.api.access.getAccess({});
          if (access.confirmEndTime !== undefined) return true;
          const { serverTime } = await this.api.server.getServerInfo({});
          if (serverTime !== undefined && timestampMs(serverTime) >= end) return false;
          await new Promise<void>((resolve) => this.timers.after(APPROVAL_PAUSE, resolve));
        }
        return false;
      },
    };
  }

  async deleteEverything(): Promise<void> {
    try {
      await this.api.data.deleteEverything({ confirmation: 'delete everything' });
    } catch (error) {
      // The answer of an earlier try was lost: it is done.
      if (!(error instanceof SolotrialError) || error.reason !== 'PERSON_DELETED') throw error;
    }
    await this.forget();
  }

  async forget(): Promise<void> {
    await this.store.wipe();
    await this.keeper.refresh();
  }

  async forgetTrial(name: string): Promise<void> {
    await this.store.write(async (writing) => {
      const entries = writing.objectStore('entries');
      for (const id of await entries.index('byTrial').getAllKeys(name)) await entries.delete(id);
      await writing.objectStore('trials').delete(name);
    });
    await this.keeper.refresh();
  }

  async trials(): Promise<HeldTrial[]> {
    return (await this.store.trials()).map((row) => this.heldTrial(row));
  }

  async trial(name: string): Promise<HeldTrial> {
    const row = await this.store.trial(name);
    if (row === undefined) throw notHeld('trial');
    return this.heldTrial(row);
  }

  async today(trial: string): Promise<string> {
    return trialDate((await this.trial(trial)).trial, this.clock.now(), this.clock);
  }

  async day(trial: string, date: string): Promise<Day> {
    return dayOf(await this.daySource(trial), date);
  }

  async days(trial: string, from: string, to: string): Promise<Day[]> {
    const source = await this.daySource(trial);
    const days: Day[] = [];
    for (let date = from; date <= to; date = addDays(date, 1)) days.push(dayOf(source, date));
    return days;
  }

  async entries(trial: string): Promise<HeldEntry[]> {
    return currentEntries((await this.log(trial)).filter((held) => held.state !== 'REJECTED'));
  }

  async history(trial: string, entryId: string): Promise<HeldEntry[]> {
    const log = await this.log(trial);
    const byId = new Map(log.map((held) => [held.entry.id, held]));
    const one = byId.get(entryId);
    if (one === undefined) throw notHeld('entry');
    const key = keyOf(one.entry);
    const related = new Set(
      log.filter(({ entry }) => key !== undefined && keyOf(entry) === key).map((h) => h.entry.id),
    );
    related.add(entryId);
    // Corrections of what stands for itself, and retractions, hang together by `supersedes`.
    for (let size = 0; size !== related.size;) {
      size = related.size;
      for (const { entry } of log) {
        if (related.has(entry.supersedes)) related.add(entry.id);
        if (related.has(entry.id) && byId.has(entry.supersedes)) related.add(entry.supersedes);
      }
    }
    return log.filter(({ entry }) => related.has(entry.id));
  }

  async record(...drafts: EntryDraft[]): Promise<HeldEntry[]> {
    return this.changed(this.recorder.record(drafts));
  }

  async retract(trial: string, entryId: string): Promise<HeldEntry> {
    return this.changed(this.recorder.retract(trial, entryId));
  }

  rejected(): Promise<HeldEntry[]> {
    return this.store.entriesIn('rejected');
  }

  async correctRejected(entryId: string, draft: EntryDraft): Promise<HeldEntry> {
    return this.changed(this.recorder.correctRejected(entryId, draft));
  }

  async discardRejected(entryId: string): Promise<void> {
    return this.changed(this.recorder.discardRejected(entryId));
  }

  async retryRejected(entryId: string): Promise<void> {
    return this.changed(this.recorder.retryRejected(entryId));
  }

  sync(): Promise<void> {
    return this.syncer.sync();
  }

  async close(): Promise<void> {
    this.endWakeUps();
    this.closing.abort();
    await this.syncer.close();
    this.channel.close();
    await this.store.close();
  }

  /** After something was saved: the state tells it, and it goes on its way. */
  private async changed<T>(saving: Promise<T>): Promise<T> {
    const result = await saving;
    await this.keeper.refresh();
    void this.sync();
    return result;
  }

  private async paired(access: NewAccess, deviceName: string): Promise<Paired> {
    await this.store.write(async (writing) => {
      // Of a person whose data was deleted nothing is left; of one whose credential was refused all
      // is kept and sent.
      await writing.objectStore('access').put(
        {
          pairing: this.ids.next(),
          standing: 'PAIRED',
          token: access.token,
          tokenTime: this.clock.now(),
          device: access.device,
          deviceName,
          role: access.role,
          trial: access.trial,
        },
        'access',
      );
    });
    await this.keeper.refresh();
    void this.askToKeep();
    void this.sync();
    return {
      recoveryPhrase: access.recoveryPhrase,
      role: access.role,
      deviceTrial: access.trial,
    };
  }

  private async askToKeep(): Promise<void> {
    this.keeper.persisted(await this.keepStorage().catch(() => false));
  }

  private async round() {
    const access = await this.store.access();
    if (access === undefined || access.standing === 'DELETED_ON_ENGINE') return undefined;
    const outcome = await syncRound({
      store: this.store,
      api: this.api,
      clock: this.clock,
      ids: this.ids,
      signal: this.closing.signal,
      onFit: (fit) => this.keeper.fits(fit),
      locale: this.locale,
      pairing: access.pairing,
    }).finally(() => this.keeper.refresh());
    return outcome;
  }

  /** See CallContext.failed. */
  private async callFailed(error: SolotrialError, token: string | undefined): Promise<boolean> {
    if (error.reason === 'CANCELLED') return false;
    if (error.reason === 'UNREACHABLE') this.keeper.connected('OFFLINE');
    else this.keeper.connected(error.reason === 'ENGINE_LOCKED' ? 'LOCKED' : 'ONLINE');
    if (error.reason !== 'UNAUTHENTICATED' && error.reason !== 'PERSON_DELETED') return false;
    const isNewer = await this.store.write(async (writing) => {
      const access = await writing.objectStore('access').get('access');
      // What needs no credential says nothing about this phone's.
      if (access === undefined || access.token === '' || token === undefined) return false;
      if (access.token !== token) return true;
      if (error.reason === 'PERSON_DELETED') {
        await clear(writing);
        await writing
          .objectStore('access')
          .put({ ...access, token: '', standing: 'DELETED_ON_ENGINE' }, 'access');
      } else {
        await writing.objectStore('access').put({ ...access, standing: 'REFUSED' }, 'access');
      }
      return false;
    });
    await this.keeper.refresh();
    return isNewer;
  }

  private heldTrial(row: TrialRow): HeldTrial {
    const trial = fromBinary(TrialSchema, row.trial);
    const schedule =
      row.schedule === undefined ? undefined : fromBinary(ScheduleSchema, row.schedule);
    if (schedule !== undefined && trial.state === TrialState.RUNNING) {
      const today = trialDate(trial, this.clock.now(), this.clock);
      if (new HeldCalendar(trial, schedule).hasEnded(today)) trial.state = TrialState.COMPLETED;
    }
    return { trial, schedule, heldSince: row.heldSince, gone: row.gone };
  }

  private async daySource(name: string): Promise<DaySource> {
    const { trial, schedule } = await this.trial(name);
    if (schedule === undefined) throw notHeld('schedule');
    return {
      trial,
      schedule,
      current: await this.entries(name),
      today: trialDate(trial, this.clock.now(), this.clock),
    };
  }

  /** Read once for every change. */
  private log(trial: string): Promise<HeldEntry[]> {
    const { revision } = this.getState();
    const known = this.logs.get(trial);
    if (known?.revision === revision) return known.log;
    const log = this.store.log(trial);
    this.logs.set(trial, { revision, log });
    log.catch(() => this.logs.delete(trial));
    return log;
  }
}
