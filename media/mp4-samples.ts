// Finds where an MP4's tables say that its samples lie, and whether they are shown in another order than they are stored.
import { type Box, findBox, listBoxes, readContent } from './mp4-boxes.ts';
import type { Mp4Track } from './mp4-index.ts';
import { FaultError, isZeros } from './source.ts';

/** Entries of a table that are read, and bytes of a fragment's run of samples. */
const MAX_ENTRIES = 8_192;
const MAX_RUN = 65_536;
/** Bytes at the end of a sample that cannot all be 0: H.264 has no such runs, and no AAC frame consists of zeros. */
const TAILS: Readonly<Record<string, number>> = { 'H.264': 64, AAC: 4_096 };
const OVERSTATED = 'its index (moov) says more than it holds';

/** Where a track's samples lie: the beginnings of the first and the last chunk, and the end of the last one. */
export interface Extent {
  first: number;
  last: number;
  end: number;
  endsInZeros: boolean;
}

interface Table {
  count: number;
  read(index: number, entries: number): Buffer;
}

/** Where the samples of a track lie; undefined when the index does not say, as in fragmented files. */
export function findExtent({ tables, codec }: Mp4Track): Extent | undefined {
  const chunks = findTable(tables, 'stco', 4) ?? findTable(tables, 'co64', 8);
  const runs = findTable(tables, 'stsc', 12);
  const samples = runs?.read(runs.count - 1, 1).readUInt32BE(4) ?? 0;
  if (chunks === undefined || samples < 1 || samples > MAX_ENTRIES) return undefined;
  const [first = 0, last = 0] = [0, chunks.count - 1].map((index) => {
    const entry = chunks.read(index, 1);
    return entry.length === 8 ? Number(entry.readBigUInt64BE()) : entry.readUInt32BE();
  });
  const sizes = readLastSizes(tables, samples);
  const end = sizes.reduce((sum, size) => sum + size, last);
  const tail = Math.min(sizes.at(-1) ?? 0, TAILS[codec] ?? 0);
  return { first, last, end, endsInZeros: isZeros(tables.source.read(end - tail, tail)) };
}

/** Bytes of each of the last samples of a track. */
function readLastSizes(tables: Box, samples: number): number[] {
  const head = readContent(findBox(tables, 'stsz'), 8, 4);
  const uniform = head.readUInt32BE(0);
  if (uniform * head.readUInt32BE(4) > tables.source.size) throw new FaultError('damage', OVERSTATED);
  if (uniform > 0) return Array<number>(samples).fill(uniform);
  const table = findTable(tables, 'stsz', 4, 12);
  if (table === undefined || table.count < samples) throw new FaultError('damage', OVERSTATED);
  const entries = table.read(table.count - samples, samples);
  return Array.from({ length: samples }, (_, index) => entries.readUInt32BE(index * 4));
}

/** Whether a track's frames are shown in another order than they are stored. */
export function isReordered({ tables }: Mp4Track): boolean {
  const offsets = findTable(tables, 'ctts', 8);
  // Each entry stands for a run of frames that are equally late: a difference shows at once.
  const entries = offsets?.read(0, Math.min(offsets.count, MAX_ENTRIES)) ?? Buffer.alloc(0);
  return differs(entries, 4, 8);
}

/** A table with entries of `width` bytes behind a head that ends with their number; undefined when there are none. */
function findTable(tables: Box, type: string, width: number, head = 8): Table | undefined {
  const box = findBox(tables, type);
  if (box === undefined) return undefined;
  const count = readContent(box, 4, head - 4).readUInt32BE();
  if (box.content + head + count * width > box.end) throw new FaultError('damage', OVERSTATED);
  const read: Table['read'] = (index, entries) => readContent(box, entries * width, head + index * width);
  return count === 0 ? undefined : { count, read };
}

/** Whether a fragment (`moof`) shows the frames of one of these tracks in another order than it stores them. */
export function isFragmentReordered(moof: Box, wanted: readonly number[]): boolean {
  return listBoxes(moof).some((traf) => {
    if (traf.type !== 'traf') return false;
    const track = readContent(findBox(traf, 'tfhd'), 4, 4);
    if (track.length < 4 || !wanted.includes(track.readUInt32BE())) return false;
    const runs = listBoxes(traf).filter(({ type }) => type === 'trun');
    return runs.some((run) => isRunReordered(readContent(run, MAX_RUN)));
  });
}

/** Whether the composition offsets of a run of samples (`trun`) differ (ISO/IEC 14496-12, 8.8.8). */
function isRunReordered(run: Buffer): boolean {
  const flags = run.readUIntBE(1, 3);
  const has = (flag: number) => (flags & flag) !== 0;
  const width = [0x100, 0x200, 0x400, 0x800].filter(has).length * 4;
  // The offset is the last of the fields of a sample.
  return has(0x800) && differs(run, 8 + [0x1, 0x4].filter(has).length * 4 + width - 4, width);
}

/** Whether the numbers of four bytes at `first` and every `width` bytes behind it differ. */
function differs(bytes: Buffer, first: number, width: number): boolean {
  for (let at = first; at + 4 <= bytes.length; at += width) {
    if (bytes.readInt32BE(at) !== bytes.readInt32BE(first)) return true;
  }
  return false;
}
