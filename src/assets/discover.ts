// Finds the files the patterns match. The walk is our own, because the stock one follows or trips over links, stats every
// entry, and cannot say which pattern matched.
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Breaks } from '../files/breaks.ts';
import { lstatIfPresent } from '../files/file-system.ts';
import { isInsideGitFolder, listPrefixes, pathRulesOf, toRepositoryPath } from '../files/paths.ts';
import { describeError } from '../text/errors.ts';
import { compareCodeUnits, neutralise } from '../text/text.ts';
import { type AssetType, classifyName } from './asset-type.ts';
import { Patterns } from './patterns.ts';

const rules = pathRulesOf(process.platform);

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
  /** Absolute real path, where there is content all the same. */
  readonly file?: string;
}

/** What the patterns found. All lists are in code-unit order of the path. */
export interface Discovery {
  readonly candidates: readonly Candidate[];
  readonly unusable: readonly Unusable[];
  /** Matched files that are no assets: other extensions, and what is not a regular file. */
  readonly skippedCount: number;
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
  const patterns = await Patterns.compile(options.patterns);
  const found = (await walk(patterns, options)).filter(({ path }) => !options.ownPaths.includes(path));
  const sorted = found
    .sort((a, b) => compareCodeUnits(a.path, b.path))
    .map((item) => classify(options.root, item));
  const candidates = sorted.filter((item): item is Candidate => typeof item === 'object' && 'type' in item);
  return {
    candidates,
    unusable: sorted.filter((item): item is Unusable => typeof item === 'object' && 'reason' in item),
    skippedCount: sorted.filter((item) => item === 'skipped').length,
    warnings: [...patterns.warnings(), ...findCollisions(candidates.map(({ path }) => path))],
  };
}

/** What a walk needs to know of an entry; directory entries and `lstat` answer alike. */
type EntryKind = Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>;

/** What was found at a path: an entry, or why it cannot be looked at. */
interface Found<Entry = EntryKind | string> {
  readonly path: string;
  readonly entry: Entry;
}

const NOT_UTF8 = 'its name is not UTF-8; rename it';

/** Only regular files are assets; a link is taken for the file where it ends. */
function classify(root: string, { path, entry }: Found): Candidate | Unusable | 'skipped' {
  if (typeof entry === 'string') return { path, reason: entry };
  const absolute = join(root, path);
  // Node decodes names: one that is not UTF-8 leads to no file any more.
  if (path.includes('\ufffd') && tryLstat(absolute) === undefined) return { path, reason: NOT_UTF8 };
  const name = classifyName(path);
  if (name.kind === 'skip') return 'skipped';
  const place = entry.isSymbolicLink() ? followLink(root, absolute) : entry.isFile() && { file: absolute };
  if (!place) return 'skipped';
  if ('reason' in place) return { path, reason: place.reason };
  const { file } = place;
  if (name.kind === 'other-media') return { path, reason: adviseConversion(name.extension), file };
  return { path, type: name.type, file, isLink: entry.isSymbolicLink() };
}

/** The file where a link ends; undefined when it is broken, a loop, or ends at something else. */
function followLink(root: string, link: string): { file: string } | { reason: string } | undefined {
  try {
    const file = realpathSync.native(link);
    if (!statSync(file).isFile()) return undefined;
    const path = toRepositoryPath(root, file, rules);
    if (path === undefined) return { reason: 'it is a link to a file outside the repository' };
    return isInsideGitFolder(path) ? { reason: 'it is a link to a file inside .git' } : { file };
  } catch {
    return undefined;
  }
}

function adviseConversion(extension: string): string {
  const video = /^(?:mov|m4v|3gp|avi|mkv|webm|mpe?g)$/.test(extension);
  const document = /^(?:docx?|pptx?|xlsx?)$/.test(extension);
  const audio = /^(?:mp3|m4a|ogg|wav)$/.test(extension);
  const advice = audio
    ? 'template headers take no audio; use a video (.mp4)'
    : `convert it to ${video ? '.mp4 (H.264 and AAC)' : document ? '.pdf' : '.jpg or .png'}`;
  return `.${extension} files are not accepted in template headers: ${advice}`;
}

/**
 * Finds everything but folders below the search paths that the patterns match, and the folders that cannot be looked
 * into, with the reason. Links are never entered.
 */
async function walk(patterns: Patterns, options: DiscoverOptions): Promise<Found[]> {
  const { root, includeHiddenFiles, signal } = options;
  const isLeftOut = (name: string): boolean => name.startsWith('.') && !includeHiddenFiles;
  const starts = patterns.searchPaths.flatMap((path) => {
    const entry = isInsideGitFolder(path) || isLeftOut(basename(path)) ? undefined : findEntry(root, path);
    return entry === undefined ? [] : [{ path, entry }];
  });
  const found: Found[] = starts.filter(({ path, entry }) => !entry.isDirectory() && patterns.matches(path));
  const folders = starts.filter(({ entry }) => entry.isDirectory());
  const breaks = new Breaks(signal);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (breaks.isDue) await breaks.take();
    const entries = listFolder(join(root, folder.path));
    if (typeof entries === 'string') {
      found.push({ path: folder.path, entry: entries });
      continue;
    }
    const prefix = folder.path === '' ? '' : `${folder.path}/`;
    for (const entry of entries) {
      if (isLeftOut(entry.name) || entry.name.toLowerCase() === '.git') continue;
      const path = prefix + entry.name;
      if (entry.isDirectory() && patterns.mayMatchBelow(path)) folders.push({ path, entry });
      else if (!entry.isDirectory() && patterns.matches(path)) found.push({ path, entry });
    }
  }
  return found;
}

/** The entries of a folder, or why it cannot be looked into. */
function listFolder(folder: string): readonly Dirent[] | string {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    return folder.includes('\ufffd') ? NOT_UTF8 : `the folder cannot be read: ${describeError(error)}`;
  }
}

/** The entry at a path below the root, or undefined when it is absent or behind a linked folder. */
function findEntry(root: string, path: string): EntryKind | undefined {
  const parents = listPrefixes(path).slice(0, -1);
  const isReachable = parents.every((parent) => tryLstat(join(root, parent))?.isDirectory());
  return isReachable ? tryLstat(join(root, path)) : undefined;
}

/** What stands at a path; undefined also when it cannot be looked at. */
function tryLstat(path: string): EntryKind | undefined {
  try {
    return lstatIfPresent(path);
  } catch {
    return undefined;
  }
}

/** Warnings for names that file systems without case or with one normal form cannot keep apart. */
export function findCollisions(paths: readonly string[]): readonly string[] {
  const first = new Map<string, string>();
  return paths.flatMap((path) => {
    const key = path.normalize('NFC').toLowerCase();
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, path);
      return [];
    }
    const names = `${neutralise(other)} and ${neutralise(path)}`;
    return `${names} differ only in letter case or Unicode normal form; some computers cannot keep both.`;
  });
}
