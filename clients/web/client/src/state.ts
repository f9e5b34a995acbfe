// What the screens may know at any moment without waiting.
import type { Message } from './gen/solotrial/v1/analysis_pb.js';
import type { Role } from './gen/solotrial/v1/options_pb.js';
import type { SolotrialError } from './errors.js';

/** Whether this phone may talk to an engine. */
export type Pairing =
  /** No credential: pair first. */
  | 'UNPAIRED'
  /** A credential that works, as far as is known. */
  | 'PAIRED'
  /** The engine no longer takes it (expired, or this device was revoked on another one). What is on
   * the phone is kept, recording goes on; pair again to send. */
  | 'REFUSED'
  /** The person has deleted everything of theirs on the engine, here or on another device: nothing is
   * left on this phone either, unless it was to be kept (ClientOptions.keepDeleted). */
  | 'DELETED_ON_ENGINE';

/** Whether the engine answers. */
export type Connection =
  /** Not tried yet. */
  | 'UNKNOWN'
  /** The last call was answered. */
  | 'ONLINE'
  /** The last call was not; tried again with growing pauses, and when the browser comes online. */
  | 'OFFLINE'
  /** It answers, but its data is locked after a restart: unlock it on its own machine. */
  | 'LOCKED';

/** Whether this library and the engine understand each other (ServerInfo.api_level). */
export type Fit =
  /** The engine has not been asked yet, or does not say. */
  | 'UNKNOWN'
  | 'FITS'
  /** This app is older than the engine can bear: reload it. Recording goes on; nothing is sent. */
  | 'APP_TOO_OLD'
  /** The engine is older than this app: some of what the app offers may not work. Where it speaks no
   * version of the API that this app knows, nothing is sent. */
  | 'ENGINE_TOO_OLD';

/** What the screens show beside the diary itself. Immutable: a change is another object. */
export interface ClientState {
  /** Grows with every change of what is stored, also by another tab: read again what is shown. */
  readonly revision: number;
  /** See Pairing. */
  readonly pairing: Pairing;
  /** What the credential may be used for; ROLE_UNSPECIFIED without one. Only owners and participants
   * have trials on their phone; helpers and clinicians call `api` for the one of `deviceTrial`. */
  readonly role: Role;
  /** The one trial of a helper or clinician, `trials/{uuid}`; else empty. */
  readonly deviceTrial: string;
  /** See Connection. */
  readonly connection: Connection;
  /** See Fit. */
  readonly fit: Fit;
  /** A round of sending and receiving is under way. */
  readonly syncing: boolean;
  /** When the last whole round ended, in milliseconds since 1970; undefined: never. */
  readonly lastSync: number | undefined;
  /** Why the last round was cut off; undefined when it ended whole. */
  readonly syncError: SolotrialError | undefined;
  /** Entries on this phone only, that wait to be sent. */
  readonly waiting: number;
  /** Entries that the engine did not take: to be shown, and corrected or discarded by the person. */
  readonly rejected: number;
  /** Whether the browser has promised to keep what is stored; undefined: not known yet. */
  readonly persisted: boolean | undefined;
  /** What the engine has to tell about what was recorded, newest last, until `dismissNotice`. */
  readonly notices: readonly Notice[];
}

/** Something that the person has to be told, for example that the trial is paused now. */
export interface Notice {
  /** For `dismissNotice`. */
  readonly id: string;
  /** `trials/{uuid}`. */
  readonly trial: string;
  /** Stable reason, parameters and the sentence in the client's locale. */
  readonly message: Message;
}
