// The gallery as text: what it says of each ending, what it leaves out, what it lets no one smuggle in.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Asset, Finding } from '../../../src/assets/judge.ts';
import type { Outcome } from '../../../src/outcome.ts';
import { buildGallery } from '../../../src/report/gallery/gallery.ts';
import type { GalleryHead } from '../../../src/report/gallery/head.ts';
import { measureContent } from '../../../src/report/gallery/embedded.ts';
import { SCRIPT, STYLE } from '../../../src/report/gallery/page.ts';
import { composeRemedy } from '../../../media/remedy.ts';
import { makeAsset } from '../../support/asset.ts';
import { makeEntry } from '../../support/manifest-entry.ts';
import { makeOutcome } from '../../support/outcome.ts';

const repositoryUrl = 'https://github.example/octo/assets';
const pictures = { repositoryUrl, sha: 'a'.repeat(40), shaBefore: 'b'.repeat(40) };
const head: GalleryHead = {
  isSuccess: true,
  remarks: [],
  facts: [],
  pictures: undefined,
  reportPath: 'out/gallery.html',
  embedded: { now: new Map(), before: new Map() },
};
const onGitHub: GalleryHead = { ...head, pictures };
const plenty = 25_000_000;

/** A picture of the header's shape; overrides come on top. */
function makePicture(overrides: Partial<Asset> = {}): Asset {
  const facts = { size: 1000, width: 1200, height: 628 };
  return makeAsset('a.png', 'a', { type: 'image/png', size: 1000, facts, ...overrides });
}

function showPicture(overrides: Partial<Asset>, more: Partial<Outcome> = {}): Outcome {
  return makeOutcome('a.png', 'uploaded', { asset: makePicture(overrides), ...more });
}

/** The page without the text of its own style and script. */
function build(
  outcomes: readonly Outcome[],
  { content, contentBefore }: { readonly content?: string; readonly contentBefore?: string } = {},
  maxBytes = plenty,
  itsHead = head,
): string {
  const list = (text: string | undefined): ReadonlyMap<string, string> =>
    new Map(text === undefined ? [] : outcomes.map(({ path }) => [path, text]));
  const embedded = { now: list(content), before: list(contentBefore) };
  return buildGallery(outcomes, { ...itsHead, embedded }, maxBytes)
    .replace(STYLE, '')
    .replace(SCRIPT, '');
}

function find(rule: string, level: Finding['level'] = 'error', message = rule): Finding {
  return { rule, level, message };
}

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

test('nothing but data is loaded; other addresses are links', () => {
  const html = build([showPicture({}, { isChanged: true })], {}, plenty, {
    ...onGitHub,
    facts: [{ name: 'Run', text: '1', address: `${repositoryUrl}/actions/runs/1` }],
  });
  assert.doesNotMatch(html, /\bsrc="(?!data:)/);
  const addresses = [...html.matchAll(/<(\w+) [^>]*href="(?!#|data:)([^"]*)"/g)];
  assert.equal(addresses.length, 3);
  for (const [, tag] of addresses) assert.equal(tag, 'a');
});

test('says nothing of what was left out when all have room', () => {
  assert.doesNotMatch(build([showPicture({})]), /has no room</);
  assert.match(build([showPicture({})], {}, 0), />and 1 more, for which this page has no room</);
});

test('the verdict of the run stands at the head', () => {
  for (const [isSuccess, verdict] of [
    [true, 'is-success">✓'],
    [false, 'is-failure">✗'],
  ] as const) {
    assert.ok(build([], {}, plenty, { ...head, isSuccess }).includes(`class="verdict ${verdict}`));
  }
});

test('the head names the run, with links where there is an address', () => {
  const facts = [
    { name: 'Repository', text: 'octo/<b>', address: repositoryUrl },
    { name: 'Mode', text: 'output' },
  ];
  const html = build([], {}, plenty, { ...head, facts });
  assert.ok(html.includes(`<dt>Repository</dt> <dd><a href="${repositoryUrl}">octo/&lt;b&gt;</a></dd>`));
  assert.ok(html.includes('<dt>Mode</dt> <dd>output</dd>'));
});

test('errors and warnings are told apart, and commands from words', () => {
  const findings = [find('x', 'error', 'do `it <now>`'), find('y', 'warning', 'mind')];
  const html = build([makeOutcome('a.png', 'invalid', { findings, reason: 'no `x`' })], {}, plenty, {
    ...head,
    remarks: ['use `y`'],
  });
  assert.match(html, /class="reason">no <code>x<\/code></);
  assert.match(html, /class="remark">use <code>y<\/code></);
  assert.match(html, /finding-error"><b class="finding-level">Error<\/b>do <code>it &lt;now&gt;<\/code></);
  assert.match(html, /finding-warning"><b class="finding-level">Warning<\/b>mind</);
});

test('what is only warned of is counted, marked, and comes right after the errors', () => {
  const warning = { findings: [find('x', 'warning')] };
  const html = build([
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
  assert.doesNotMatch(build([makeOutcome('a.png', 'unchanged')]), /value="warned"/);
});

test('a card has its percent-encoded path for an address', () => {
  const html = build([makeOutcome('whatsapp/50 % "off" #1\ud800ä.png', 'unchanged')]);
  const address = 'whatsapp/50%20%25%20%22off%22%20%231%EF%BF%BD%C3%A4.png';
  assert.ok(html.includes(` id="${address}"`) && html.includes(`<a href="#${address}">`), html);
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
    const html = build([outcome]);
    const tile = `<use href="#icon-${symbol}"/></svg><span class="tile-text">${text}</span>`;
    assert.ok(html.includes(tile), `${symbol}: ${text}`);
  }
  assert.doesNotMatch(build([makeOutcome('a.png', 'removed')]), /class="facts"/);
});

test('where there is a commit, links lead to the files there', () => {
  const address = (sha: string) => `href="${repositoryUrl}/blob/${sha}/a.png">`;
  const changed = build([showPicture({ isLfsPointer: true }, { isChanged: true })], {}, plenty, onGitHub);
  assert.ok(changed.includes(`${address(pictures.sha)}Open the file`));
  assert.ok(changed.includes(`${address(pictures.shaBefore)}See it before the change`));
  const document = build([showPicture(pdf())], {}, plenty, onGitHub);
  assert.ok(document.includes(`${address(pictures.sha)}a.png</a>`));
});

test('a changed picture stands above the one before, where that is at hand', () => {
  const changed = showPicture({}, { isChanged: true });
  const html = build([changed], { content: 'AAAA', contentBefore: 'BBBB' }, plenty, onGitHub);
  assert.match(html, /base64,AAAA".*<figcaption>Before<\/figcaption><img src="data:image\/png;base64,BBBB"/s);
  assert.doesNotMatch(html, /See it before/);
  const unchanged = build([showPicture({})], {}, plenty, onGitHub);
  assert.doesNotMatch(unchanged, /See it before/);
  assert.doesNotMatch(build([changed]), /See it before/, 'no commit before');
});

test('an ID of several lines stands there to the letter', () => {
  const id = '4:a<b>:&"\':e:1:x\n4:second line';
  const html = build([makeOutcome('a.png', 'uploaded', { id })]);
  assert.ok(html.includes('<code>4:a&lt;b&gt;:&amp;&quot;&#39;:e:1:x\n4:second line</code>'), html);
});

test('a superseded asset shows no ID', () => {
  const html = build([makeOutcome('a.png', 'superseded', { id: '4:abc' })]);
  assert.doesNotMatch(html, /4:abc/);
});

test('the expiry stands there as a time that a script can read', () => {
  const entry = makeEntry({ id: '4:abc', expiresAt: '2026-11-27T05:33:00Z' });
  const html = build([makeOutcome('a.png', 'unchanged', { entry })]);
  assert.match(html, /Expires <time datetime="2026-11-27T05:33:00\.000Z">27 Nov 2026, 05:33 UTC<\/time>/);
});

/** Text from outside, in every place where it gets into the page. */
const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u0007';
test('text from file names and servers stays text', () => {
  const path = `${hostile}/${hostile}.png`;
  const asset = makePicture({ path, facts: { size: 1, width: 9, height: 9 } });
  const findings = [find('image-crop', 'warning', `${hostile}\`ffmpeg ${hostile}\``)];
  const video = makeOutcome(path, 'uploaded', {
    asset: makeAsset(path, 'v', { type: 'video/mp4' }),
    findings,
  });
  const picture = makeOutcome(path, 'uploaded', { asset, reason: hostile, findings, isChanged: true });
  const facts = [
    { name: 'Branch', text: hostile, address: `https://github.example/"><script>` },
    { name: 'Mode', text: hostile },
  ];
  const html = build([picture, video], { content: 'AAAA', contentBefore: 'AAAA' }, plenty, {
    ...onGitHub,
    remarks: [hostile],
    facts,
  });
  assert.equal(html.match(/<script/g)?.length, 1, 'the own script only');
  assert.equal(html.match(/<img/g)?.length, 2, 'the pictures only');
  assert.doesNotMatch(html, /[\u202e\u0007]/);
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
    assert.match(build([showPicture(overrides)], content === undefined ? {} : { content }), expected);
  }
});

function pdf(): Partial<Asset> {
  return { type: 'application/pdf', facts: { size: 1000 } };
}

/** The judgement of a file whose content is of another type: a finding and no facts. */
function notReal(): Partial<Asset> {
  return { facts: undefined, findings: [find('type')] } as object;
}

test('a picture that loses nothing worth seeing has no switch', () => {
  assert.doesNotMatch(build([showPicture({})], { content: 'AAAA' }), /class="cut"/);
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
    const outcome = showPicture({}, { findings: [find(rule)] });
    const html = build([outcome], content === undefined ? {} : { content });
    assert.equal(/<details class="fix needs-script" data-path="a\.png">/.test(html), expected, rule);
  }
});

test('what is no picture to fix here has the one command for all its findings to copy', () => {
  const late = find('video-moov-order', 'warning', 'late');
  const facts = { size: 1, width: 640, height: 360 };
  const video = makeAsset('a.mp4', 'a', { type: 'video/mp4', facts });
  const show = (findings: readonly Finding[]): string =>
    build([makeOutcome('a.mp4', 'uploaded', { asset: video, findings })]);
  const findings = [late, find('video-b-frames', 'warning', 'bad')];
  const commands = [...show(findings).matchAll(/<div class="handle is-command">.*?<code>(.*?)<\/code>/gs)];
  assert.deepEqual(
    commands.map(([, command = '']) => command.replaceAll('&quot;', '"').replaceAll('&amp;', '&')),
    [composeRemedy('a.mp4', findings, facts)],
  );
  assert.doesNotMatch(show([late, find('video-damaged')]), /is-command/);
});

test('a file inside lengthens the page by no more than it is measured to', () => {
  const name = `${'&'.repeat(900)}.png`;
  const content = Buffer.alloc(5000, 1);
  const asset = makeAsset(name, 'a', { facts: { size: 1, width: 9, height: 9 } });
  const outcome = makeOutcome(name, 'uploaded', { asset, findings: [find('image-crop')] });
  const bare = build([outcome]).length;
  const full = build([outcome], { content: content.toString('base64') }).length;
  assert.ok(full - bare <= measureContent(name, content.length), `${full - bare}`);
});

test('cards that do not fit are counted', () => {
  const outcomes = Array.from({ length: 500 }, (_, index) =>
    makeOutcome(`whatsapp/${index}.png`, 'unchanged'),
  );
  const html = build(outcomes, {}, 100_000);
  assert.ok(Buffer.byteLength(html + STYLE + SCRIPT) <= 100_000);
  const shown = html.match(/<h2>/g)?.length ?? 0;
  assert.ok(shown > 50, `${shown}`);
  assert.ok(html.includes(`and ${500 - shown} more`));
});

test('more than a hundred assets begin as a list', () => {
  const many = (length: number) =>
    Array.from({ length }, (_, index) => makeOutcome(`${index}.png`, 'unchanged'));
  assert.match(build(many(101)), /id="as-list" autocomplete="off" checked>/);
  assert.match(build(many(100)), /id="as-list" autocomplete="off">/);
});
