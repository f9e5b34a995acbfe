// The library in a real browser: its own storage, locks and tabs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { build } from 'vite';
import { Engine, until } from './engine.js';
import { protocol } from './protocols.js';

const NOW = '2026-03-09T20:00:00+01:00';
const TODAY = '2026-03-09';

let folder: string;
let browser: Browser;
let engine: Engine;
let context: BrowserContext;
let trial: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'solotrial-page-'));
  await build({
    root: fileURLToPath(new URL('page', import.meta.url)),
    build: { outDir: folder, emptyOutDir: true },
    logLevel: 'error',
  });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'].concat([
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ]),
  });
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  engine = await Engine.start(NOW, '--app-dir', folder);
  const owner = await engine.owner();
  trial = (await owner.trial.createTrial({ protocol: protocol() })).name;
  await owner.trial.startTrial({ name: trial });
  context = await browser.newContext();
  await context.clock.setFixedTime(NOW);
});
afterEach(async () => {
  await context.close();
  await engine.end();
});

/** The app in one more tab. */
async function tab(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(engine.url);
  await page.waitForFunction(() => 'solotrial' in globalThis);
  await page.evaluate(async () => {
    Object.assign(globalThis, { client: await solotrial.openClient() });
  });
  return page;
}

async function pair(page: Page): Promise<void> {
  const { code } = await (await engine.owner()).access.createPairingCode({});
  await page.evaluate(async (typed) => {
    await client.pair(typed, 'Browser');
    await client.sync();
  }, code);
}

declare const client: import('@solotrial/client').SolotrialClient;

/** Records that many notes in one call, each that long; the reason of a failure, or `saved`. */
function record(page: Page, count: number, length: number): Promise<string> {
  return page.evaluate(
    async ([name, date, notes, characters]) => {
      const drafts = Array.from({ length: notes }, (_, i) => ({
        trial: name,
        date,
        content: {
          case: 'note' as const,
          value: solotrial.create(solotrial.NoteSchema, { text: `${i}`.padEnd(characters, 'x') }),
        },
      }));
      return client.record(...drafts).then(
        () => 'saved',
        (error: unknown) => (error as { reason: string }).reason,
      );
    },
    [trial, TODAY, count, length] as const,
  );
}

async function stored(): Promise<number> {
  return (await (await engine.owner()).diary.listChanges({ trial })).entries.length;
}

test('what was saved survives a tab that is killed the moment after', async () => {
  const page = await tab();
  await pair(page);
  await engine.kill();
  expect(await record(page, 3, 10)).toBe('saved');
  const session = await context.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // Nobody is left to answer.
  session.send('Page.crash').catch(() => {});
  await crashed;
  await engine.startAgain();
  const again = await tab();
  await again.evaluate(() => client.sync());
  expect(await stored()).toBe(3);
  expect(await again.evaluate(() => client.getState().waiting)).toBe(0);
});

test('a full storage is told, keeps what was there, and nothing is half-written', async () => {
  const session = await context.newCDPSession(await context.newPage());
  const origin = engine.url;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 300_000 });
  const page = await tab();
  await pair(page);
  await context.setOffline(true);
  expect(await record(page, 2, 10)).toBe('saved');
  expect(await record(page, 100, 9_000)).toBe('STORAGE_FULL');
  const held = () => page.evaluate(async (name) => (await client.entries(name)).length, trial);
  expect(await held()).toBe(2);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  expect(await record(page, 1, 9_000)).toBe('saved');
  await context.setOffline(false);
  await page.evaluate(() => client.sync());
  expect(await stored()).toBe(3);
});

test('two tabs tell each other, and send everything once', async () => {
  const a = await tab();
  await pair(a);
  const b = await tab();
  await b.evaluate(() => client.sync());
  await context.setOffline(true);
  expect(await record(a, 5, 10)).toBe('saved');
  await until(() => b.evaluate(() => client.getState().waiting === 5));
  await context.setOffline(false);
  await Promise.all([a, b].map((page) => page.evaluate(() => client.sync())));
  expect(await stored()).toBe(5);
  await until(() => b.evaluate(() => client.getState().waiting === 0));
});

test('the network that comes back starts the sending by itself', async () => {
  const page = await tab();
  await pair(page);
  await context.setOffline(true);
  expect(await record(page, 1, 10)).toBe('saved');
  await until(() => page.evaluate(() => client.getState().connection === 'OFFLINE'));
  await context.setOffline(false);
  await until(async () => (await stored()) === 1);
});
