// Git's objects, written as git writes loose ones: starting git for each costs more than a whole test.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

export type ObjectType = 'blob' | 'tree' | 'commit';

export interface GitObject {
  readonly type: ObjectType;
  readonly content: Buffer;
}

/** An entry of one folder. */
export interface TreeEntry {
  /** Octal, as git prints it: `100644`. */
  readonly mode: string;
  readonly oid: string;
}

export interface CommitInfo {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly message: string;
}

export const TREE_MODE = '040000';
const OID_BYTES = 20;

export class ObjectStore {
  /** What is in the folder, so that reading back takes no time. */
  readonly #objects = new Map<string, GitObject>();
  readonly #folder: string;

  /** @param folder the repository's `objects` */
  constructor(folder: string) {
    this.#folder = folder;
  }

  get(oid: string): GitObject | undefined {
    return this.#objects.get(oid);
  }

  write(type: ObjectType, content: Buffer): string {
    const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
    const oid = createHash('sha1').update(bytes).digest('hex');
    if (this.#objects.has(oid)) return oid;
    const folder = join(this.#folder, oid.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, oid.slice(2)), deflateSync(bytes, { level: 1 }));
    this.#objects.set(oid, { type, content });
    return oid;
  }

  /** Throws unless every entry exists. */
  writeTree(entries: ReadonlyMap<string, TreeEntry>): string {
    // Git sorts bytes, and a folder as if its name ended with a slash.
    const sorted = [...entries].map(([name, { mode, oid }]) => {
      if (!this.#objects.has(oid)) throw new Error(`A tree names ${oid}, which does not exist.`);
      const key = Buffer.from(mode === TREE_MODE ? `${name}/` : name);
      return { key, line: Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`), oid: Buffer.from(oid, 'hex') };
    });
    sorted.sort((a, b) => Buffer.compare(a.key, b.key));
    return this.write('tree', Buffer.concat(sorted.flatMap(({ line, oid }) => [line, oid])));
  }

  /** The entries of one folder, in git's order; none for what is no tree. */
  readTree(oid: string): Map<string, TreeEntry> {
    const entries = new Map<string, TreeEntry>();
    const object = this.#objects.get(oid);
    if (object?.type !== 'tree') return entries;
    const { content } = object;
    for (let start = 0; start < content.length; ) {
      const end = content.indexOf(0, start);
      const [mode = '', ...name] = content.toString('utf8', start, end).split(' ');
      start = end + 1 + OID_BYTES;
      entries.set(name.join(' '), {
        mode: mode.padStart(6, '0'),
        oid: content.toString('hex', end + 1, start),
      });
    }
    return entries;
  }

  writeCommit(tree: string, parents: readonly string[], author: string, message: string): string {
    const who = `${author} <${author.replace(/[^\w-]/g, '')}@example.org> 1750000000 +0000`;
    const head = [`tree ${tree}`, ...parents.map((oid) => `parent ${oid}`)];
    return this.write(
      'commit',
      Buffer.from(`${head.join('\n')}\nauthor ${who}\ncommitter ${who}\n\n${message}`),
    );
  }

  /** Throws for what is no commit. */
  readCommit(oid: string): CommitInfo {
    const object = this.#objects.get(oid);
    if (object?.type !== 'commit') throw new Error(`${oid} is no commit.`);
    const text = object.content.toString();
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
}
