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

/**
 * An absolute pattern made relative to the root that it lies at or below; undefined when it lies below none. On Windows
 * both separators are the same, and case does not count.
 */
export function toRelativePattern(
  pattern: string,
  roots: readonly string[],
  rules: PlatformPath,
): string | undefined {
  const [separator, fold] =
    rules.sep === '\\'
      ? [/^[/\\]+/, (text: string) => text.replaceAll('/', '\\').toLowerCase()]
      : [/^\/+/, (text: string) => text];
  for (const root of roots) {
    const start = root.endsWith(rules.sep) ? root.slice(0, -1) : root;
    const rest = pattern.slice(start.length);
    if (fold(pattern.slice(0, start.length)) !== fold(start)) continue;
    if (rest !== '' && !separator.test(rest)) continue;
    const path = rest.replace(separator, '');
    // At the beginning of a line such a sign is none of a name.
    return /^[#!\s]/.test(path) ? `./${path}` : path || '.';
  }
  return undefined;
}

/** Whether a pattern names a place of its own: an absolute path, or on Windows one that begins with a drive. */
export function isRooted(pattern: string, rules: PlatformPath): boolean {
  return rules.parse(pattern).root !== '';
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

/** The path's beginning, ever longer: `a`, `a/b`, `a/b/c` of `a/b/c`. */
export function listPrefixes(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
