// Reads what an MP4's boxes say of it (ISO/IEC 14496-12); `mp4box` parses the index, no media data is read.
import type { ISOFile, SampleEntry, VisualSampleEntry } from 'mp4box';
import type { MediaFacts } from './facts.ts';
import { audioCodecName, profileName, videoCodecName } from './mp4-codecs.ts';
import { type ByteSource, readExactly, readWindow, UnreadableError } from './source.ts';

interface BoxPlace {
  type: string;
  start: number;
  /** Where the content begins. */
  content: number;
  end: number;
}

const MAX_BOXES = 10_000;
/** Fragments that are searched for frames out of order. */
const MAX_FRAGMENTS = 4;
const MAX_FRAGMENT = 65_536;

/** The boxes of an index that can hold others, apart from the sample descriptions. */
const CONTAINERS = new Set(['moov', 'mvex', 'trak', 'mdia', 'minf', 'stbl']);

/**
 * All that `mp4box` may parse. Everything else stays raw bytes to it: tables whose stated length it would believe
 * (`stsz` may claim four thousand million samples) and boxes that say nothing we ask.
 */
const PARSED = new Set([
  ...['moov', 'mvhd', 'mvex', 'mehd', 'trak', 'tkhd', 'mdia', 'hdlr', 'minf', 'stbl', 'stsd', 'ctts'],
  ...['avcC', 'esds'],
]);

/** Bytes of the smallest box; it says how many boxes a piece may hold. */
const BOX_HEADER = 8;
const UNKNOWN_DURATION = 0xffffffff;

/** Fills `facts` from an MP4; throws an `UnreadableError` at the first thing that cannot be judged. */
export async function readMp4(source: ByteSource, facts: MediaFacts): Promise<void> {
  const count = createCounter();
  const boxes = listFileBoxes(source, count);
  const moov = boxes.find(({ type }) => type === 'moov');
  const mdat = boxes.find(({ type }) => type === 'mdat');
  const fragments = boxes.filter(({ type }) => type === 'moof');
  const cutOff = describeCut(boxes, source.size);
  if (cutOff !== undefined) facts.cutOff = cutOff;
  if (moov === undefined || moov.end > source.size) return;
  if (mdat !== undefined && fragments.length === 0) facts.moovLast = mdat.start < moov.start;
  facts.fragmented = fragments.length > 0;
  await readMovie(source, moov, fragments, facts, count);
}

/** What shows that the end of the file is missing. */
function describeCut(boxes: readonly BoxPlace[], size: number): string | undefined {
  const cut = boxes.find(({ type, end }) => end > size && ['moov', 'mdat', 'moof'].includes(type));
  if (cut?.type === 'moov') return 'its index (moov) is incomplete';
  if (cut !== undefined) return 'a part of the media data is missing';
  if (!boxes.some(({ type }) => type === 'moov')) return 'its index (moov) is missing';
  return boxes.some(({ type }) => type === 'mdat') ? undefined : 'the media data is missing';
}

type Counter = (boxes: number) => void;

function createCounter(): Counter {
  let total = 0;
  return (boxes) => {
    total += boxes;
    if (total > MAX_BOXES) throw new UnreadableError(`it has more than ${MAX_BOXES} boxes`);
  };
}

/** The boxes at the top of the file. What follows the last intelligible one is not ours to judge: cameras append data. */
function listFileBoxes(source: ByteSource, count: Counter): BoxPlace[] {
  const boxes: BoxPlace[] = [];
  for (let position = 0; position < source.size; ) {
    const box = parseHeader(readWindow(source, position, 16), position, source.size);
    if (box === undefined) break;
    count(1);
    boxes.push(box);
    position = box.end;
  }
  return boxes;
}

/** The box whose first bytes are given; undefined when they are none. A length of 0 means "to the end". */
function parseHeader(bytes: Buffer, start: number, parentEnd: number): BoxPlace | undefined {
  if (bytes.length < BOX_HEADER) return undefined;
  const type = bytes.toString('latin1', 4, 8);
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length === 0) return { type, start, content: start + 8, end: parentEnd };
  if (length !== 1) return length < 8 ? undefined : { type, start, content: start + 8, end: start + length };
  if (bytes.length < 16) return undefined;
  const long = Number(bytes.readBigUInt64BE(8));
  return long < 16 ? undefined : { type, start, content: start + 16, end: start + long };
}

/** The boxes between `from` and `end` of a piece that is wholly in memory. */
function listBoxes(bytes: Buffer, from: number, end: number, count: Counter): BoxPlace[] {
  const boxes: BoxPlace[] = [];
  for (let position = from; position < end; ) {
    const box = parseHeader(bytes.subarray(position, Math.min(position + 16, end)), position, end);
    if (box === undefined || box.end > end) break;
    count(1);
    boxes.push(box);
    position = box.end;
  }
  return boxes;
}

/** Counts all boxes of the index, and returns how many tracks it holds. */
function countTracks(bytes: Buffer, from: number, end: number, count: Counter): number {
  let tracks = 0;
  for (const box of listBoxes(bytes, from, end, count)) {
    if (box.type === 'trak') tracks++;
    if (box.type === 'stsd') count(Math.floor((box.end - box.content) / BOX_HEADER));
    if (CONTAINERS.has(box.type)) tracks += countTracks(bytes, box.content, box.end, count);
  }
  return tracks;
}

/** Loads `mp4box` so that it parses only `PARSED` and is silent; it writes its complaints to the console otherwise. */
async function loadParser() {
  const mp4box = await import('mp4box');
  const known: Record<string, unknown> = mp4box.BoxParser.box;
  for (const type of Object.keys(known)) if (!PARSED.has(type)) delete known[type];
  mp4box.Log.error = () => {};
  return mp4box;
}

async function readMovie(
  source: ByteSource,
  place: BoxPlace,
  fragments: readonly BoxPlace[],
  facts: MediaFacts,
  count: Counter,
): Promise<void> {
  const bytes = readExactly(source, place.start, place.end - place.start, 'its index (moov)');
  const tracks = countTracks(bytes, 0, bytes.length, count);
  const { createFile, MP4BoxBuffer } = await loadParser();
  const file = createFile();
  // Building its sample lists would need the tables that are kept from it.
  file.sampleListBuilt = true;
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(Uint8Array.from(bytes).buffer, 0));
  const movie = file.moov;
  // The parser leaves out what it cannot read, and a track left out is not a track that is missing.
  if (movie?.traks.length !== tracks || !movie.traks.every(isComplete)) {
    throw new UnreadableError('its index (moov) is damaged');
  }

  describeDuration(movie, facts);
  const video = movie.traks.filter((track) => track.mdia.hdlr.handler === 'vide');
  const audio = movie.traks.filter((track) => track.mdia.hdlr.handler === 'soun');
  const shown = video.filter((track) => (track.tkhd.flags & 1) === 1);
  describeVideo(shown.length > 0 ? shown : video, facts);
  facts.audioStreams = audio.length;
  const sounds = audio.map((track) => audioCodecName(firstEntry(track)));
  if (sounds.length > 0) facts.audioCodec = [...new Set(sounds)].join(' + ');
  if (facts.bFrames === false) {
    const ids = new Set(video.map((track) => track.tkhd.track_id));
    facts.bFrames = fragments
      .slice(0, MAX_FRAGMENTS)
      .some((moof) => hasReorderedFragment(source, moof, ids, count));
  }
}

type MovieBox = ISOFile['moov'];
type TrackBox = MovieBox['traks'][number];

/** Whether a track says what it is; the types of the parser promise more than it keeps. */
function isComplete(track: TrackBox): boolean {
  const handler = track.mdia?.hdlr?.handler;
  if (handler === undefined || track.tkhd?.matrix === undefined) return false;
  return (handler !== 'vide' && handler !== 'soun') || firstEntry(track) !== undefined;
}

function firstEntry(track: TrackBox): SampleEntry | undefined {
  return track.mdia?.minf?.stbl?.stsd?.entries?.[0];
}

function describeDuration(movie: MovieBox, facts: MediaFacts): void {
  const { timescale, duration } = movie.mvhd;
  // Fragmented files state 0 here and, if anything, the whole length in `mehd`.
  const units = duration > 0 ? duration : (movie.mvex?.mehd?.fragment_duration ?? 0);
  if (timescale > 0 && units > 0 && units < UNKNOWN_DURATION) {
    facts.durationSeconds = Math.round((units / timescale) * 1000) / 1000;
  }
}

function describeVideo(tracks: readonly TrackBox[], facts: MediaFacts): void {
  facts.videoStreams = tracks.length;
  const [main] = tracks;
  if (main === undefined) return;
  const entry = firstEntry(main) as VisualSampleEntry | undefined;
  facts.videoCodec = [...new Set(tracks.map((track) => videoCodecName(firstEntry(track))))].join(' + ');
  describeSize(main, entry, facts);
  if (entry?.avcC !== undefined) facts.videoProfile = profileName(entry.avcC.AVCProfileIndication);
  facts.bFrames = tracks.some((track) => {
    const offsets = track.mdia.minf.stbl.ctts?.sample_offsets ?? [];
    return offsets.some((offset) => offset !== offsets[0]);
  });
}

/** The size shown: phones store an upright film lying, with a quarter turn in the track's matrix. */
function describeSize(track: TrackBox, entry: VisualSampleEntry | undefined, facts: MediaFacts): void {
  const width = Math.round(track.tkhd.width / 65_536) || (entry?.width ?? 0);
  const height = Math.round(track.tkhd.height / 65_536) || (entry?.height ?? 0);
  if (width === 0 || height === 0) return;
  const [a, b, , c, d] = track.tkhd.matrix;
  const turned = a === 0 && d === 0 && b !== 0 && c !== 0;
  facts.width = turned ? height : width;
  facts.height = turned ? width : height;
}

/** Whether a fragment shows the frames of a wanted track in another order than it stores them. */
function hasReorderedFragment(
  source: ByteSource,
  moof: BoxPlace,
  wanted: ReadonlySet<number>,
  count: Counter,
): boolean {
  const bytes = readWindow(source, moof.start, Math.min(moof.end - moof.start, MAX_FRAGMENT));
  const tracks = listBoxes(bytes, moof.content - moof.start, bytes.length, count);
  return tracks.some((traf) => {
    if (traf.type !== 'traf') return false;
    const boxes = listBoxes(bytes, traf.content, traf.end, count);
    const header = boxes.find(({ type }) => type === 'tfhd');
    if (header === undefined || !wanted.has(bytes.readUInt32BE(header.content + 4))) return false;
    return boxes.some(
      ({ type, content, end }) => type === 'trun' && isReordered(bytes.subarray(content, end)),
    );
  });
}

/** Whether the composition offsets of a run of samples (`trun`) differ. */
function isReordered(run: Buffer): boolean {
  const flags = run.readUIntBE(1, 3);
  if ((flags & 0x800) === 0) return false;
  const fields = [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
  const first = 8 + [0x1, 0x4].filter((flag) => (flags & flag) !== 0).length * 4 + (fields - 1) * 4;
  for (let at = first; at + 4 <= run.length; at += fields * 4) {
    if (run.readInt32BE(at) !== run.readInt32BE(first)) return true;
  }
  return false;
}
