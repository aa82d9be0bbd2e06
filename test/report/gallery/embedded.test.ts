// Which files the gallery holds itself: those that can be shown, as long as there is room.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Asset } from '../../../src/assets/judge.ts';
import { chooseEmbedded, isEmbeddable, measureContent } from '../../../src/report/gallery/embedded.ts';
import { makeAsset } from '../../support/asset.ts';
import { buildPage, makeFinding } from '../../support/gallery.ts';
import { makeOutcome } from '../../support/outcome.ts';

const facts = { size: 1000 };
const findings = [makeFinding('x')];

describe('isEmbeddable', () => {
  const cases: readonly (readonly [string, Partial<Asset>, boolean])[] = [
    ['a picture', { facts }, true],
    ['a video', { facts, type: 'video/mp4' }, true],
    ['a document', { facts, type: 'application/pdf' }, true],
    ['a finding about what was read', { facts, findings }, true],
    ['nothing was looked at', {}, true],
    ['a Git LFS pointer', { facts, isLfsPointer: true }, false],
    ['another type than its name says', { findings }, false],
  ];
  for (const [name, overrides, expected] of cases) {
    it(name, () => assert.equal(isEmbeddable(makeAsset('a.png', 'a', overrides)), expected));
  }

  it('no asset', () => assert.ok(!isEmbeddable(undefined)));
});

describe('chooseEmbedded', () => {
  const outcomes = [
    makeOutcome('large.png', 'uploaded', { asset: makeAsset('large.png', 'l', { size: 9000 }) }),
    makeOutcome('pointer.png', 'uploaded', {
      asset: makeAsset('pointer.png', 'p', { size: 1, isLfsPointer: true }),
    }),
    makeOutcome('small.png', 'unchanged', { asset: makeAsset('small.png', 's', { size: 10 }) }),
    makeOutcome('gone.png', 'removed'),
    makeOutcome('middle.png', 'pending', { asset: makeAsset('middle.png', 'm', { size: 500 }) }),
  ];
  const [small, middle, large] = [
    measureContent('small.png', 10),
    measureContent('middle.png', 500),
    measureContent('large.png', 9000),
  ];
  const cases: readonly (readonly [string, number, string[]])[] = [
    ['no room', 0, []],
    ['room for the smallest, to the byte', small, ['small.png']],
    ['a byte too little for two', small + middle - 1, ['small.png']],
    ['room for two', small + middle, ['small.png', 'middle.png']],
    ['room for all', small + middle + large, ['small.png', 'middle.png', 'large.png']],
  ];
  for (const [name, room, expected] of cases) {
    it(name, () => {
      const chosen = chooseEmbedded(outcomes, room);
      assert.deepEqual(
        chosen.map(({ path }) => path),
        expected,
      );
    });
  }
});

it('a file inside lengthens the page by no more than it is measured to', () => {
  const name = `${'&'.repeat(900)}.png`;
  const content = Buffer.alloc(5000, 1);
  const asset = makeAsset(name, 'a', { facts: { size: 1, width: 9, height: 9 } });
  const outcome = makeOutcome(name, 'uploaded', { asset, findings: [makeFinding('image-crop')] });
  const bare = buildPage([outcome]).length;
  const full = buildPage([outcome], { content: content.toString('base64') }).length;
  assert.ok(full - bare <= measureContent(name, content.length), `${full - bare}`);
});
