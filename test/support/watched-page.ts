// A page in a browser that notes what none of ours should do.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** What the page wrote to the console, threw or asked in dialogs. */
  readonly complaints: string[];
  /** Addresses that it asked for; its own is the first. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Opens a page, on a desktop unless the options say otherwise. What is inside the page itself is no request. */
export async function openWatched(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const complaints: string[] = [];
  const requests: string[] = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url())) requests.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, requests, close: () => context.close() };
}

/** Waits for something of the page's that no event tells of. Asked from outside: its policy forbids to do so inside. */
export async function waitUntil(page: Page, expression: string): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (await page.evaluate(expression)) return;
    await sleep(50);
  }
  assert.fail(`it did not come true: ${expression}`);
}
