// A bare git repository on disk, written without git, which takes too long to start, and proved by git.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type FileChange,
  findMergeBase,
  listChanges,
  listCommits,
  listTree,
  type TreeItem,
} from './history.ts';
import { isFull } from '../support/extent.ts';
import { runGit } from './run-git.ts';
import { type CommitInfo, ObjectStore, TREE_MODE, type TreeEntry } from './object-store.ts';

/** Path → new content, a link, or undefined to delete the file. */
export type FileChanges = Readonly<Record<string, FileContent | undefined>>;
type FileContent = string | Buffer | { readonly link: string };

export interface CommitDetails {
  readonly message?: string;
  readonly author?: string;
  /** Further parents, which make it a merge commit. */
  readonly mergedOids?: readonly string[];
}

export interface RefMove {
  /** Fully qualified, `refs/heads/main`. */
  readonly ref: string;
  /** Undefined is not checked. */
  readonly before: string | undefined;
  /** Undefined deletes. */
  readonly after: string | undefined;
}

/** A move of refs that git would refuse. */
export class RefusedMove extends Error {}

/** In a plain run git proves each tenth repository: starting it costs as much as a test. */
const PROVED_EACH = 10;
let closed = 0;
const SOUND = { code: 0, stdout: '', stderr: '' };
const HEADS = 'refs/heads/';
const ZERO_OID = '0'.repeat(40);
/** What git-check-ref-format(1) forbids. */
const BAD_REF = /^\/|\/\/|(?:^|\/)\.|\.\.|[\x00-\x20\x7f~^:?*[\\]|@\{|(?:\/|\.|\.lock)$|\.lock\//;

export class GitRepository {
  /** Its place, as gitrepository-layout(5) has it. */
  readonly folder = makeEmptyRepository();
  readonly #store = new ObjectStore(join(this.folder, 'objects'));
  /** Full name → commit. */
  readonly #refs = new Map<string, string>();
  readonly #trees = new Map<string, ReadonlyMap<string, TreeItem>>();

  /** The oid of the object a revision names: an oid, a branch or a full name, with `^{commit}`, `^{tree}` or `:path`. */
  resolve(revision: string): string | undefined {
    const [, name = '', kind, path] = /^([^:^]*)(?:\^\{(commit|tree)\}|:(.*))?$/s.exec(revision) ?? [];
    const oid = this.#store.get(name) ? name : (this.#refs.get(name) ?? this.head(name));
    if (oid === undefined) return undefined;
    if (path !== undefined) return this.readTree(oid).get(path)?.oid;
    const type = this.typeOf(oid);
    if (kind === 'tree' && type === 'commit') return this.#store.readCommit(oid).tree;
    return kind === undefined || kind === type ? oid : undefined;
  }

  /** The type of an object, or undefined when it does not exist. */
  typeOf(oid: string): string | undefined {
    return this.#store.get(oid)?.type;
  }

  /** The commit a branch points to, or undefined. */
  head(branch: string): string | undefined {
    return this.#refs.get(HEADS + branch);
  }

  /** Makes a commit without moving a branch. `parent` is undefined for a first commit. */
  writeCommit(parent: string | undefined, changes: FileChanges, details: CommitDetails = {}): string {
    const { message = 'change files', author = 'Someone', mergedOids = [] } = details;
    const base = parent === undefined ? undefined : this.#store.readCommit(parent).tree;
    const items = Object.entries(changes).map(([path, content]) => ({ steps: path.split('/'), content }));
    const tree = this.#store.writeTree(this.#changeFolder(base, items));
    return this.writeCommitOfTree(tree, [...(parent === undefined ? [] : [parent]), ...mergedOids], {
      message,
      author,
    });
  }

  #changeFolder(base: string | undefined, changes: readonly PathChange[]): Map<string, TreeEntry> {
    const entries = base === undefined ? new Map<string, TreeEntry>() : this.#store.readTree(base);
    const below = new Map<string, PathChange[]>();
    for (const { steps, content } of changes) {
      const [name = '', ...rest] = steps;
      if (rest.length > 0) below.set(name, [...(below.get(name) ?? []), { steps: rest, content }]);
      else if (content === undefined) entries.delete(name);
      else entries.set(name, this.#writeFile(content));
    }
    for (const [name, inner] of below) {
      const there = entries.get(name);
      const folder = this.#changeFolder(there?.mode === TREE_MODE ? there.oid : undefined, inner);
      if (folder.size > 0) entries.set(name, { mode: TREE_MODE, oid: this.#store.writeTree(folder) });
      else if (there?.mode === TREE_MODE) entries.delete(name);
    }
    return entries;
  }

  #writeFile(content: FileContent): TreeEntry {
    return typeof content === 'string' || Buffer.isBuffer(content)
      ? { mode: '100644', oid: this.writeBlob(Buffer.from(content)) }
      : { mode: '120000', oid: this.writeBlob(Buffer.from(content.link)) };
  }

  /** Stores a blob that nothing refers to. */
  writeBlob(content: Buffer): string {
    return this.#store.write('blob', content);
  }

  /** Stores one folder, by name. */
  writeTree(entries: ReadonlyMap<string, TreeEntry>): string {
    return this.#store.writeTree(entries);
  }

  writeCommitOfTree(
    tree: string,
    parents: readonly string[],
    { message, author }: Required<Pick<CommitDetails, 'message' | 'author'>>,
  ): string {
    return this.#store.writeCommit(tree, parents, author, message);
  }

  /** Full names of all branches. */
  listRefs(): readonly string[] {
    return [...this.#refs.keys()].sort();
  }

  /** Moves refs in one transaction. Throws RefusedMove when a `before` is wrong or a name impossible. */
  moveRefs(moves: readonly RefMove[]): void {
    const moved = new Map(this.#refs);
    for (const { ref, before, after = ZERO_OID } of moves) {
      const now = this.#refs.get(ref) ?? ZERO_OID;
      if (before !== undefined && before !== now) throw new RefusedMove(`${ref} is at ${now}.`);
      if (after === ZERO_OID) moved.delete(ref);
      else moved.set(ref, this.#checkTarget(ref, after));
    }
    for (const { ref, after = ZERO_OID } of moves) {
      if (after === ZERO_OID) continue;
      const other = [...this.#refs.keys(), ...moved.keys()].find(
        (name) => name.startsWith(`${ref}/`) || ref.startsWith(`${name}/`),
      );
      if (other !== undefined) throw new RefusedMove(`${other} is in the way of ${ref}.`);
    }
    this.#refs.clear();
    for (const [ref, oid] of moved) this.#refs.set(ref, oid);
    const lines = this.listRefs().map((ref) => `${this.#refs.get(ref)} ${ref}\n`);
    writeFileSync(join(this.folder, 'packed-refs'), lines.join(''));
  }

  #checkTarget(ref: string, oid: string): string {
    if (BAD_REF.test(ref)) throw new RefusedMove(`${ref} is no name of a ref.`);
    if (this.typeOf(oid) !== 'commit') throw new RefusedMove(`${oid} is no commit.`);
    return oid;
  }

  /** Everything in the tree of a commit or tree, folders included, by path. */
  readTree(treeish: string): ReadonlyMap<string, TreeItem> {
    const tree = this.resolve(`${treeish}^{tree}`);
    if (tree === undefined) throw new Error(`${treeish} has no tree.`);
    const items = this.#trees.get(tree) ?? listTree(this.#store, tree);
    this.#trees.set(tree, items);
    return items;
  }

  readBlob(oid: string): Buffer {
    const object = this.#store.get(oid);
    if (object?.type !== 'blob') throw new Error(`${oid} is no blob.`);
    return object.content;
  }

  /** The content of a file at a revision, or undefined. */
  readFile(revision: string, path: string): string | undefined {
    const oid = this.resolve(`${revision}:${path}`);
    return oid === undefined ? undefined : this.readBlob(oid).toString();
  }

  readCommit(revision: string): CommitInfo {
    return this.#store.readCommit(this.#needCommit(revision));
  }

  /** Oids of the commits in `a..b` or `b`, parents before children; of `b` also those alone that changed a path. */
  listCommits(range: string, path?: string): readonly string[] {
    const [without, tip] = range.includes('..') ? range.split('..') : [undefined, range];
    const start = without === undefined ? undefined : this.#needCommit(without);
    return listCommits(this.#store, this.#needCommit(tip ?? ''), start, path);
  }

  mergeBase(a: string, b: string): string | undefined {
    return findMergeBase(this.#store, this.#needCommit(a), this.#needCommit(b));
  }

  /** Paths that differ between two commits. */
  listChangedPaths(from: string, to: string): readonly string[] {
    return this.listChanges(from, to)
      .flatMap(({ path, previousPath }) => [path, ...(previousPath === undefined ? [] : [previousPath])])
      .sort();
  }

  /** How the files of two commits differ, renames found. */
  listChanges(from: string, to: string): readonly FileChange[] {
    return listChanges(this.#store, this.readCommit(from).tree, this.readCommit(to).tree);
  }

  #needCommit(revision: string): string {
    const oid = this.resolve(`${revision}^{commit}`);
    if (oid === undefined) throw new Error(`${revision} is no commit.`);
    return oid;
  }

  /**
   * Removes the folder, after git itself has looked at every object and branch if it is asked to.
   * @throws when git finds anything wrong
   */
  async close(isProved = isFull || ++closed % PROVED_EACH === 0): Promise<void> {
    const { code, stdout, stderr } = isProved ? await runGit(this.folder, ['fsck', '--strict']) : SOUND;
    rmSync(this.folder, { recursive: true, force: true });
    if (code !== 0) throw new Error(`git fsck: ${stdout.toString()}${stderr}`);
  }
}

function makeEmptyRepository(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hosted-')));
  mkdirSync(join(folder, 'objects'));
  mkdirSync(join(folder, 'refs'));
  writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(folder, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
  return folder;
}

interface PathChange {
  readonly steps: readonly string[];
  readonly content: FileContent | undefined;
}
