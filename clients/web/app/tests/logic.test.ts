// What the screens work out by themselves, without a browser.
import { create } from '@bufbuild/protobuf';
import {
  Arm,
  DoseSchema,
  DueItemSchema,
  DueItem_Kind,
  EntrySchema,
  EventSchema,
  Event_Grade,
  Event_Type,
  NoteSchema,
  ScoreSchema,
  SolotrialError,
  TodaySchema,
  Today_Phase,
  type Day,
  type Due,
  type HeldEntry,
} from '@solotrial/client';
import { beforeEach, describe, expect, test } from 'vitest';
import { faultText } from '../src/client';
import { filled } from '../src/filled';
import { answer, answerWords, doseWord, entryWords, instruction, question } from '../src/say';
import { setTextLocale, text } from '../src/text/text';
import { inTen } from '../src/ui/dots';

beforeEach(() => setTextLocale('en'));

const held = (content: Parameters<typeof create<typeof EntrySchema>>[1]): HeldEntry => ({
  trial: 'trials/1',
  entry: create(EntrySchema, content),
  state: 'STORED_BY_ENGINE',
  rejection: undefined,
  own: true,
});

const due = (item: Parameters<typeof create<typeof DueItemSchema>>[1], one?: HeldEntry): Due => ({
  item: create(DueItemSchema, item),
  held: one,
});

const day = (
  today: Parameters<typeof create<typeof TodaySchema>>[1],
  more: Partial<Day> = {},
): Day => ({
  trial: 'trials/1',
  today: create(TodaySchema, today),
  known: true,
  onlineBeforeDate: '',
  due: [],
  entries: [],
  ...more,
});

describe('ten trials', () => {
  test.each([
    [
      [0.76, 0.2, 0.04],
      [8, 2, 0],
    ],
    [
      [1 / 3, 1 / 3, 1 / 3],
      [4, 3, 3],
    ],
    [
      [0.95, 0.05, 0],
      [10, 0, 0],
    ],
    [
      [0, 0, 1],
      [0, 0, 10],
    ],
  ])('%j are %j of ten', (shares, tenths) => {
    expect(inTen(shares).reduce((sum, one) => sum + one)).toBe(10);
    expect(inTen(shares)).toEqual(tenths);
  });
});

describe('what to do', () => {
  test.each([
    [{ phase: Today_Phase.BLOCK, arm: Arm.ON }, 'Take it today'],
    [{ phase: Today_Phase.BLOCK, arm: Arm.OFF }, 'Do not take it today'],
    [{ phase: Today_Phase.BLOCK, envelope: 3 }, 'Take envelope 3'],
    [{ phase: Today_Phase.BLOCK, arm: Arm.ON, instruction: 'Take 1 capsule.' }, 'Take 1 capsule.'],
    [{ phase: Today_Phase.RUN_IN }, 'Take nothing yet. Just answer.'],
    [{ phase: Today_Phase.PAUSED }, 'The trial is paused.'],
    [{ phase: Today_Phase.AFTER }, 'The trial is over.'],
  ])('%j: %s', (today, words) => expect(instruction(day(today))).toBe(words));

  test('a day that the phone may not know says so', () => {
    expect(instruction(day({ phase: Today_Phase.BLOCK }, { known: false }))).toMatch(/Go online/);
  });

  test('an envelope is never told as an arm', () => {
    const today = { phase: Today_Phase.BLOCK, envelope: 1, instruction: 'Take envelope 1' };
    expect(instruction(day(today))).not.toMatch(/Take it|Do not/);
  });
});

describe('how far a day is filled in', () => {
  const score = { kind: DueItem_Kind.SCORE, id: 'a' };
  const done = held({ content: { case: 'score', value: create(ScoreSchema, { value: 3 }) } });
  test('nothing is due', () => expect(filled(day({}))).toBe('outside'));
  test('guesses and marks can wait', () => {
    const waiting = [due({ kind: DueItem_Kind.GUESS }), due({ kind: DueItem_Kind.MARK })];
    expect(filled(day({}, { due: waiting }))).toBe('outside');
    expect(filled(day({}, { due: [due(score, done), ...waiting] }))).toBe('whole');
  });
  test('some, all, none', () => {
    expect(filled(day({}, { due: [due(score), due(score, done)] }))).toBe('part');
    expect(filled(day({}, { due: [due(score, done)] }))).toBe('whole');
    expect(filled(day({}, { due: [due(score)] }))).toBe('missing');
  });
});

describe('words for what was said', () => {
  const dose = held({ content: { case: 'dose', value: create(DoseSchema, { fraction: 0.5 }) } });
  test('a question with its part of the day', () => {
    expect(question(due({ kind: DueItem_Kind.DOSE, slot: 'noon' }))).toBe(
      'Did you take it? (noon)',
    );
    expect(question(due({ kind: DueItem_Kind.SCORE, id: 'sleep' }))).toBe('sleep');
  });
  test('doses', () => {
    expect([0, 0.5, 1].map(doseWord)).toEqual(['Skipped', 'Partly', 'Taken']);
    expect(answer(due({ kind: DueItem_Kind.DOSE }, dose))).toBe('Partly');
    expect(answerWords(dose)).toBe('Dose: Partly');
  });
  test('a note and an event stand beside the questions, an answer does not', () => {
    const note = held({ content: { case: 'note', value: create(NoteSchema, { text: 'Party' }) } });
    expect(entryWords(note)?.title).toBe('Party');
    const event = create(EventSchema, {
      type: Event_Type.SIDE_EFFECT,
      grade: Event_Grade.SEVERE,
      text: 'dizzy',
    });
    expect(answerWords(held({ content: { case: 'event', value: event } }))).toContain('dizzy');
    expect(entryWords(dose)).toBeUndefined();
  });
});

describe('faults', () => {
  test('are said by their reason', () => {
    expect(faultText(new SolotrialError('STORAGE_FULL', 'x'))).toBe(text().fault.STORAGE_FULL);
  });
  test('say what would be right where no words are known', () => {
    const fields = [{ field: 'title', description: 'must not be empty' }];
    const words = faultText(new SolotrialError('INVALID_FIELDS', 'x', { fields }));
    expect(words).toContain('must not be empty');
  });
  test('never show what somebody else threw', () => {
    const stranger = new Error('<html>hotel</html>');
    expect(faultText(stranger)).toBe(text().fault.other);
  });
});

test('both languages say the same things, of the same kind', async () => {
  const shape = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)]))
      : typeof value;
  const catalogues = await Promise.all([
    import('../src/text/en'),
    import('../src/text/de'),
    import('../src/text/en_rest'),
    import('../src/text/de_rest'),
  ]);
  const [en, de, enRest, deRest] = catalogues;
  expect(shape(de.de)).toEqual(shape(en.en));
  expect(shape(deRest.rest)).toEqual(shape(enRest.rest));
  // Words that come later never take the place of those that are there.
  expect(Object.keys(enRest.rest).filter((key) => key in en.en)).toEqual([]);
});
