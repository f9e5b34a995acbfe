// The one object that an app holds.
import type { Transport } from '@connectrpc/connect';
import type { Role } from './gen/solotrial/v1/options_pb.js';
import type { Schedule, Trial } from './gen/solotrial/v1/trial_pb.js';
import type { Day, EntryDraft, HeldEntry } from './diary.js';
import type { EngineApi } from './engine.js';
import type {
  Clock,
  ExclusiveLock,
  KeepStorage,
  RandomSource,
  TabChannel,
  Timers,
  WakeUps,
} from './platform.js';
import type { ClientState } from './state.js';

/** How to open a client. Everything has a default in a browser. */
export interface ClientOptions {
  /** Where the engine's door is; absent: where the page comes from. */
  readonly baseUrl?: string;
  /** Name of the IndexedDB database; absent: `solotrial`. */
  readonly databaseName?: string;
  /** Language of notices; can be changed with `setLocale`. Absent: `en`. */
  readonly locale?: string;
  /** What becomes of this phone when the person has deleted everything on another device. Absent or
   * false: everything here is deleted at once. True: it stays until `forget` or another `pair`, for
   * an app that asks the person first; nothing of it is sent. */
  readonly keepDeleted?: boolean;
  /** In place of gRPC-Web to `baseUrl`. */
  readonly transport?: Transport;
  /** In place of the system's. */
  readonly clock?: Clock;
  /** In place of `crypto`. */
  readonly random?: RandomSource;
  /** In place of `setTimeout`. */
  readonly timers?: Timers;
  /** In place of Web Locks. */
  readonly lock?: ExclusiveLock;
  /** In place of a BroadcastChannel. */
  readonly channel?: TabChannel;
  /** In place of the browser's events. */
  readonly wakeUps?: WakeUps;
  /** In place of StorageManager. */
  readonly keepStorage?: KeepStorage;
}

/** Everything that the phone knows and does. Safe to use from any number of tabs at once. */
export interface SolotrialClient {
  /** See EngineApi. */
  readonly api: EngineApi;

  // State.

  /** The state now. */
  getState(): ClientState;
  /** Calls `listener` after every change of the state; the function returned ends that. */
  subscribe(listener: () => void): () => void;
  /** Language of what the engine says from now on. */
  setLocale(locale: string): void;
  /** The person has read a notice. */
  dismissNotice(id: string): Promise<void>;

  // Pairing.

  /** Makes this phone one of the person's own, by a typed code or the text of a QR code
   * (`https://HOST/#pair=CODE`, `#invite=CODE`, `solotrial:pair?...`). CODE_NOT_VALID, NOT_A_CODE, UNREACHABLE. The
   * answer holds a recovery phrase for a person who is new: show it, it comes this once. */
  pair(codeOrLink: string, deviceName: string): Promise<Paired>;
  /** The same by the recovery phrase, for who has lost every device. */
  recover(phrase: string, deviceName: string, revokeOtherDevices: boolean): Promise<Paired>;
  /** Takes a credential that the app got in another way, for example `owner.token` on the engine's own
   * machine. The engine is not asked: should it refuse it, `ClientState.pairing` will say so. */
  adopt(credential: Credential, deviceName: string): Promise<void>;
  /** Ends this phone's access on the engine, then `forget`s. What waits to be sent is lost: look at
   * `ClientState.waiting` first. */
  signOut(): Promise<void>;
  /** Asks the person's other devices to confirm this one, which methods that a thief would want need
   * (CONFIRMATION_NEEDED); the other way is `api.access.confirm` with the recovery phrase. */
  requestApproval(): Promise<PendingApproval>;
  /** Deletes everything of the person on the engine (CONFIRMATION_NEEDED), then `forget`s. */
  deleteEverything(): Promise<void>;
  /** Deletes everything on this phone, also what was never sent. */
  forget(): Promise<void>;
  /** Deletes one trial from this phone, also what was never sent: for one that is `gone`. */
  forgetTrial(name: string): Promise<void>;

  // Knowing.

  /** The trials on this phone, newest first, as the engine last told them. */
  trials(): Promise<HeldTrial[]>;
  /** One of them; NOT_HELD. */
  trial(name: string): Promise<HeldTrial>;
  /** The trial's civil date at this instant, by its own time zone and `day_starts_at`. */
  today(trial: string): Promise<string>;
  /** What one date asks for and holds. */
  day(trial: string, date: string): Promise<Day>;
  /** The same of every date from `from` to `to`, both included. */
  days(trial: string, from: string, to: string): Promise<Day[]>;
  /** Every entry that counts, by date, then in the order of making. */
  entries(trial: string): Promise<HeldEntry[]>;
  /** What was ever said about one thing, oldest first: the history of an entry that counts. */
  history(trial: string, entryId: string): Promise<HeldEntry[]>;

  // Recording.

  /** Saves entries on this phone, all or none, and answers when they are durable there; sending goes
   * on behind. STORAGE_FULL and STORAGE_FAILED when nothing was saved. */
  record(...drafts: EntryDraft[]): Promise<HeldEntry[]>;
  /** Takes an entry back: nothing counts in its place. Same promises as `record`. */
  retract(trial: string, entryId: string): Promise<HeldEntry>;
  /** What waits to be sent, oldest first; with a `rejection`: what the engine cannot take yet. */
  waiting(): Promise<HeldEntry[]>;
  /** What the engine did not take, oldest first. */
  rejected(): Promise<HeldEntry[]>;
  /** Says it again as it should have been: a new entry takes the place of the rejected one. */
  correctRejected(entryId: string, draft: EntryDraft): Promise<HeldEntry>;
  /** The person has seen that it was not taken, and lets it go. */
  discardRejected(entryId: string): Promise<void>;
  /** Sends it once more as it is. */
  retryRejected(entryId: string): Promise<void>;

  // Syncing.

  /** Sends and receives now; ends when the round has ended. Never throws: see `ClientState`. */
  sync(): Promise<void>;
  /** Ends everything under way; what is stored stays. */
  close(): Promise<void>;
}

/** A phone that was paired. */
export interface Paired {
  /** To be written down on paper; empty unless the person is new on this engine. */
  readonly recoveryPhrase: string;
  /** See ClientState.role. */
  readonly role: Role;
  /** See ClientState.deviceTrial. */
  readonly deviceTrial: string;
}

/** What the engine knows a device by. */
export interface Credential {
  /** As in `authorization: Bearer TOKEN`. */
  readonly token: string;
  /** See ClientState.role. */
  readonly role: Role;
  /** See ClientState.deviceTrial; absent for owners and participants. */
  readonly deviceTrial?: string;
}

/** Another device has been asked. */
export interface PendingApproval {
  /** Two digits to show: the other device asks for them. */
  readonly number: string;
  /** When it is too late, in milliseconds since 1970. */
  readonly expireTime: number;
  /** Resolves to true when it was approved, to false when it is too late or `signal` is aborted. */
  approved(signal?: AbortSignal): Promise<boolean>;
}

/** A trial with what the phone may know of its schedule. */
export interface HeldTrial {
  /** As the engine last told it, but a running one whose last day has passed since is COMPLETED. */
  readonly trial: Trial;
  /** Absent for a draft and an imported record. */
  readonly schedule: Schedule | undefined;
  /** When it was last told, in milliseconds since 1970. */
  readonly heldSince: number;
  /** The engine no longer has it: it was deleted on another device while this one held entries that
   * were never sent, or the engine was restored from a backup from before it. */
  readonly gone: boolean;
}
