// What is said of every sample file: each row names the rules it does not meet, or what it is instead of its type.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { AssetType } from '../../src/assets/asset-type.ts';
import { inspectMedia } from '../../src/media/inspect.ts';
import { sniffMedia } from '../../src/media/sniff.ts';
import { readSample, samplesFolder, sourceOf } from './byte-sources.ts';

const TYPES: Readonly<Record<string, AssetType>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
};

const samples: readonly (readonly [name: string, ...verdict: string[]])[] = [
  // JPEG
  ['jpeg-1001-segments.jpg', 'warning: image-unchecked'],
  ['jpeg-12-bit.jpg', 'error: image-bits'],
  ['jpeg-444.jpg'],
  ['jpeg-arithmetic.jpg', 'warning: image-unchecked'],
  ['jpeg-baseline.jpg'],
  ['jpeg-broken-exif.jpg'],
  ['jpeg-cmyk.jpg', 'error: image-colour'],
  ['jpeg-comment.jpg'],
  ['jpeg-cut-header.jpg', 'error: image-truncated'],
  ['jpeg-cut-phone.jpg', 'error: image-truncated'],
  ['jpeg-cut-progressive.jpg', 'error: image-truncated'],
  ['jpeg-cut.jpg', 'error: image-truncated'],
  ['jpeg-fill-bytes.jpg'],
  ['jpeg-grey.jpg', 'warning: image-reduced-colour'],
  ['jpeg-icc.jpg'],
  ['jpeg-lossless.jpg', 'error: image-bits', 'warning: image-crop', 'warning: image-unchecked'],
  ['jpeg-many-application-segments.jpg'],
  ['jpeg-motion-photo.jpg'],
  ['jpeg-multi-picture.jpg'],
  ['jpeg-no-picture.jpg', 'warning: image-unchecked'],
  ['jpeg-phone-little-endian.jpg'],
  ['jpeg-phone-lying-stored-upright.jpg'],
  ['jpeg-phone-upright-stored-lying.jpg', 'warning: image-crop'],
  ['jpeg-phone.jpg'],
  ['jpeg-photoshop.jpg'],
  ['jpeg-portrait.jpg', 'warning: image-crop'],
  ['jpeg-progressive.jpg'],
  ['jpeg-restart-markers.jpg'],
  ['jpeg-rows-after-scan.jpg', 'warning: image-unchecked'],
  ['jpeg-samsung-trailer.jpg'],
  ['jpeg-square.jpg', 'warning: image-crop'],
  ['jpeg-stray-bytes.jpg'],
  ['jpeg-trailing-zeros.jpg'],
  ['jpeg-video-frame.jpg'],
  ['jpeg-without-end-marker.jpg', 'error: image-truncated'],
  ['jpeg-ycck.jpg', 'error: image-colour'],
  // PNG
  ['png-animated.png'],
  ['png-bad-chunk.png', 'warning: image-unchecked'],
  ['png-banner.png', 'warning: image-crop'],
  ['png-crop-14.png'],
  ['png-crop-16.png', 'warning: image-crop'],
  ['png-cut-header.png', 'error: image-truncated'],
  ['png-cut.png', 'error: image-truncated'],
  ['png-grey-1.png', 'warning: image-reduced-colour'],
  ['png-grey-16.png', 'error: image-bits', 'warning: image-reduced-colour'],
  ['png-grey-2.png', 'warning: image-reduced-colour'],
  ['png-grey-8.png', 'warning: image-reduced-colour'],
  ['png-grey-alpha.png', 'warning: image-reduced-colour'],
  ['png-icc-text.png'],
  ['png-interlaced.png'],
  ['png-palette-1.png', 'warning: image-reduced-colour'],
  ['png-palette-2.png', 'warning: image-reduced-colour'],
  ['png-palette-4.png', 'warning: image-reduced-colour'],
  ['png-palette-8.png', 'warning: image-reduced-colour'],
  ['png-photoshop.png'],
  ['png-portrait.png', 'warning: image-crop'],
  ['png-rgb-16.png', 'error: image-bits'],
  ['png-rgb-transparent-colour.png'],
  ['png-rgb.png'],
  ['png-rgba-16.png', 'error: image-bits'],
  ['png-rgba.png'],
  ['png-square.png', 'warning: image-crop'],
  ['png-trailing-bytes.png'],
  ['png-without-end-chunk.png', 'error: image-truncated'],
  ['png-xcode.png', 'warning: image-unchecked'],
  // photos from real cameras
  ['real-exif-orientation-1.jpg', 'warning: image-crop'],
  ['real-exif-orientation-6.jpg', 'warning: image-crop'],
  ['real-exif-orientation-8.jpg', 'warning: image-crop'],
  ['real-iphone-4s.jpg', 'warning: image-crop'],
  // MP4
  ['mp4-10001-boxes.mp4', 'warning: video-unchecked'],
  ['mp4-absurd-sample-count.mp4'],
  ['mp4-audio-ac3.mp4', 'error: video-audio-codec'],
  ['mp4-audio-alac.mp4', 'error: video-audio-codec'],
  ['mp4-audio-eac3.mp4', 'error: video-audio-codec'],
  ['mp4-audio-flac.mp4', 'error: video-audio-codec'],
  ['mp4-audio-mp3-as-mpeg4.mp4', 'error: video-audio-codec'],
  ['mp4-audio-mp3.mp4', 'error: video-audio-codec'],
  ['mp4-audio-only.mp4', 'error: video-track'],
  ['mp4-audio-opus.mp4', 'error: video-audio-codec'],
  ['mp4-av1.mp4', 'error: video-codec'],
  ['mp4-baseline.mp4'],
  ['mp4-brand-abcd.mp4'],
  ['mp4-brand-avc1.mp4'],
  ['mp4-brand-isml.mp4'],
  ['mp4-brand-m4v.mp4'],
  ['mp4-brand-mp42.mp4'],
  ['mp4-brand-msnv.mp4'],
  ['mp4-brand-xavc.mp4'],
  ['mp4-cover-picture.mp4'],
  ['mp4-cut-before-index.mp4', 'error: video-truncated'],
  ['mp4-cut-between-fragments.mp4', 'error: video-truncated'],
  ['mp4-cut-fragmented.mp4', 'error: video-truncated'],
  ['mp4-cut-in-index.mp4', 'error: video-truncated'],
  ['mp4-cut.mp4', 'error: video-truncated'],
  ['mp4-damaged-description.mp4', 'warning: video-unchecked'],
  ['mp4-damaged-track.mp4', 'warning: video-unchecked'],
  ['mp4-dash.mp4'],
  ['mp4-drone-appendix.mp4'],
  ['mp4-fragmented-b-frames.mp4', 'warning: video-b-frames'],
  ['mp4-fragmented-hevc.mp4', 'error: video-codec'],
  ['mp4-fragmented.mp4'],
  ['mp4-h263.mp4', 'error: video-codec'],
  ['mp4-hev1.mp4', 'error: video-codec'],
  ['mp4-high-b-frames.mp4', 'warning: video-b-frames'],
  ['mp4-high.mp4'],
  ['mp4-high10-b-frames.mp4', 'warning: video-b-frames'],
  ['mp4-hvc1.mp4', 'error: video-codec'],
  ['mp4-index-missing.mp4', 'error: video-truncated'],
  ['mp4-long-media-box.mp4'],
  ['mp4-main-b-frames.mp4'],
  ['mp4-main.mp4'],
  ['mp4-media-missing.mp4', 'error: video-truncated'],
  ['mp4-metadata.mp4'],
  ['mp4-mjpeg.mp4', 'error: video-codec'],
  ['mp4-moov-last.mp4', 'warning: video-moov-order'],
  ['mp4-mpeg2.mp4', 'error: video-codec'],
  ['mp4-mpeg4.mp4', 'error: video-codec'],
  ['mp4-open-ended-media-box.mp4'],
  ['mp4-phone-upright.mp4'],
  ['mp4-preview-track.mp4'],
  ['mp4-protected.mp4', 'error: video-codec'],
  ['mp4-silent.mp4'],
  ['mp4-subtitles.mp4'],
  ['mp4-timecode.mp4'],
  ['mp4-trailing-bytes.mp4'],
  ['mp4-two-audio-streams.mp4', 'error: video-audio-streams'],
  ['mp4-vp9.mp4', 'error: video-codec'],
  // PDF
  ['pdf-80-revisions.pdf'],
  ['pdf-archival.pdf'],
  ['pdf-cut-in-table.pdf', 'error: pdf-truncated'],
  ['pdf-cut-linearized-object-streams.pdf', 'error: pdf-truncated'],
  ['pdf-cut-linearized.pdf', 'error: pdf-truncated'],
  ['pdf-cut-revision.pdf', 'error: pdf-truncated'],
  ['pdf-cut.pdf', 'error: pdf-truncated'],
  ['pdf-encrypt-in-text.pdf'],
  ['pdf-encrypt-null.pdf'],
  ['pdf-encrypted-40.pdf', 'warning: pdf-encrypted'],
  ['pdf-encrypted-in-old-revision.pdf', 'warning: pdf-encrypted'],
  ['pdf-encrypted-linearized.pdf', 'warning: pdf-encrypted'],
  ['pdf-encrypted-object-streams.pdf', 'warning: pdf-encrypted'],
  ['pdf-encrypted-password.pdf', 'warning: pdf-encrypted'],
  ['pdf-encrypted-permissions.pdf', 'warning: pdf-encrypted'],
  ['pdf-from-image.pdf'],
  ['pdf-ghostscript.pdf'],
  ['pdf-header-only.pdf', 'error: pdf-truncated'],
  ['pdf-hybrid.pdf'],
  ['pdf-leading-bytes.pdf'],
  ['pdf-linearized-object-streams.pdf'],
  ['pdf-linearized.pdf'],
  ['pdf-object-streams.pdf'],
  ['pdf-plain.pdf'],
  ['pdf-prev-zero.pdf'],
  ['pdf-revised-object-streams.pdf'],
  ['pdf-revised.pdf'],
  ['pdf-revision-loop.pdf'],
  ['pdf-trailing-bytes.pdf'],
  ['pdf-uncompressed.pdf'],
  ['pdf-without-end-mark.pdf'],
  ['pdf-wrong-start-encrypted.pdf', 'warning: pdf-encrypted'],
  ['pdf-wrong-start-object-streams.pdf', 'warning: pdf-unchecked'],
  ['pdf-wrong-start.pdf'],
  // something else than the name says
  ['sniff-3gpp.mp4', 'is: 3GPP video'],
  ['sniff-3gpp2.mp4', 'is: 3GPP2 video'],
  ['sniff-avi.mp4', 'is: AVI video'],
  ['sniff-avif-mif1.jpg', 'is: AVIF image'],
  ['sniff-avif.jpg', 'is: AVIF image'],
  ['sniff-bmp.jpg', 'is: BMP image'],
  ['sniff-empty.png', 'is: empty file'],
  ['sniff-gif.png', 'is: GIF image'],
  ['sniff-heic.jpg', 'is: HEIC image'],
  ['sniff-html.pdf', 'is: web page (HTML)'],
  ['sniff-icon.png', 'is: Windows icon'],
  ['sniff-lfs.mp4', 'is: Git LFS pointer'],
  ['sniff-line-endings.png', 'is: PNG image damaged by a conversion of line endings'],
  ['sniff-m4a.mp4', 'is: M4A sound'],
  ['sniff-matroska.mp4', 'is: Matroska video'],
  ['sniff-mp3.mp4', 'is: MP3 sound'],
  ['sniff-noise.png', 'is: file of an unknown kind'],
  ['sniff-old-quicktime.mp4', 'is: QuickTime movie'],
  ['sniff-old-word.pdf', 'is: Microsoft Office document (before 2007)'],
  ['sniff-photoshop.jpg', 'is: Photoshop document'],
  ['sniff-postscript.pdf', 'is: PostScript file'],
  ['sniff-quicktime.mp4', 'is: QuickTime movie'],
  ['sniff-segment.mp4', 'is: segment of a video stream'],
  ['sniff-svg.png', 'is: SVG image'],
  ['sniff-text.jpg', 'is: text file'],
  ['sniff-tiff.jpg', 'is: TIFF or camera raw image'],
  ['sniff-transport-stream.mp4', 'is: MPEG transport stream'],
  ['sniff-webm.mp4', 'is: WebM video'],
  ['sniff-webp.jpg', 'is: WebP image'],
  ['sniff-word.pdf', 'is: Word document'],
  ['sniff-zip.pdf', 'is: ZIP archive'],
];

async function judge(name: string): Promise<string[]> {
  const source = sourceOf(readSample(name));
  const sniffed = sniffMedia(source);
  if ('other' in sniffed) return [`is: ${sniffed.other}`];
  assert.equal(sniffed.type, TYPES[name.split('.').at(-1) ?? ''], 'the type of its extension');
  const { findings } = await inspectMedia(sniffed.type, source);
  return findings.map(({ level, rule }) => `${level}: ${rule}`);
}

describe('samples', () => {
  for (const [name, ...verdict] of samples) {
    it(`${name}: ${verdict.join(', ') || 'nothing to say'}`, async () => {
      assert.deepEqual(await judge(name), verdict);
    });
  }

  it('has a row for every file', () => {
    const files = readdirSync(samplesFolder).filter((name) => /\.(jpg|png|mp4|pdf)$/.test(name));
    assert.deepEqual(samples.map(([name]) => name).sort(), files.sort());
  });
});

describe('facts of samples', () => {
  const facts: readonly (readonly [name: string, type: AssetType, facts: Record<string, unknown>])[] = [
    ['png-rgba.png', 'image/png', { width: 382, height: 200, bitsPerChannel: 8, colour: 'RGBA' }],
    ['png-grey-2.png', 'image/png', { bitsPerChannel: 2, colour: 'greyscale' }],
    ['jpeg-phone-upright-stored-lying.jpg', 'image/jpeg', { width: 200, height: 382 }],
    ['jpeg-phone-little-endian.jpg', 'image/jpeg', { width: 382, height: 200 }],
    ['jpeg-cut.jpg', 'image/jpeg', { width: 382, height: 200, cutOff: 'the end marker is missing' }],
    ['real-iphone-4s.jpg', 'image/jpeg', { width: 102, height: 205 }],
    ['mp4-main.mp4', 'video/mp4', { width: 160, height: 84, durationSeconds: 1, videoCodec: 'H.264' }],
    [
      'mp4-main.mp4',
      'video/mp4',
      { videoProfile: 'Main', audioCodec: 'AAC', audioStreams: 1, moovLast: false },
    ],
    ['mp4-phone-upright.mp4', 'video/mp4', { width: 84, height: 160 }],
    ['mp4-main-b-frames.mp4', 'video/mp4', { bFrames: true }],
    ['mp4-fragmented.mp4', 'video/mp4', { fragmented: true, bFrames: false }],
    ['mp4-silent.mp4', 'video/mp4', { audioStreams: 0, audioCodec: undefined }],
    ['mp4-cut-in-index.mp4', 'video/mp4', { cutOff: 'its index (moov) is incomplete' }],
    ['mp4-preview-track.mp4', 'video/mp4', { videoCodec: 'H.264', videoStreams: 1 }],
    ['mp4-hvc1.mp4', 'video/mp4', { videoCodec: 'HEVC (H.265)' }],
    ['mp4-audio-mp3-as-mpeg4.mp4', 'video/mp4', { audioCodec: 'MP3' }],
    ['pdf-plain.pdf', 'application/pdf', { pages: 3, encrypted: false }],
    ['pdf-object-streams.pdf', 'application/pdf', { pages: 3 }],
    ['pdf-linearized.pdf', 'application/pdf', { pages: 3 }],
    ['pdf-linearized-object-streams.pdf', 'application/pdf', { pages: 3 }],
    ['pdf-revised-object-streams.pdf', 'application/pdf', { pages: 3 }],
    ['pdf-leading-bytes.pdf', 'application/pdf', { pages: 3 }],
    ['pdf-hybrid.pdf', 'application/pdf', { pages: 3 }],
    ['pdf-from-image.pdf', 'application/pdf', { pages: 1 }],
    ['pdf-encrypted-object-streams.pdf', 'application/pdf', { pages: undefined, encrypted: true }],
  ];
  for (const [name, type, expected] of facts) {
    it(`${name}: ${JSON.stringify(expected)}`, async () => {
      const { facts: found } = await inspectMedia(type, sourceOf(readSample(name)));
      const asked = Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(found, key)]));
      assert.deepEqual(asked, expected);
    });
  }
});
