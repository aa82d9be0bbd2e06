// A card of the gallery: what was found, what mends it, what became of it, and its ID.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeRemedy } from '../../../media/remedy.ts';
import type { Finding } from '../../../src/assets/judge.ts';
import { makeAsset } from '../../support/asset.ts';
import { makeEntry } from '../../support/manifest-entry.ts';
import { makeOutcome } from '../../support/outcome.ts';
import { buildPage, head, makeFinding, plenty, showPicture } from '../../support/gallery.ts';

test('errors and warnings are told apart, and commands from words', () => {
  const findings = [makeFinding('x', 'error', 'do `it <now>`'), makeFinding('y', 'warning', 'mind')];
  const html = buildPage([makeOutcome('a.png', 'invalid', { findings, reason: 'no `x`' })], {}, plenty, {
    ...head,
    remarks: ['use `y`'],
  });
  assert.match(html, /class="reason">no <code>x<\/code></);
  assert.match(html, /class="remark">use <code>y<\/code></);
  assert.match(html, /finding-error"><b class="finding-level">Error<\/b>do <code>it &lt;now&gt;<\/code></);
  assert.match(html, /finding-warning"><b class="finding-level">Warning<\/b>mind</);
});

test('a card has its percent-encoded path for an address', () => {
  const html = buildPage([makeOutcome('whatsapp/50 % "off" #1\ud800ä.png', 'unchanged')]);
  const address = 'whatsapp/50%20%25%20%22off%22%20%231%EF%BF%BD%C3%A4.png';
  assert.ok(html.includes(` id="${address}"`) && html.includes(`<a href="#${address}">`), html);
});

test('the folder stands apart from the name, where there is one', () => {
  const titleOf = (path: string): string | undefined =>
    /<h2><a [^>]*>(.*?)<\/a>/.exec(buildPage([makeOutcome(path, 'unchanged')]))?.[1];
  assert.equal(titleOf('a/b <c>/d.png'), '<span class="folder">a/b &lt;c&gt;/</span>d.png');
  assert.equal(titleOf('d.png'), 'd.png');
});

test('an ID of several lines stands there to the letter', () => {
  const id = '4:a<b>:&"\':e:1:x\n4:second line';
  const html = buildPage([makeOutcome('a.png', 'uploaded', { id })]);
  assert.ok(html.includes('<code>4:a&lt;b&gt;:&amp;&quot;&#39;:e:1:x\n4:second line</code>'), html);
});

test('a superseded asset shows no ID', () => {
  const html = buildPage([makeOutcome('a.png', 'superseded', { id: '4:abc' })]);
  assert.doesNotMatch(html, /4:abc/);
});

test('the expiry stands there as a time that a script can read', () => {
  const entry = makeEntry({ id: '4:abc', expiresAt: '2026-11-27T05:33:00Z' });
  const html = buildPage([makeOutcome('a.png', 'unchanged', { entry })]);
  assert.match(html, /Expires <time datetime="2026-11-27T05:33:00\.000Z">27 Nov 2026, 05:33 UTC<\/time>/);
});

test('a picture can be fixed in its size, shape, colour and depth, where the page holds it', () => {
  const fixable = ['image-size', 'image-bits', 'image-colour', 'image-reduced-colour', 'image-crop'];
  const cases = [
    ...fixable.map((rule) => [rule, 'AAAA', true] as const),
    ['image-crop', undefined, false],
    ['image-truncated', 'AAAA', false],
    ['image-of-tomorrow', 'AAAA', false],
  ] as const;
  for (const [rule, content, expected] of cases) {
    const outcome = showPicture({}, { findings: [makeFinding(rule)] });
    const html = buildPage([outcome], content === undefined ? {} : { content });
    assert.equal(/<details class="fix needs-script" data-path="a\.png">/.test(html), expected, rule);
  }
});

test('what is no picture to fix here has the one command for all its findings to copy', () => {
  const late = makeFinding('video-moov-order', 'warning', 'late');
  const facts = { size: 1, width: 640, height: 360 };
  const video = makeAsset('a.mp4', 'a', { type: 'video/mp4', facts });
  const show = (findings: readonly Finding[]): string =>
    buildPage([makeOutcome('a.mp4', 'uploaded', { asset: video, findings })]);
  const findings = [late, makeFinding('video-b-frames', 'warning', 'bad')];
  const commands = [...show(findings).matchAll(/<div class="handle is-command">.*?<code>(.*?)<\/code>/gs)];
  assert.deepEqual(
    commands.map(([, command = '']) => command.replaceAll('&quot;', '"').replaceAll('&amp;', '&')),
    [composeRemedy('a.mp4', findings, facts)],
  );
  assert.doesNotMatch(show([late, makeFinding('video-damaged')]), /is-command/);
});
