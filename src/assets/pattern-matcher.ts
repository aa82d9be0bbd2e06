// Matches paths against the `files` patterns, by @actions/glob's rules.
import { sep } from 'node:path';
import { create } from '@actions/glob';
import { isExclusion } from '../inputs/inputs.ts';
import { quoteValue } from '../text/text.ts';

/** The parts of @actions/glob's `Pattern` that tell what it matches; its public face can only walk. */
interface GlobPattern {
  match(path: string): number;
  partialMatch(path: string): boolean;
}

/** @actions/glob's match kinds are bits: 1 for a directory, 2 for a file. */
const MATCHES_FILE = 2;

/** What the `files` patterns match; it remembers which line did. */
export class PatternMatcher {
  /** Where to begin, without those below another. */
  readonly searchPaths: readonly string[];
  readonly #lines: readonly PatternLine[];

  private constructor(searchPaths: readonly string[], lines: readonly PatternLine[]) {
    this.searchPaths = searchPaths;
    this.#lines = lines;
  }

  static async open(patterns: readonly string[]): Promise<PatternMatcher> {
    const lines: PatternLine[] = [];
    const searchPaths: string[] = [];
    for (const text of patterns) {
      // As the stock globber does, a pattern that names a folder stands for everything below it too. The line goes in
      // with its exclamation marks: without them, `!#x` would be a comment.
      const variants = /(?:^|[!\s/\\])\*\*$/.test(text) ? [text] : [text, `${text}/**/*`];
      const globber = await create(variants.join('\n'), { implicitDescendants: false });
      const excludes = isExclusion(text);
      lines.push({ text, excludes, parts: readPatterns(globber), hasMatched: false });
      if (!excludes) searchPaths.push(...globber.getSearchPaths());
    }
    return new PatternMatcher(dropNested(searchPaths), lines);
  }

  /** Whether a file is matched; the last matching line wins. */
  matches(absolute: string): boolean {
    let matched = false;
    for (const line of this.#lines) {
      const isSettled = line.excludes ? !matched : matched && line.hasMatched;
      if (isSettled) continue;
      if (!line.parts.some((part) => (part.match(absolute) & MATCHES_FILE) !== 0)) continue;
      line.hasMatched = true;
      matched = !line.excludes;
    }
    return matched;
  }

  mayMatchBelow(folder: string): boolean {
    return this.#lines.some((line) => !line.excludes && line.parts.some((part) => part.partialMatch(folder)));
  }

  /** One warning for each line that includes files and matched none, before exclusions. */
  warnings(): readonly string[] {
    return this.#lines
      .filter((line) => !line.excludes && !line.hasMatched)
      .map(({ text }) =>
        text.includes('{')
          ? `The pattern ${quoteValue(text)} matches no file. Braces are not expanded: write one line per extension.`
          : `The pattern ${quoteValue(text)} matches no file.`,
      );
  }
}

/** The paths that do not lie below another one, each once. */
function dropNested(paths: readonly string[]): readonly string[] {
  const lies = (path: string, above: string): boolean =>
    path.startsWith(above.endsWith(sep) ? above : above + sep);
  return [...new Set(paths)].filter((path) => !paths.some((other) => lies(path, other)));
}

interface PatternLine {
  readonly text: string;
  readonly excludes: boolean;
  readonly parts: readonly GlobPattern[];
  hasMatched: boolean;
}

function readPatterns(globber: object): readonly GlobPattern[] {
  const patterns = 'patterns' in globber ? globber.patterns : undefined;
  if (!Array.isArray(patterns))
    throw new TypeError('@actions/glob no longer keeps its patterns in `patterns`');
  return patterns as GlobPattern[];
}
