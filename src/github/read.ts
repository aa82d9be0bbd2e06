// Reads branches, files and trees of the repository.
import { createHash } from 'node:crypto';
import { type GitHub, HIDDEN_FILE } from './client.ts';
import { NoAnswer, noneIfMissing, Refusal } from './failure.ts';

/** A file at a commit. */
export interface FileAt {
  /** Its blob's id. */
  readonly oid: string;
  /** In bytes. */
  readonly size: number;
  /** As git has it: 0o100644, 0o120000 for a link. */
  readonly mode: number;
  /** `blob`, `tree` or `commit`. */
  readonly type: string;
}

/** A commit, and one file in it. */
export interface CommitAt {
  readonly oid: string;
  readonly file: FileAt | undefined;
}

/** The head of a branch, with one file there and at the head's first parent. */
export interface Head extends CommitAt {
  readonly parent: CommitAt | undefined;
}

/** What `HEAD_FIELDS` gives. */
export interface HeadReply {
  readonly target:
    | (CommitReply & { readonly parents?: { readonly nodes: readonly (CommitReply | null)[] | null } })
    | null;
}

interface CommitReply {
  readonly oid: string;
  readonly file?: FileAt | typeof HIDDEN_FILE | null;
}

const COMMIT_FIELDS = 'oid file(path: $path) { oid size mode type }';

/** The part of a query that reads a branch with the file `$path`. */
export const HEAD_FIELDS = `target { oid ... on Commit { ${COMMIT_FIELDS} parents(first: 1) { nodes { ${COMMIT_FIELDS} } } } }`;

/**
 * What `HEAD_FIELDS` gave; undefined when there is no such branch.
 * @throws {NoAnswer} when GitHub does not say where the branch is: it must not look as if it were absent.
 */
export async function readHeadReply(
  github: GitHub,
  ref: HeadReply | null,
  path: string,
  signal: AbortSignal,
): Promise<Head | undefined> {
  if (ref === null) return undefined;
  if (ref.target === null) throw new NoAnswer('the reply names a branch without its commit');
  const { target } = ref;
  const parent = target.parents?.nodes?.[0];
  const head = await readCommitReply(github, target, path, signal);
  return { ...head, parent: parent ? await readCommitReply(github, parent, path, signal) : undefined };
}

/** Only a file of over 10 MB takes another request. */
async function readCommitReply(
  github: GitHub,
  { oid, file }: CommitReply,
  path: string,
  signal: AbortSignal,
): Promise<CommitAt> {
  if (file !== HIDDEN_FILE) return { oid, file: file ?? undefined };
  const { repository } = await github.graphql<LargeFileReply>(
    `query ReadLargeFile($owner: String!, $name: String!, $expression: String!) {
      repository(owner: $owner, name: $name) {
        object(expression: $expression) { oid ... on Blob { byteSize } }
      }
    }`,
    { expression: `${oid}:${path}` },
    { signal },
  );
  const blob = repository.object;
  if (blob?.byteSize === undefined) throw new NoAnswer('the reply does not name a file that exists');
  return { oid, file: { oid: blob.oid, size: blob.byteSize, mode: 0o100644, type: 'blob' } };
}

interface LargeFileReply {
  readonly repository: { readonly object: { readonly oid: string; readonly byteSize?: number } | null };
}

/** The head of a branch and the file at a path there; undefined when there is no such branch. */
export async function readHead(
  github: GitHub,
  branch: string,
  path: string,
  signal: AbortSignal,
): Promise<Head | undefined> {
  const { repository } = await github.graphql<{ repository: { ref: HeadReply | null } }>(
    `query ReadBranch($owner: String!, $name: String!, $ref: String!, $path: String!) {
      repository(owner: $owner, name: $name) { ref(qualifiedName: $ref) { ${HEAD_FIELDS} } }
    }`,
    { ref: `refs/heads/${branch}`, path },
    { signal },
  );
  return await readHeadReply(github, repository.ref, path, signal);
}

/** A commit, and the file at a path in it; undefined when GitHub does not know the commit. */
export async function readCommit(
  github: GitHub,
  oid: string,
  path: string,
  signal: AbortSignal,
): Promise<CommitAt | undefined> {
  const { repository } = await github.graphql<{ repository: { object: CommitReply | null } }>(
    `query ReadCommit($owner: String!, $name: String!, $oid: GitObjectID!, $path: String!) {
      repository(owner: $owner, name: $name) { object(oid: $oid) { ... on Commit { ${COMMIT_FIELDS} } } }
    }`,
    { oid, path },
    { signal },
  );
  const { object } = repository;
  return object?.oid === undefined ? undefined : await readCommitReply(github, object, path, signal);
}

/** The commit that a branch is at; undefined when there is no such branch. */
export async function findBranch(
  github: GitHub,
  branch: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
  const reply = noneIfMissing(
    github.rest<{ readonly object: { readonly sha: string } }>(route, { ref: `heads/${branch}` }, { signal }),
  );
  return (await reply)?.object.sha;
}

/**
 * The bytes of a file, raw, because GraphQL cuts long texts, and proved by their length and id.
 * @throws {NoAnswer} when they do not come, or come altered.
 */
export async function readFile(github: GitHub, file: FileAt, signal: AbortSignal): Promise<Buffer> {
  return await github.readUntilShown(`the file ${file.oid}`, signal, async () => {
    const bytes = await noneIfMissing(github.blob(file.oid, file.size, signal));
    if (bytes === undefined || (bytes.length === file.size && computeBlobId(bytes) === file.oid))
      return bytes;
    return new NoAnswer(`a file came with ${bytes.length} of ${file.size} bytes, or altered`);
  });
}

/** The id of the blob that holds these bytes. */
export function computeBlobId(content: Uint8Array | string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0`)
    .update(content)
    .digest('hex');
}

/** Path → id of what stands there; a path that is not there is left out. */
export type ObjectIds = ReadonlyMap<string, string>;

/** Look-ups in one request: so many cost less than whole trees, and beyond them whole trees cost less. */
const LOOK_UP_BATCH = 50;

/**
 * What stands at some paths of some commits, in the order of the commits; undefined for a commit that GitHub does not know.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function findObjects(
  github: GitHub,
  commits: readonly string[],
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly (ObjectIds | undefined)[]> {
  if (paths.length > LOOK_UP_BATCH) {
    const trees = await Promise.all(commits.map((commit) => readWholeTree(github, commit, signal)));
    // GitHub cuts large trees: what a cut one does not list may be there all the same.
    if (!trees.includes('cut')) return trees.map((tree) => (tree === 'cut' ? undefined : tree));
  }
  const found = commits.map(() => new Map<string, string>());
  const isKnown = commits.map(() => false);
  for (let start = 0; start < paths.length; start += LOOK_UP_BATCH) {
    const batch = paths.slice(start, start + LOOK_UP_BATCH);
    const replies = await lookUpObjects(github, commits, batch, signal);
    for (const [index, { isCommit, oids }] of replies.entries()) {
      isKnown[index] = isCommit;
      for (const [path, oid] of oids) found[index]?.set(path, oid);
    }
  }
  return found.map((oids, index) => (isKnown[index] ? oids : undefined));
}

async function readWholeTree(
  github: GitHub,
  commit: string,
  signal: AbortSignal,
): Promise<ObjectIds | 'cut' | undefined> {
  const route = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}';
  const reply = await noneIfMissing(
    github.rest<TreeReply>(route, { tree_sha: commit, recursive: '1' }, { signal }),
  );
  if (reply === undefined) return undefined;
  return reply.truncated ? 'cut' : new Map(reply.tree.map(({ path, sha }) => [path, sha]));
}

interface TreeReply {
  readonly truncated: boolean;
  readonly tree: readonly { readonly path: string; readonly sha: string }[];
}

async function lookUpObjects(
  github: GitHub,
  commits: readonly string[],
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly { readonly isCommit: boolean; readonly oids: ObjectIds }[]> {
  const variables: Record<string, string> = {};
  const fields: string[] = [];
  for (const [c, commit] of commits.entries()) {
    variables[`c${c}`] = commit;
    fields.push(`c${c}: object(expression: $c${c}) { oid }`);
    for (const [p, path] of paths.entries()) {
      variables[`c${c}p${p}`] = `${commit}:${path}`;
      fields.push(`c${c}p${p}: object(expression: $c${c}p${p}) { oid }`);
    }
  }
  const declarations = Object.keys(variables).map((name) => `$${name}: String!`);
  const { repository } = await github.graphql<LookUpReply>(
    `query LookUpObjects($owner: String!, $name: String!, ${declarations.join(', ')}) {
      repository(owner: $owner, name: $name) { ${fields.join(' ')} }
    }`,
    variables,
    { signal },
  );
  return commits.map((_, c) => ({
    isCommit: Boolean(repository[`c${c}`]),
    oids: new Map(
      paths.flatMap((path, p) => {
        const oid = repository[`c${c}p${p}`]?.oid;
        return oid === undefined ? [] : [[path, oid]];
      }),
    ),
  }));
}

interface LookUpReply {
  readonly repository: Readonly<Record<string, { readonly oid: string } | null>>;
}

/** How a commit stands to another. */
export interface Comparison {
  /** Of the second commit: `ahead` of the first, `behind` it, `diverged` from it, or `identical`. */
  readonly status: string;
  /** The commit where their histories parted. */
  readonly mergeBase: string;
  /** Paths that differ between the merge base and the second commit, old names of renamed files among them; at most 300 files. */
  readonly paths: readonly string[];
  /** The second one's commits since the merge base, oldest first; GitHub lists the first ones. */
  readonly commits: readonly ComparedCommit[];
}

export interface ComparedCommit {
  readonly oid: string;
  /** First line of its message. */
  readonly headline: string;
  readonly author: string;
}

/**
 * Compares two commits: `unrelated` when they share no history, undefined when GitHub does not know one of them.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function compareCommits(
  github: GitHub,
  base: string,
  head: string,
  signal: AbortSignal,
): Promise<Comparison | 'unrelated' | undefined> {
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  try {
    const reply = await github.rest<CompareReply>(route, { basehead: `${base}...${head}` }, { signal });
    return {
      status: reply.status,
      mergeBase: reply.merge_base_commit.sha,
      paths: (reply.files ?? []).flatMap(({ filename, previous_filename }) =>
        previous_filename === undefined ? [filename] : [filename, previous_filename],
      ),
      commits: reply.commits.map(({ sha, commit }) => ({
        oid: sha,
        headline: commit.message.split('\n', 1)[0] ?? '',
        author: commit.author?.name ?? 'someone',
      })),
    };
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    return /no common ancestor/i.test(error.message) ? 'unrelated' : undefined;
  }
}

interface CompareReply {
  readonly status: string;
  readonly merge_base_commit: { readonly sha: string };
  readonly commits: readonly {
    readonly sha: string;
    readonly commit: { readonly message: string; readonly author: { readonly name?: string } | null };
  }[];
  readonly files?: readonly { readonly filename: string; readonly previous_filename?: string }[];
}
