// Reading within bounds.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CutOffError, isZeros, limitReads, readExactly, UnreadableError } from '../../media/source.ts';
import { sourceOf } from './byte-sources.ts';

const source = sourceOf(Buffer.from('0123456789'));

describe('limitReads', () => {
  it('hands out the limit to the byte, over all reads', () => {
    const limited = limitReads(source, 6);
    assert.equal(limited.read(0, 4).toString(), '0123');
    assert.equal(limited.read(4, 2).toString(), '45');
    assert.equal(limited.read(6, 0).length, 0);
    assert.throws(() => limited.read(6, 1), UnreadableError);
  });

  it('counts only what the file has', () => {
    const limited = limitReads(source, 2);
    assert.equal(limited.read(8, 100).toString(), '89');
    assert.equal(limited.read(10, 100).length, 0);
    assert.equal(limited.read(99, 100).length, 0);
  });
});

describe('readExactly', () => {
  it('says which part is missing', () => {
    assert.equal(readExactly(source, 7, 3, 'the end').toString(), '789');
    assert.throws(
      () => readExactly(source, 8, 3, 'the end'),
      (error) => {
        return error instanceof CutOffError && error.message === 'the end is incomplete';
      },
    );
  });
});

describe('isZeros', () => {
  for (const [bytes, expected] of [
    ['0000', true],
    ['0001', false],
    ['', false],
  ] as const) {
    it(`${bytes || 'nothing'}: ${expected}`, () =>
      assert.equal(isZeros(Buffer.from(bytes, 'hex')), expected));
  }
});
