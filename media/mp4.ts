// Reads what an MP4's boxes say of it (ISO/IEC 14496-12), and compares it with the file.
import type { MediaFacts } from './facts.ts';
import { type Box, listBoxes, openMp4 } from './mp4-boxes.ts';
import { type Mp4Track, readDuration, readTracks } from './mp4-index.ts';
import { findExtent, isFragmentReordered, isReordered } from './mp4-samples.ts';
import { type ByteSource, CutOffError, DamagedError, isZeros } from './source.ts';

/** Fragments that are searched for frames out of order. */
const MAX_FRAGMENTS = 4;
/** Bytes at the end of media data that are never all 0: no AAC frame is so long, and H.264 has no such runs. */
const LONG_TAIL = 4_096;
const ZERO_END = 'the end of its media data is only zeros';
const MEDIA_CUT = 'a part of the media data is missing';

/** Fills `facts` from an MP4; throws an error of `source.ts` at the first thing that does not fit. */
export function readMp4(source: ByteSource, facts: MediaFacts): void {
  const boxes = listBoxes(openMp4(source));
  const listType = (wanted: string) => boxes.filter(({ type }) => type === wanted);
  const [moov] = listType('moov');
  if (moov === undefined) throw new CutOffError('its index (moov) is missing');
  if (moov.end > source.size) throw new CutOffError('its index (moov) is incomplete');
  const media = listType('mdat');
  const [mdat] = media;
  const fragments = listType('moof');
  if (mdat === undefined) facts.cutOff = 'the media data is missing';
  else if (fragments.length === 0) facts.moovLast = mdat.start < moov.start;
  // The last box of a file that was cut goes on behind the file's end.
  const cut = boxes.find(({ type, end }) => end > source.size && ['mdat', 'moof', 'mfra'].includes(type));
  if (cut !== undefined) facts.cutOff = MEDIA_CUT;

  const tracks = describeIndex(moov, facts);
  const video = tracks.filter(({ handler }) => handler === 'vide').map(({ id }) => id);
  if (facts.bFrames === false)
    facts.bFrames = fragments.slice(0, MAX_FRAGMENTS).some((moof) => isFragmentReordered(moof, video));
  if (mdat !== undefined) compareWithMedia(tracks, media, facts);
  const last = media.at(-1);
  if (fragments.length > 0 && last !== undefined) checkLastFragment(last);
}

/** The tracks of video and sound, after their facts are told. */
function describeIndex(moov: Box, facts: MediaFacts): Mp4Track[] {
  const duration = readDuration(moov);
  if (duration !== undefined) facts.durationSeconds = duration;
  const tracks = readTracks(moov);
  const video = tracks.filter(({ handler }) => handler === 'vide');
  const audio = tracks.filter(({ handler }) => handler === 'soun');
  const enabled = video.filter(({ isEnabled }) => isEnabled);
  const shown = enabled.length > 0 ? enabled : video;
  facts.videoStreams = shown.length;
  facts.audioStreams = audio.length;
  if (audio.length > 0) facts.audioCodec = joinCodecs(audio);
  const [main] = shown;
  if (main !== undefined) {
    facts.videoCodec = joinCodecs(shown);
    Object.assign(facts, main.size, main.format);
    facts.bFrames = shown.some((track) => isReordered(track));
  }
  return [...video, ...audio];
}

function joinCodecs(tracks: readonly Mp4Track[]): string {
  return [...new Set(tracks.map(({ codec }) => codec))].join(' + ');
}

/** Compares the tracks' tables with the file: `facts.cutOff` if it ends too early, a `DamagedError` if they do not fit. */
function compareWithMedia(tracks: readonly Mp4Track[], media: readonly Box[], facts: MediaFacts): void {
  const extents = tracks.map((track) => findExtent(track)).filter((extent) => extent !== undefined);
  if (extents.some(({ end }) => end > facts.size)) facts.cutOff = MEDIA_CUT;
  // A length that says too much is no harm when all samples are there.
  else if (extents.length > 0 && media.some(({ end }) => end > facts.size)) delete facts.cutOff;
  if (facts.cutOff !== undefined) return;
  const isInside = (start: number, end: number) =>
    media.some((box) => start >= box.content && end <= box.end);
  if (!extents.every(({ first, last, end }) => isInside(first, first) && isInside(last, end)))
    throw new DamagedError('its index (moov) points outside of the media data');
  if (extents.some(({ endsInZeros }) => endsInZeros)) throw new DamagedError(ZERO_END);
}

/** Throws a `DamagedError` when the media data of the last fragment, which is all samples, ends in zeros. */
function checkLastFragment({ content, end, source }: Box): void {
  const tail = Math.min(end, source.size) - LONG_TAIL;
  if (tail >= content && isZeros(source.read(tail, LONG_TAIL))) throw new DamagedError(ZERO_END);
}
