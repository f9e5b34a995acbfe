// How long a slow phone takes until the app can be used: measured, not tested.
//   tests/phone/run builds everything; then, in tests/phone:
//   SOLOTRIAL_BIN_DIR=... npx vite-node first_screen.ts
import type { BrowserContext } from 'playwright-core';
import { appFolder, openBrowser } from './chromium.js';
import { Engine } from './engine.js';
import { protocol } from './protocols.js';

const NOW = '2026-03-02T19:30:00Z';
const TIMES = 5;
// Lighthouse's "slow 4G", and a processor that much slower than this one.
const network = { latency: 150, download: 1_600_000 / 8, upload: 750_000 / 8 };
const slowness = [1, 4, 6];

const browser = await openBrowser();
const engine = await Engine.start(NOW, '--app-dir', appFolder);

/** Milliseconds from asking for the page until `words` can be seen. */
async function opened(context: BrowserContext, words: string, slow: number): Promise<number> {
  const page = await context.newPage();
  await page.clock.setFixedTime(new Date(NOW));
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: network.latency,
    downloadThroughput: network.download,
    uploadThroughput: network.upload,
  });
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slow });
  // By the clock of this program: that of the pages is set by hand.
  const begun = performance.now();
  await page.goto(engine.url, { waitUntil: 'commit' });
  await page.waitForFunction(
    (wanted) =>
      document.querySelector('h1')?.textContent === wanted &&
      document.querySelector('.foot') !== null,
    words,
  );
  const time = performance.now() - begun;
  await page.close();
  return time;
}

const phone = () => browser.newContext({ viewport: { width: 360, height: 740 }, locale: 'en-GB' });
// A machine that does something else meanwhile only makes it slower: the fastest says most.
const told = (times: number[]) => {
  const sorted = [...times].sort((a, b) => a - b).map(Math.round);
  return `${sorted[0]} at best, ${sorted[TIMES >> 1]} in the middle`;
};

console.log(`milliseconds until the first screen can be used, of ${TIMES} times`);
for (const slow of slowness) {
  const cold: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const context = await phone();
    cold.push(await opened(context, 'Connect this phone', slow));
    await context.close();
  }
  console.log(`slow 4G, processor ${slow} times slower, never seen before: ${told(cold)}`);
}

const owner = await engine.owner();
const { name } = await owner.trial.createTrial({ protocol: protocol() });
await owner.trial.startTrial({ name, startDate: NOW.slice(0, 10) });
const context = await phone();
const page = await context.newPage();
await page.clock.setFixedTime(new Date(NOW));
await page.goto(engine.url);
await page.getByLabel('Code').fill((await owner.access.createPairingCode({})).code);
await page.getByRole('button', { name: 'Connect' }).click();
await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
await page.evaluate(async () => {
  await navigator.serviceWorker.ready;
});
await page.close();
for (const slow of slowness) {
  const warm: number[] = [];
  for (let time = 0; time < TIMES; time++) warm.push(await opened(context, 'Today', slow));
  console.log(`slow 4G, processor ${slow} times slower, in daily use: ${told(warm)}`);
}

await browser.close();
await engine.end();
