// Finds a PDF's trailers and objects through its cross-reference data (ISO 32000-1, 7.5).
import { inflateSync } from 'node:zlib';
import {
  isDictionary,
  isReference,
  type PdfCursor,
  type PdfDictionary,
  type PdfValue,
  PieceEndError,
  readValue,
  readWord,
  skipSpace,
} from './pdf-syntax.ts';
import { type ByteSource, readExactly, readWindow, UnreadableError } from './source.ts';

/** A PDF that is being read. */
export interface PdfFile {
  readonly source: ByteSource;
  /** What is added to every offset in the file. */
  readonly shift: number;
  /** Bytes that its streams may still inflate to. */
  inflatable: number;
}

/** One revision's cross-reference data. */
export interface PdfSection {
  trailer: PdfDictionary;
  /** Where the section says that an object lies; undefined when it does not speak of it. */
  locate(object: number): PdfPlace | undefined;
}

/** A byte offset, or the object stream that holds the object and its index there. */
type PdfPlace = { offset: number } | { stream: number; index: number };

const SMALL_PIECE = 4_096;
const LARGE_PIECE = 65_536;
const MAX_HOPS = 64;
const MAX_SUBSECTIONS = 1_000;
const MAX_STREAM = 524_288;
const MAX_INFLATED = 4_194_304;
/** Bytes that all streams of a file may inflate to; they are kept until it is judged. */
const MAX_INFLATED_IN_ALL = 2 * MAX_INFLATED;
/** Objects of an object stream that are passed over. Writers put a few hundred into one. */
const MAX_INDEX = 10_000;
const ENTRY_LENGTH = 20;

/** A PDF nothing of which is read yet. */
export function openPdf(source: ByteSource, shift: number): PdfFile {
  return { source, shift, inflatable: MAX_INFLATED_IN_ALL };
}

/**
 * The section at `offset` and those it is based on, newest first; only the newest has to be readable, as it repeats
 * what the older ones say of encryption.
 */
export function readSections(file: PdfFile, offset: number): PdfSection[] {
  const sections = [readSection(file, offset + file.shift)];
  const waiting = basesOf(sections[0]);
  const seen = new Set([offset]);
  for (let next = waiting.shift(); next !== undefined && seen.size <= MAX_HOPS; next = waiting.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    try {
      const section = readSection(file, next + file.shift);
      sections.push(section);
      waiting.push(...basesOf(section));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
    }
  }
  return sections;
}

/** The offsets of the sections below: in a hybrid file the stream completes the table before older revisions count. */
function basesOf(section: PdfSection | undefined): number[] {
  return ['/XRefStm', '/Prev'].flatMap((key) => {
    const base = section?.trailer.get(key);
    return typeof base === 'number' && Number.isSafeInteger(base) && base > 0 ? [base] : [];
  });
}

/** The number of pages that the catalogue states, or undefined when it is not where it should be. */
export function countPages(file: PdfFile, sections: readonly PdfSection[]): number | undefined {
  const resolve = (value: PdfValue | undefined) =>
    isReference(value) ? readObject(file, sections, value.object) : value;
  const root = resolve(sections[0]?.trailer.get('/Root'));
  const pages = isDictionary(root) ? resolve(root.get('/Pages')) : undefined;
  if (!isDictionary(pages) || pages.get('/Type') !== '/Pages') return undefined;
  const count = resolve(pages.get('/Count'));
  return typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : undefined;
}

/** Parses a value at `position`, in a small piece of the file first. */
function readPiece<T>(source: ByteSource, position: number, parse: (cursor: PdfCursor) => T): T {
  try {
    return parse({ bytes: readWindow(source, position, SMALL_PIECE), position: 0 });
  } catch (error) {
    if (!(error instanceof PieceEndError)) throw error;
    return parse({ bytes: readWindow(source, position, LARGE_PIECE), position: 0 });
  }
}

function readSection(file: PdfFile, position: number): PdfSection {
  const start = readWindow(file.source, position, 32).toString('latin1');
  const table = /^\s*xref/.exec(start);
  return table === null
    ? readStreamSection(file, position)
    : readTable(file.source, position + table[0].length);
}

function readTable(source: ByteSource, from: number): PdfSection {
  const subsections: { first: number; count: number; position: number }[] = [];
  let position = from;
  while (subsections.length < MAX_SUBSECTIONS) {
    const heading = readWindow(source, position, 64).toString('latin1');
    const range = /^\s*(\d{1,10})\s+(\d{1,10})\s*?(?:\r\n|\r|\n)/.exec(heading);
    if (range === null) break;
    const subsection = {
      first: Number(range[1]),
      count: Number(range[2]),
      position: position + range[0].length,
    };
    subsections.push(subsection);
    position = subsection.position + subsection.count * ENTRY_LENGTH;
  }
  const trailer = readPiece(source, position, readTrailer);
  return {
    trailer,
    locate(object) {
      const subsection = subsections.find(({ first, count }) => object >= first && object < first + count);
      if (subsection === undefined) return undefined;
      const place = subsection.position + (object - subsection.first) * ENTRY_LENGTH;
      const entry = readExactly(source, place, ENTRY_LENGTH, 'the table of contents').toString('latin1');
      const used = /^(\d{10}) \d{5} n/.exec(entry);
      return used === null ? undefined : { offset: Number(used[1]) };
    },
  };
}

/** The dictionary after the word `trailer`. */
export function readTrailer(cursor: PdfCursor): PdfDictionary {
  skipSpace(cursor);
  if (cursor.position >= cursor.bytes.length) throw new PieceEndError('its table of contents is damaged');
  const dictionary = readWord(cursor) === 'trailer' ? readValue(cursor) : undefined;
  if (!isDictionary(dictionary)) throw new UnreadableError('its table of contents is damaged');
  return dictionary;
}

function readStreamSection(file: PdfFile, position: number): PdfSection {
  const { value, end } = readIndirect(file.source, position);
  if (!isDictionary(value) || value.get('/Type') !== '/XRef') {
    throw new UnreadableError('its table of contents is not where the file says');
  }
  let rows: Buffer | undefined;
  return {
    trailer: value,
    locate(object) {
      rows ??= readStream(file, value, end, value.get('/Length'));
      return locateInRows(value, rows, object);
    },
  };
}

/** Looks an object up in the rows of a cross-reference stream (ISO 32000-1, 7.5.8). */
function locateInRows(dictionary: PdfDictionary, rows: Buffer, object: number): PdfPlace | undefined {
  const widths = numbersOf(dictionary.get('/W'));
  const [typeWidth = 0, secondWidth = 0, thirdWidth = 0] = widths;
  const rowLength = typeWidth + secondWidth + thirdWidth;
  if (rowLength < 1 || widths.some((width) => width > 6)) return undefined;
  const index = dictionary.has('/Index') ? numbersOf(dictionary.get('/Index')) : [0, Number.MAX_SAFE_INTEGER];
  let row = 0;
  for (let pair = 0; pair + 1 < index.length; pair += 2) {
    const first = index[pair] ?? 0;
    const count = index[pair + 1] ?? 0;
    if (object < first || object >= first + count) {
      row += count;
      continue;
    }
    const at = (row + object - first) * rowLength;
    if (at + rowLength > rows.length) return undefined;
    const type = typeWidth === 0 ? 1 : rows.readUIntBE(at, typeWidth);
    const second = secondWidth === 0 ? 0 : rows.readUIntBE(at + typeWidth, secondWidth);
    const third = thirdWidth === 0 ? 0 : rows.readUIntBE(at + typeWidth + secondWidth, thirdWidth);
    if (type === 1) return { offset: second };
    return type === 2 ? { stream: second, index: third } : undefined;
  }
  return undefined;
}

function numbersOf(value: PdfValue | undefined): number[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
}

/** The value of `12 0 obj …` at `position`, and where the value ends. */
function readIndirect(source: ByteSource, position: number): { value: PdfValue; end: number } {
  return readPiece(source, position, (cursor) => {
    const heading = [readWord(cursor), readWord(cursor), readWord(cursor)].join(' ');
    if (!/^\d+ \d+ obj$/.test(heading)) {
      throw new UnreadableError('its table of contents is not where the file says');
    }
    const value = readValue(cursor);
    return { value, end: position + cursor.position };
  });
}

function readObject(file: PdfFile, sections: readonly PdfSection[], object: number): PdfValue {
  const place = locate(sections, object);
  if (place === undefined) return null;
  return 'offset' in place ? readAt(file, place.offset) : readPacked(file, sections, place);
}

/** Where the newest section that speaks of an object says that it lies. */
function locate(sections: readonly PdfSection[], object: number): PdfPlace | undefined {
  for (const section of sections) {
    const place = section.locate(object);
    if (place !== undefined) return place;
  }
  return undefined;
}

function readAt(file: PdfFile, offset: number): PdfValue {
  return readIndirect(file.source, offset + file.shift).value;
}

/** An object inside an object stream (ISO 32000-1, 7.5.7). */
function readPacked(
  file: PdfFile,
  sections: readonly PdfSection[],
  { stream, index }: { stream: number; index: number },
): PdfValue {
  const place = locate(sections, stream);
  if (place === undefined || !('offset' in place)) return null;
  const { value, end } = readIndirect(file.source, place.offset + file.shift);
  if (!isDictionary(value) || value.get('/Type') !== '/ObjStm') return null;
  if (index > MAX_INDEX) throw new UnreadableError('a stream is too long');
  const first = value.get('/First');
  const content = readStream(file, value, end, resolveLength(file, sections, value.get('/Length')));
  const heading: PdfCursor = { bytes: content, position: 0 };
  for (let skipped = 0; skipped < index; skipped++) {
    readWord(heading);
    if (readWord(heading) === '') throw new UnreadableError('an object stream is damaged');
  }
  readWord(heading);
  return readValue({ bytes: content, position: Number(first) + Number(readWord(heading)) });
}

/**
 * The length of an object stream. One that another object states must not be packed itself: streams whose lengths lie
 * in each other would all have to be unpacked.
 */
function resolveLength(
  file: PdfFile,
  sections: readonly PdfSection[],
  length: PdfValue | undefined,
): PdfValue | undefined {
  if (!isReference(length)) return length;
  const place = locate(sections, length.object);
  return place !== undefined && 'offset' in place ? readAt(file, place.offset) : undefined;
}

/** The decoded content of a stream whose dictionary ends at `end`. */
function readStream(
  file: PdfFile,
  dictionary: PdfDictionary,
  end: number,
  length: PdfValue | undefined,
): Buffer {
  if (typeof length !== 'number' || length < 0 || length > MAX_STREAM)
    throw new UnreadableError('a stream is too long');
  const lead = /^\s*stream(\r\n|\n|\r)/.exec(readWindow(file.source, end, 32).toString('latin1'));
  if (lead === null) throw new UnreadableError('a stream is damaged');
  const raw = readExactly(file.source, end + lead[0].length, length, 'a stream');
  const filter = dictionary.get('/Filter');
  if (filter === undefined) return raw;
  const only = Array.isArray(filter) && filter.length === 1 ? filter[0] : filter;
  if (only !== '/FlateDecode') throw new UnreadableError('a stream is packed in an unusual way');
  const parameters = dictionary.get('/DecodeParms');
  const own = Array.isArray(parameters) ? parameters[0] : parameters;
  return undoPrediction(inflate(file, raw), isDictionary(own) ? own : new Map());
}

function inflate(file: PdfFile, raw: Buffer): Buffer {
  const limit = Math.min(MAX_INFLATED, file.inflatable);
  // What goes wrong has been paid for as well.
  file.inflatable -= limit;
  if (limit === 0) throw new UnreadableError('a stream is too long');
  const inflated = inflateSync(raw, { maxOutputLength: limit });
  file.inflatable += limit - inflated.length;
  return inflated;
}

/** Undoes the PNG row filters that writers of cross-reference streams use (predictors 10 to 15). */
function undoPrediction(data: Buffer, parameters: PdfDictionary): Buffer {
  const predictor = parameters.get('/Predictor') ?? 1;
  if (predictor === 1) return data;
  const columns = parameters.get('/Columns') ?? 1;
  if (typeof predictor !== 'number' || predictor < 10)
    throw new UnreadableError('a stream is packed in an unusual way');
  if (typeof columns !== 'number' || columns < 1 || columns > 64)
    throw new UnreadableError('a stream is damaged');
  const rows = Math.floor(data.length / (columns + 1));
  const result = Buffer.alloc(rows * columns);
  for (let row = 0; row < rows; row++) {
    const filter = data[row * (columns + 1)];
    // Only "none" and "up" make sense for numbers that count upwards.
    if (filter !== 0 && filter !== 2) throw new UnreadableError('a stream is packed in an unusual way');
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      const above = filter === 2 && row > 0 ? (result[at - columns] ?? 0) : 0;
      result[at] = (data[row * (columns + 1) + 1 + column] ?? 0) + above;
    }
  }
  return result;
}
