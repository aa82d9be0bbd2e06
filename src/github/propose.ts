// Proposes one file by a pull request: a branch that is a head of its base with one commit.
import { randomBytes } from 'node:crypto';
import {
  BranchMoved,
  createCommit,
  type FilePlace,
  type MadeCommit,
  repeatWhileMoving,
  type SentCommits,
  type WriteOptions,
  type WrittenFile,
} from './commit.ts';
import { createBranch, deleteBranch, moveBranch } from './branches.ts';
import type { GitHub } from './client.ts';
import { type Comparison, compareCommits } from './compare.ts';
import {
  openPullRequest,
  type Proposal,
  type PublishedPullRequest,
  readProposal,
  updateBody,
} from './pulls.ts';
import { type FileAt, readCommit } from './read.ts';

/** A branch and the base that it is proposed for. */
export interface ProposalPlace extends FilePlace {
  readonly base: string;
}

/** What stands at the base, the branch and their merge base. */
export interface ProposalState extends Proposal {
  /** The branch against its base; undefined when there is no branch. */
  readonly comparison: Comparison | 'unrelated' | undefined;
  /** The file at their merge base. */
  readonly mergeBaseFile: FileAt | undefined;
}

/** A file to propose, and what its pull request is to say. */
export interface ProposedFile {
  readonly text: string;
  readonly title: string;
  readonly body: string;
  /** Whether the branch says the same already, in whatever form, and its base has not changed the file since their merge base. */
  readonly isOnBranch: boolean;
  /** Whether the description of an open pull request says the same, or was rewritten by a person. */
  readonly isUpToDate: (description: string) => boolean;
}

/** What became of a proposal. */
export interface ProposedResult<Decision> extends WrittenFile<Decision> {
  readonly pullRequest: PublishedPullRequest | undefined;
  /** Why the pull request could not be opened or updated although the branch holds the file. */
  readonly failure: unknown;
}

/**
 * Reads the state of a proposal.
 * @throws {StepError} when there is no base.
 */
export async function readState(
  github: GitHub,
  place: Pick<ProposalPlace, 'base' | 'branch' | 'path'>,
): Promise<ProposalState> {
  const proposal = await readProposal(github, place);
  const { base, branch } = proposal;
  if (branch === undefined) return { ...proposal, comparison: undefined, mergeBaseFile: undefined };
  // Heads that were read exist: where GitHub does not find them its reads lag.
  const comparison = await github.readUntilShown(`${base.oid} and ${branch.oid}`, () =>
    compareCommits(github, base.oid, branch.oid),
  );
  if (comparison === 'unrelated') return { ...proposal, comparison, mergeBaseFile: undefined };
  const { mergeBase } = comparison;
  const near = [base, branch, ...branch.parents].find(({ oid }) => oid === mergeBase);
  const far = () => readCommit(github, mergeBase, place.path);
  const { file } = near ?? (await github.readUntilShown(mergeBase, far));
  return { ...proposal, comparison, mergeBaseFile: file };
}

/**
 * Makes the branch propose what `decide` says; undefined proposes nothing and leaves everything alone.
 * @throws {BranchMoved | StepError} as `repeatWhileMoving` does.
 */
export async function proposeFile<Decision extends { readonly file: ProposedFile | undefined }>(
  github: GitHub,
  place: ProposalPlace,
  decide: (github: GitHub, state: ProposalState) => Promise<Decision>,
  options: WriteOptions<ProposalState>,
): Promise<ProposedResult<Decision>> {
  const { sent } = options;
  const read = (patient: GitHub) => readState(patient, place);
  let pushed: WrittenFile<Decision> | undefined;
  try {
    return await repeatWhileMoving(github, place.branch, options, read, async (patient, state) => {
      const decision = await decide(patient, state);
      const { file } = decision;
      if (file === undefined)
        return { decision, made: pushed?.made, pullRequest: undefined, failure: undefined };
      const made = file.isOnBranch
        ? (pushed?.made ?? (state.branch && sent.find(state.branch)))
        : await rebuildBranch(patient, place, state, file.text, sent);
      pushed = { decision, made };
      const pullRequest = await keepPullRequest(patient, place, state, file, made);
      return { ...pushed, pullRequest, failure: undefined };
    });
  } catch (error) {
    if (pushed === undefined) throw error;
    return { ...pushed, pullRequest: undefined, failure: error };
  }
}

/** What marks the name of a temporary branch, behind the name of the branch that it serves. */
const TEMPORARY_MARK = '-rebuild-';

/** Whether a branch is a temporary one of another. */
export function isTemporaryBranch(name: string, branch: string): boolean {
  const mark = branch + TEMPORARY_MARK;
  return name.startsWith(mark) && /^[0-9a-f]{12}$/.test(name.slice(mark.length));
}

/**
 * Makes the branch a head of the base with one commit. Resetting it there first would close its open pull request, so
 * the commit is made on a temporary branch, and the branch moves to it in one step.
 */
async function rebuildBranch(
  github: GitHub,
  place: ProposalPlace,
  { base, branch, repositoryId }: ProposalState,
  text: string,
  sent: SentCommits,
): Promise<MadeCommit> {
  const temporary = `${place.branch}${TEMPORARY_MARK}${randomBytes(6).toString('hex')}`;
  let isLeft = true;
  try {
    // Nobody else knows the random name: a branch that is there already is ours, the reply to its creation lost.
    await createBranch(github, temporary, base.oid).catch((error: unknown) => {
      if (!(error instanceof BranchMoved)) throw error;
    });
    const made = await createCommit(github, { ...place, branch: temporary }, base.oid, text);
    sent.add(base.oid, text);
    if (branch === undefined) await createBranch(github, place.branch, made.oid);
    else {
      const move = { repositoryId, branch: place.branch, before: branch.oid, after: made.oid };
      isLeft = !(await moveBranch(github, move, temporary));
    }
    return made;
  } finally {
    // Also when the run is being cancelled: a moment is left for it then. What stays is removed by the next run.
    const moment = AbortSignal.timeout(2_000);
    if (isLeft) await deleteBranch(github.within(moment), temporary).catch(() => {});
  }
}

/** Updates the open pull request, or opens one; undefined when it stays as it is. */
async function keepPullRequest(
  github: GitHub,
  { base, branch: head }: ProposalPlace,
  { pullRequests }: ProposalState,
  { title, body, isUpToDate }: ProposedFile,
  made: MadeCommit | undefined,
): Promise<PublishedPullRequest | undefined> {
  const open = pullRequests.find(({ state }) => state === 'OPEN');
  const isOld = open !== undefined && !isUpToDate(open.body);
  // One that was merged or closed since it was read: the commit came too late for it.
  if (open === undefined || (isOld && !(await updateBody(github, open.number, body)))) {
    return await openPullRequest(github, { base, head, title, body });
  }
  if (!isOld && made === undefined) return undefined;
  const { number, url } = open;
  return { number, url, change: 'updated', isByActions: made?.isByActions === true };
}
