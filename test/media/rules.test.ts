// The table of media rules: limits and messages, on facts alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MediaFacts } from '../../media/facts.ts';
import { judgeMedia, type MediaKind, measureCrop, mediaRules } from '../../media/rules.ts';

const MB = 1_048_576;
const messages = (kind: MediaKind, facts: Partial<MediaFacts>) =>
  judgeMedia(kind, { size: 1, ...facts }).map(({ message }) => message);
const rules = (kind: MediaKind, facts: Partial<MediaFacts>) =>
  judgeMedia(kind, { size: 1, ...facts }).map(({ rule }) => rule);

const REENCODE = 'export it as H.264 in the Main profile (8 bits, 4:2:0, no B-frames) with AAC sound';
const AGAIN = 'open the file and export it again if WhatsApp refuses the template';

describe('messages', () => {
  const table: readonly (readonly [MediaKind, Partial<MediaFacts>, string])[] = [
    [
      'image',
      { size: 6.2 * MB },
      '6.2 MB; WhatsApp takes images of up to 5 MB: export it with fewer pixels or a lower JPEG quality',
    ],
    ['image', { bitsPerChannel: 16 }, '16 bits per channel; WhatsApp takes 8: export as 8-bit RGB'],
    [
      'image',
      { colour: 'CMYK' },
      'CMYK colours, as for printing; WhatsApp takes RGB: convert the picture to RGB (sRGB) and export it again',
    ],
    [
      'image',
      { colour: 'palette', bitsPerChannel: 4 },
      'a palette of at most 16 colours; WhatsApp asks for full RGB colour: set the colour mode to RGB, 8 bits per channel, and export it again',
    ],
    [
      'image',
      { colour: 'greyscale with alpha', bitsPerChannel: 8 },
      '8-bit greyscale; WhatsApp asks for full RGB colour: set the colour mode to RGB, 8 bits per channel, and export it again',
    ],
    [
      'image',
      { width: 1080, height: 1080 },
      '1080 × 1080 pixels, of which 48 % will be cut off at the top and the bottom; WhatsApp shows headers as 1.91:1: export as 1200 × 628 pixels, or check that what matters is in the middle',
    ],
    [
      'image',
      { width: 3000, height: 1000 },
      '3000 × 1000 pixels, of which 37 % will be cut off on the left and the right; WhatsApp shows headers as 1.91:1: export as 1200 × 628 pixels, or check that what matters is in the middle',
    ],
    [
      'image',
      { cutOff: 'the end marker is missing' },
      'the file is cut off (the end marker is missing); WhatsApp needs the whole picture: export or copy the picture again',
    ],
    [
      'image',
      { converted: 'as text' },
      'a program has rewritten the file as text; WhatsApp needs the picture as it was exported: copy the original again as a binary file, and mark it as such for git (`binary` in .gitattributes)',
    ],
    [
      'image',
      { damage: 'the checksum of its IDAT data is wrong' },
      'the file is damaged (the checksum of its IDAT data is wrong); WhatsApp may not open what needs repair: export or copy the picture again',
    ],
    [
      'image',
      { unchecked: 'it is a PNG rewritten by Xcode for iPhone apps' },
      `could not be checked (it is a PNG rewritten by Xcode for iPhone apps); WhatsApp takes PNG and JPEG with 8-bit RGB: ${AGAIN}`,
    ],
    [
      'video',
      { size: 16 * MB + 1 },
      '16.01 MB; WhatsApp takes videos of up to 16 MB: shorten the video, or export it with fewer pixels or a lower bit rate',
    ],
    [
      'video',
      { videoStreams: 0 },
      'no picture, only sound or other data; WhatsApp plays H.264 video: export it with its video track',
    ],
    ['video', { videoCodec: 'HEVC (H.265)' }, `HEVC (H.265) video; WhatsApp plays H.264: ${REENCODE}`],
    ['video', { videoCodec: 'H.264 + AV1' }, `H.264 + AV1 video; WhatsApp plays H.264: ${REENCODE}`],
    ['video', { audioCodec: 'MP3' }, 'MP3 sound; WhatsApp plays AAC: export it with AAC sound'],
    [
      'video',
      { audioStreams: 2 },
      '2 audio streams; WhatsApp takes one audio stream or none: keep one of them',
    ],
    [
      'video',
      { videoProfile: 'High', bFrames: true },
      `H.264 High profile with B-frames; WhatsApp may not play it on every phone: ${REENCODE}`,
    ],
    [
      'video',
      { videoProfile: 'High 4:2:2', videoBits: 10, chroma: '4:2:2' },
      `H.264 High 4:2:2 profile with 10 bits and 4:2:2 colours; most phones play 8 bits and 4:2:0 only: ${REENCODE}`,
    ],
    [
      'video',
      { moovLast: true },
      'the video\'s index (moov) is at the end of the file; WhatsApp wants it at the beginning: export with "web optimized" or "fast start"',
    ],
    [
      'video',
      { cutOff: 'its index (moov) is missing' },
      'the file is cut off (its index (moov) is missing); WhatsApp needs the whole video: export or copy the video again',
    ],
    [
      'video',
      { unchecked: 'its index (moov) is damaged' },
      `could not be checked (its index (moov) is damaged); WhatsApp takes MP4 with H.264 video and AAC sound: ${AGAIN}`,
    ],
    [
      'pdf',
      { size: 101 * MB },
      '101 MB; WhatsApp takes PDFs of up to 100 MB: export it for the web, with smaller pictures',
    ],
    [
      'pdf',
      { encryption: 'password' },
      'opens only with a password; WhatsApp may not be able to show it: save it without protection',
    ],
    [
      'pdf',
      { encryption: 'restricted' },
      'opens without a password, but is restricted in what may be done with it (encrypted); WhatsApp may not be able to show it: save it without protection',
    ],
    [
      'pdf',
      { encryption: 'unknown' },
      'is encrypted; whether it opens without a password is not known; WhatsApp may not be able to show it: save it without protection',
    ],
    [
      'pdf',
      { damage: 'its last line (%%EOF) is missing' },
      'the file is damaged (its last line (%%EOF) is missing); WhatsApp may not open what needs repair: open and save it again',
    ],
    [
      'pdf',
      { isEmpty: true },
      'the document has no pages; WhatsApp has nothing to show: export it again with its pages',
    ],
    [
      'pdf',
      { cutOff: 'its end is missing' },
      'the file is cut off (its end is missing); WhatsApp needs the whole document: export or copy the document again',
    ],
    [
      'pdf',
      { unchecked: 'a stream is damaged' },
      `could not be checked (a stream is damaged); WhatsApp takes PDFs that open without repair: ${AGAIN}`,
    ],
  ];
  for (const [kind, facts, message] of table) {
    it(message, () => assert.deepEqual(messages(kind, facts), [message]));
  }

  it('consist of the problem and the remedy', () => {
    for (const [kind, facts] of table) {
      for (const { message, problem, remedy } of judgeMedia(kind, { size: 1, ...facts }))
        assert.equal(message, `${problem}: ${remedy}`);
    }
  });

  it('cover every rule but those that are alike for all kinds', () => {
    const covered = new Set(table.flatMap(([kind, facts]) => rules(kind, facts)));
    for (const rule of ['video-converted', 'video-damaged', 'pdf-converted']) covered.add(rule);
    assert.deepEqual(
      mediaRules.map(({ rule }) => rule).filter((rule) => !covered.has(rule)),
      [],
    );
  });
});

describe('limits', () => {
  const table: readonly (readonly [string, MediaKind, Partial<MediaFacts>])[] = [
    ['an image of exactly 5 MB', 'image', { size: 5 * MB }],
    ['a video of exactly 16 MB', 'video', { size: 16 * MB }],
    ['a PDF of exactly 100 MB', 'pdf', { size: 100 * MB }],
    ['the size that the crop rule asks for', 'image', { width: 1200, height: 628 }],
    ['a crop of 14.9 % at the top and the bottom', 'image', { width: 1626, height: 1000 }],
    ['a crop of exactly 15 %', 'image', { width: 3247, height: 2000 }],
    ['a crop of 14.9 % at the sides', 'image', { width: 2244, height: 1000 }],
    ['8 bits per channel', 'image', { bitsPerChannel: 8, colour: 'RGB' }],
    ['1-bit RGB, which no file has', 'image', { bitsPerChannel: 1, colour: 'RGBA' }],
    ['a picture without a known size', 'image', {}],
    ['B-frames outside the High profiles', 'video', { videoProfile: 'Main', bFrames: true }],
    ['High profile without B-frames', 'video', { videoProfile: 'High', bFrames: false }],
    ['one audio stream', 'video', { audioStreams: 1, audioCodec: 'AAC' }],
    ['a PDF of which nothing is known', 'pdf', {}],
    ['Baseline without a format', 'video', { videoProfile: 'Baseline' }],
    ['High in 8 bits and 4:2:0', 'video', { videoProfile: 'High', videoBits: 8, chroma: '4:2:0' }],
  ];
  for (const [name, kind, facts] of table)
    it(`takes ${name}`, () => assert.deepEqual(rules(kind, facts), []));

  const refused: readonly (readonly [string, MediaKind, Partial<MediaFacts>, string])[] = [
    ['an image of 5 MB and a byte', 'image', { size: 5 * MB + 1 }, 'image-size'],
    ['a PDF of 100 MB and a byte', 'pdf', { size: 100 * MB + 1 }, 'pdf-size'],
    ['a crop of 15.1 % at the top and the bottom', 'image', { width: 1621, height: 1000 }, 'image-crop'],
    ['a crop of 15.1 % at the sides', 'image', { width: 2250, height: 1000 }, 'image-crop'],
    ['9 bits per channel', 'image', { bitsPerChannel: 9 }, 'image-bits'],
    ['9 bits', 'video', { videoProfile: 'High', videoBits: 9 }, 'video-format'],
    ['greyscale film', 'video', { videoProfile: 'High', videoBits: 8, chroma: '4:0:0' }, 'video-format'],
    ['High 10 of unknown format', 'video', { videoProfile: 'High 10' }, 'video-format'],
    ['lossless film', 'video', { videoProfile: 'High 4:4:4', videoBits: 8, chroma: '4:2:0' }, 'video-format'],
  ];
  for (const [name, kind, facts, rule] of refused) {
    it(`does not take ${name}`, () => assert.deepEqual(rules(kind, facts), [rule]));
  }
});

describe('levels', () => {
  it('follow from the source, but for what is cut off', () => {
    const table: readonly (readonly [MediaKind, Partial<MediaFacts>, string])[] = [
      ['image', { size: 5 * MB + 1 }, 'error'],
      ['image', { colour: 'palette' }, 'warning'],
      ['video', { cutOff: 'its end' }, 'error'],
      ['pdf', { damage: 'its table' }, 'warning'],
    ];
    for (const [kind, facts, expected] of table)
      assert.deepEqual(
        judgeMedia(kind, { size: 1, ...facts }).map(({ level }) => level),
        [expected],
      );
  });

  it('are errors for published rules and cut files alone', () => {
    const errors = mediaRules.filter(({ source, level }) => source === 'P' || level === 'error');
    assert.deepEqual(
      errors.map(({ rule, source }) => `${rule} (${source})`),
      [
        'image-size (P)',
        'image-bits (P)',
        'image-colour (P)',
        'image-truncated (I)',
        'video-size (P)',
        'video-track (P)',
        'video-codec (P)',
        'video-audio-codec (P)',
        'video-audio-streams (P)',
        'video-truncated (I)',
        'pdf-size (P)',
        'pdf-truncated (I)',
      ],
    );
  });
});

const SIDES = 'on the left and the right';
const ENDS = 'at the top and the bottom';

describe('measureCrop', () => {
  const rows: readonly (readonly [width: number, height: number, percent: number, sides: string])[] = [
    [1910, 1000, 0, SIDES],
    [1000, 1000, 47.6, ENDS],
    [955, 1000, 50, ENDS],
    [3820, 1000, 50, SIDES],
    [1, 100_000, 100, ENDS],
  ];
  for (const [width, height, percent, sides] of rows) {
    it(`of ${width} × ${height} loses ${percent} % ${sides}`, () => {
      const crop = measureCrop(width, height);
      assert.equal(Math.round(crop.lost * 1000) / 10, percent);
      assert.deepEqual([crop.sides, crop.isWide], [sides, sides === SIDES]);
    });
  }
});
