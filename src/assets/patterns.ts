// The patterns of `files`: their syntax, and what they match. The meaning is that of @actions/glob, which tells where a
// search begins; names are compared here, since its expressions take time without bound for a few stars.
import platformPath, { type PlatformPath, parse, sep } from 'node:path';
import { create } from '@actions/glob';
import { foldPath, toRepositoryPath } from '../files/paths.ts';
import { ANY_NUMBER, compileSegment, matchAll, type Test } from './name-test.ts';

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
  const [, ...segments] = `/${pattern}`.split(sep === '\\' ? /[/\\]+/ : /\/+/);
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
    .replace(/^\.(?=[/\\]|$)/, '')
    .replace(/\[\\?\.\]/g, '.')
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
  paths: PlatformPath = platformPath,
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
    // At the beginning of a line such a character is none of a name.
    return marks + (/^[#!\s]/.test(path) ? `./${path}` : path || '.');
  }
  return undefined;
}

/** Names as they are compared: on Windows letter case does not count. */
const foldCase = (text: string): string => (sep === '\\' ? text.toLowerCase() : text);

/** Folders of this name hold what others have made; they are entered only for lines that name them. */
const MODULES = 'node_modules';

interface CompiledLine {
  readonly line: string;
  readonly excludes: boolean;
  /** Whether it says something of what lies in a folder called `node_modules`. */
  readonly entersModules: boolean;
  /** The tests of all names of a path. */
  readonly files: readonly Test<string>[];
  /** Those of a path's first names, as far as each name has its own. */
  readonly folders: readonly ((name: string) => boolean)[];
  hasMatched: boolean;
}

/** @param names the segments of the line's pattern */
function compileLine(line: string, names: readonly string[]): CompiledLine {
  // What names a folder stands for everything below it; with a slash at its end it names nothing else.
  const isFolder = line.endsWith('/') || line.endsWith(sep);
  const below: readonly Test<string>[] = [ANY_NUMBER, ...(isFolder ? [() => true] : [])];
  const files = [...names.map(compileSegment), ...below];
  const folders = files.slice(0, files.indexOf(ANY_NUMBER)).filter((test) => test !== ANY_NUMBER);
  const excludes = isExclusion(line);
  const entersModules = excludes || names.includes(MODULES);
  return { line, excludes, entersModules, files, folders, hasMatched: false };
}

/** The segments of a line's pattern, those before the first special character as `spell` gives them. */
function spellSegments(line: string, spell: (path: string) => string): readonly string[] {
  const segments = splitSegments(parseLine(line).pattern);
  const special = segments.findIndex((segment) => /[*?[\\]/.test(segment));
  const literal = segments.slice(0, special < 0 ? segments.length : special);
  if (literal.length === 0) return segments;
  return [...spell(literal.join('/')).split('/'), ...segments.slice(literal.length)];
}

/** A pattern for @actions/glob, from a root of its own, whatever the current directory is. */
function rootPattern(names: readonly string[]): string {
  // Where a search begins, what follows does not matter, and of these sets it makes expressions that are none.
  const set = names.findIndex((name) => name.includes('[:'));
  return `/${(set < 0 ? names : [...names.slice(0, set), '**']).join('/')}`;
}

/** What the lines match together; it remembers which line did. Paths are repository-relative. */
export class Patterns {
  /** Where to begin: the literal beginnings of lines that include, without those below another. */
  readonly searchPaths: readonly string[];
  readonly #lines: readonly CompiledLine[];
  readonly #fold: (text: string) => string;

  /** Lines with the segments of their patterns, which are compared as `fold` leaves them. */
  private constructor(
    searchPaths: readonly string[],
    lines: readonly { readonly line: string; readonly names: readonly string[] }[],
    fold: (text: string) => string,
  ) {
    this.searchPaths = searchPaths;
    this.#lines = lines.map(({ line, names }) => compileLine(line, names.map(fold)));
    this.#fold = fold;
  }

  /**
   * @param lines relative to the repository's root, without faults
   * @param spell gives a path, by which a line begins, as the disk spells it
   */
  static async compile(lines: readonly string[], spell = (path: string): string => path): Promise<Patterns> {
    const spelled = lines.map((line) => ({ line, names: spellSegments(line, spell) }));
    const included = spelled.filter(({ line }) => !isExclusion(line));
    const globber = await create(included.map(({ names }) => rootPattern(names)).join('\n'));
    const searchPaths = globber
      .getSearchPaths()
      .flatMap((path) => toRepositoryPath(parse(path).root, path) ?? []);
    return new Patterns(searchPaths, spelled, foldCase);
  }

  /** What one line would match if letter case did not count. */
  static ignoringCase(line: string): Patterns {
    return new Patterns([''], [{ line, names: spellSegments(line, (path) => path) }], foldPath);
  }

  /** Whether a file is matched; the last matching line wins. */
  matches(path: string): boolean {
    const names = this.#fold(path).split('/');
    const isInModules = names.lastIndexOf(MODULES, -2) >= 0;
    let isMatched = false;
    for (const line of this.#lines) {
      const isSettled = line.excludes ? !isMatched : isMatched && line.hasMatched;
      if (isSettled || (isInModules && !line.entersModules) || !matchAll(line.files, names)) continue;
      line.hasMatched = true;
      isMatched = !line.excludes;
    }
    return isMatched;
  }

  /** Whether a line that includes may match something in a folder, or below it. */
  mayMatchBelow(folder: string): boolean {
    const names = this.#fold(folder).split('/');
    const isModules = names.includes(MODULES);
    return this.#lines.some(
      ({ excludes, entersModules, folders }) =>
        !excludes &&
        (entersModules || !isModules) &&
        names.every((name, index) => folders[index]?.(name) ?? true),
    );
  }

  /** The lines that include files and matched none, before exclusions. */
  listUnmatched(): readonly string[] {
    return this.#lines.filter(({ excludes, hasMatched }) => !excludes && !hasMatched).map(({ line }) => line);
  }
}
