// Git LFS pointers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LfsPointer, parseLfsPointer } from '../../src/assets/lfs-pointer.ts';
import { formatLfsPointer } from '../support/lfs-pointer.ts';

const sha256 = '4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393';
// The example of the specification.
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 12345\n`;
const extended = pointer.replace('oid', `ext-0-foo sha256:${sha256}\noid`);

/** A pointer of so many bytes. */
function extendTo(length: number): string {
  const added = 'ext-0- y\n'.length;
  return pointer.replace('oid', `ext-0-${'x'.repeat(length - pointer.length - added)} y\noid`);
}

function read(text: string): LfsPointer | undefined {
  const bytes = Buffer.from(text);
  return parseLfsPointer(bytes.subarray(0, 1024), bytes.length);
}

describe('parseLfsPointer', () => {
  it('reads the form of the specification', () => {
    assert.deepEqual(read(pointer), { sha256, size: 12_345 });
    assert.deepEqual(read(extended), { sha256, size: 12_345 });
    assert.deepEqual(read(extendTo(1023)), { sha256, size: 12_345 });
    assert.deepEqual(read(pointer.replace('12345', '0')), { sha256, size: 0 });
  });

  it('reads what git and editors make of it', () => {
    assert.deepEqual(read(pointer.trimEnd()), { sha256, size: 12_345 });
    assert.deepEqual(read(pointer.replaceAll('\n', '\r\n')), { sha256, size: 12_345 });
  });

  const refused: readonly (readonly [name: string, text: string])[] = [
    ['nothing', ''],
    ['another version', pointer.replace('v1', 'v2')],
    ['something before it', ` ${pointer}`],
    ['something behind it', `${pointer}\n`],
    ['another hash', pointer.replace('sha256:', 'md5:')],
    ['a short hash', pointer.replace(sha256, sha256.slice(1))],
    ['an upper-case hash', pointer.replace(sha256, sha256.toUpperCase())],
    ['a negative size', pointer.replace('12345', '-1')],
    ['no size', pointer.replace(/size .*\n/, '')],
    ['keys out of order', `size 1\n${pointer}`],
    ['1024 bytes', extendTo(1024)],
  ];
  for (const [name, text] of refused) it(`refuses ${name}`, () => assert.equal(read(text), undefined));

  it('a larger file is none, whatever its beginning', () => {
    assert.equal(parseLfsPointer(Buffer.from(pointer), 5000), undefined);
    assert.equal(parseLfsPointer(Buffer.from(pointer), pointer.length + 1), undefined);
  });
});

describe('formatLfsPointer', () => {
  it('writes what Git LFS writes', () => assert.equal(formatLfsPointer({ sha256, size: 12_345 }), pointer));
});
