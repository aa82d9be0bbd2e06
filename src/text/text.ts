// Text for people: foreign text made harmless, sizes, durations and counts made readable.

const PLAIN = /^[ -~]*$/;
// Control and format characters (among them bidirectional marks), line separators and lone surrogates. The zero-width
// joiners stay: emoji and several scripts need them.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;

/**
 * Makes text from file names and servers harmless in one line of a log: unsafe characters become visible escapes such
 * as `\u000a`. What the runner takes for a command is broken up: `::` at the start of a line, `##[` anywhere in it.
 */
export function neutralise(text: string, maxLength = 1000): string {
  const short = cut(text, maxLength);
  // Most text is plain, and the other expression takes a while to be made.
  const safe = PLAIN.test(short)
    ? short
    : short.replace(UNSAFE, (character) => escapeCode(character.codePointAt(0) ?? 0));
  return safe.replace(/^(\s*:)(?=:)/, '$1\\').replaceAll('##[', '##\\[');
}

/** The beginning of a text that is longer than it may be. */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/** Like `neutralise`, for a message of several lines, whole: each is harmless, and the breaks between them stay. */
export function neutraliseLines(text: string): string {
  return text
    .split('\n')
    .map((line) => neutralise(line, Number.POSITIVE_INFINITY))
    .join('\n');
}

function escapeCode(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A value as a JSON document whose text does nothing to a terminal. */
export function formatSafeJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  // Line feeds stand between values alone: within texts they are escaped already.
  const safe = text.replace(UNSAFE, (found) =>
    found === '\n' ? found : found.replace(/[\s\S]/g, (unit) => escapeCode(unit.charCodeAt(0))),
  );
  return `${safe}\n`;
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Neutralised text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return escapeExactly(neutralise(text));
}

/** Text for HTML content and quoted attributes that a reader takes over to the letter. */
export function escapeExactly(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? '');
}

/**
 * Neutralised text for HTML that GitHub renders, outside of `<code>`: it mentions nobody and links no issue. GitHub looks
 * for `@name`, `#1` and `GH-1` within one piece of text, so an element around the mark breaks them up; an entity in its
 * place would be decoded before.
 */
export function escapeProse(text: string): string {
  // `&#39;` is an entity; a `&` of the text itself is `&amp;` by now.
  return escapeHtml(text).replace(/@|(?<!&)#|(?<=\bGH)-(?=\d)/gi, '<span>$&</span>');
}

/** Bytes per MB in limits and messages; the vendor does not say which MB it means. */
export const MB = 1024 * 1024;

/** `512 bytes`, `47.1 KB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return countOf(bytes, 'byte');
  if (bytes < 0.95 * MB) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / MB).toFixed(1)} MB`;
}

/** `0.4 s`, `75.0 s`, from milliseconds. */
export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** `1 file`, `3 files`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A sentence with a full stop, where it has no other end. */
export function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The first five of some names, in a sentence. */
export function nameSome(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ' and others' : ''}`;
}

/** The form of a file ID in logs and tables: its first line's beginning. IDs are long and may span several lines. */
export function shortenId(id: string): string {
  return id.length > 24 ? `${neutralise(id.slice(0, 24))}…` : neutralise(id);
}

/** A value as an error message shows it: quoted, neutralised, shortened. */
export function quoteValue(value: string): string {
  return `"${neutralise(value, 80)}"`;
}

/** As `quoteValue`, for what could be a secret in the wrong place: of a long value only the beginning. */
export function quoteInput(value: string): string {
  return quoteValue(value.length > 40 ? `${value.slice(0, 20)}…` : value);
}

/** Compares strings by UTF-16 code units, the order of paths in the manifest, outputs and tables. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A path, or a branch, as a part of an address. */
export function encodePath(path: string): string {
  const segments = path.split('/').map((segment) => encodeURIComponent(segment.toWellFormed()));
  return segments.join('/');
}
