// Questions about the commits of a store: what `rev-list`, `merge-base` and `diff-tree` of git answer.
import { type ObjectStore, TREE_MODE } from './object-store.ts';

export interface TreeItem {
  readonly path: string;
  /** Octal, as git prints it: `100644`. */
  readonly mode: string;
  readonly type: 'blob' | 'tree';
  readonly oid: string;
  /** Bytes of a blob. */
  readonly size: number | undefined;
}

/** How a file differs between two commits. */
export interface FileChange {
  readonly path: string;
  /** The blob's: of a removed file, what it was. */
  readonly oid: string;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  /** Where a renamed file was. */
  readonly previousPath: string | undefined;
}

/** Everything in a tree, folders included and before what they hold, by path. */
export function listTree(
  store: ObjectStore,
  tree: string,
  folder = '',
  items = new Map<string, TreeItem>(),
): ReadonlyMap<string, TreeItem> {
  for (const [name, { mode, oid }] of store.readTree(tree)) {
    const path = folder + name;
    const isTree = mode === TREE_MODE;
    const size = isTree ? undefined : store.get(oid)?.content.length;
    items.set(path, { path, mode, type: isTree ? 'tree' : 'blob', oid, size });
    if (isTree) listTree(store, oid, `${path}/`, items);
  }
  return items;
}

/** A commit and all before it. */
function listAncestors(store: ObjectStore, tip: string): ReadonlySet<string> {
  const found = new Set([tip]);
  for (const oid of found) for (const parent of store.readCommit(oid).parents) found.add(parent);
  return found;
}

/**
 * Commits that `tip` has and `without` has not, parents before children. With a path those alone that changed it:
 * as git does, a merge is passed by along a parent in which the path is the same.
 */
export function listCommits(
  store: ObjectStore,
  tip: string,
  without: string | undefined,
  path?: string,
): readonly string[] {
  const seen = new Set(without === undefined ? [] : listAncestors(store, without));
  const found: string[] = [];
  const findPath = (oid: string): string | undefined =>
    path === undefined ? oid : listTree(store, store.readCommit(oid).tree).get(path)?.oid;
  const visit = (oid: string): void => {
    if (seen.has(oid)) return;
    seen.add(oid);
    const { parents } = store.readCommit(oid);
    const there = findPath(oid);
    const same = parents.find((parent) => findPath(parent) === there);
    for (const parent of same === undefined ? parents : [same]) visit(parent);
    if (same === undefined && (parents.length > 0 || there !== undefined)) found.push(oid);
  };
  visit(tip);
  return found;
}

/** The newest commit that both have. */
export function findMergeBase(store: ObjectStore, a: string, b: string): string | undefined {
  const ofB = listAncestors(store, b);
  const common = [...listAncestors(store, a)].filter((oid) => ofB.has(oid));
  const older = new Set(common.flatMap((oid) => store.readCommit(oid).parents));
  return common.find((oid) => !older.has(oid));
}

/** How the files of two trees differ, in order of path; a file that is elsewhere with the same content was renamed. */
export function listChanges(store: ObjectStore, from: string, to: string): readonly FileChange[] {
  const before = listFiles(store, from);
  const after = listFiles(store, to);
  const removed = new Map([...before].filter(([path]) => !after.has(path)));
  const changes: FileChange[] = [];
  for (const [path, { oid, mode }] of after) {
    const previous = before.get(path);
    if (previous?.oid === oid && previous.mode === mode) continue;
    const source =
      previous === undefined ? [...removed].find(([, item]) => item.oid === oid)?.[0] : undefined;
    if (source !== undefined) removed.delete(source);
    const status = previous !== undefined ? 'modified' : source === undefined ? 'added' : 'renamed';
    changes.push({ path, oid, status, previousPath: source });
  }
  for (const [path, { oid }] of removed)
    changes.push({ path, oid, status: 'removed', previousPath: undefined });
  return changes.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

function listFiles(store: ObjectStore, tree: string): ReadonlyMap<string, TreeItem> {
  return new Map([...listTree(store, tree)].filter(([, { type }]) => type === 'blob'));
}
