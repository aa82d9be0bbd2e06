// Reads what a JPEG's segments say of it (ITU-T T.81, JFIF, Exif).
import type { Colour, FactPart } from './facts.ts';
import { type ByteSource, FaultError, readExactly, readText } from './source.ts';

/** Bytes of compressed data that are searched for the end marker; longer pictures are judged by their tail. */
const MAX_SCAN = 1_048_576;
const TAIL = 131_072;
/** Bytes of zeros behind a picture that are passed over. */
const MAX_PADDING = 3 * TAIL;
const SMALLEST_WINDOW = 256;
const LARGEST_WINDOW = 16_384;

/** A marker. In compressed data 0xFF is followed by 0 or is a restart marker; further ones before a marker fill space. */
const MARKER = /\xff([^\0\xff\xd0-\xd7])/;
/** A marker that neither stands in compressed data nor between its parts: tables of codes, and the next scan. */
const FOREIGN_MARKER = /\xff[^\0\xff\xc4\xd0-\xd7\xda]/;
const LONE = /[\x01\xd8]/;
const FRAME = /[\xc0-\xc3\xc5-\xc7\xc9-\xcb\xcd-\xcf]/;
/** Baseline, extended and progressive coding. */
const COMMON_FRAME = /[\xc0-\xc2]/;
const END = '\xd9';
const SCAN = '\xda';
const APP1 = '\xe1';
const EXIF = 'Exif\0\0';
const ORIENTATION = 0x0112;

const COLOURS: Readonly<Record<number, Colour>> = { 1: 'greyscale', 3: 'RGB', 4: 'CMYK' };

/** Yields what a JPEG says of itself; throws a `FaultError` at the first thing that does not fit. */
export function* readJpeg(source: ByteSource): Iterable<FactPart> {
  let position = 2;
  let exif: Buffer | undefined;
  let hasFrame = false;
  let unscanned = MAX_SCAN;
  for (;;) {
    const found = findMarker(source, position, position + unscanned);
    if (found === undefined) return checkTail(source);
    const { marker, end } = found;
    unscanned -= end - position;
    position = end;
    if (LONE.test(marker)) continue;
    if ((marker === END || marker === SCAN) && !hasFrame)
      throw new FaultError('unchecked', 'it holds no picture, or its header is damaged');
    // Whatever follows is ignored by every viewer: phones append depth maps and short videos.
    if (marker === END) return;
    const length = readExactly(source, position, 2, 'the header').readUInt16BE(0);
    if (length < 2) throw new FaultError('unchecked', 'its segments are damaged');
    if (position + length > source.size) throw new FaultError('cutOff', 'the header is incomplete');
    const read = (most: number) => source.read(position + 2, Math.min(length - 2, most));
    // Other metadata than Exif is passed over, whatever its size.
    if (marker === APP1 && read(EXIF.length).toString('latin1') === EXIF)
      exif ??= read(length).subarray(EXIF.length);
    if (FRAME.test(marker)) {
      const frame = read(6);
      if (hasFrame) throw new FaultError('unchecked', 'it holds several pictures in one');
      hasFrame = true;
      yield* parseFrame(frame, marker, exif !== undefined && isSideways(exif));
    }
    position += length;
  }
}

/** The next marker at or after `from`, and where it ends; undefined when there is none before `limit`. */
function findMarker(
  source: ByteSource,
  from: number,
  limit: number,
): { marker: string; end: number } | undefined {
  let length = SMALLEST_WINDOW;
  for (let position = from; position < limit; ) {
    const text = readText(source, position, length);
    if (text.length < 2) throw new FaultError('cutOff', 'the end marker is missing');
    const match = MARKER.exec(text);
    if (match !== null) return { marker: match[1] ?? '', end: position + match.index + 2 };
    // The last byte is read again: it may be the first half of a marker.
    position += text.length - 1;
    length = Math.min(length * 4, LARGEST_WINDOW);
  }
  return undefined;
}

/** Of a picture too long to read: compressed data, or nothing but zeros, up to the last byte means that it was cut. */
function checkTail(source: ByteSource): void {
  let end = source.size;
  let tail = readText(source, end - TAIL, TAIL);
  while (/^\0*$/.test(tail) && end > source.size - MAX_PADDING) {
    // The last byte is read again: it may be the second half of what stands before the zeros.
    end -= TAIL - 1;
    tail = readText(source, end - TAIL, TAIL);
  }
  // Anything else cannot stand in compressed data: the picture has ended, be it here or before an appended video.
  if (FOREIGN_MARKER.test(tail)) return;
  if (end === source.size && !tail.includes('\xff\0'))
    throw new FaultError('unchecked', 'its end was not found');
  throw new FaultError('cutOff', 'the end marker is missing');
}

function* parseFrame(frame: Buffer, marker: string, sideways: boolean): Iterable<FactPart> {
  const colour = COLOURS[frame.readUInt8(5)];
  if (colour === undefined) throw new FaultError('unchecked', 'its number of colour channels is unusual');
  yield { bitsPerChannel: frame.readUInt8(0), colour };
  const rows = frame.readUInt16BE(1);
  const columns = frame.readUInt16BE(3);
  // Viewers do not support the other place for the number of rows, behind the first scan (DNL).
  if (rows === 0) throw new FaultError('unchecked', 'its header does not say how high it is');
  yield sideways ? { width: rows, height: columns } : { width: columns, height: rows };
  if (!COMMON_FRAME.test(marker))
    throw new FaultError('unchecked', 'its coding (lossless or arithmetic) is one that few programs read');
}

/** Whether Exif data asks for a quarter turn: phones store an upright photo lying. */
function isSideways(tiff: Buffer): boolean {
  if (tiff.length < 8) return false;
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  const short = (at: number) => (at + 2 > tiff.length ? 0 : view.getUint16(at, isLittle));
  const directory = view.getUint32(4, isLittle);
  const entries = short(directory);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at >= tiff.length) return false;
    if (short(at) === ORIENTATION) return short(at + 8) >= 5 && short(at + 8) <= 8;
  }
  return false;
}
