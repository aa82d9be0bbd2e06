// The gallery as text: its head and its order, what it leaves out, what it lets no one smuggle in.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { buildGallery, SCRIPT, STYLE } from '../../../src/report/gallery/gallery.ts';
import { makeAsset } from '../../support/asset.ts';
import { makeOutcome } from '../../support/outcome.ts';
import {
  buildPage,
  head,
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

test('the policy allows the own style and script, and data for media, and nothing else', () => {
  const html = buildGallery([], head, plenty);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
  const hashOf = (element: string): string => {
    const text = new RegExp(`<${element}>(.*)</${element}>`, 's').exec(html)?.[1] ?? '';
    assert.ok(text.length > 1000, element);
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };
  assert.deepEqual(policy?.split('; '), [
    "default-src 'none'",
    'img-src data:',
    'media-src data:',
    `style-src ${hashOf('style')}`,
    `script-src ${hashOf('script')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert.doesNotMatch(html, / style="/);
});

test('the verdict of the run stands at the head', () => {
  for (const [isSuccess, verdict] of [
    [true, 'is-success">✓'],
    [false, 'is-failure">✗'],
  ] as const) {
    assert.ok(buildPage([], {}, plenty, { ...head, isSuccess }).includes(`class="verdict ${verdict}`));
  }
});

test('the head names the run, with links where there is an address', () => {
  const facts = [
    { name: 'Repository', text: 'octo/<b>', address: repositoryUrl },
    { name: 'Mode', text: 'output' },
  ];
  const html = buildPage([], {}, plenty, { ...head, facts });
  assert.ok(html.includes(`<dt>Repository</dt> <dd><a href="${repositoryUrl}">octo/&lt;b&gt;</a></dd>`));
  assert.ok(html.includes('<dt>Mode</dt> <dd>output</dd>'));
});

test('more than a hundred assets begin as a list', () => {
  const many = (length: number) =>
    Array.from({ length }, (_, index) => makeOutcome(`${index}.png`, 'unchanged'));
  assert.match(buildPage(many(101)), /id="as-list" autocomplete="off" checked>/);
  assert.match(buildPage(many(100)), /id="as-list" autocomplete="off">/);
});

test('there is a filter for each status that occurs, and for what is warned of', () => {
  const findings = [makeFinding('x', 'warning')];
  const html = buildPage([
    makeOutcome('a.png', 'invalid'),
    makeOutcome('b.png', 'uploaded', { findings }),
    makeOutcome('c.png', 'uploaded'),
  ]);
  const chips = html.matchAll(
    /name="status" value="(\w*)" autocomplete="off"( checked)?><span class="chip-label">(\w+) <b class="chip-count">(\d+)</g,
  );
  assert.deepEqual(
    [...chips].map(([, value, checked = '', title, count]) => `${value}: ${title} ${count}${checked}`),
    [': All 3 checked', 'invalid: Invalid 1', 'warned: Warnings 1', 'uploaded: Uploaded 2'],
  );
});

test('where there is nothing, it says so', () => {
  assert.match(buildPage([]), /id="nothing">No assets\.</);
  assert.match(buildPage([makeOutcome('a.png', 'removed')]), /id="nothing" hidden>No asset matches\.</);
});
