// Headless Chromium for tests that need to see a page as people do.
import assert from 'node:assert/strict';
import { accessSync, constants } from 'node:fs';
import { after } from 'node:test';
import { type Browser, chromium } from 'playwright-core';

/** Debian's Chromium; what GitHub's runners and most laptops have. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const executablePath = PLACES.find(isExecutable);

/** Why browser tests cannot run here; false where they can, and in CI, where a missing browser is a failure. */
export const withoutBrowser: string | false =
  executablePath !== undefined || process.env.CI === 'true'
    ? false
    : 'no browser to test with; install one, for example by apt-get install chromium';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

/** The browser that the tests of a process share: each page has an empty profile of its own. */
export async function openBrowser(): Promise<Browser> {
  browser ??= launch();
  return await browser;
}

async function launch(): Promise<Browser> {
  assert.ok(executablePath, `CI needs a browser in one of ${PLACES.join(', ')}`);
  return await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    timeout: 60_000,
  });
}
