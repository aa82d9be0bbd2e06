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

/** The boxes in `parent` from `offset` on, or at the top of the file, up to the first that is none: cameras append data. */
export function listBoxes(file: Mp4File, parent?: Box, offset = 0): Box[] {
  const to = parent?.end ?? file.source.size;
  const boxes: Box[] = [];
  for (let position = (parent?.content ?? 0) + offset; position + HEADER <= to; ) {
    const box = parseHeader(readWindow(file.source, position, LONG_HEADER), position, to);
    if (box === undefined || (parent !== undefined && box.end > to)) break;
    file.boxesLeft--;
    if (file.boxesLeft < 0) throw new UnreadableError(`it has more than ${MAX_BOXES} boxes`);
    boxes.push(box);
    position = box.end;
  }
  return boxes;
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

/** The box whose first bytes are given; undefined when they are none. A length of 0 means "to the end". */
function parseHeader(bytes: Buffer, start: number, parentEnd: number): Box | undefined {
  const type = bytes.toString('latin1', 4, 8);
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return undefined;
  const short = bytes.readUInt32BE(0);
  const isLong = short === 1 && bytes.length === LONG_HEADER;
  const length = isLong ? Number(bytes.readBigUInt64BE(8)) : short || parentEnd - start;
  const header = isLong ? LONG_HEADER : HEADER;
  return length < header ? undefined : { type, start, content: start + header, end: start + length };
}
