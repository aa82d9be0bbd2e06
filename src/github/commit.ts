// Commits one file to a branch that must still be where it was read, a compare-and-swap, and begins again while others move it.
import { computeBackoff } from '../network/retry.ts';
import { describeError, StepError } from '../text/errors.ts';
import { endSentence } from '../text/text.ts';
import type { GitHub } from './client.ts';
import { NoAnswer, Refusal, RequestFailure } from './failure.ts';
import { computeBlobId, findBranch, type Head, readHead } from './read.ts';
import { isUnrelatedToHead } from './refusals.ts';

/** The branch is not where it was when it was read: read it again, decide again, try again. */
export class BranchMoved extends Error {
  override readonly name = 'BranchMoved';
}

const BACKOFF = { baseMs: 500, capMs: 10_000 };
const MAX_MOVING_MS = 3 * 60_000;
/** How long requests without an answer are repeated while writing: by then there are uploads to lose. */
const PATIENCE_MS = 75_000;

/** How writing begins and goes on. */
export interface WriteOptions<State> {
  /** What is known of the branch; undefined reads it first. */
  readonly start: State | undefined;
  /** One attempt alone: a branch that moved ends it with `BranchMoved`. */
  readonly once: boolean;
  /** Commits of the run that may have arrived without a reply; attempts add theirs. */
  readonly sent: SentCommits;
}

/**
 * Repeats an attempt while others move the branch under it, with full jitter, for up to three minutes; each further one
 * gets what `read` gives then.
 * @throws {BranchMoved} when there is to be one attempt alone.
 * @throws {StepError} when the time is over or the signal is aborted.
 */
export async function repeatWhileMoving<State, T>(
  github: GitHub,
  branch: string,
  { start, once }: Pick<WriteOptions<State>, 'start' | 'once'>,
  read: (github: GitHub) => Promise<State>,
  attempt: (github: GitHub, state: State) => Promise<T>,
): Promise<T> {
  const { timing, signal } = github;
  const patient = github.within(signal, PATIENCE_MS);
  const begin = timing.now();
  let known = start;
  try {
    for (let failures = 1; ; failures += 1) {
      try {
        return await attempt(patient, known ?? (await read(patient)));
      } catch (error) {
        if (!(error instanceof BranchMoved) || once) throw error;
        if (timing.now() - begin >= MAX_MOVING_MS) throw describeMoving(branch, error);
      }
      known = undefined;
      await github.pause(computeBackoff(BACKOFF, failures, timing.random));
    }
  } catch (error) {
    // The reason itself is told by whoever aborted.
    if (!signal.aborted || (error instanceof StepError && error !== signal.reason)) throw error;
    throw new StepError(
      'publishing-cut-short',
      `Publishing to the branch ${branch} was given up because the run is ending; it is not known whether the last commit arrived. The manifest stays in the workspace; the next run publishes again what is still missing.`,
      { cause: error },
    );
  }
}

function describeMoving(branch: string, error: BranchMoved): StepError {
  return new StepError(
    'branch-moving',
    `The branch ${branch} kept moving for three minutes, so publishing was given up: ${endSentence(error.message)} The manifest stays in the workspace. Run fewer jobs at once, or use one job with more \`concurrency\`.`,
    { cause: error },
  );
}

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

/** The commits that a run sent: one whose reply was lost is known by its parent and its file. */
export class SentCommits {
  readonly #parents = new Map<string, string>();

  add(parent: string, text: string): void {
    this.#parents.set(computeBlobId(text), parent);
  }

  /** Forgets those that are known to have arrived. */
  clear(): void {
    this.#parents.clear();
  }

  /** The commit at the head, or right below it, if it is one of these. */
  find({ oid, file, parents: [parent] }: Head): MadeCommit | undefined {
    if (parent === undefined) return undefined;
    if (this.#parents.get(file?.oid ?? '') === parent.oid) return { oid, isByActions: false };
    const sentOn = this.#parents.get(parent.file?.oid ?? '');
    return sentOn !== undefined && sentOn === parent.parentOid
      ? { oid: parent.oid, isByActions: false }
      : undefined;
  }
}

/** The name of GITHUB_TOKEN, as login and as author. */
export const ACTIONS_LOGIN = 'github-actions[bot]';

/**
 * Makes the file on a branch say what `decide` says of the branch's head; without a new text it stays as it is.
 * @throws {BranchMoved | StepError} as `repeatWhileMoving` does.
 */
export async function commitFile<Decision extends { readonly newText: string | undefined }>(
  github: GitHub,
  place: FilePlace,
  decide: (github: GitHub, head: Head) => Promise<Decision>,
  options: WriteOptions<Head>,
): Promise<WrittenFile<Decision>> {
  const { branch, path } = place;
  const { sent } = options;
  const read = (patient: GitHub) => readHead(patient, branch, path);
  return await repeatWhileMoving(github, branch, options, read, async (patient, head) => {
    const decision = await decide(patient, head);
    const { newText } = decision;
    if (newText === undefined) return { decision, made: sent.find(head) };
    sent.add(head.oid, newText);
    return { decision, made: await createCommit(patient, place, head.oid, newText) };
  });
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
    const fields = 'commit { oid author { name } }';
    const made = (await github.mutate('createCommitOnBranch', input, { fields }))?.commit;
    if (!made || !/^[0-9a-f]{40,64}$/.test(made.oid))
      throw new NoAnswer('the reply to the commit holds no commit');
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
  if (!(error instanceof RequestFailure) || github.signal.aborted) return false;
  if (error instanceof Refusal && error.types.includes('STALE_DATA')) return true;
  if (error instanceof Refusal && isUnrelatedToHead(error)) return false;
  return (await findBranch(github, branch).catch(() => parent)) !== parent;
}
