// What an MP4's index says of its length and its tracks, in headers of both versions, and when it is damaged.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Mp4Track, readDuration, readTracks } from '../../media/mp4-index.ts';
import { FaultError } from '../../media/source.ts';
import { avc1, avcC, box, descriptor, mp4a, openIndex, track, trackOf, u32 } from './crafted-mp4.ts';

/** Version 1 and no flags. */
const LONG = u32(1 << 24);

describe('the length', () => {
  const header = (scale: number, units: number) => box('mvhd', Buffer.alloc(12), u32(scale), u32(units));
  const longHeader = (high: number) => box('mvhd', LONG, Buffer.alloc(16), u32(1_000), u32(high), u32(2_500));
  const fragments = (...content: readonly Buffer[]) => box('mvex', box('mehd', ...content));
  const rows: Readonly<Record<string, readonly [index: readonly Buffer[], seconds: number | undefined]>> = {
    'is counted in units of its scale': [[header(1_000, 1_500)], 1.5],
    'is told to the millisecond': [[header(90_000, 100_000)], 1.111],
    'may have 8 bytes': [[longHeader(0)], 2.5],
    'of 8 bytes is none when it needs so many': [[longHeader(1)], undefined],
    'is not known without a scale': [[header(0, 900)], undefined],
    'is not known when it is 0': [[header(1_000, 0)], undefined],
    'is not known when it says so': [[header(1_000, 0xffffffff)], undefined],
    'is known as long as it does not': [[header(1_000, 0xfffffffe)], 4_294_967.294],
    'of fragments stands apart': [[header(1_000, 0), fragments(u32(0), u32(5_000))], 5],
    'of fragments may have 8 bytes': [[header(1_000, 0), fragments(LONG, u32(0), u32(5_000))], 5],
    'of fragments may stand nowhere': [[header(1_000, 0), box('mvex', box('trex'))], undefined],
    'that the header states goes first': [[header(1_000, 900), fragments(u32(0), u32(5_000))], 0.9],
  };
  for (const [name, [index, seconds]] of Object.entries(rows))
    it(name, () => assert.equal(readDuration(openIndex(index)), seconds));
});

/** The numbers of a track's header, all as they are stored; the matrix is that of no turn. */
interface HeaderNumbers {
  flags?: number;
  matrix?: readonly number[];
  width?: number;
  height?: number;
}

const STRAIGHT = [1, 0, 0, 0, 1, 0, 0, 0];
const TURNED = [0, 1, 0, -1, 0, 0, 0, 0];

/** The header of track 7, in the short or the long form. */
function header(
  { flags = 1, matrix = STRAIGHT, width = 320 * 65_536, height = 168 * 65_536 }: HeaderNumbers,
  isLong = false,
): Buffer {
  const times = Buffer.alloc(isLong ? 16 : 8);
  const between = Buffer.alloc(isLong ? 28 : 24);
  const numbers = [...matrix.map((value) => (value * 65_536) >>> 0), 0x40000000, width, height];
  return box('tkhd', u32(isLong ? (1 << 24) | flags : flags), times, u32(7), between, ...numbers.map(u32));
}

const described = (...entries: readonly Buffer[]) => box('stsd', u32(0), u32(entries.length), ...entries);

function readOnly(...boxes: readonly Buffer[]): Mp4Track {
  const [only, ...more] = readTracks(openIndex(boxes));
  assert.ok(only !== undefined && more.length === 0);
  return only;
}

describe('a track', () => {
  const video = described(avc1(avcC()));

  for (const isLong of [false, true]) {
    it(`has its number and whether it is shown in a ${isLong ? 'long' : 'short'} header`, () => {
      for (const [flags, isEnabled] of [
        [1, true],
        [7, true],
        [6, false],
      ] as const) {
        const read = readOnly(trackOf(header({ flags }, isLong), 'vide', video));
        assert.deepEqual([read.id, read.isEnabled], [7, isEnabled]);
      }
    });
  }

  it('of video has a codec, a profile, a size and its tables', () => {
    const { codec, facts, tables, handler } = readOnly(track('vide', avc1(avcC())));
    const expected = ['vide', 'H.264', { width: 320, height: 168, videoProfile: 'Main' }, 'stbl'];
    assert.deepEqual([handler, codec, facts, tables.type], expected);
  });

  it('of sound has a codec and its tables', () => {
    const decoder = descriptor(4, Buffer.from([107, ...Array<number>(12).fill(0)]));
    const stream = descriptor(3, Buffer.concat([Buffer.alloc(3), decoder]));
    const { codec, facts, tables, handler } = readOnly(track('soun', mp4a(stream)));
    assert.deepEqual([handler, codec, facts, tables.type], ['soun', 'MP3', {}, 'stbl']);
  });

  it('of anything else is passed over', () => {
    const media = box('mdia', box('hdlr', Buffer.alloc(8), 'text'));
    assert.deepEqual(readTracks(openIndex([box('trak', header({}), media)])), []);
  });

  it('is described by its first description', () => {
    const [hevc, h264] = [box('hvc1', Buffer.alloc(78)), avc1(avcC())];
    assert.equal(readOnly(trackOf(header({}), 'vide', described(hevc, h264))).codec, 'HEVC (H.265)');
  });

  it('is one of several, in their order', () => {
    const index = openIndex([track('soun', mp4a()), box('udta'), track('vide', avc1(avcC()))]);
    assert.deepEqual(
      readTracks(index).map(({ handler }) => handler),
      ['soun', 'vide'],
    );
  });
});

describe('the size of a video', () => {
  /** A description that states these pixels. */
  const coded = (width: number, height: number): Buffer => {
    const entry = Buffer.alloc(78);
    entry.writeUInt16BE(width, 24);
    entry.writeUInt16BE(height, 26);
    return described(box('avc1', entry));
  };
  const CODED = [160, 84] as const;
  const rows: Readonly<
    Record<string, readonly [HeaderNumbers, coded: readonly [number, number], size: string | undefined]>
  > = {
    'is that of the track': [{}, CODED, '320 × 168'],
    'is rounded': [{ width: 160.6 * 65_536, height: 83.4 * 65_536 }, CODED, '161 × 83'],
    'is that of its samples where the track states no width': [{ width: 0 }, CODED, '160 × 168'],
    'is that of its samples where the track states no height': [{ height: 0 }, CODED, '320 × 84'],
    'is not known where neither states its width': [{ width: 0 }, [0, 84], undefined],
    'is not known where neither states its height': [{ height: 0 }, [160, 0], undefined],
    'is turned by a quarter': [{ matrix: TURNED }, CODED, '168 × 320'],
    'is turned by a quarter, also of its samples': [{ matrix: TURNED, width: 0 }, CODED, '168 × 160'],
    'is not turned by a half': [{ matrix: [-1, 0, 0, 0, -1, 0, 0, 0] }, CODED, '320 × 168'],
    'is not turned by less': [{ matrix: [1, 1, 0, 1, 1, 0, 0, 0] }, CODED, '320 × 168'],
    'is not turned by a matrix of zeros': [{ matrix: [0, 0, 0, 0, 0, 0, 0, 0] }, CODED, '320 × 168'],
  };
  for (const [name, [numbers, pixels, expected]] of Object.entries(rows)) {
    it(name, () => {
      for (const isLong of [false, true]) {
        const { facts } = readOnly(trackOf(header(numbers, isLong), 'vide', coded(...pixels)));
        assert.equal(facts.width && `${facts.width} × ${facts.height}`, expected);
      }
    });
  }
});

describe('an index is damaged', () => {
  const whole = header({});
  const cut = (bytes: Buffer, missing: number) =>
    box(bytes.toString('latin1', 4, 8), bytes.subarray(8, bytes.length - missing));
  const length =
    (...boxes: readonly Buffer[]) =>
    (): unknown =>
      readDuration(openIndex(boxes));
  const tracks =
    (...boxes: readonly Buffer[]) =>
    (): unknown =>
      readTracks(openIndex(boxes));
  const video = described(avc1(avcC()));
  const rows: Readonly<Record<string, () => unknown>> = {
    'without a header': length(),
    'whose header is cut': length(box('mvhd', Buffer.alloc(19))),
    'whose long header is cut': length(box('mvhd', LONG, Buffer.alloc(27))),
    'whose length of fragments is cut': length(
      box('mvhd', Buffer.alloc(20)),
      box('mvex', box('mehd', u32(0))),
    ),
    'that goes on behind its last box': tracks(track('vide', avc1(avcC())), Buffer.alloc(8)),
    'that holds no box': tracks(Buffer.alloc(8)),
    'with a track without a header': tracks(box('trak')),
    'with a track whose header is cut': tracks(trackOf(cut(whole, 1), 'vide', video)),
    'with a track whose long header is cut': tracks(trackOf(cut(header({}, true), 1), 'vide', video)),
    'with a track of nothing': tracks(box('trak', whole)),
    'with a track of an unknown kind': tracks(box('trak', whole, box('mdia', box('hdlr', Buffer.alloc(11))))),
    'without tables': tracks(box('trak', whole, box('mdia', box('hdlr', Buffer.alloc(8), 'soun')))),
    'without descriptions': tracks(trackOf(whole, 'soun')),
    'with an empty list of descriptions': tracks(trackOf(whole, 'soun', described())),
    'whose list of descriptions is cut': tracks(trackOf(whole, 'soun', box('stsd', u32(0)))),
    'whose description is cut': tracks(trackOf(whole, 'vide', described(box('avc1', Buffer.alloc(77))))),
  };
  const error = { constructor: FaultError, fact: 'unchecked', message: 'its index (moov) is damaged' };
  for (const [name, read] of Object.entries(rows)) it(name, () => assert.throws(read, error));

  it('but not by a few zeros at its end', () => {
    assert.equal(readOnly(track('vide', avc1(avcC())), Buffer.alloc(7)).codec, 'H.264');
  });
});
