// Names for what MP4 sample descriptions say of codecs (https://mp4ra.org/registered-types/sampleentries).
import type { SampleEntry } from 'mp4box';

/** Sample descriptions by four-character code; the ones that need a look inside are handled in code. */
const CODECS: Readonly<Record<string, string>> = {
  avc1: 'H.264',
  avc2: 'H.264',
  avc3: 'H.264',
  avc4: 'H.264',
  hvc1: 'HEVC (H.265)',
  hev1: 'HEVC (H.265)',
  dvh1: 'Dolby Vision (HEVC)',
  dvhe: 'Dolby Vision (HEVC)',
  dva1: 'Dolby Vision (H.264)',
  dvav: 'Dolby Vision (H.264)',
  vvc1: 'VVC (H.266)',
  vvi1: 'VVC (H.266)',
  av01: 'AV1',
  vp08: 'VP8',
  vp09: 'VP9',
  s263: 'H.263',
  h263: 'H.263',
  H263: 'H.263',
  jpeg: 'Motion JPEG',
  mjpa: 'Motion JPEG',
  mjpg: 'Motion JPEG',
  apch: 'ProRes',
  apcn: 'ProRes',
  apcs: 'ProRes',
  apco: 'ProRes',
  ap4h: 'ProRes',
  ap4x: 'ProRes',
  encv: 'copy-protected',
  enca: 'copy-protected',
  '.mp3': 'MP3',
  'ac-3': 'Dolby Digital (AC-3)',
  'ec-3': 'Dolby Digital Plus (E-AC-3)',
  'ac-4': 'Dolby AC-4',
  Opus: 'Opus',
  fLaC: 'FLAC',
  alac: 'Apple Lossless',
  samr: 'AMR',
  sawb: 'AMR',
  mha1: 'MPEG-H',
  mhm1: 'MPEG-H',
  lpcm: 'PCM',
  ipcm: 'PCM',
  fpcm: 'PCM',
  sowt: 'PCM',
  twos: 'PCM',
};

/** Object types inside `esds` (ISO/IEC 14496-1, table 5; registered ones from mp4ra.org). */
const OBJECT_TYPES: Readonly<Record<number, string>> = {
  32: 'MPEG-4 Part 2',
  33: 'H.264',
  35: 'HEVC (H.265)',
  64: 'AAC',
  96: 'MPEG-2',
  97: 'MPEG-2',
  98: 'MPEG-2',
  99: 'MPEG-2',
  100: 'MPEG-2',
  101: 'MPEG-2',
  102: 'AAC',
  103: 'AAC',
  104: 'AAC',
  105: 'MP3',
  106: 'MPEG-1',
  107: 'MP3',
  108: 'Motion JPEG',
  165: 'Dolby Digital (AC-3)',
  166: 'Dolby Digital Plus (E-AC-3)',
  169: 'DTS',
  173: 'Opus',
  221: 'Vorbis',
  225: 'QCELP',
};

/** Kinds of MPEG-4 audio (ISO/IEC 14496-3, table 1.17) that are no AAC. */
const AUDIO_OBJECT_TYPES: Readonly<Record<number, string>> = {
  32: 'MP3',
  33: 'MP3',
  34: 'MP3',
  36: 'MPEG-4 ALS',
  37: 'MPEG-4 SLS',
};

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

/** The name of a video track's codec. */
export function videoCodecName(entry: SampleEntry | undefined): string {
  if (entry?.type !== 'mp4v') return nameByCode(entry);
  return OBJECT_TYPES[descriptorOf(entry)?.getOTI() ?? -1] ?? 'MPEG-4 Part 2';
}

/** The name of an audio track's codec; MP3 hides in the same sample description as AAC. */
export function audioCodecName(entry: SampleEntry | undefined): string {
  if (entry?.type !== 'mp4a') return nameByCode(entry);
  const descriptor = descriptorOf(entry);
  const name = OBJECT_TYPES[descriptor?.getOTI() ?? -1] ?? 'AAC';
  return name === 'AAC' ? (AUDIO_OBJECT_TYPES[descriptor?.getAudioConfig() ?? -1] ?? 'AAC') : name;
}

/** The name of an H.264 profile (ITU-T H.264, annex A). */
export function profileName(indication: number): string {
  return PROFILES[indication] ?? `profile ${indication}`;
}

function nameByCode(entry: SampleEntry | undefined): string {
  const code = entry?.type ?? '';
  return CODECS[code] ?? (/^[A-Za-z0-9]{4}$/.test(code) ? `unknown (${code})` : 'unknown');
}

/** The part of `mp4box`'s `esds` that is asked for. */
interface StreamDescriptor {
  getOTI(): number;
  getAudioConfig(): number | undefined;
}

function descriptorOf(entry: SampleEntry): StreamDescriptor | undefined {
  const { esds } = entry as SampleEntry & { esds?: { esd?: StreamDescriptor } };
  return esds?.esd;
}
