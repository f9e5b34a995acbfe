// What lies in IndexedDB. Messages are kept as their bytes on the wire, so that fields of a newer
// engine survive. A change of this file needs a new version and an upgrade in `openDatabase`.
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import type { Role } from './gen/solotrial/v1/options_pb.js';

/** Whether the credential is taken; see Pairing. */
export type Standing = 'PAIRED' | 'REFUSED' | 'DELETED_ON_ENGINE';

export interface AccessRow {
  /** Made anew with every pairing: what was asked for under one pairing is not stored under another. */
  readonly pairing: string;
  readonly standing: Standing;
  /** Empty when DELETED_ON_ENGINE. */
  readonly token: string;
  /** When the token was got, in milliseconds since 1970. */
  readonly tokenTime: number;
  /** `devices/{uuid}`. */
  readonly device: string;
  readonly deviceName: string;
  /** NewAccess.role. */
  readonly role: Role;
  /** NewAccess.trial. */
  readonly trial: string;
}

export interface TrialRow {
  readonly name: string;
  /** In the engine's list, newest first. */
  readonly position: number;
  /** Trial. */
  readonly trial: Uint8Array;
  /** Schedule; absent for a draft and an imported record. */
  readonly schedule: Uint8Array | undefined;
  /** In milliseconds since 1970. */
  readonly heldSince: number;
  /** Cursor.epoch as far as the log was read; empty: not at all. */
  readonly epoch: string;
  /** Cursor.sequence. */
  readonly sequence: number;
  /** The engine no longer lists it. */
  readonly gone: boolean;
}

export type EntryRowState = 'waiting' | 'stored' | 'rejected';

export interface EntryRow {
  /** Entry.id. */
  readonly id: string;
  /** `trials/{uuid}`. */
  readonly trial: string;
  readonly state: EntryRowState;
  /** Made on this phone. */
  readonly own: boolean;
  /** `keyOf` with the trial, or the id where the entry stands for itself. */
  readonly key: string;
  /** Entry. */
  readonly entry: Uint8Array;
  /** EntryRejection: why not; of a waiting entry: why not yet. */
  readonly rejection: Uint8Array | undefined;
}

export interface NoticeRow {
  readonly id: string;
  readonly trial: string;
  /** Message. */
  readonly message: Uint8Array;
}

export interface Schema extends DBSchema {
  access: { key: 'access'; value: AccessRow };
  trials: { key: string; value: TrialRow };
  entries: {
    key: string;
    value: EntryRow;
    indexes: { byTrial: string; byState: EntryRowState; byKey: string };
  };
  notices: { key: string; value: NoticeRow };
  /** When the last whole round of syncing ended, in milliseconds since 1970. */
  synced: { key: 'synced'; value: number };
}

export type Database = IDBPDatabase<Schema>;

/** Every store of the database. */
export const STORES = ['access', 'trials', 'entries', 'notices', 'synced'] as const;

/** `onClosed` is called when the browser, or a newer version of the app, has closed it. */
export function openDatabase(name: string, onClosed: () => void): Promise<Database> {
  return openDB<Schema>(name, 1, {
    upgrade(database) {
      database.createObjectStore('access');
      database.createObjectStore('trials', { keyPath: 'name' });
      const entries = database.createObjectStore('entries', { keyPath: 'id' });
      entries.createIndex('byTrial', 'trial');
      entries.createIndex('byState', 'state');
      entries.createIndex('byKey', 'key');
      database.createObjectStore('notices', { keyPath: 'id' });
      database.createObjectStore('synced');
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      onClosed();
    },
    terminated: onClosed,
  });
}
