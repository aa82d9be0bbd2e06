// What git's commands print and read, as values: pure.

export interface TreeItem {
  readonly path: string;
  /** Octal, as git prints it: `100644`. */
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly oid: string;
  /** Bytes of a blob. */
  readonly size: number | undefined;
}

export interface CommitInfo {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly message: string;
}

/** How a file differs between two commits. */
export interface FileChange {
  readonly path: string;
  /** The blob's: of a removed file, what it was. */
  readonly oid: string;
  readonly status: string;
  /** Where a renamed file was. */
  readonly previousPath: string | undefined;
}

/** Reads a commit object. */
export function parseCommit(oid: string, text: string): CommitInfo {
  const end = text.indexOf('\n\n');
  const header = text.slice(0, end);
  return {
    oid,
    tree: /^tree (\w+)$/m.exec(header)?.[1] ?? '',
    parents: [...header.matchAll(/^parent (\w+)$/gm)].map(([, parent = '']) => parent),
    author: /^author (.*) <[^>]*> \d+ [+-]\d+$/m.exec(header)?.[1] ?? '',
    message: text.slice(end + 2).trimEnd(),
  };
}

/** Reads `ls-tree -r -t -l -z`. */
export function parseTree(output: string): ReadonlyMap<string, TreeItem> {
  const items = new Map<string, TreeItem>();
  for (const line of output.split('\0')) {
    const [, mode, type, oid, size, path] = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
    if (mode === undefined || oid === undefined || path === undefined) continue;
    if (type !== 'blob' && type !== 'tree' && type !== 'commit') continue;
    items.set(path, { path, mode, type, oid, size: size === '-' ? undefined : Number(size) });
  }
  return items;
}

const CHANGES: Readonly<Record<string, string>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
};

/** Reads `diff-tree --raw -z`, split at its zeros. */
export function parseChanges(parts: readonly string[]): readonly FileChange[] {
  const changes: FileChange[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const [, , before = '', after = '', kind = ''] = (parts[index] ?? '').split(' ');
    const isRename = kind.startsWith('R');
    const previousPath = isRename ? parts[index + 1] : undefined;
    if (isRename) index += 1;
    const status = CHANGES[kind.charAt(0)] ?? 'changed';
    changes.push({
      path: parts[index + 1] ?? '',
      oid: kind === 'D' ? before : after,
      status,
      previousPath,
    });
  }
  return changes;
}

/** A path as `git fast-import` reads it: in quotes, with octal escapes. */
export function quotePath(path: string): string {
  const toOctal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return `"${path.replace(/["\\\x00-\x1f\x7f]/g, toOctal)}"`;
}
