// "Fix it here" in a real browser: the frame decides the pixels, and the JPEG passes the action's own check.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type TestContext, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { applyJudgement, type Asset, judgeContent } from '../../../src/assets/judge.ts';
import { buildGallery } from '../../../src/report/gallery/gallery.ts';
import { openBrowser, withoutBrowser } from '../../support/browser.ts';
import { choose } from '../../support/extent.ts';
import { makeOutcome } from '../../support/outcome.ts';
import { encodePng } from '../../support/sample-media.ts';
import { makeFolder, writeFiles } from '../../support/temporary-folder.ts';
import { openWatched, type WatchedPage } from '../../support/watched-page.ts';

const RED = [255, 0, 0];
const GREEN = [0, 128, 0];
const BLUE = [0, 0, 255];
const YELLOW = [255, 255, 0];
const WHITE = [255, 255, 255];

/** Four quarters: red, green, blue, yellow. */
function makeQuarters(width: number, height: number): Buffer {
  const colours = [
    [0xff0000, 0x008000],
    [0x0000ff, 0xffff00],
  ];
  return encodePng(width, height, (x, y) => colours[y < height / 2 ? 0 : 1]?.[x < width / 2 ? 0 : 1] ?? 0);
}

/** The quarters as a JPEG that asks to be turned by a quarter to the right, as phones write them. */
async function makeTurnedJpeg(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage();
  const source = `data:image/png;base64,${makeQuarters(200, 600).toString('base64')}`;
  const jpeg = await page.evaluate<string>(`(async () => {
    const picture = Object.assign(new Image(), { src: ${JSON.stringify(source)} });
    await picture.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 200, height: 600 });
    canvas.getContext('2d').drawImage(picture, 0, 0);
    return canvas.toDataURL('image/jpeg', 1).split(',')[1];
  })()`);
  await page.close();
  const plain = Buffer.from(jpeg, 'base64');
  const orientation = '4d4d002a0000000800010112000300000001000600000000000000';
  const exif = Buffer.from(`ffe10000457869660000${orientation}`, 'hex');
  exif.writeUInt16BE(exif.length - 2, 2);
  return Buffer.concat([plain.subarray(0, 2), exif, plain.subarray(2)]);
}

function readSample(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../../samples', name));
}

async function judge(folder: string, path: string, content: Buffer): Promise<Asset> {
  const file = join(folder, path);
  writeFiles(folder, { [path]: content });
  const type = /png$/i.test(path) ? 'image/png' : 'image/jpeg';
  const candidate = { path, type, file, isLink: false } as const;
  const asset = applyJudgement(candidate, await judgeContent(candidate, 'error'));
  assert.ok('sha256' in asset, path);
  return asset;
}

/** Writes the gallery of these files, and gives its address. */
async function writeGallery(folder: string, files: Readonly<Record<string, Buffer>>): Promise<string> {
  const now = new Map<string, string>();
  const judged = Object.entries(files).map(async ([path, content]) => {
    now.set(path, content.toString('base64'));
    const asset = await judge(folder, path, content);
    return makeOutcome(path, 'invalid', { asset, findings: asset.findings });
  });
  const head = {
    isSuccess: false,
    remarks: [],
    facts: [],
    pictures: undefined,
    reportPath: 'gallery.html',
    embedded: { now, before: new Map() },
  };
  const name = `gallery-${judged.length}.html`;
  writeFiles(folder, { [name]: buildGallery(await Promise.all(judged), head, 25_000_000) });
  return pathToFileURL(join(folder, name)).href;
}

function findCard(page: Page, path: string): Locator {
  return page.locator('.card', { has: page.locator(`a[href="#${path}"]`) });
}

/** Opens the editor of a card; its frame. */
async function openEditor(page: Page, path: string): Promise<Locator> {
  const card = findCard(page, path);
  if ((await card.locator('details.fix[open]').count()) === 0) await card.getByText('Fix it here').click();
  const frame = card.getByRole('slider');
  await frame.waitFor();
  await frame.scrollIntoViewIfNeeded();
  return frame;
}

/** Drags the frame by so many of its page's pixels. */
async function dragFrame(page: Page, frame: Locator, x: number, y: number): Promise<void> {
  const box = await frame.boundingBox();
  assert.ok(box);
  const [startX, startY] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(startX, startY);
  await page.mouse.down();
  await page.mouse.move(startX + x, startY + y, { steps: 3 });
  await page.mouse.up();
}

interface Saved {
  readonly name: string;
  readonly bytes: Buffer;
}

async function download(page: Page, path: string): Promise<Saved> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    findCard(page, path)
      .getByRole('button', { name: /^Download/ })
      .click(),
  ]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Asserts the colours of a downloaded JPEG at some points; JPEG is inexact. */
async function assertColours(
  page: Page,
  { bytes }: Saved,
  expected: readonly (readonly [x: number, y: number, colour: readonly number[]])[],
  tolerance = 30,
): Promise<void> {
  const seen = await page.evaluate<number[][]>(`(async () => {
    const picture = Object.assign(new Image(), { src: 'data:image/jpeg;base64,${bytes.toString('base64')}' });
    await picture.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 1200, height: 628 });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    const points = ${JSON.stringify(expected.map(([x, y]) => [x, y]))};
    return points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3));
  })()`);
  for (const [index, [x, y, colour]] of expected.entries()) {
    const off = Math.max(...colour.map((value, at) => Math.abs(value - (seen[index]?.[at] ?? Number.NaN))));
    assert.ok(off <= tolerance, `${x}, ${y}: ${seen[index]} instead of ${colour}`);
  }
}

const tall = 'whatsapp/tall.png';
const wide = 'whatsapp/wide.png';
const turned = 'whatsapp/turned.jpg';

test('in a browser', { skip: withoutBrowser }, async (t) => {
  const folder = makeFolder(t);
  const browser = await openBrowser();
  const tooLarge = encodePng(1500, 900, () => 0xff0000, { comment: ' '.repeat(5_300_000) });
  const url = await writeGallery(folder, {
    [tall]: makeQuarters(400, 400),
    [wide]: makeQuarters(800, 200),
    [turned]: await makeTurnedJpeg(browser),
    'glass.png': encodePng(300, 300, () => 0xff000000, { channels: 4 }),
    'cmyk.jpg': readSample('jpeg-cmyk.jpg'),
    'sixteen.png': readSample('png-rgb-16.png'),
    'palette.PNG': readSample('png-palette-8.png'),
    'large.png': tooLarge,
    'square.jpg': readSample('jpeg-square.jpg'),
    '12-bit.jpg': readSample('jpeg-12-bit.jpg'),
  });
  const watched = await openWatched(browser, url);
  await tryFrames(t, watched.page);
  await tryTouch(t, browser, await writeGallery(folder, { [tall]: makeQuarters(400, 400) }));
  await tryFiles(t, folder, watched.page);

  await t.test('what the browser cannot show it does not offer to mend', async () => {
    const card = findCard(watched.page, '12-bit.jpg');
    await card.scrollIntoViewIfNeeded();
    await card.getByText('This browser cannot show it').waitFor();
    assert.equal(await card.locator('.fix').count(), 0);
  });

  await t.test('nothing left the page', () => assertSilent(watched, url));
});

function assertSilent({ complaints, requests }: WatchedPage, url: string): void {
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests, [url]);
}

async function tryFrames(t: TestContext, page: Page): Promise<void> {
  // Of 400 × 400 pixels the frame holds 209.3 rows; the quarters meet at row 200.
  await t.test('the mouse decides the rows', async () => {
    const frame = await openEditor(page, tall);
    await assertColours(page, await download(page, tall), [
      [590, 304, RED],
      [610, 304, GREEN],
      [590, 324, BLUE],
      [610, 324, YELLOW],
    ]);
    await dragFrame(page, frame, 0, -2000);
    const top = await download(page, tall);
    await assertColours(page, top, [
      [590, 590, RED],
      [590, 612, BLUE],
    ]);
    assert.equal(top.name, 'tall.jpg');
    assert.equal(
      await findCard(page, tall).locator('.fix-done').textContent(),
      'Downloaded. Put it at whatsapp/tall.jpg and remove whatsapp/tall.png.',
    );
    const way = (await findCard(page, tall).locator('.stage').boundingBox())?.height ?? 0;
    await dragFrame(page, frame, 0, way / 4);
    // A quarter of 400 rows further down: rows 100 to 309.
    await assertColours(page, await download(page, tall), [
      [590, 290, RED],
      [590, 310, BLUE],
    ]);
  });

  await t.test('arrow keys decide the rows, and say so', async () => {
    const frame = await openEditor(page, tall);
    await frame.focus();
    await page.keyboard.press('End');
    for (let press = 0; press < 10; press += 1) await page.keyboard.press('ArrowUp');
    assert.equal(await frame.getAttribute('aria-valuetext'), '90 % from the top');
    assert.equal(await frame.getAttribute('aria-valuenow'), '90');
    await assertColours(page, await download(page, tall), [
      [590, 75, RED],
      [590, 95, BLUE],
    ]);
    await frame.focus();
    await page.keyboard.press('Tab');
    const focused = await page.evaluate('document.activeElement.textContent');
    assert.equal(focused, 'Download as 1200 × 628 JPEG');
  });

  // Of 800 × 200 pixels the frame holds 382.2 columns; the quarters meet at column 400.
  await t.test('of a wide picture they decide the columns', async () => {
    const frame = await openEditor(page, wide);
    await dragFrame(page, frame, 2000, 0);
    await assertColours(page, await download(page, wide), [
      [20, 300, GREEN],
      [20, 330, YELLOW],
    ]);
    await frame.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('PageDown');
    assert.equal(await frame.getAttribute('aria-valuetext'), '10 % from the left');
    // Columns 41.8 to 424.
    await assertColours(page, await download(page, wide), [
      [1110, 300, RED],
      [1140, 300, GREEN],
    ]);
  });

  // Turned to the right, 600 × 200 pixels: blue and red above, yellow and green below.
  await t.test('of a picture turned by EXIF, what people see counts', async () => {
    const frame = await openEditor(page, turned);
    await assertColours(page, await download(page, turned), [
      [100, 100, BLUE],
      [1100, 100, RED],
      [100, 500, YELLOW],
      [1100, 500, GREEN],
    ]);
    await frame.focus();
    await page.keyboard.press('Home');
    const saved = await download(page, turned);
    await assertColours(page, saved, [
      [920, 100, BLUE],
      [965, 100, RED],
    ]);
    assert.equal(saved.name, 'turned.jpg');
  });
}

async function tryTouch(t: TestContext, browser: Browser, url: string): Promise<void> {
  await t.test('a finger decides the rows', async () => {
    const watched = await openWatched(browser, url, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const { page } = watched;
    const frame = await openEditor(page, tall);
    const box = await frame.boundingBox();
    assert.ok(box);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: at === undefined ? [] : [{ x, y: at }],
      });
    await touch('touchStart', y);
    for (const moved of [20, 60, 300]) await touch('touchMove', y - moved);
    await touch('touchEnd');
    await assertColours(page, await download(page, tall), [
      [590, 590, RED],
      [590, 612, BLUE],
    ]);
    assertSilent(watched, url);
    await watched.close();
  });
}

async function tryFiles(t: TestContext, folder: string, page: Page): Promise<void> {
  const green = [0, 165, 68];
  const orange = [230, 85, 35];
  const corners = [
    [20, 10, green],
    [1180, 610, orange],
  ] as const;
  const cases: readonly [path: string, colours: Parameters<typeof assertColours>[2], size: string][] = [
    ['cmyk.jpg', corners, '382 × 200 pixels: enlarged, the picture will look soft.'],
    ['sixteen.png', corners, '95 × 50 pixels: enlarged, the picture will look soft.'],
    ['palette.PNG', corners, '382 × 200 pixels: enlarged, the picture will look soft.'],
    ['large.png', [[600, 314, RED]], '1500 × 785 pixels.'],
    ['square.jpg', [[600, 314, [120, 127, 51]]], '300 × 157 pixels: enlarged, the picture will look soft.'],
    ['glass.png', [[600, 314, WHITE]], '300 × 157 pixels: enlarged, the picture will look soft.'],
  ];
  for (const [path, colours, size] of choose(cases, 3)) {
    await t.test(`the download of ${path} passes the check`, async () => {
      await openEditor(page, path);
      assert.equal(await findCard(page, path).locator('.fix-size').textContent(), `The frame holds ${size}`);
      const saved = await download(page, path);
      await assertColours(page, saved, colours, 45);
      assert.equal(saved.name, path.replace(/png$/i, 'jpg'));
      const { facts, findings } = await judge(folder, `saved/${saved.name}`, saved.bytes);
      assert.deepEqual(findings, []);
      assert.deepEqual([facts?.width, facts?.height, facts?.colour], [1200, 628, 'RGB']);
    });
  }
}
