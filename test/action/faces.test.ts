// Comment and summary of real runs on pages like GitHub's, at the widths that people see them in.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openBrowser, withoutBrowser } from '../support/browser.ts';
import { checkOut, openHosting, pullRequestEvent, runIn } from '../support/checkout.ts';
import { choose } from '../support/extent.ts';
import { layOut } from '../support/github-page.ts';
import { makePng } from '../support/sample-media.ts';
import { runIntoEveryStatus } from './gallery-run.ts';

const samples = join(import.meta.dirname, '../samples');
/** Where to put screenshots for people to look at, if anywhere. */
const looksFolder = process.env.SCREENSHOTS;
const longName = `whatsapp/${'Sommeraktion_2026_'.repeat(6)}ohnePauseUndOhneStrichInDerMitteDesNamens/titel.png`;
const picture = makePng('picture');

/** The comment of a check that finds something of everything, with a changed picture and a film with several faults. */
async function commentOf(t: TestContext): Promise<string> {
  const hosting = await openHosting(t, { 'README.md': 'x' });
  const baseSha = (await hosting.repository.head('main')) ?? '';
  await hosting.repository.setBranch('topic', 'main');
  const sha = await hosting.repository.push('topic', {
    'whatsapp/large.png': makePng('large', 6 * 1024 * 1024),
    'whatsapp/Sommer Aktion/spot.mp4': readFileSync(join(samples, 'mp4-high10-b-frames.mp4')),
    'whatsapp/cmyk.jpg': readFileSync(join(samples, 'jpeg-cmyk.jpg')),
    'whatsapp/portrait.png': readFileSync(join(samples, 'png-portrait.png')),
    [longName]: makePng('long'),
    ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`whatsapp/x/${at}.png`, makePng(at)])),
  });
  await hosting.repository.openPullRequest({ head: 'topic', base: 'main' });
  const result = await runIn(await checkOut(t, hosting, 'topic'), {
    context: pullRequestEvent({ ref: 'topic', sha }, { baseSha }),
    inputs: { mode: 'check', comment: 'true' },
  });
  assert.equal(result.exitCode, 1, result.stdout);
  return hosting.repository.findPullRequest(1)?.comments[0]?.body ?? '';
}

test('comment and summary can be judged by at every width', { skip: withoutBrowser }, async (t) => {
  const texts = { comment: await commentOf(t), summary: (await runIntoEveryStatus(t, 30)).result.summary };
  assert.match(texts.summary, / before"/);
  const browser = await openBrowser();
  const pages = Object.entries(texts).flatMap(([name, markdown]) =>
    [390, 780, 1012].flatMap((width) =>
      [true, false].map((isBounded) => ({ name, markdown, width, isBounded })),
    ),
  );
  for (const { name, markdown, width, isBounded } of choose(pages, 4)) {
    await t.test(`${name}, ${width} px, ${isBounded ? 'bounded' : 'plain'} pictures`, async () => {
      const screenshot = looksFolder && join(looksFolder, `${name}-${width}-${isBounded}.png`);
      const { pictures, words, overflow } = await layOut(browser, markdown, {
        width,
        isBounded,
        picture,
        screenshot,
      });
      assert.equal(overflow, 0, 'nothing is scrolled sideways');
      assert.ok(pictures.length > 4);
      const least = width === 390 ? 80 : 150;
      // The portrait is bounded by its height.
      const small = pictures.filter((each) => each < least);
      assert.ok(small.length <= 1 && Math.min(...pictures) >= 80, `${pictures}`);
      assert.ok(Math.min(...words) >= 140, `${words}`);
    });
  }
});
