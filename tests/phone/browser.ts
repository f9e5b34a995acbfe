// A phone-sized browser with the app in it, and what every test of the screens does with it.
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, CDPSession, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Engine } from './engine.js';

export { appFolder, openBrowser } from './chromium.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Artefacts of the build: what the screens look like.
const shots = join(
  process.env['SOLOTRIAL_BIN_DIR'] ?? join(root, 'build/release/bin'),
  '../phone-screens',
);

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A date as the app's screens write it: `Saturday, 7 March`. */
export const longDate = (date: string) =>
  new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(new Date(`${date}T00:00:00Z`));

/** One phone of one person: its own storage, its own clock. */
export class Handset {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly devtools: CDPSession,
    private readonly engine: Engine,
    /** What the page said went wrong; a test that expects none looks at the end. */
    readonly faults: string[],
  ) {}

  static async open(browser: Browser, engine: Engine, instant: string): Promise<Handset> {
    const context = await browser.newContext({
      viewport: { width: 360, height: 740 },
      locale: 'en-GB',
      hasTouch: true,
    });
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    const devtools = await context.newCDPSession(page);
    const handset = new Handset(context, page, devtools, engine, faults);
    await handset.setZone('Europe/Berlin');
    await page.clock.setFixedTime(new Date(instant));
    return handset;
  }

  /** The phone's own setting, as after a journey. */
  async setZone(zone: string): Promise<void> {
    await this.devtools.send('Emulation.setTimezoneOverride', {
      timezoneId: '',
    });
    await this.devtools.send('Emulation.setTimezoneOverride', {
      timezoneId: zone,
    });
  }

  /** Whether the phone has room left: without, the browser refuses every write as it does then. */
  async setRoom(room: boolean): Promise<void> {
    await this.page.evaluate((has) => {
      const page = window as unknown as {
        put?: IDBObjectStore['put'];
        add?: IDBObjectStore['add'];
      };
      const store = IDBObjectStore.prototype;
      page.put ??= store.put;
      page.add ??= store.add;
      const full = (): never => {
        throw new DOMException('no room', 'QuotaExceededError');
      };
      store.put = has ? page.put : full;
      store.add = has ? page.add : full;
    }, room);
  }

  /** Another instant; the app is taken out of the pocket. */
  async wakeAt(instant: string): Promise<void> {
    await this.page.clock.setFixedTime(new Date(instant));
    await this.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  }

  /** Where the address after the `#` leads. */
  async go(route: string): Promise<void> {
    await this.page.evaluate((to) => {
      location.hash = `#/${to}`;
    }, route);
  }

  /** The screen of the address is drawn, with all that it had to ask for. */
  async drawn(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    await this.page.waitForFunction(() => !/One moment|Einen Moment/.test(document.body.innerText));
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }
  async tap(name: string | RegExp): Promise<void> {
    await this.button(name).first().click();
  }
  async tapLink(name: string | RegExp): Promise<void> {
    await this.page.getByRole('link', { name }).first().click();
  }
  async sees(words: string | RegExp): Promise<void> {
    await this.page.getByText(words).first().waitFor();
  }
  async title(words: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: words }).waitFor();
  }

  /** Makes it a phone of the owner's, by a code that is typed. */
  async pair(): Promise<void> {
    const owner = await this.engine.owner();
    const { code } = await owner.access.createPairingCode({});
    await this.page.goto(this.engine.url);
    await this.page.getByLabel('Code').fill(code);
    await this.tap('Connect');
  }

  /** Keeps a picture of the screen. */
  async picture(name: string): Promise<void> {
    await mkdir(shots, { recursive: true });
    await this.page.screenshot({ path: join(shots, `${name}.png`) });
  }

  /** Keeps a picture and checks the screen by the rules of WCAG 2.2 AA. */
  async look(name: string): Promise<void> {
    await this.picture(name);
    await this.page.evaluate(axe);
    // What lies under the bars that stay can be scrolled out from under them: no fault.
    await this.page.evaluate(() => {
      for (const bar of document.querySelectorAll<HTMLElement>('.nav, .stick, .panel')) {
        bar.style.position = 'static';
      }
    });
    const violations = await this.page.evaluate(async () => {
      const checker = (
        window as unknown as {
          axe: { run: (options: object) => Promise<unknown> };
        }
      ).axe;
      const found = (await checker.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      })) as {
        violations: {
          id: string;
          nodes: { html: string; failureSummary: string }[];
        }[];
      };
      return found.violations.map(
        ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
      );
    });
    await this.page.evaluate(() => {
      for (const bar of document.querySelectorAll<HTMLElement>('.nav, .stick, .panel')) {
        bar.style.position = '';
      }
    });
    expect(violations, name).toEqual([]);
  }
}
