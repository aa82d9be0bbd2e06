// The patterns of `files`: their syntax, and what they match. The meaning is that of @actions/glob, which tells where a
// search begins; names are compared here, since its expressions take time without bound for a few stars.
import type { PlatformPath } from 'node:path';
import { create } from '@actions/glob';
import { pathRulesOf, toRepositoryPath } from '../files/paths.ts';
import { quoteValue } from '../text/text.ts';

const rules = pathRulesOf(process.platform);

/** Far more than a path can have; @actions/glob fails on 65 536. */
const MAX_LENGTH = 10_000;

/** The lines of the input that are patterns: without comments and empty ones, trimmed. */
export function splitPatterns(text: string): readonly string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Takes the exclamation marks off a line; an odd number of them excludes. */
function parseLine(line: string): { readonly marks: string; readonly pattern: string } {
  const marks = /^[!\s]*/.exec(line)?.[0] ?? '';
  return { marks, pattern: line.slice(marks.length) };
}

/** The segments of a pattern, without a leading `.`, which is allowed. */
function splitSegments(pattern: string): readonly string[] {
  const [, ...segments] = `/${pattern}`.split(rules.sep === '\\' ? /[/\\]+/ : /\/+/);
  return segments.filter((segment, index) => segment !== '' && (segment !== '.' || index > 0));
}

/** Whether a line excludes what it matches. */
export function isExclusion(line: string): boolean {
  return parseLine(line).marks.replace(/\s/g, '').length % 2 === 1;
}

/** What is wrong with a line, as the rest of a sentence that begins with it; or undefined. */
export function findPatternFault(line: string): string | undefined {
  const { pattern } = parseLine(line);
  if (pattern === '') return 'excludes nothing; write a pattern after "!"';
  if (pattern.length > MAX_LENGTH) {
    return `has ${pattern.length} characters; at most ${MAX_LENGTH} are matched`;
  }
  if (/^~(?:[/\\]|$)/.test(pattern)) return 'leads to the home folder; patterns stay inside the repository';
  // @actions/glob refuses both, also written as `[.]`, but for a leading `./`.
  const segments = pattern
    .replaceAll('[.]', '.')
    .replace(/^\.(?=[/\\]|$)/, '')
    .split(/[/\\]/);
  if (segments.includes('.') || segments.includes('..')) {
    return 'contains a "." or ".." segment; write paths relative to the repository\'s root';
  }
  return undefined;
}

/**
 * A line with its pattern made relative to the root that it lies at or below; undefined when it names another place. On
 * Windows both separators are the same, a drive names a place of its own, and case does not count.
 */
export function makeRelative(
  line: string,
  roots: readonly string[],
  paths: PlatformPath,
): string | undefined {
  const { marks, pattern } = parseLine(line);
  if (paths.parse(pattern).root === '') return line;
  const isWindows = paths.sep === '\\';
  const fold = (text: string): string => (isWindows ? text.replaceAll('/', '\\').toLowerCase() : text);
  const separators = isWindows ? /^[/\\]+/ : /^\/+/;
  for (const root of roots) {
    const start = root.endsWith(paths.sep) ? root.slice(0, -1) : root;
    const rest = pattern.slice(start.length);
    if (fold(pattern.slice(0, start.length)) !== fold(start)) continue;
    if (rest !== '' && !separators.test(rest)) continue;
    const path = rest.replace(separators, '');
    // At the beginning of a line such a sign is none of a name.
    return marks + (/^[#!\s]/.test(path) ? `./${path}` : path || '.');
  }
  return undefined;
}

/** Stands for any number of items, also none. */
const ANY_NUMBER = Symbol('any number');

type Test<Item> = ((item: Item) => boolean) | typeof ANY_NUMBER;

/** Whether tests match all items in order; it takes a time of at most their product. */
function matchAll<Item>(tests: readonly Test<Item>[], items: ArrayLike<Item>): boolean {
  let position = 0;
  // Only the last star is tried again: what an earlier one could take, it can take as well.
  let star = { at: -1, taken: 0 };
  let at = 0;
  while (position < items.length) {
    const test = tests[at];
    if (test === ANY_NUMBER) {
      star = { at, taken: position };
      at += 1;
    } else if (test?.(items[position] as Item)) {
      at += 1;
      position += 1;
    } else if (star.at >= 0) {
      star.taken += 1;
      position = star.taken;
      at = star.at + 1;
    } else return false;
  }
  while (tests[at] === ANY_NUMBER) at += 1;
  return at === tests.length;
}

/** The kinds of signs that a set can name, as the members of an expression's class. */
const KINDS: Readonly<Record<string, string>> = {
  alnum: '\\p{L}\\p{Nl}\\p{Nd}',
  alpha: '\\p{L}\\p{Nl}',
  ascii: '\\x00-\\x7f',
  blank: '\\p{Zs}\\t',
  cntrl: '\\p{Cc}',
  digit: '\\p{Nd}',
  graph: '[^\\p{Z}\\p{C}]',
  lower: '\\p{Ll}',
  print: '\\P{C}',
  punct: '\\p{P}',
  space: '\\p{Z}\\t\\r\\n\\v\\f',
  upper: '\\p{Lu}',
  word: '\\p{L}\\p{Nl}\\p{Nd}\\p{Pc}',
  xdigit: 'A-Fa-f0-9',
};
const KIND = `\\[:(?:${Object.keys(KINDS).join('|')}):\\]`;

/** One part of a segment: stars, a set in brackets, an escaped sign, or any other sign. */
const PARTS = new RegExp(
  '(?<stars>\\*+)' +
    `|\\[(?:(?<not>[!^])|(?![!^]))(?<set>\\](?:${KIND}|\\\\[^]|[^\\]\\\\])*|(?:${KIND}|\\\\[^]|[^\\]\\\\])+)\\]` +
    '|\\\\(?<escaped>[^])|(?<sign>[^])',
  'g',
);

/** One member of a set: a kind, a range, or a sign; signs may be escaped. */
const SIGN = '\\\\[^]|[^\\\\]';
const MEMBERS = new RegExp(`(?<kind>${KIND})|(?<first>${SIGN})-(?<last>${SIGN})|(?<one>${SIGN})`, 'g');

function compileSet(set: string, isNegated: boolean): (sign: string) => boolean {
  const encode = (sign = ''): string => `\\u{${sign.charCodeAt(sign.length - 1).toString(16)}}`;
  const members = [...set.matchAll(MEMBERS)].map(({ groups: { kind, first, last, one } = {} }) => {
    if (kind !== undefined) return KINDS[kind.slice(2, -2)];
    if (first === undefined || last === undefined) return encode(one);
    return first.slice(-1) > last.slice(-1) ? '' : `${encode(first)}-${encode(last)}`;
  });
  const source = members.join('');
  if (source === '') return () => false;
  const expression = new RegExp(`^[${isNegated ? '^' : ''}${source}]$`, 'v');
  return (sign) => expression.test(sign);
}

function compileSegment(segment: string): Test<string> {
  if (segment === '**') return ANY_NUMBER;
  if (!/[*?[\\]/.test(segment)) return (name) => name === segment;
  const tests = [...segment.matchAll(PARTS)].map(({ groups = {} }): Test<string> => {
    const { stars, set, not, escaped, sign } = groups;
    if (stars !== undefined) return ANY_NUMBER;
    if (set !== undefined) return compileSet(set, not !== undefined);
    if (sign === '?') return () => true;
    return (other) => other === (escaped ?? sign);
  });
  return (name) => matchAll(tests, name);
}

/** Names as they are compared: on Windows letter case does not count. */
const foldCase = (text: string): string => (rules.sep === '\\' ? text.toLowerCase() : text);

interface CompiledLine {
  readonly line: string;
  readonly excludes: boolean;
  /** The tests of all names of a path. */
  readonly files: readonly Test<string>[];
  /** Those of a path's first names, as far as each name has its own. */
  readonly folders: readonly ((name: string) => boolean)[];
  hasMatched: boolean;
}

function compileLine(line: string): CompiledLine {
  const pattern = foldCase(parseLine(line).pattern);
  const segments = splitSegments(pattern).map(compileSegment);
  // What names a folder stands for everything below it; with a slash at its end it names nothing else.
  const isFolder = pattern.endsWith('/') || pattern.endsWith(rules.sep);
  const files: readonly Test<string>[] = [...segments, ANY_NUMBER, ...(isFolder ? [() => true] : [])];
  const folders = files.slice(0, files.indexOf(ANY_NUMBER)).filter((test) => test !== ANY_NUMBER);
  return { line, excludes: isExclusion(line), files, folders, hasMatched: false };
}

/** What the lines match together; it remembers which line did. Paths are repository-relative. */
export class Patterns {
  /** Where to begin: the literal beginnings of lines that include, without those below another. */
  readonly searchPaths: readonly string[];
  readonly #lines: readonly CompiledLine[];

  private constructor(searchPaths: readonly string[], lines: readonly CompiledLine[]) {
    this.searchPaths = searchPaths;
    this.#lines = lines;
  }

  /** @param lines relative to the repository's root, without faults */
  static async compile(lines: readonly string[]): Promise<Patterns> {
    // From a root of their own, whatever the current directory is.
    const rooted = lines
      .filter((line) => !isExclusion(line))
      .map((line) => `/${splitSegments(parseLine(line).pattern).join('/')}`);
    const globber = await create(rooted.join('\n'));
    const searchPaths = globber
      .getSearchPaths()
      .flatMap((path) => toRepositoryPath(rules.parse(path).root, path, rules) ?? []);
    return new Patterns(searchPaths, lines.map(compileLine));
  }

  /** Whether a file is matched; the last matching line wins. */
  matches(path: string): boolean {
    const names = foldCase(path).split('/');
    let isMatched = false;
    for (const line of this.#lines) {
      const isSettled = line.excludes ? !isMatched : isMatched && line.hasMatched;
      if (isSettled || !matchAll(line.files, names)) continue;
      line.hasMatched = true;
      isMatched = !line.excludes;
    }
    return isMatched;
  }

  /** Whether a line that includes may match something in a folder, or below it. */
  mayMatchBelow(folder: string): boolean {
    const names = foldCase(folder).split('/');
    return this.#lines.some(
      ({ excludes, folders }) => !excludes && names.every((name, index) => folders[index]?.(name) ?? true),
    );
  }

  /** One warning for each line that includes files and matched none, before exclusions. */
  warnings(): readonly string[] {
    return this.#lines
      .filter(({ excludes, hasMatched }) => !excludes && !hasMatched)
      .map(({ line }) => {
        const hint = line.includes('{') ? ' Braces are not expanded: write one line per extension.' : '';
        return `The pattern ${quoteValue(line)} matches no file.${hint}`;
      });
  }
}
