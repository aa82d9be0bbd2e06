// Tells whether a program took a file for text and changed its bytes.
import { isUtf8 } from 'node:buffer';
import type { ByteSource } from './source.ts';

const WINDOW = 65_536;
/** Bytes that tell of nearly all media that they are no text: compressed data is none. */
const GLANCE = 1_024;
/** Bytes that are read at most: at the beginning, in the middle and at the end. */
export const CONVERSION_READS = GLANCE + 3 * WINDOW;

/** Traces that text hardly has: replacement characters, encoded control characters, runs of question marks. */
const REPLACED = /\xef\xbf\xbd|\xc2[\x80-\x9f]|\?{4}/g;
const LEAST_REPLACED = 4;
/** Line ends next to what is no text. In other bytes, one LF of 256 has a CR before it. */
const BINARY_LINE_ENDS = /[^\t\r\n -~]\r\n|\r\n[^\t\r\n -~]/g;
const LEAST_LINE_ENDS = 2;

/** How the file was taken for text; undefined when nothing shows that. Line ends are asked for where they must be binary. */
export function describeConversion(source: ByteSource, asksForLineEnds: boolean): string | undefined {
  let hasText = true;
  let hasLineEnds = asksForLineEnds;
  const look = (position: number, length: number): string => {
    const bytes = source.read(position, length);
    const text = bytes.toString('latin1');
    hasText &&= isCutUtf8(bytes);
    hasLineEnds &&= !/(?<!\r)\n/.test(text);
    return hasText || hasLineEnds ? text : '';
  };
  const last = Math.max(0, source.size - WINDOW);
  let content = '';
  if (look(0, GLANCE) !== '')
    for (const position of new Set([0, Math.floor(last / 2), last])) content += look(position, WINDOW);
  if (hasText && count(content, REPLACED) >= LEAST_REPLACED) return 'as text';
  const hasBinary = hasLineEnds && count(content, BINARY_LINE_ENDS) >= LEAST_LINE_ENDS;
  return hasBinary ? 'with CR LF for every LF, as in text of Windows' : undefined;
}

/** Whether these bytes lie in UTF-8 text; the characters at their ends may be cut. */
function isCutUtf8(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 3).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return [0, 1, 2, 3].some((cut) => isUtf8(bytes.subarray(Math.max(0, start), bytes.length - cut)));
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
