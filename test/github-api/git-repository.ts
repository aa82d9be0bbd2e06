// A bare git repository on disk, driven through git's own commands.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Path → new content, a link, or undefined to delete the file. */
export type FileChanges = Readonly<Record<string, string | Buffer | { readonly link: string } | undefined>>;

export interface CommitDetails {
  readonly message?: string;
  readonly author?: string;
  /** Further parents, which make it a merge commit. */
  readonly mergedOids?: readonly string[];
}

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

/** A failed git command; `stderr` is what git said. */
export class GitError extends Error {
  readonly stderr: string;
  constructor(args: readonly string[], stderr: string) {
    super(`git ${args.join(' ')}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

const ZERO_OID = '0'.repeat(40);

export class GitRepository {
  readonly folder: string;
  // Trees and commits never change, so what was read once stays right.
  readonly #trees = new Map<string, Promise<ReadonlyMap<string, TreeItem>>>();
  readonly #commits = new Map<string, Promise<CommitInfo>>();
  #stagingRefs = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<GitRepository> {
    const repository = new GitRepository(await mkdtemp(join(tmpdir(), 'github-api-')));
    await repository.run(['init', '--quiet', '--bare', '--initial-branch=main', '.']);
    return repository;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Runs one git command and gives its standard output. */
  async runRaw(args: readonly string[], input?: Buffer | string): Promise<Buffer> {
    const child = spawn('git', args, {
      cwd: this.folder,
      env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // git may end before it has read everything; its exit code tells.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (code !== 0) throw new GitError(args, Buffer.concat(err).toString());
    return Buffer.concat(out);
  }

  async run(args: readonly string[], input?: Buffer | string): Promise<string> {
    return (await this.runRaw(args, input)).toString().trimEnd();
  }

  /** The oid a revision resolves to, or undefined. */
  async resolve(revision: string): Promise<string | undefined> {
    try {
      return await this.run(['rev-parse', '--verify', '--quiet', '--end-of-options', revision]);
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }

  /** The type of an object, or undefined when it does not exist. */
  async typeOf(oid: string): Promise<string | undefined> {
    const line = await this.run(['cat-file', '--batch-check'], `${oid}\n`);
    return /^[0-9a-f]{40} (\w+) \d+$/.exec(line)?.[1];
  }

  async head(branch: string): Promise<string | undefined> {
    return await this.resolve(`refs/heads/${branch}`);
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
    const parts: (string | Buffer)[] = [`commit ${ref}\nauthor ${who}\ncommitter ${who}\n`];
    const addData = (data: string | Buffer): void => {
      const bytes = Buffer.from(data);
      parts.push(`data ${bytes.length}\n`, bytes, '\n');
    };
    addData(details.message ?? 'change files');
    if (parent !== undefined) parts.push(`from ${parent}\n`);
    for (const merged of details.mergedOids ?? []) parts.push(`merge ${merged}\n`);
    for (const [path, content] of Object.entries(changes)) {
      const name = JSON.stringify(path);
      if (content === undefined) parts.push(`D ${name}\n`);
      else if (typeof content === 'string' || Buffer.isBuffer(content)) {
        parts.push(`M 100644 inline ${name}\n`);
        addData(content);
      } else {
        parts.push(`M 120000 inline ${name}\n`);
        addData(content.link);
      }
    }
    const input = Buffer.concat(parts.map((part) => Buffer.from(part)));
    await this.run(['fast-import', '--quiet', '--date-format=raw'], input);
    const oid = await this.run(['rev-parse', ref]);
    await this.run(['update-ref', '-d', ref]);
    return oid;
  }

  /** Moves refs in one transaction. An undefined `before` is not checked; an undefined `after` deletes. */
  async moveRefs(
    moves: readonly { ref: string; before: string | undefined; after: string | undefined }[],
  ): Promise<void> {
    const lines = moves.map(({ ref, before, after }) =>
      `update ${ref} ${after ?? ZERO_OID} ${before ?? ''}`.trimEnd(),
    );
    await this.run(['update-ref', '--stdin'], `${lines.join('\n')}\n`);
  }

  /** Everything in the tree of a commit or tree, folders included, by path. */
  async readTree(treeish: string): Promise<ReadonlyMap<string, TreeItem>> {
    const known = this.#trees.get(treeish);
    if (known !== undefined) return await known;
    const reading = this.runRaw(['ls-tree', '-r', '-t', '-l', '-z', treeish]).then(parseTree);
    this.#trees.set(treeish, reading);
    return await reading;
  }

  async readBlob(oid: string): Promise<Buffer> {
    return await this.runRaw(['cat-file', 'blob', oid]);
  }

  /** The content of a file at a revision, or undefined. */
  async readFile(revision: string, path: string): Promise<string | undefined> {
    const oid = await this.resolve(`${revision}:${path}`);
    return oid === undefined ? undefined : (await this.readBlob(oid)).toString();
  }

  async readCommit(oid: string): Promise<CommitInfo> {
    const known = this.#commits.get(oid);
    if (known !== undefined) return await known;
    const format = '%H%x00%T%x00%P%x00%an%x00%B';
    const reading = this.run(['show', '--no-patch', `--format=${format}`, oid]).then((text) => {
      const [hash = '', tree = '', parents = '', author = '', ...message] = text.split('\0');
      const parentOids = parents === '' ? [] : parents.split(' ');
      return { oid: hash, tree, parents: parentOids, author, message: message.join('\0').trimEnd() };
    });
    this.#commits.set(oid, reading);
    return await reading;
  }

  /** Oids of the commits in a range such as `a..b` or `b`, oldest first. */
  async listCommits(range: string, path?: string): Promise<readonly string[]> {
    const limit = path === undefined ? [] : ['--', path];
    const text = await this.run(['rev-list', '--reverse', '--topo-order', range, ...limit]);
    return text === '' ? [] : text.split('\n');
  }

  async mergeBase(a: string, b: string): Promise<string | undefined> {
    try {
      return await this.run(['merge-base', a, b]);
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }

  /** Paths that differ between two commits. */
  async listChangedPaths(from: string, to: string): Promise<readonly string[]> {
    const text = await this.run(['diff-tree', '-r', '-z', '--no-renames', '--name-only', from, to]);
    return text.split('\0').filter((path) => path !== '');
  }
}

function parseTree(output: Buffer): ReadonlyMap<string, TreeItem> {
  const items = new Map<string, TreeItem>();
  for (const line of output.toString().split('\0')) {
    const [, mode, type, oid, size, path] = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
    if (mode === undefined || oid === undefined || path === undefined) continue;
    if (type !== 'blob' && type !== 'tree' && type !== 'commit') continue;
    items.set(path, { path, mode, type, oid, size: size === '-' ? undefined : Number(size) });
  }
  return items;
}
