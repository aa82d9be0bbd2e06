// Bounds of reading, and files too large to be kept as samples.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MEDIA_TYPES } from '../../media/facts.ts';
import { inspectMedia } from '../../media/inspect.ts';
import type { ByteSource } from '../../media/source.ts';
import {
  type CountedSource,
  judge,
  judgeNamed,
  readSample,
  sourceOf,
  sparseSource,
  typeOf,
} from './byte-sources.ts';
import { u32 } from './crafted-mp4.ts';

const MB = 1_048_576;

/** Bytes as they stand in compressed picture data: no 0xFF but before 0. */
const COMPRESSED = Buffer.from(Array.from({ length: 97 }, (_, index) => (index === 0 ? 0xff : index - 1)));

/** A JPEG of `size` bytes whose compressed data goes on to where the pieces in `after` begin. */
function largeJpeg(size: number, ...after: readonly (readonly [number, Uint8Array])[]): CountedSource {
  const sample = readSample('jpeg-baseline.jpg');
  const header = sample.subarray(0, sample.indexOf(Buffer.from('ffda', 'hex')) + 14);
  return sparseSource(size, [[0, header], ...after], COMPRESSED);
}

const END = Buffer.from('ffd9', 'hex');

/** An MP4 with `bytes` more in its media data than the sample has. */
function largeMp4(bytes: number): CountedSource {
  const sample = Buffer.from(readSample('mp4-main.mp4'));
  const media = sample.indexOf('mdat') - 4;
  sample.writeUInt32BE(sample.readUInt32BE(media) + bytes, media);
  return sparseSource(sample.length + bytes, [[0, sample]]);
}

/** An MP4 whose index has `bytes` of metadata, after texts of the sample were replaced. */
function mp4WithMetadata(bytes: number, ...replaced: readonly (readonly [string, string])[]): CountedSource {
  const text = replaced.reduce(
    (content, [old, other]) => content.replace(old, other),
    readSample('mp4-moov-last.mp4').toString('latin1'),
  );
  const sample = Buffer.from(text, 'latin1');
  const index = sample.indexOf('moov') - 4;
  sample.writeUInt32BE(sample.length - index + 8 + bytes, index);
  const metadata = Buffer.concat([u32(8 + bytes), Buffer.from('udta')]);
  return sparseSource(sample.length + 8 + bytes, [
    [0, sample],
    [sample.length, metadata],
  ]);
}

/** A JPEG with `count` segments of 64 KB that begin like this. */
function jpegWithSegments(name: string, count: number, start: string): Buffer {
  const sample = readSample(name);
  const segment = Buffer.alloc(65_537, 'x');
  segment.write(`\xff\xe1\xff\xff${start}`, 'latin1');
  return Buffer.concat([sample.subarray(0, 2), ...Array<Buffer>(count).fill(segment), sample.subarray(2)]);
}

/** A PNG with a chunk of this type and length before its picture; its checksum is 0. */
function pngWithChunk(type: string, length: number): CountedSource {
  const sample = readSample('png-rgb.png');
  const end = 33 + 12 + length;
  return sparseSource(sample.length + 12 + length, [
    [0, sample.subarray(0, 33)],
    [33, Buffer.concat([u32(length), Buffer.from(type)])],
    [end, sample.subarray(33)],
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

/** A PDF with `bytes` of zeros behind it. */
function pdfWithTail(bytes: number, name = 'pdf-plain.pdf'): CountedSource {
  const sample = readSample(name);
  return sparseSource(sample.length + bytes, [[0, sample]]);
}

const XMP = 'http://ns.adobe.com/xmp/extension/\0';

describe('large files', () => {
  const jpegOf = 4 * MB;
  const table: readonly (readonly [name: string, CountedSource, ...verdict: string[]])[] = [
    ['a JPEG of 4 MB.jpg', largeJpeg(jpegOf, [jpegOf - 2, END])],
    ['a JPEG of 4 MB that is cut off.jpg', largeJpeg(jpegOf), 'error: image-truncated'],
    [
      'a progressive JPEG of 4 MB that is cut off.jpg',

      largeJpeg(jpegOf, [jpegOf - 1000, Buffer.from('ffc4000700010000ffda000401003f00', 'hex')]),
      'error: image-truncated',
    ],
    [
      'a JPEG of 4 MB with 300 KB of zeros behind it.jpg',

      largeJpeg(jpegOf, [jpegOf - 300_000, Buffer.concat([END, Buffer.alloc(299_998)])]),
    ],
    [
      'a JPEG of 4 MB whose last 300 KB are zeros.jpg',
      largeJpeg(jpegOf, [jpegOf - 300_000, Buffer.alloc(300_000)]),
      'error: image-truncated',
    ],
    [
      'a JPEG of 4 MB whose second half is zeros.jpg',
      largeJpeg(jpegOf, [2 * MB, Buffer.alloc(2 * MB)]),
      'error: image-truncated',
    ],
    ['a JPEG with 2 MB of XMP.jpg', sourceOf(jpegWithSegments('jpeg-baseline.jpg', 33, XMP))],
    [
      'a CMYK JPEG with 2 MB of XMP.jpg',
      sourceOf(jpegWithSegments('jpeg-cmyk.jpg', 33, XMP)),
      'error: image-colour',
    ],
    [
      'a JPEG with 2 MB of Exif data.jpg',
      sourceOf(jpegWithSegments('jpeg-baseline.jpg', 33, 'Exif\0\0II*\0')),
    ],
    ['a PNG with 3 MB of metadata.png', pngWithChunk('zTXt', 3 * MB)],
    ['a PNG with 3 MB of zeros as picture.png', pngWithChunk('IDAT', 3 * MB), 'warning: image-damaged'],
    ['a PNG with 500 KB of zeros as picture.png', pngWithChunk('IDAT', 500_000), 'warning: image-damaged'],
    [
      'a JPEG of 4 MB with a video behind it.jpg',

      largeJpeg(jpegOf, [
        jpegOf - 200_000,
        Buffer.concat([END, Buffer.from(Array.from({ length: 199_998 }, (_, index) => (index * 7919) >> 3))]),
      ]),
    ],
    [
      'a JPEG of 5 MB and a byte.jpg',

      largeJpeg(5 * MB + 1, [5 * MB - 1, END]),
      'error: image-size',
    ],
    ['an MP4 of 12 MB.mp4', largeMp4(12 * MB)],
    ['an MP4 of more than 16 MB.mp4', largeMp4(16 * MB), 'error: video-size'],
    ['an MP4 of more than 3 GB.mp4', largeMp4(3 * 1024 * MB), 'error: video-size'],
    ['an MP4 with 3 MB of metadata.mp4', mp4WithMetadata(3 * MB), 'warning: video-moov-order'],
    [
      'an MP4 with HEVC, AC-3 and 3 MB of metadata.mp4',
      mp4WithMetadata(3 * MB, ['avc1\0\0\0\0', 'hvc1\0\0\0\0'], ['mp4a\0\0\0\0', 'ac-3\0\0\0\0']),
      'error: video-codec',
      'error: video-audio-codec',
      'warning: video-moov-order',
    ],
    ['a PDF with 70 KB of zeros behind it.pdf', pdfWithTail(70_000)],
    ['a PDF with 900 KB of zeros behind it.pdf', pdfWithTail(900_000)],
    ['a linearized PDF with 70 KB of zeros behind it.pdf', pdfWithTail(70_000, 'pdf-linearized.pdf')],
    [
      'a cut PDF with 70 KB of zeros behind it.pdf',
      pdfWithTail(70_000, 'pdf-cut.pdf'),
      'error: pdf-truncated',
    ],
    ['a PDF of 60 MB.pdf', largePdf(60 * MB)],
    ['a PDF of more than 100 MB.pdf', largePdf(100 * MB), 'error: pdf-size'],
    [
      'a PNG of 6 MB that is cut off.png',

      sparseSource(6 * MB, [[0, readSample('png-rgb.png').subarray(0, 200)]]),
      'error: image-size',
      'warning: image-damaged',
    ],
  ];
  for (const [name, source, ...expected] of table) {
    it(`${name}: ${expected.join(', ') || 'nothing to say'}`, async () => {
      assert.deepEqual(await judgeNamed(name, source), expected);
    });
  }
});

describe('bounds', () => {
  it('passes over what is not asked for, and still reads at most 2 MB of a JPEG whose header never ends', async () => {
    const segment = Buffer.from('ffe1ffff', 'hex');
    const pieces = Array.from({ length: 500 }, (_, index) => [2 + index * 65_537, segment] as const);
    const source = sparseSource(40 * MB, [[0, Buffer.from('ffd8', 'hex')], ...pieces]);
    assert.deepEqual(await judgeNamed('endless.jpg', source), [
      'error: image-size',
      'warning: image-unchecked',
    ]);
  });

  it('looks at as many chunks of a PNG as it may read', async () => {
    const header = readSample('png-rgb.png').subarray(0, 33);
    const chunk = Buffer.from('000000004944415435af061e', 'hex');
    const png = (chunks: number) =>
      Buffer.concat([
        header,
        ...Array<Buffer>(chunks).fill(chunk),
        Buffer.from('0000000049454e44ae426082', 'hex'),
      ]);
    for (const [chunks, expected] of [
      [8_000, []],
      [20_000, ['warning: image-unchecked']],
    ] as const) {
      assert.deepEqual(await judgeNamed('chunks.png', png(chunks)), expected);
    }
  });

  it('finds the end of a JPEG wherever it lies between two reads', async () => {
    for (let size = 5_500; size < 6_500; size++) {
      const source = largeJpeg(size + 500, [size - 2, Buffer.concat([END, Buffer.alloc(500)])]);
      assert.deepEqual(await judge('image/jpeg', source), [], `${size} bytes`);
    }
  });
});

describe('surprises', () => {
  for (const type of MEDIA_TYPES) {
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
    assert.deepEqual(await judge('image/png', source), ['error: image-bits', 'warning: image-unchecked']);
  });

  it('says something of content that is not of the type at all', async () => {
    for (const type of MEDIA_TYPES) {
      const bytes = readSample('sniff-noise.png');
      assert.notDeepEqual(await judge(type, sourceOf(bytes)), [], type);
    }
  });
});

describe('cut files', () => {
  // What may be cut off: a line end, the whole last line of a PDF (a warning), the table that only speeds up seeking.
  const files: readonly (readonly [name: string, ...uncritical: number[]])[] = [
    ['png-rgb.png'],
    ['png-interlaced.png'],
    ['jpeg-baseline.jpg'],
    ['jpeg-progressive.jpg'],
    ['jpeg-phone.jpg'],
    ['mp4-main.mp4'],
    ['mp4-moov-last.mp4'],
    ['mp4-fragmented.mp4', ...Array.from({ length: 8 }, (_, index) => 103 + index)],
    ['pdf-plain.pdf', 1, 6],
    ['pdf-object-streams.pdf', 1, 6],
    ['pdf-linearized.pdf', 1],
    ['pdf-encrypted-password.pdf', 1, 6],
    // The revision of 72 bytes says nothing: without it the file is the whole document below.
    ['pdf-prev-zero.pdf', 1, 72, 73, 78],
  ];
  for (const [name, ...uncritical] of files) {
    it(`sees that ${name} is not whole, wherever it is cut`, async () => {
      const bytes = readSample(name);
      const spread = Array.from(
        { length: 150 },
        (_, step) => 10 + Math.floor((step / 150) * (bytes.length - 10)),
      );
      const last = Array.from({ length: 300 }, (_, index) => bytes.length - 1 - index);
      for (const length of [...spread, ...last]) {
        const found = await judge(typeOf(name), sourceOf(bytes.subarray(0, length)));
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
      ['\n', 'warning: pdf-damaged'],
      ['\r', 'warning: pdf-damaged'],
      ['\n\0\0\0', 'warning: pdf-damaged'],
      ['\n% the end\n', 'warning: pdf-damaged'],
      ['', 'error: pdf-truncated'],
      ['\n%', 'error: pdf-truncated'],
      ['\r%%EO', 'error: pdf-truncated'],
    ]) {
      const bytes = Buffer.from(
        whole.replace(/\n%%EOF\n$/, () => end ?? ''),
        'latin1',
      );
      const found = await judge('application/pdf', sourceOf(bytes));
      assert.deepEqual(found, expected.filter(Boolean), JSON.stringify(end));
    }
  });
});
