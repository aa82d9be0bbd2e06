// Reads what a PDF's beginning, end and table of contents say of it (ISO 32000-1, 7.5).
import { inflateSync } from 'node:zlib';
import type { FactPart } from './facts.ts';
import { opensWithoutPassword } from './pdf-encryption.ts';
import { type PdfDictionary, parseDictionary } from './pdf-syntax.ts';
import { type ByteSource, FaultError, readText } from './source.ts';

/** Acrobat accepts other bytes before the header up to here, and so do we. */
const HEAD = 1_024;
/** Web servers and mail programs append bytes: the end is looked for in more and more of the file. */
const TAILS = [65_536, 1_048_576];
/** The beginning of a table of contents, or the last trailers. */
const PIECE = 65_536;
/** Where the description of the encryption is looked for, at both ends of the file. */
const SEARCHED = 262_144;
/** A file with a page may be smaller, one without any is not larger. */
const MAX_EMPTY = 131_072;
const MAX_INFLATED = 1_048_576;

/** Dictionaries, or streams, that are looked at in one piece: far more than real files have. */
const MAX_DICTIONARIES = 64;

const END = '%%EOF';
const OBJECT = /^[\s\0]*(\d+)\s+\d+\s+obj\b/;
/** What follows the end of one revision when another was appended. */
const CONTINUATION = /\b\d+ \d+ obj\b|^\s*x(?:r(?:e(?:f\b.*)?)?)?$/s;
/** A page, or a list of pages that is not empty. */
const PAGE = /\/Type[\s\0]*\/Page(?![A-Za-z])|\/Kids[\s\0]*\[[\s\0]*\d/;

/** Yields what a PDF says of itself; throws a `FaultError` at the first thing that it cannot pass over. */
export function* readPdf(source: ByteSource): Iterable<FactPart> {
  const head = readText(source, 0, 2 * HEAD);
  const start = head.slice(0, HEAD + 4).indexOf('%PDF-');
  if (start === -1) throw new FaultError('unchecked', 'it has no PDF header');
  const tail = readTail(source);
  const mark = tail.lastIndexOf('startxref');
  checkEnd(source, head, tail, mark);
  const lacksLastLine = tail.lastIndexOf(END) < mark;
  if (lacksLastLine) yield { damage: 'its last line (%%EOF) is missing' };

  const offset = Number(/^startxref\s+(\d+)/.exec(tail.slice(Math.max(0, mark)))?.[1] ?? 0);
  // Offsets count from the header in some files with bytes before it, from the first byte in others.
  const trailers = readTables(source, offset, 0) ?? readTables(source, offset, start);
  if (trailers === undefined && lacksLastLine) throw new FaultError('cutOff', 'its end is missing');
  const words = trailers === undefined ? /\b(?:trailer|obj)\b/g : /\btrailer\b/g;
  const all = [...(trailers ?? []), ...listDictionaries(tail.slice(-PIECE), words)];
  if (trailers === undefined || all.length === 0)
    yield { damage: 'its table of contents is not where the file says' };
  const encryption = describeEncryption(source, all);
  yield { encryption };
  if (hasNoPages(source, encryption !== undefined)) yield { isEmpty: true };
}

function readTail(source: ByteSource): string {
  let tail = '';
  for (const length of TAILS) {
    if (!tail.includes('startxref')) tail = readText(source, Math.max(0, source.size - length), length);
  }
  return tail;
}

/** Throws a `FaultError` when the last lines show that something is missing. */
function checkEnd(source: ByteSource, head: string, tail: string, mark: number): void {
  const end = tail.lastIndexOf(END);
  // A file made for the web states its length; a shorter one is not whole, although an early part may look finished.
  const stated =
    /\/Linearized\b[^>]*\/L\s{1,9}(\d+)/.exec(head) ?? /\/L\s{1,9}(\d{1,15})\b[^>]*\/Linearized\b/.exec(head);
  const isShort = stated !== null && source.size < Number(stated[1]);
  // The early part leads to 0. What is missing behind the real end is no more than a line end.
  const isWhole = !isShort || /startxref\s+[1-9]\d*\s+%%EOF\s*$/.test(tail);
  if (!isWhole || (end !== -1 && CONTINUATION.test(tail.slice(end + END.length))))
    throw new FaultError('cutOff', 'its last part is missing');
  if (mark === -1 && end === -1) throw new FaultError('cutOff', 'its end is missing');
  if (end < mark && isCutInEnd(tail.slice(mark))) throw new FaultError('cutOff', 'its end is incomplete');
}

/** Whether the file ends inside its last lines: `startxref`, a number, `%%EOF`. Viewers do without the last of them. */
function isCutInEnd(lines: string): boolean {
  const [, space, rest] = /^startxref\s+\d+(\s*)(.*)$/s.exec(lines) ?? [];
  if (space === undefined || rest === undefined) return true;
  return rest === '' ? space === '' : END.startsWith(rest);
}

/** The trailers of the tables of contents at `offset` and before it, as far as they are near; undefined without tables. */
function readTables(source: ByteSource, offset: number, shift: number): PdfDictionary[] | undefined {
  const newest = readTable(source, offset, shift);
  const before = Number(newest?.[0]?.get('/Prev') ?? 0);
  if (newest === undefined || before <= 0) return newest;
  const older = readTable(source, before, shift);
  return older && [...newest, ...older];
}

function readTable(source: ByteSource, offset: number, shift: number): PdfDictionary[] | undefined {
  if (!(offset > 0 && offset + shift < source.size)) return undefined;
  const text = readText(source, offset + shift, PIECE);
  const [stream] = OBJECT.test(text) ? listDictionaries(text, /\bobj\b/g, 1) : [];
  if (stream?.get('/Type') === '/XRef') return [stream];
  if (!/^[\s\0]*xref\b/.test(text) || !leadsToObject(source, text, shift)) return undefined;
  return listDictionaries(text, /\btrailer\b/g, 1);
}

/** Whether the last object in a table's first list is where the table says. Some entries lack their last space. */
function leadsToObject(source: ByteSource, table: string, shift: number): boolean {
  const [, first, entries = ''] = /xref\s+(\d+)\s+\d+\s+((?:\d{10} \d{5} [nf]\s+)*)/.exec(table) ?? [];
  const list = entries.match(/\d{10} \d{5} [nf]/g) ?? [];
  const last = list.findLastIndex((entry) => entry.endsWith('n'));
  if (last === -1) return true;
  const [, found] = OBJECT.exec(readText(source, Number.parseInt(list[last] ?? '', 10) + shift, 64)) ?? [];
  return Number(found) === Number(first) + last;
}

/** The dictionaries behind the first of these words, or behind the last ones where there are very many. */
function listDictionaries(text: string, words: RegExp, first?: number): PdfDictionary[] {
  return [...text.matchAll(words)]
    .slice(...(first === undefined ? [-MAX_DICTIONARIES] : [0, first]))
    .map(({ 0: word, index }) => parseDictionary(text, index + word.length))
    .filter((dictionary) => dictionary !== undefined);
}

/** What it takes to open the file: the first trailer that speaks of it counts. */
function describeEncryption(source: ByteSource, trailers: readonly PdfDictionary[]): FactPart['encryption'] {
  const trailer = trailers.find((candidate) => (candidate.get('/Encrypt') ?? 'null') !== 'null');
  const value = trailer?.get('/Encrypt');
  if (trailer === undefined || value === undefined) return undefined;
  const heading = new RegExp(`\\b${Number.parseInt(value, 10)}\\s+\\d+\\s+obj\\b`, 'g');
  const places = [0, Math.max(0, source.size - SEARCHED)];
  const described = value.startsWith('<<')
    ? [parseDictionary(value)]
    : places.flatMap((place) => listDictionaries(readText(source, place, SEARCHED), heading));
  const dictionary = described.find((candidate) => candidate?.has('/Filter'));
  const opens = dictionary && opensWithoutPassword(dictionary, trailer.get('/ID') ?? '');
  return opens === undefined ? 'unknown' : opens ? 'restricted' : 'password';
}

/** Whether a small file holds no page: neither as it is nor packed into its object streams. */
function hasNoPages(source: ByteSource, isEncrypted: boolean): boolean {
  if (source.size > MAX_EMPTY) return false;
  const text = readText(source, 0, source.size);
  if (PAGE.test(text)) return false;
  const streams = [...text.matchAll(/\/ObjStm\b/g)].slice(0, MAX_DICTIONARIES);
  return streams.every(({ index }) => !isEncrypted && !PAGE.test(unpack(text, index) ?? '/Type/Page'));
}

/** The content of the object stream whose dictionary holds this place; undefined when it is packed in another way. */
function unpack(text: string, at: number): string | undefined {
  const dictionary = parseDictionary(text, text.lastIndexOf(' obj', at) + ' obj'.length);
  const lead = /stream\r?\n/g;
  lead.lastIndex = at;
  if (!lead.test(text) || dictionary?.get('/Filter') !== '/FlateDecode') return undefined;
  const packed = Buffer.from(text.slice(lead.lastIndex, text.indexOf('endstream', at)), 'latin1');
  try {
    return inflateSync(packed, { maxOutputLength: MAX_INFLATED }).toString('latin1');
  } catch {
    return undefined;
  }
}
