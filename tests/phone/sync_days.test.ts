// A day as the phone knows it without a network is the day as the engine tells it: every date of
// trials of every shape, seen from every stretch of the trial.
import { create } from '@bufbuild/protobuf';
import {
  addDays,
  Arm,
  DueItem_Kind,
  GuessSchema,
  MarkSchema,
  Role,
  ScoreSchema,
  Today_Phase,
} from '@solotrial/client';
import type { SolotrialClient, Today } from '@solotrial/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../clients/web/client/tests/doubles.js';
import { Engine } from './engine.js';
import type { Owner } from './engine.js';
import { pairedPhone } from './phone.js';
import { protocol } from './protocols.js';

const START = '2026-03-09';
let engine: Engine;
let owner: Owner;
let client: SolotrialClient;
const clock = new ManualClock(0, 60);

beforeEach(async () => {
  engine = await Engine.start(`${START}T12:00:00+01:00`);
  await go(START);
  owner = await engine.owner();
  client = (await pairedPhone(engine, clock)).client;
});
afterEach(async () => {
  await client.close();
  await engine.end();
});

/** To noon of a day, on the engine and on the phone. */
async function go(date: string): Promise<void> {
  await engine.setClock(`${date}T12:00:00+01:00`);
  clock.set(`${date}T12:00:00+01:00`);
}

async function started(changes: Parameters<typeof protocol>[0]): Promise<string> {
  const { name } = await owner.trial.createTrial({ protocol: protocol(changes) });
  await owner.trial.startTrial({ name, startDate: START });
  return name;
}

/** What the engine says in words of its own is left to the app. */
function comparable(today: Today): unknown {
  const own = new Set(['Drink a cup of lemon balm tea.', 'Drink a cup of hot water.', 'Two cups.']);
  return {
    ...today,
    instruction: own.has(today.instruction) ? today.instruction : '',
    due: today.due.map((item) => ({
      ...item,
      question:
        item.kind === DueItem_Kind.GUESS || item.kind === DueItem_Kind.MARK ? '' : item.question,
    })),
  };
}

/** Compares every date from before the first to after the last day; the phases that were met. */
async function expectSameDays(trial: string, days: number): Promise<Set<Today_Phase>> {
  await client.sync();
  expect(client.getState()).toMatchObject({ pairing: 'PAIRED', connection: 'ONLINE', waiting: 0 });
  const phases = new Set<Today_Phase>();
  const first = addDays(START, -2);
  for (const day of await client.days(trial, first, addDays(first, days))) {
    const told = await owner.trial.getToday({ name: trial, date: day.today.date });
    expect(comparable(day.today), day.today.date).toEqual(comparable(told));
    phases.add(told.phase);
  }
  return phases;
}

test('an open trial by the calendar, with steps, pauses, skipped days, a stop', async () => {
  await go(START);
  const trial = await started({
    intervention: {
      name: 'lemon balm',
      onInstruction: 'Drink a cup of lemon balm tea.',
      offInstruction: 'Drink a cup of hot water.',
      doseSlots: ['noon', 'evening'],
      steps: [
        { fromDay: 1, count: 1 },
        { fromDay: 3, count: 2, instruction: 'Two cups.' },
      ],
    },
  });
  await expectSameDays(trial, 35);
  await client.record({
    trial,
    date: START,
    slot: 'evening',
    content: { case: 'score', value: create(ScoreSchema, { measureId: 'legs', value: 3 }) },
  });
  await expectSameDays(trial, 35);
  await go(addDays(START, 4));
  await owner.trial.skipDays({ name: trial, firstDate: addDays(START, 6), days: 3 });
  await expectSameDays(trial, 40);
  await go(addDays(START, 10));
  await owner.trial.pauseTrial({ name: trial });
  const paused = await expectSameDays(trial, 40);
  expect(paused).toContain(Today_Phase.PAUSED);
  await go(addDays(START, 14));
  await owner.trial.resumeTrial({ name: trial });
  await expectSameDays(trial, 45);
  await owner.trial.extendTrial({ name: trial, pairs: 1, reason: 'Not sure yet' });
  await expectSameDays(trial, 55);
  await go(addDays(START, 20));
  await owner.trial.stopTrial({ name: trial, reason: 'Enough' });
  const phases = await expectSameDays(trial, 55);
  expect([...phases].sort()).toEqual([
    Today_Phase.BEFORE,
    Today_Phase.RUN_IN,
    Today_Phase.BLOCK,
    Today_Phase.PAUSED,
    Today_Phase.AFTER,
  ]);
});

test('a trial that ends by itself while the phone is offline', async () => {
  await go(START);
  const trial = await started({
    design: { randomization: 'PAIRED', blockDays: 2, pairs: 1, runInDays: 0 },
  });
  await client.sync();
  await go(addDays(START, 10));
  const held = await client.trial(trial);
  expect(held.trial.state).toBe((await owner.trial.getTrial({ name: trial })).state);
  await expectSameDays(trial, 12);
});

test('cycles that begin by marks', async () => {
  await go(START);
  const trial = await started({
    design: {
      randomization: 'PAIRED',
      blockDays: 15,
      pairs: 1,
      runInDays: 3,
      blockUnit: 'CYCLES',
    },
  });
  await expectSameDays(trial, 60);
  for (const after of [5, 19, 21, 60, 75]) {
    await go(addDays(START, after));
    const day = await client.day(trial, addDays(START, after));
    if (day.due.some((due) => due.item.kind === DueItem_Kind.MARK)) {
      await client.record({
        trial,
        date: addDays(START, after),
        content: { case: 'mark', value: create(MarkSchema) },
      });
    }
    await expectSameDays(trial, 130);
  }
});

test('visits that take place when they take place', async () => {
  await go(START);
  const trial = await started({
    design: { randomization: 'PAIRED', blockDays: 1, pairs: 2, blockUnit: 'VISITS' },
    measures: [
      {
        id: 'pain',
        family: 'GAUSSIAN',
        minimum: 0,
        maximum: 100,
        lowerIsBetter: true,
        minimalImportantDifference: 5,
        primary: true,
      },
    ],
    covariates: [],
  });
  await expectSameDays(trial, 20);
  for (const after of [1, 4, 9, 12]) {
    await go(addDays(START, after));
    await client.record({
      trial,
      date: addDays(START, after),
      content: { case: 'mark', value: create(MarkSchema) },
    });
    await expectSameDays(trial, 20);
  }
});

test('a blinded trial shows envelopes and asks for guesses', async () => {
  await go(START);
  const { name } = await owner.trial.createTrial({
    protocol: protocol({
      design: {
        randomization: 'PAIRED',
        blockDays: 4,
        pairs: 2,
        runInDays: 2,
        blinding: 'BLINDED_BY_HELPER',
      },
    }),
  });
  const invitation = await owner.access.createInvitation({ role: Role.HELPER, trial: name });
  await owner.access.claimCode({ code: invitation.code, deviceDisplayName: 'Helper' });
  await owner.trial.startTrial({ name, startDate: addDays(START, 1) });
  await expectSameDays(name, 30);
  await go(addDays(START, 9));
  await expectSameDays(name, 30);
  await client.record({
    trial: name,
    date: addDays(START, 9),
    content: { case: 'guess', value: create(GuessSchema, { blockNumber: 1, arm: Arm.ON }) },
  });
  await expectSameDays(name, 30);
  await owner.trial.unblindTrial({ name, reason: 'Emergency' });
  await expectSameDays(name, 30);
});

test('an open phone asks to be online, and says when', async () => {
  await go(START);
  const trial = await started({});
  await client.sync();
  const days = await client.days(trial, START, addDays(START, 22));
  const unknown = days.filter((day) => !day.known);
  const { schedule } = await client.trial(trial);
  expect(unknown[0]?.today.date).toBe(schedule?.onlineBeforeDate);
  expect(unknown.every((day) => day.onlineBeforeDate === schedule?.onlineBeforeDate)).toBe(true);
  expect(schedule?.blocks.filter((block) => block.arm !== Arm.UNSPECIFIED).length).toBe(1);
});
