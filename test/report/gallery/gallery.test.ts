// The gallery as text: what it says of each ending, what it leaves out, what it lets no one smuggle in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Asset } from '../../../src/assets/judge.ts';
import type { Outcome } from '../../../src/outcome.ts';
import { isEmbeddable, MAX_ORIGINAL_BYTES, measureOriginal } from '../../../src/report/gallery/card.ts';
import { buildGallery, type GalleryHead } from '../../../src/report/gallery/gallery.ts';
import { makeAsset } from '../../support/asset.ts';
import { makeOutcome } from '../../support/outcome.ts';

const head: GalleryHead = {
  isSuccess: true,
  mode: 'output',
  madeAt: new Date('2026-11-23T05:33:00Z'),
  remarks: [],
};
const page = { style: 'p{color:red}', script: 'void 0;' };
const none = new Map<string, string>();
const plenty = 25_000_000;

/** A picture of the header's shape; overrides come on top. */
function makePicture(overrides: Partial<Asset> = {}): Asset {
  const facts = { size: 1000, width: 1200, height: 628 };
  return makeAsset('a.png', 'a', { type: 'image/png', size: 1000, facts, ...overrides });
}

function showPicture(overrides: Partial<Asset>): Outcome {
  return makeOutcome('a.png', 'uploaded', { asset: makePicture(overrides) });
}

function build(
  outcomes: readonly Outcome[],
  originals = none,
  maxBytes = plenty,
  expiresAt?: number,
): string {
  return buildGallery(
    outcomes.map((outcome) => ({ outcome, expiresAt })),
    head,
    page,
    originals,
    maxBytes,
  );
}

test('the policy allows the own style and script, and data for media, and nothing else', () => {
  const html = build([]);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
  assert.deepEqual(policy?.split('; '), [
    "default-src 'none'",
    'img-src data:',
    'media-src data:',
    "style-src 'sha256-p0bF+un5yUb9MBO6xRb8kPHlY2BdpHVtLiFkDrZPF64='",
    "script-src 'sha256-T1YEXClWF9CUhD2vRqC2ZkctVhPSMrn+MCIkJI7U02I='",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert.doesNotMatch(html, /\b(?:src|href)="(?!#|data:)/);
  assert.doesNotMatch(html, / style="/);
});

test('says nothing of what was left out when all have room', () => {
  assert.doesNotMatch(build([showPicture({})]), /has no room</);
  assert.match(build([showPicture({})], none, 0), />and 1 more, for which this page has no room</);
});

test('the verdict of the run stands at the head', () => {
  for (const [isSuccess, verdict] of [
    [true, 'is-success">✓'],
    [false, 'is-failure">✗'],
  ] as const) {
    assert.ok(
      buildGallery([], { ...head, isSuccess }, page, none, plenty).includes(`class="verdict ${verdict}`),
    );
  }
});

test('errors and warnings are told apart', () => {
  const findings = (['error', 'warning'] as const).map((level) => ({ rule: 'x', level, message: level }));
  const html = build([makeOutcome('a.png', 'invalid', { findings })]);
  assert.match(html, /finding-error"><b class="finding-level">Error<\/b>error</);
  assert.match(html, /finding-warning"><b class="finding-level">Warning<\/b>warning</);
});

test('a tile stands for what is not shown', () => {
  const table = [
    [makeOutcome('a.png', 'removed'), 'missing', 'No preview'],
    [showPicture({}), 'image', 'No preview: the page has no room for it'],
    [showPicture({ type: 'video/mp4' }), 'video', 'No preview: the page has no room for it'],
    [showPicture({ isLfsPointer: true }), 'image', 'No preview: the checkout holds only its Git LFS pointer'],
  ] as const;
  for (const [outcome, symbol, text] of table) {
    const html = build([outcome]);
    assert.ok(html.includes(`<use href="#icon-${symbol}"/></svg><span>${text}</span>`), `${symbol}: ${text}`);
  }
  assert.doesNotMatch(build([makeOutcome('a.png', 'removed')]), /class="facts"/);
});

test('problems come first, then paths in their order', () => {
  const html = build([
    makeOutcome('a.png', 'unchanged'),
    makeOutcome('b.png', 'invalid'),
    makeOutcome('c.png', 'pending'),
    makeOutcome('d.png', 'invalid'),
  ]);
  const order = [...html.matchAll(/<h2>(.*?)<\/h2>/g)].map((match) => match[1]);
  assert.deepEqual(order, ['b.png', 'd.png', 'c.png', 'a.png']);
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
  const html = build(
    [makeOutcome('a.png', 'unchanged', { id: '4:abc' })],
    none,
    plenty,
    Date.parse('2026-11-27T05:33:00Z'),
  );
  assert.match(html, /Expires <time datetime="2026-11-27T05:33:00\.000Z">27 Nov 2026, 05:33 UTC<\/time>/);
});

/** Text from outside, in every place where it gets into the page. */
const hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u0007';
test('text from file names and servers stays text', () => {
  const finding = { rule: 'x', level: 'error', message: hostile } as const;
  const html = buildGallery(
    [
      {
        outcome: makeOutcome(`${hostile}/${hostile}.png`, 'uploaded', {
          reason: hostile,
          findings: [finding],
        }),
        expiresAt: undefined,
      },
    ],
    { ...head, mode: hostile, remarks: [hostile] },
    page,
    new Map([[`${hostile}/${hostile}.png`, 'AAAA']]),
    plenty,
  );
  assert.equal(html.match(/<script/g)?.length, 1, 'the own script only');
  assert.equal(html.match(/<img/g)?.length, 1, 'the preview only');
  assert.doesNotMatch(html, /[\u202e\u0007]/);
});

test('previews: image with its crop, video, document, and tiles that say why there is none', () => {
  const cases: readonly [expected: RegExp, overrides: Partial<Asset>, embedded: boolean][] = [
    [/<img src="data:image\/png;base64,AAAA" alt="a\.png"/, {}, true],
    [/has-crop is-tall.*\(48 %\)/, { facts: { size: 1, width: 300, height: 300 } }, true],
    [/has-crop is-wide.*\(53 %\)/, { facts: { size: 1, width: 400, height: 100 } }, true],
    [/<video controls[^>]* src="data:video\/mp4;base64,AAAA"/, { type: 'video/mp4' }, true],
    [/class="document".*>1000 bytes · PDF/, pdf(), false],
    [/the page has no room for it/, {}, false],
    [/1\.0 MB, and only files of up to 200\.0 KB are embedded/, { size: 1024 * 1024 }, false],
    [/only its Git LFS pointer/, { isLfsPointer: true }, false],
    [/not what its name says/, notReal(), false],
  ];
  for (const [expected, overrides, embedded] of cases) {
    const originals = embedded ? new Map([['a.png', 'AAAA']]) : none;
    assert.match(build([showPicture(overrides)], originals), expected);
  }
});

function pdf(): Partial<Asset> {
  return { type: 'application/pdf', facts: { size: 1000 } };
}

/** The judgement of a file whose content is of another type: a finding and no facts. */
function notReal(): Partial<Asset> {
  return { facts: undefined, findings: [{ rule: 'type', level: 'error', message: 'no' }] } as object;
}

test('a picture that loses nothing worth seeing has no switch', () => {
  const html = build([showPicture({})], new Map([['a.png', 'AAAA']]));
  assert.doesNotMatch(html, /class="cut"/);
});

test('what is embedded: small images and videos that are what their names say', () => {
  assert.ok(isEmbeddable(makePicture({ size: MAX_ORIGINAL_BYTES })));
  assert.ok(isEmbeddable(makePicture({ type: 'video/mp4' })));
  const { findings } = notReal();
  assert.ok(isEmbeddable(makePicture({ findings: findings ?? [] })), 'a finding about what was read');
  assert.ok(isEmbeddable(makeAsset('a.png', 'a', { type: 'image/png' })), 'nothing was looked at');
  assert.ok(!isEmbeddable(makePicture({ size: MAX_ORIGINAL_BYTES + 1 })));
  assert.ok(!isEmbeddable(makePicture({ isLfsPointer: true })));
  assert.ok(!isEmbeddable(makePicture(pdf())));
  assert.ok(!isEmbeddable(makePicture(notReal())));
  assert.ok(!isEmbeddable(undefined));
});

test('an original lengthens the page by no more than it is measured to', () => {
  const name = `${'&'.repeat(900)}.png`;
  const content = Buffer.alloc(5000, 1);
  const asset = makeAsset(name, 'a', { facts: { size: 1, width: 9, height: 9 } });
  const outcome = makeOutcome(name, 'uploaded', { asset });
  const bare = build([outcome]).length;
  const full = build([outcome], new Map([[name, content.toString('base64')]])).length;
  assert.ok(full - bare <= measureOriginal({ path: name, size: content.length }), `${full - bare}`);
});

test('cards that do not fit are counted', () => {
  const outcomes = Array.from({ length: 500 }, (_, index) =>
    makeOutcome(`whatsapp/${index}.png`, 'unchanged'),
  );
  const html = build(outcomes, none, 100_000);
  assert.ok(Buffer.byteLength(html) <= 100_000);
  const shown = html.match(/<h2>/g)?.length ?? 0;
  assert.ok(shown > 50, `${shown}`);
  assert.ok(html.includes(`and ${500 - shown} more`));
});
