import { create } from '@bufbuild/protobuf';
import { ScoreSchema } from '@solotrial/client';
import { expect, test } from 'vitest';
import { ManualClock } from '../../clients/web/client/tests/doubles.js';
import { Engine } from './engine.js';
import { pairedPhone } from './phone.js';
import { protocol } from './protocols.js';

test('what is tapped is stored by the engine', async () => {
  const engine = await Engine.start('2026-03-02T19:00:00+01:00');
  const clock = new ManualClock(Date.parse('2026-03-02T19:00:00+01:00'), 60);
  const owner = await engine.owner();
  const draft = await owner.trial.createTrial({ protocol: protocol() });
  await owner.trial.startTrial({ name: draft.name });
  const { client } = await pairedPhone(engine, clock);
  await client.sync();
  expect(client.getState()).toMatchObject({
    pairing: 'PAIRED',
    connection: 'ONLINE',
    waiting: 0,
  });
  const [trial] = await client.trials();
  const today = await client.today(trial!.trial.name);
  expect(today).toBe('2026-03-02');
  const day = await client.day(trial!.trial.name, today);
  console.log(JSON.stringify(day.due.map((d) => [d.item.kind, d.item.id, d.item.slot])));
  const [one] = await client.record({
    trial: trial!.trial.name,
    date: today,
    slot: 'evening',
    content: {
      case: 'score',
      value: create(ScoreSchema, { measureId: 'legs', value: 4 }),
    },
  });
  expect(one!.state).toBe('SAVED_ON_PHONE');
  await client.sync();
  const { entries } = await owner.diary.listEntries({
    trial: trial!.trial.name,
  });
  expect(entries.map((e) => e.id)).toEqual([one!.entry.id]);
  expect((await client.day(trial!.trial.name, today)).entries[0]!.state).toBe('STORED_BY_ENGINE');
  await client.close();
  await engine.end();
});
