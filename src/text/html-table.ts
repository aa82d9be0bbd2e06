// HTML tables for summaries, comments and pull requests, within GitHub's limits of length. Unlike Markdown's, their cells
// can show any file name as it is.
import { escapeHtml } from './text.ts';

/**
 * Neutralised text for HTML that GitHub renders, outside of `<code>`: it mentions nobody and links no issue. GitHub looks
 * for `@name`, `#1` and `GH-1` within one piece of text, so an element around the mark breaks them up; an entity in its
 * place would be decoded before.
 */
export function escapeProse(text: string): string {
  // `&#39;` is an entity; a `&` of the text itself is `&amp;` by now.
  return escapeHtml(text).replace(/@|(?<!&)#|(?<=\bGH)-(?=\d)/gi, '<span>$&</span>');
}

/** Room for the line that counts what was left out. */
const TABLE_RESERVE = 100;

/** The rows that fit into `maxBytes`, between `start` and `end`; the rest is counted. Empty where the frame does not fit. */
export function fitTable(
  start: string,
  headerRow: string,
  rows: readonly string[],
  end: string,
  maxBytes: number,
): string {
  let text = `${start}<table>\n${headerRow}`;
  let room = maxBytes - TABLE_RESERVE - Buffer.byteLength(text + end);
  if (room < 0) return '';
  for (const [index, row] of rows.entries()) {
    room -= Buffer.byteLength(row);
    // Markdown would not be rendered here.
    if (room < 0) return `${text}</table>\n<p>and ${rows.length - index} more</p>\n${end}`;
    text += row;
  }
  return `${text}</table>\n${end}`;
}

/** A row of cells, which are HTML already. */
export function buildRow(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>\n`;
}
