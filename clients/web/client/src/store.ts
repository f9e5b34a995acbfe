// The phone's storage in terms of what is done to it. Every method is one transaction; all that a
// person or the engine was promised is written with strict durability.
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { IDBPTransaction } from 'idb';
import { MessageSchema } from './gen/solotrial/v1/analysis_pb.js';
import type { Message } from './gen/solotrial/v1/analysis_pb.js';
import { EntryRejectionSchema } from './gen/solotrial/v1/diary_service_pb.js';
import type { EntryRejection } from './gen/solotrial/v1/diary_service_pb.js';
import { EntrySchema } from './gen/solotrial/v1/entry_pb.js';
import type { Entry } from './gen/solotrial/v1/entry_pb.js';
import type { HeldEntry } from './diary.js';
import { keyOf } from './diary_rules.js';
import { fromStorage, SolotrialError } from './errors.js';
import type { Notice } from './state.js';
import { openDatabase, STORES } from './store_schema.js';
import type {
  AccessRow,
  Database,
  EntryRow,
  EntryRowState,
  Schema,
  TrialRow,
} from './store_schema.js';

type StoreName = (typeof STORES)[number];
/** A transaction that writes. */
export type Writing = IDBPTransaction<Schema, StoreName[], 'readwrite'>;

const ALL: StoreName[] = [...STORES];

/** What is shown of the whole store at once. */
export interface Overview {
  readonly access: AccessRow | undefined;
  readonly waiting: number;
  readonly rejected: number;
  readonly notices: Notice[];
  readonly lastSync: number | undefined;
}

export class Store {
  private opening: Promise<Database> | undefined;

  /** `onWritten` is called after every transaction that wrote something. */
  constructor(
    private readonly name: string,
    private readonly onWritten: () => void,
  ) {}

  async close(): Promise<void> {
    const opening = this.opening;
    this.opening = undefined;
    if (opening !== undefined) (await opening).close();
  }

  access(): Promise<AccessRow | undefined> {
    return this.read((database) => database.get('access', 'access'));
  }

  overview(): Promise<Overview> {
    return this.read(async (database) => {
      const reading = database.transaction(ALL);
      const byState = reading.objectStore('entries').index('byState');
      const [access, waiting, rejected, notices, lastSync] = await Promise.all([
        reading.objectStore('access').get('access'),
        byState.count('waiting'),
        byState.count('rejected'),
        reading.objectStore('notices').getAll(),
        reading.objectStore('synced').get('synced'),
      ]);
      return {
        access,
        waiting,
        rejected,
        notices: notices.map((row) => ({
          id: row.id,
          trial: row.trial,
          message: fromBinary(MessageSchema, row.message),
        })),
        lastSync,
      };
    });
  }

  async trials(): Promise<TrialRow[]> {
    const rows = await this.read((database) => database.getAll('trials'));
    return rows.sort((a, b) => a.position - b.position);
  }

  trial(name: string): Promise<TrialRow | undefined> {
    return this.read((database) => database.get('trials', name));
  }

  /** Every entry of a trial, rejected ones included, by id. */
  async log(trial: string): Promise<HeldEntry[]> {
    const rows = await this.read((database) =>
      database.getAllFromIndex('entries', 'byTrial', trial),
    );
    return rows.map(held);
  }

  /** By id, which is the order of their making. */
  async entriesIn(state: EntryRowState): Promise<HeldEntry[]> {
    const rows = await this.read((database) =>
      database.getAllFromIndex('entries', 'byState', state),
    );
    return rows.map(held);
  }

  async entry(id: string): Promise<HeldEntry | undefined> {
    const row = await this.read((database) => database.get('entries', id));
    return row === undefined ? undefined : held(row);
  }

  /** Runs `task` in one transaction over everything: all of it is durable when this resolves, or
   * nothing of it is written. `task` awaits nothing but the transaction's own requests. */
  async write<T>(task: (writing: Writing) => Promise<T>): Promise<T> {
    const result = await this.guarded(async (database) => {
      const writing = database.transaction(ALL, 'readwrite', { durability: 'strict' });
      // An aborted transaction is told once, below.
      writing.done.catch(() => {});
      try {
        const value = await task(writing);
        writing.commit();
        await writing.done;
        return value;
      } catch (error) {
        abort(writing);
        // A full disk can show as an aborted request; the transaction knows why.
        throw error instanceof SolotrialError ? error : (writing.error ?? error);
      }
    });
    this.onWritten();
    return result;
  }

  /** As `write`, unless the phone has been paired anew, signed out or wiped since: CANCELLED. */
  writeUnder<T>(pairing: string, task: (writing: Writing) => Promise<T>): Promise<T> {
    return this.write(async (writing) => {
      const access = await writing.objectStore('access').get('access');
      if (access?.pairing !== pairing || access.standing === 'DELETED_ON_ENGINE') {
        throw new SolotrialError('CANCELLED', 'this phone was paired anew or cleared meanwhile');
      }
      return task(writing);
    });
  }

  /** Deletes everything; `left`, if any, says why. */
  wipe(left?: AccessRow): Promise<void> {
    return this.write(async (writing) => {
      await clear(writing);
      if (left !== undefined) await writing.objectStore('access').put(left, 'access');
    });
  }

  private read<T>(task: (database: Database) => Promise<T>): Promise<T> {
    return this.guarded(task);
  }

  private async guarded<T>(task: (database: Database) => Promise<T>): Promise<T> {
    try {
      return await task(await this.database());
    } catch (error) {
      throw fromStorage(error);
    }
  }

  private database(): Promise<Database> {
    if (this.opening === undefined) {
      const opening = openDatabase(this.name, () => this.lost(opening));
      this.opening = opening;
      opening.catch(() => this.lost(opening));
    }
    return this.opening;
  }

  /** The next call opens it again. */
  private lost(opening: Promise<Database>): void {
    if (this.opening === opening) this.opening = undefined;
  }
}

function abort(writing: Writing): void {
  try {
    writing.abort();
  } catch {
    // It has ended already.
  }
}

/** Deletes everything. */
export async function clear(writing: Writing): Promise<void> {
  await Promise.all(ALL.map((store) => writing.objectStore(store).clear()));
}

/** Adds or replaces an entry. */
export async function putEntry(writing: Writing, one: HeldEntry): Promise<void> {
  await writing.objectStore('entries').put({
    id: one.entry.id,
    trial: one.trial,
    state: STATE_OF[one.state],
    own: one.own,
    key: rowKey(one.trial, one.entry),
    entry: toBinary(EntrySchema, one.entry),
    rejection:
      one.rejection === undefined ? undefined : toBinary(EntryRejectionSchema, one.rejection),
  });
}

/** The entry of that id. */
export async function findEntry(writing: Writing, id: string): Promise<HeldEntry | undefined> {
  const row = await writing.objectStore('entries').get(id);
  return row === undefined ? undefined : held(row);
}

/** The entries with the same key that may count: not those that were rejected. */
export async function sameKey(writing: Writing, trial: string, entry: Entry): Promise<HeldEntry[]> {
  const rows = await writing.objectStore('entries').index('byKey').getAll(rowKey(trial, entry));
  return rows.filter((row) => row.state !== 'rejected').map(held);
}

/** Adds notices for the person. */
export async function putNotices(
  writing: Writing,
  trial: string,
  messages: readonly Message[],
  makeId: () => string,
): Promise<void> {
  for (const message of messages) {
    await writing
      .objectStore('notices')
      .put({ id: makeId(), trial, message: toBinary(MessageSchema, message) });
  }
}

const STATE_OF = {
  SAVED_ON_PHONE: 'waiting',
  STORED_BY_ENGINE: 'stored',
  REJECTED: 'rejected',
} as const;
const STATE_OF_ROW = {
  waiting: 'SAVED_ON_PHONE',
  stored: 'STORED_BY_ENGINE',
  rejected: 'REJECTED',
} as const;

function rowKey(trial: string, entry: Entry): string {
  return `${trial} ${keyOf(entry) ?? entry.id}`;
}

function held(row: EntryRow): HeldEntry {
  return {
    trial: row.trial,
    entry: fromBinary(EntrySchema, row.entry),
    state: STATE_OF_ROW[row.state],
    rejection:
      row.rejection === undefined ? undefined : fromBinary(EntryRejectionSchema, row.rejection),
    own: row.own,
  };
}

/** A rejection that the phone itself makes of a refused call. */
export function rejectionOf(error: SolotrialError): EntryRejection {
  return create(EntryRejectionSchema, {
    reason: error.reason,
    field: error.fields[0]?.field ?? '',
    message: error.fields[0]?.description ?? error.message,
    retryable: error.retryable,
  });
}
