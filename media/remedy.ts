// The one command that mends a file with all that was found of it.
import { MB, type MediaFacts, type MediaFinding } from './facts.ts';

/** Characters that do not show, or not as they are: a name with them cannot be pasted. Joiners of emoji can. */
const UNSHOWN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/u;
/** What ImageMagick reads in a name as something else than a name. */
const MAGICK_SIGNS = /[%:*?[\]@]/;
/** What a shell reads between double quotes; `!` only at a prompt, which is where it is pasted. */
const SHELL_SIGNS = /[$`\\"!]/;

/** Below the limit by what the container and a bit rate that is not quite kept may take. */
const VIDEO_BITS = 14 * MB * 8;
const SOUND_KILOBITS = 128;
/** Less than this is no picture worth sending. */
const LEAST_KILOBITS = 200;

type Compose = (path: string, rules: ReadonlySet<string>, facts: Readonly<MediaFacts>) => string | undefined;

/** The command that mends all findings of a file, to be pasted where the path is relative to; undefined without one. */
export function composeRemedy(
  path: string,
  findings: readonly Pick<MediaFinding, 'rule'>[],
  facts: Readonly<MediaFacts> | undefined,
): string | undefined {
  if (facts === undefined || findings.length === 0 || UNSHOWN.test(path)) return undefined;
  const rules = new Set(findings.map(({ rule }) => rule));
  const [, compose] = MENDERS.find(([mended]) => [...rules].every((rule) => mended.test(rule))) ?? [];
  // A name at the root may look like an option, or like an address.
  return compose?.(/^(?:-|[^/]*:)/.test(path) ? `./${path}` : path, rules, facts);
}

/** A name as one word of a shell's line. */
function quoteName(name: string): string {
  return SHELL_SIGNS.test(name) ? `'${name.replaceAll("'", "'\\''")}'` : `"${name}"`;
}

/** ffmpeg and qpdf make another file, which then takes the place of the first. */
function composeReplacement(path: string, compose: (from: string, to: string) => string): string {
  const dot = path.lastIndexOf('.');
  const from = quoteName(path);
  const to = quoteName(`${path.slice(0, dot)}.mended${path.slice(dot)}`);
  return `${compose(from, to)} && mv ${to} ${from}`;
}

const composeMogrify: Compose = (path, rules, { colour }) => {
  const isPng = /\.png$/i.test(path);
  // ImageMagick reads no JPEG with more than 8 bits.
  if (MAGICK_SIGNS.test(path) || (rules.has('image-bits') && !isPng)) return undefined;
  const options = ['-auto-orient'];
  if (rules.has('image-crop')) options.push('-resize "1200x628^" -gravity center -extent 1200x628');
  else if (rules.has('image-size')) options.push('-resize "1200x>"');
  // The profile describes the inks that are gone.
  if (colour === 'CMYK') options.push('-colorspace sRGB +profile icc');
  // Left to itself, it saves pictures of few colours as such.
  options.push(isPng ? '-define png:color-type=6' : '-type TrueColor');
  if (rules.has('image-bits')) options.push('-depth 8');
  return `mogrify ${options.join(' ')} ${quoteName(path)}`;
};

const composeFfmpeg: Compose = (path, rules, facts) => {
  const { width = 0, height = 0, videoCodec = '', audioCodec = '' } = facts;
  if (`${videoCodec} ${audioCodec}`.includes('copy-protected')) return undefined;
  const options: string[] = [];
  if (rules.has('video-audio-streams')) options.push('-map 0:v:0 -map 0:a:0');
  const isEncoded = [...rules].some((rule) => /^video-(?:codec|b-frames|format|size)$/.test(rule));
  if (isEncoded) {
    options.push('-c:v libx264 -profile:v main -bf 0 -pix_fmt yuv420p');
    // 4:2:0 knows no half pixels.
    if (width % 2 !== 0 || height % 2 !== 0) options.push('-vf "crop=trunc(iw/2)*2:trunc(ih/2)*2"');
  } else options.push('-c:v copy');
  if (rules.has('video-size')) {
    const rate = findVideoRate(facts);
    if (rate === undefined) return undefined;
    options.push(`-b:v ${rate}k -maxrate ${rate}k -bufsize ${rate}k -c:a aac -b:a ${SOUND_KILOBITS}k`);
  } else options.push(isEncoded || rules.has('video-audio-codec') ? '-c:a aac' : '-c:a copy');
  options.push('-movflags +faststart');
  return composeReplacement(path, (from, to) => `ffmpeg -i ${from} ${options.join(' ')} ${to}`);
};

/** Kilobits of picture in a second that make a file small enough; undefined where nothing would be left to see. */
function findVideoRate({ durationSeconds = 0 }: Readonly<MediaFacts>): number | undefined {
  const rate = Math.floor(VIDEO_BITS / durationSeconds / 1000) - SOUND_KILOBITS;
  return durationSeconds > 0 && rate >= LEAST_KILOBITS ? rate : undefined;
}

const composeQpdf: Compose = (path, _rules, { encryption }) => {
  // Without its password nobody opens it.
  if (encryption !== undefined && encryption !== 'restricted') return undefined;
  const decrypt = encryption === undefined ? '' : ' --decrypt';
  return composeReplacement(path, (from, to) => `qpdf --warning-exit-0${decrypt} ${from} ${to}`);
};

/** What a program can mend of each kind of file, and how. */
const MENDERS: readonly (readonly [rule: RegExp, compose: Compose])[] = [
  [/^image-(?:size|bits|colour|reduced-colour|crop)$/, composeMogrify],
  [/^video-(?:size|codec|audio-codec|audio-streams|b-frames|format|moov-order)$/, composeFfmpeg],
  [/^pdf-(?:encrypted|damaged)$/, composeQpdf],
];
