// Chunks of PNGs: their checksums, and headers that cannot be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { inspectMedia } from '../../media/inspect.ts';
import { sourceOf } from './byte-sources.ts';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

function chunk(type: string, content: Buffer = Buffer.alloc(0), wrong = 0): Buffer {
  const bytes = Buffer.alloc(content.length + 12);
  bytes.writeUInt32BE(content.length);
  bytes.write(type, 4, 'latin1');
  bytes.set(content, 8);
  bytes.writeUInt32BE((crc32(bytes.subarray(4, -4)) ^ wrong) >>> 0, content.length + 8);
  return bytes;
}

function header(depth: number, colour: number): Buffer {
  return chunk('IHDR', Buffer.from([0, 0, 1, 0x7e, 0, 0, 0, 200, depth, colour, 0, 0, 0]));
}

const DATA = chunk('IDAT', Buffer.from('anything'));
const END = chunk('IEND');
const png = (...chunks: Buffer[]) => Buffer.concat([SIGNATURE, ...chunks]);
const judge = async (bytes: Buffer) =>
  (await inspectMedia('image/png', sourceOf(bytes))).findings.map(({ level, rule }) => `${level}: ${rule}`);

describe('checksums', () => {
  const DAMAGED = ['warning: image-damaged'];
  const rows: readonly (readonly [name: string, file: Buffer, expected: readonly string[]])[] = [
    ['are right', png(header(8, 2), DATA, END), []],
    ['of the data are wrong', png(header(8, 2), chunk('IDAT', Buffer.from('x'), 1), END), DAMAGED],
    ['of later data are wrong', png(header(8, 2), DATA, chunk('IDAT', Buffer.from('x'), 1), END), DAMAGED],
    ['of the palette are wrong', png(header(8, 2), chunk('PLTE', Buffer.alloc(3), 1), DATA, END), DAMAGED],
    ['of the end are wrong', png(header(8, 2), DATA, chunk('IEND', Buffer.alloc(0), 1)), DAMAGED],
    ['of texts do not count', png(header(8, 2), chunk('tEXt', Buffer.from('x'), 1), DATA, END), []],
    ['of what follows the end do not count', png(header(8, 2), DATA, END, chunk('IDAT', DATA, 1)), []],
    [
      'of data of several windows are right',
      png(header(8, 2), chunk('IDAT', Buffer.alloc(200_000, 1)), END),
      [],
    ],
    [
      'of data of several windows are wrong',
      png(header(8, 2), chunk('IDAT', Buffer.alloc(200_000, 1), 1), END),
      DAMAGED,
    ],
  ];
  for (const [name, file, expected] of rows) {
    it(name, async () => assert.deepEqual(await judge(file), expected));
  }
});

describe('of several damages the first is told', () => {
  const wrong = chunk('IDAT', Buffer.from('x'), 1);
  const rows: readonly (readonly [name: string, file: Buffer, damage: string])[] = [
    [
      'checksums',
      png(header(8, 2), wrong, chunk('IEND', Buffer.alloc(0), 1)),
      'the checksum of its IDAT data',
    ],
    ['a header and a checksum', png(header(9, 2), wrong, END), 'its header states 9 bits'],
    ['a checksum and what is no chunk', png(header(8, 2), wrong, chunk('1234')), 'the checksum of its IDAT'],
  ];
  for (const [name, file, damage] of rows) {
    it(name, async () => {
      const { facts } = await inspectMedia('image/png', sourceOf(file));
      assert.ok(facts.damage?.startsWith(damage), facts.damage);
    });
  }
});

describe('bits and colour types', () => {
  const possible: Readonly<Record<number, readonly number[]>> = {
    0: [1, 2, 4, 8, 16],
    2: [8, 16],
    3: [1, 2, 4, 8],
    4: [8, 16],
    6: [8, 16],
  };
  for (let colour = 0; colour <= 7; colour++) {
    it(`are possible or not in colour type ${colour}`, async () => {
      for (const depth of [0, 1, 2, 3, 4, 8, 9, 16, 32]) {
        const found = await judge(png(header(depth, colour), DATA, END));
        const isPossible = possible[colour]?.includes(depth) === true;
        assert.equal(found.includes('warning: image-damaged'), !isPossible, `${depth} bits`);
        assert.equal(found.includes('error: image-bits'), isPossible && depth === 16, `${depth} bits`);
      }
    });
  }
});
