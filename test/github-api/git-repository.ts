// A bare git repository on disk, driven through git's own commands.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CommitInfo,
  type FileChange,
  parseChanges,
  parseCommit,
  parseTree,
  quotePath,
  type TreeItem,
} from './git-output.ts';
import { ObjectReader } from './object-reader.ts';
import { runGit } from './run-git.ts';

/** Path → new content, a link, or undefined to delete the file. */
export type FileChanges = Readonly<Record<string, string | Buffer | { readonly link: string } | undefined>>;

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

/** A failed git command; `stderr` is what git said. */
export class GitError extends Error {
  readonly stderr: string;
  constructor(args: readonly string[], stderr: string) {
    super(`git ${args.join(' ')}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

const ZERO_OID = '0'.repeat(40);
/** One commit or tree, or a range of commits, named so that it means the same for ever. */
const LASTING = /^[0-9a-f]{40}(?:\.\.[0-9a-f]{40})?$/;

export class GitRepository {
  readonly folder: string;
  // Starting git costs more than everything else here, and what it says of commits and trees stays right.
  readonly #answers = new Map<string, Promise<string>>();
  readonly #objects: ObjectReader;
  #stagingRefs = 0;

  private constructor(folder: string, objects: ObjectReader) {
    this.folder = folder;
    this.#objects = objects;
  }

  static async create(): Promise<GitRepository> {
    const folder = await mkdtemp(join(tmpdir(), 'github-api-'));
    // What git asks of a bare repository, as gitrepository-layout(5) lists it.
    for (const name of ['objects', 'refs']) await mkdir(join(folder, name));
    await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
    await writeFile(join(folder, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
    return new GitRepository(folder, new ObjectReader(folder));
  }

  async remove(): Promise<void> {
    await this.#objects.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Runs one git command and gives its standard output. */
  async run(args: readonly string[], input?: Buffer | string): Promise<string> {
    const { code, stdout, stderr } = await runGit(this.folder, args, input);
    if (code !== 0) throw new GitError(args, stderr);
    return stdout.toString().trimEnd();
  }

  /** The oid of the object a revision names, or undefined. */
  async resolve(revision: string): Promise<string | undefined> {
    return (await this.#objects.inspect(revision))?.oid;
  }

  /** The type of an object, or undefined when it does not exist. */
  async typeOf(oid: string): Promise<string | undefined> {
    return (await this.#objects.inspect(oid))?.type;
  }

  /** The commit a branch points to, or undefined. Its refs are never packed, so that their files can be read. */
  async head(branch: string): Promise<string | undefined> {
    try {
      return (await readFile(join(this.folder, 'refs/heads', branch), 'latin1')).trim();
    } catch {
      return undefined;
    }
  }

  /** Makes a commit without moving a branch. `parent` is undefined for a first commit. */
  async writeCommit(
    parent: string | undefined,
    changes: FileChanges,
    details: CommitDetails = {},
  ): Promise<string> {
    this.#stagingRefs += 1;
    const ref = `refs/staging/${process.pid}-${this.#stagingRefs}`;
    const author = details.author ?? 'Someone';
    const who = `${author} <${author.replace(/[^\w-]/g, '')}@example.org> 1750000000 +0000`;
    const parts: (string | Buffer)[] = [`commit ${ref}\nmark :1\nauthor ${who}\ncommitter ${who}\n`];
    const addData = (data: string | Buffer): void => {
      const bytes = Buffer.from(data);
      parts.push(`data ${bytes.length}\n`, bytes, '\n');
    };
    addData(details.message ?? 'change files');
    if (parent !== undefined) parts.push(`from ${parent}\n`);
    for (const merged of details.mergedOids ?? []) parts.push(`merge ${merged}\n`);
    for (const [path, content] of Object.entries(changes)) {
      const name = quotePath(path);
      if (content === undefined) parts.push(`D ${name}\n`);
      else if (typeof content === 'string' || Buffer.isBuffer(content)) {
        parts.push(`M 100644 inline ${name}\n`);
        addData(content);
      } else {
        parts.push(`M 120000 inline ${name}\n`);
        addData(content.link);
      }
    }
    parts.push('get-mark :1\n');
    const input = Buffer.concat(parts.map((part) => Buffer.from(part)));
    return await this.run(['fast-import', '--quiet', '--date-format=raw'], input);
  }

  /** Stores a blob that nothing refers to. */
  async writeBlob(content: Buffer): Promise<string> {
    return await this.run(['hash-object', '-w', '--stdin'], content);
  }

  /** Full names of all branches. */
  async listRefs(): Promise<readonly string[]> {
    const text = await this.run(['for-each-ref', '--format=%(refname)', 'refs/heads/']);
    return text === '' ? [] : text.split('\n');
  }

  /** Moves refs in one transaction. */
  async moveRefs(moves: readonly RefMove[]): Promise<void> {
    const lines = moves.map(({ ref, before, after }) =>
      `update ${ref} ${after ?? ZERO_OID} ${before ?? ''}`.trimEnd(),
    );
    await this.run(['update-ref', '--stdin'], `${lines.join('\n')}\n`);
  }

  /** Everything in the tree of a commit or tree, folders included, by path. */
  async readTree(treeish: string): Promise<ReadonlyMap<string, TreeItem>> {
    return parseTree(await this.#ask(['ls-tree', '-r', '-t', '-l', '-z'], [treeish]));
  }

  async readBlob(oid: string): Promise<Buffer> {
    const object = await this.#objects.read(oid);
    if (object?.type !== 'blob') throw new Error(`${oid} is no blob.`);
    return object.content;
  }

  /** The content of a file at a revision, or undefined. */
  async readFile(revision: string, path: string): Promise<string | undefined> {
    return (await this.#objects.read(`${revision}:${path}`))?.content.toString();
  }

  async readCommit(revision: string): Promise<CommitInfo> {
    const object = await this.#objects.read(`${revision}^{commit}`);
    if (object === undefined) throw new Error(`${revision} is no commit.`);
    return parseCommit(object.oid, object.content.toString());
  }

  /** Oids of the commits in a range such as `a..b` or `b`, oldest first. */
  async listCommits(range: string, path?: string): Promise<readonly string[]> {
    const limit = path === undefined ? [] : ['--', path];
    const text = await this.#ask(['rev-list', '--reverse', '--topo-order'], [range], limit);
    return text === '' ? [] : text.split('\n');
  }

  async mergeBase(a: string, b: string): Promise<string | undefined> {
    try {
      return await this.#ask(['merge-base'], [a, b]);
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }

  /** Paths that differ between two commits. */
  async listChangedPaths(from: string, to: string): Promise<readonly string[]> {
    const text = await this.#ask(['diff-tree', '-r', '-z', '--no-renames', '--name-only'], [from, to]);
    return text.split('\0').filter((path) => path !== '');
  }

  /** How the files of two commits differ, renames found. */
  async listChanges(from: string, to: string): Promise<readonly FileChange[]> {
    const text = await this.#ask(['diff-tree', '-r', '-z', '-M', '--raw', '--no-abbrev'], [from, to]);
    return parseChanges(text.split('\0'));
  }

  /** Asks git about revisions: once for ever, unless one of them is a name that may move. */
  async #ask(
    command: readonly string[],
    revisions: readonly string[],
    limit: readonly string[] = [],
  ): Promise<string> {
    const args = [...command, ...revisions, ...limit];
    if (!revisions.every((revision) => LASTING.test(revision))) return await this.run(args);
    const key = args.join('\0');
    const answer = this.#answers.get(key) ?? this.run(args);
    this.#answers.set(key, answer);
    return await answer;
  }
}
