// Taps and cuts in random order: no entry is lost, none is doubled, and both phones end with the
// engine's diary. SOLOTRIAL_SEQUENCES says how many.
import { create } from '@bufbuild/protobuf';
import { Role, ScoreSchema } from '@solotrial/client';
import type { HeldEntry, SolotrialClient } from '@solotrial/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock, SeededRandom } from '../../clients/web/client/tests/doubles.js';
import { Engine } from './engine.js';
import { badNetwork } from './network.js';
import type { Fate } from './network.js';
import { Phone } from './phone.js';
import { protocol } from './protocols.js';

const NOW = '2026-03-09T20:00:00+01:00';
const DATES = ['2026-03-07', '2026-03-08', '2026-03-09'];
const SEQUENCES = Number(process.env['SOLOTRIAL_SEQUENCES'] ?? 60);
// One person lives so many; their log is read as a whole at each end.
const PER_PERSON = 20;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start('2026-03-07T08:00:00+01:00');
});
afterAll(() => engine.end());

/** A person with two phones, on a network that is as bad as it is told. */
class Person {
  readonly clients: SolotrialClient[] = [];
  readonly made: HeldEntry[] = [];
  private readonly phones: Phone[] = [];
  private bad = false;

  private constructor(
    private readonly random: SeededRandom,
    readonly trial: string,
  ) {}

  static async begin(random: SeededRandom): Promise<Person> {
    const clock = new ManualClock(Date.parse(NOW), 60);
    await engine.setClock('2026-03-07T08:00:00+01:00');
    const owner = await engine.owner();
    const { code } = await owner.access.createInvitation({ role: Role.PARTICIPANT });
    const first = new Phone(engine.url, clock);
    const second = new Phone(engine.url, clock);
    const client = await first.open();
    const { recoveryPhrase } = await client.pair(code, 'First');
    await client.api.access.confirm({ recoveryPhrase });
    const pairing = await client.api.access.createPairingCode({});
    const other = await second.open();
    await other.pair(pairing.code, 'Second');
    const { name } = await client.api.trial.createTrial({ protocol: protocol() });
    await client.api.trial.startTrial({ name });
    await engine.setClock(NOW);
    const person = new Person(random, name);
    person.phones.push(first, second);
    for (const each of [client, other]) {
      await each.sync();
      await each.close();
    }
    for (const i of [0, 1]) await person.openPhone(i);
    return person;
  }

  async openPhone(which: number): Promise<void> {
    const fate = (): Fate => {
      if (!this.bad) return 'through';
      const drawn = this.random.below(10);
      return drawn < 3 ? 'lost' : drawn < 6 ? 'answer lost' : drawn < 7 ? 'twice' : 'through';
    };
    this.clients[which] = await this.phones[which]!.open(badNetwork(engine.url, fate));
  }

  /** One thing that happens. */
  async step(): Promise<void> {
    const which = this.random.below(2);
    const client = this.clients[which]!;
    this.bad = this.random.below(4) > 0;
    switch (this.random.below(8)) {
      case 0: {
        // The page is gone, whatever was under way; later it is opened again.
        void client.sync();
        await this.openPhone(which);
        await client.close();
        return;
      }
      case 1:
        await Promise.all(this.clients.map((one) => one.sync()));
        return;
      case 2:
        await client.sync();
        return;
      case 3: {
        const entries = await client.entries(this.trial);
        if (entries.length === 0) return;
        const { entry } = entries[this.random.below(entries.length)]!;
        this.made.push(await client.retract(this.trial, entry.id));
        return;
      }
      default: {
        const taps = Array.from({ length: 1 + this.random.below(3) }, () => ({
          trial: this.trial,
          date: DATES[this.random.below(DATES.length)]!,
          slot: ['morning', 'evening'][this.random.below(2)]!,
          content: {
            case: 'score' as const,
            value: create(ScoreSchema, { measureId: 'legs', value: this.random.below(11) }),
          },
        }));
        this.made.push(...(await client.record(...taps)));
      }
    }
  }

  /** The network is good again, and everything is told. */
  async settle(): Promise<void> {
    this.bad = false;
    for (const one of [...this.clients, ...this.clients]) await one.sync();
  }

  async end(): Promise<void> {
    for (const client of this.clients) await client.close();
  }
}

const ids = (entries: readonly { entry: { id: string } }[]) =>
  entries.map(({ entry }) => entry.id).sort();

test(`${SEQUENCES} sequences of taps and cuts`, async () => {
  const random = new SeededRandom(20260309);
  let person: Person | undefined;
  let taps = 0;
  for (let sequence = 0; sequence < SEQUENCES; sequence++) {
    if (sequence % PER_PERSON === 0) {
      taps += person?.made.length ?? 0;
      await person?.end();
      person = await Person.begin(random);
    }
    const steps = 3 + random.below(6);
    for (let step = 0; step < steps; step++) await person!.step();
    // Now and then the power goes.
    if (random.below(50) === 0) {
      const going = person!.clients.map((client) => client.sync());
      await engine.kill();
      await Promise.all(going);
      await engine.startAgain();
    }
    await person!.settle();

    const { trial, made, clients } = person!;
    const { diary } = clients[0]!.api;
    const log = (await diary.listChanges({ trial })).entries.map((entry) => ({ entry }));
    expect(ids(log), `sequence ${sequence}: the log`).toEqual(ids(made));
    const counting = (await diary.listEntries({ trial })).entries.map((entry) => ({ entry }));
    for (const client of clients) {
      expect(ids(await client.entries(trial)), `sequence ${sequence}`).toEqual(ids(counting));
      expect(client.getState()).toMatchObject({ waiting: 0, rejected: 0, pairing: 'PAIRED' });
    }
  }
  taps += person?.made.length ?? 0;
  await person?.end();
  console.log(`${SEQUENCES} sequences, ${taps} entries: none lost, none doubled`);
}, 900_000);
