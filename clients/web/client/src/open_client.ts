// Puts the parts together.
import type { NewAccess } from './gen/solotrial/v1/access_pb.js';
import { requestApproval } from './approval.js';
import type {
  ClientOptions,
  Credential,
  HeldTrial,
  Paired,
  PendingApproval,
  SolotrialClient,
} from './client.js';
import { credentialGot, credentialRefused } from './credential.js';
import type { Day, EntryDraft, HeldEntry } from './diary.js';
import { engineApi, webTransport } from './engine.js';
import type { CallContext, EngineApi } from './engine.js';
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
import { Reader } from './reader.js';
import { Recorder } from './recorder.js';
import { StateKeeper } from './state_keeper.js';
import type { ClientState } from './state.js';
import { Store } from './store.js';
import type { AccessRow } from './store_schema.js';
import { Syncer } from './syncer.js';
import { syncRound } from './sync_round.js';

/** Opens the client; what was not sent before goes on its way. STORAGE_FAILED when the browser gives
 * no storage (some do not in private windows). */
export async function openClient(options: ClientOptions = {}): Promise<SolotrialClient> {
  const client = new PhoneClient(options);
  await client.start();
  return client;
}

class PhoneClient implements SolotrialClient {
  readonly api: EngineApi;
  private readonly roundApi: EngineApi;

  private readonly clock;
  private readonly timers;
  private readonly keepStorage;
  private readonly keepDeleted: boolean;
  private readonly ids: IdMaker;
  private readonly channel;
  private readonly store: Store;
  private readonly keeper: StateKeeper;
  private readonly recorder: Recorder;
  private readonly reader: Reader;
  private readonly syncer: Syncer;
  private readonly closing = new AbortController();
  private readonly endWakeUps: () => void;
  private locale: string;

  constructor(options: ClientOptions) {
    const name = options.databaseName ?? 'solotrial';
    const random = options.random ?? systemRandom;
    this.locale = options.locale ?? 'en';
    this.clock = options.clock ?? systemClock;
    this.timers = options.timers ?? systemTimers;
    this.keepStorage = options.keepStorage ?? browserKeepStorage;
    this.keepDeleted = options.keepDeleted ?? false;
    this.channel = options.channel ?? broadcastChannel(name);
    this.ids = new IdMaker(this.clock, random);
    this.store = new Store(name, () => {
      this.keeper.touched();
      this.channel.announce();
    });
    this.keeper = new StateKeeper(this.store);
    this.recorder = new Recorder({ store: this.store, clock: this.clock, ids: this.ids });
    this.reader = new Reader({
      store: this.store,
      clock: this.clock,
      revision: () => this.getState().revision,
    });
    this.channel.onAnnounce(() => {
      this.keeper.touched();
      // A client that is being closed has nothing to show.
      this.keeper.refresh().catch(() => {});
    });
    const transport =
      options.transport ?? webTransport(options.baseUrl ?? globalThis.location.origin);
    const context: CallContext = {
      token: async () => (await this.store.access())?.token || undefined,
      answered: () => this.keeper.connected('ONLINE'),
      failed: (error, token) => this.callFailed(error, token),
    };
    const repeating = { timers: this.timers, makeId: () => this.ids.next() };
    this.api = engineApi(transport, { ...context, repeating });
    // Rounds of syncing are repeated as a whole, see Syncer.
    this.roundApi = engineApi(transport, context);
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

  adopt(credential: Credential, deviceName: string): Promise<void> {
    const { token, role, deviceTrial } = credential;
    return this.keepCredential({ token, role, trial: deviceTrial ?? '', device: '', deviceName });
  }

  async signOut(): Promise<void> {
    await this.api.access.signOut({});
    await this.forget();
  }

  requestApproval(): Promise<PendingApproval> {
    return requestApproval(this.api, this.timers, this.closing.signal);
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

  trials(): Promise<HeldTrial[]> {
    return this.reader.trials();
  }

  trial(name: string): Promise<HeldTrial> {
    return this.reader.trial(name);
  }

  today(trial: string): Promise<string> {
    return this.reader.today(trial);
  }

  day(trial: string, date: string): Promise<Day> {
    return this.reader.day(trial, date);
  }

  days(trial: string, from: string, to: string): Promise<Day[]> {
    return this.reader.days(trial, from, to);
  }

  entries(trial: string): Promise<HeldEntry[]> {
    return this.reader.entries(trial);
  }

  history(trial: string, entryId: string): Promise<HeldEntry[]> {
    return this.reader.history(trial, entryId);
  }

  async record(...drafts: EntryDraft[]): Promise<HeldEntry[]> {
    return this.changed(this.recorder.record(drafts));
  }

  async retract(trial: string, entryId: string): Promise<HeldEntry> {
    return this.changed(this.recorder.retract(trial, entryId));
  }

  waiting(): Promise<HeldEntry[]> {
    return this.store.entriesIn('waiting');
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
    const { token, role, trial, device } = access;
    await this.keepCredential({ token, role, trial, device, deviceName });
    return {
      recoveryPhrase: access.recoveryPhrase,
      role: access.role,
      deviceTrial: access.trial,
    };
  }

  private async keepCredential(
    got: Omit<AccessRow, 'pairing' | 'standing' | 'tokenTime'>,
  ): Promise<void> {
    const taken = { pairing: this.ids.next(), tokenTime: this.clock.now() };
    await credentialGot(this.store, { ...got, ...taken, standing: 'PAIRED' });
    await this.keeper.refresh();
    void this.askToKeep();
    void this.sync();
  }

  private async askToKeep(): Promise<void> {
    this.keeper.persisted(await this.keepStorage().catch(() => false));
  }

  private async round() {
    const access = await this.store.access();
    if (access === undefined || access.standing === 'DELETED_ON_ENGINE') return undefined;
    return syncRound({
      store: this.store,
      api: this.roundApi,
      clock: this.clock,
      ids: this.ids,
      signal: this.closing.signal,
      onFit: (fit) => this.keeper.fits(fit),
      locale: this.locale,
      pairing: access.pairing,
    })
      .then(
        (outcome) => {
          this.keeper.roundEnded(undefined);
          return outcome;
        },
        (error: unknown) => {
          if (error instanceof SolotrialError) this.keeper.roundEnded(error);
          throw error;
        },
      )
      .finally(() => this.keeper.refresh());
  }

  /** See CallContext.failed. */
  private async callFailed(error: SolotrialError, token: string | undefined): Promise<boolean> {
    if (error.reason === 'CANCELLED') return false;
    if (error.reason === 'UNREACHABLE') this.keeper.connected('OFFLINE');
    else this.keeper.connected(error.reason === 'ENGINE_LOCKED' ? 'LOCKED' : 'ONLINE');
    if (error.reason !== 'UNAUTHENTICATED' && error.reason !== 'PERSON_DELETED') return false;
    const isNewer = await credentialRefused(this.store, error.reason, token, this.keepDeleted);
    await this.keeper.refresh();
    return isNewer;
  }
}
