// Paths as pure functions of text, for both separators, so that every platform's rules can be tested on each.
import platformPath, { type PlatformPath } from 'node:path';

/**
 * The repository-relative POSIX path of an absolute path, or undefined when it does not lie below the root. The root
 * itself is the empty path. Windows paths compare without regard to case.
 */
export function toRepositoryPath(
  root: string,
  absolute: string,
  rules: PlatformPath = platformPath,
): string | undefined {
  const relative = rules.relative(root, absolute);
  if (rules.isAbsolute(relative)) return undefined;
  const path = relative.split(rules.sep).join('/');
  return path === '..' || path.startsWith('../') ? undefined : path;
}

/** Characters that HFS+ overlooks in names. */
const OVERLOOKED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * Whether a repository path leads into a `.git` folder by any name that a file system opens it under: other case, the
 * short name, final dots and spaces and streams of NTFS, overlooked characters of HFS+. Git refuses the same names.
 */
export function isInsideGitFolder(path: string): boolean {
  return path.split('/').some((part) => /^(?:\.git|git~1)[. ]*(?::|$)/i.test(part.replace(OVERLOOKED, '')));
}

/** A path in the form in which file systems without letter case, or with one normal form, compare it. */
export function foldPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** The path's beginning, ever longer: `a`, `a/b`, `a/b/c` of `a/b/c`. */
export function listPrefixes(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
