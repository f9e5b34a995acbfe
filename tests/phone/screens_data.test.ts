// A person's data in their own hands, by tapping: the phrase on paper, another phone in the place of a lost
// one, files to take along, and deleting everything.
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Role } from '@solotrial/client';
import { appFolder, Handset, openBrowser } from './browser.js';
import { Engine } from './engine.js';
import { protocol } from './protocols.js';

const NOW = '2026-03-02T19:30:00Z';

let browser: Browser;
let engine: Engine;
beforeAll(async () => {
  browser = await openBrowser();
  engine = await Engine.start(NOW, '--app-dir', appFolder);
});
afterAll(async () => {
  await browser.close();
  await engine.end();
});

/** A phone of somebody who is new, with the phrase that they wrote down. */
async function newPerson(): Promise<{ phone: Handset; phrase: string }> {
  const owner = await engine.owner();
  const { code } = await owner.access.createInvitation({
    role: Role.PARTICIPANT,
  });
  const phone = await Handset.open(browser, engine, NOW);
  await phone.page.goto(`${engine.url}/#invite=${code}`);
  await phone.tap('Connect');
  await phone.title('Write this down on paper');
  await phone.look('30-phrase');
  // Nobody leaves without having said that it is on paper.
  await phone.button('Next').click({ force: true });
  await phone.page.reload();
  await phone.title('Write this down on paper');
  const phrase = await phone.page.locator('p.code').innerText();
  await phone.page.getByLabel('I wrote it down').check();
  await phone.tap('Next');
  await phone.title('A new trial');
  return { phone, phrase };
}

/** Begins a trial of the phone's person, with the phone's credential. */
async function begin(phone: Handset): Promise<void> {
  const token = await phone.page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open('solotrial');
        opening.onsuccess = () => {
          const access = opening.result.transaction('access').objectStore('access').get('access');
          access.onsuccess = () => {
            opening.result.close();
            resolve((access.result as { token: string }).token);
          };
        };
      }),
  );
  const { trial } = engine.as(token);
  const { name } = await trial.createTrial({ protocol: protocol({ covariates: [] }) });
  await trial.startTrial({ name, startDate: NOW.slice(0, 10) });
  await phone.page.reload();
  await phone.title('Today');
}

/** The person says with the phrase that it is them. */
async function confirm(phone: Handset, phrase: string): Promise<void> {
  await phone.page.getByLabel('Your recovery phrase').fill(phrase.toLowerCase());
  await phone.tap('Confirm');
}

/** What a tap on `button` saves as a file. */
async function saved(phone: Handset, button: string): Promise<Buffer> {
  const download = phone.page.waitForEvent('download');
  await phone.tap(button);
  return readFile(await (await download).path());
}

/** How much the phone holds: rows of every store, and keys beside them. */
function held(phone: Handset): Promise<number> {
  return phone.page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open('solotrial');
        opening.onsuccess = () => {
          const database = opening.result;
          const reading = database.transaction([...database.objectStoreNames]);
          let rows = localStorage.length;
          for (const name of database.objectStoreNames) {
            const count = reading.objectStore(name).count();
            count.onsuccess = () => (rows += count.result);
          }
          reading.oncomplete = () => {
            database.close();
            resolve(rows);
          };
        };
      }),
  );
}

test(
  'a lost phone is replaced, the data are taken along, then all of it is deleted',
  { timeout: 240_000 },
  async () => {
    const { phone: lost, phrase } = await newPerson();
    await begin(lost);
    await lost.button(/^7, /).click();
    await lost.button('All stored').waitFor();

    // The other phone has the phrase only; a wrong one is said to be wrong.
    const phone = await Handset.open(browser, engine, NOW);
    await phone.page.goto(engine.url);
    await phone.tap('I lost my phone');
    await phone.title('Use your recovery phrase');
    await phone.page.getByLabel('Recovery phrase').fill('AAAAA BBBBB CCCCC DDDDD EEEEE FFFFF');
    await phone.tap('Recover');
    await phone.page.locator('.fault').first().waitFor();
    await phone.look('31-recover');
    await phone.page.getByLabel('Recovery phrase').fill(phrase);
    await phone.page.getByLabel(/End the access of my other phones/).check();
    await phone.tap('Recover');
    await phone.title('Today');
    await phone.page.getByRole('button', { name: /How restless.*7/ }).waitFor();

    // The lost one is out, and keeps what it could not send.
    await lost.go('today');
    await lost.tap('Note');
    await lost.page.getByLabel('What do you want to remember?').fill('Found it again');
    await lost.tap('Save');
    await lost.sees('This phone is not connected any more.');
    await lost.sees('Found it again');

    await phone.go('settings/data');
    await phone.title('Take my data along');
    await phone.page.getByLabel('Passphrase').fill('a long passphrase for the seal');
    // The phrase was said just now: it is not asked for again.
    const archive = await saved(phone, 'Make the file');
    expect(archive.subarray(0, 2).toString()).toBe('PK');
    const tables = await saved(phone, 'This trial as tables (CSV)');
    expect(tables.subarray(0, 2).toString()).toBe('PK');
    const diary = (await saved(phone, 'The diary, one row a day (CSV)')).toString();
    expect(diary).toMatch(/^2026-03-02,.*\b7\b/m);

    await phone.go('settings/delete');
    await phone.title('Delete everything');
    await phone.page.getByLabel('Type “delete” to go on').fill('delet');
    await phone.button('Delete everything').click({ force: true });
    await phone.page.getByLabel('Type “delete” to go on').fill('Delete');
    await phone.tap('Delete everything');
    await phone.sees('Everything is deleted.');
    await phone.title('Connect this phone');
    await phone.look('32-deleted');
    expect(await held(phone)).toBe(0);
    await phone.page.reload();
    await phone.title('Connect this phone');
    expect([...phone.faults, ...lost.faults]).toEqual([]);
  },
);

test('what one phone deletes goes from the other one, too', { timeout: 240_000 }, async () => {
  const { phone, phrase } = await newPerson();
  await phone.go('settings/pair');
  await phone.tap('Connect another phone');
  await confirm(phone, phrase);
  const code = await phone.page.locator('p.code').innerText();
  const second = await Handset.open(browser, engine, NOW);
  await second.page.goto(engine.url);
  await second.page.getByLabel('Code').fill(code);
  await second.tap('Connect');
  await second.title('A new trial');

  await phone.go('settings/delete');
  await phone.page.getByLabel('Type “delete” to go on').fill('delete');
  await phone.tap('Delete everything');
  await phone.sees('Everything is deleted.');

  await second.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await second.sees('Everything is deleted.');
  expect([...phone.faults, ...second.faults]).toEqual([]);
});
