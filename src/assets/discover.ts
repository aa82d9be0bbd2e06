// Finds the files the patterns match. Matching is @actions/glob's; the walk is our own, because the stock one follows
// or trips over links, stats every entry, and cannot say which pattern matched.
import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describeError } from '../text/errors.ts';
import { lstatIfPresent } from '../files/file-system.ts';
import { compareCodeUnits } from '../manifest/manifest.ts';
import { isInsideGitFolder, listPrefixes, pathRulesOf, toRepositoryPath } from '../files/paths.ts';
import { neutralise } from '../text/text.ts';
import { Turns } from './turns.ts';
import { type AssetType, judgeName } from './asset-type.ts';
import { PatternMatcher } from './pattern-matcher.ts';

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

/** What a walk needs to know of an entry; directory entries and `lstat` answer alike. */
type EntryKind = Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>;

/** A place below the root where something was found. */
interface Found<Entry = EntryKind> {
  /** Repository-relative POSIX path. */
  readonly path: string;
  readonly absolute: string;
  readonly entry: Entry;
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
  /** Absolute real path of the repository; also the current directory, which @actions/glob resolves against. */
  readonly root: string;
  readonly patterns: readonly string[];
  readonly includeHiddenFiles: boolean;
  /** Repository paths that are never assets: the manifest and the report. */
  readonly ownPaths: readonly string[];
  readonly signal: AbortSignal;
}

/** Walks the repository and sorts what the patterns match. Reads names and links only, no content. */
export async function discoverAssets(options: DiscoverOptions): Promise<Discovery> {
  const { root, ownPaths } = options;
  const matcher = await PatternMatcher.open(options.patterns);
  const found = new Map<string, Found>();
  const candidates: Candidate[] = [];
  const unusable: Unusable[] = [];
  let skippedCount = 0;
  await walk(matcher, options, (item) => {
    const { path, entry } = item;
    if (ownPaths.includes(path)) return;
    if (typeof entry === 'string') unusable.push({ path, reason: entry });
    // Several such names look alike, so they are no keys.
    else if (isNotUtf8(item)) unusable.push({ path, reason: NOT_UTF8 });
    else found.set(path, { ...item, entry });
  });
  const sorted = [...found.values()].sort((a, b) => compareCodeUnits(a.path, b.path));
  for (const item of sorted) {
    const { path } = item;
    const name = judgeName(path);
    const place = resolveFile(root, item);
    if (name.kind === 'skip' || place === 'skip') skippedCount += 1;
    else if ('reason' in place) unusable.push({ path, reason: place.reason });
    else if (name.kind === 'other-media') {
      unusable.push({ path, reason: adviseConversion(name.extension), file: place.file });
    } else candidates.push({ path, type: name.type, ...place });
  }
  const assetPaths = candidates.map((candidate) => candidate.path);
  return {
    candidates,
    unusable: unusable.sort((a, b) => compareCodeUnits(a.path, b.path)),
    skippedCount,
    warnings: [...matcher.warnings(), ...findCollisions(assetPaths)],
  };
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

const NOT_UTF8 = 'its name is not UTF-8; rename it';

type Place = 'skip' | { readonly reason: string } | { readonly file: string; readonly isLink: boolean };

/** Where a matched entry really lies. Only regular files are assets; a link is judged by where it ends. */
function resolveFile(root: string, { absolute, entry }: Found): Place {
  if (entry.isFile()) return { file: absolute, isLink: false };
  if (!entry.isSymbolicLink()) return 'skip';
  try {
    const file = realpathSync.native(absolute);
    if (!statSync(file).isFile()) return 'skip';
    const realPath = toRepositoryPath(root, file, rules);
    if (realPath === undefined) return { reason: 'it is a link to a file outside the repository' };
    if (isInsideGitFolder(realPath)) return { reason: 'it is a link to a file inside .git' };
    return { file, isLink: true };
  } catch {
    return 'skip'; // a broken link or a loop of links
  }
}

/** Node decodes names: one that is not UTF-8 leads to no file any more. */
function isNotUtf8({ path, absolute }: Pick<Found, 'path' | 'absolute'>): boolean {
  return path.includes('\ufffd') && tryLstat(absolute) === undefined;
}

/** What stands at a path; undefined also when it cannot be looked at. */
function tryLstat(path: string): EntryKind | undefined {
  try {
    return lstatIfPresent(path);
  } catch {
    return undefined;
  }
}

/**
 * Finds everything but folders below the search paths that the patterns match, and the folders that cannot be looked
 * into, with the reason. Links are never entered.
 */
async function walk(
  matcher: PatternMatcher,
  options: DiscoverOptions,
  onFound: (found: Found<EntryKind | string>) => void,
): Promise<void> {
  const { root, includeHiddenFiles, signal } = options;
  const folders: Found<EntryKind>[] = [];
  // A search path is a pattern's literal beginning: a folder to walk, or itself the file.
  for (const searchPath of matcher.searchPaths) {
    const path = toRepositoryPath(root, searchPath, rules);
    if (path === undefined || isInsideGitFolder(path)) continue;
    const entry = readEntry(root, path);
    const isHidden = searchPath !== root && basename(searchPath).startsWith('.');
    if (entry === undefined || (isHidden && !includeHiddenFiles)) continue;
    const found = { path, absolute: searchPath, entry };
    if (entry.isDirectory()) folders.push(found);
    else if (matcher.matches(searchPath)) onFound(found);
  }
  const turns = new Turns(signal);
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (turns.isOver) await turns.next();
    const entries = readFolder(folder.absolute);
    if (typeof entries === 'string') {
      onFound({ ...folder, entry: entries });
      continue;
    }
    const prefix = folder.path === '' ? '' : `${folder.path}/`;
    for (const entry of entries) {
      if ((entry.name.startsWith('.') && !includeHiddenFiles) || entry.name.toLowerCase() === '.git')
        continue;
      const absolute = join(folder.absolute, entry.name);
      const found = { path: prefix + entry.name, absolute, entry };
      if (!entry.isDirectory()) {
        if (matcher.matches(absolute)) onFound(found);
      } else if (matcher.mayMatchBelow(absolute)) folders.push(found);
    }
  }
}

/** The entries of a folder, or why it cannot be looked into. */
function readFolder(folder: string): readonly Dirent[] | string {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    return folder.includes('\ufffd') ? NOT_UTF8 : `the folder cannot be read: ${describeError(error)}`;
  }
}

/** The entry at a path below the root, or undefined when it is absent or behind a linked folder. */
function readEntry(root: string, path: string): EntryKind | undefined {
  const parents = listPrefixes(path).slice(0, -1);
  const isReachable = parents.every((parent) => tryLstat(join(root, parent))?.isDirectory());
  return isReachable ? tryLstat(join(root, path)) : undefined;
}

/** Warnings for names that file systems without case or with one normal form cannot keep apart. */
export function findCollisions(paths: readonly string[]): readonly string[] {
  const first = new Map<string, string>();
  const warnings: string[] = [];
  for (const path of paths) {
    const key = path.normalize('NFC').toLowerCase();
    const other = first.get(key);
    if (other === undefined) first.set(key, path);
    else {
      const names = `${neutralise(other)} and ${neutralise(path)}`;
      warnings.push(
        `${names} differ only in letter case or Unicode normal form; some computers cannot keep both.`,
      );
    }
  }
  return warnings;
}
