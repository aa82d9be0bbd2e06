// Judges a folder of media by the media rules and by the programs that everyone trusts (identify, ffprobe and qpdf, as far
// as they are installed), and prints where they disagree: `node scripts/collection.ts FOLDER`.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MediaFacts, MediaType } from '../media/facts.ts';
import { inspectMedia } from '../media/inspect.ts';
import { sniffMedia } from '../media/sniff.ts';

/** What one side says of a file, in words that both use; what it does not know is undefined. */
export type Statement = Readonly<Record<string, string | number | boolean | undefined>>;

/** What came out of judging a folder. */
export interface Comparison {
  judged: number;
  disagreements: string[];
  /** Files whose program is not installed. */
  unasked: number;
}

interface Oracle {
  readonly type: MediaType;
  readonly names: RegExp;
  /** What the program says; undefined when it is not installed. */
  ask(file: string): Statement | undefined;
  /** The same of what the rules know. */
  tell(facts: MediaFacts): Statement;
}

interface Stream {
  readonly codec_type: string;
  readonly codec_name?: string;
  readonly pix_fmt?: string;
  readonly disposition: Readonly<Record<string, number>>;
}

const run = (program: string, ...parameters: readonly string[]) => {
  const options = { encoding: 'utf8', timeout: 60_000, maxBuffer: 67_108_864 } as const;
  const { error, status, stdout, stderr } = spawnSync(program, parameters, options);
  return error === undefined ? { stdout, status, isSilent: status === 0 && stderr === '' } : undefined;
};

const isSound = ({ cutOff, damage, converted, unchecked }: MediaFacts) =>
  unchecked === undefined ? (cutOff ?? damage ?? converted) === undefined : undefined;

const askIdentify: Oracle['ask'] = (file) => {
  // `%#` needs every pixel, so the whole picture is decoded.
  const format = '%w %h %z %[colorspace] %[orientation] %#\n';
  const found = run('identify', '-regard-warnings', '-format', format, `${file}[0]`);
  const [width, height, bits, space, orientation = ''] = found?.stdout.split('\n')[0]?.split(' ') ?? [];
  if (space === undefined) return found && { sound: false };
  const isTurned = /^(LeftTop|RightTop|RightBottom|LeftBottom)$/.test(orientation);
  return {
    size: isTurned ? `${height} × ${width}` : `${width} × ${height}`,
    'over 8 bits': Number(bits) > 8,
    CMYK: space === 'CMYK',
    sound: found?.isSilent,
  };
};

const tellImage: Oracle['tell'] = ({ width, height, bitsPerChannel = 8, colour, ...rest }) => ({
  size: colour && `${width} × ${height}`,
  'over 8 bits': bitsPerChannel > 8,
  CMYK: colour && colour === 'CMYK',
  sound: isSound(rest),
});

const askFfprobe: Oracle['ask'] = (file) => {
  const found = run('ffprobe', '-v', 'error', '-show_streams', '-of', 'json', file);
  // Reading all packets finds samples that are not there.
  const packets = run('ffmpeg', '-v', 'error', '-i', file, '-map', '0', '-c', 'copy', '-f', 'null', '-');
  if (found === undefined) return undefined;
  const { streams = [] }: { streams?: readonly Stream[] } = JSON.parse(found.stdout || '{}');
  const [video, audio] = ['video', 'audio'].map((type) =>
    streams.filter(({ codec_type, disposition }) => codec_type === type && disposition.attached_pic !== 1),
  );
  return {
    'H.264': video?.[0] && video.every(({ codec_name }) => codec_name === 'h264'),
    '8 bits, 4:2:0': video?.every(({ pix_fmt }) => /^yuvj?420p$/.test(pix_fmt ?? '')),
    'audio streams': streams.length > 0 ? audio?.length : undefined,
    AAC: audio?.every(({ codec_name }) => codec_name === 'aac'),
    sound: found.isSilent && packets?.isSilent,
  };
};

const tellVideo: Oracle['tell'] = ({ videoCodec, videoBits, chroma, audioCodec, audioStreams, ...rest }) => ({
  'H.264': videoCodec?.startsWith('H.264'),
  '8 bits, 4:2:0': videoBits && videoBits === 8 && chroma === '4:2:0',
  'audio streams': audioStreams,
  AAC: audioCodec && audioCodec === 'AAC',
  sound: isSound(rest),
});

const askQpdf: Oracle['ask'] = (file) => {
  const password = run('qpdf', '--requires-password', file);
  if (password === undefined) return undefined;
  const needsPassword = password.status === 0;
  const pages = Number(run('qpdf', '--show-npages', file)?.stdout);
  return {
    encrypted: run('qpdf', '--is-encrypted', file)?.status === 0,
    'opens only with a password': needsPassword,
    'no pages': needsPassword ? undefined : pages === 0,
    sound: needsPassword ? undefined : run('qpdf', '--show-npages', file)?.isSilent,
  };
};

const tellPdf: Oracle['tell'] = ({ encryption, isEmpty = false, ...rest }) => ({
  encrypted: encryption !== undefined,
  'opens only with a password': encryption === 'unknown' ? undefined : encryption === 'password',
  'no pages': isEmpty,
  sound: isSound(rest),
});

const ORACLES: readonly Oracle[] = [
  { type: 'image/jpeg', names: /\.jpe?g$/i, ask: askIdentify, tell: tellImage },
  { type: 'image/png', names: /\.png$/i, ask: askIdentify, tell: tellImage },
  { type: 'video/mp4', names: /\.mp4$/i, ask: askFfprobe, tell: tellVideo },
  { type: 'application/pdf', names: /\.pdf$/i, ask: askQpdf, tell: tellPdf },
];

/** Judges every file below `folder` whose name ends as one of the types', both ways. */
export async function compareFolder(folder: string): Promise<Comparison> {
  const result: Comparison = { judged: 0, unasked: 0, disagreements: [] };
  for (const entry of globSync('**/*', { cwd: folder, withFileTypes: true })) {
    const oracle = ORACLES.find(({ names }) => entry.isFile() && names.test(entry.name));
    if (oracle === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const source = {
      size: bytes.length,
      read: (at: number, length: number) => bytes.subarray(at, at + length),
    };
    const sniffed = sniffMedia(source);
    // What is something else than its name says is refused; the programs are asked by content.
    if (!('type' in sniffed) || sniffed.type !== oracle.type) continue;
    const { facts } = await inspectMedia(oracle.type, source);
    const theirs = oracle.ask(path);
    result.judged++;
    if (theirs === undefined) result.unasked++;
    const ours = oracle.tell(facts);
    const why = facts.cutOff ?? facts.damage ?? facts.converted ?? facts.unchecked ?? '';
    // Of what is broken, nobody knows much.
    const isBroken = theirs?.sound === false && ours.sound !== true;
    for (const [word, their] of Object.entries(isBroken ? {} : (theirs ?? {}))) {
      const own = ours[word];
      if (own === undefined || their === undefined || own === their) continue;
      result.disagreements.push(`${path}: ${word}: ${own}, by the program ${their}${why && ` (${why})`}`);
    }
  }
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder = '.'] = process.argv;
  const { judged, unasked, disagreements } = await compareFolder(folder);
  for (const line of disagreements) console.log(line);
  console.log(
    `${judged} files, ${disagreements.length} disagreements, ${unasked} not compared: program missing`,
  );
}
