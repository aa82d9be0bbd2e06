// What may be wrong with a pattern that matches no file, by its form.
import { sep } from 'node:path';

/** Forms of patterns that people write by the habit of another tool; the first that fits is told. */
const HINTS: readonly (readonly [form: RegExp, hint: string])[] = [
  [
    /^\[\s*["']|^\[?\]?$|^(["']).*\1,$/,
    'Patterns are no JSON: write one per line, without brackets, quotes and commas.',
  ],
  [/^[-*•+]\s/, 'The lines are no list: leave out the dash.'],
  [/^["'`“‘]|["'`”’]$/, 'Quotes would be part of a name: leave them out.'],
  [/\{/, 'Braces are not expanded: write one line per extension.'],
  [/\s#/, 'A `#` begins a comment only at the beginning of a line: give it a line of its own.'],
  [/[,;]/, 'Commas do not separate patterns: write one per line.'],
  [/\s/, 'Blanks do not separate patterns: write one per line.'],
  [/\[.*\]/, '`[…]` stands for one of the signs in it: write `[[]` for the bracket of a name.'],
];

/** A hint about the form of a line that matched nothing, or undefined when nothing is odd about it. */
export function findPatternHint(line: string): string | undefined {
  const pattern = line.replace(/^[!\s]*/, '');
  const found = HINTS.find(([form]) => form.test(pattern))?.[1];
  const isWrongSlash = sep === '/' && pattern.includes('\\');
  return found ?? (isWrongSlash ? 'A backslash does not separate folders: write `/`.' : undefined);
}
