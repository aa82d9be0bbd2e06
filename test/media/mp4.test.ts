// Boxes of MP4s that no tool at hand writes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectMedia } from '../../media/inspect.ts';
import type { MediaFacts } from '../../media/facts.ts';
import { readSample, sourceOf } from './byte-sources.ts';
import { avc1, avcC, box, descriptor, h264, movie, mp4a, track, u32 } from './crafted-mp4.ts';

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
  const sample = movie(track('vide', avc1(avcC())));
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

describe('the length of a file that states none in its header', () => {
  /** A movie of no length with these boxes at the end of its index. */
  const withoutLength = (...boxes: readonly Buffer[]): Buffer => {
    const header = box('mvhd', Buffer.alloc(12), u32(1000), u32(0), Buffer.alloc(80));
    const index = box('moov', header, track('vide', avc1(avcC())), ...boxes);
    return Buffer.concat([box('ftyp', 'isom', u32(0), 'isom'), index, box('mdat', 'x'.repeat(8))]);
  };
  const rows: Readonly<Record<string, readonly [file: Buffer, seconds: number | undefined]>> = {
    'nor elsewhere': [withoutLength(), undefined],
    'nor among what fragments need': [withoutLength(box('mvex', box('trex', Buffer.alloc(20)))), undefined],
    'but for its fragments': [withoutLength(box('mvex', box('mehd', u32(0), u32(5000)))), 5],
    'but for its fragments, in 8 bytes': [
      withoutLength(box('mvex', box('mehd', u32(1 << 24), u32(0), u32(5000)))),
      5,
    ],
  };
  for (const [name, [file, seconds]] of Object.entries(rows)) {
    it(name, async () => {
      const { facts, findings } = await inspect(file);
      assert.deepEqual(findings, []);
      assert.equal(facts.durationSeconds, seconds);
    });
  }
});

describe('headers of version 1', () => {
  it('have longer numbers, and all else further behind', async () => {
    const header = box(
      'mvhd',
      u32(1 << 24),
      Buffer.alloc(16),
      u32(1000),
      u32(0),
      u32(2500),
      Buffer.alloc(80),
    );
    const turn = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000].map((value) => u32(value >>> 0));
    const size = [u32(320 << 16), u32(168 << 16)];
    const trackHeader = box(
      'tkhd',
      u32((1 << 24) | 1),
      Buffer.alloc(16),
      u32(7),
      Buffer.alloc(28),
      ...turn,
      ...size,
    );
    const media = track('vide', avc1(avcC()));
    const index = box('moov', header, box('trak', trackHeader, media.subarray(media.indexOf('mdia') - 4)));
    const file = Buffer.concat([box('ftyp', 'isom', u32(0), 'isom'), index, box('mdat', 'x'.repeat(8))]);
    const { facts, findings } = await inspect(file);
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      [],
    );
    assert.deepEqual([facts.durationSeconds, facts.width, facts.height], [2.5, 168, 320]);
  });
});

describe('an index is damaged', () => {
  const size = Buffer.from('0140000000a80000', 'hex');
  const withDescriptions = (...content: readonly Buffer[]): Buffer =>
    movie(
      box(
        'trak',
        box('tkhd', u32(1), Buffer.alloc(72), size),
        box(
          'mdia',
          box('hdlr', Buffer.alloc(8), 'vide', Buffer.alloc(13)),
          box('minf', box('stbl', box('stsd', u32(0), ...content))),
        ),
      ),
    );
  const rows: Readonly<Record<string, Buffer>> = {
    'that goes on behind its last box': movie(track('vide', avc1(avcC())), Buffer.alloc(9)),
    'without a sample description': withDescriptions(u32(0)),
    'whose list of descriptions is cut': withDescriptions(),
    'whose description is cut': withDescriptions(u32(1), box('avc1', Buffer.alloc(5))),
  };
  for (const [name, file] of Object.entries(rows)) {
    it(name, async () => {
      const { facts, findings } = await inspect(file);
      assert.equal(facts.unchecked, 'its index (moov) is damaged');
      assert.deepEqual(
        findings.map(({ level }) => level),
        ['warning'],
      );
    });
  }
});

describe('a codec', () => {
  const stream = (objectType: number, specific: string, flags = '00') =>
    descriptor(
      3,
      Buffer.concat([
        Buffer.from(`0001${flags}`, 'hex'),
        descriptor(
          4,
          Buffer.concat([
            Buffer.from([objectType]),
            Buffer.alloc(12),
            descriptor(5, Buffer.from(specific, 'hex')),
          ]),
        ),
      ]),
    );
  const mp4v = (...parts: Buffer[]) => box('mp4v', Buffer.alloc(78), box('esds', u32(0), ...parts));
  const video: readonly (readonly [entry: Buffer, name: string])[] = [
    [avc1(avcC()), 'H.264'],
    [box('dvh1', Buffer.alloc(78)), 'Dolby Vision (HEVC)'],
    [box('mp4v', Buffer.alloc(78)), 'MPEG-4 Part 2'],
    [mp4v(), 'MPEG-4 Part 2'],
    [mp4v(stream(32, '')), 'MPEG-4 Part 2'],
    [mp4v(stream(97, '')), 'MPEG-2'],
    [mp4v(stream(255, '')), 'MPEG-4 Part 2'],
    [box('zzz9', Buffer.alloc(78)), 'unknown (zzz9)'],
    [box('z<b>', Buffer.alloc(78)), 'unknown'],
  ];
  const audio: readonly (readonly [entry: Buffer, name: string])[] = [
    [box('mp4a', Buffer.alloc(28)), 'AAC'],
    [mp4a(), 'AAC'],
    [mp4a(stream(64, '')), 'AAC'],
    [mp4a(stream(64, '1210')), 'AAC'],
    [mp4a(stream(64, 'f840')), 'MP3'],
    [mp4a(stream(107, '1210')), 'MP3'],
    [mp4a(stream(255, '')), 'AAC'],
    [mp4a(stream(107, '', '200000')), 'MP3'],
    [mp4a(stream(107, '', '800000')), 'MP3'],
    [mp4a(stream(107, '', '40026162')), 'MP3'],
    [box('ec-3', Buffer.alloc(28)), 'Dolby Digital Plus (E-AC-3)'],
  ];
  for (const [entry, name] of video) {
    it(`of video: ${name} for ${entry.toString('latin1', 4, 8)}`, async () => {
      assert.equal((await inspect(movie(track('vide', entry)))).facts.videoCodec, name);
    });
  }
  for (const [entry, name] of audio) {
    it(`of sound: ${name} for ${entry.toString('hex', 4)}`, async () => {
      assert.equal((await inspect(movie(track('soun', entry)))).facts.audioCodec, name);
    });
  }
});

describe('the format of H.264', () => {
  const rows: readonly (readonly [profile: number, digits: string, expected: readonly unknown[]])[] = [
    [66, '', ['Baseline', 8, '4:2:0']],
    [100, '1' + '010' + '1', ['High', 8, '4:2:0']],
    [100, '010' + '010' + '1', ['High', 8, '4:2:0']],
    [100, '1' + '1' + '1', ['High', 8, '4:0:0']],
    [110, '1' + '010' + '011', ['High 10', 10, '4:2:0']],
    [122, '1' + '011' + '1', ['High 4:2:2', 8, '4:2:2']],
    [244, '1' + '00100' + '1' + '00111', ['High 4:4:4', 14, '4:4:4']],
    [244, '1' + '00101' + '1', ['High 4:4:4', undefined, undefined]],
    [100, '0'.repeat(64), ['High', undefined, undefined]],
    [99, '1' + '010' + '1', ['profile 99', 8, '4:2:0']],
  ];
  for (const [profile, digits, expected] of rows) {
    it(`${profile}, ${digits}: ${expected.join(', ')}`, async () => {
      const { facts } = await inspect(movie(track('vide', h264(profile, digits))));
      assert.deepEqual([facts.videoProfile, facts.videoBits, facts.chroma], expected);
    });
  }

  it('is not known without a parameter set', async () => {
    const { facts } = await inspect(movie(track('vide', avc1(avcC()))));
    assert.deepEqual([facts.videoProfile, facts.videoBits, facts.chroma], ['Main', undefined, undefined]);
  });
});

describe('the tables of a track', () => {
  const table = (type: string, ...numbers: readonly number[]) => box(type, u32(0), ...numbers.map(u32));
  const MEDIA = 100;
  /** A film of two chunks of two samples each, whose media data begins at MEDIA with this offset. */
  function film(
    changes: Readonly<Record<string, Buffer>> = {},
    content = Buffer.alloc(400, 'x'),
    entry = avc1(avcC()),
  ): Buffer {
    const tables = {
      stsc: table('stsc', 1, 1, 2, 1),
      stsz: table('stsz', 0, 4, 100, 100, 100, 100),
      stco: table('stco', 2, MEDIA + 8, MEDIA + 208),
      ...changes,
    };
    const head = box('ftyp', 'isom', u32(0), 'isom');
    const padding = box('free', Buffer.alloc(MEDIA - head.length - 8));
    const index = movie(track(entry.includes('mp4a') ? 'soun' : 'vide', entry, ...Object.values(tables)));
    const moov = index.subarray(index.indexOf('moov') - 4, index.indexOf('mdat') - 4);
    return Buffer.concat([head, padding, box('mdat', content), moov]);
  }
  const MISPLACED = 'its index (moov) points outside of the media data';
  const OVERSTATED = 'its index (moov) says more than it holds';
  const ZEROS = 'the end of its media data is only zeros';
  const SILENT = Buffer.concat([Buffer.alloc(300, 'x'), Buffer.alloc(100)]);
  const late = table('ctts', 2, 2, 10, 2, 10);
  const rows: readonly (readonly [name: string, file: Buffer, damage: string | undefined])[] = [
    ['fit', film(), undefined],
    [
      'fit, with offsets of 8 bytes',
      film({ stco: table('co64', 2, 0, MEDIA + 8, 0, MEDIA + 208) }),
      undefined,
    ],
    ['fit, with samples of one size', film({ stsz: table('stsz', 100, 4) }), undefined],
    ['begin too early', film({ stco: table('stco', 2, MEDIA + 7, MEDIA + 208) }), MISPLACED],
    ['begin too late', film({ stco: table('stco', 2, MEDIA + 8, MEDIA + 209) }), MISPLACED],
    ['end too late', film({ stsz: table('stsz', 0, 4, 100, 100, 100, 101) }), MISPLACED],
    ['end too late, in one size', film({ stsz: table('stsz', 101, 4) }), MISPLACED],
    [
      'have more chunks than there is room',
      film({ stco: table('stco', 3, MEDIA + 8, MEDIA + 208) }),
      OVERSTATED,
    ],
    [
      'have more sizes than there is room',
      film({ stsz: table('stsz', 0, 5, 100, 100, 100, 100) }),
      OVERSTATED,
    ],
    ['have more samples than the file bytes', film({ stsz: table('stsz', 100, 1_000) }), OVERSTATED],
    ['have fewer sizes than samples in a chunk', film({ stsz: table('stsz', 0, 1, 200) }), OVERSTATED],
    ['have more delays than there is room', film({ ctts: table('ctts', 3, 2, 10, 2, 10) }), OVERSTATED],
    ['delay all frames equally', film({ ctts: late }), undefined],
    ['have no chunks', film({ stco: table('stco', 0) }), undefined],
    ['have too many samples in a chunk to be read', film({ stsc: table('stsc', 1, 1, 9_000, 1) }), undefined],
    ['end in zeros', film({}, Buffer.concat([Buffer.alloc(336, 'x'), Buffer.alloc(64)])), ZEROS],
    ['end in a frame of zeros', film({}, SILENT, mp4a()), ZEROS],
    [
      'end in zeros of a codec that may have them',
      film({}, SILENT, box('hvc1', Buffer.alloc(78))),
      undefined,
    ],
    ['end in fewer zeros', film({}, Buffer.concat([Buffer.alloc(337, 'x'), Buffer.alloc(63)])), undefined],
  ];
  for (const [name, file, damage] of rows) {
    it(name, async () => assert.equal((await inspect(file)).facts.damage, damage));
  }

  it('end behind the file', async () => {
    const file = film({ stco: table('stco', 2, MEDIA + 8, 5_000) });
    assert.equal((await inspect(file)).facts.cutOff, 'a part of the media data is missing');
  });
});
