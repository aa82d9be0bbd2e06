// Finds the boxes of an MP4 (ISO/IEC 14496-12, 4.2). Each lies wholly inside the one that holds it, or is not found.
import { type ByteSource, readWindow, UnreadableError } from './source.ts';

/** A box at the top of the file; `end` may lie beyond the file's. */
export interface BoxPlace {
  type: string;
  start: number;
  /** Where the content begins. */
  content: number;
  end: number;
}

/** A box that is wholly in memory. */
export interface Box {
  type: string;
  content: Buffer;
  /** Where it ends in the content it lies in. */
  end: number;
}

/** Notes that a box was found; throws an `UnreadableError` when it is one too many. */
export type Counter = () => void;

const MAX_BOXES = 10_000;
/** Bytes of the smallest box. */
export const BOX_HEADER = 8;
const LONG_BOX_HEADER = 16;

/** Counts the boxes of one file. */
export function createCounter(): Counter {
  let total = 0;
  return () => {
    total++;
    if (total > MAX_BOXES) throw new UnreadableError(`it has more than ${MAX_BOXES} boxes`);
  };
}

/** The boxes at the top of the file. What follows the last intelligible one is not ours to judge: cameras append data. */
export function listFileBoxes(source: ByteSource, count: Counter): BoxPlace[] {
  const boxes: BoxPlace[] = [];
  for (let position = 0; position < source.size; ) {
    const box = parseHeader(readWindow(source, position, LONG_BOX_HEADER), position, source.size);
    if (box === undefined) break;
    count();
    boxes.push(box);
    position = box.end;
  }
  return boxes;
}

/** The boxes that `content` consists of, up to the first that does not lie wholly inside it. */
export function listBoxes(content: Buffer, count: Counter): Box[] {
  const boxes: Box[] = [];
  for (let position = 0; position < content.length; ) {
    const header = content.subarray(position, position + LONG_BOX_HEADER);
    const box = parseHeader(header, position, content.length);
    if (box === undefined || box.end > content.length) break;
    count();
    boxes.push({ type: box.type, content: content.subarray(box.content, box.end), end: box.end });
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
  const content = start + BOX_HEADER;
  if (length === 0) return { type, start, content, end: parentEnd };
  if (length !== 1) return length < BOX_HEADER ? undefined : { type, start, content, end: start + length };
  if (bytes.length < LONG_BOX_HEADER) return undefined;
  const long = Number(bytes.readBigUInt64BE(8));
  return long < LONG_BOX_HEADER
    ? undefined
    : { type, start, content: start + LONG_BOX_HEADER, end: start + long };
}

/** A box again as bytes. */
export function writeBox(type: string, ...content: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(BOX_HEADER);
  header.writeUInt32BE(
    content.reduce((length, piece) => length + piece.length, BOX_HEADER),
    0,
  );
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...content]);
}
