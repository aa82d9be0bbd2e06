// Names for what MP4 sample descriptions say of codecs (https://mp4ra.org/registered-types/sampleentries).
import type { FactPart } from './facts.ts';

/**
 * Names, the four-character codes of their sample descriptions, and the object types inside `esds` (ISO/IEC 14496-1, table
 * 5; registered ones from mp4ra.org).
 */
const CODECS: readonly (readonly [name: string, ...codes: readonly (string | number)[]])[] = [
  ['H.264', 'avc1', 'avc2', 'avc3', 'avc4', 33],
  ['HEVC (H.265)', 'hvc1', 'hev1', 35],
  ['Dolby Vision (HEVC)', 'dvh1', 'dvhe'],
  ['Dolby Vision (H.264)', 'dva1', 'dvav'],
  ['VVC (H.266)', 'vvc1', 'vvi1'],
  ['AV1', 'av01'],
  ['VP8', 'vp08'],
  ['VP9', 'vp09'],
  ['H.263', 's263', 'h263', 'H263'],
  ['MPEG-1', 106],
  ['MPEG-2', 96, 97, 98, 99, 100, 101],
  ['MPEG-4 Part 2', 'mp4v', 32],
  ['Motion JPEG', 'jpeg', 'mjpa', 'mjpg', 108],
  ['ProRes', 'apch', 'apcn', 'apcs', 'apco', 'ap4h', 'ap4x'],
  ['copy-protected', 'encv', 'enca'],
  ['AAC', 'mp4a', 64, 102, 103, 104],
  ['MP3', '.mp3', 105, 107],
  ['Dolby Digital (AC-3)', 'ac-3', 165],
  ['Dolby Digital Plus (E-AC-3)', 'ec-3', 166],
  ['Dolby AC-4', 'ac-4'],
  ['DTS', 169],
  ['Opus', 'Opus', 173],
  ['Vorbis', 221],
  ['QCELP', 225],
  ['FLAC', 'fLaC'],
  ['Apple Lossless', 'alac'],
  ['AMR', 'samr', 'sawb'],
  ['MPEG-H', 'mha1', 'mhm1'],
  ['PCM', 'lpcm', 'ipcm', 'fpcm', 'sowt', 'twos'],
];

/** Kinds of MPEG-4 audio (ISO/IEC 14496-3, table 1.17) that are MP3 and its sisters. */
const MP3_AUDIO_TYPES = [32, 33, 34];

/** H.264 profiles (ITU-T H.264, annex A). */
const PROFILES: Readonly<Record<number, string>> = {
  44: 'CAVLC 4:4:4',
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4',
};

/** Where the first sequence parameter set in `avcC` begins to differ from the head of the box. */
const SET = 9;
const CHROMA = ['4:0:0', '4:2:0', '4:2:2', '4:4:4'];

/** The name of a codec, by the code of the sample description and what its `esds` says: MP3 hides behind AAC's code. */
export function nameCodec(code: string, esds: Buffer): string {
  const known = findName(code);
  if (known === undefined) return /^[A-Za-z0-9]{4}$/.test(code) ? `unknown (${code})` : 'unknown';
  if (code !== 'mp4v' && code !== 'mp4a') return known;
  const [objectType, audioType] = parseStreamTypes(esds);
  const name = findName(objectType) ?? known;
  return name === 'AAC' && MP3_AUDIO_TYPES.includes(audioType) ? 'MP3' : name;
}

function findName(code: string | number | undefined): string | undefined {
  return CODECS.find(([, ...codes]) => codes.some((each) => each === code))?.[0];
}

/** Object type and kind of audio that a stream descriptor states (ISO/IEC 14496-1, 7.2.6; 14496-3, 1.6.2.1). */
function parseStreamTypes(esds: Buffer): [objectType: number | undefined, audioType: number] {
  const stream = skipHead(esds, 4, 3);
  const flags = esds[stream + 2] ?? 0;
  const url = (flags & 0x40) === 0 ? 0 : 1 + (esds[stream + 3] ?? 0);
  const decoder = skipHead(esds, stream + 3 + (flags & 0x80 ? 2 : 0) + url + (flags & 0x20 ? 2 : 0), 4);
  const [first = 0, second = 0] = esds.subarray(skipHead(esds, decoder + 13, 5));
  // Five bits, or when all are set six more.
  return [esds[decoder], first >> 3 === 31 ? 32 + ((first & 7) << 3) + (second >> 5) : first >> 3];
}

/** Where the content of the descriptor with this tag at `at` begins; behind everything when there is none. */
function skipHead(bytes: Buffer, at: number, tag: number): number {
  let length = at + 1;
  while (((bytes[length] ?? 0) & 0x80) !== 0) length++;
  return bytes[at] === tag ? length + 1 : bytes.length;
}

/** What `avcC` says of H.264 (ISO/IEC 14496-15, 5.3.3); left out where there is none, or only the stream itself tells. */
export function parseH264(avcC: Buffer): FactPart {
  const indication = avcC[1];
  if (indication === undefined) return {};
  const videoProfile = PROFILES[indication] ?? `profile ${indication}`;
  if (avcC.length < SET + 4) return { videoProfile };
  if ([66, 77, 88].includes(avcC[SET] ?? 0)) return { videoProfile, videoBits: 8, chroma: '4:2:0' };
  // Numbers of varying length: as many zeros as bits follow the first one (ITU-T H.264, 7.3.2.1 and 9.1).
  let bits = [...avcC.subarray(SET + 3, SET + 7)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const next = (): number => {
    const zeros = bits.indexOf('1');
    const value = Number.parseInt(bits.slice(zeros, 2 * zeros + 1), 2) - 1;
    bits = bits.slice(2 * zeros + 1);
    return value;
  };
  next();
  const chroma = CHROMA[next()];
  if (chroma === '4:4:4') bits = bits.slice(1);
  const depth = next();
  return chroma !== undefined && depth <= 6
    ? { videoProfile, videoBits: depth + 8, chroma }
    : { videoProfile };
}
