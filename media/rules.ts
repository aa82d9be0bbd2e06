// The media rules for template headers: what WhatsApp takes, and what to tell the owner of a file it would refuse.
import { HEADER_RATIO, measureCrop } from './crop.ts';
import { MB } from '../src/text/text.ts';
import type { MediaFacts, MediaFinding } from './facts.ts';

export type MediaKind = 'image' | 'video' | 'pdf';

/** One row of the table. Its message reads "has; takes: fix". */
export interface MediaRule {
  rule: string;
  kind: MediaKind;
  level: 'error' | 'warning';
  /** Where the rule comes from: published by the vendor, observed in public code or data, inferred. */
  source: 'P' | 'O' | 'I';
  /** What WhatsApp takes. */
  takes: string;
  /** What this file has instead; undefined when it meets the rule or when the fact is not known. */
  has(facts: Readonly<MediaFacts>): string | undefined;
  fix: string;
}

const MOST_CROPPED = 0.15;

const REENCODE =
  '`ffmpeg -i in.mp4 -c:v libx264 -profile:v main -bf 0 -pix_fmt yuv420p -c:a aac -movflags +faststart out.mp4`';
const UNCHECKED = 'open the file and export it again if WhatsApp refuses the template';

/** Every media rule; files that are empty or of another type are refused before these are asked. */
export const mediaRules: readonly MediaRule[] = [
  {
    rule: 'image-size',
    kind: 'image',
    level: 'error',
    source: 'P',
    takes: 'WhatsApp takes images of up to 5 MB',
    has: ({ size }) => tellSize(size, 5),
    fix: 'export it with fewer pixels or a lower JPEG quality',
  },
  {
    rule: 'image-bits',
    kind: 'image',
    level: 'error',
    source: 'P',
    takes: 'WhatsApp takes 8',
    has: ({ bitsPerChannel = 8 }) => (bitsPerChannel > 8 ? `${bitsPerChannel} bits per channel` : undefined),
    fix: 'export as 8-bit RGB',
  },
  {
    rule: 'image-colour',
    kind: 'image',
    level: 'error',
    source: 'P',
    takes: 'WhatsApp takes RGB',
    has: ({ colour }) => (colour === 'CMYK' ? 'CMYK colours, as for printing' : undefined),
    fix: 'convert the picture to RGB (sRGB) and export it again',
  },
  {
    rule: 'image-reduced-colour',
    kind: 'image',
    level: 'warning',
    source: 'I',
    takes: 'WhatsApp asks for full RGB colour',
    has: tellReducedColour,
    fix: 'set the colour mode to RGB, 8 bits per channel, and export it again',
  },
  {
    rule: 'image-crop',
    kind: 'image',
    level: 'warning',
    source: 'O',
    takes: `WhatsApp shows headers as ${HEADER_RATIO}:1`,
    has: tellCrop,
    fix: 'export as 1200 × 628 pixels, or check that what matters is in the middle',
  },
  {
    rule: 'image-truncated',
    kind: 'image',
    level: 'error',
    source: 'I',
    takes: 'WhatsApp needs the whole picture',
    has: tellCutOff,
    fix: 'export or copy the picture again',
  },
  {
    rule: 'image-unchecked',
    kind: 'image',
    level: 'warning',
    source: 'I',
    takes: 'WhatsApp takes PNG and JPEG with 8-bit RGB',
    has: tellUnchecked,
    fix: UNCHECKED,
  },
  {
    rule: 'video-size',
    kind: 'video',
    level: 'error',
    source: 'P',
    takes: 'WhatsApp takes videos of up to 16 MB',
    has: ({ size }) => tellSize(size, 16),
    fix: 'shorten the video, or export it with fewer pixels or a lower bit rate',
  },
  {
    rule: 'video-track',
    kind: 'video',
    level: 'error',
    source: 'P',
    takes: 'WhatsApp plays H.264 video',
    has: ({ videoStreams }) => (videoStreams === 0 ? 'no picture, only sound or other data' : undefined),
    fix: 'export it with its video track',
  },
  {
    rule: 'video-codec',
    kind: 'video',
    level: 'error',
    source: 'P',
    takes: 'WhatsApp plays H.264',
    has: ({ videoCodec = 'H.264' }) => (videoCodec === 'H.264' ? undefined : `${videoCodec} video`),
    fix: REENCODE,
  },
  {
    rule: 'video-audio-codec',
    kind: 'video',
    level: 'error',
    source: 'P',
    takes: 'WhatsApp plays AAC',
    has: ({ audioCodec = 'AAC' }) => (audioCodec === 'AAC' ? undefined : `${audioCodec} sound`),
    fix: '`ffmpeg -i in.mp4 -c:v copy -c:a aac -movflags +faststart out.mp4`',
  },
  {
    rule: 'video-audio-streams',
    kind: 'video',
    level: 'error',
    source: 'P',
    takes: 'WhatsApp takes one audio stream or none',
    has: ({ audioStreams = 0 }) => (audioStreams > 1 ? `${audioStreams} audio streams` : undefined),
    fix: 'keep one of them, `ffmpeg -i in.mp4 -map 0:v:0 -map 0:a:0 -c copy -movflags +faststart out.mp4`',
  },
  {
    rule: 'video-b-frames',
    kind: 'video',
    level: 'warning',
    source: 'O',
    takes: 'WhatsApp may not play it on every phone',
    has: ({ videoProfile = '', bFrames }) =>
      bFrames === true && videoProfile.startsWith('High')
        ? `H.264 ${videoProfile} profile with B-frames`
        : undefined,
    fix: REENCODE,
  },
  {
    rule: 'video-moov-order',
    kind: 'video',
    level: 'warning',
    source: 'O',
    takes: 'WhatsApp wants it at the beginning',
    has: ({ moovLast }) =>
      moovLast === true ? "the video's index (moov) is at the end of the file" : undefined,
    fix: 'export with "web optimized" or "fast start", or `ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4`',
  },
  {
    rule: 'video-truncated',
    kind: 'video',
    level: 'error',
    source: 'I',
    takes: 'WhatsApp needs the whole video',
    has: tellCutOff,
    fix: 'export or copy the video again',
  },
  {
    rule: 'video-unchecked',
    kind: 'video',
    level: 'warning',
    source: 'I',
    takes: 'WhatsApp takes MP4 with H.264 video and AAC sound',
    has: tellUnchecked,
    fix: UNCHECKED,
  },
  {
    rule: 'pdf-size',
    kind: 'pdf',
    level: 'error',
    source: 'P',
    takes: 'WhatsApp takes PDFs of up to 100 MB',
    has: ({ size }) => tellSize(size, 100),
    fix: 'export it for the web, with smaller pictures',
  },
  {
    rule: 'pdf-encrypted',
    kind: 'pdf',
    level: 'warning',
    source: 'I',
    takes: 'WhatsApp may not be able to show it',
    has: ({ encrypted }) => (encrypted === true ? 'protected by a password or by permissions' : undefined),
    fix: 'save it without protection',
  },
  {
    rule: 'pdf-truncated',
    kind: 'pdf',
    level: 'error',
    source: 'I',
    takes: 'WhatsApp needs the whole document',
    has: tellCutOff,
    fix: 'export or copy the document again',
  },
  {
    rule: 'pdf-unchecked',
    kind: 'pdf',
    level: 'warning',
    source: 'I',
    takes: 'WhatsApp takes PDFs that open without repair',
    has: tellUnchecked,
    fix: UNCHECKED,
  },
];

/** The rules of `kind` that `facts` do not meet, in the table's order. */
export function judgeMedia(kind: MediaKind, facts: Readonly<MediaFacts>): MediaFinding[] {
  return mediaRules.flatMap(({ rule, kind: of, level, takes, has, fix }) => {
    const found = of === kind ? has(facts) : undefined;
    return found === undefined ? [] : [{ rule, level, message: `${found}; ${takes}: ${fix}` }];
  });
}

/** Rounded up, so that a file over the limit never seems to be at it. */
function tellSize(size: number, limit: number): string | undefined {
  return size > limit * MB ? `${Math.ceil((size / MB) * 100) / 100} MB` : undefined;
}

function tellReducedColour({ colour, bitsPerChannel }: Readonly<MediaFacts>): string | undefined {
  if (colour === 'palette') return `a palette of at most ${2 ** (bitsPerChannel ?? 8)} colours`;
  return colour?.startsWith('greyscale') ? `${bitsPerChannel}-bit greyscale` : undefined;
}

function tellCrop({ width = 0, height = 0 }: Readonly<MediaFacts>): string | undefined {
  if (width === 0 || height === 0) return undefined;
  const { lost, sides } = measureCrop(width, height);
  if (lost <= MOST_CROPPED) return undefined;
  return `${width} × ${height} pixels, of which ${Math.ceil(lost * 100)} % will be cut off ${sides}`;
}

function tellCutOff({ cutOff }: Readonly<MediaFacts>): string | undefined {
  return cutOff === undefined ? undefined : `the file is cut off (${cutOff})`;
}

function tellUnchecked({ unchecked }: Readonly<MediaFacts>): string | undefined {
  return unchecked === undefined ? undefined : `could not be checked (${unchecked})`;
}
