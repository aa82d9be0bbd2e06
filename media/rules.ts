// The media rules for template headers: what WhatsApp takes, and what to tell the owner of a file it would refuse.
import { MB, type MediaFacts, type MediaFinding } from './facts.ts';

export type MediaKind = 'image' | 'video' | 'pdf';

/** One row of the table. A finding reads "has; takes: fix". */
export interface MediaRule {
  /** A stable name that begins with the kind it is for. */
  rule: `${MediaKind}-${string}`;
  /** Where the rule comes from: published by the vendor, observed in public code or data, inferred. */
  source: 'P' | 'O' | 'I';
  /** Unless told otherwise, what is published is an error and all else a warning. */
  level?: 'error';
  /** What WhatsApp takes. */
  takes: string;
  /** What this file has instead; undefined when it meets the rule or when the fact is not known. */
  has(facts: Readonly<MediaFacts>): string | undefined;
  /** How to mend it in the program that it comes from; commands are in remedy.ts. */
  fix: string;
}

/** Width to height of the header. */
const HEADER_RATIO = 1.91;
const MOST_CROPPED = 0.15;

const REENCODE = 'export it as H.264 in the Main profile (8 bits, 4:2:0, no B-frames) with AAC sound';
const ENCRYPTION = {
  password: 'opens only with a password',
  restricted: 'opens without a password, but is restricted in what may be done with it (encrypted)',
  unknown: 'is encrypted; whether it opens without a password is not known',
};

/** Every media rule; files that are empty or of another type are refused before these are asked. */
export const mediaRules: readonly MediaRule[] = [
  {
    rule: 'image-size',
    source: 'P',
    takes: 'WhatsApp takes images of up to 5 MB',
    has: ({ size }) => describeSize(size, 5),
    fix: 'export it with fewer pixels or a lower JPEG quality',
  },
  {
    rule: 'image-bits',
    source: 'P',
    takes: 'WhatsApp takes 8',
    has: ({ bitsPerChannel = 8 }) => (bitsPerChannel > 8 ? `${bitsPerChannel} bits per channel` : undefined),
    fix: 'export as 8-bit RGB',
  },
  {
    rule: 'image-colour',
    source: 'P',
    takes: 'WhatsApp takes RGB',
    has: ({ colour }) => (colour === 'CMYK' ? 'CMYK colours, as for printing' : undefined),
    fix: 'convert the picture to RGB (sRGB) and export it again',
  },
  {
    rule: 'image-reduced-colour',
    source: 'I',
    takes: 'WhatsApp asks for full RGB colour',
    has: describeReducedColour,
    fix: 'set the colour mode to RGB, 8 bits per channel, and export it again',
  },
  {
    rule: 'image-crop',
    source: 'O',
    takes: `WhatsApp shows headers as ${HEADER_RATIO}:1`,
    has: describeCrop,
    fix: 'export as 1200 × 628 pixels, or check that what matters is in the middle',
  },
  ...listDamageRules('image', 'picture', 'PNG and JPEG with 8-bit RGB'),
  {
    rule: 'video-size',
    source: 'P',
    takes: 'WhatsApp takes videos of up to 16 MB',
    has: ({ size }) => describeSize(size, 16),
    fix: 'shorten the video, or export it with fewer pixels or a lower bit rate',
  },
  {
    rule: 'video-track',
    source: 'P',
    takes: 'WhatsApp plays H.264 video',
    has: ({ videoStreams }) => (videoStreams === 0 ? 'no picture, only sound or other data' : undefined),
    fix: 'export it with its video track',
  },
  {
    rule: 'video-codec',
    source: 'P',
    takes: 'WhatsApp plays H.264',
    has: ({ videoCodec = 'H.264' }) => (videoCodec === 'H.264' ? undefined : `${videoCodec} video`),
    fix: REENCODE,
  },
  {
    rule: 'video-audio-codec',
    source: 'P',
    takes: 'WhatsApp plays AAC',
    has: ({ audioCodec = 'AAC' }) => (audioCodec === 'AAC' ? undefined : `${audioCodec} sound`),
    fix: 'export it with AAC sound',
  },
  {
    rule: 'video-audio-streams',
    source: 'P',
    takes: 'WhatsApp takes one audio stream or none',
    has: ({ audioStreams = 0 }) => (audioStreams > 1 ? `${audioStreams} audio streams` : undefined),
    fix: 'keep one of them',
  },
  {
    rule: 'video-b-frames',
    source: 'O',
    takes: 'WhatsApp may not play it on every phone',
    has: ({ videoProfile = '', bFrames }) =>
      bFrames === true && videoProfile.startsWith('High')
        ? `H.264 ${videoProfile} profile with B-frames`
        : undefined,
    fix: REENCODE,
  },
  {
    rule: 'video-format',
    source: 'O',
    takes: 'most phones play 8 bits and 4:2:0 only',
    has: describeFormat,
    fix: REENCODE,
  },
  {
    rule: 'video-moov-order',
    source: 'O',
    takes: 'WhatsApp wants it at the beginning',
    has: ({ moovLast }) =>
      moovLast === true ? "the video's index (moov) is at the end of the file" : undefined,
    fix: 'export with "web optimized" or "fast start"',
  },
  ...listDamageRules('video', 'video', 'MP4 with H.264 video and AAC sound'),
  {
    rule: 'pdf-size',
    source: 'P',
    takes: 'WhatsApp takes PDFs of up to 100 MB',
    has: ({ size }) => describeSize(size, 100),
    fix: 'export it for the web, with smaller pictures',
  },
  {
    rule: 'pdf-encrypted',
    source: 'I',
    takes: 'WhatsApp may not be able to show it',
    has: ({ encryption }) => encryption && ENCRYPTION[encryption],
    fix: 'save it without protection',
  },
  {
    rule: 'pdf-pages',
    source: 'I',
    takes: 'WhatsApp has nothing to show',
    has: ({ isEmpty }) => (isEmpty === true ? 'the document has no pages' : undefined),
    fix: 'export it again with its pages',
  },
  ...listDamageRules('pdf', 'document', 'PDFs that open without repair'),
];

/** What can be wrong with a file of any kind. */
function listDamageRules(kind: MediaKind, noun: string, accepted: string): MediaRule[] {
  const again = `export or copy the ${noun} again`;
  const repair = kind === 'pdf' ? 'open and save it again' : again;
  return [
    {
      rule: `${kind}-truncated`,
      source: 'I',
      level: 'error',
      takes: `WhatsApp needs the whole ${noun}`,
      has: ({ cutOff }) => cutOff && `the file is cut off (${cutOff})`,
      fix: again,
    },
    {
      rule: `${kind}-converted`,
      source: 'I',
      takes: `WhatsApp needs the ${noun} as it was exported`,
      has: ({ converted }) => converted && `a program has rewritten the file ${converted}`,
      fix: 'copy the original again as a binary file, and mark it as such for git (`binary` in .gitattributes)',
    },
    {
      rule: `${kind}-damaged`,
      source: 'I',
      takes: 'WhatsApp may not open what needs repair',
      has: ({ damage }) => damage && `the file is damaged (${damage})`,
      fix: repair,
    },
    {
      rule: `${kind}-unchecked`,
      source: 'I',
      takes: `WhatsApp takes ${accepted}`,
      has: ({ unchecked }) => unchecked && `could not be checked (${unchecked})`,
      fix: 'open the file and export it again if WhatsApp refuses the template',
    },
  ];
}

/** The rules of `kind` that `facts` do not meet, in the table's order. */
export function judgeMedia(kind: MediaKind, facts: Readonly<MediaFacts>): MediaFinding[] {
  return mediaRules.flatMap(({ rule, source, level, takes, has, fix }) => {
    const found = rule.startsWith(`${kind}-`) ? has(facts) : undefined;
    if (found === undefined) return [];
    const problem = `${found}; ${takes}`;
    const actual = level ?? (source === 'P' ? 'error' : 'warning');
    return [{ rule, level: actual, message: `${problem}: ${fix}`, problem, remedy: fix }];
  });
}

/** Rounded up, so that a file over the limit never seems to be at it. */
function describeSize(size: number, limit: number): string | undefined {
  return size > limit * MB ? `${Math.ceil((size / MB) * 100) / 100} MB` : undefined;
}

function describeReducedColour({ colour, bitsPerChannel }: Readonly<MediaFacts>): string | undefined {
  if (colour === 'palette') return `a palette of at most ${2 ** (bitsPerChannel ?? 8)} colours`;
  return colour?.startsWith('greyscale') ? `${bitsPerChannel}-bit greyscale` : undefined;
}

/** What the crop to the header's shape loses: the share of the area (0 to 1), and from which sides. */
export function measureCrop(width: number, height: number): { lost: number; sides: string; isWide: boolean } {
  const ratio = width / height;
  return ratio < HEADER_RATIO
    ? { lost: 1 - ratio / HEADER_RATIO, sides: 'at the top and the bottom', isWide: false }
    : { lost: 1 - HEADER_RATIO / ratio, sides: 'on the left and the right', isWide: true };
}

function describeCrop({ width = 0, height = 0 }: Readonly<MediaFacts>): string | undefined {
  if (width === 0 || height === 0) return undefined;
  const { lost, sides } = measureCrop(width, height);
  // Rounding must not make more of exactly as much.
  if (lost <= MOST_CROPPED + 1e-9) return undefined;
  return `${width} × ${height} pixels, of which ${Math.ceil(lost * 100)} % will be cut off ${sides}`;
}

function describeFormat(facts: Readonly<MediaFacts>): string | undefined {
  const { videoProfile = '', videoBits = 8, chroma = '4:2:0' } = facts;
  // The higher profiles are for such films alone, but for lossless ones.
  const isPlain = videoBits === 8 && chroma === '4:2:0' && !/10|4:/.test(videoProfile);
  return isPlain ? undefined : `H.264 ${videoProfile} profile with ${videoBits} bits and ${chroma} colours`;
}
