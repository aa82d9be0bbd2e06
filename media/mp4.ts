// Reads what an MP4's boxes say of it (ISO/IEC 14496-12); no media data is read.
import type { VisualSampleEntry } from 'mp4box';
import type { MediaFacts } from './facts.ts';
import { type BoxPlace, type Counter, createCounter, listBoxes, listFileBoxes } from './mp4-boxes.ts';
import { audioCodecName, profileName, videoCodecName } from './mp4-codecs.ts';
import { type Mp4Track, readIndex } from './mp4-index.ts';
import { type ByteSource, readExactly, readWindow } from './source.ts';

/** Fragments that are searched for frames out of order. */
const MAX_FRAGMENTS = 4;
const MAX_FRAGMENT = 65_536;

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
  await readMovie(source, moov, fragments, facts, count);
}

/** What shows that the end of the file is missing. */
function describeCut(boxes: readonly BoxPlace[], size: number): string | undefined {
  const cut = boxes.find(({ type, end }) => end > size && ['moov', 'mdat', 'moof', 'mfra'].includes(type));
  if (cut?.type === 'moov') return 'its index (moov) is incomplete';
  if (cut !== undefined) return 'a part of the media data is missing';
  if (!boxes.some(({ type }) => type === 'moov')) return 'its index (moov) is missing';
  return boxes.some(({ type }) => type === 'mdat') ? undefined : 'the media data is missing';
}

async function readMovie(
  source: ByteSource,
  moov: BoxPlace,
  fragments: readonly BoxPlace[],
  facts: MediaFacts,
  count: Counter,
): Promise<void> {
  const content = readExactly(source, moov.content, moov.end - moov.content, 'its index (moov)');
  const { durationSeconds, tracks } = await readIndex(content, count);
  if (durationSeconds !== undefined) facts.durationSeconds = durationSeconds;
  const video = tracks.filter(({ handler }) => handler === 'vide');
  const audio = tracks.filter(({ handler }) => handler === 'soun');
  const shown = video.filter(({ isEnabled }) => isEnabled);
  describeVideo(shown.length > 0 ? shown : video, facts);
  facts.audioStreams = audio.length;
  const sounds = audio.map(({ entry }) => audioCodecName(entry));
  if (sounds.length > 0) facts.audioCodec = [...new Set(sounds)].join(' + ');
  if (facts.bFrames === false) {
    const ids = new Set(video.map(({ id }) => id));
    facts.bFrames = fragments
      .slice(0, MAX_FRAGMENTS)
      .some((moof) => hasReorderedFragment(source, moof, ids, count));
  }
}

function describeVideo(tracks: readonly Mp4Track[], facts: MediaFacts): void {
  facts.videoStreams = tracks.length;
  const [main] = tracks;
  if (main === undefined) return;
  const entry = main.entry as VisualSampleEntry | undefined;
  facts.videoCodec = [...new Set(tracks.map((track) => videoCodecName(track.entry)))].join(' + ');
  describeSize(main, entry, facts);
  if (entry?.avcC !== undefined) facts.videoProfile = profileName(entry.avcC.AVCProfileIndication);
  facts.bFrames = tracks.some(({ isReordered }) => isReordered);
}

/** The size shown: phones store an upright film lying, with a quarter turn in the track's matrix. */
function describeSize(track: Mp4Track, entry: VisualSampleEntry | undefined, facts: MediaFacts): void {
  const width = Math.round(track.width / 65_536) || (entry?.width ?? 0);
  const height = Math.round(track.height / 65_536) || (entry?.height ?? 0);
  if (width === 0 || height === 0) return;
  const [a, b, , c, d] = Array.from(track.matrix);
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
  const content = readWindow(source, moof.content, Math.min(moof.end - moof.content, MAX_FRAGMENT));
  return listBoxes(content, count).some((traf) => {
    if (traf.type !== 'traf') return false;
    const boxes = listBoxes(traf.content, count);
    const header = boxes.find(({ type }) => type === 'tfhd');
    if (header === undefined || !wanted.has(header.content.readUInt32BE(4))) return false;
    return boxes.some((box) => box.type === 'trun' && isReordered(box.content));
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
