// Bounds of reading, and files too large to be kept as samples.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AssetType } from '../../src/assets/asset-type.ts';
import { type ByteSource, inspectMedia } from '../../media/inspect.ts';
import { sniffMedia } from '../../media/sniff.ts';
import { type CountedSource, readSample, sparseSource } from './byte-sources.ts';

const MB = 1_048_576;

const verdict = async (type: AssetType, source: ByteSource) =>
  (await inspectMedia(type, source)).findings.map(({ level, rule }) => `${level}: ${rule}`);

/** Bytes as they stand in compressed picture data: no 0xFF but before 0. */
const compressed = (position: number) =>
  position % 97 === 0 ? 0xff : position % 97 === 1 ? 0 : (position % 251) % 255;

/** A JPEG of `size` bytes whose compressed data goes on to where the pieces in `after` begin. */
function largeJpeg(size: number, ...after: readonly (readonly [number, Uint8Array])[]): CountedSource {
  const sample = readSample('jpeg-baseline.jpg');
  const header = sample.subarray(0, sample.indexOf(Buffer.from('ffda', 'hex')) + 14);
  return sparseSource(size, [[0, header], ...after], compressed);
}

const END = Buffer.from('ffd9', 'hex');

/** An MP4 with `bytes` more in its media data than the sample has. */
function largeMp4(bytes: number): CountedSource {
  const sample = Buffer.from(readSample('mp4-main.mp4'));
  const media = sample.indexOf('mdat') - 4;
  sample.writeUInt32BE(sample.readUInt32BE(media) + bytes, media);
  return sparseSource(sample.length + bytes, [[0, sample]]);
}

/** An MP4 whose index has `bytes` of padding. */
function mp4WithLargeIndex(bytes: number): CountedSource {
  const sample = Buffer.from(readSample('mp4-moov-last.mp4'));
  const index = sample.indexOf('moov') - 4;
  sample.writeUInt32BE(sample.length - index + 8 + bytes, index);
  const padding = Buffer.alloc(8);
  padding.writeUInt32BE(8 + bytes, 0);
  padding.write('free', 4);
  return sparseSource(sample.length + 8 + bytes, [
    [0, sample],
    [sample.length, padding],
  ]);
}

/** A PDF with a large hole before its cross-reference table, which its end points to. */
function largePdf(bytes: number): CountedSource {
  const sample = readSample('pdf-plain.pdf');
  const table = sample.lastIndexOf('xref\n0 ');
  const end = sample
    .subarray(table)
    .toString('latin1')
    .replace(/startxref\s+\d+/, `startxref\n${table + bytes}`);
  return sparseSource(table + bytes + end.length, [
    [0, sample.subarray(0, table)],
    [table + bytes, Buffer.from(end, 'latin1')],
  ]);
}

describe('large files', () => {
  const jpegOf = 4 * MB;
  const table: readonly (readonly [name: string, AssetType, CountedSource, ...verdict: string[]])[] = [
    ['a JPEG of 4 MB', 'image/jpeg', largeJpeg(jpegOf, [jpegOf - 2, END])],
    ['a JPEG of 4 MB that is cut off', 'image/jpeg', largeJpeg(jpegOf), 'error: image-truncated'],
    [
      'a progressive JPEG of 4 MB that is cut off',
      'image/jpeg',
      largeJpeg(jpegOf, [jpegOf - 1000, Buffer.from('ffc4000700010000ffda000401003f00', 'hex')]),
      'error: image-truncated',
    ],
    [
      'a JPEG of 4 MB with 300 KB of zeros behind it',
      'image/jpeg',
      largeJpeg(jpegOf, [jpegOf - 300_000, Buffer.concat([END, Buffer.alloc(299_998)])]),
      'warning: image-unchecked',
    ],
    [
      'a JPEG of 4 MB with a video behind it',
      'image/jpeg',
      largeJpeg(jpegOf, [
        jpegOf - 200_000,
        Buffer.concat([END, Buffer.from(Array.from({ length: 199_998 }, (_, index) => (index * 7919) >> 3))]),
      ]),
    ],
    [
      'a JPEG of 5 MB and a byte',
      'image/jpeg',
      largeJpeg(5 * MB + 1, [5 * MB - 1, END]),
      'error: image-size',
    ],
    ['an MP4 of 12 MB', 'video/mp4', largeMp4(12 * MB)],
    ['an MP4 of more than 16 MB', 'video/mp4', largeMp4(16 * MB), 'error: video-size'],
    ['an MP4 of more than 3 GB', 'video/mp4', largeMp4(3 * 1024 * MB), 'error: video-size'],
    ['an MP4 with an index of 1 MB', 'video/mp4', mp4WithLargeIndex(MB), 'warning: video-moov-order'],
    [
      'an MP4 that is cut off behind an index of 3 MB',
      'video/mp4',
      sparseSource(4 * MB, [
        [0, mp4WithLargeIndex(3 * MB).read(0, 20_000)],
        [mp4WithLargeIndex(3 * MB).size, Buffer.from('00ffffff6d646174', 'hex')],
      ]),
      'warning: video-moov-order',
      'error: video-truncated',
      'warning: video-unchecked',
    ],
    [
      'an MP4 with an index of 3 MB',
      'video/mp4',
      mp4WithLargeIndex(3 * MB),
      'warning: video-moov-order',
      'warning: video-unchecked',
    ],
    ['a PDF of 60 MB', 'application/pdf', largePdf(60 * MB)],
    ['a PDF of more than 100 MB', 'application/pdf', largePdf(100 * MB), 'error: pdf-size'],
    [
      'a PNG of 6 MB that is cut off',
      'image/png',
      sparseSource(6 * MB, [[0, readSample('png-rgb.png').subarray(0, 200)]]),
      'error: image-size',
      'warning: image-unchecked',
    ],
  ];
  for (const [name, type, source, ...expected] of table) {
    it(`${name}: ${expected.join(', ') || 'nothing to say'}`, async () => {
      assert.deepEqual(sniffMedia(source), { type });
      assert.deepEqual(await verdict(type, source), expected);
      assert.ok(source.bytesRead <= 2 * MB, `${source.bytesRead} bytes were read`);
    });
  }
});

describe('bounds', () => {
  it('reads at most 2 MB of a JPEG whose header never ends', async () => {
    const segment = Buffer.from('ffe1ffff', 'hex');
    const pieces = Array.from({ length: 500 }, (_, index) => [2 + index * 65_537, segment] as const);
    const source = sparseSource(40 * MB, [[0, Buffer.from('ffd8', 'hex')], ...pieces]);
    assert.deepEqual(sniffMedia(source), { type: 'image/jpeg' });
    assert.deepEqual(await verdict('image/jpeg', source), ['error: image-size', 'warning: image-unchecked']);
    assert.ok(source.bytesRead <= 2 * MB, `${source.bytesRead} bytes were read`);
  });

  it('looks at 10 000 chunks of a PNG', async () => {
    const header = readSample('png-rgb.png').subarray(0, 33);
    const chunk = Buffer.from('000000004944415435af061e', 'hex');
    const png = (chunks: number) =>
      Buffer.concat([
        header,
        ...Array<Buffer>(chunks).fill(chunk),
        Buffer.from('0000000049454e44ae426082', 'hex'),
      ]);
    for (const [chunks, expected] of [
      [9_998, []],
      [9_999, ['warning: image-unchecked']],
    ] as const) {
      assert.deepEqual(
        await verdict('image/png', sparseSource(png(chunks).length, [[0, png(chunks)]])),
        expected,
      );
    }
  });

  it('finds the end of a JPEG wherever it lies between two reads', async () => {
    for (let size = 5_500; size < 6_500; size++) {
      const source = largeJpeg(size + 500, [size - 2, Buffer.concat([END, Buffer.alloc(500)])]);
      assert.deepEqual(await verdict('image/jpeg', source), [], `${size} bytes`);
    }
  });
});

describe('surprises', () => {
  it('leaves the console alone when an MP4 is damaged', async (context) => {
    const methods = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      context.mock.method(console, name, () => {}),
    );
    for (const name of ['mp4-damaged-track.mp4', 'mp4-damaged-description.mp4', 'mp4-cut.mp4']) {
      const bytes = readSample(name);
      await inspectMedia('video/mp4', sparseSource(bytes.length, [[0, bytes]]));
    }
    assert.equal(
      methods.reduce((calls, method) => calls + method.mock.callCount(), 0),
      0,
    );
  });

  const types: readonly AssetType[] = ['image/jpeg', 'image/png', 'video/mp4', 'application/pdf'];
  for (const type of types) {
    it(`takes a source that fails for a reason to warn: ${type}`, async () => {
      const source: ByteSource = {
        size: 1000,
        read() {
          throw new TypeError('something unforeseen');
        },
      };
      const { facts, findings } = await inspectMedia(type, source);
      assert.equal(facts.unchecked, 'its structure is unusual or damaged');
      assert.deepEqual(
        findings.map(({ level }) => level),
        ['warning'],
      );
    });
  }

  it('judges what was known before the surprise', async () => {
    const bytes = readSample('png-rgb-16.png');
    const source: ByteSource = {
      size: bytes.length,
      read(position, length) {
        if (position > 40) throw new TypeError('something unforeseen');
        return bytes.subarray(position, position + length);
      },
    };
    assert.deepEqual(await verdict('image/png', source), ['error: image-bits', 'warning: image-unchecked']);
  });

  it('says something of content that is not of the type at all', async () => {
    for (const type of types) {
      const bytes = readSample('sniff-noise.png');
      assert.notDeepEqual(await verdict(type, sparseSource(bytes.length, [[0, bytes]])), [], type);
    }
  });
});

describe('cut files', () => {
  // What may be cut off: a line end, the whole last line of a PDF (a warning), the table that only speeds up seeking.
  const files: readonly (readonly [name: string, AssetType, ...uncritical: number[]])[] = [
    ['png-rgb.png', 'image/png'],
    ['png-interlaced.png', 'image/png'],
    ['jpeg-baseline.jpg', 'image/jpeg'],
    ['jpeg-progressive.jpg', 'image/jpeg'],
    ['jpeg-phone.jpg', 'image/jpeg'],
    ['mp4-main.mp4', 'video/mp4'],
    ['mp4-moov-last.mp4', 'video/mp4'],
    ['mp4-fragmented.mp4', 'video/mp4', ...Array.from({ length: 8 }, (_, index) => 103 + index)],
    ['pdf-plain.pdf', 'application/pdf', 1, 6],
    ['pdf-object-streams.pdf', 'application/pdf', 1, 6],
    ['pdf-linearized.pdf', 'application/pdf'],
    ['pdf-encrypted-password.pdf', 'application/pdf', 1, 6],
    // The revision of 72 bytes says nothing: without it the file is the whole document below.
    ['pdf-prev-zero.pdf', 'application/pdf', 1, 72, 73, 78],
  ];
  for (const [name, type, ...uncritical] of files) {
    it(`sees that ${name} is not whole, wherever it is cut`, async () => {
      const bytes = readSample(name);
      const spread = Array.from(
        { length: 150 },
        (_, step) => 10 + Math.floor((step / 150) * (bytes.length - 10)),
      );
      const last = Array.from({ length: 300 }, (_, index) => bytes.length - 1 - index);
      for (const length of [...spread, ...last]) {
        const found = await verdict(type, sparseSource(length, [[0, bytes.subarray(0, length)]]));
        assert.equal(
          found.some((finding) => /^error: .*-truncated$/.test(finding)),
          !uncritical.includes(bytes.length - length),
          `${bytes.length - length} bytes less: ${found}`,
        );
      }
    });
  }

  it('warns of a PDF without its last line, whatever stands there instead', async () => {
    const whole = readSample('pdf-plain.pdf').toString('latin1');
    for (const [end, ...expected] of [
      ['\n%%EOF', ''],
      ['\r\n%%EOF', ''],
      ['\n', 'warning: pdf-unchecked'],
      ['\r', 'warning: pdf-unchecked'],
      ['\n\0\0\0', 'warning: pdf-unchecked'],
      ['\n% the end\n', 'warning: pdf-unchecked'],
      ['', 'error: pdf-truncated'],
      ['\n%', 'error: pdf-truncated'],
      ['\r%%EO', 'error: pdf-truncated'],
    ]) {
      const bytes = Buffer.from(
        whole.replace(/\n%%EOF\n$/, () => end ?? ''),
        'latin1',
      );
      const found = await verdict('application/pdf', sparseSource(bytes.length, [[0, bytes]]));
      assert.deepEqual(found, expected.filter(Boolean), JSON.stringify(end));
    }
  });
});
