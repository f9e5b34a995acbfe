// Ids, dates, codes, and which entries count.
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { addDays, trialDate } from '../src/dates.js';
import { currentEntries, headOf } from '../src/diary_rules.js';
import { IdMaker } from '../src/ids.js';
import {
  EntrySchema,
  MarkSchema,
  NoteSchema,
  pairingCodeOf,
  RetractionSchema,
  TrialSchema,
} from '../src/index.js';
import type { Entry } from '../src/index.js';
import { ManualClock, SeededRandom } from './doubles.js';

describe('ids', () => {
  test('are UUIDv7 of the moment', () => {
    const clock = new ManualClock(Date.parse('2026-03-01T12:00:00Z'));
    const id = new IdMaker(clock, new SeededRandom(1)).next();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(clock.instant);
  });

  test('grow and differ, within one millisecond and when the clock goes back', () => {
    const clock = new ManualClock(Date.parse('2026-03-01T12:00:00Z'));
    const maker = new IdMaker(clock, new SeededRandom(1));
    const ids = Array.from({ length: 10_000 }, (_, i) => {
      if (i === 5_000) clock.instant -= 3_600_000;
      return maker.next();
    });
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the day of an instant', () => {
  const cases = [
    // zone, day starts at, instant, date
    ['Europe/Berlin', undefined, '2026-03-02T00:30:00+01:00', '2026-03-01'],
    ['Europe/Berlin', undefined, '2026-03-02T03:59:59+01:00', '2026-03-01'],
    ['Europe/Berlin', undefined, '2026-03-02T04:00:00+01:00', '2026-03-02'],
    // Clocks go forward at 02:00: the day begins at four on the wall all the same.
    ['Europe/Berlin', undefined, '2026-03-29T01:30:00Z', '2026-03-28'],
    ['Europe/Berlin', undefined, '2026-03-29T02:00:00Z', '2026-03-29'],
    // And back.
    ['Europe/Berlin', undefined, '2026-10-25T02:59:00Z', '2026-10-24'],
    ['Europe/Berlin', undefined, '2026-10-25T03:00:00Z', '2026-10-25'],
    ['America/Los_Angeles', undefined, '2026-03-02T05:00:00Z', '2026-03-01'],
    ['Pacific/Kiritimati', '00:00', '2026-03-01T10:00:00Z', '2026-03-02'],
    ['Pacific/Apia', '00:00', '2026-03-01T10:59:00Z', '2026-03-01'],
    ['Asia/Kolkata', '12:00', '2026-03-01T06:29:00Z', '2026-02-28'],
    ['Asia/Kolkata', '12:00', '2026-03-01T06:30:00Z', '2026-03-01'],
    ['', '00:00', '2026-03-01T23:59:00Z', '2026-03-01'],
  ] as const;
  test.each(cases)('%s, days from %s, %s: %s', (timeZone, dayStartsAt, instant, date) => {
    const trial = create(TrialSchema, {
      protocol: { timeZone, ...(dayStartsAt === undefined ? {} : { dayStartsAt }) },
    });
    const clock = new ManualClock(Date.parse(instant));
    expect(trialDate(trial, clock.now(), clock)).toBe(date);
  });

  test('follows a move, and the phone itself where the zone is unknown', () => {
    const clock = new ManualClock(Date.parse('2026-03-01T23:30:00Z'), 600);
    const moved = create(TrialSchema, {
      protocol: { timeZone: 'Europe/Berlin' },
      timeZoneChanges: [{ timeZone: 'Asia/Tokyo' }],
    });
    expect(trialDate(moved, clock.now(), clock)).toBe('2026-03-02');
    const unknown = create(TrialSchema, { protocol: { timeZone: 'Mars/Olympus' } });
    expect(trialDate(unknown, clock.now(), clock)).toBe('2026-03-02');
  });

  test('dates are counted by the calendar', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
  });
});

describe('which entries count', () => {
  // Of a score one letter is the id.
  function score(id: string, at: number, supersedes = '', slot = ''): { entry: Entry } {
    return {
      entry: create(EntrySchema, {
        id,
        date: '2026-03-01',
        slot,
        clientTime: timestampFromMs(at),
        supersedes,
        content: { case: 'score', value: { measureId: 'legs', value: at } },
      }),
    };
  }
  function other(
    id: string,
    kind: 'note' | 'retraction' | 'mark',
    supersedes = '',
    date = '2026-03-01',
  ): { entry: Entry } {
    const content = {
      note: { case: 'note', value: create(NoteSchema) },
      mark: { case: 'mark', value: create(MarkSchema) },
      retraction: { case: 'retraction', value: create(RetractionSchema) },
    } as const;
    const entry = create(EntrySchema, { id, date, supersedes, content: content[kind] });
    return { entry };
  }
  const ids = (log: { entry: Entry }[]) =>
    currentEntries(log)
      .map((one) => one.entry.id)
      .join('');

  const cases: [string, { entry: Entry }[], string][] = [
    ['a correction, also by a clock that is behind', [score('a', 9), score('b', 1, 'a')], 'b'],
    ['of two that stand beside each other the later', [score('a', 9), score('b', 1)], 'a'],
    ['at one time the greater id', [score('a', 1), score('b', 1)], 'b'],
    [
      'a correction of another slot corrects nothing',
      [score('a', 1), score('b', 2, 'a', 's')],
      'ab',
    ],
    ['a correction of what never came', [score('b', 1, 'z')], 'b'],
    ['of a circle the latest', [score('a', 1, 'b'), score('b', 2, 'a')], 'b'],
    ['what is taken back leaves nothing', [score('a', 1), other('r', 'retraction', 'a')], ''],
    [
      'taking back what was corrected takes nothing',
      [score('a', 1), score('b', 2, 'a'), other('r', 'retraction', 'a')],
      'b',
    ],
    [
      'after taking back a new one counts',
      [score('a', 1), other('r', 'retraction', 'a'), score('b', 2, 'a')],
      'b',
    ],
    ['notes stand beside each other', [other('a', 'note'), other('b', 'note')], 'ab'],
    [
      'a corrected note is gone, also from another day',
      [other('a', 'note'), other('b', 'note', 'a', '2026-03-05')],
      'b',
    ],
    ['a note does not correct a mark', [other('a', 'mark'), other('b', 'note', 'a')], 'ab'],
    ['notes in a circle are gone', [other('a', 'note', 'b'), other('b', 'note', 'a')], ''],
  ];
  test.each(cases)('%s', (_what, log, expected) => {
    const random = new SeededRandom(7);
    for (let i = 0; i < 20; i++) {
      const shuffled = [...log];
      for (let j = shuffled.length - 1; j > 0; j--) {
        const k = random.below(j + 1);
        [shuffled[j], shuffled[k]] = [shuffled[k]!, shuffled[j]!];
      }
      expect(ids(shuffled)).toBe(expected);
    }
  });

  test('the head of nothing is nothing', () => expect(headOf([])).toBeUndefined());
});

test.each([
  ['K7Q2-9XMV-4T8P', 'K7Q2-9XMV-4T8P'],
  ['  k7q2 9xmv 4t8p ', 'k7q2 9xmv 4t8p'],
  ['https://trials.example.org/#pair=K7Q2-9XMV-4T8P', 'K7Q2-9XMV-4T8P'],
  ['https://trials.example.org/#lang=de&invite=K7Q2', 'K7Q2'],
  ['solotrial:pair?engine=127.0.0.1:7311&code=K7Q2-9XMV-4T8P&pin=00ff', 'K7Q2-9XMV-4T8P'],
  ['https://trials.example.org/s/TOKEN', undefined],
  ['solotrial:share?engine=x&token=y', undefined],
  ['#pair=%E0%A4%A', undefined],
  ['', undefined],
])('the code in %j is %j', (text, code) => expect(pairingCodeOf(text)).toBe(code));
