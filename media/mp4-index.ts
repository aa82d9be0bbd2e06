// Reads what an MP4's index (moov) says of its length and its tracks (ISO/IEC 14496-12, 8.2 to 8.5).
import type { FactPart } from './facts.ts';
import { type Box, findBox, listBoxes, readContent } from './mp4-boxes.ts';
import { nameCodec, parseH264 } from './mp4-codecs.ts';
import { FaultError } from './source.ts';

/** What an index says of one track of video or sound. */
export interface Mp4Track {
  id: number;
  /** The track is to be shown. */
  isEnabled: boolean;
  /** `vide` or `soun`. */
  handler: string;
  /** The box that holds the sample tables. */
  tables: Box;
  codec: string;
  /** Of video: its size and what its parameters say, as far as they are stated. */
  facts: FactPart;
}

/** Bytes of a sample description before the boxes inside it. */
const ENTRY_HEADS: Readonly<Record<string, number>> = { vide: 78, soun: 28 };
/** Where a description of video states the size in pixels. */
const CODED_SIZE = 24;
/** Bytes of a codec's parameters that are read: what is asked for stands at their beginning. */
const PARAMETERS = 256;
const UNKNOWN_DURATION = 0xffffffff;
const DAMAGED = 'its index (moov) is damaged';

/** The length that an index states, in seconds; fragmented files state it apart, if at all. */
export function readDuration(moov: Box): number | undefined {
  const header = readFields(findBox(moov, 'mvhd'), 20, 32);
  const timescale = header.readUInt32BE(header[0] === 1 ? 20 : 12);
  const stated = parseNumber(header, 16, 24);
  const extension = stated === 0 ? findBox(moov, 'mvex', 'mehd') : undefined;
  const units = extension === undefined ? stated : parseNumber(readFields(extension, 8, 12), 4, 4);
  if (timescale === 0 || units === 0 || units >= UNKNOWN_DURATION) return undefined;
  return Math.round((units / timescale) * 1000) / 1000;
}

/** A number of four bytes, or of eight at another place where the first byte of the fields says version 1. */
function parseNumber(fields: Buffer, at: number, longAt: number): number {
  return fields[0] === 1 ? Number(fields.readBigUInt64BE(longAt)) : fields.readUInt32BE(at);
}

/** The tracks of video and sound of an index; throws a `FaultError` when a part that is needed is missing. */
export function readTracks(moov: Box): Mp4Track[] {
  const boxes = listBoxes(moov);
  // A track that is lost in the damage must not be taken for one that is not there. Some writers end with a few zeros.
  if (moov.end - (boxes.at(-1)?.end ?? moov.content) >= 8) throw new FaultError('unchecked', DAMAGED);
  const tracks = boxes.filter(({ type }) => type === 'trak').map(readTrack);
  return tracks.filter((track) => track !== undefined);
}

function readTrack(track: Box): Mp4Track | undefined {
  const header = readFields(findBox(track, 'tkhd'), 84, 96);
  const isLong = header[0] === 1;
  const media = findBox(track, 'mdia');
  const handler = readFields(findBox(media, 'hdlr'), 12).toString('latin1', 8, 12);
  const head = ENTRY_HEADS[handler];
  if (head === undefined) return undefined;

  const tables = findBox(media, 'minf', 'stbl');
  const [entry] = listBoxes(findBox(tables, 'stsd'), 8);
  if (tables === undefined || entry === undefined) throw new FaultError('unchecked', DAMAGED);
  const inside = listBoxes(entry, head);
  const find = (wanted: string) => inside.find(({ type }) => type === wanted);
  const readParameters = (wanted: string) => readContent(find(wanted), PARAMETERS);
  const codec = nameCodec(entry.type, readParameters('esds'));
  const id = header.readUInt32BE(isLong ? 20 : 12);
  const common = { id, isEnabled: ((header[3] ?? 0) & 1) === 1, handler, tables, codec };
  if (handler !== 'vide') return { ...common, facts: {} };
  const size = findShownSize(header.subarray(isLong ? 52 : 40), readFields(entry, head));
  return { ...common, facts: { ...size, ...parseH264(readParameters('avcC')) } };
}

/** The size shown: phones store an upright film lying, with a quarter turn in the track's matrix. */
function findShownSize(matrixAndSize: Buffer, entry: Buffer): FactPart {
  const [a, b, c, d] = [0, 4, 12, 16].map((at) => matrixAndSize.readInt32BE(at));
  const width = Math.round(matrixAndSize.readUInt32BE(36) / 65_536) || entry.readUInt16BE(CODED_SIZE);
  const height = Math.round(matrixAndSize.readUInt32BE(40) / 65_536) || entry.readUInt16BE(CODED_SIZE + 2);
  if (width === 0 || height === 0) return {};
  const isTurned = a === 0 && d === 0 && b !== 0 && c !== 0;
  return isTurned ? { width: height, height: width } : { width, height };
}

/** The first bytes of a box that must be there and have so many; more of them where its first byte says version 1. */
function readFields(box: Box | undefined, length: number, longLength = length): Buffer {
  const bytes = readContent(box, longLength);
  if (bytes.length < (bytes[0] === 1 ? longLength : length)) throw new FaultError('unchecked', DAMAGED);
  return bytes;
}
