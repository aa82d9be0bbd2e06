// Commits one file to a branch that must still be where it was read: a compare-and-swap.
import { describeError } from '../text/errors.ts';
import { BranchMoved, repeatWhileMoving, type WriteOptions } from './attempts.ts';
import type { GitHub } from './client.ts';
import { NoAnswer, Refusal } from './failure.ts';
import { computeBlobId, findBranch, type Head, readHead } from './read.ts';
import { isUnrelatedToHead } from './refusals.ts';

/** The file of one branch, and how it is committed. */
export interface FilePlace {
  readonly branch: string;
  /** Repository-relative. */
  readonly path: string;
  /** The commit's message. */
  readonly message: string;
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
 * Makes the file on a branch say what `decide` says of the branch's head; without a text it stays as it is.
 * @throws {BranchMoved | StepError} as `repeatWhileMoving` does.
 */
export async function commitFile<Decision extends { readonly text: string | undefined }>(
  github: GitHub,
  place: FilePlace,
  decide: (github: GitHub, head: Head) => Promise<Decision>,
  options: WriteOptions<Head>,
): Promise<WrittenFile<Decision>> {
  const { branch, path } = place;
  const sent: SentCommit[] = [];
  return await repeatWhileMoving(github, branch, options, {
    read: (patient) => readHead(patient, branch, path),
    attempt: async (patient, head) => {
      const decision = await decide(patient, head);
      const { text } = decision;
      if (text === undefined) return { decision, made: findSent(head, sent) };
      sent.push({ parent: head.oid, blob: computeBlobId(text) });
      return { decision, made: await createCommit(patient, place, head.oid, text) };
    },
  });
}

/** An earlier attempt of this run, its reply lost: the branch's head tells. */
export function findSent(head: Head, sent: readonly SentCommit[]): MadeCommit | undefined {
  const isSent = sent.some(({ parent, blob }) => head.parents[0]?.oid === parent && head.file?.oid === blob);
  return isSent ? { oid: head.oid, isByActions: false } : undefined;
}

/**
 * Makes a commit by GitHub's own hand: it is signed, and refused when the branch is not at `parent`.
 * @throws {BranchMoved} when it is not.
 */
export async function createCommit(
  github: GitHub,
  { branch, path, message }: FilePlace,
  parent: string,
  text: string,
): Promise<MadeCommit> {
  const [headline = '', ...rest] = message.trim().split(/\r?\n/);
  const input = {
    branch: { repositoryNameWithOwner: `${github.owner}/${github.name}`, branchName: branch },
    expectedHeadOid: parent,
    message: { headline, body: rest.join('\n').trim() },
    fileChanges: { additions: [{ path, contents: Buffer.from(text).toString('base64') }] },
  };
  try {
    const reply = await github.mutate('createCommitOnBranch', input, {
      fields: 'commit { oid author { name } }',
    });
    const made = reply?.commit;
    if (!made) throw new NoAnswer('the reply to the commit holds no commit');
    return { oid: made.oid, isByActions: made.author?.name === ACTIONS_LOGIN };
  } catch (error) {
    if (!(await hasMoved(github, error, branch, parent))) throw error;
    throw new BranchMoved(describeError(error), { cause: error });
  }
}

/**
 * Whether a commit was refused, or left unanswered, because its branch is elsewhere by now. Writes that collide inside of
 * GitHub are not always refused as stale, so the branch itself is asked.
 */
async function hasMoved(github: GitHub, error: unknown, branch: string, parent: string): Promise<boolean> {
  if (!(error instanceof Refusal || error instanceof NoAnswer) || github.signal.aborted) return false;
  if (error instanceof Refusal && error.types.includes('STALE_DATA')) return true;
  if (error instanceof Refusal && isUnrelatedToHead(error)) return false;
  return (await findBranch(github, branch).catch(() => parent)) !== parent;
}
