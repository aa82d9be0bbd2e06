// A card of the gallery: what it shows of its asset, what was found, what mends it, what became of it, and its ID.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { composeRemedy } from '../../../media/remedy.ts';
import type { Asset, Finding } from '../../../src/assets/judge.ts';
import { makeAsset } from '../../support/asset.ts';
import { makeEntry } from '../../support/manifest-entry.ts';
import { makeOutcome } from '../../support/outcome.ts';
import {
  buildPage,
  head,
  makeFinding,
  notReal,
  onGitHub,
  pdf,
  pictures,
  plenty,
  repositoryUrl,
  showPicture,
} from '../../support/gallery.ts';

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

test('a tile stands for what is not shown, with a link to the file', () => {
  const noRoom = 'No preview: the page has no room for it';
  const link = (name: string) =>
    ` <a href="../${name}">Open the file<span class="hidden-text"> a.png</span></a>`;
  const table = [
    [makeOutcome('a.png', 'removed'), 'missing', 'No preview'],
    [showPicture({}), 'image', `${noRoom}${link('a.png')}`],
    [showPicture({ type: 'video/mp4' }), 'video', `${noRoom}${link('a.png')}`],
    [showPicture({ isLfsPointer: true }), 'image', 'No preview: the checkout holds only its Git LFS pointer'],
    [showPicture(notReal()), 'image', `No preview: it is not what its name says${link('a.png')}`],
  ] as const;
  for (const [outcome, symbol, text] of table) {
    const html = buildPage([outcome]);
    const tile = `<use href="#icon-${symbol}"/></svg><span class="tile-text">${text}</span>`;
    assert.ok(html.includes(tile), `${symbol}: ${text}`);
  }
  assert.doesNotMatch(buildPage([makeOutcome('a.png', 'removed')]), /class="facts"/);
});

test('where there is a commit, links lead to the files there', () => {
  const address = (sha: string) => `href="${repositoryUrl}/blob/${sha}/a.png">`;
  const changed = buildPage([showPicture({ isLfsPointer: true }, { isChanged: true })], {}, plenty, onGitHub);
  assert.ok(changed.includes(`${address(pictures.sha)}Open the file`));
  assert.ok(changed.includes(`${address(pictures.shaBefore)}See it before the change`));
  const document = buildPage([showPicture(pdf())], {}, plenty, onGitHub);
  assert.ok(document.includes(`${address(pictures.sha)}a.png</a>`));
});

test('a changed picture stands above the one before, where that is at hand', () => {
  const changed = showPicture({}, { isChanged: true });
  const html = buildPage([changed], { content: 'AAAA', contentBefore: 'BBBB' }, plenty, onGitHub);
  assert.match(html, /base64,AAAA".*<figcaption>Before<\/figcaption><img src="data:image\/png;base64,BBBB"/s);
  assert.doesNotMatch(html, /See it before/);
  const unchanged = buildPage([showPicture({})], {}, plenty, onGitHub);
  assert.doesNotMatch(unchanged, /See it before/);
  assert.doesNotMatch(buildPage([changed]), /See it before/, 'no commit before');
});

test('previews: image with its crop, video, document', () => {
  const cases: readonly [expected: RegExp, overrides: Partial<Asset>, content: string | undefined][] = [
    [/<img src="data:image\/png;base64,AAAA" alt="a\.png"/, {}, 'AAAA'],
    [/has-crop is-tall.*\(48 %\)/, { facts: { size: 1, width: 300, height: 300 } }, 'AAAA'],
    [/has-crop is-wide.*\(53 %\)/, { facts: { size: 1, width: 400, height: 100 } }, 'AAAA'],
    [/<video controls[^>]* src="data:video\/mp4;base64,AAAA"/, { type: 'video/mp4' }, 'AAAA'],
    [/class="document".*<a href="\.\.\/a\.png">a\.png<\/a>.*1000 bytes · PDF/, pdf(), undefined],
    [/<a href="data:application\/pdf;base64,AAAA" download="a\.png">a\.png<\/a>/, pdf(), 'AAAA'],
  ];
  for (const [expected, overrides, content] of cases) {
    assert.match(buildPage([showPicture(overrides)], content === undefined ? {} : { content }), expected);
  }
});

test('a picture that loses nothing worth seeing has no switch', () => {
  assert.doesNotMatch(buildPage([showPicture({})], { content: 'AAAA' }), /class="cut"/);
});
