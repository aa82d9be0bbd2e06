// Boxes of MP4s that no tool at hand writes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectMedia } from '../../media/inspect.ts';
import { readSample, sourceOf } from './byte-sources.ts';
import { avc1, avcC, box, descriptor, h264, movie, mp4a, track, u32 } from './crafted-mp4.ts';

const inspect = (bytes: Buffer) => inspectMedia('video/mp4', sourceOf(bytes));

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

describe('a film in fragments', () => {
  const whole = readSample('mp4-fragmented.mp4');
  const lastIndex = whole.lastIndexOf('moof') - 4;
  const samples = lastIndex + whole.readUInt32BE(lastIndex);
  const cut: readonly (readonly [name: string, Buffer])[] = [
    ['behind the index of a fragment', whole.subarray(0, samples)],
    ['inside of the index of a fragment', whole.subarray(0, samples - 1)],
    [
      'inside of the table before a fragment',
      Buffer.concat([whole.subarray(0, lastIndex), u32(44), Buffer.from('sidx0')]),
    ],
    [
      'inside of the head of a segment',
      Buffer.concat([whole.subarray(0, lastIndex), u32(24), Buffer.from('stypm')]),
    ],
  ];
  it('is whole when the samples of a fragment stand before their index', async () => {
    const fragment = whole.subarray(lastIndex);
    const media = fragment.subarray(samples - lastIndex);
    const mdat = media.subarray(0, media.readUInt32BE(0));
    const bytes = Buffer.concat([whole.subarray(0, lastIndex), mdat, whole.subarray(lastIndex, samples)]);
    assert.equal((await inspect(bytes)).facts.cutOff, undefined);
  });

  for (const [name, bytes] of cut)
    it(`is cut off ${name}`, async () => {
      const { facts } = await inspect(bytes);
      assert.equal(facts.cutOff, 'a part of the media data is missing');
    });
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

it('an index that is damaged is warned of', async () => {
  const { facts, findings } = await inspect(movie(track('vide', avc1(avcC())), Buffer.alloc(9)));
  assert.equal(facts.unchecked, 'its index (moov) is damaged');
  assert.deepEqual(
    findings.map(({ level }) => level),
    ['warning'],
  );
});

describe('the tables of a track and the media data', () => {
  const table = (type: string, ...numbers: readonly number[]) => box(type, u32(0), ...numbers.map(u32));
  /** Where the content of the media data begins. */
  const MEDIA = 108;
  /** A film of two chunks of two samples each, all of 100 bytes, in media data of 400. */
  function film(changes: Readonly<Record<string, Buffer>> = {}, content = Buffer.alloc(400, 'x')): Buffer {
    const tables = {
      stsc: table('stsc', 1, 1, 2, 1),
      stsz: table('stsz', 100, 4),
      stco: table('stco', 2, MEDIA, MEDIA + 200),
      ...changes,
    };
    const head = box('ftyp', 'isom', u32(0), 'isom');
    const padding = box('free', Buffer.alloc(MEDIA - head.length - 16));
    const index = movie(track('vide', avc1(avcC()), ...Object.values(tables)));
    const moov = index.subarray(index.indexOf('moov') - 4, index.indexOf('mdat') - 4);
    return Buffer.concat([head, padding, box('mdat', content), moov]);
  }
  const MISPLACED = 'its index (moov) points outside of the media data';
  const rows: readonly (readonly [name: string, file: Buffer, damage: string | undefined])[] = [
    ['fit', film(), undefined],
    [
      'do not fit when they begin too early',
      film({ stco: table('stco', 2, MEDIA - 1, MEDIA + 200) }),
      MISPLACED,
    ],
    ['do not fit when they begin too late', film({ stco: table('stco', 2, MEDIA, MEDIA + 201) }), MISPLACED],
    ['do not fit when they end too late', film({ stsz: table('stsz', 101, 4) }), MISPLACED],
    ['need not say where samples lie', film({ stco: table('stco', 0) }), undefined],
    [
      'do not fit when they say more than they hold',
      film({ stco: table('stco', 3, MEDIA, MEDIA + 200) }),
      'its index (moov) says more than it holds',
    ],
    [
      'do not fit when they end in zeros',
      film({}, Buffer.concat([Buffer.alloc(336, 'x'), Buffer.alloc(64)])),
      'the end of its media data is only zeros',
    ],
  ];
  for (const [name, file, damage] of rows) {
    it(name, async () => assert.equal((await inspect(file)).facts.damage, damage));
  }

  const CUT = 'a part of the media data is missing';
  const longMedia = Buffer.concat([u32(500), Buffer.from('mdat'), Buffer.alloc(8)]);

  it('do not hide that a fragment behind them is cut', async () => {
    const fragment = Buffer.concat([u32(100), Buffer.from('moof')]);
    assert.equal((await inspect(Buffer.concat([film(), fragment]))).facts.cutOff, CUT);
  });

  it('need not be whole to show that the file was cut', async () => {
    const whole = movie(track('vide', avc1(avcC())), Buffer.alloc(9));
    const { facts } = await inspect(Buffer.concat([whole.subarray(0, whole.indexOf('mdat') - 4), longMedia]));
    assert.deepEqual([facts.cutOff, facts.unchecked], [CUT, 'its index (moov) is damaged']);
  });

  it('show that the file was cut when they end behind it', async () => {
    const file = film({ stco: table('stco', 2, MEDIA, 5_000) });
    assert.equal((await inspect(file)).facts.cutOff, CUT);
  });
});
