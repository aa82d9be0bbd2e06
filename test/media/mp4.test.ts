// Boxes of MP4s that no tool at hand writes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectMedia } from '../../media/inspect.ts';
import type { MediaFacts } from '../../media/facts.ts';
import { readSample, sourceOf } from './byte-sources.ts';
import { avc1, avcC, box, movie, track, u32 } from './crafted-mp4.ts';

const inspect = (bytes: Buffer) => inspectMedia('video/mp4', sourceOf(bytes));

/** A sample with some bytes changed, each place counted from behind the name of the first box of that type. */
function patch(
  name: string,
  box: string,
  changes: readonly (readonly [at: number, value: number])[],
): Buffer {
  const bytes = Buffer.from(readSample(name));
  const content = bytes.indexOf(box) + 4;
  for (const [at, value] of changes) bytes.writeUInt32BE(value, content + at);
  return bytes;
}

/** Places of the width and the height in a track's header, and in the description of a video's samples. */
const [WIDTH, HEIGHT] = [76, 80];
const CODED_SIZE = 24;

describe('the size of a video', () => {
  const table: readonly (readonly [name: string, Buffer, Pick<MediaFacts, 'width' | 'height'>])[] = [
    ['is rounded', patch('mp4-main.mp4', 'tkhd', [[WIDTH, 160.6 * 65_536]]), { width: 161, height: 84 }],
    [
      'is that of its samples where the track states no width',
      patch('mp4-main.mp4', 'tkhd', [[WIDTH, 0]]),
      { width: 160, height: 84 },
    ],
    [
      'is that of its samples where the track states no height',
      patch('mp4-main.mp4', 'tkhd', [[HEIGHT, 0]]),
      { width: 160, height: 84 },
    ],
  ];
  for (const [name, bytes, expected] of table) {
    it(name, async () => {
      const { width, height } = (await inspect(bytes)).facts;
      assert.deepEqual({ width, height }, expected);
    });
  }

  for (const [stated, coded] of [
    [WIDTH, 84],
    [HEIGHT, 160 * 65_536],
  ] as const) {
    it(`is not known where neither states ${stated === WIDTH ? 'its width' : 'its height'}`, async () => {
      const bytes = patch('mp4-main.mp4', 'tkhd', [[stated, 0]]);
      // The first `avc1` is a brand.
      bytes.writeUInt32BE(coded, bytes.lastIndexOf('avc1') + 4 + CODED_SIZE);
      const { width, height } = (await inspect(bytes)).facts;
      assert.deepEqual([width, height], [undefined, undefined]);
    });
  }
});

describe('the duration of a video', () => {
  const [TIMESCALE, DURATION] = [12, 16];
  for (const [name, changes, seconds] of [
    [
      'is counted in units of its scale',
      [
        [TIMESCALE, 1000],
        [DURATION, 1500],
      ],
      1.5,
    ],
    ['is not known without a scale', [[TIMESCALE, 0]], undefined],
    ['is not known when it is 0', [[DURATION, 0]], undefined],
    ['is not known when it says so', [[DURATION, 0xffffffff]], undefined],
  ] as const) {
    it(name, async () => {
      assert.equal((await inspect(patch('mp4-main.mp4', 'mvhd', changes))).facts.durationSeconds, seconds);
    });
  }
});

describe('the frames of a fragment', () => {
  it('are in order when all are shown equally late', async () => {
    const name = 'mp4-fragmented-b-frames.mp4';
    assert.equal((await inspect(readSample(name))).facts.bFrames, true);
    const bytes = Buffer.from(readSample(name));
    for (let run = bytes.indexOf('trun'); run !== -1; run = bytes.indexOf('trun', run + 4)) {
      // Flags a05: each sample has a size and an offset, behind the count, the data's place and the first flags.
      const count = bytes.readUInt32BE(run + 8);
      for (let sample = 0; sample < count; sample++) bytes.writeInt32BE(512, run + 20 + sample * 8 + 4);
    }
    assert.equal((await inspect(bytes)).facts.bFrames, false);
  });
});

describe('the frames of a fragment, whatever else it tells of them', () => {
  const [OFFSET, FIRST_FLAGS, LATENESS] = [0x1, 0x4, 0x800];
  const perFrame = [0x100, 0x200, 0x400];
  const others = [OFFSET, FIRST_FLAGS, ...perFrame];

  /** A film of one fragment with a frame for each lateness; all other values differ from frame to frame. */
  function buildFilm(flags: number, latenesses: readonly number[]): Buffer {
    let other = 1000;
    const next = (): Buffer => u32(other++);
    const lead = [OFFSET, FIRST_FLAGS].filter((flag) => (flags & flag) !== 0).map(next);
    const frames = latenesses.flatMap((lateness) => [
      ...perFrame.filter((flag) => (flags & flag) !== 0).map(next),
      u32(lateness),
    ]);
    const run = box('trun', u32(flags | LATENESS), u32(latenesses.length), ...lead, ...frames);
    const film = movie(track('vide', avc1(avcC())), box('mvex', box('trex', Buffer.alloc(20))));
    return Buffer.concat([film, box('moof', box('traf', box('tfhd', u32(0), u32(0)), run))]);
  }

  for (let subset = 0; subset < 2 ** others.length; subset += 1) {
    const flags = others.filter((_, at) => (subset >> at) % 2 === 1).reduce((sum, flag) => sum | flag, 0);
    it(`with the flags 0x${flags.toString(16)}`, async () => {
      assert.equal((await inspect(buildFilm(flags, [40, 40, 40]))).facts.bFrames, false);
      assert.equal((await inspect(buildFilm(flags, [40, 40, 80]))).facts.bFrames, true);
    });
  }
});

describe('the header of a box', () => {
  const sample = readSample('mp4-main.mp4');
  const media = sample.indexOf('mdat') - 4;
  const long = (length: number): Buffer => {
    const header = Buffer.from('000000016d6461740000000000000000', 'hex');
    header.writeUInt32BE(length, 12);
    return header;
  };
  const behindIndex = (...parts: readonly Buffer[]) => Buffer.concat([sample.subarray(0, media), ...parts]);
  const table: readonly (readonly [name: string, Buffer, cutOff: string | undefined])[] = [
    ['may be 16 bytes long', behindIndex(long(116), Buffer.alloc(100)), undefined],
    ['may be all of the box', behindIndex(long(16)), undefined],
    [
      'says more than the file has',
      behindIndex(long(117), Buffer.alloc(100)),
      'a part of the media data is missing',
    ],
    ['is none when it is shorter than itself', behindIndex(long(15)), 'the media data is missing'],
    ['is none when its length is cut', behindIndex(long(116).subarray(0, 15)), 'the media data is missing'],
    [
      'is none when it states less than 8 bytes',
      behindIndex(Buffer.from('000000076d646174', 'hex')),
      'the media data is missing',
    ],
    ['may be all of a box of 8 bytes', behindIndex(Buffer.from('000000086d646174', 'hex')), undefined],
    [
      'is none when it is cut',
      behindIndex(Buffer.from('000000086d6461', 'hex')),
      'the media data is missing',
    ],
    [
      'is none when its type is no text',
      behindIndex(Buffer.from('000000086d640074', 'hex')),
      'the media data is missing',
    ],
  ];
  for (const [name, bytes, cutOff] of table) {
    it(name, async () => assert.equal((await inspect(bytes)).facts.cutOff, cutOff));
  }
});
