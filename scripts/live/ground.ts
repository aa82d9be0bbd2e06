// Where the script tries things: branches of its own in a real repository, which it removes again.
import { valueAt } from '../../src/text/json.ts';
import { type Caller, describeReply, listErrors, type Reply } from './caller.ts';

/** An entry of a tree: a text, or an object that exists. Names have no slashes. */
export interface TreeEntry {
  readonly path: string;
  readonly mode: '100644' | '120000' | '040000';
  readonly type: 'blob' | 'tree';
  readonly content?: string;
  readonly sha?: string;
}

/** How large things must be to meet a limit of GitHub's; smaller where a stand-in has smaller limits. */
export interface Sizes {
  /** Bytes of a file over GraphQL's limit. */
  readonly largeFile: number;
  /** Bytes of a request that fails. */
  readonly request: number;
  /** Folders, and files in each, of a tree that is cut. */
  readonly treeSide: number;
}

/** What trials ask of GitHub, which fixes the limits. */
export const REAL_SIZES: Sizes = { largeFile: 10_000_001, request: 40 * 1024 * 1024, treeSide: 320 };

/** For so long a read may give what was there before a write; 3 s is ample. */
const SETTLE_MS = 3_000;
const TRIES = 20;
const TRY_GAP_MS = 500;
const ZERO_OID = '0'.repeat(40);

export class Ground {
  readonly caller: Caller;
  readonly sizes: Sizes;
  /** What the names of all its branches begin with. */
  readonly prefix: string;
  readonly #made = new Map<string, Promise<unknown>>();

  constructor(caller: Caller, prefix: string, sizes: Sizes) {
    this.caller = caller;
    this.prefix = prefix;
    this.sizes = sizes;
  }

  /** Makes something at its first use. */
  async once<T>(key: string, make: () => Promise<T>): Promise<T> {
    const made = (this.#made.get(key) as Promise<T> | undefined) ?? make();
    this.#made.set(key, made);
    return await made;
  }

  /** Reads until it is right, for ten seconds at most; gives the last that was read. */
  async waitFor<T>(read: () => Promise<T>, isRight: (found: T) => boolean, tries = TRIES): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const found = await read();
      if (isRight(found) || attempt === tries) return found;
      await this.caller.sleep(TRY_GAP_MS);
    }
  }

  /** The head of a branch that has to be where it was: read for as long as reads may lag. */
  async headAfter(branch: string, commit: string): Promise<string | undefined> {
    const read = (): Promise<string | undefined> => this.head(branch);
    return await this.waitFor(read, (head) => head !== commit, SETTLE_MS / TRY_GAP_MS);
  }

  /** Waits until reads show every write, for what must not have changed. */
  async settle(): Promise<void> {
    await this.caller.sleep(SETTLE_MS);
  }

  async createBlob(content: Buffer): Promise<string> {
    const body = { content: content.toString('base64'), encoding: 'base64' };
    return takeSha(await this.caller.rest('POST', 'git/blobs', body));
  }

  async createTree(tree: readonly TreeEntry[]): Promise<string> {
    return takeSha(await this.caller.rest('POST', 'git/trees', { tree }));
  }

  /** Makes a commit that no branch names; without parents it shares its history with nothing. */
  async createCommit(tree: string, parents: readonly string[], message: string): Promise<string> {
    return takeSha(await this.caller.rest('POST', 'git/commits', { message, tree, parents }));
  }

  /** Creates a branch and waits until it is shown. `name` goes behind the prefix; the whole name is returned. */
  async createBranch(name: string, commit: string): Promise<string> {
    const branch = this.prefix + name;
    const reply = await this.tryBranch(branch, commit);
    if (reply.status !== 201)
      throw new Error(`The branch ${branch} was not created: ${describeReply(reply)}`);
    await this.waitFor(
      () => this.head(branch),
      (head) => head === commit,
    );
    return branch;
  }

  async tryBranch(branch: string, commit: string): Promise<Reply> {
    return await this.caller.rest('POST', 'git/refs', { ref: `refs/heads/${branch}`, sha: commit });
  }

  async deleteBranch(branch: string): Promise<Reply> {
    return await this.caller.rest('DELETE', `git/refs/heads/${branch}`);
  }

  /** The commit of a branch, or undefined. */
  async head(branch: string): Promise<string | undefined> {
    const { status, body } = await this.caller.rest('GET', `git/ref/heads/${branch}`);
    const sha = valueAt(body, 'object', 'sha');
    return status === 200 && typeof sha === 'string' ? sha : undefined;
  }

  /** The branches whose names begin so. */
  async listBranches(prefix: string): Promise<readonly string[]> {
    const { body } = await this.caller.rest('GET', `git/matching-refs/heads/${prefix}`);
    const refs = Array.isArray(body) ? body.map((ref) => String(valueAt(ref, 'ref'))) : [];
    return refs.map((ref) => ref.replace(/^refs\/heads\//, ''));
  }

  /** How the second commit stands to the first: commits ahead of it and behind it. */
  async compare(base: string, head: string): Promise<string> {
    const { body } = await this.waitFor(
      () => this.caller.rest('GET', `compare/${base}...${head}`),
      ({ status }) => status === 200,
    );
    return `${valueAt(body, 'ahead_by')} ahead, ${valueAt(body, 'behind_by')} behind`;
  }

  /** The text of a file, or undefined. */
  async readFile(revision: string, path: string): Promise<string | undefined> {
    const raw = 'application/vnd.github.raw+json';
    const where = `contents/${path}?ref=${encodeURIComponent(revision)}`;
    const { status, body } = await this.caller.rest('GET', where, undefined, raw);
    return status === 200 && typeof body === 'string' ? body : undefined;
  }

  async tryCommit(branch: string, expectedHeadOid: string, files: Readonly<Record<string, string>>) {
    const additions = Object.entries(files).map(([path, text]) => ({
      path,
      contents: Buffer.from(text).toString('base64'),
    }));
    const input = {
      branch: { repositoryNameWithOwner: this.caller.repository, branchName: branch },
      expectedHeadOid,
      message: { headline: 'Try what the action relies on' },
      fileChanges: { additions },
    };
    return await this.caller.graphql(COMMIT, { input });
  }

  /** Commits to a branch of its own as a person might, and waits until that is shown. */
  async commit(branch: string, parent: string, files: Readonly<Record<string, string>>): Promise<string> {
    const reply = await this.tryCommit(branch, parent, files);
    const oid = valueAt(reply.body, 'data', 'createCommitOnBranch', 'commit', 'oid');
    if (typeof oid !== 'string')
      throw new Error(`Nothing was committed to ${branch}: ${describeReply(reply)}`);
    await this.waitFor(
      () => this.head(branch),
      (head) => head === oid,
    );
    return oid;
  }

  /** Moves branches, and deletes those without `after`. */
  async updateRefs(moves: readonly RefMove[]): Promise<Reply> {
    const repositoryId = await this.once('repository id', async () =>
      valueAt((await this.caller.ask('id')).body, 'data', 'repository', 'id'),
    );
    const refUpdates = moves.map(({ branch, before, after = ZERO_OID, force }) => ({
      name: `refs/heads/${branch}`,
      beforeOid: before,
      afterOid: after,
      force,
    }));
    return await this.caller.graphql(
      'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }',
      { input: { repositoryId, refUpdates } },
    );
  }
}

export interface RefMove {
  readonly branch: string;
  readonly before: string;
  readonly after?: string;
  readonly force: boolean;
}

const COMMIT =
  'mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid author { name } signature { isValid } } } }';

function takeSha(reply: Reply): string {
  const sha = valueAt(reply.body, 'sha');
  if (typeof sha !== 'string' || listErrors(reply).length > 0) {
    throw new Error(`GitHub took no object: ${describeReply(reply)}`);
  }
  return sha;
}
