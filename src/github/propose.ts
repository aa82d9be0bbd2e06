// Proposes one file by a pull request: a branch that is a head of its base with one commit.
import { randomBytes } from 'node:crypto';
import { BranchMoved, repeatWhileMoving, type WriteOptions } from './attempts.ts';
import { createBranch, deleteBranch, moveBranchOver } from './branches.ts';
import type { GitHub } from './client.ts';
import { createCommit, type FilePlace, findSent, type MadeCommit, type SentCommit } from './commit.ts';
import { type Comparison, compareCommits } from './compare.ts';
import { refuseAbsent } from './failure.ts';
import {
  openPullRequest,
  type Proposal,
  type PublishedPullRequest,
  type PullRequestText,
  readProposal,
  updateBody,
} from './pulls.ts';
import { computeBlobId, type FileAt, type Head, readCommit } from './read.ts';

/** A branch and the base that it is proposed for. */
export interface ProposalPlace extends FilePlace {
  readonly base: string;
  readonly message: string;
}

/** What stands at the base and the branch, and where they parted. */
export interface ProposalState extends Proposal {
  /** The branch against its base; undefined when there is no branch. */
  readonly comparison: Comparison | 'unrelated' | undefined;
  /** The file where they parted. */
  readonly partedFile: FileAt | undefined;
}

/** A state whose base exists. */
export type BasedState = ProposalState & { readonly base: Head };

/** A file to propose. */
export interface ProposedFile extends PullRequestText {
  readonly text: string;
  /** Whether the branch says the same already, in whatever form, and its base has not changed the file since they parted. */
  readonly isSaid: boolean;
  /** Whether the description of an open pull request says the same, or was rewritten by a person. */
  readonly isUpToDate: (description: string) => boolean;
}

/** What became of a proposal, and the decision that was carried out. */
export interface ProposedResult<Decision> {
  readonly decision: Decision;
  readonly made: MadeCommit | undefined;
  readonly pullRequest: (PublishedPullRequest & { readonly isByActions: boolean }) | undefined;
  /** Why the pull request could not be opened or updated although the branch holds the file. */
  readonly failure: unknown;
}

/** Reads the state of a proposal. */
export async function readState(
  github: GitHub,
  place: ProposalPlace,
  signal: AbortSignal,
): Promise<ProposalState> {
  const proposal = await readProposal(github, place, signal);
  const { base, branch } = proposal;
  if (base === undefined || branch === undefined) {
    return { ...proposal, comparison: undefined, partedFile: undefined };
  }
  // Heads that were read exist: where GitHub does not find them its reads lag.
  const comparison = await github.readUntilShown(`${base.oid} and ${branch.oid}`, signal, () =>
    compareCommits(github, base.oid, branch.oid, signal),
  );
  if (comparison === 'unrelated') return { ...proposal, comparison, partedFile: undefined };
  const near = [base, branch, branch.parent].find((commit) => commit?.oid === comparison.mergeBase);
  const parted =
    near ??
    (await github.readUntilShown(comparison.mergeBase, signal, () =>
      readCommit(github, comparison.mergeBase, place.path, signal),
    ));
  return { ...proposal, comparison, partedFile: parted.file };
}

/**
 * Makes the branch propose what `decide` says; undefined proposes nothing and leaves everything alone. It begins with
 * `start` and reads anew whenever a branch moved.
 * @throws {BranchMoved | StepError | Refusal | NoAnswer}
 */
export async function proposeFile<Decision extends { readonly file: ProposedFile | undefined }>(
  github: GitHub,
  place: ProposalPlace,
  start: BasedState | undefined,
  decide: (state: BasedState) => Promise<Decision>,
  options: WriteOptions,
): Promise<ProposedResult<Decision>> {
  const { signal } = options;
  const sent: SentCommit[] = [];
  let known = start;
  let pushed: { readonly decision: Decision; readonly made: MadeCommit | undefined } | undefined;
  try {
    return await repeatWhileMoving(github, place.branch, options, async () => {
      const state = known ?? (await readState(github, place, signal));
      known = undefined;
      if (!hasBase(state)) throw refuseAbsent(`the branch ${place.base} is gone`);
      const decision = await decide(state);
      const { file } = decision;
      if (file === undefined)
        return { decision, made: pushed?.made, pullRequest: undefined, failure: undefined };
      const made = file.isSaid
        ? (pushed?.made ?? (state.branch && findSent(state.branch, sent)))
        : await rebuildBranch(github, place, state, file.text, sent, signal);
      pushed = { decision, made };
      const pullRequest = await keepPullRequest(github, place, state, file, made, signal);
      return { decision, made, pullRequest, failure: undefined };
    });
  } catch (error) {
    if (pushed === undefined) throw error;
    return { ...pushed, pullRequest: undefined, failure: error };
  }
}

function hasBase(state: ProposalState): state is BasedState {
  return state.base !== undefined;
}

/** What marks the name of a temporary branch, behind the name of the branch that it serves. */
const TEMPORARY_MARK = '-rebuild-';

/** Whether a branch is a temporary one of another. */
export function isTemporaryBranch(name: string, branch: string): boolean {
  return name.startsWith(branch + TEMPORARY_MARK);
}

/**
 * Makes the branch a head of the base with one commit. Resetting it there first would close its open pull request, so
 * the commit is made on a temporary branch, and the branch moves to it in one step.
 */
async function rebuildBranch(
  github: GitHub,
  place: ProposalPlace,
  { base, branch, repositoryId }: BasedState,
  text: string,
  sent: SentCommit[],
  signal: AbortSignal,
): Promise<MadeCommit> {
  const temporary = `${place.branch}${TEMPORARY_MARK}${randomBytes(6).toString('hex')}`;
  let isLeft = true;
  try {
    await createTemporary(github, temporary, base.oid, signal);
    const made = await createCommit(github, { ...place, branch: temporary, parent: base.oid, text }, signal);
    sent.push({ parent: base.oid, blob: computeBlobId(text) });
    if (branch === undefined) await createBranch(github, place.branch, made.oid, signal);
    else {
      const move = { repositoryId, branch: place.branch, before: branch.oid, after: made.oid };
      isLeft = !(await moveBranchOver(github, move, temporary, signal));
    }
    return made;
  } finally {
    // Also when the run is being cancelled: a moment is left for it then. What stays is removed by the next run.
    if (isLeft) await deleteBranch(github, temporary, AbortSignal.timeout(2_000)).catch(() => {});
  }
}

/** Nobody else knows the random name: a branch that is there already is ours, the reply to its creation lost. */
async function createTemporary(
  github: GitHub,
  branch: string,
  commit: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await createBranch(github, branch, commit, signal);
  } catch (error) {
    if (!(error instanceof BranchMoved)) throw error;
  }
}

/** Updates the open pull request, or opens one; undefined when it stays as it is. */
async function keepPullRequest(
  github: GitHub,
  { base, branch: head }: ProposalPlace,
  { pullRequests }: BasedState,
  { title, body, isUpToDate }: ProposedFile,
  made: MadeCommit | undefined,
  signal: AbortSignal,
): Promise<ProposedResult<unknown>['pullRequest']> {
  const open = pullRequests.find(({ state }) => state === 'OPEN');
  if (open === undefined) return await openPullRequest(github, { base, head, title, body }, signal);
  const { number, url } = open;
  const isOld = !isUpToDate(open.body);
  if (isOld && !(await updateBody(github, number, body, signal))) {
    // It was merged or closed since it was read, and the commit came too late for it.
    return await openPullRequest(github, { base, head, title, body }, signal);
  }
  if (!isOld && made === undefined) return undefined;
  return { number, url, change: 'updated', isByActions: made?.isByActions === true };
}
