// Exif data of JPEGs, in all its forms and damages.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectMedia } from '../../media/inspect.ts';
import { readSample, sourceOf } from './byte-sources.ts';

const ORIENTATION = 0x0112;

interface Exif {
  readonly byteOrder?: 'II' | 'MM';
  /** Tag and value of each entry of the directory. */
  readonly entries?: readonly (readonly [tag: number, value: number])[];
  /** How many entries the directory says that it has. */
  readonly stated?: number;
  readonly directoryAt?: number;
  readonly mark?: string;
}

/** A segment with Exif data; its numbers have two bytes. */
function makeExif(options: Exif): Buffer {
  const {
    byteOrder = 'II',
    entries = [],
    stated = entries.length,
    directoryAt = 8,
    mark = 'Exif\0\0',
  } = options;
  const tiff = Buffer.alloc(directoryAt + 2 + entries.length * 12);
  const [short, long] =
    byteOrder === 'II'
      ? (['writeUInt16LE', 'writeUInt32LE'] as const)
      : (['writeUInt16BE', 'writeUInt32BE'] as const);
  tiff.write(byteOrder, 0, 'latin1');
  tiff[short](42, 2);
  tiff[long](directoryAt, 4);
  tiff[short](stated, directoryAt);
  for (const [index, [tag, value]] of entries.entries()) {
    tiff[short](tag, directoryAt + 2 + index * 12);
    tiff[short](value, directoryAt + 2 + index * 12 + 8);
  }
  return Buffer.concat([Buffer.from(mark, 'latin1'), tiff]);
}

/** Whether a picture that is stored lying is shown upright with this segment before its header. */
async function isTurned(content: Buffer, marker = 0xe1): Promise<boolean> {
  const sample = readSample('jpeg-baseline.jpg');
  const head = Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255]);
  const bytes = Buffer.concat([sample.subarray(0, 2), head, content, sample.subarray(2)]);
  const { facts, findings } = await inspectMedia('image/jpeg', sourceOf(bytes));
  assert.deepEqual(
    findings.map(({ rule }) => rule).filter((rule) => rule !== 'image-crop'),
    [],
  );
  const { width = 0, height = 0 } = facts;
  return width < height;
}

describe('a quarter turn', () => {
  for (const byteOrder of ['II', 'MM'] as const) {
    for (let value = 0; value <= 9; value++) {
      const expected = value >= 5 && value <= 8;
      it(`is ${expected ? '' : 'not '}asked for by ${value} (${byteOrder})`, async () => {
        assert.equal(await isTurned(makeExif({ byteOrder, entries: [[ORIENTATION, value]] })), expected);
      });
    }
  }

  const turn = [ORIENTATION, 6] as const;
  const other = [0x0100, 6] as const;
  const table: readonly (readonly [name: string, Exif, boolean])[] = [
    ['may be asked for by a later entry', { entries: [other, other, turn] }, true],
    ['may be asked for in a directory further behind', { entries: [turn], directoryAt: 64 }, true],
    ['is asked for by the first entry that says anything', { entries: [[ORIENTATION, 1], turn] }, false],
    ['is not asked for by another entry', { entries: [other] }, false],
    ['is not asked for by an entry that is not counted', { entries: [other, turn], stated: 1 }, false],
    ['is not asked for in an empty directory', { entries: [turn], stated: 0 }, false],
    [
      'is not asked for by a directory that claims more than there is',
      { entries: [other], stated: 65_535 },
      false,
    ],
    ['is not asked for in data of another kind', { entries: [turn], mark: 'Xmp \0\0' }, false],
  ];
  for (const [name, exif, expected] of table) {
    it(name, async () => assert.equal(await isTurned(makeExif(exif)), expected));
  }

  it('is not asked for by what is cut', async () => {
    const whole = makeExif({ entries: [turn] });
    for (let length = 0; length < whole.length - 3; length++) {
      assert.equal(await isTurned(whole.subarray(0, length)), false, `${length} bytes`);
    }
  });

  it('is not asked for by a directory that lies outside', async () => {
    const exif = makeExif({ entries: [turn] });
    exif.writeUInt32LE(0xffffff, 10);
    assert.equal(await isTurned(exif), false);
  });

  it('is not asked for in another segment', async () => {
    assert.equal(await isTurned(makeExif({ entries: [turn] }), 0xe2), false);
  });
});
