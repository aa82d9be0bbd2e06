// Which entries go, by the workspace: the one rule of removals. Where a run publishes, the branch must not have the file either.
import { dirname, join } from 'node:path';
import { lstatIfPresent } from '../files/file-system.ts';
import { findGitFolder, readInside } from '../files/git-folder.ts';

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

const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Whether the checkout that a folder belongs to is sparse (`core.sparseCheckout`): then absence from the workspace proves
 * nothing. `git sparse-checkout` writes the setting to the work tree's own file, older ways to the repository's.
 */
export function isSparseCheckout(folder: string): boolean {
  const parent = dirname(folder);
  try {
    const git = findGitFolder(folder);
    if (git === undefined) return parent !== folder && isSparseCheckout(parent);
    const texts = [
      readInside(git.own, 'config.worktree', MAX_CONFIG_BYTES),
      readInside(git.shared, 'config', MAX_CONFIG_BYTES),
    ];
    return texts.some((text) => parseSparseSetting(text ?? ''));
  } catch {
    return false;
  }
}

/** Whether the text of a git configuration sets `core.sparseCheckout`; the last setting wins. */
export function parseSparseSetting(text: string): boolean {
  let section = '';
  let isSparse = false;
  for (const line of text.split('\n')) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section;
    const setting = /^\s*sparsecheckout\s*(?:=\s*([^#;]*))?(?:[#;].*)?$/i.exec(
      line.replace(/^\s*\[[^\]]*\]/, ''),
    );
    if (section === 'core' && setting !== null)
      isSparse = /^(?:"?(?:true|yes|on|-?0*[1-9]\d*)"?|)$/i.test((setting[1] ?? '').trim());
  }
  return isSparse;
}
