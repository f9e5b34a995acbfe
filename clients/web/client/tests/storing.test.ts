// Durability on the phone: all or nothing, and never a promise that does not hold.
import { afterEach, expect, test, vi } from 'vitest';
import { Store } from '../src/store.js';
import { FakeEngine, TRIAL } from './fake_engine.js';
import { Phone, score, scores } from './phone.js';

afterEach(() => vi.restoreAllMocks());

function failAt(call: number, name: string): void {
  const put = IDBObjectStore.prototype.put;
  let calls = 0;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
    this: IDBObjectStore,
    ...words: Parameters<IDBObjectStore['put']>
  ) {
    if (++calls === call) throw new DOMException('no room', name);
    return put.apply(this, words);
  });
}

test.each([1, 2, 3])(
  'a full storage is told, and nothing is half-written (put %i)',
  async (call) => {
    const client = await new Phone(new FakeEngine()).paired();
    failAt(call, 'QuotaExceededError');
    await expect(client.record(score(1, 'a'), score(2, 'b'), score(3, 'c'))).rejects.toMatchObject({
      reason: 'STORAGE_FULL',
      retryable: true,
    });
    vi.restoreAllMocks();
    expect(await client.entries(TRIAL)).toEqual([]);
    expect(client.getState().waiting).toBe(0);
    // With room again it goes on.
    await client.record(score(1, 'a'));
    expect(await scores(client, 'a')).toEqual([1]);
  },
);

test('what the browser gives up at the very end was not saved', async () => {
  const client = await new Phone(new FakeEngine()).paired();
  vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (
    this: IDBTransaction,
  ) {
    this.abort();
  });
  await expect(client.record(score(1))).rejects.toMatchObject({ reason: 'STORAGE_FAILED' });
  expect(await client.entries(TRIAL)).toEqual([]);
});

test('what was asked for under one pairing is not stored under the next', async () => {
  const phone = new Phone(new FakeEngine());
  const client = await phone.paired();
  const store = new Store(phone.databaseName, () => {});
  const before = (await store.access())!.pairing;
  await client.pair('GOOD-CODE-0000', 'Mine again');
  const late = store.writeUnder(before, async (writing) => {
    await writing.objectStore('synced').put(1, 'synced');
  });
  await expect(late).rejects.toMatchObject({ reason: 'CANCELLED' });
  await store.close();
});

test('a storage that fails is told apart from one that is full', async () => {
  const client = await new Phone(new FakeEngine()).paired();
  failAt(1, 'UnknownError');
  await expect(client.record(score(1))).rejects.toMatchObject({ reason: 'STORAGE_FAILED' });
});

test('a storage that is full while the engine answers costs nothing: it is sent once more', async () => {
  const engine = new FakeEngine();
  const phone = new Phone(engine);
  const client = await phone.paired();
  engine.cut('RecordEntries', 'before');
  await client.record(score(1, 'a'), score(2, 'b'));
  await client.sync();
  failAt(2, 'QuotaExceededError');
  await client.sync();
  vi.restoreAllMocks();
  await client.sync();
  expect(engine.log).toHaveLength(2);
  expect(client.getState().waiting).toBe(0);
});

test('recording asks for strict durability', async () => {
  const client = await new Phone(new FakeEngine()).paired();
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
  await client.record(score(1));
  const writing = transaction.mock.calls.filter(([, mode]) => mode === 'readwrite');
  expect(writing.length).toBeGreaterThan(0);
  for (const [, , options] of writing) expect(options).toEqual({ durability: 'strict' });
});

test('a database that was taken away is opened again, and the next round fills it', async () => {
  const phone = new Phone(new FakeEngine());
  const client = await phone.paired();
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(phone.databaseName);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
  expect(await client.trials()).toEqual([]);
  await client.pair('GOOD-CODE-0000', 'My phone');
  await client.sync();
  await client.record(score(1));
  expect(await scores(client)).toEqual([1]);
});

test('what is for no trial of this phone is refused', async () => {
  const client = await new Phone(new FakeEngine()).paired();
  await expect(client.record({ ...score(1), trial: 'trials/other' })).rejects.toMatchObject({
    reason: 'NOT_HELD',
  });
  await expect(client.retract(TRIAL, 'nothing')).rejects.toMatchObject({ reason: 'NOT_HELD' });
});

test('an entry that no message could carry is refused at once', async () => {
  const client = await new Phone(new FakeEngine()).paired();
  const device = { ...score(1), slot: 'x'.repeat(200_000) };
  await expect(client.record(device)).rejects.toMatchObject({ reason: 'INVALID_FIELDS' });
  expect(client.getState().waiting).toBe(0);
});

test('forgetting leaves nothing, also when a round is under way', async () => {
  const engine = new FakeEngine();
  const phone = new Phone(engine);
  const client = await phone.paired();
  await client.record(score(1));
  const round = client.sync();
  await client.forget();
  await round;
  await client.sync();
  expect(client.getState()).toMatchObject({ pairing: 'UNPAIRED', waiting: 0, lastSync: undefined });
  expect(await client.trials()).toEqual([]);
  const again = await phone.open();
  expect(again.getState().pairing).toBe('UNPAIRED');
});

test('deleting everything on another device clears this phone too', async () => {
  const engine = new FakeEngine();
  const phone = new Phone(engine);
  const client = await phone.paired();
  await client.record(score(1));
  await client.sync();
  engine.personDeleted = true;
  await client.sync();
  expect(client.getState()).toMatchObject({ pairing: 'DELETED_ON_ENGINE', lastSync: undefined });
  expect(await client.trials()).toEqual([]);
  const store = new Store(phone.databaseName, () => {});
  expect(await store.access()).toMatchObject({ token: '', device: '', deviceName: '' });
  await store.close();
  const again = await phone.open();
  expect(again.getState().pairing).toBe('DELETED_ON_ENGINE');
});

test('an app that asks first keeps what was deleted elsewhere, and sends nothing of it', async () => {
  const engine = new FakeEngine();
  const phone = new Phone(engine);
  const client = await (await phone.paired()).close().then(() => phone.open({ keepDeleted: true }));
  await client.sync();
  engine.personDeleted = true;
  await client.record(score(1));
  await client.sync();
  expect(client.getState()).toMatchObject({
    pairing: 'DELETED_ON_ENGINE',
    syncError: { reason: 'PERSON_DELETED' },
    waiting: 1,
  });
  expect(await scores(client)).toEqual([1]);
  // Another person begins: nothing of the first goes to the engine.
  engine.personDeleted = false;
  await client.pair('good-code-0000', 'My phone');
  await client.sync();
  expect(await scores(client)).toEqual([]);
  expect(engine.log).toEqual([]);
});

test('deleting everything works when its first answer is lost', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  engine.cut('DeleteEverything', 'after');
  await expect(client.deleteEverything()).rejects.toMatchObject({ reason: 'UNREACHABLE' });
  await client.deleteEverything();
  expect(client.getState().pairing).toBe('UNPAIRED');
});

test('signing out ends the access and leaves nothing', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  await client.signOut();
  expect(engine.calls).toContain('SignOut');
  expect(client.getState().pairing).toBe('UNPAIRED');
});

test('the browser is asked to keep what is stored', async () => {
  const phone = new Phone(new FakeEngine());
  const client = await phone.open({ keepStorage: async () => false });
  expect(client.getState().persisted).toBeUndefined();
  await client.pair('GOOD-CODE-0000', 'x');
  await client.sync();
  expect(client.getState().persisted).toBe(false);
});
