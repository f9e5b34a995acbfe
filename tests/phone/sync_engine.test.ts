// A phone and a real engine: killed, restored, moved in time and space.
import { create } from '@bufbuild/protobuf';
import { ScoreSchema } from '@solotrial/client';
import type { EntryDraft, SolotrialClient } from '@solotrial/client';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../clients/web/client/tests/doubles.js';
import { Engine } from './engine.js';
import type { Owner } from './engine.js';
import { badNetwork } from './network.js';
import { pairedPhone, Phone } from './phone.js';
import { protocol } from './protocols.js';

const NOW = '2026-03-09T20:00:00+01:00';
const TODAY = '2026-03-09';
let engine: Engine;
let owner: Owner;
let clock: ManualClock;
let trial: string;
const open: SolotrialClient[] = [];

beforeEach(async () => {
  engine = await Engine.start(NOW);
  clock = new ManualClock(Date.parse(NOW), 60);
  owner = await engine.owner();
  trial = (await owner.trial.createTrial({ protocol: protocol() })).name;
  await owner.trial.startTrial({ name: trial });
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
  await engine.end();
});

async function paired(name = 'Phone') {
  const one = await pairedPhone(engine, clock, name);
  open.push(one.client);
  await one.client.sync();
  return one;
}

async function go(instant: string): Promise<void> {
  await engine.setClock(instant);
  clock.set(instant);
}

function legs(value: number, slot = 'evening', date = TODAY): EntryDraft {
  return {
    trial,
    date,
    slot,
    content: { case: 'score', value: create(ScoreSchema, { measureId: 'legs', value }) },
  };
}

async function logged(): Promise<string[]> {
  return (await owner.diary.listChanges({ trial })).entries.map((entry) => entry.id).sort();
}

async function counting(): Promise<string[]> {
  return (await owner.diary.listEntries({ trial })).entries.map((entry) => entry.id).sort();
}

async function held(client: SolotrialClient): Promise<string[]> {
  return (await client.entries(trial)).map(({ entry }) => entry.id).sort();
}

test.each(['RecordEntries', 'ListTrials', 'ListChanges'])(
  'an engine that is killed at %s and started again has every entry once',
  async (method) => {
    const { phone, client } = await paired();
    let kill = false;
    let restarted = Promise.resolve();
    const other = await phone.open(
      badNetwork(engine.url, (name) => {
        if (name === method && kill) {
          kill = false;
          // The power goes while the call is under way.
          restarted = engine.kill().then(() => engine.startAgain());
        }
        return 'through';
      }),
    );
    open.push(other);
    await other.sync();
    kill = true;
    const made = await other.record(
      ...Array.from({ length: 100 }, (_, i) => legs(i % 10, i % 2 === 0 ? 'morning' : 'evening')),
    );
    await other.sync();
    await restarted;
    await client.sync();
    expect(client.getState().waiting).toBe(0);
    expect(await logged()).toEqual(made.map(({ entry }) => entry.id).sort());
    expect(await held(client)).toEqual(await counting());
  },
);

test('after a restore two phones bring back what the backup lacks', async () => {
  const { client: a } = await paired('A');
  const { client: b } = await paired('B');
  await a.record(legs(1));
  await a.sync();
  await engine.command('backup');
  await a.record(legs(2), legs(3, 'morning'));
  await b.record(legs(4));
  await a.sync();
  await b.sync();
  const before = await logged();
  expect(before).toHaveLength(4);
  await engine.kill();
  const folder = join(engine.folder, 'data', 'backups');
  const [backup] = (await readdir(folder)).filter((name) => name.endsWith('.db'));
  await engine.command('restore', join(folder, backup!));
  await engine.startAgain();
  expect(await logged()).toHaveLength(1);
  for (const client of [b, a, b]) await client.sync();
  expect(await logged()).toEqual(before);
  expect(await held(a)).toEqual(await counting());
  expect(await held(b)).toEqual(await counting());
  for (const client of [a, b]) {
    expect(client.getState()).toMatchObject({ pairing: 'PAIRED', waiting: 0, rejected: 0 });
  }
});

test('two phones that correct each other offline show what the engine shows', async () => {
  const { client: a } = await paired('A');
  const { client: b } = await paired('B');
  await engine.kill();
  await a.record(legs(1));
  await b.record(legs(2), legs(5, 'morning'));
  await a.record(legs(3));
  await b.retract(trial, (await b.entries(trial))[0]!.entry.id);
  await a.sync();
  expect(a.getState()).toMatchObject({ connection: 'OFFLINE', waiting: 2 });
  await engine.startAgain();
  for (const client of [a, b, a]) await client.sync();
  expect(await held(a)).toEqual(await counting());
  expect(await held(b)).toEqual(await counting());
  expect(await logged()).toHaveLength(5);
});

test('what the engine does not take comes back with the field and what would be right', async () => {
  const { client } = await paired();
  await client.record(legs(11), legs(4, 'morning'), { ...legs(4), slot: 'midnight' });
  await client.sync();
  const rejected = await client.rejected();
  expect(rejected.map(({ rejection }) => [rejection?.reason, rejection?.field])).toEqual([
    ['VALUE_OUT_OF_RANGE', 'score.value'],
    ['UNKNOWN_ID', 'slot'],
  ]);
  expect(rejected[0]?.rejection?.message).toContain('0 to 10');
  await client.correctRejected(rejected[0]!.entry.id, legs(10));
  await client.discardRejected(rejected[1]!.entry.id);
  await client.sync();
  expect(client.getState()).toMatchObject({ waiting: 0, rejected: 0 });
  expect(await held(client)).toEqual(await counting());
});

test('an entry for a day that the engine has not reached waits for it', async () => {
  const { phone, client } = await paired();
  clock.set('2026-03-12T20:00:00+01:00');
  await client.record(legs(4, 'evening', '2026-03-12'));
  await client.sync();
  expect(client.getState()).toMatchObject({ waiting: 1, rejected: 0 });
  await engine.setClock('2026-03-12T20:00:00+01:00');
  phone.timers.run();
  await client.sync();
  expect(client.getState().waiting).toBe(0);
  expect(await logged()).toHaveLength(1);
});

test('a device that was revoked keeps its entries until it is paired again', async () => {
  const { client } = await paired('Lost and found');
  const { devices } = await owner.access.listDevices({});
  const { name } = devices.find((device) => device.displayName === 'Lost and found')!;
  await owner.access.revokeDevice({ name });
  await client.record(legs(4));
  await client.sync();
  expect(client.getState()).toMatchObject({ pairing: 'REFUSED', waiting: 1 });
  const { code } = await owner.access.createPairingCode({});
  await client.pair(`https://trials.example.org/#pair=${code}`, 'Found');
  await client.sync();
  expect(client.getState()).toMatchObject({ pairing: 'PAIRED', waiting: 0 });
  expect(await logged()).toHaveLength(1);
});

test('a phone is cleared when everything was deleted elsewhere', async () => {
  const { client } = await paired();
  await client.record(legs(4));
  await client.sync();
  await owner.data.deleteEverything({ confirmation: 'delete everything' });
  await client.sync();
  expect(client.getState().pairing).toBe('DELETED_ON_ENGINE');
  expect(await client.trials()).toEqual([]);
});

test('a second device confirms what a thief would want', async () => {
  const { phone, client: a } = await paired('A');
  const { client: b } = await paired('B');
  await expect(a.api.access.createPairingCode({})).rejects.toMatchObject({
    reason: 'CONFIRMATION_NEEDED',
    retryable: false,
  });
  const pending = await a.requestApproval();
  const approved = pending.approved();
  const [approval] = (await b.api.access.listApprovals({})).approvals;
  await b.api.access.approve({ name: approval!.name, number: pending.number });
  await expect
    .poll(() => {
      phone.timers.run();
      return Promise.race([approved, Promise.resolve(undefined)]);
    })
    .toBe(true);
  expect((await a.api.access.createPairingCode({})).code).not.toBe('');
});

test('nobody approves in time', async () => {
  const { phone, client } = await paired('A');
  await paired('B');
  const pending = await client.requestApproval();
  const approved = pending.approved();
  await go('2026-03-09T21:00:00+01:00');
  await expect
    .poll(() => {
      phone.timers.run();
      return Promise.race([approved, Promise.resolve(undefined)]);
    })
    .toBe(false);
});

test('the phone and the engine agree on the day through both changes of the clocks', async () => {
  const { client } = await paired();
  for (const change of ['2026-03-29T00:00:00Z', '2026-10-25T00:00:00Z']) {
    for (let minutes = -240; minutes <= 360; minutes += 30) {
      await go(new Date(Date.parse(change) + minutes * 60_000).toISOString().replace('.000', ''));
      const { date } = await owner.trial.getToday({ name: trial });
      expect(await client.today(trial), clock.instant.toString()).toBe(date);
    }
  }
});

test('after a move days are those of the new zone, and what was recorded keeps its date', async () => {
  const { client } = await paired();
  await client.record(legs(4));
  await client.sync();
  await go('2026-03-10T20:00:00Z');
  await owner.trial.changeTimeZone({ name: trial, timeZone: 'Asia/Tokyo', reason: 'Moved' });
  await client.sync();
  for (const instant of ['2026-03-10T18:59:00Z', '2026-03-10T19:00:00Z', '2026-03-11T03:00:00Z']) {
    await go(instant);
    const { date } = await owner.trial.getToday({ name: trial });
    expect(await client.today(trial)).toBe(date);
  }
  await client.record(legs(5, 'evening', await client.today(trial)));
  await client.sync();
  expect((await client.entries(trial)).map(({ entry }) => entry.date)).toEqual([
    TODAY,
    '2026-03-11',
  ]);
  expect(await held(client)).toEqual(await counting());
});

test('a phone that never paired says so and calls nobody', async () => {
  let calls = 0;
  const phone = new Phone(engine.url, clock);
  const client = await phone.open(badNetwork(engine.url, () => (calls++, 'through')));
  open.push(client);
  await client.sync();
  expect(client.getState()).toMatchObject({ pairing: 'UNPAIRED', connection: 'UNKNOWN' });
  expect(calls).toBe(0);
});
