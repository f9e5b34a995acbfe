// A phone with the library on it: storage in memory, everything else under the test's control.
import 'fake-indexeddb/auto';
import type { Transport } from '@connectrpc/connect';
import { openClient } from '@solotrial/client';
import type { SolotrialClient } from '@solotrial/client';
import {
  Browser,
  ManualClock,
  ManualTimers,
  SeededRandom,
} from '../../clients/web/client/tests/doubles.js';
import type { Engine } from './engine.js';

let phones = 0;

export class Phone {
  readonly timers = new ManualTimers();
  readonly browser = new Browser();
  readonly random: SeededRandom;
  private readonly databaseName = `phone-${++phones}`;

  constructor(
    readonly url: string,
    readonly clock: ManualClock,
    seed = phones,
  ) {
    this.random = new SeededRandom(seed);
  }

  /** Opens the app on it, once more after a crash. */
  open(transport?: Transport): Promise<SolotrialClient> {
    return openClient({
      baseUrl: this.url,
      databaseName: this.databaseName,
      clock: this.clock,
      random: this.random,
      timers: this.timers,
      lock: this.browser.lock,
      channel: this.browser.channel(),
      wakeUps: () => () => {},
      keepStorage: async () => true,
      ...(transport === undefined ? {} : { transport }),
    });
  }
}

/** A phone that is the owner's. */
export async function pairedPhone(
  engine: Engine,
  clock: ManualClock,
  name = 'Phone',
): Promise<{ phone: Phone; client: SolotrialClient }> {
  const phone = new Phone(engine.url, clock);
  const client = await phone.open();
  const owner = await engine.owner();
  const { code } = await owner.access.createPairingCode({});
  await client.pair(code, name);
  return { phone, client };
}
