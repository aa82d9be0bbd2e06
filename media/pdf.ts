// Reads what a PDF's beginning, end and trailers say of it.
import type { MediaFacts } from './facts.ts';
import {
  countPages,
  openPdf,
  type PdfFile,
  type PdfSection,
  readSections,
  readTrailer,
} from './pdf-objects.ts';
import { type ByteSource, CutOffError, readWindow, UnreadableError } from './source.ts';

/** Acrobat accepts other bytes before the header up to here, and so do we. */
const HEAD = 1_024;
/** Web servers and mail programs append bytes; Acrobat wants the end within 1 KB, most viewers are more patient. */
const TAIL = 65_536;

const END = '%%EOF';
/** What follows the end of one revision when another was appended. */
const CONTINUATION = /\b\d+ \d+ obj\b|^\s*x(?:r(?:e(?:f\b.*)?)?)?$/s;

/** Fills `facts` from a PDF; throws `CutOffError` or `UnreadableError` at the first thing that does not fit. */
export function readPdf(source: ByteSource, facts: MediaFacts): void {
  const head = readWindow(source, 0, 2 * HEAD).toString('latin1');
  const start = head.slice(0, HEAD + 5).indexOf('%PDF-');
  if (start === -1) throw new UnreadableError('it has no PDF header');
  // A file made for the web states its length; a shorter one is not whole, although an early part may look finished.
  const stated =
    /\/Linearized\b[^>]*\/L\s{1,9}(\d+)/.exec(head) ?? /\/L\s{1,9}(\d{1,15})\b[^>]*\/Linearized\b/.exec(head);
  if (stated !== null && source.size < Number(stated[1])) throw new CutOffError('its last part is missing');

  const tail = readWindow(source, Math.max(0, source.size - TAIL), TAIL).toString('latin1');
  const mark = tail.lastIndexOf('startxref');
  const end = tail.lastIndexOf(END);
  if (mark === -1 && end === -1) throw new CutOffError('its end is missing');
  if (end !== -1 && CONTINUATION.test(tail.slice(end + END.length)))
    throw new CutOffError('its last part is missing');
  const lacksEnd = end < mark;
  if (lacksEnd && isCutInEnd(tail.slice(mark))) throw new CutOffError('its end is incomplete');

  const { file, sections } = findSections(source, tail, mark, end, start);
  facts.encrypted = sections.some(({ trailer }) => (trailer.get('/Encrypt') ?? null) !== null);
  const pages = tryCountPages(file, sections);
  if (pages !== undefined) facts.pages = pages;
  if (lacksEnd) facts.unchecked = 'its last line (%%EOF) is missing';
}

/** Whether the file ends inside its last lines: `startxref`, a number, `%%EOF`. Viewers do without the last of them. */
function isCutInEnd(lines: string): boolean {
  const [, space, rest] = /^startxref\s+\d+(\s*)(.*)$/s.exec(lines) ?? [];
  if (space === undefined || rest === undefined) return true;
  return rest === '' ? space === '' : END.startsWith(rest);
}

/** The trailers from where the file's end points to, or else the last one that stands near the end. */
function findSections(
  source: ByteSource,
  tail: string,
  mark: number,
  end: number,
  start: number,
): { file: PdfFile; sections: PdfSection[] } {
  const offset = Number(/^startxref\s+(\d+)/.exec(tail.slice(mark === -1 ? tail.length : mark))?.[1] ?? -1);
  // Offsets count from the header in some files with bytes before it, from the first byte in others.
  for (const shift of start > 0 ? [0, start] : [0]) {
    if (offset <= 0 || offset + shift >= source.size) continue;
    try {
      const file = openPdf(source, shift);
      return { file, sections: readSections(file, offset) };
    } catch (error) {
      if (!(error instanceof UnreadableError) && !(error instanceof CutOffError)) throw error;
    }
  }
  if (end < mark) throw new CutOffError('its end is missing');
  const last = tail.lastIndexOf('trailer');
  if (last === -1) throw new UnreadableError('its table of contents is not where the file says');
  const trailer = readTrailer({ bytes: Buffer.from(tail.slice(last), 'latin1'), position: 0 });
  return { file: openPdf(source, 0), sections: [{ trailer, locate: () => undefined }] };
}

/** A number of pages is only a convenience: whatever keeps it from being found says nothing about the file. */
function tryCountPages(file: PdfFile, sections: readonly PdfSection[]): number | undefined {
  try {
    return countPages(file, sections);
  } catch {
    return undefined;
  }
}
