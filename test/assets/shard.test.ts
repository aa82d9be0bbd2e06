// Shares are disjoint, complete and of about the same size.
import assert from 'node:assert/strict';
import { createHash, hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { parseShard, selectShare, type Shard } from '../../src/assets/shard.ts';

const contents = Array.from({ length: 4000 }, (_, n) => createHash('sha256').update(`${n}`).digest('hex'));
const select = (hashes: readonly string[], shard: Shard | undefined): readonly string[] =>
  selectShare(
    hashes.map((sha256) => ({ path: 'a.png', sha256 })),
    shard,
  ).map(({ sha256 }) => sha256);
const share = (index: number, count: number): readonly string[] => select(contents, { index, count });

describe('parseShard', () => {
  const rows: readonly (readonly [text: string, shard: ReturnType<typeof parseShard>])[] = [
    ['1/1', { index: 1, count: 1 }],
    ['1/4', { index: 1, count: 4 }],
    ['4/4', { index: 4, count: 4 }],
    ['0/4', undefined],
    ['5/4', undefined],
    ['4', undefined],
    ['1/4/2', undefined],
    ['1/0', undefined],
  ];
  for (const [text, shard] of rows) it(text, () => assert.deepEqual(parseShard(text), shard));
});

describe('selectShare', () => {
  it('goes by the content, or by the path of what is not hashed', () => {
    const files = Array.from({ length: 40 }, (_, n) => ({
      path: `${n}.png`,
      ...(n % 2 === 0 && { sha256: hash('sha256', `content ${n}`) }),
    }));
    const shares = [1, 2].map((index) => selectShare(files, { index, count: 2 }));
    for (const [at, files] of shares.entries())
      for (const { path, sha256 = hash('sha256', path) } of files)
        assert.equal(Number.parseInt(sha256.slice(0, 8), 16) % 2, at, path);
    assert.equal(shares.flat().length, files.length);
  });

  it('goes by the first 8 hex digits modulo the number of shares', () => {
    const five = `00000005${'f'.repeat(56)}`;
    const last = `ffffffff${'0'.repeat(56)}`;
    assert.deepEqual(select([five, `00000006${'5'.repeat(56)}`, last], { index: 2, count: 4 }), [five]);
    assert.deepEqual(select([five, last], { index: 4, count: 4 }), [last]);
    // 2 147 483 649 = 7 × 306 783 378 + 3
    const odd = `80000001${'f'.repeat(56)}`;
    assert.deepEqual(select([odd], { index: 4, count: 7 }), [odd]);
  });

  it('gives everything to a run without a share, and to the only share', () => {
    assert.deepEqual(select(contents, undefined), contents);
    assert.deepEqual(share(1, 1), contents);
  });

  for (const count of [2, 3, 4, 7, 8, 256]) {
    it(`puts each content into one of ${count} shares`, () => {
      const all = Array.from({ length: count }, (_, at) => share(at + 1, count)).flat();
      assert.deepEqual(all.toSorted(), contents.toSorted());
    });
  }

  it('makes four shares of 22 % to 28 % each', () => {
    for (const index of [1, 2, 3, 4]) {
      const part = share(index, 4).length / contents.length;
      assert.ok(part > 0.22 && part < 0.28, `share ${index} has ${part}`);
    }
  });
});
