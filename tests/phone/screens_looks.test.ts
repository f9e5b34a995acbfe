// Every screen as it looks: dark, light, with doubled text, in German, from right to left; each by
// the rules of WCAG. And those that only a helper or a doctor sees.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Role, SafetyAnswer_Answer, TrialState, addDays } from '@solotrial/client';
import type { Protocol } from '@solotrial/client';
import { appFolder, Handset, openBrowser } from './browser.js';
import { Engine } from './engine.js';
import { protocol } from './protocols.js';

let browser: Browser;
let engine: Engine;
const start = '2026-03-02';
const evening = (date: string) => `${date}T19:30:00Z`;

beforeAll(async () => {
  browser = await openBrowser();
  engine = await Engine.start(evening(start), '--app-dir', appFolder);
});
afterAll(async () => {
  await browser.close();
  await engine.end();
});

const screens = [
  'today',
  `day/${start}`,
  'days',
  'progress',
  'rejected',
  'settings',
  'settings/trial',
  'settings/trials',
  'settings/share',
  'settings/reminders',
  'settings/zone',
  'settings/look',
  'settings/language',
  'settings/devices',
  'settings/pair',
  'settings/approvals',
  'settings/recovery',
  'settings/data',
  'settings/delete',
  'setup',
];

// The rules are checked where colours and sizes differ; the others are drawn, and not too wide.
const looks: { name: string; preferences: object; rightToLeft?: boolean; checked?: boolean }[] = [
  { name: 'dark', preferences: {}, checked: true },
  { name: 'light', preferences: { theme: 'light' }, checked: true },
  { name: 'huge', preferences: { text: 'huge' }, checked: true },
  { name: 'german', preferences: { locale: 'de', text: 'large' } },
  { name: 'rtl', preferences: {}, rightToLeft: true },
];

async function begun(draft: Protocol, first = start): Promise<string> {
  const owner = await engine.owner();
  const { name } = await owner.trial.createTrial({ protocol: draft });
  await owner.trial.startTrial({ name, startDate: first });
  return name;
}

async function invite(role: Role, trial: string): Promise<string> {
  const owner = await engine.owner();
  const { code } = await owner.access.createInvitation({ role, trial });
  return code;
}

test('every screen in every look', { timeout: 480_000 }, async () => {
  await begun(protocol());
  const phone = await Handset.open(browser, engine, evening(start));
  await phone.pair();
  await phone.title('Today');
  for (const look of looks) {
    await phone.page.evaluate((preferences) => {
      localStorage.setItem('solotrial.preferences', JSON.stringify(preferences));
    }, look.preferences);
    await phone.go('today');
    await phone.page.reload();
    if (look.rightToLeft) await phone.page.evaluate(() => (document.documentElement.dir = 'rtl'));
    for (const screen of screens) {
      await phone.go(screen);
      await phone.drawn();
      const wide = await phone.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wide, `${look.name} ${screen} is too wide`).toBeLessThanOrEqual(0);
      const name = `look-${look.name}-${screen.replace('/', '-')}`;
      await (look.checked ? phone.look(name) : phone.picture(name));
    }
  }
  expect(phone.faults).toEqual([]);
  await phone.context.close();
});

test('with envelopes: nothing tells the arm, a helper packs, the person guesses', async () => {
  const owner = await engine.owner();
  await engine.setClock(`${start}T20:30:00Z`); // the newest of the person's trials
  const { name } = await owner.trial.createTrial({
    protocol: protocol({
      design: {
        randomization: 'PAIRED',
        blockDays: 5,
        pairs: 2,
        runInDays: 0,
        blinding: 'BLINDED_BY_HELPER',
      },
    }),
  });
  const helper = await Handset.open(browser, engine, evening(start));
  await helper.page.goto(`${engine.url}/#invite=${await invite(Role.HELPER, name)}`);
  await helper.sees('A code was found in the link.');
  expect(helper.page.url()).not.toContain('invite');
  await helper.tap('Connect');
  await helper.title('Packing list');
  await helper.tap('Show the list');
  await helper.sees('The trial has not started.');
  await owner.trial.startTrial({ name, startDate: addDays(start, 1) });
  await helper.tap('Show the list');
  await helper.sees('Envelope 4');
  await helper.look('30-helper');

  const date = addDays(start, 5);
  await engine.setClock(evening(date));
  const phone = await Handset.open(browser, engine, evening(date));
  await phone.pair();
  await phone.sees('Take envelope 1');
  await phone.look('31-today-envelope');
  await phone.go('progress');
  await phone.sees('Block 1 ends.');
  await phone.look('32-progress-envelopes');
  const words = await phone.page.locator('#app').innerText();
  expect(words).not.toMatch(/with it|without it|lemon balm tea|hot water/);
  await phone.tapLink('Guess');
  await phone.page.getByRole('button', { name: /What do you think block 1 was/ }).click();
  await phone.look('33-guess');
  await phone.tap('I do not know');
  await phone.button(/What do you think block 1 was.*I do not know/).waitFor();
  await phone.button('All stored').waitFor();
  const { entries } = await owner.diary.listEntries({ trial: name });
  expect(entries.map(({ content }) => content.case)).toEqual(['guess']);
  expect([...phone.faults, ...helper.faults]).toEqual([]);
});

test('a doctor confirms what the safety questions found', async () => {
  const owner = await engine.owner();
  const now = evening(addDays(start, 5));
  const draft = await owner.catalog.draftProtocol({
    symptom: 'cramps',
    intervention: 'glycinate',
    timeZone: 'Europe/Berlin',
    screening: {
      region: 'EU',
      answers: (await owner.catalog.listCatalog({})).findings
        .filter((finding) => finding.question)
        .map(({ id }) => ({
          finding: id,
          answer: id === 'diabetes' ? SafetyAnswer_Answer.YES : SafetyAnswer_Answer.NO,
        })),
    },
  });
  const { name } = await owner.trial.createTrial({ protocol: draft.protocol! });
  const doctor = await Handset.open(browser, engine, now);
  await doctor.page.goto(`${engine.url}/#invite=${await invite(Role.CLINICIAN, name)}`);
  await doctor.tap('Connect');
  await doctor.title('A trial to confirm');
  await doctor.page.getByLabel('Your name and practice').fill('Dr. Test');
  await doctor.look('34-clinician');
  await doctor.tap('I take responsibility for this trial');
  await doctor.sees('Thank you. The trial is confirmed.');
  expect((await owner.trial.getTrial({ name })).safety?.mayStart).toBe(true);
  expect(doctor.faults).toEqual([]);
});

test('a severe side effect pauses the trial, and the person is told', async () => {
  const date = addDays(start, 8);
  await engine.setClock(evening(date));
  const name = await begun(protocol({ title: 'Does tea help?' }), date);
  const phone = await Handset.open(browser, engine, evening(date));
  await phone.pair();
  await phone.title('Today');
  await phone.tap('Event');
  await phone.page.getByLabel('A side effect').check();
  await phone.page.getByLabel('Day impossible').check();
  await phone.look('35-side-effect');
  await phone.tap('Save');
  await phone.page.getByRole('alert').first().waitFor();
  await phone.look('36-paused');
  await phone.tap('Understood');
  await phone.go('settings/trial');
  await phone.sees('It was paused because of a side effect.');
  await phone.look('37-trial-paused');
  await phone.page.getByLabel('I have read why it was paused').check();
  await phone.tap('Go on');
  await phone.sees('running');
  const owner = await engine.owner();
  expect((await owner.trial.getTrial({ name })).state).toBe(TrialState.RUNNING);
  expect(phone.faults).toEqual([]);
});
