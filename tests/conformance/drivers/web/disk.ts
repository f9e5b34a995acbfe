// A disk under the IndexedDB of a process: what a transaction has written is in a file when it
// completes, neither sooner nor otherwise, and is there again for the next process.
import 'fake-indexeddb/auto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

interface Change {
  readonly store: string;
  readonly method: (typeof METHODS)[number];
  readonly parameters: unknown[];
}

// All that the client changes anything by; tests of the client would show another.
const METHODS = ['put', 'delete', 'clear'] as const;
const LENGTH_BYTES = 4;

/** Whether a process has written there before. */
export function hasDisk(file: string): boolean {
  return existsSync(file);
}

/** Brings the database, empty but for its stores, to where the file says that it was. */
export async function playBack(file: string, database: string): Promise<void> {
  const bytes = readFileSync(file);
  const opened = await answered(indexedDB.open(database));
  for (let at = 0; at + LENGTH_BYTES <= bytes.length;) {
    const start = at + LENGTH_BYTES;
    at = start + bytes.readUInt32BE(at);
    // The process was killed while it wrote this: it has promised nothing of it.
    if (at > bytes.length) break;
    await play(opened, deserialize(bytes.subarray(start, at)) as Change[]);
  }
  opened.close();
}

/** From now on everything is kept in the file. */
export function keepOn(file: string): void {
  const open = new WeakMap<IDBTransaction, Change[]>();
  const changesOf = (transaction: IDBTransaction): Change[] => {
    const known = open.get(transaction);
    if (known !== undefined) return known;
    const changes: Change[] = [];
    open.set(transaction, changes);
    transaction.addEventListener('complete', () => append(file, changes));
    return changes;
  };
  for (const method of METHODS) {
    const original: Function = IDBObjectStore.prototype[method];
    IDBObjectStore.prototype[method] = function (this: IDBObjectStore, ...parameters: unknown[]) {
      const request = Reflect.apply(original, this, parameters);
      changesOf(this.transaction).push({
        store: this.name,
        method,
        parameters: structuredClone(parameters),
      });
      return request;
    };
  }
}

function append(file: string, changes: readonly Change[]): void {
  const bytes = serialize(changes);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(bytes.length);
  appendFileSync(file, Buffer.concat([length, bytes]));
}

function play(database: IDBDatabase, changes: readonly Change[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction([...database.objectStoreNames], 'readwrite');
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    for (const { store, method, parameters } of changes) {
      const objects = transaction.objectStore(store);
      Reflect.apply(objects[method], objects, parameters);
    }
  });
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
