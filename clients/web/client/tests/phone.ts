// A phone with the library on it, and an engine in memory.
import 'fake-indexeddb/auto';
import { create } from '@bufbuild/protobuf';
import { openClient, ScoreSchema } from '../src/index.js';
import type { ClientOptions, EntryDraft, SolotrialClient } from '../src/index.js';
import { Browser, ManualClock, ManualTimers, SeededRandom } from './doubles.js';
import { TRIAL } from './fake_engine.js';
import type { FakeEngine } from './fake_engine.js';

let phones = 0;

export class Phone {
  readonly timers = new ManualTimers();
  readonly browser = new Browser();
  readonly clock = new ManualClock(Date.parse('2026-03-02T19:00:00+01:00'), 60);
  readonly databaseName = `phone-${++phones}`;
  private readonly random = new SeededRandom(phones);

  constructor(readonly engine: FakeEngine) {}

  /** Opens the app on it: in another tab, or once more after a crash. */
  open(more: ClientOptions = {}): Promise<SolotrialClient> {
    return openClient({
      transport: this.engine.transport,
      databaseName: this.databaseName,
      clock: this.clock,
      random: this.random,
      timers: this.timers,
      lock: this.browser.lock,
      channel: this.browser.channel(),
      wakeUps: () => () => {},
      keepStorage: async () => true,
      ...more,
    });
  }

  /** Opens and pairs it, and waits until all is told. */
  async paired(): Promise<SolotrialClient> {
    const client = await this.open();
    await client.pair('good-code-0000', 'My phone');
    await client.sync();
    return client;
  }
}

/** A score of a measure, on a date. */
export function score(value: number, measureId = 'legs', date = '2026-03-02'): EntryDraft {
  return {
    trial: TRIAL,
    date,
    content: { case: 'score', value: create(ScoreSchema, { measureId, value }) },
  };
}

/** The values that count for a measure on the phone. */
export async function scores(client: SolotrialClient, measureId = 'legs'): Promise<number[]> {
  return (await client.entries(TRIAL)).flatMap(({ entry: { content } }) =>
    content.case === 'score' && content.value.measureId === measureId
      ? [content.value.value ?? NaN]
      : [],
  );
}
