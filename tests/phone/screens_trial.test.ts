// A whole trial by tapping, with everything that comes between: no network, a power cut of the
// engine, a full phone, a journey, summer time, a second phone, an update of the app. At the end the
// diary is what was tapped, entry by entry.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '@solotrial/client';
import { appFolder, Handset, longDate, openBrowser } from './browser.js';
import { Engine, until } from './engine.js';

let browser: Browser;
let app: string;
let engine: Engine;

// The first day is in winter, so that clocks change on the way (29 March 2026 in Berlin).
const firstDay = '2026-02-20';
const evening = (date: string) => `${date}T19:30:00Z`;

beforeAll(async () => {
  browser = await openBrowser();
  app = await mkdtemp(join(tmpdir(), 'solotrial-app-'));
  await cp(appFolder, app, { recursive: true });
  engine = await Engine.start(evening(firstDay), '--app-dir', app);
});
afterAll(async () => {
  await browser.close();
  await engine.end();
  await rm(app, { recursive: true });
});

/** What was tapped, by day: what the diary must hold at the end. */
interface Tapped {
  score?: number;
  dose?: number;
  notes: string[];
}
const tapped = new Map<string, Tapped>();
const on = (date: string): Tapped => {
  const there = tapped.get(date) ?? { notes: [] };
  tapped.set(date, there);
  return there;
};

/** Answers all that the shown day asks for. */
async function answer(phone: Handset, date: string, score: number, dose: number): Promise<void> {
  await phone.button(new RegExp(`^${score}, `)).click();
  on(date).score = score;
  const question = phone.page.getByText('Did you take it?');
  await question
    .or(phone.page.getByText(/^That is all|^This day is/))
    .first()
    .waitFor();
  if (await question.isVisible()) {
    await phone.tap(['Skipped', 'Partly', 'Taken'][dose * 2]!);
    on(date).dose = dose;
  }
  await phone.sees(/^That is all|^This day is/);
}

async function stored(phone: Handset): Promise<void> {
  await phone.button('All stored').waitFor();
}

async function setUp(phone: Handset): Promise<void> {
  await phone.look('02-setup-welcome');
  await phone.tap('Begin');
  await phone.title('What should get better?');
  await phone.page.getByLabel('Restless legs').check();
  await phone.look('03-setup-symptom');
  await phone.tap('Next');
  await phone.page.getByLabel('Magnesium glycinate').check();
  await phone.look('04-setup-what');
  await phone.tap('Next');
  await phone.page.getByLabel('How is it usually').fill('5');
  await phone.look('05-setup-how');
  await phone.tap('Next');
  await phone.title('Is it safe for you?');
  await phone.page.getByText('Europe (250 mg)').click();
  // Left in the middle and gone on with: nothing that was said is gone.
  await phone.page.reload();
  await phone.tap('Go on where you stopped');
  await phone.title('Is it safe for you?');
  await phone.tap('No to all the others');
  await phone.look('06-setup-safety');
  await phone.tap('Next');
  await phone.sees('Nothing stands in the way.');
  await phone.look('07-setup-found');
  await phone.tap('Next');
  await phone.title('How long?');
  await phone.page.getByText('14 weeks').click({ timeout: 120_000 });
  await phone.page.getByText('In 10 trials like this').first().waitFor();
  await phone.look('08-setup-length');
  await phone.tap('Next');
  await phone.sees('Does magnesium glycinate help my restless legs?');
  await phone.look('09-setup-review');
  await phone.tap('Next');
  await phone.title('When do you start?');
  await phone.look('10-setup-start');
  await phone.tap('Start the trial');
  await phone.title('Your trial has begun');
  await phone.look('11-setup-reminders');
  await phone.tapLink('Done');
}

/** A new version of the app is served from the next start of the engine on. */
async function release(): Promise<void> {
  for (const [file, from, to] of [
    ['sw.js', /app-([0-9a-f]{12})/g, 'app-000000000000'],
    ['index.html', '<head>', '<head><!-- the next version -->'],
  ] as const) {
    const path = join(app, file);
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(from, to));
    await rm(`${path}.gz`);
    await rm(`${path}.br`);
  }
  await engine.kill();
  await engine.startAgain();
}

/** The day by day of the trial, with what happens on some of them. */
async function live(phone: Handset, second: Handset, trial: string, days: number): Promise<void> {
  const missed = new Set([11, 33]); // forgotten: one is filled in later, on the other phone
  for (let day = 0; day < days; day++) {
    const date = addDays(firstDay, day);
    await engine.setClock(evening(date));
    if (day === 20) await phone.context.setOffline(true);
    if (day === 26) await phone.page.reload(); // from the service worker, with no network
    if (day === 28) {
      await phone.sees('saved on this phone, not sent yet');
      await phone.look('14-today-offline');
      await phone.context.setOffline(false);
    }
    if (day === 40) await engine.kill(); // before it could take what is tapped now
    await phone.wakeAt(evening(date));
    await phone.page.getByText(longDate(date)).first().waitFor();
    if (missed.has(day)) continue;
    const score = (day * 7) % 11;
    if (day === 45) {
      await phone.setRoom(false);
      await phone.button(new RegExp(`^${score}, `)).click();
      await phone.sees('storage is full, so nothing was saved');
      await phone.look('15-storage-full');
      await phone.setRoom(true);
    }
    await answer(phone, date, score, day % 9 === 4 ? 0.5 : day % 13 === 6 ? 0 : 1);
    if (day === 0) await phone.look('13-today-done');
    if (day === 41) {
      await engine.startAgain();
      await phone.tap('Saved on this phone');
      await stored(phone);
    }
    if (day === 50) await twoPhones(phone, second, date);
    if (day === 60) await journey(phone);
    if (day === 70) await update(phone, date);
  }
  await stored(phone);
  void trial;
}

/** Both phones of the person write, one of them with no network, and come to the same. */
async function twoPhones(phone: Handset, second: Handset, today: string): Promise<void> {
  await second.wakeAt(evening(today));
  await second.pair();
  await second.page.getByText(longDate(today)).first().waitFor();
  await phone.context.setOffline(true);
  const forgotten = addDays(firstDay, 11);
  await second.go('days');
  await second.drawn();
  await second.look('16-days');
  await second.go(`day/${forgotten}`);
  await answer(second, forgotten, 6, 1);
  // The same answer is corrected on both, on the second phone later.
  const corrected = addDays(today, -3);
  await phone.go(`day/${corrected}`);
  await phone.page.getByRole('button', { name: /How restless/ }).click();
  await phone.button(/^2, /).click();
  await phone.sees(/^This day is/);
  await second.page.clock.setFixedTime(new Date(evening(today).replace('19:30', '19:40')));
  await second.go(`day/${corrected}`);
  await second.page.getByRole('button', { name: /How restless/ }).click();
  await second.button(/^9, /).click();
  await second.sees(/^This day is/);
  on(corrected).score = 9;
  await stored(second);
  await phone.context.setOffline(false);
  await phone.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await phone.go(`day/${corrected}`);
  await phone.page.getByRole('button', { name: /How restless.*9/ }).waitFor();
  await phone.go('today');
}

/** The phone is in another zone: said, and the trial moved with two taps. */
async function journey(phone: Handset): Promise<void> {
  await phone.setZone('Atlantic/Azores');
  await phone.page.reload();
  await phone.sees('This phone is in another time zone');
  await phone.look('17-today-journey');
  await phone.tapLink('Time zone');
  await phone.title('Time zone');
  await phone.look('18-settings-zone');
  await phone.tap('Change to Atlantic/Azores');
  await phone.sees('Changed.');
  await phone.go('today');
}

/** A note is half written when a new version of the app arrives. */
async function update(phone: Handset, date: string): Promise<void> {
  const words = 'Slept badly, neighbours had a party.';
  await phone.tap('Note');
  await phone.page.getByLabel('What do you want to remember?').fill(words);
  await phone.look('19-note');
  await release();
  await phone.page.keyboard.press('Escape');
  await phone.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await phone.sees('A new version is ready.');
  await phone.look('20-update');
  const reloaded = phone.page.waitForEvent('load');
  await phone.tap('Use it now');
  await reloaded;
  await until(async () => (await phone.page.content()).includes('the next version'));
  await phone.tap('Note');
  expect(await phone.page.getByLabel('What do you want to remember?').inputValue()).toBe(words);
  await phone.tap('Save');
  await phone.sees(words);
  on(date).notes.push(words);
}

/** Sure that it is the person: another of their devices says so. */
async function confirm(phone: Handset): Promise<void> {
  await phone.tap('Ask another of my devices');
  const number = await phone.page.locator('dialog .code').innerText();
  await phone.look('22-confirm');
  const owner = await engine.owner();
  const [approval] = (await owner.access.listApprovals({})).approvals;
  await owner.access.approve({ name: approval!.name, number });
}

async function result(phone: Handset): Promise<void> {
  await phone.go('result');
  await phone.title('Result');
  await phone.sees('How sure is this?');
  await phone.look('21-result');
  await phone.tap('Check the order');
  await phone.sees('The order is the one that was sealed at the start.');
  await phone.tapLink('Show it to your doctor');
  await phone.title('Show it to a doctor');
  await phone.tap('Make a link');
  await confirm(phone);
  await phone.sees('The link is ready.');
  await phone.look('23-share');
  const link = await phone.page.getByRole('img', { name: '/s/' }).getAttribute('aria-label');
  expect((await fetch(link!)).status).toBe(200);
  await phone.tap('End it: My doctor');
  await phone.sees('ended');
  expect((await fetch(link!)).status).not.toBe(200);
}

test('a whole trial by tapping', { timeout: 480_000 }, async () => {
  const phone = await Handset.open(browser, engine, evening(firstDay));
  const second = await Handset.open(browser, engine, evening(firstDay));
  await phone.page.goto(engine.url);
  await phone.title('Connect this phone');
  await phone.look('01-pair');
  await phone.page.getByLabel('Code').fill('NOT A CODE');
  await phone.tap('Connect');
  await phone.sees(/no code of solotrial|not right/);
  await phone.pair();
  await setUp(phone);
  await phone.title('Today');
  await phone.look('12-today');

  const owner = await engine.owner();
  const [trial] = (await owner.trial.listTrials({})).trials;
  const name = trial!.name;
  const days = 14 + 3 * 2 * 14;
  await live(phone, second, name, days);

  const over = addDays(firstDay, days + 1);
  await engine.setClock(evening(over));
  await phone.wakeAt(evening(over));
  await result(phone);

  const diary = new Map<string, Tapped>();
  const { entries } = await owner.diary.listEntries({ trial: name });
  for (const { date, content } of entries) {
    const there = diary.get(date) ?? { notes: [] };
    diary.set(date, there);
    if (content.case === 'score') there.score = content.value.value!;
    else if (content.case === 'dose') there.dose = content.value.fraction!;
    else if (content.case === 'note') there.notes.push(content.value.text);
    else throw new Error(`nobody tapped ${content.case}`);
  }
  const byDate = (map: Map<string, Tapped>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(byDate(diary)).toEqual(byDate(tapped));
  expect(diary.size).toBe(days - 1);
  expect([...phone.faults, ...second.faults]).toEqual([]);
});
