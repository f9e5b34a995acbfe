// Several tabs, several phones, an engine that was restored: one diary.
import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { DoseSchema, NoteSchema } from '../src/index.js';
import type { EntryDraft } from '../src/index.js';
import { FakeEngine, TRIAL } from './fake_engine.js';
import { Phone, score, scores } from './phone.js';

function note(text: string): EntryDraft {
  return {
    trial: TRIAL,
    date: '2026-03-02',
    content: { case: 'note', value: create(NoteSchema, { text }) },
  };
}

test('two tabs see each other, and send everything once', async () => {
  const engine = new FakeEngine();
  const phone = new Phone(engine);
  const a = await phone.paired();
  const b = await phone.open();
  await b.sync();
  let told = 0;
  b.subscribe(() => told++);
  engine.calls = [];
  engine.cut('RecordEntries', 'before');
  await a.record(score(4));
  expect(told).toBeGreaterThan(0);
  expect(await scores(b)).toEqual([4]);
  await Promise.all([a.sync(), b.sync(), a.sync(), b.sync()]);
  expect(engine.log).toHaveLength(1);
  // Only the first try, which was cut, and one more.
  expect(engine.calls.filter((call) => call === 'RecordEntries')).toHaveLength(2);
  expect(b.getState().waiting).toBe(0);
});

test('a token that another tab has renewed is taken up', async () => {
  const engine = new FakeEngine();
  const phone = new Phone(engine);
  const client = await phone.paired();
  const [old] = engine.tokens;
  // Between reading the token and the call, the other tab renews it.
  let renewed = false;
  const slow = {
    ...engine.transport,
    unary: (async (method, signal, timeout, header, input, values) => {
      if (method.name === 'ListTrials' && !renewed) {
        renewed = true;
        phone.clock.instant += 31 * 86_400_000;
        await client.sync();
        engine.tokens.delete(old!);
      }
      return engine.transport.unary(method, signal, timeout, header, input, values);
    }) as typeof engine.transport.unary,
  };
  const other = await phone.open({ transport: slow, lock: (_name, task) => task() });
  const seen = new Set<string>();
  other.subscribe(() => seen.add(other.getState().pairing));
  await other.sync();
  expect(renewed).toBe(true);
  expect([...seen]).toEqual(['PAIRED']);
});

test('two phones of one person converge, whoever corrects what', async () => {
  const engine = new FakeEngine();
  const [one, two] = [new Phone(engine), new Phone(engine)];
  const a = await one.paired();
  const b = await two.paired();
  await a.record(score(1));
  await a.sync();
  await b.sync();
  // Both correct it offline; the phone behind in time is the last to correct.
  two.clock.instant -= 3_600_000;
  engine.cut('RecordEntries', 'before', 'before', 'before');
  await a.record(score(2));
  await b.record(score(3));
  await a.sync();
  await b.sync();
  engine.cuts.clear();
  for (let i = 0; i < 2; i++) for (const client of [a, b]) await client.sync();
  expect(await scores(a)).toEqual(await scores(b));
  // And the last word is the last word, on the phone whose clock is behind as well.
  two.clock.instant -= 60_000;
  await b.record(score(9));
  expect(await scores(b)).toEqual([9]);
  await b.sync();
  await a.sync();
  expect(await scores(a)).toEqual([9]);
  await b.retract(TRIAL, (await b.entries(TRIAL))[0]!.entry.id);
  await b.sync();
  await a.sync();
  expect(await scores(a)).toEqual([]);
  expect(await scores(b)).toEqual([]);
  await a.record(score(5));
  await a.sync();
  await b.sync();
  expect(await scores(b)).toEqual([5]);
});

test('after a restore everything that is held is sent again, of lost phones too', async () => {
  const engine = new FakeEngine();
  const [one, two] = [new Phone(engine), new Phone(engine)];
  const a = await one.paired();
  const b = await two.paired();
  await a.record(score(1, 'a'), score(2, 'b'));
  await b.record(score(3, 'c'), note('headache'));
  await a.sync();
  await b.sync();
  await a.sync();
  const before = engine.log.map((entry) => entry.id).sort();
  expect(before).toHaveLength(4);
  // A backup from before most of it; the second phone is lost.
  engine.epoch = 'epoch-2';
  engine.log = engine.log.slice(0, 1);
  await a.sync();
  expect(engine.log.map((entry) => entry.id).sort()).toEqual(before);
  expect(a.getState()).toMatchObject({ waiting: 0, rejected: 0 });
  expect((await a.entries(TRIAL)).every((held) => held.state === 'STORED_BY_ENGINE')).toBe(true);
});

test('a restore is survived when it is cut off at any call', async () => {
  for (const method of ['RecordEntries', 'ListChanges', 'ListTrials']) {
    for (const cut of ['before', 'after'] as const) {
      const engine = new FakeEngine();
      const phone = new Phone(engine);
      const a = await phone.paired();
      await a.record(...Array.from({ length: 7 }, (_, i) => score(i, `m${i}`)));
      await a.sync();
      engine.epoch = 'epoch-2';
      engine.log = [];
      engine.cut(method, cut);
      await a.sync();
      const again = await phone.open();
      await again.sync();
      expect(engine.log).toHaveLength(7);
      expect(again.getState().waiting).toBe(0);
    }
  }
});

test('a trial that was deleted on another device goes from this phone', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  await client.record(score(1));
  await client.sync();
  engine.trials = [];
  await client.sync();
  expect(await client.trials()).toEqual([]);
  await expect(client.entries(TRIAL)).resolves.toEqual([]);
});

test('a trial that a restored engine does not know stays until the person lets it go', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  await client.record(score(1));
  await client.sync();
  engine.epoch = 'epoch-2';
  engine.trials = [];
  await client.sync();
  expect(await client.trials()).toMatchObject([{ gone: true }]);
  expect(await scores(client)).toEqual([1]);
});

test('an entry carries the device, the offset, and what it corrects', async () => {
  const engine = new FakeEngine();
  const client = await new Phone(engine).paired();
  const [first] = await client.record(score(1));
  const [second] = await client.record(score(2));
  expect(second!.entry).toMatchObject({
    device: 'My phone',
    utcOffsetMinutes: 60,
    supersedes: first!.entry.id,
  });
  expect(await scores(client)).toEqual([2]);
  expect((await client.history(TRIAL, second!.entry.id)).map((held) => held.entry.id)).toEqual([
    first!.entry.id,
    second!.entry.id,
  ]);
});

test('several entries of one key in one tap stand in their order', async () => {
  const client = await new Phone(new FakeEngine()).paired();
  await client.record(score(1), score(2), score(3));
  expect(await scores(client)).toEqual([3]);
});

test('notes stand for themselves; a correction takes the place of one', async () => {
  const client = await new Phone(new FakeEngine()).paired();
  const [one] = await client.record(note('a'), note('b'));
  await client.record({ ...note('c'), supersedes: one!.entry.id });
  const texts = (await client.entries(TRIAL)).map(({ entry: { content } }) =>
    content.case === 'note' ? content.value.text : '',
  );
  expect(texts.sort()).toEqual(['b', 'c']);
});

test('a dose that was skipped is a dose of nothing', async () => {
  const client = await new Phone(new FakeEngine()).paired();
  const [held] = await client.record({
    trial: TRIAL,
    date: '2026-03-02',
    slot: 'noon',
    content: { case: 'dose', value: create(DoseSchema, { fraction: 0 }) },
  });
  expect(held!.entry.content).toMatchObject({ case: 'dose', value: { fraction: 0 } });
});
