// Parses PDF values (ISO 32000-1, 7.3) as far as cross-reference data needs them.
import { UnreadableError } from './source.ts';

/** A name keeps its slash: `/Pages`. The content of text strings is not kept. */
export type PdfValue = null | boolean | number | string | PdfReference | PdfText | PdfValue[] | PdfDictionary;
export interface PdfReference {
  object: number;
}
export interface PdfText {
  text: true;
}
export type PdfDictionary = Map<string, PdfValue>;

/** A place in a piece of a PDF; parsing moves it on. */
export interface PdfCursor {
  bytes: Buffer;
  position: number;
}

const MAX_DEPTH = 32;
/** Characters of a number. Writers that state every digit of a binary fraction come to fewer. */
const MAX_NUMBER = 128;
const OPEN = 0x28;
const CLOSE = 0x29;
const BACKSLASH = 0x5c;
const SPACES = '\0\t\n\f\r ';
const DELIMITERS = '()<>[]{}/%';

/** Thrown when a piece of a PDF ends inside a value; a longer piece may do. */
export class PieceEndError extends UnreadableError {}

/** Moves past white space and comments. */
export function skipSpace(cursor: PdfCursor): void {
  for (;;) {
    const character = charAt(cursor, 0);
    if (character === '%') {
      while (cursor.position < cursor.bytes.length && !'\r\n'.includes(charAt(cursor, 0))) cursor.position++;
    } else if (character !== '' && SPACES.includes(character)) {
      cursor.position++;
    } else {
      return;
    }
  }
}

/** The next run of ordinary characters, such as `obj`, `12` or `trailer`; empty before a delimiter. */
export function readWord(cursor: PdfCursor): string {
  skipSpace(cursor);
  const start = cursor.position;
  for (let character = charAt(cursor, 0); character !== ''; character = charAt(cursor, 0)) {
    if (SPACES.includes(character) || DELIMITERS.includes(character)) break;
    cursor.position++;
  }
  return cursor.bytes.toString('latin1', start, cursor.position);
}

/** The next value; throws an `UnreadableError` when there is none. */
export function readValue(cursor: PdfCursor, depth = 0): PdfValue {
  if (depth > MAX_DEPTH) throw new UnreadableError('its structure is nested too deeply');
  skipSpace(cursor);
  const character = charAt(cursor, 0);
  if (character === '') throw new PieceEndError('its structure is damaged');
  if (character === '<' && charAt(cursor, 1) === '<') return readDictionary(cursor, depth);
  if (character === '<') return skipHexText(cursor);
  if (character === '(') return skipText(cursor);
  if (character === '[') return readArray(cursor, depth);
  if (character === '/') {
    cursor.position++;
    return `/${readWord(cursor)}`;
  }
  return readAtom(cursor);
}

function charAt(cursor: PdfCursor, ahead: number): string {
  const code = cursor.bytes[cursor.position + ahead];
  return code === undefined ? '' : String.fromCharCode(code);
}

function readDictionary(cursor: PdfCursor, depth: number): PdfDictionary {
  cursor.position += 2;
  const dictionary: PdfDictionary = new Map();
  for (;;) {
    skipSpace(cursor);
    if (charAt(cursor, 0) === '>' && charAt(cursor, 1) === '>') {
      cursor.position += 2;
      return dictionary;
    }
    const key = readValue(cursor, depth + 1);
    if (typeof key !== 'string') throw new UnreadableError('its structure is damaged');
    dictionary.set(key, readValue(cursor, depth + 1));
  }
}

function readArray(cursor: PdfCursor, depth: number): PdfValue[] {
  cursor.position++;
  const values: PdfValue[] = [];
  for (;;) {
    skipSpace(cursor);
    if (charAt(cursor, 0) === ']') {
      cursor.position++;
      return values;
    }
    values.push(readValue(cursor, depth + 1));
  }
}

function skipHexText(cursor: PdfCursor): PdfText {
  const end = cursor.bytes.indexOf('>', cursor.position);
  if (end === -1) throw new PieceEndError('its structure is damaged');
  cursor.position = end + 1;
  return { text: true };
}

function skipText(cursor: PdfCursor): PdfText {
  let open = 0;
  for (; cursor.position < cursor.bytes.length; cursor.position++) {
    const code = cursor.bytes[cursor.position];
    if (code === BACKSLASH) cursor.position++;
    else if (code === OPEN) open++;
    else if (code === CLOSE && --open === 0) {
      cursor.position++;
      return { text: true };
    }
  }
  throw new PieceEndError('its structure is damaged');
}

/** A number, a reference (`12 0 R`), a Boolean or null. */
function readAtom(cursor: PdfCursor): PdfValue {
  const word = readWord(cursor);
  if (word === 'true' || word === 'false') return word === 'true';
  if (word === 'null') return null;
  if (word.length > MAX_NUMBER || !/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(word)) {
    throw new UnreadableError('its structure is damaged');
  }
  const after = cursor.position;
  if (/^\d+$/.test(word) && /^\d+$/.test(readWord(cursor)) && readWord(cursor) === 'R') {
    return { object: Number(word) };
  }
  cursor.position = after;
  return Number(word);
}

/** Type guards for what a reader expects at a place. */
export function isDictionary(value: PdfValue | undefined): value is PdfDictionary {
  return value instanceof Map;
}

export function isReference(value: PdfValue | undefined): value is PdfReference {
  return typeof value === 'object' && value !== null && 'object' in value;
}
