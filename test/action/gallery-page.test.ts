// The gallery of a real run in a real browser: 60 assets, or 2 000 with FULL=1.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, withoutBrowser } from '../support/browser.ts';
import { testAccount } from '../support/canaries.ts';
import { choose, isFull } from '../support/extent.ts';
import { makePdf } from '../support/sample-media.ts';
import { openWatched, waitUntil, type WatchedPage } from '../support/watched-page.ts';
import type { Workspace } from '../support/workspace.ts';
import { before, hostileName, reportPath, repositoryUrl, runIntoEveryStatus } from './gallery-run.ts';

const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };

/** A server on loopback that gives out one page and notes what is asked of it. */
async function servePage(t: TestContext, html: Buffer) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'text/html').end(html);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/gallery.html`, asked };
}

/** Paths of the cards that are not filtered out; asking for what is inside those out of sight takes minutes. */
async function listShown(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(
    `[...document.querySelectorAll('.card')].filter((card) => card.checkVisibility())
      .map((card) => card.querySelector('h2').textContent)`,
  );
}

test('the gallery of a run', async (t) => {
  const count = isFull ? 2000 : 60;
  const { workspace, result } = await runIntoEveryStatus(t, count);
  await t.test('has every path with its ending, and the ID and expiry of each entry', () => {
    assert.equal(result.exitCode, 1, result.stdout);
    checkText(workspace);
  });
  await t.test('in a browser', { skip: withoutBrowser }, (t) => tryInBrowser(t, workspace, count));
});

function checkText(workspace: Workspace): void {
  const html = workspace.read(reportPath).toString();
  const statuses = listStatuses(html).filter(([path]) => !path.startsWith('whatsapp/x/'));
  assert.deepEqual(statuses, [
    ['whatsapp/promo/lie.png', 'invalid'],
    ['whatsapp/promo/spot.mp4', 'unchanged'],
    ['whatsapp/team/square.jpg', 'unchanged'],
    ['whatsapp/promo/refused.png', 'pending'],
    [hostileName, 'uploaded'],
    ['whatsapp/promo/altered.png', 'uploaded'],
    ['whatsapp/promo/large.png', 'uploaded'],
    ['whatsapp/promo/new.png', 'uploaded'],
    ['whatsapp/promo/new-name.png', 'reused'],
    ['whatsapp/promo/old-name.png', 'removed'],
    ['whatsapp/orders/receipt.pdf', 'unchanged'],
    ['whatsapp/promo/clip.mp4', 'unchanged'],
    ['whatsapp/promo/same.png', 'unchanged'],
  ]);
  for (const entry of Object.values(workspace.readManifest())) {
    assert.ok(html.includes(`<code>${entry.id}</code>`), entry.id);
    assert.ok(html.includes(`datetime="${entry.expiresAt}"`), entry.expiresAt);
  }
}

/** Path and status of each card, in the order of the page. */
function listStatuses(html: string): [string, string][] {
  const cards = html.matchAll(/data-status="(\w+)".*?<h2>(.*?)<\/h2>/gs);
  return [...cards].map(([, status = '', title = '']) => [unescapeHtml(title), status]);
}

function unescapeHtml(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

async function tryInBrowser(t: TestContext, workspace: Workspace, count: number): Promise<void> {
  const site = await servePage(t, workspace.read(reportPath));
  const browser = await openBrowser();
  const watched = await openWatched(browser, site.url);
  const { page } = watched;
  // Of many, the list comes first; the cards are what most tests are about.
  await page.locator('#as-list').setChecked(false);
  await tryPreviews(t, page, count);
  await tryFilters(t, page, count);
  await tryCopying(t, page, workspace);
  await tryAddresses(t, page);
  await tryForms(t, page);
  await t.test('nothing was complained of, nothing was asked for', () => {
    assert.deepEqual(watched.complaints, []);
    assert.deepEqual([...new Set(watched.requests.map((url) => url.split('#')[0]))], [site.url]);
    assert.deepEqual([...new Set(site.asked)], ['/gallery.html']);
  });
  await watched.close();
  const file = pathToFileURL(join(workspace.root, reportPath)).href;
  await tryPhone(t, browser, file);
  await tryAccess(t, browser, file);
  await t.test('without scripts everything shows, and what needs one does not', async () => {
    const plain = await openWatched(browser, site.url, { javaScriptEnabled: false });
    await plain.page.locator('#as-list').setChecked(false);
    assert.equal((await listShown(plain.page)).length, count);
    const displays = await plain.page.evaluate<string[]>(
      "[...document.querySelectorAll('.search, .chips, .fix, button')].slice(0, 60).map((element) => getComputedStyle(element).display)",
    );
    assert.deepEqual([...new Set(displays)], ['none']);
    await plain.page.locator('#all-cuts').check();
    assert.ok(await plain.page.locator('.crop').isVisible());
    await plain.close();
  });
}

async function tryPreviews(t: TestContext, page: Page, count: number): Promise<void> {
  await t.test('the head names the run and leads to it', async () => {
    assert.deepEqual(
      (await page.locator('.origin div').allInnerTexts()).slice(0, 6).map((text) => text.replace(/\s+/, ' ')),
      [
        'Repository octo-org/assets',
        'Branch summer',
        'Commit aaaaaaa',
        'Run 4711',
        `Number …${testAccount.phones[0]?.slice(-4)}`,
        'Mode output',
      ],
    );
    const run = page.locator('.origin').getByRole('link', { name: '4711' });
    assert.equal(await run.getAttribute('href'), `${repositoryUrl}/actions/runs/4711`);
  });

  await t.test('every preview shows, and the video plays', async () => {
    assert.ok((await page.locator('.media img').count()) > count - 8);
    await page.evaluate('for (const image of document.images) image.loading = "eager"');
    await waitUntil(page, '[...document.images].every((image) => image.complete && image.naturalWidth > 0)');
    await page.locator('.media video').first().scrollIntoViewIfNeeded();
    await waitUntil(page, 'document.querySelector("video").readyState > 0');
    // A browser may break a first attempt to play off, to save power or because it is still loading.
    const play = 'if (video.paused) void video.play().catch(() => undefined)';
    await waitUntil(
      page,
      `((video) => { video.muted = true; ${play}; return video.currentTime > 0; })(document.querySelector('video'))`,
    );
  });

  await t.test('a document shows its facts and can be saved', async () => {
    assert.match(await page.locator('.document').innerText(), /receipt\.pdf\s+.*PDF/);
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.document').getByRole('link').click(),
    ]);
    assert.deepEqual(readFileSync(await saved.path()), makePdf('receipt'));
  });

  await t.test('a changed picture leads to the one before', async () => {
    const link = page
      .locator('.card', { hasText: 'altered.png' })
      .getByRole('link', { name: 'See it before' });
    assert.equal(
      await link.getAttribute('href'),
      `${repositoryUrl}/blob/${before}/whatsapp/promo/altered.png`,
    );
    assert.equal(await page.locator('.before').count(), 1);
  });

  await t.test('the part that is cut off shows on demand', async () => {
    const card = page.locator('.card', { hasText: 'square.jpg' });
    const picture = card.locator('.media img');
    const shapeOf = async () => {
      const { width = 0, height = 1 } = (await picture.boundingBox()) ?? {};
      return (width / height).toFixed(2);
    };
    assert.equal(await shapeOf(), '1.91');
    await card.getByLabel('Show what is cut off').check();
    assert.equal(await shapeOf(), '1.00');
    const [whole, kept] = [await picture.boundingBox(), await card.locator('.crop').boundingBox()];
    assert.equal(kept?.width, whole?.width);
    assert.equal(((kept?.width ?? 0) / (kept?.height ?? 1)).toFixed(2), '1.91');
    await card.getByLabel('Show what is cut off').uncheck();
    await page.locator('#all-cuts').check();
    assert.equal(await shapeOf(), '1.00');
    await page.locator('#all-cuts').uncheck();
  });
}

async function tryFilters(t: TestContext, page: Page, count: number): Promise<void> {
  await t.test('filters by status, by warning and by path, with the keyboard', async () => {
    const shown = page.locator('#shown');
    assert.equal(await shown.textContent(), `${count} assets`);
    await page.locator('.chips').getByRole('radio', { name: /^All/ }).focus();
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await listShown(page), ['whatsapp/promo/lie.png']);
    assert.equal(await shown.textContent(), `1 of ${count} assets`);
    await page.keyboard.press('ArrowRight');
    assert.ok(await page.locator('.chips').getByRole('radio', { name: 'Warnings 2' }).isChecked());
    assert.deepEqual(await listShown(page), ['whatsapp/promo/spot.mp4', 'whatsapp/team/square.jpg']);
    await page
      .locator('.chips')
      .getByRole('radio', { name: /^Unchanged/ })
      .check({ force: true });
    assert.equal(await shown.textContent(), `${count - 8} of ${count} assets`);
    await page.locator('#search').fill('PROMO clip');
    assert.deepEqual(await listShown(page), ['whatsapp/promo/clip.mp4']);
    await page.keyboard.press('Enter');
    await page.locator('#search').fill('nowhere');
    assert.deepEqual(await listShown(page), []);
    assert.ok(await page.getByText('No asset matches.').isVisible());
  });
}

async function tryCopying(t: TestContext, page: Page, workspace: Workspace): Promise<void> {
  await page.locator('.chips').getByRole('radio', { name: /^All/ }).check({ force: true });
  await page.locator('#search').fill('');
  // What the page would do some seconds later waits until it is asked for.
  await page.evaluate('window.setTimeout = (action) => { window.later = action; return 0; }');
  const copy = async (what: string, path: string) => {
    const card = page.locator('.card', { hasText: path });
    const button = card.getByRole('button', { name: `Copy ${what} of whatsapp/promo/${path}` });
    await button.focus();
    await page.keyboard.press('Enter');
    await button.and(page.locator('.is-done')).waitFor();
    assert.equal(await button.textContent(), 'Copied');
    const said = await page.locator('#said').textContent();
    await page.evaluate('later()');
    assert.match((await button.textContent()) ?? '', /^Copy \w+$/);
    return [await page.evaluate('navigator.clipboard.readText()'), said];
  };

  await t.test('copies an ID of several lines to the letter, and says so', async () => {
    const id = workspace.readManifest()['whatsapp/promo/new.png']?.id ?? '';
    assert.ok(id.includes('\n'), id);
    assert.deepEqual(await copy('ID', 'new.png'), [id, 'The ID is copied']);
  });

  await t.test('copies the command that mends a video', async () => {
    const [command, said] = await copy('command', 'spot.mp4');
    assert.match(
      String(command),
      /^ffmpeg -i "whatsapp\/promo\/spot\.mp4" .*\+faststart .* "whatsapp\/promo\/spot\.mp4"$/,
    );
    assert.equal(said, 'The command is copied');
  });

  await t.test('copies where the clipboard is closed to the page', async () => {
    await page.evaluate(
      'Object.defineProperty(navigator.clipboard, "writeText", { value: () => Promise.reject(new Error()) })',
    );
    const id = workspace.readManifest()['whatsapp/promo/same.png']?.id;
    assert.deepEqual(await copy('ID', 'same.png'), [id, 'The ID is copied']);
  });

  await t.test('tells how far an expiry is', async () => {
    const expiry = page.locator('.card', { hasText: 'same.png' }).locator('.expiry');
    assert.equal(await expiry.textContent(), 'Expires in 3 days');
    assert.match((await expiry.locator('time').getAttribute('title')) ?? '', /^\d+ \w+ 20\d\d, .* UTC$/);
  });

  await t.test('hostile names and messages stay text', async () => {
    assert.ok((await listShown(page)).includes(hostileName));
    assert.match(await page.locator('.card.is-pending .reason').innerText(), /<b>bad media<\/b>/);
  });
}

async function tryAddresses(t: TestContext, page: Page): Promise<void> {
  await t.test('a card has an address, which leads to it whatever is filtered', async () => {
    const card = page.locator('.card', { hasText: hostileName });
    await card.getByRole('heading').getByRole('link').click();
    assert.equal(new URL(page.url()).hash, `#whatsapp/${encodeURIComponent(hostileName.slice(9))}`);
    await page.locator('#search').fill('clip');
    assert.equal((await listShown(page)).length, 1);
    await page.evaluate('location.hash = "#whatsapp/team/square.jpg"');
    await waitUntil(page, 'document.querySelector(":target").checkVisibility()');
    await assertInView(page);
    assert.equal(await page.locator('#search').inputValue(), '');
    // As from a message: the page is opened at the card.
    await page.goto('about:blank');
    await page.goBack();
    await waitUntil(page, 'document.querySelector(":target") !== null');
    await assertInView(page);
  });
}

/** The addressed card begins below the bar, and above the end of the window. */
async function assertInView(page: Page): Promise<void> {
  await waitUntil(
    page,
    `(() => {
      const bar = document.querySelector('.tools').getBoundingClientRect();
      const { top } = document.querySelector(':target').getBoundingClientRect();
      return top >= bar.bottom && top < innerHeight - 100;
    })()`,
  );
}

async function tryForms(t: TestContext, page: Page): Promise<void> {
  const list = page.locator('#as-list');

  await t.test('the list has a low row for each asset, and the addressed one whole', async () => {
    await list.check();
    // Chromium lays out cards that were out of sight when it paints next.
    await waitUntil(
      page,
      '[...document.querySelectorAll(".card:not(:target)")].slice(0, 60).every((card) => card.offsetHeight < 110)',
    );
    const row = page.locator('.card', { hasText: 'lie.png' });
    assert.ok(await row.getByText('GIF image').isVisible());
    const whole = page.locator('.card', { hasText: 'square.jpg' });
    assert.ok(await whole.getByText('Fix it here').isVisible());
    assert.ok(await whole.getByRole('button', { name: 'Copy ID' }).isVisible());
  });

  await t.test('on paper no card is torn, and every ID is whole', async () => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const seen = await page.evaluate<Record<string, unknown>>(`({
      cut: [...document.querySelectorAll('.handle code')].slice(0, 60)
        .filter((code) => code.clientHeight < code.scrollHeight || code.clientHeight === 0).length,
      torn: [...document.querySelectorAll('.card')].slice(0, 60)
        .filter((card) => getComputedStyle(card).breakInside !== 'avoid').length,
      controls: [...document.querySelectorAll('.tools, button, summary')]
        .filter((element) => element.checkVisibility()).length,
      paper: getComputedStyle(document.querySelector('.card')).backgroundColor,
    })`);
    assert.deepEqual(seen, { cut: 0, torn: 0, controls: 0, paper: 'rgb(255, 255, 255)' });
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  });
}

async function tryPhone(t: TestContext, browser: Browser, file: string): Promise<void> {
  await t.test('on a phone the bar stays, in a seventh of the screen, and nothing sticks out', async () => {
    const { page, complaints, close } = await openWatched(browser, file, { viewport: phone });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
    await page.evaluate('scrollTo(0, 2000)');
    const bar = await page.locator('.tools').boundingBox();
    assert.equal(bar?.y, 0);
    assert.ok((bar?.height ?? 999) < 120, `${bar?.height}`);
    assert.ok(await page.locator('#as-list').isVisible());
    assert.deepEqual(complaints, []);
    await close();
  });
}

interface AxeResult {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

async function tryAccess(t: TestContext, browser: Browser, file: string): Promise<void> {
  const settings = [
    ['on a phone in light', phone, 'light'],
    ['on a desktop in dark', desktop, 'dark'],
    ['on a phone in dark', phone, 'dark'],
    ['on a desktop in light', desktop, 'light'],
  ] as const;
  for (const [name, viewport, colorScheme] of choose(settings, 4)) {
    await t.test(`${name}: accessible, and nothing sticks out`, async () => {
      const watched = await openWatched(browser, file, { viewport, colorScheme });
      await prepareForAxe(watched);
      const { violations, passes } = await watched.page.evaluate<
        Record<'violations' | 'passes', readonly AxeResult[]>
      >(`${axe.source}; axe.run()`);
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      assert.deepEqual(
        serious.map(({ id, nodes }) => [id, nodes[0]?.html]),
        [],
      );
      const judged = passes.find(({ id }) => id === 'color-contrast')?.nodes.length ?? 0;
      assert.ok(judged > 60, `the contrast of ${judged} texts`);
      assert.equal(await watched.page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
      assert.deepEqual(watched.complaints, []);
      await watched.close();
    });
  }
}

/** One card of each kind, and an open editor: the many others have nothing that these have not. */
async function prepareForAxe({ page }: WatchedPage): Promise<void> {
  await page.locator('#as-list').setChecked(false);
  await page.evaluate(`for (const card of document.querySelectorAll('.card')) {
    if (card.id.startsWith('whatsapp/x/')) card.remove();
    // Cards out of sight are not laid out, and what is not laid out is not judged.
    card.style.contentVisibility = 'visible';
  }`);
  await page.locator('.fix summary').click();
  await page.locator('.frame').waitFor();
}
