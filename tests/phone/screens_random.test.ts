// Taps and cuts in random order through the real screens, on two phones of one person: networks that
// come and go, an engine that loses power, pages that are gone in the middle of a tap. At the end of each
// sequence the diary is what was tapped, on the engine and on both screens.
// SOLOTRIAL_TAP_SEQUENCES says how many.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, Measure_DailyRule } from '@solotrial/client';
import { SeededRandom } from '../../clients/web/client/tests/doubles.js';
import { appFolder, Handset, longDate, openBrowser } from './browser.js';
import { Engine, until } from './engine.js';
import { protocol } from './protocols.js';

const SEQUENCES = Number(process.env['SOLOTRIAL_TAP_SEQUENCES'] ?? 10);
// So many share two phones and an engine; then all of it begins anew.
const TOGETHER = 20;
const STEPS = 8;
const FIRST_DAY = '2026-03-02';
const NOW = Date.parse('2026-03-20T19:00:00Z');

const SCORE = 'How restless were your legs?';
const HEADACHE = 'Did your head ache?';
const ANSWERS = ['No', 'Yes'];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** What counts on a day: an answer by its question, as the screen shows it, and the notes. */
interface Answers {
  [SCORE]?: string | undefined;
  [HEADACHE]?: string | undefined;
  notes: string[];
}

class Person {
  readonly told: string[] = [];
  private readonly diary = new Map<string, Answers>();
  private readonly offline = new Set<Handset>();
  private now = NOW;
  private down = false;

  private constructor(
    private readonly random: SeededRandom,
    private readonly engine: Engine,
    private readonly trial: string,
    private readonly phones: readonly [Handset, Handset],
  ) {}

  static async begin(random: SeededRandom): Promise<Person> {
    const engine = await Engine.start(`${FIRST_DAY}T08:00:00Z`, '--app-dir', appFolder);
    const owner = await engine.owner();
    const draft = protocol({ covariates: [] });
    const [legs, , headache] = draft.measures;
    draft.measures = [
      { ...legs!, slots: [], dailyRule: Measure_DailyRule.UNSPECIFIED },
      { ...headache!, question: HEADACHE },
    ];
    const { name } = await owner.trial.createTrial({ protocol: draft });
    await owner.trial.startTrial({ name, startDate: FIRST_DAY });
    const now = new Date(NOW).toISOString();
    await engine.setClock(now);
    const open = async () => {
      const phone = await Handset.open(browser, engine, now);
      await phone.pair();
      await phone.title('Today');
      await phone.page.evaluate(async () => {
        await navigator.serviceWorker.ready;
      });
      return phone;
    };
    return new Person(random, engine, name, [await open(), await open()]);
  }

  async end(): Promise<void> {
    for (const phone of this.phones) {
      expect(phone.faults).toEqual([]);
      await phone.context.close();
    }
    await this.engine.end();
  }

  /** One thing that happens. */
  async step(): Promise<void> {
    const which = this.random.below(2);
    const phone = this.phones[which]!;
    const drawn = this.random.below(16);
    this.told.push(`${which}: ${drawn}`);
    if (drawn === 0) return this.cutPower();
    if (drawn === 1) return this.powerBack();
    if (drawn === 2) return this.takeBack(phone);
    if (drawn === 3) return this.note(phone);
    if (drawn <= 6) return this.toggleNetwork(phone);
    if (drawn <= 8) return this.tap(phone, 'reload');
    if (drawn === 9) return this.tap(phone, 'power');
    return this.tap(phone);
  }

  private async toggleNetwork(phone: Handset): Promise<void> {
    const off = !this.offline.has(phone);
    await phone.context.setOffline(off);
    if (off) this.offline.add(phone);
    else this.offline.delete(phone);
  }

  private async cutPower(): Promise<void> {
    if (!this.down) await this.engine.kill();
    this.down = true;
  }

  private async powerBack(): Promise<void> {
    if (this.down) await this.engine.startAgain();
    this.down = false;
  }

  private someDay(): string {
    return addDays(FIRST_DAY, 3 + this.random.below(14));
  }

  private answers(date: string): Answers {
    const there = this.diary.get(date) ?? { notes: [] };
    this.diary.set(date, there);
    return there;
  }

  /** The phone's clock goes on, and it shows the day. */
  private async open(phone: Handset, date: string): Promise<void> {
    this.now += 1000;
    await phone.page.clock.setFixedTime(new Date(this.now));
    await phone.go(`day/${date}`);
    await this.drawn(phone, date);
  }

  private drawn(phone: Handset, date: string): Promise<void> {
    return phone.page.locator('.head', { hasText: longDate(date) }).waitFor();
  }

  private async ask(phone: Handset, question: string): Promise<void> {
    const asked = phone.page.locator('#asked', { hasText: question });
    const line = phone.page.locator('button.line', { hasText: question });
    await asked.or(line).first().waitFor();
    if (!(await asked.isVisible())) await line.click();
    await asked.waitFor();
  }

  /** Answers one question; `cut` comes while that is under way. */
  private async tap(phone: Handset, cut?: 'reload' | 'power'): Promise<void> {
    const date = this.someDay();
    const [question, value] =
      this.random.below(3) > 0
        ? ([SCORE, String(this.random.below(11))] as const)
        : ([HEADACHE, ANSWERS[this.random.below(2)]!] as const);
    this.told.push(`  ${date} ${question} ${value} ${cut ?? ''}`);
    await this.open(phone, date);
    const before = (await this.shown(phone))[question];
    await this.ask(phone, question);
    await phone
      .button(question === SCORE ? new RegExp(`^${value}, `) : new RegExp(`^${value}$`))
      .last()
      .click();
    if (cut === 'reload') {
      await phone.page.reload();
      await this.drawn(phone, date);
      // Whether the tap came before the cut the screen says, and that has to hold.
      const shown = (await this.shown(phone))[question];
      if (shown !== value) {
        expect(shown, this.told.join('\n')).toBe(before);
        return;
      }
    } else {
      if (cut === 'power') await this.cutPower();
      await this.line(phone, question, value).waitFor();
    }
    this.answers(date)[question] = value;
  }

  private line(phone: Handset, question: string, value: string) {
    const row = phone.page.locator('button.line', { hasText: question });
    return row.filter({
      has: phone.page.locator('.value', {
        hasText: new RegExp(`^${value}\\b`),
      }),
    });
  }

  /** Takes an answer back that both phones know. */
  private async takeBack(phone: Handset): Promise<void> {
    await this.settle();
    const [date] = [...this.diary].find(([, one]) => one[SCORE] !== undefined) ?? [];
    if (date === undefined) return;
    this.told.push(`  ${date} taken back`);
    await this.open(phone, date);
    await this.ask(phone, SCORE);
    await phone.tap('Take this answer back');
    await phone.page.locator('.numbers button[aria-pressed="true"]').waitFor({ state: 'detached' });
    this.answers(date)[SCORE] = undefined;
  }

  private async note(phone: Handset): Promise<void> {
    const date = this.someDay();
    const words = `Words ${this.now}`;
    await this.open(phone, date);
    await phone.tap(/^Note$/);
    await phone.page.getByLabel('What do you want to remember?').fill(words);
    if (this.random.below(2) === 0) {
      // The page is gone before it is saved: what was typed is not.
      await phone.page.reload();
      await phone.tap(/^Note$/);
      expect(await phone.page.getByLabel('What do you want to remember?').inputValue()).toBe(words);
    }
    await phone.tap(/^Save$/);
    await phone.sees(words);
    this.answers(date).notes.push(words);
  }

  /** What the day's screen shows. */
  private shown(phone: Handset): Promise<Answers> {
    return phone.page.evaluate(
      ([score, headache]) => {
        const answers: Record<string, string | undefined> & {
          notes: string[];
        } = {
          notes: [],
        } as never;
        for (const row of document.querySelectorAll<HTMLElement>('button.line')) {
          const title = row.querySelector<HTMLElement>('.words > span')?.innerText ?? '';
          const value = row.querySelector<HTMLElement>('.value')?.innerText;
          if (title.startsWith('Words ')) answers.notes.push(title);
          else if (value && title === score) answers[title] = value.split(' ')[0];
          else if (value && title === headache) answers[title] = value;
        }
        return answers as never;
      },
      [SCORE, HEADACHE],
    );
  }

  /** Everything is there again, and both phones have sent and fetched all. */
  private async settle(): Promise<void> {
    await this.powerBack();
    for (const phone of this.phones) if (this.offline.has(phone)) await this.toggleNetwork(phone);
    // The first one also fetches what the second one sends.
    for (const phone of [...this.phones, this.phones[0]]) {
      // One round may be under way, one does it all, and the third one begins when that has ended.
      for (let round = 0; round < 3; round++) {
        const read = phone.page.waitForResponse((one) => one.url().endsWith('/ListChanges'));
        await phone.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
        await read;
      }
    }
  }

  /** The engine's diary and both screens are what was tapped. */
  async check(): Promise<void> {
    await this.settle();
    const stored = new Map<string, Answers>();
    const owner = await this.engine.owner();
    for (const { date, content } of (await owner.diary.listEntries({ trial: this.trial }))
      .entries) {
      const there = stored.get(date) ?? { notes: [] };
      stored.set(date, there);
      if (content.case === 'score') {
        if (content.value.measureId === 'legs') there[SCORE] = String(content.value.value);
        else there[HEADACHE] = ANSWERS[content.value.value!]!;
      } else if (content.case === 'note') there.notes.push(content.value.text);
      else throw new Error(`nobody tapped ${content.case}`);
    }
    const story = this.told.join('\n');
    const days = [...this.diary].filter(([, one]) => plain(one) !== plain({ notes: [] }));
    const sorted = (all: Iterable<[string, Answers]>) =>
      Object.fromEntries([...all].map(([date, one]) => [date, plain(one)] as const).sort());
    expect(sorted(stored), story).toEqual(sorted(days));
    for (const phone of this.phones) {
      for (const [date, answers] of this.diary) {
        await this.open(phone, date);
        await until(async () => plain(await this.shown(phone)) === plain(answers));
      }
    }
  }
}

const plain = (answers: Answers) =>
  JSON.stringify([answers[SCORE] ?? null, answers[HEADACHE] ?? null, [...answers.notes].sort()]);

for (let first = 0; first < SEQUENCES; first += TOGETHER) {
  const last = Math.min(first + TOGETHER, SEQUENCES) - 1;
  test(`sequences ${first} to ${last}`, { timeout: 600_000 }, async () => {
    const random = new SeededRandom(first + 1);
    const person = await Person.begin(random);
    for (let sequence = first; sequence <= last; sequence++) {
      person.told.push(`sequence ${sequence}`);
      for (let step = 0; step < STEPS; step++) await person.step();
      await person.check();
    }
    await person.end();
  });
}
