// Commits one file to a branch that must still be where it was read: a compare-and-swap.
import { describeError } from '../text/errors.ts';
import { BranchMoved, repeatWhileMoving, type WriteOptions } from './attempts.ts';
import type { GitHub } from './client.ts';
import { NoAnswer, Refusal, refuseAbsent } from './failure.ts';
import { type CommitAt, computeBlobId, type FileAt, findBranch, type Head, readHead } from './read.ts';
import { isUnrelatedToHead } from './refusals.ts';

/** The file of one branch. */
export interface FilePlace {
  readonly branch: string;
  /** Repository-relative. */
  readonly path: string;
}

/** A commit of our own. */
export interface MadeCommit {
  readonly oid: string;
  /** Whether GITHUB_TOKEN made it: its commits and pull requests start no workflow runs by themselves. */
  readonly isByActions: boolean;
}

/** What became of a file, and the decision that was carried out. */
export interface WrittenFile<Decision> {
  readonly decision: Decision;
  /** The branch as it is now, as far as this run knows. */
  readonly head: Head;
  /** The last commit that was made, if one was needed. */
  readonly made: MadeCommit | undefined;
}

/** A commit that was sent: what tells it at the branch when its reply was lost. */
export interface SentCommit {
  readonly parent: string;
  readonly blob: string;
}

/** The name of GITHUB_TOKEN, as login and as author. */
export const ACTIONS_LOGIN = 'github-actions[bot]';

/**
 * Makes the file on a branch say what `decide` says of the branch's head; without a text it stays as it is. It begins
 * with `start`, if that is known, and reads the branch anew whenever it moved.
 * @throws {BranchMoved | StepError | Refusal | NoAnswer}
 */
export async function commitFile<Decision extends { readonly text: string | undefined }>(
  github: GitHub,
  place: FilePlace & { readonly message: string },
  start: Head | undefined,
  decide: (head: Head) => Promise<Decision>,
  options: WriteOptions,
): Promise<WrittenFile<Decision>> {
  const { branch, path } = place;
  const sent: SentCommit[] = [];
  let known = start;
  return await repeatWhileMoving(github, branch, options, async () => {
    const head = known ?? (await readHead(github, branch, path, options.signal));
    known = undefined;
    if (head === undefined) throw refuseAbsent(`the branch ${branch} is gone`);
    const decision = await decide(head);
    const { text } = decision;
    if (text === undefined) return { decision, head, made: findSent(head, sent) };
    sent.push({ parent: head.oid, blob: computeBlobId(text) });
    const made = await createCommit(github, { ...place, parent: head.oid, text }, options.signal);
    return { decision, head: describeHead(head, made, text), made };
  });
}

/** An earlier attempt of this run, its reply lost: the branch's head tells. */
export function findSent(head: Head, sent: readonly SentCommit[]): MadeCommit | undefined {
  const isSent = sent.some(({ parent, blob }) => head.parent?.oid === parent && head.file?.oid === blob);
  return isSent ? { oid: head.oid, isByActions: false } : undefined;
}

/** The head that a commit made of another. */
function describeHead(before: CommitAt, made: MadeCommit, text: string): Head {
  return { oid: made.oid, file: describeFile(text), parent: { oid: before.oid, file: before.file } };
}

function describeFile(text: string): FileAt {
  return { oid: computeBlobId(text), size: Buffer.byteLength(text), mode: 0o100644, type: 'blob' };
}

/** A commit of one file, to be made on a branch that is at `parent`. */
export interface CommitDetails extends FilePlace {
  readonly parent: string;
  readonly text: string;
  readonly message: string;
}

/**
 * Makes a commit by GitHub's own hand: it is signed, and refused when the branch is elsewhere.
 * @throws {BranchMoved} when it is.
 */
export async function createCommit(
  github: GitHub,
  { branch, parent, path, text, message }: CommitDetails,
  signal: AbortSignal,
): Promise<MadeCommit> {
  const [headline = '', ...rest] = message.trim().split(/\r?\n/);
  const input = {
    branch: { repositoryNameWithOwner: `${github.owner}/${github.name}`, branchName: branch },
    expectedHeadOid: parent,
    message: { headline, body: rest.join('\n').trim() },
    fileChanges: { additions: [{ path, contents: Buffer.from(text).toString('base64') }] },
  };
  try {
    const { createCommitOnBranch } = await github.graphql<CreateCommitReply>(
      `mutation($input: CreateCommitOnBranchInput!) {
        createCommitOnBranch(input: $input) { commit { oid author { name } } }
      }`,
      { input },
      { signal },
    );
    const made = createCommitOnBranch?.commit;
    if (!made) throw new NoAnswer('the reply to the commit holds no commit');
    return { oid: made.oid, isByActions: made.author?.name === ACTIONS_LOGIN };
  } catch (error) {
    if (await hasMoved(github, error, branch, parent, signal)) {
      throw new BranchMoved(describeError(error), { cause: error });
    }
    throw error;
  }
}

/**
 * Whether a commit was refused, or left unanswered, because its branch is elsewhere by now. Writes that collide inside of
 * GitHub are not always refused as stale, so the branch itself is asked.
 */
async function hasMoved(
  github: GitHub,
  error: unknown,
  branch: string,
  parent: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(error instanceof Refusal || error instanceof NoAnswer) || signal.aborted) return false;
  if (error instanceof Refusal && error.types.includes('STALE_DATA')) return true;
  if (error instanceof Refusal && isUnrelatedToHead(error)) return false;
  return (await findBranch(github, branch, signal).catch(() => parent)) !== parent;
}

interface CreateCommitReply {
  readonly createCommitOnBranch: {
    readonly commit: {
      readonly oid: string;
      readonly author: { readonly name: string | null } | null;
    } | null;
  } | null;
}
