// The gallery of real runs, in the file and in a real browser.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ActionResult } from '../../runner/run-action.ts';
import { buildGallery } from '../../src/report/gallery/gallery.ts';
import { makeAsset } from '../support/asset.ts';
import { openBrowser, withoutBrowser } from '../support/browser.ts';
import { makeOutcome } from '../support/outcome.ts';
import { makeMp4, makePdf, makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator, type Workspace } from '../support/workspace.ts';
import { choose, isFull } from '../support/extent.ts';
import { waitUntil } from '../support/wait-until.ts';

const samples = join(import.meta.dirname, '../samples');
const phone = { width: 390, height: 844 };
const desktop = { width: 1280, height: 900 };
const hostileName = 'whatsapp/"><img src=x onerror=alert(1)><script>alert(1)<.png';
const reportPath = 'out/gallery.html';

/** A run that ends with every status but superseded, and its gallery. */
async function runIntoEveryStatus(t: TestContext): Promise<{ workspace: Workspace; result: ActionResult }> {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t, { expiresAfterSeconds: 345_600, bytesPerIdLine: 2000 });
  const inputs = { ...inputsFor(simulator), 'report-path': reportPath };
  workspace.write('whatsapp/promo/same.png', makePng('same'));
  workspace.write('whatsapp/promo/old-name.png', makePng('old name'));
  workspace.write('whatsapp/promo/clip.mp4', makeMp4('clip'));
  workspace.write('whatsapp/orders/receipt.pdf', makePdf('receipt'));
  workspace.write('whatsapp/team/square.jpg', readFileSync(join(samples, 'jpeg-square.jpg')));
  await workspace.run({ inputs });

  workspace.remove('whatsapp/promo/old-name.png');
  workspace.write('whatsapp/promo/new-name.png', makePng('old name'));
  workspace.write('whatsapp/promo/new.png', makePng('new', 5000));
  workspace.write('whatsapp/promo/refused.png', makePng('refused'));
  workspace.write('whatsapp/promo/large.png', makePng('large', 300 * 1024));
  workspace.write('whatsapp/promo/lie.png', 'GIF89a');
  workspace.write(hostileName, makePng('hostile'));
  const fault = { kind: 'code', code: 9000, message: '<b>bad media</b>' } as const;
  // The files come in the order of their paths: the hostile one, large, new, refused.
  simulator.reset();
  simulator.setFaults([{ when: (upload) => upload.fileIndex === 3, fault }]);
  const result = await workspace.run({ inputs: { ...inputs, concurrency: '1' } });
  return { workspace, result };
}

test('a run writes the gallery, and an unchanged asset shows the same ID and expiry', async (t) => {
  const { workspace, result } = await runIntoEveryStatus(t);
  assert.equal(result.exitCode, 1, result.stdout);
  const html = workspace.read(reportPath).toString();
  assert.deepEqual(Object.fromEntries(listStatuses(html)), {
    'whatsapp/promo/lie.png': 'invalid',
    'whatsapp/promo/refused.png': 'pending',
    [hostileName]: 'uploaded',
    'whatsapp/promo/large.png': 'uploaded',
    'whatsapp/promo/new.png': 'uploaded',
    'whatsapp/promo/new-name.png': 'reused',
    'whatsapp/promo/old-name.png': 'removed',
    'whatsapp/orders/receipt.pdf': 'unchanged',
    'whatsapp/promo/clip.mp4': 'unchanged',
    'whatsapp/promo/same.png': 'unchanged',
    'whatsapp/team/square.jpg': 'unchanged',
  });
  for (const entry of Object.values(workspace.readManifest())) {
    assert.ok(html.includes(`<code>${entry.id}</code>`), entry.id);
    assert.ok(html.includes(`datetime="${entry.expiresAt}"`), entry.expiresAt);
  }
});

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

test('check writes the gallery too, and no manifest', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const result = await workspace.run({ inputs: { mode: 'check', 'report-path': reportPath } });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(listStatuses(workspace.read(reportPath).toString()), [['whatsapp/a.png', 'pending']]);
  assert.ok(!existsSync(join(workspace.root, 'nxcloud-assets.json')));
});

test('a failed run says why in the gallery', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('nxcloud-assets.json', 'no JSON');
  await workspace.run({ inputs: { mode: 'check', 'report-path': reportPath } });
  assert.match(workspace.read(reportPath).toString(), /class="remark">The manifest .* not valid JSON/);
});

test('a gallery that cannot be written fails the step, after all else is done', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  // A folder appears in the place of the file while the run is on its way.
  const result = await workspace.run({
    inputs: { ...inputsFor(simulator), 'report-path': reportPath },
    onLine: (line) => {
      if (/\[1\/1\]/.test(line)) workspace.write(`${reportPath}/in-the-way`, '');
    },
  });
  assert.equal(result.exitCode, 1);
  assert.match(
    result.annotations.at(-1)?.message ?? '',
    /The gallery out\/gallery\.html could not be written: .* or name another `report-path`/,
  );
  assert.equal(result.outputs['uploaded-count'], '1');
  assert.match(result.summary, /The gallery out\/gallery\.html could not be written/);
  assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/a.png']);
});

test('many originals: the page stays under 25 MB and says which did not fit', async (t) => {
  const workspace = createWorkspace(t);
  const base = makePng('many', 190 * 1024);
  for (let index = 0; index < 110; index += 1) {
    workspace.write(`whatsapp/${index}.png`, Buffer.concat([base, Buffer.from(`${index}`)]));
  }
  const result = await workspace.run({ inputs: { mode: 'check', 'report-path': reportPath } });
  assert.equal(result.exitCode, 0, result.stdout);
  const html = workspace.read(reportPath);
  assert.ok(html.length <= 25_000_000 && html.length > 24_500_000, `${html.length}`);
  assert.equal(html.toString().match(/<h2>/g)?.length, 110);
  assert.match(html.toString(), /the page has no room for it/);
});

/** A server on loopback that gives out one page and notes what is asked of it. */
async function servePage(t: TestContext, html: string | Buffer) {
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

/** Opens a page and notes what none should do: complain, or ask for anything but itself. */
async function openWatched(browser: Browser, url: string, options: BrowserContextOptions = {}) {
  const complaints: string[] = [];
  const requests: string[] = [];
  const context = await browser.newContext({ viewport: desktop, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) requests.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, requests };
}

async function listShown(page: Page): Promise<string[]> {
  return await page.locator('.card:visible h2').allTextContents();
}

test('in a browser', { skip: withoutBrowser }, async (t) => {
  const { workspace } = await runIntoEveryStatus(t);
  const site = await servePage(t, workspace.read(reportPath));
  const browser = await openBrowser(t);
  const { page, complaints, requests } = await openWatched(browser, site.url);

  await t.test('every preview shows, and the video plays', async () => {
    const images = page.locator('.media img');
    assert.equal(await images.count(), 6);
    for (const image of await images.all()) await image.scrollIntoViewIfNeeded();
    await waitFor(page, '[...document.images].every((image) => image.complete && image.naturalWidth > 0)');
    await page.locator('.media video').scrollIntoViewIfNeeded();
    await waitFor(page, 'document.querySelector("video").readyState > 0');
    // A browser may break a first attempt to play off, to save power or because it is still loading.
    const play = 'if (video.paused) void video.play().catch(() => undefined)';
    await waitFor(
      page,
      `((video) => { video.muted = true; ${play}; return video.currentTime > 0; })(document.querySelector('video'))`,
    );
    assert.match(await page.locator('.document').innerText(), /receipt\.pdf\s+[\d.]+ (bytes|KB) · PDF/);
  });

  await t.test('the part that is cut off shows on demand', async () => {
    const card = page.locator('.card', { hasText: 'square.jpg' });
    const picture = card.locator('img');
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
    await page.getByLabel('Show what is cut off', { exact: true }).check();
    assert.equal(await shapeOf(), '1.00');
    await page.getByLabel('Show what is cut off', { exact: true }).uncheck();
  });

  await t.test('filters by status and by path, with the keyboard', async () => {
    assert.equal((await listShown(page)).length, 11);
    await page.getByRole('radio', { name: /^All/ }).focus();
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await listShown(page), ['whatsapp/promo/lie.png']);
    assert.equal(await page.locator('#shown').textContent(), '1 of 11 assets');
    await page.getByRole('radio', { name: /^Unchanged/ }).check({ force: true });
    assert.equal((await listShown(page)).length, 4);
    await page.getByLabel('Search by path').fill('PROMO clip');
    assert.deepEqual(await listShown(page), ['whatsapp/promo/clip.mp4']);
    await page.keyboard.press('Enter');
    await page.getByLabel('Search by path').fill('nowhere');
    assert.deepEqual(await listShown(page), []);
    assert.ok(await page.getByText('No asset matches.').isVisible());
    await page.getByLabel('Search by path').fill('');
    await page.getByRole('radio', { name: /^All/ }).check({ force: true });
    assert.equal((await listShown(page)).length, 11);
  });

  await t.test('copies an ID of several lines to the letter, and says so', async () => {
    const id = workspace.readManifest()['whatsapp/promo/new.png']?.id ?? '';
    assert.ok(id.includes('\n'), id);
    const button = page.getByRole('button', { name: 'Copy ID of whatsapp/promo/new.png' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Copied', { exact: true }).waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), id);
    assert.equal(await page.locator('#said').textContent(), 'File ID copied');
  });

  await t.test('copies where the clipboard is closed to the page', async () => {
    await page.evaluate(
      'Object.defineProperty(navigator.clipboard, "writeText", { value: () => Promise.reject(new Error()) })',
    );
    const id = workspace.readManifest()['whatsapp/promo/same.png']?.id;
    await page.getByRole('button', { name: 'Copy ID of whatsapp/promo/same.png' }).click();
    await page.locator('.copy.is-done').nth(1).waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), id);
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

  await t.test('nothing was complained of, nothing was asked for', () => {
    assert.deepEqual(complaints, []);
    assert.deepEqual(requests, [site.url]);
    assert.deepEqual(site.asked, ['/gallery.html']);
  });

  const views = [
    ['on a phone in light', phone, 'light'],
    ['on a phone in dark', phone, 'dark'],
    ['on a desktop in light', desktop, 'light'],
    ['on a desktop in dark', desktop, 'dark'],
  ] as const;
  for (const [name, viewport, colorScheme] of choose(views, 3)) {
    await t.test(`${name}: accessible, and nothing sticks out`, async () => {
      const file = `file://${join(workspace.root, reportPath)}`;
      // Cards out of sight are not laid out, and what is not laid out is not judged.
      const high = { width: viewport.width, height: 12_000 };
      const watched = await openWatched(browser, file, { viewport: high, colorScheme });
      await watched.page.evaluate(axe.source);
      const { violations, passes } = (await watched.page.evaluate('axe.run()')) as AxeResults;
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      assert.deepEqual(
        serious.map(({ id, nodes }) => [id, nodes[0]?.html]),
        [],
      );
      const judged = passes.find(({ id }) => id === 'color-contrast')?.nodes.length ?? 0;
      assert.ok(judged > 60, `the contrast of ${judged} texts`);
      assert.equal(await watched.page.evaluate('document.documentElement.scrollWidth - innerWidth'), 0);
      assert.deepEqual(watched.complaints, []);
      await watched.page.context().close();
    });
  }

  await t.test('without scripts everything shows, and what needs one does not', async () => {
    const plain = await openWatched(browser, site.url, { javaScriptEnabled: false });
    assert.equal((await listShown(plain.page)).length, 11);
    assert.equal(await plain.page.getByRole('button').count(), 0);
    assert.equal(await plain.page.getByLabel('Search by path').isVisible(), false);
    await plain.page.getByLabel('Show what is cut off', { exact: true }).check();
    assert.ok(await plain.page.locator('.crop').isVisible());
    await plain.page.context().close();
  });

  await t.test(
    '2 000 assets of 24 MB stay usable',
    { skip: !isFull && 'only in npm run test:full' },
    async () => {
      const file = join(workspace.root, 'large.html');
      writeFileSync(file, buildLargeGallery());
      const large = await openWatched(browser, `file://${file}`, { viewport: phone });
      assert.equal(await large.page.locator('#shown').textContent(), '2000 assets');
      await large.page.getByLabel('Search by path').fill('/1999.');
      assert.deepEqual(await listShown(large.page), ['whatsapp/1999.png']);
      await waitFor(large.page, 'document.images[1999].naturalWidth > 0');
      assert.deepEqual(large.complaints, []);
    },
  );
});

type AxeResults = Record<
  'violations' | 'passes',
  { id: string; impact: string; nodes: { html: string }[] }[]
>;

function buildLargeGallery(): string {
  const picture = makePng('one of many', 8000).toString('base64');
  const items = Array.from({ length: 2000 }, (_, index) => describeUpload(`whatsapp/${index}.png`));
  const [style = '', script = ''] = ['page.css', 'page.js'].map((name) =>
    readFileSync(join(import.meta.dirname, '../../src/report/gallery', name), 'utf8'),
  );
  const head = { isSuccess: true, mode: 'output', madeAt: new Date(), remarks: [] };
  const originals = new Map(items.map(({ outcome }) => [outcome.path, picture]));
  const html = buildGallery(items, head, { style, script }, originals, 25_000_000);
  assert.ok(html.length > 24_500_000, `${html.length}`);
  return html;
}

function describeUpload(path: string) {
  const asset = makeAsset(path, path, { type: 'image/png', facts: { size: 9000, width: 191, height: 100 } });
  const outcome = makeOutcome(path, 'uploaded', { asset, id: `4:${'x'.repeat(300)}` });
  return { outcome, expiresAt: Date.now() };
}

/** Waits for something of the page's that no event tells of. Asked from outside: its policy forbids to do so inside. */
async function waitFor(page: Page, expression: string): Promise<void> {
  await waitUntil(async () => Boolean(await page.evaluate(expression)));
}
