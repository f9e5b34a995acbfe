// Debian's browser, without a screen, and the app as it was built.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** The app as it was built. */
export const appFolder =
  process.env['SOLOTRIAL_APP_DIST'] ??
  fileURLToPath(new URL('../../clients/web/app/dist', import.meta.url));

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
