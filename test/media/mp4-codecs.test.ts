// Names of codecs by the codes of their descriptions, and what parameters of H.264 say.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameCodec, parseH264 } from '../../media/mp4-codecs.ts';
import { descriptor } from './crafted-mp4.ts';

/** A stream descriptor of this object type and, in five or eleven bits, kind of audio. */
function esds(objectType: number, ...audio: readonly number[]): Buffer {
  const specific = descriptor(5, Buffer.from(audio));
  const decoder = descriptor(4, Buffer.concat([Buffer.from([objectType]), Buffer.alloc(12), specific]));
  return Buffer.concat([Buffer.alloc(4), descriptor(3, Buffer.concat([Buffer.alloc(3), decoder]))]);
}

describe('nameCodec', () => {
  const rows: readonly (readonly [code: string, esds: Buffer, name: string])[] = [
    ['avc1', Buffer.alloc(0), 'H.264'],
    ['hev1', Buffer.alloc(0), 'HEVC (H.265)'],
    ['xyz1', Buffer.alloc(0), 'unknown (xyz1)'],
    ['x\0z1', Buffer.alloc(0), 'unknown'],
    ['mp4a', Buffer.alloc(0), 'AAC'],
    ['mp4a', esds(64, 2 << 3), 'AAC'],
    ['mp4a', esds(64, (31 << 3) | 0, 2 << 5), 'MP3'],
    ['mp4a', esds(107), 'MP3'],
    ['mp4v', esds(33), 'H.264'],
    ['mp4v', esds(200), 'MPEG-4 Part 2'],
  ];
  for (const [code, bytes, name] of rows)
    it(`${JSON.stringify(code)} with ${bytes.toString('hex') || 'nothing'}: ${name}`, () =>
      assert.equal(nameCodec(code, bytes), name));
});

describe('parseH264', () => {
  const head = (profile: number) => [1, profile, 0, 30, 0xff, 0xe1, 0, 20, 0x67, profile, 0, 30];
  const rows: readonly (readonly [bytes: readonly number[], format: object])[] = [
    [[], {}],
    [[1, 100], { videoProfile: 'High' }],
    [[1, 99], { videoProfile: 'profile 99' }],
    [[...head(77), 0], { videoProfile: 'Main', videoBits: 8, chroma: '4:2:0' }],
    // As bits: id 0, colours 1, depth 0.
    [[...head(100), 0b1_010_1_000, 0, 0, 0], { videoProfile: 'High', videoBits: 8, chroma: '4:2:0' }],
    // Id 0, colours 2, depth 2.
    [[...head(122), 0b1_011_011_0, 0, 0, 0], { videoProfile: 'High 4:2:2', videoBits: 10, chroma: '4:2:2' }],
    // Id 0, colours 3, in one plane, depth 0.
    [[...head(244), 0b1_00100_0_1, 0, 0, 0], { videoProfile: 'High 4:4:4', videoBits: 8, chroma: '4:4:4' }],
    // Id 0, colours 4, which there are not.
    [[...head(100), 0b1_00101_1_0, 0, 0, 0], { videoProfile: 'High' }],
  ];
  for (const [bytes, format] of rows)
    it(Buffer.from(bytes).toString('hex') || 'nothing', () =>
      assert.deepEqual(parseH264(Buffer.from(bytes)), format),
    );
});
