// Reads what an MP4's boxes say of it (ISO/IEC 14496-12), and compares it with the file.
import type { FactPart } from './facts.ts';
import { type Box, listBoxes, openMp4 } from './mp4-boxes.ts';
import { type Mp4Track, readDuration, readTracks } from './mp4-index.ts';
import { type Extent, findExtent, isFragmentReordered, isReordered } from './mp4-samples.ts';
import { type ByteSource, FaultError, isZeros } from './source.ts';

/** Fragments that are searched for frames out of order. */
const MAX_FRAGMENTS = 4;
/** Bytes at the end of media data that are never all 0: no AAC frame is so long, and H.264 has no such runs. */
const LONG_TAIL = 4_096;
const ZERO_END = 'the end of its media data is only zeros';
/** Boxes that are cut only with a part of the film. */
const PARTS: ReadonlySet<string> = new Set(['mdat', 'moof', 'mfra', 'sidx', 'styp']);
const MEDIA_CUT = 'a part of the media data is missing';

/** Yields what an MP4 says of itself; throws a `FaultError` at the first thing that does not fit. */
export function* readMp4(source: ByteSource): Iterable<FactPart> {
  const boxes = listBoxes(openMp4(source));
  const listType = (wanted: string) => boxes.filter(({ type }) => type === wanted);
  const [moov] = listType('moov');
  if (moov === undefined) throw new FaultError('cutOff', 'its index (moov) is missing');
  if (moov.end > source.size) throw new FaultError('cutOff', 'its index (moov) is incomplete');
  const media = listType('mdat');
  const [mdat] = media;
  const fragments = listType('moof');
  if (mdat !== undefined && fragments.length === 0) yield { moovLast: mdat.start < moov.start };
  // The last box of a file that was cut goes on behind the file's end; behind the index of a fragment come its samples.
  const last = boxes.at(-1);
  const isCutOff =
    last !== undefined &&
    ((last.type === 'moof' && fragments.length > media.length) ||
      (last.end > source.size && PARTS.has(last.type)));
  const cut = isCutOff ? last : undefined;
  if (cut !== undefined) yield { cutOff: MEDIA_CUT };
  else if (mdat === undefined) yield { cutOff: 'the media data is missing' };

  yield { durationSeconds: readDuration(moov) };
  const tracks = readTracks(moov);
  const video = tracks.filter(({ handler }) => handler === 'vide');
  const audio = tracks.filter(({ handler }) => handler === 'soun');
  yield* describeTracks(video, audio, fragments);

  if (mdat === undefined) return;
  const extents = [...video, ...audio].map(findExtent).filter((extent) => extent !== undefined);
  // A length that says too much is no harm when all samples are there.
  const isCutBox = cut !== undefined && (cut.type !== 'mdat' || extents.length === 0);
  const isCut = isCutBox || extents.some(({ end }) => end > source.size);
  yield { cutOff: isCut ? MEDIA_CUT : undefined };
  if (!isCut) checkExtents(extents, media);
  if (fragments.length > 0) checkLastFragment(media.at(-1) ?? mdat);
}

/** What is told of tracks; last the order of their frames, since tables that lie end the reading. */
function* describeTracks(
  video: readonly Mp4Track[],
  audio: readonly Mp4Track[],
  fragments: readonly Box[],
): Iterable<FactPart> {
  const enabled = video.filter(({ isEnabled }) => isEnabled);
  const shown = enabled.length > 0 ? enabled : video;
  const [main] = shown;
  yield {
    videoStreams: shown.length,
    audioStreams: audio.length,
    videoCodec: joinCodecs(shown),
    audioCodec: joinCodecs(audio),
    ...main?.facts,
  };
  if (main === undefined) return;
  const bFrames = shown.some(isReordered);
  yield { bFrames };
  const ids = video.map(({ id }) => id);
  if (!bFrames)
    yield { bFrames: fragments.slice(0, MAX_FRAGMENTS).some((moof) => isFragmentReordered(moof, ids)) };
}

/** The names of these tracks' codecs, each once; undefined without tracks. */
function joinCodecs(tracks: readonly Mp4Track[]): string | undefined {
  return tracks.length === 0 ? undefined : [...new Set(tracks.map(({ codec }) => codec))].join(' + ');
}

/** Throws a `FaultError` when samples do not lie in the media data, or cannot end as they do. */
function checkExtents(extents: readonly Extent[], media: readonly Box[]): void {
  const isInside = (start: number, end: number) =>
    media.some((box) => start >= box.content && end <= box.end);
  if (!extents.every(({ first, last, end }) => isInside(first, first) && isInside(last, end)))
    throw new FaultError('damage', 'its index (moov) points outside of the media data');
  if (extents.some(({ endsInZeros }) => endsInZeros)) throw new FaultError('damage', ZERO_END);
}

/** Throws a `FaultError` when the media data of the last fragment, which is all samples, ends in zeros. */
function checkLastFragment({ content, end, source }: Box): void {
  const tail = Math.min(end, source.size) - LONG_TAIL;
  if (tail >= content && isZeros(source.read(tail, LONG_TAIL))) throw new FaultError('damage', ZERO_END);
}
