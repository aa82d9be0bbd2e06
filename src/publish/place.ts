// Where a run publishes, and whether the branch there is the action's own and its name free: pure.
import type { ProposalState } from '../github/propose.ts';
import { findDefault } from '../inputs/described.ts';
import { findClosing, isPullRequestEvent, parseBranchRef, type RunEvent } from '../inputs/event.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { OWN_BRANCHES } from '../inputs/trust.ts';
import { StepError } from '../text/errors.ts';
import { valueAt } from '../text/json.ts';
import { nameSome } from '../text/text.ts';
import { BODY_MARKER } from './pull-request-text.ts';

/** A branch to commit to, or a branch that is proposed for its base. */
export type Place = CommitPlace | PullRequestPlace;

export interface CommitPlace {
  readonly kind: 'commit';
  readonly branch: string;
  /** Whether the branch is the head of the pull request under test. */
  readonly isPullRequestHead: boolean;
}

export interface PullRequestPlace {
  readonly kind: 'pull-request';
  readonly base: string;
  /** Head branch of the pull request. */
  readonly branch: string;
}

/** A mode that publishes, and the path of the manifest, relative to the repository's root. */
export type PlaceInputs = Pick<Inputs, 'mode' | 'targetBranch' | 'pullRequestBranch' | 'manifestPath'>;

/**
 * Finds the place: on an open pull request its head branch, on one that is merged its base, else the branch of the
 * run, unless `target-branch` says otherwise. Whether the event may publish at all is decided elsewhere.
 * @throws {StepError} when no branch follows from the run, or base and head are the same.
 */
export function resolvePlace(inputs: PlaceInputs, event: Pick<RunEvent, 'name' | 'payload' | 'ref'>): Place {
  const head = inputs.targetBranch === undefined ? findOpenHead(event) : undefined;
  const target = inputs.targetBranch ?? head ?? findBaseOfMerged(event) ?? parseBranchRef(event.ref);
  if (target === undefined) {
    throw new StepError(
      'branch-unknown',
      `The run belongs to no branch (its ref is ${event.ref || 'unknown'}), so \`mode: ${inputs.mode}\` cannot know where to publish. ` +
        'Set `target-branch`, for example to `main`.',
    );
  }
  if (inputs.mode === 'commit') {
    return { kind: 'commit', branch: target, isPullRequestHead: head !== undefined };
  }
  const branch = inputs.pullRequestBranch ?? nameOwnBranch(target, inputs.manifestPath);
  if (branch === target) {
    throw new StepError(
      'branch-is-base',
      `\`pull-request-branch\` and the base of the pull request are both ${target}. Choose a branch that is the action's own.`,
    );
  }
  return { kind: 'pull-request', base: target, branch };
}

/**
 * The branch for pull requests to a base, unless an input names one. Each manifest has its own, so that several numbers
 * do not share a pull request.
 */
export function nameOwnBranch(base: string, manifestPath: string): string {
  const branch = OWN_BRANCHES + base;
  if (manifestPath === findDefault('manifest-path')) return branch;
  const slug = manifestPath
    .replace(/\.json$/, '')
    .replace(/[^\p{L}\p{N}._]/gu, '-')
    // Git takes no branch with these.
    .replace(/\.(?=\.|lock$|$)/g, '-');
  return `${branch}+${slug}`;
}

function findOpenHead(event: Pick<RunEvent, 'name' | 'payload'>): string | undefined {
  const isOpen = valueAt(event.payload, 'pull_request', 'state') !== 'closed';
  return isOpen && isPullRequestEvent(event) ? findBranchName(event.payload, 'head') : undefined;
}

function findBaseOfMerged(event: Pick<RunEvent, 'name' | 'payload'>): string | undefined {
  return findClosing(event) === 'merged' ? findBranchName(event.payload, 'base') : undefined;
}

function findBranchName(payload: object | undefined, end: 'head' | 'base'): string | undefined {
  const branch = valueAt(payload, 'pull_request', end, 'ref');
  return typeof branch === 'string' && branch !== '' ? branch : undefined;
}

/**
 * Refuses a branch that is someone else's: ours changes nothing but the manifest against the commit where it left its
 * base. One without a change of its own is ours by its name or by a pull request of ours.
 * @throws {StepError} that names what is foreign.
 */
export function refuseForeignBranch(
  { branch, comparison, defaultBranch, pullRequests }: ProposalState,
  { base, branch: name }: PullRequestPlace,
  manifestPath: string,
): void {
  const remedy = `Move that work to another branch and delete ${name}, or set \`pull-request-branch\` to a branch that is the action's own.`;
  if (name === defaultBranch) {
    throw new StepError(
      'branch-is-default',
      `\`pull-request-branch\` is ${name}, the repository's default branch. Choose a branch that is the action's own.`,
    );
  }
  if (branch === undefined || comparison === undefined) return;
  if (comparison === 'unrelated') {
    throw new StepError('branch-unrelated', `The branch ${name} shares no history with ${base}. ${remedy}`);
  }
  const foreign = comparison.paths.filter((path) => path !== manifestPath);
  if (foreign.length > 0) {
    const commits = comparison.commits.map(
      ({ oid, headline, author }) => `${oid.slice(0, 9)} "${headline}" by ${author}`,
    );
    throw new StepError(
      'branch-foreign',
      `The branch ${name} holds more than changes to ${manifestPath}, so it is left alone: it changes ${nameSome(foreign)}. Its commits: ${nameSome(commits)}. ${remedy}`,
    );
  }
  const isKnown =
    name === nameOwnBranch(base, manifestPath) || pullRequests.some(({ body }) => body.includes(BODY_MARKER));
  if (comparison.paths.length === 0 && !isKnown) {
    throw new StepError(
      'branch-not-own',
      `The branch ${name} has no change of its own and no pull request of the action's, so it may be someone else's and is left alone. Delete it if nobody needs it, or set \`pull-request-branch\` to a branch that is the action's own.`,
    );
  }
}

/**
 * Refuses a name that git cannot give because of another branch: `a` and `a/b` cannot both exist.
 * @throws {StepError} that names both.
 */
export function refuseTakenName(branch: string, names: readonly string[]): void {
  const taken = names.find((name) => branch.startsWith(`${name}/`) || name.startsWith(`${branch}/`));
  if (taken === undefined) return;
  throw new StepError(
    'branch-name-taken',
    `The branch ${branch} cannot be created, because the branch ${taken} is in the way: git allows no branch below another's name. Rename ${taken}, or choose another \`pull-request-branch\`.`,
  );
}
