// The outbox: nothing is lost, nothing is doubled, whatever is cut off when.
import { describe, expect, test } from 'vitest';
import { ApiLevel, Role, SolotrialError } from '../src/index.js';
import { FakeEngine, TRIAL } from './fake_engine.js';
import { Phone, score, scores } from './phone.js';

describe('what was tapped', () => {
  test('is on the phone before it is on the engine, and says so', async () => {
    const engine = new FakeEngine();
    const client = await new Phone(engine).paired();
    engine.cut('RecordEntries', 'before');
    const [held] = await client.record(score(4));
    expect(held?.state).toBe('SAVED_ON_PHONE');
    await client.sync();
    expect(engine.log.map((entry) => entry.id)).toEqual([held?.entry.id]);
    expect((await client.entries(TRIAL))[0]?.state).toBe('STORED_BY_ENGINE');
    expect(client.getState()).toMatchObject({ waiting: 0, rejected: 0, connection: 'ONLINE' });
  });

  test('is stored when the engine says so, also when nothing can be read afterwards', async () => {
    const engine = new FakeEngine();
    const client = await new Phone(engine).paired();
    engine.cut('ListTrials', 'before');
    await client.record(score(4));
    await client.sync();
    expect(client.getState().waiting).toBe(0);
    expect((await client.entries(TRIAL))[0]?.state).toBe('STORED_BY_ENGINE');
  });

  test.each(['before', 'after', 'twice'] as const)(
    'is stored once when a call is cut: %s',
    async (cut) => {
      const engine = new FakeEngine();
      const client = await new Phone(engine).paired();
      engine.cut('RecordEntries', cut, cut);
      await client.record(score(4), score(2, 'sleep'));
      for (let i = 0; i < 4; i++) await client.sync();
      expect(engine.log).toHaveLength(2);
      expect(client.getState().waiting).toBe(0);
    },
  );

  test('survives a crash at any call of a round', async () => {
    for (const method of [
      'GetServerInfo',
      'RecordEntries',
      'ListTrials',
      'GetSchedule',
      'ListChanges',
    ]) {
      for (const cut of ['before', 'after'] as const) {
        const engine = new FakeEngine();
        const phone = new Phone(engine);
        const client = await phone.paired();
        engine.cut(method, cut, cut, cut, cut);
        await client.record(score(4));
        await client.sync();
        // The page is gone; nothing is closed.
        engine.cuts.clear();
        const again = await phone.open();
        await again.sync();
        expect(await scores(again)).toEqual([4]);
        expect(engine.log).toHaveLength(1);
        expect(again.getState().waiting).toBe(0);
      }
    }
  });

  test('is kept and recorded further while the credential is refused, and sent after pairing again', async () => {
    const engine = new FakeEngine();
    const client = await new Phone(engine).paired();
    engine.tokens.clear();
    await client.record(score(4));
    await client.sync();
    expect(client.getState()).toMatchObject({ pairing: 'REFUSED', waiting: 1 });
    await client.record(score(5, 'sleep'));
    await client.pair('GOOD-CODE-0000', 'My phone');
    await client.sync();
    expect(engine.log).toHaveLength(2);
    expect(client.getState()).toMatchObject({ pairing: 'PAIRED', waiting: 0 });
  });

  test('goes out when a credential that was refused for a while is taken again', async () => {
    const engine = new FakeEngine();
    const phone = new Phone(engine);
    const client = await phone.paired();
    const tokens = [...engine.tokens];
    engine.tokens.clear();
    await client.record(score(4));
    await client.sync();
    engine.tokens = new Set(tokens);
    const again = await phone.open();
    await again.sync();
    expect(again.getState()).toMatchObject({ pairing: 'PAIRED', waiting: 0 });
  });

  test('waits while the engine is locked', async () => {
    const engine = new FakeEngine();
    const phone = new Phone(engine);
    const client = await phone.paired();
    engine.locked = true;
    await client.record(score(4));
    await client.sync();
    expect(client.getState()).toMatchObject({
      connection: 'LOCKED',
      pairing: 'PAIRED',
      waiting: 1,
    });
    engine.locked = false;
    phone.timers.run();
    await client.sync();
    expect(engine.log).toHaveLength(1);
  });

  test('is sent in batches, in the order of its making', async () => {
    const engine = new FakeEngine();
    engine.pageSize = 1000;
    const client = await new Phone(engine).paired();
    engine.cut('RecordEntries', 'before', 'before');
    const held = await client.record(
      ...Array.from({ length: 450 }, (_, i) => score(i % 10, `m${i}`)),
    );
    await client.sync();
    engine.cuts.clear();
    engine.calls = [];
    await client.sync();
    expect(engine.calls.filter((call) => call === 'RecordEntries')).toHaveLength(3);
    expect(engine.log.map((entry) => entry.id)).toEqual(held.map(({ entry }) => entry.id));
  });
});

describe('what the engine does not take', () => {
  test('is kept with what would be right, and costs the others nothing', async () => {
    const engine = new FakeEngine();
    engine.refuses.set(11, { reason: 'VALUE_OUT_OF_RANGE', retryable: false });
    const client = await new Phone(engine).paired();
    await client.record(score(11), score(3, 'sleep'));
    await client.sync();
    expect(engine.log).toHaveLength(1);
    const [rejected] = await client.rejected();
    expect(rejected).toMatchObject({
      state: 'REJECTED',
      rejection: { reason: 'VALUE_OUT_OF_RANGE', field: 'score.value' },
    });
    expect(client.getState()).toMatchObject({ waiting: 0, rejected: 1 });
    // It is not in the diary, here as there.
    expect(await scores(client)).toEqual([]);
  });

  test('can be corrected, discarded, or sent again', async () => {
    const engine = new FakeEngine();
    engine.refuses.set(11, { reason: 'VALUE_OUT_OF_RANGE', retryable: false });
    const client = await new Phone(engine).paired();
    const [a, b, c] = await client.record(score(11), score(11, 'b'), score(11, 'c'));
    await client.sync();
    expect(client.getState().rejected).toBe(3);
    await client.correctRejected(a!.entry.id, score(10));
    await client.discardRejected(b!.entry.id);
    engine.refuses.clear();
    await client.retryRejected(c!.entry.id);
    await client.sync();
    expect(client.getState()).toMatchObject({ waiting: 0, rejected: 0 });
    expect(await scores(client)).toEqual([10]);
    expect(await scores(client, 'b')).toEqual([]);
    expect(await scores(client, 'c')).toEqual([11]);
    await expect(client.discardRejected(a!.entry.id)).rejects.toMatchObject({ reason: 'NOT_HELD' });
  });

  test('waits when the engine says that it can be taken later, and says why', async () => {
    const engine = new FakeEngine();
    engine.refuses.set(7, { reason: 'DATE_IN_FUTURE', retryable: true });
    const phone = new Phone(engine);
    const client = await phone.paired();
    await client.record(score(7));
    await client.sync();
    const [held] = await client.entries(TRIAL);
    expect(held).toMatchObject({
      state: 'SAVED_ON_PHONE',
      rejection: { reason: 'DATE_IN_FUTURE' },
    });
    engine.refuses.clear();
    phone.timers.run();
    await client.sync();
    expect((await client.entries(TRIAL))[0]).toMatchObject({
      state: 'STORED_BY_ENGINE',
      rejection: undefined,
    });
  });

  test('is kept when its id was used by another, and does not take the place of what is there', async () => {
    const engine = new FakeEngine();
    const client = await new Phone(engine).paired();
    engine.cut('RecordEntries', 'before', 'before');
    const [held] = await client.record(score(4));
    await client.sync();
    engine.log.push({ ...held!.entry, device: 'Another', sequence: 1n });
    await client.sync();
    const [rejected] = await client.rejected();
    expect(rejected?.entry.id).not.toBe(held?.entry.id);
    await client.retryRejected(rejected!.entry.id);
    await client.sync();
    expect(engine.log).toHaveLength(2);
    expect(client.getState().rejected).toBe(0);
  });

  test('is rejected as a whole when the trial is gone, and shown', async () => {
    const engine = new FakeEngine();
    const client = await new Phone(engine).paired();
    engine.trials = [];
    await client.record(score(4), score(5, 'sleep'));
    await client.sync();
    expect((await client.rejected()).map((held) => held.rejection?.reason)).toEqual([
      'TRIAL_NOT_FOUND',
      'TRIAL_NOT_FOUND',
    ]);
    expect((await client.trials())[0]).toMatchObject({ gone: true });
    await client.forgetTrial(TRIAL);
    expect(client.getState()).toMatchObject({ rejected: 0, waiting: 0 });
  });
});

test('an app and an engine that do not fit say so, and nothing is lost by it', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  expect(client.getState().fit).toBe('FITS');
  engine.levels = { apiLevel: 0, oldestClientLevel: 0 };
  await client.sync();
  expect(client.getState().fit).toBe('UNKNOWN');
  const next = ApiLevel.CURRENT + 1;
  engine.levels = { apiLevel: next, oldestClientLevel: next };
  await client.record(score(4));
  await client.sync();
  expect(client.getState()).toMatchObject({ fit: 'APP_TOO_OLD', waiting: 1, pairing: 'PAIRED' });
  expect(engine.log).toEqual([]);
  expect(client.getState().syncError).toMatchObject({ reason: 'APP_TOO_OLD' });
  engine.levels = { apiLevel: next, oldestClientLevel: 1 };
  await client.sync();
  expect(client.getState()).toMatchObject({ fit: 'FITS', waiting: 0, syncError: undefined });
});

test.each([
  ['v2', 'APP_TOO_OLD'],
  ['v0', 'ENGINE_TOO_OLD'],
  ['', 'ENGINE_TOO_OLD'],
  ['version 1', 'ENGINE_TOO_OLD'],
])('nothing is sent to what speaks API %j', async (apiVersion, reason) => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  engine.apiVersion = apiVersion;
  await client.record(score(4));
  await client.sync();
  expect(client.getState()).toMatchObject({ fit: reason, syncError: { reason }, waiting: 1 });
  expect(engine.log).toEqual([]);
  engine.apiVersion = 'v1';
  await client.sync();
  expect(client.getState()).toMatchObject({ fit: 'FITS', syncError: undefined, waiting: 0 });
});

test('why a round was cut off is told, and what waits with why not yet', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  engine.refuses.set(4, { reason: 'DATE_IN_FUTURE', retryable: true });
  await client.record(score(4));
  await client.sync();
  expect(client.getState().syncError).toBeUndefined();
  expect(await client.waiting()).toMatchObject([{ rejection: { reason: 'DATE_IN_FUTURE' } }]);
  engine.locked = true;
  await client.sync();
  expect(client.getState()).toMatchObject({ syncError: { reason: 'ENGINE_LOCKED' }, waiting: 1 });
  engine.locked = false;
  engine.refuses.clear();
  await client.sync();
  expect(client.getState()).toMatchObject({ syncError: undefined, waiting: 0 });
  expect(await client.waiting()).toEqual([]);
});

test('a credential that was got in another way is kept, and replaced by the next', async () => {
  const engine = new FakeEngine();
  engine.tokens.add('owner');
  const phone = new Phone(engine);
  const client = await phone.open();
  await client.adopt({ token: 'owner', role: Role.OWNER }, 'This machine');
  await client.sync();
  await client.close();
  const again = await phone.open();
  expect(again.getState()).toMatchObject({ pairing: 'PAIRED', role: Role.OWNER, deviceTrial: '' });
  const [entry] = await again.record(score(4));
  expect(entry!.entry.device).toBe('This machine');
  await again.sync();
  expect(again.getState().waiting).toBe(0);
  await again.adopt({ token: 'wrong', role: Role.OWNER }, 'This machine');
  await again.sync();
  expect(again.getState()).toMatchObject({
    pairing: 'REFUSED',
    syncError: { reason: 'UNAUTHENTICATED' },
  });
});

test('what a draft corrects is said although it is not held here', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  const [one] = await client.record({ ...score(4), supersedes: 'of another device' });
  expect(one!.entry.supersedes).toBe('of another device');
  const [two] = await client.record({ ...score(5), supersedes: 'of another device' });
  expect(two!.entry.supersedes).toBe(one!.entry.id);
});

test('a helper has one trial to call for, and no diary', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).open();
  const paired = await client.pair('https://x/#invite=HELP-CODE-0000', 'Helper');
  expect(paired).toEqual({ recoveryPhrase: '', role: Role.HELPER, deviceTrial: TRIAL });
  await client.sync();
  expect(client.getState()).toMatchObject({ role: Role.HELPER, deviceTrial: TRIAL });
  expect(engine.calls).not.toContain('ListTrials');
  engine.tokens.clear();
  await client.sync();
  expect(client.getState().pairing).toBe('REFUSED');
});

test('notices are kept until they are read', async () => {
  const engine = new FakeEngine();
  const phone = new Phone(engine);
  const client = await phone.paired();
  engine.notices = ['The trial is paused.'];
  await client.record(score(4));
  await client.sync();
  const again = await phone.open();
  const [notice] = again.getState().notices;
  expect(notice).toMatchObject({ trial: TRIAL, message: { text: 'The trial is paused.' } });
  await again.dismissNotice(notice!.id);
  expect(again.getState().notices).toEqual([]);
});

test('a token is renewed after a month, and the old one used until the new one is safe', async () => {
  const engine = new FakeEngine();
  const phone = new Phone(engine);
  const client = await phone.paired();
  phone.clock.instant += 31 * 86_400_000;
  engine.cut('RotateToken', 'after');
  await client.sync();
  expect(client.getState().pairing).toBe('PAIRED');
  await client.sync();
  await client.sync();
  expect(engine.calls.filter((call) => call === 'RotateToken')).toHaveLength(2);
});

test('a call that needs no credential says nothing about the one there is, and is not repeated', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  engine.calls = [];
  await expect(client.pair('NONE', 'x')).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  expect(engine.calls).toEqual(['ClaimCode']);
  expect(client.getState().pairing).toBe('PAIRED');
});

test('the engine is called with a wrong code, and it is told as such', async () => {
  const client = await new Phone(new FakeEngine()).open();
  await expect(client.pair('WRNG-CODE-0000', 'x')).rejects.toMatchObject({
    name: 'SolotrialError',
    reason: 'CODE_NOT_VALID',
    fields: [{ field: 'code' }],
    retryable: false,
  });
  await expect(client.pair('https://example.org/#nothing', 'x')).rejects.toBeInstanceOf(
    SolotrialError,
  );
  expect(client.getState().pairing).toBe('UNPAIRED');
});
