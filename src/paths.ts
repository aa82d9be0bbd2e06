// Paths as pure functions of text, for both separators, so that every platform's rules can be tested on each.
import { type PlatformPath, posix, win32 } from 'node:path';

/** The path rules of a platform name as in `process.platform`. */
export function pathRulesOf(platform: NodeJS.Platform): PlatformPath {
  return platform === 'win32' ? win32 : posix;
}

/**
 * The repository-relative POSIX path of an absolute path, or undefined when it does not lie below the root. The root
 * itself is the empty path. Windows paths compare without regard to case.
 */
export function toRepositoryPath(root: string, absolute: string, rules: PlatformPath): string | undefined {
  const relative = rules.relative(root, absolute);
  if (rules.isAbsolute(relative)) return undefined;
  const path = relative.split(rules.sep).join('/');
  return path === '..' || path.startsWith('../') ? undefined : path;
}

/** Whether a repository path leads into a `.git` folder, in any case, as file systems without case would open it. */
export function isInsideGitFolder(path: string): boolean {
  return path.split('/').some((part) => part.toLowerCase() === '.git');
}

/** The path's beginning, ever longer: `a`, `a/b`, `a/b/c` of `a/b/c`. */
export function listPrefixes(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
