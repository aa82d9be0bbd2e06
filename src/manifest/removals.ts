// Which entries' files are gone from the workspace.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lstatIfPresent } from '../files/file-system.ts';

/**
 * The paths among `paths` with no file below `root`: nothing, or a folder. A path that cannot be looked at counts as
 * existing.
 */
export function findMissingFiles(root: string, paths: readonly string[]): readonly string[] {
  return paths.filter((path) => {
    try {
      return lstatIfPresent(join(root, path))?.isDirectory() ?? true;
    } catch {
      return false;
    }
  });
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
    if (readSparseSetting(readText(file))) return true;
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
export function readSparseSetting(text: string): boolean {
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
