// Reading within bounds.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FaultError, isZeros, limitReads, readExactly } from '../../media/source.ts';
import { sourceOf } from './byte-sources.ts';

const source = sourceOf(Buffer.from('0123456789'));

describe('limitReads', () => {
  const large = sourceOf(Buffer.alloc(1000));

  it('hands out the limit to the byte, over all reads', () => {
    const limited = limitReads(large, 600);
    assert.equal(limited.read(0, 400).length, 400);
    assert.equal(limited.read(400, 200).length, 200);
    assert.throws(() => limited.read(600, 1), { constructor: FaultError, fact: 'unchecked' });
  });

  it('counts a small read as one of 64 bytes', () => {
    const limited = limitReads(large, 128);
    assert.equal(limited.read(0, 1).length, 1);
    assert.equal(limited.read(999, 0).length, 0);
    assert.throws(() => limited.read(1, 1), { constructor: FaultError, fact: 'unchecked' });
  });

  it('counts only what the file has', () => {
    const limited = limitReads(large, 200);
    assert.equal(limited.read(800, 1000).length, 200);
  });
});

describe('readExactly', () => {
  it('says which part is missing', () => {
    assert.equal(readExactly(source, 7, 3, 'the end').toString(), '789');
    const error = { constructor: FaultError, fact: 'cutOff', message: 'the end is incomplete' };
    assert.throws(() => readExactly(source, 8, 3, 'the end'), error);
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
