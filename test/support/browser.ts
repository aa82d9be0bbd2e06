// Headless Chromium for tests that need to see a page as people do.
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

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

/** Opens a browser with a profile of its own; both are gone with the test. */
export async function openBrowser(
  t: TestContext,
  options: Pick<BrowserContextOptions, 'viewport' | 'colorScheme' | 'javaScriptEnabled'> = {},
): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const browser = await chromium.launchPersistentContext(profile, {
    ...options,
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    permissions: ['clipboard-read', 'clipboard-write'],
    timeout: 60_000,
  });
  t.after(async () => {
    await browser.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  return browser;
}
