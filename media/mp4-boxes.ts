// Finds the boxes of an MP4 (ISO/IEC 14496-12, 4.2) by their headers alone: their content is passed over.
import { type ByteSource, readWindow, UnreadableError } from './source.ts';

/** A box of the file; at the top, `end` may lie beyond the file's. */
export interface Box {
  type: string;
  start: number;
  /** Where the content begins. */
  content: number;
  end: number;
}

/** An MP4 that is being read. */
export interface Mp4File {
  source: ByteSource;
  /** Boxes that may still be found. */
  boxesLeft: number;
}

const MAX_BOXES = 10_000;
const HEADER = 8;
const LONG_HEADER = 16;

/** An MP4 nothing of which is read yet. */
export function openMp4(source: ByteSource): Mp4File {
  return { source, boxesLeft: MAX_BOXES };
}

/** The boxes at the top of the file. What follows the last intelligible one is not ours to judge: cameras append data. */
export function listTopBoxes(file: Mp4File): Box[] {
  return listFrom(file, 0, file.source.size, Number.POSITIVE_INFINITY);
}

/** The boxes that `parent` holds from `offset` on, up to the first that does not lie wholly inside it. */
export function listBoxes(file: Mp4File, parent: Box, offset = 0): Box[] {
  return listFrom(file, parent.content + offset, parent.end, parent.end);
}

/** The first box of this path of types inside `parent`. */
export function findBox(file: Mp4File, parent: Box | undefined, ...path: readonly string[]): Box | undefined {
  return path.reduce(
    (box: Box | undefined, wanted) => box && listBoxes(file, box).find(({ type }) => type === wanted),
    parent,
  );
}

/** At most `length` bytes of a box's content from `offset` on; none when there is no box. */
export function readContent(file: Mp4File, box: Box | undefined, length: number, offset = 0): Buffer {
  if (box === undefined) return Buffer.alloc(0);
  const from = Math.min(box.content + offset, box.end);
  return readWindow(file.source, from, Math.min(length, box.end - from));
}

function listFrom(file: Mp4File, from: number, to: number, furthest: number): Box[] {
  const boxes: Box[] = [];
  for (let position = from; position + HEADER <= to; ) {
    const box = parseHeader(readWindow(file.source, position, LONG_HEADER), position, to);
    if (box === undefined || box.end > furthest) break;
    file.boxesLeft--;
    if (file.boxesLeft < 0) throw new UnreadableError(`it has more than ${MAX_BOXES} boxes`);
    boxes.push(box);
    position = box.end;
  }
  return boxes;
}

/** The box whose first bytes are given; undefined when they are none. A length of 0 means "to the end". */
function parseHeader(bytes: Buffer, start: number, parentEnd: number): Box | undefined {
  const type = bytes.toString('latin1', 4, 8);
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length === 0) return { type, start, content: start + HEADER, end: parentEnd };
  if (length !== 1)
    return length < HEADER ? undefined : { type, start, content: start + HEADER, end: start + length };
  const long = bytes.length < LONG_HEADER ? 0 : Number(bytes.readBigUInt64BE(8));
  return long < LONG_HEADER ? undefined : { type, start, content: start + LONG_HEADER, end: start + long };
}
