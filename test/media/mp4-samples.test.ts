// Where an MP4's tables say that its samples lie, which of them cannot be true, and which frames come in another order.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findBox } from '../../media/mp4-boxes.ts';
import type { Mp4Track } from '../../media/mp4-index.ts';
import { type Extent, findExtent, isFragmentReordered, isReordered } from '../../media/mp4-samples.ts';
import { FaultError } from '../../media/source.ts';
import { box, openIndex, u32 } from './crafted-mp4.ts';

const table = (type: string, ...numbers: readonly number[]) => box(type, u32(0), ...numbers.map(u32));

/** A track of these tables in a file that holds this content from byte 1000 on. */
function trackOf(tables: readonly Buffer[], content = '', codec = 'H.264'): Mp4Track {
  const lead = 1_000 - 16 - tables.reduce((sum, { length }) => sum + length, 0);
  const rest = Buffer.concat([Buffer.alloc(Math.max(0, lead)), Buffer.from(content, 'latin1')]);
  const stbl = findBox(openIndex([box('stbl', ...tables)], rest), 'stbl');
  assert.ok(stbl !== undefined);
  return { id: 1, isEnabled: true, handler: 'vide', codec, tables: stbl, facts: {} };
}

/** Two chunks: one of five samples by its run, and behind it one of two, which have 30 and 40 bytes. */
function tablesOf(changes: Readonly<Record<string, Buffer>> = {}): readonly Buffer[] {
  const tables = {
    stsc: table('stsc', 2, 1, 5, 1, 2, 2, 1),
    stsz: table('stsz', 0, 4, 10, 20, 30, 40),
    stco: table('stco', 2, 1_000, 1_030),
  };
  return Object.values({ ...tables, ...changes });
}

const none = Buffer.alloc(0);

describe('where samples lie', () => {
  const whole = { first: 1_000, last: 1_030, end: 1_100, endsInZeros: false };
  const far = { last: 2 ** 32 + 5, end: 2 ** 32 + 75 };
  const rows: Readonly<
    Record<string, readonly [Readonly<Record<string, Buffer>>, Partial<Extent> | undefined]>
  > = {
    'is where the last ones of the last chunk end': [{}, {}],
    'is told in 8 bytes': [{ stco: none, co64: table('co64', 2, 0, 1_000, 1, 5) }, far],
    'is the same chunk where there is one': [{ stco: table('stco', 1, 1_030) }, { first: 1_030 }],
    'counts samples of one size': [{ stsz: table('stsz', 25, 4) }, { end: 1_080 }],
    'counts the samples of the last run': [{ stsc: table('stsc', 1, 1, 3, 1) }, { end: 1_120 }],
    'counts a single sample': [{ stsc: table('stsc', 1, 1, 1, 1) }, { end: 1_070 }],
    'counts samples up to a bound': [
      { stsc: table('stsc', 1, 1, 8_192, 1), stsz: table('stsz', 1, 4) },
      { end: 1_030 + 8_192 },
    ],
    'is not known beyond it': [{ stsc: table('stsc', 1, 1, 8_193, 1), stsz: table('stsz', 1, 4) }, undefined],
    'is not known without chunks': [{ stco: none }, undefined],
    'is not known with no chunk': [{ stco: table('stco', 0) }, undefined],
    'is not known without runs': [{ stsc: none }, undefined],
    'is not known with no run': [{ stsc: table('stsc', 0) }, undefined],
    'is not known of no sample': [{ stsc: table('stsc', 1, 1, 0, 1) }, undefined],
  };
  for (const [name, [changes, expected]] of Object.entries(rows)) {
    it(name, () => {
      const extent = findExtent(trackOf(tablesOf(changes), 'x'.repeat(100)));
      assert.deepEqual(extent, expected && { ...whole, ...expected });
    });
  }
});

describe('tables say more than there is', () => {
  const rows: Readonly<Record<string, Readonly<Record<string, Buffer>>>> = {
    'of chunks': { stco: table('stco', 3, 1_000, 1_030) },
    'of chunks in 8 bytes': { stco: none, co64: table('co64', 2, 0, 1_000, 1) },
    'of runs': { stsc: table('stsc', 3, 1, 5, 1, 2, 2, 1) },
    'of sizes': { stsz: table('stsz', 0, 5, 10, 20, 30, 40) },
    'of samples in a chunk': { stsz: table('stsz', 0, 1, 40) },
    'of samples, at all': { stsz: table('stsz', 0, 0) },
    'of samples of one size': { stsz: table('stsz', 25, 45) },
  };
  const message = 'its index (moov) says more than it holds';
  const error = { constructor: FaultError, fact: 'damage', message };
  for (const [name, changes] of Object.entries(rows))
    it(name, () => assert.throws(() => findExtent(trackOf(tablesOf(changes), 'x'.repeat(100))), error));

  it('of delays', () => {
    assert.throws(() => isReordered(trackOf([table('ctts', 3, 2, 10, 2, 10)])), error);
  });

  it('but not when samples of one size fill the file', () => {
    assert.equal(findExtent(trackOf(tablesOf({ stsz: table('stsz', 25, 44) }), 'x'.repeat(100)))?.end, 1_080);
  });
});

describe('the end of the last sample', () => {
  const long = { stsz: table('stsz', 0, 2, 30, 5_000) };
  const short = { stsz: table('stsz', 0, 2, 30, 40) };
  const rows: readonly (readonly [codec: string, sizes: typeof long, zeros: number, endsInZeros: boolean])[] =
    [
      ['H.264', long, 64, true],
      ['H.264', long, 63, false],
      ['AAC', long, 4_096, true],
      ['AAC', long, 4_095, false],
      ['HEVC (H.265)', long, 5_000, false],
      ['H.264', short, 40, true],
      ['H.264', short, 39, false],
      ['AAC', short, 40, true],
      ['H.264', { stsz: table('stsz', 0, 2, 30, 0) }, 64, false],
    ];
  for (const [codec, changes, zeros, endsInZeros] of rows) {
    it(`of ${codec} with ${zeros} zeros ${endsInZeros ? 'cannot be' : 'may be'}`, () => {
      const end = changes.stsz.readUInt32BE(changes.stsz.length - 4) + 60;
      const content = 'x'.repeat(end - Math.min(zeros, end)) + '\0'.repeat(zeros);
      assert.equal(findExtent(trackOf(tablesOf(changes), content, codec))?.endsInZeros, endsInZeros);
    });
  }
});

describe('the order of frames', () => {
  const delays = (count: number, last: number) =>
    table('ctts', count + 1, ...Array<number[]>(count).fill([1, 10]).flat(), 1, last);
  const rows: Readonly<Record<string, readonly [tables: readonly Buffer[], isReordered: boolean]>> = {
    'is kept without delays': [[], false],
    'is kept with no delay': [[table('ctts', 0)], false],
    'is kept with one': [[table('ctts', 1, 4, 10)], false],
    'is kept with equal ones': [[table('ctts', 2, 3, 10, 1, 10)], false],
    'is another with others': [[table('ctts', 2, 2, 10, 2, 20)], true],
    'is another with a negative one': [[table('ctts', 2, 2, 10, 2, 2 ** 32 - 10)], true],
    'is looked at so far': [[delays(8_191, 20)], true],
    'is looked at no further': [[delays(8_192, 20)], false],
  };
  for (const [name, [tables, expected]] of Object.entries(rows))
    it(name, () => assert.equal(isReordered(trackOf(tables)), expected));
});

describe('the order of frames in a fragment', () => {
  const [OFFSET, FIRST_FLAGS, DELAY] = [0x1, 0x4, 0x800];
  const perFrame = [0x100, 0x200, 0x400];

  /** A run with a frame for each delay; all other values differ from frame to frame. */
  function buildRun(flags: number, delays: readonly number[]): Buffer {
    let other = 1_000;
    const values = (wanted: readonly number[]) =>
      wanted.filter((flag) => (flags & flag) !== 0).map(() => u32(other++));
    const frames = delays.flatMap((delay) => [
      ...values(perFrame),
      ...((flags & DELAY) === 0 ? [] : [u32(delay)]),
    ]);
    return box('trun', u32(flags), u32(delays.length), ...values([OFFSET, FIRST_FLAGS]), ...frames);
  }

  const traf = (id: number, ...runs: readonly Buffer[]) => box('traf', box('tfhd', u32(0), u32(id)), ...runs);
  const isOther = (...boxes: readonly Buffer[]) => isFragmentReordered(openIndex(boxes), [7, 8]);

  for (let subset = 0; subset < 2 ** 5; subset += 1) {
    const others = [OFFSET, FIRST_FLAGS, ...perFrame].filter((_, at) => (subset >> at) % 2 === 1);
    const flags = others.reduce((sum, flag) => sum | flag, DELAY);
    it(`is told with the flags 0x${flags.toString(16)}`, () => {
      assert.equal(isOther(traf(7, buildRun(flags, [40, 40, 40]))), false);
      assert.equal(isOther(traf(7, buildRun(flags, [40, 40, 80]))), true);
    });
  }

  const [kept, other] = [buildRun(DELAY, [40, 40]), buildRun(DELAY, [40, 80])];
  const rows: Readonly<Record<string, readonly [boxes: readonly Buffer[], isOther: boolean]>> = {
    'is kept without delays': [[traf(7, buildRun(OFFSET | 0x300, [0, 0, 0]))], false],
    'is kept in nothing': [[], false],
    'counts in every run': [[traf(7, kept, other)], true],
    'counts in every track': [[traf(7, kept), traf(8, other)], true],
    'does not count between runs': [[traf(7, kept, buildRun(DELAY, [80, 80]))], false],
    'does not count in another track': [[traf(9, other)], false],
    'does not count in a track without a number': [[box('traf', other), traf(7, kept)], false],
    'does not count elsewhere': [[box('free', box('tfhd', u32(0), u32(7)), other)], false],
  };
  for (const [name, [boxes, expected]] of Object.entries(rows))
    it(name, () => assert.equal(isOther(...boxes), expected));
});
