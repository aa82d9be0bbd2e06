// Reads branches and files of the repository.
import { createHash } from 'node:crypto';
import type { GitHub } from './client.ts';
import { NoAnswer, noneIfMissing } from './failure.ts';
import { LARGE_FILE } from './replies.ts';

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
  readonly file?: FileAt | typeof LARGE_FILE | null;
}

const COMMIT_FIELDS = 'oid file(path: $path) { oid size mode type }';

/** The part of a query that reads a branch with the file `$path`. */
export const HEAD_FIELDS = `target { oid ... on Commit { ${COMMIT_FIELDS} parents(first: 1) { nodes { ${COMMIT_FIELDS} } } } }`;

/**
 * Completes what `HEAD_FIELDS` gave; undefined when there is no such branch.
 * @throws {NoAnswer} when GitHub does not say where the branch is: it must not look as if it were absent.
 */
export async function completeHead(
  github: GitHub,
  ref: HeadReply | null,
  path: string,
  signal: AbortSignal,
): Promise<Head | undefined> {
  if (ref === null) return undefined;
  if (ref.target === null) throw new NoAnswer('the reply names a branch without its commit');
  const { target } = ref;
  const parent = target.parents?.nodes?.[0];
  return {
    ...(await completeCommit(github, target, path, signal)),
    parent: parent ? await completeCommit(github, parent, path, signal) : undefined,
  };
}

async function completeCommit(
  github: GitHub,
  { oid, file }: CommitReply,
  path: string,
  signal: AbortSignal,
): Promise<CommitAt> {
  if (file !== LARGE_FILE) return { oid, file: file ?? undefined };
  const { repository } = await github.graphql<{ repository: { object: LargeReply | null } }>(
    `query ReadLargeFile($owner: String!, $name: String!, $expression: String!) {
      repository(owner: $owner, name: $name) { object(expression: $expression) { oid ... on Blob { byteSize } } }
    }`,
    { expression: `${oid}:${path}` },
    { signal },
  );
  const { object } = repository;
  if (object === null) throw new NoAnswer(`GitHub does not find ${path} at ${oid}, which exists`);
  // No link is as large.
  return { oid, file: { oid: object.oid, size: object.byteSize, mode: 0o100644, type: 'blob' } };
}

interface LargeReply {
  readonly oid: string;
  readonly byteSize: number;
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
  return await completeHead(github, repository.ref, path, signal);
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
  return object?.oid === undefined ? undefined : await completeCommit(github, object, path, signal);
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
