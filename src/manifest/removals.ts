// Which entries go: the one rule of removals. Where a run publishes, the tree at the branch has the last word.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lstatIfPresent } from '../files/file-system.ts';

/** What decides on removals. */
export interface RemovalInput {
  /** Absolute real path of the repository. */
  readonly root: string;
  /** Paths of the checkout's manifest. */
  readonly entries: readonly string[];
  /** Paths of the assets that were found. */
  readonly found: ReadonlySet<string>;
  /** Whether the tree at a branch decides in the end, so that a sparse checkout proves nothing wrong. */
  readonly isBranchAsked: boolean;
}

/** Entries to drop, and what to say when those of missing files stay. */
export interface Removals {
  readonly removals: readonly string[];
  readonly remark?: { readonly level: 'warning' | 'notice'; readonly message: string };
}

/** Decides which entries go. */
export function decideRemovals({ root, entries, found, isBranchAsked }: RemovalInput): Removals {
  const removals = entries.filter((path) => !found.has(path) && isMissing(root, path));
  if (removals.length === 0) return { removals };
  if (found.size === 0) {
    const noun = removals.length === 1 ? 'entry' : 'entries';
    const message = `No asset was found at all, so the ${removals.length} ${noun} of the manifest whose files are gone stay.`;
    return { removals: [], remark: { level: 'warning', message } };
  }
  if (isBranchAsked || !isSparseCheckout(root)) return { removals };
  const message = 'The checkout is sparse, so no entry is removed from the manifest.';
  return { removals: [], remark: { level: 'notice', message } };
}

/** Whether there is no file at a path: nothing, or a folder. One that cannot be looked at may be there. */
function isMissing(root: string, path: string): boolean {
  try {
    return lstatIfPresent(join(root, path))?.isDirectory() ?? true;
  } catch {
    return false;
  }
}

/**
 * Whether the checkout that a folder belongs to is sparse (`core.sparseCheckout`): then absence from the workspace proves
 * nothing. `git sparse-checkout` writes the setting to the work tree's own file, older ways to the repository's.
 */
export function isSparseCheckout(root: string): boolean {
  const gitFolder = findGitFolder(root);
  // Linked work trees share the configuration of the repository they belong to.
  const common = resolve(gitFolder, readText(join(gitFolder, 'commondir')).trim());
  for (const file of [join(gitFolder, 'config.worktree'), join(common, 'config')]) {
    if (parseSparseSetting(readText(file))) return true;
  }
  return false;
}

/** The text of a file, empty when it cannot be read. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function findGitFolder(folder: string): string {
  const dotGit = join(folder, '.git');
  const parent = dirname(folder);
  if (parent !== folder && !existsSync(dotGit)) return findGitFolder(parent);
  // In linked work trees and submodules `.git` is a file that names the folder.
  const text = readText(dotGit);
  const named = /^gitdir: (.+)$/m.exec(text)?.[1];
  return named === undefined ? dotGit : resolve(folder, named.trim());
}

/** Reads `core.sparseCheckout` from the text of a git configuration; the last setting wins. */
export function parseSparseSetting(text: string): boolean {
  let section = '';
  let isSparse = false;
  for (const line of text.split('\n')) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section;
    const setting = /^\s*sparsecheckout\s*(?:=\s*([^#;]*))?(?:[#;].*)?$/i.exec(
      line.replace(/^\s*\[[^\]]*\]/, ''),
    );
    if (section === 'core' && setting !== null)
      isSparse = /^(?:"?(?:true|yes|on|1)"?|)$/i.test((setting[1] ?? '').trim());
  }
  return isSparse;
}
