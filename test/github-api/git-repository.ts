// A bare git repository on disk, driven through git's own commands.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObjectReader } from './object-reader.ts';

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
  // Trees never change, so what was read once stays right.
  readonly #trees = new Map<string, Promise<ReadonlyMap<string, TreeItem>>>();
  readonly #objects: ObjectReader;
  #stagingRefs = 0;

  private constructor(folder: string, objects: ObjectReader) {
    this.folder = folder;
    this.#objects = objects;
  }

  static async create(): Promise<GitRepository> {
    const folder = await mkdtemp(join(tmpdir(), 'github-api-'));
    await runGit(folder, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', '.']);
    return new GitRepository(folder, new ObjectReader(folder));
  }

  async remove(): Promise<void> {
    await this.#objects.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Runs one git command and gives its standard output. */
  async run(args: readonly string[], input?: Buffer | string): Promise<string> {
    return (await runGit(this.folder, args, input)).toString().trimEnd();
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
    const reading = runGit(this.folder, ['ls-tree', '-r', '-t', '-l', '-z', treeish]).then(parseTree);
    this.#trees.set(treeish, reading);
    return await reading;
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

async function runGit(folder: string, args: readonly string[], input?: Buffer | string): Promise<Buffer> {
  const child = spawn('git', args, {
    cwd: folder,
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

function parseCommit(oid: string, text: string): CommitInfo {
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

/** A path as `git fast-import` reads it: in quotes, with octal escapes. */
function quotePath(path: string): string {
  const toOctal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return `"${path.replace(/["\\\x00-\x1f\x7f]/g, toOctal)}"`;
}
