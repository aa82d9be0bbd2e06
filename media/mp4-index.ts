// Reads an MP4's index (moov). `mp4box` parses the few boxes that say something we ask, one at a time: it believes the
// lengths and counts that a box states, so each is given to it in memory of its own, where there is nothing behind it.
import type { ISOFile, SampleEntry } from 'mp4box';
import { BOX_HEADER, type Box, type Counter, listBoxes, writeBox } from './mp4-boxes.ts';
import { UnreadableError } from './source.ts';

/** What an index says of one track. */
export interface Mp4Track {
  id: number;
  /** The track is to be shown. */
  isEnabled: boolean;
  /** `vide`, `soun`, or what else it holds. */
  handler: string;
  /** Pixels before the rotation, as 16.16 fixed-point numbers; 0 when not stated. */
  width: number;
  height: number;
  /** The nine numbers of the rotation. */
  matrix: ArrayLike<number>;
  /** The first sample description, which only video and sound are asked for. */
  entry: SampleEntry | undefined;
  /** Frames are stored in another order than they are shown. */
  isReordered: boolean;
}

export interface Mp4Index {
  /** Undefined when it is not stated. */
  durationSeconds: number | undefined;
  tracks: Mp4Track[];
}

type Movie = ISOFile['moov'];
type Track = Movie['traks'][number];

/** The boxes that `mp4box` is given. */
interface Parsed {
  mvhd: Movie['mvhd'];
  mehd: NonNullable<NonNullable<Movie['mvex']>['mehd']>;
  tkhd: Track['tkhd'];
  hdlr: Track['mdia']['hdlr'];
  stsd: Track['mdia']['minf']['stbl']['stsd'];
  ctts: NonNullable<Track['mdia']['minf']['stbl']['ctts']>;
}
type Parse = <Type extends keyof Parsed>(type: Type, content: Buffer) => Parsed[Type];

/** All that `mp4box` knows how to parse here; anything else stays raw bytes to it. */
const KNOWN = new Set(['mvhd', 'mehd', 'tkhd', 'hdlr', 'stsd', 'ctts', 'avcC', 'esds']);

/** Bytes of a sample description before the boxes inside it. */
const ENTRY_HEADS: Readonly<Record<string, number>> = { vide: 78, soun: 28 };
/** Bytes of a codec's parameters. Real ones have a few hundred. */
const MAX_PARAMETERS = 16_384;
/** A number of entries. */
const ONE = Buffer.from([0, 0, 0, 1]);
const UNKNOWN_DURATION = 0xffffffff;

let parser: Promise<Parse> | undefined;

/** What the index with this content says; throws an `UnreadableError` when a part that is needed is missing. */
export async function readIndex(content: Buffer, count: Counter): Promise<Mp4Index> {
  parser ??= loadParser();
  const parse = await parser;
  const boxes = listBoxes(content, count);
  // A track that is lost in the damage must not be taken for one that is not there. Some writers end with a few zeros.
  if (content.length - (boxes.at(-1)?.end ?? 0) >= BOX_HEADER) throw damaged();
  return {
    durationSeconds: readDuration(boxes, parse, count),
    tracks: boxes.filter(({ type }) => type === 'trak').map((track) => readTrack(track, parse, count)),
  };
}

/** Loads `mp4box` so that it parses only `KNOWN` and is silent; it writes its complaints to the console otherwise. */
async function loadParser(): Promise<Parse> {
  const { BoxParser, createFile, DataStream, Log, MP4BoxBuffer } = await import('mp4box');
  const boxes: Record<string, unknown> = BoxParser.box;
  for (const type of Object.keys(boxes)) if (!KNOWN.has(type)) delete boxes[type];
  const extensions: Record<string, unknown> = BoxParser.uuid;
  for (const id of Object.keys(extensions)) delete extensions[id];
  const { readUint8Array } = DataStream.prototype;
  // It would make room for as many bytes as a box says there are, up to 2 GB, and only then look for them.
  DataStream.prototype.readUint8Array = function read(length) {
    if (length !== undefined && length > this.byteLength - this.getPosition()) throw damaged();
    return readUint8Array.call(this, length);
  };
  Log.error = () => {};
  return (type, content) => {
    const file = createFile();
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(Uint8Array.from(writeBox(type, content)).buffer, 0));
    return file.boxes[0] as unknown as Parsed[typeof type];
  };
}

function readDuration(movie: readonly Box[], parse: Parse, count: Counter): number | undefined {
  const { timescale, duration } = parse('mvhd', contentOf(movie, 'mvhd'));
  const extension = movie.find(({ type }) => type === 'mvex');
  const length = extension && listBoxes(extension.content, count).find(({ type }) => type === 'mehd');
  // Fragmented files state 0 here and, if anything, the whole length in `mehd`.
  const units = duration === 0 && length ? parse('mehd', length.content).fragment_duration : duration;
  if (timescale === 0 || units === 0 || units >= UNKNOWN_DURATION) return undefined;
  return Math.round((units / timescale) * 1000) / 1000;
}

function readTrack({ content }: Box, parse: Parse, count: Counter): Mp4Track {
  const track = listBoxes(content, count);
  const { track_id, flags, width, height, matrix } = parse('tkhd', contentOf(track, 'tkhd'));
  const media = listBoxes(contentOf(track, 'mdia'), count);
  const { handler } = parse('hdlr', contentOf(media, 'hdlr'));
  // The parser's types promise more than it keeps.
  if (typeof handler !== 'string') throw damaged();
  const common = { id: track_id, isEnabled: (flags & 1) === 1, handler, width, height, matrix };
  const head = ENTRY_HEADS[handler];
  if (head === undefined) return { ...common, entry: undefined, isReordered: false };

  const tables = listBoxes(contentOf(listBoxes(contentOf(media, 'minf'), count), 'stbl'), count);
  const offsets = tables.find(({ type }) => type === 'ctts');
  return {
    ...common,
    entry: readEntry(contentOf(tables, 'stsd'), head, parse, count),
    isReordered: offsets !== undefined && hasSeveral(parse('ctts', offsets.content).sample_offsets),
  };
}

/** The first sample description, with no boxes inside it but the codec's parameters. */
function readEntry(content: Buffer, head: number, parse: Parse, count: Counter): SampleEntry {
  const lead = content.subarray(0, 8);
  const first =
    lead.length === 8 && lead.readUInt32BE(4) > 0 ? listBoxes(content.subarray(8), count)[0] : undefined;
  if (first === undefined) throw damaged();
  const inside = listBoxes(first.content.subarray(head), count);
  const parameters = ['avcC', 'esds'].flatMap((type) => {
    const box = inside.find((candidate) => candidate.type === type);
    if (box === undefined) return [];
    if (box.content.length > MAX_PARAMETERS) throw damaged();
    return [writeBox(type, box.content)];
  });
  const entry = writeBox(first.type, first.content.subarray(0, head), ...parameters);
  const [parsed] = parse('stsd', Buffer.concat([lead.subarray(0, 4), ONE, entry])).entries;
  if (parsed === undefined) throw damaged();
  return parsed;
}

function hasSeveral(offsets: readonly number[]): boolean {
  return offsets.some((offset) => offset !== offsets[0]);
}

function contentOf(boxes: readonly Box[], wanted: string): Buffer {
  const box = boxes.find(({ type }) => type === wanted);
  if (box === undefined) throw damaged();
  return box.content;
}

function damaged(): UnreadableError {
  return new UnreadableError('its index (moov) is damaged');
}
