// Finds the boxes of an MP4 (ISO/IEC 14496-12, 4.2) by their headers alone: their content is passed over.
import type { ByteSource } from './source.ts';

/** A box of an MP4; at the top, `end` may lie beyond the file's. The file itself is one without a type. */
export interface Box {
  type: string;
  start: number;
  /** Where the content begins. */
  content: number;
  end: number;
  source: ByteSource;
}

const HEADER = 8;
const LONG_HEADER = 16;

/** The box that stands for a file nothing of which is read yet. */
export function openMp4(source: ByteSource): Box {
  return { type: '', start: 0, content: 0, end: source.size, source };
}

/** The boxes in `parent` from `offset` on, up to the first that is none: behind the last, cameras append data. */
export function listBoxes(parent: Box | undefined, offset = 0): Box[] {
  if (parent === undefined) return [];
  const { source, end } = parent;
  const boxes: Box[] = [];
  for (let position = parent.content + offset; position + HEADER <= end; ) {
    const box = parseHeader(source.read(position, LONG_HEADER), position, parent);
    if (box === undefined || (parent.type !== '' && box.end > end)) break;
    boxes.push(box);
    position = box.end;
  }
  return boxes;
}

/** The first box of this path of types inside `parent`. */
export function findBox(parent: Box | undefined, ...path: readonly string[]): Box | undefined {
  return path.reduce((box, wanted) => listBoxes(box).find(({ type }) => type === wanted), parent);
}

/** At most `length` bytes of a box's content from `offset` on; none when there is no box. */
export function readContent(box: Box | undefined, length: number, offset = 0): Buffer {
  if (box === undefined) return Buffer.alloc(0);
  const from = Math.min(box.content + offset, box.end);
  return box.source.read(from, Math.min(length, box.end - from));
}

/** The box whose first bytes are given; undefined when they are none. A length of 0 means "to the end". */
function parseHeader(bytes: Buffer, start: number, { source, end }: Box): Box | undefined {
  const type = bytes.toString('latin1', 4, 8);
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return undefined;
  const short = bytes.readUInt32BE(0);
  const isLong = short === 1 && bytes.length === LONG_HEADER;
  const length = isLong ? Number(bytes.readBigUInt64BE(8)) : short || end - start;
  const header = isLong ? LONG_HEADER : HEADER;
  return length < header ? undefined : { type, start, content: start + header, end: start + length, source };
}
