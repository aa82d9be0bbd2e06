// Headless Chromium for tests that need to see a page as people do.
import { accessSync, constants } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Browser, chromium } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Why browser tests cannot run here; false where they can, and in CI, where a missing browser is a failure. */
export const withoutBrowser: string | false =
  process.env.CI === 'true' || isExecutable(executablePath)
    ? false
    : `SKIPPED: these tests need ${executablePath} (apt-get install chromium)`;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a browser with an empty profile; both are gone with the test. */
export async function openBrowser(t: TestContext): Promise<Browser> {
  const browser = await chromium.launch({
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
  t.after(() => browser.close());
  return browser;
}
