// Finds the files the patterns match. The walk is our own, because the stock one follows or trips over links, stats every
// entry, and cannot say which pattern matched.
import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Breaks } from '../files/breaks.ts';
import { findRealPath, lstatIfPresent, resolveRealPath } from '../files/file-system.ts';
import { foldPath, isInsideGitFolder, listPrefixes, toRepositoryPath } from '../files/paths.ts';
import { describeError } from '../text/errors.ts';
import { compareCodeUnits, neutralise, quoteValue } from '../text/text.ts';
import { type AssetType, classifyName } from './asset-type.ts';
import { findPatternHint } from './pattern-hints.ts';
import { Patterns } from './patterns.ts';

/** A matched file of a supported type that may be read. */
export interface Candidate {
  /** Repository-relative POSIX path. */
  readonly path: string;
  readonly type: AssetType;
  /** Absolute real path: where a linked file really lies. */
  readonly file: string;
  readonly isLink: boolean;
}

/** A matched file that can never be uploaded, with the reason. */
export interface Unusable {
  readonly path: string;
  readonly reason: string;
}

/** A matched file that is no asset, or a linked folder that is not entered. */
export interface Skipped {
  readonly path: string;
  /** What it is, as a heading for all of its kind; empty for what is of no supported type. */
  readonly what: string;
}

/** What the patterns found. All lists are in code-unit order of the path. */
export interface Discovery {
  readonly candidates: readonly Candidate[];
  readonly unusable: readonly Unusable[];
  readonly skipped: readonly Skipped[];
  /** Complaints about patterns and colliding names. */
  readonly warnings: readonly string[];
}

export interface DiscoverOptions {
  /** Absolute real path of the repository. */
  readonly root: string;
  /** Relative to the root. */
  readonly patterns: readonly string[];
  readonly includeHiddenFiles: boolean;
  /** Repository paths that are never assets: the manifest and the report. */
  readonly ownPaths: readonly string[];
  readonly signal: AbortSignal;
}

/** Walks the repository and sorts what the patterns match. Reads names and links only, no content. */
export async function discoverAssets(options: DiscoverOptions): Promise<Discovery> {
  const patterns = await Patterns.compile(options.patterns, (path) => spellAsOnDisk(options.root, path));
  const sorted = (await walk(patterns, options))
    .filter(({ path }) => !options.ownPaths.includes(path))
    .sort((a, b) => compareCodeUnits(a.path, b.path))
    .map((item) => ('reason' in item ? item : classify(options.root, item)));
  const candidates = sorted.filter((item) => 'type' in item);
  const warnings: string[] = [];
  for (const line of patterns.listUnmatched()) {
    const isSearched = warnings.length < MOST_SEARCHES;
    const hint = findPatternHint(line) ?? (isSearched ? await findOtherCase(line, options) : undefined);
    warnings.push(`The pattern ${quoteValue(line)} matches no file.${hint === undefined ? '' : ` ${hint}`}`);
  }
  return {
    candidates,
    unusable: sorted.filter((item) => 'reason' in item),
    skipped: sorted.filter((item) => 'what' in item),
    warnings: [...warnings, ...findCollisions(candidates.map(({ path }) => path))],
  };
}

/** The path as the disk spells it: some file systems take names in another letter case or normal form. */
function spellAsOnDisk(root: string, path: string): string {
  const real = findRealPath(join(root, path));
  const spelled = real === undefined ? undefined : toRepositoryPath(root, real);
  return spelled !== undefined && foldPath(spelled) === foldPath(path) ? spelled : path;
}

/** Lines for which the repository is walked once more; further warnings are hardly read. */
const MOST_SEARCHES = 9;

/** A hint that a line would match if letter case did not count. */
async function findOtherCase(line: string, options: DiscoverOptions): Promise<string | undefined> {
  const patterns = Patterns.ignoringCase(line);
  const found = (await walk(patterns, options)).map(({ path }) => path);
  const [first] = found.filter((path) => patterns.matches(path)).sort(compareCodeUnits);
  return first && `Letter case counts, and ${neutralise(first)} is spelled otherwise.`;
}

/** What stands at a path; directory entries and `lstat` answer alike. */
interface Found {
  readonly path: string;
  readonly entry: Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>;
}

const IRREGULAR = { what: 'No regular files' };
const LINKED_FOLDER = { what: 'Linked folders, which are not entered' };

/** Only regular files are assets; a link is taken for the file where it ends. */
function classify(root: string, { path, entry }: Found): Candidate | Unusable | Skipped {
  const file = join(root, path);
  const isLink = entry.isSymbolicLink();
  const place = isLink ? followLink(root, file) : entry.isFile() ? { file } : IRREGULAR;
  if ('what' in place) return { path, ...place };
  const name = classifyName(path);
  if (name === undefined) return { path, what: '' };
  if ('reason' in place) return { path, ...place };
  return 'reason' in name ? { path, ...name } : { path, ...name, ...place, isLink };
}

/** The file where a link ends, why that may not be read, or what it is instead. */
function followLink(root: string, link: string): { file: string } | { reason: string } | { what: string } {
  try {
    const file = resolveRealPath(link);
    const stats = statSync(file);
    if (stats.isDirectory()) return LINKED_FOLDER;
    if (!stats.isFile()) return IRREGULAR;
    const path = toRepositoryPath(root, file);
    if (path === undefined) return { reason: 'it is a link to a file outside the repository' };
    return isInsideGitFolder(path) ? { reason: 'it is a link to a file inside .git' } : { file };
  } catch {
    return { what: 'Links that lead nowhere' };
  }
}

/** All but folders that the patterns match below their search paths, linked folders there, and unreadable folders. */
async function walk(patterns: Patterns, options: DiscoverOptions): Promise<(Found | Unusable)[]> {
  const { root, includeHiddenFiles, signal } = options;
  const isLeftOut = (name: string): boolean => name.startsWith('.') && !includeHiddenFiles;
  const isLinkedFolder = ({ path, entry }: Found): boolean =>
    entry.isSymbolicLink() &&
    patterns.mayMatchBelow(path) &&
    followLink(root, join(root, path)) === LINKED_FOLDER;
  const isFound = (item: Found): boolean => patterns.matches(item.path) || isLinkedFolder(item);
  const starts = patterns.searchPaths.flatMap((path) =>
    isInsideGitFolder(path) || isLeftOut(basename(path)) ? [] : (findStart(root, path) ?? []),
  );
  const found: (Found | Unusable)[] = starts.filter((item) => !item.entry.isDirectory() && isFound(item));
  const folders = starts.filter(({ entry }) => entry.isDirectory()).map(({ path }) => path);
  const breaks = new Breaks(signal);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (breaks.isDue) await breaks.take();
    const listing = listFolder(join(root, folder));
    if ('reason' in listing) {
      found.push({ path: folder, ...listing });
      continue;
    }
    const { entries, misnamed } = listing;
    for (const entry of entries) {
      if (isLeftOut(entry.name) || entry.name.toLowerCase() === '.git') continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      const isWanted = entry.isDirectory() ? patterns.mayMatchBelow(path) : isFound({ path, entry });
      if (!isWanted) continue;
      if (misnamed.has(entry.name)) found.push({ path, reason: 'its name is not UTF-8; rename it' });
      else if (entry.isDirectory()) folders.push(path);
      else found.push({ path, entry });
    }
  }
  return found;
}

/** What a folder holds, with the names that are not UTF-8 on the disk; or why it cannot be looked into. */
function listFolder(folder: string): { entries: Dirent[]; misnamed: Set<string> } | { reason: string } {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    // As Node decodes such a name, it leads to no file any more, or to another.
    const isDoubtful = entries.some(({ name }) => name.includes('\ufffd'));
    const names = isDoubtful ? readdirSync(folder, 'buffer') : [];
    return { entries, misnamed: new Set(names.filter((name) => !isUtf8(name)).map(String)) };
  } catch (error) {
    return { reason: `the folder cannot be read: ${describeError(error)}` };
  }
}

/** The entry at a path below the root, or the link on the way there; undefined when there is neither, or no look at it. */
function findStart(root: string, path: string): Found | undefined {
  try {
    for (const prefix of listPrefixes(path)) {
      const entry = lstatIfPresent(join(root, prefix));
      if (entry === undefined) return undefined;
      if (prefix === path || entry.isSymbolicLink()) return { path: prefix, entry };
    }
  } catch {}
  return undefined;
}

/** Warnings for names that file systems without case or with one normal form cannot keep apart. */
export function findCollisions(paths: readonly string[]): readonly string[] {
  return [...Map.groupBy(paths, foldPath).values()].flatMap(([first = '', ...others]) =>
    others.map((other) => {
      const names = `${neutralise(first)} and ${neutralise(other)}`;
      return `${names} differ only in letter case or Unicode normal form; some computers cannot keep both.`;
    }),
  );
}
