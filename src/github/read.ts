// Reads branches and files of the repository.
import type { Blob, Commit, Ref } from '@octokit/graphql-schema';
import { createHash } from 'node:crypto';
import { StepError } from '../text/errors.ts';
import type { GitHub } from './client.ts';
import { NoAnswer, noneIfRefused } from './failure.ts';
import { decodeBlob, LARGE_FILE } from './replies.ts';

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
  /** What the entry leads to, where it was asked for along with it; GraphQL cuts long texts. */
  readonly object?: { readonly text?: string | null } | null;
}

/** A commit, and one file in it. */
export interface CommitAt {
  readonly oid: string;
  readonly file: FileAt | undefined;
}

/** The head of a branch, with one file there and at the head's first two parents. */
export interface Head extends CommitAt {
  readonly parents: readonly (CommitAt & { readonly parentOid: string | undefined })[];
}

type CommitReply = Pick<Commit, 'oid'> & {
  readonly file?: FileAt | typeof LARGE_FILE | null;
  readonly parents?: { readonly nodes?: readonly (CommitReply | null)[] | null };
};

const COMMIT_FIELDS = 'oid file(path: $path) { oid size mode type }';
const COMMIT_FIELDS_WITH_TEXT =
  'oid file(path: $path) { oid size mode type object { ... on Blob { text } } }';

/** The part of a query that reads a branch with the file `$path`. */
export const HEAD_FIELDS = selectHead(COMMIT_FIELDS);
/** The same with the file's text, which saves a request where it is sure to be needed. */
export const HEAD_FIELDS_WITH_TEXT = selectHead(COMMIT_FIELDS_WITH_TEXT);

function selectHead(fields: string): string {
  const parents = `parents(first: 2) { nodes { ${fields} parents(first: 1) { nodes { oid } } } }`;
  return `target { oid ... on Commit { ${fields} ${parents} } }`;
}

/**
 * Completes what `HEAD_FIELDS` gave; undefined when there is no such branch.
 * @throws {NoAnswer} when GitHub does not say where the branch is: it must not look as if it were absent.
 */
export async function completeHead(
  github: GitHub,
  ref: Ref | null | undefined,
  path: string,
): Promise<Head | undefined> {
  if (!ref) return undefined;
  if (!ref.target) throw new NoAnswer('the reply names a branch without its commit');
  // Git lets a branch be at nothing else.
  const target = ref.target as CommitReply;
  const parents = listParents(target).map(async (parent) => ({
    ...(await completeCommit(github, parent, path)),
    parentOid: listParents(parent)[0]?.oid,
  }));
  return { ...(await completeCommit(github, target, path)), parents: await Promise.all(parents) };
}

function listParents({ parents }: CommitReply): readonly CommitReply[] {
  return (parents?.nodes ?? []).flatMap((parent) => parent ?? []);
}

async function completeCommit(github: GitHub, { oid, file }: CommitReply, path: string): Promise<CommitAt> {
  if (file !== LARGE_FILE) return { oid, file: file ?? undefined };
  const fields = 'object(expression: $expression) { oid ... on Blob { byteSize } }';
  const variables = { expression: `${oid}:${path}` };
  const { object } = await github.query('ReadLargeFile', '$expression: String!', fields, variables);
  if (!object) throw new NoAnswer(`GitHub does not find ${path} at ${oid}, which exists`);
  // No link is as large.
  const { oid: blob, byteSize: size } = object as Blob;
  return { oid, file: { oid: blob, size, mode: 0o100644, type: 'blob' } };
}

/**
 * The head of a branch and the file at a path there.
 * @throws {StepError} when there is no such branch.
 */
export async function readHead(github: GitHub, branch: string, path: string): Promise<Head> {
  const fields = `ref(qualifiedName: $ref) { ${HEAD_FIELDS} }`;
  const variables = { ref: `refs/heads/${branch}`, path };
  const { ref } = await github.query('ReadBranch', '$ref: String!, $path: String!', fields, variables);
  return (await completeHead(github, ref, path)) ?? refuseMissing(github, branch);
}

/**
 * Refuses to go on without a branch.
 * @throws {StepError} that names the remedy.
 */
export function refuseMissing({ owner, name }: GitHub, branch: string): never {
  throw new StepError(
    'branch-missing',
    `There is no branch ${branch} in ${owner}/${name}, or the token cannot see it. Create it, or set \`target-branch\` to a branch that exists.`,
  );
}

/** A commit, and the file at a path in it; undefined when GitHub does not know the commit. */
export async function readCommit(github: GitHub, oid: string, path: string): Promise<CommitAt | undefined> {
  const fields = `object(oid: $oid) { ... on Commit { ${COMMIT_FIELDS_WITH_TEXT} } }`;
  const declarations = '$oid: GitObjectID!, $path: String!';
  const { object } = await github.query('ReadCommit', declarations, fields, { oid, path });
  return object?.oid === undefined ? undefined : await completeCommit(github, object as CommitReply, path);
}

/** The commit that a branch is at; undefined when there is no such branch. */
export async function findBranch(github: GitHub, branch: string): Promise<string | undefined> {
  const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
  const reply = await noneIfRefused(github.rest(route, { ref: `heads/${branch}` }), 404);
  return reply?.object.sha;
}

/**
 * The bytes of a file, proved by their id. GraphQL cuts long texts, REST does not.
 * @throws {NoAnswer} when they do not come, or come altered.
 */
export async function readFile(github: GitHub, { oid, size, object }: FileAt): Promise<Buffer> {
  const known = Buffer.from(object?.text ?? '');
  if (computeBlobId(known) === oid) return known;
  return await github.readUntilShown(`the ${size} bytes of the file ${oid}`, async () => {
    const reply = await noneIfRefused(github.blob(oid), 404);
    if (reply === undefined || computeBlobId(reply) === oid) return reply;
    const bytes = decodeBlob(reply);
    return computeBlobId(bytes) === oid ? bytes : undefined;
  });
}

/** The id of the blob that holds these bytes. */
export function computeBlobId(content: Uint8Array | string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0`)
    .update(content)
    .digest('hex');
}
