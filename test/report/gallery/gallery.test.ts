// The gallery as text: its order, what it leaves out, what it lets no one smuggle in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCRIPT, STYLE } from '../../../src/report/gallery/page.ts';
import { makeAsset } from '../../support/asset.ts';
import { makeOutcome } from '../../support/outcome.ts';
import {
  buildPage,
  makeFinding,
  makePicture,
  onGitHub,
  plenty,
  repositoryUrl,
  showPicture,
} from '../../support/gallery.ts';

test('nothing but data is loaded; other addresses are links', () => {
  const html = buildPage([showPicture({}, { isChanged: true })], {}, plenty, {
    ...onGitHub,
    facts: [{ name: 'Run', text: '1', address: `${repositoryUrl}/actions/runs/1` }],
  });
  assert.doesNotMatch(html, /\bsrc="(?!data:)/);
  const addresses = [...html.matchAll(/<(\w+) [^>]*href="(?!#|data:)([^"]*)"/g)];
  assert.equal(addresses.length, 3);
  for (const [, tag] of addresses) assert.equal(tag, 'a');
});

test('says nothing of what was left out when all have room', () => {
  assert.doesNotMatch(buildPage([showPicture({})]), /has no room</);
  assert.match(buildPage([showPicture({})], {}, 0), />and 1 more, for which this page has no room</);
});

test('what is only warned of is counted, marked, and comes right after the errors', () => {
  const warning = { findings: [makeFinding('x', 'warning')] };
  const html = buildPage([
    makeOutcome('a.png', 'unchanged'),
    makeOutcome('b.png', 'pending'),
    makeOutcome('c.png', 'invalid', warning),
    makeOutcome('d.png', 'unchanged', warning),
    makeOutcome('e.png', 'invalid'),
    makeOutcome('f.png', 'uploaded', warning),
  ]);
  const order = [...html.matchAll(/ id="(\w\.png)" data-status="\w+"( data-warned)?>/g)];
  assert.deepEqual(
    order.map(([, name, mark]) => `${name}${mark ?? ''}`),
    ['c.png', 'e.png', 'd.png data-warned', 'f.png data-warned', 'b.png', 'a.png'],
  );
  assert.match(html, /value="warned"[^>]*><span class="chip-label">Warnings <b class="chip-count">2</);
  assert.doesNotMatch(buildPage([makeOutcome('a.png', 'unchanged')]), /value="warned"/);
});

/** Text from outside, in every place where it gets into the page. */
const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u0007';
test('text from file names and servers stays text', () => {
  const path = `${hostile}/${hostile}.png`;
  const asset = makePicture({ path, facts: { size: 1, width: 9, height: 9 } });
  const findings = [makeFinding('image-crop', 'warning', `${hostile}\`ffmpeg ${hostile}\``)];
  const video = makeOutcome(path, 'uploaded', {
    asset: makeAsset(path, 'v', { type: 'video/mp4' }),
    findings,
  });
  const picture = makeOutcome(path, 'uploaded', { asset, reason: hostile, findings, isChanged: true });
  const facts = [
    { name: 'Branch', text: hostile, address: `https://github.example/"><script>` },
    { name: 'Mode', text: hostile },
  ];
  const html = buildPage([picture, video], { content: 'AAAA', contentBefore: 'AAAA' }, plenty, {
    ...onGitHub,
    remarks: [hostile],
    facts,
  });
  assert.equal(html.match(/<script/g)?.length, 1, 'the own script only');
  assert.equal(html.match(/<img/g)?.length, 2, 'the pictures only');
  assert.doesNotMatch(html, /[\u202e\u0007]/);
});

test('cards that do not fit are counted', () => {
  const outcomes = Array.from({ length: 500 }, (_, index) =>
    makeOutcome(`whatsapp/${index}.png`, 'unchanged'),
  );
  const html = buildPage(outcomes, {}, 100_000);
  assert.ok(Buffer.byteLength(html + STYLE + SCRIPT) <= 100_000);
  const shown = html.match(/<h2>/g)?.length ?? 0;
  assert.ok(shown > 50, `${shown}`);
  assert.ok(html.includes(`and ${500 - shown} more`));
});
