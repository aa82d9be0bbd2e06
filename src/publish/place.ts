// Where a run publishes: pure.
import { findClosing, isPullRequestEvent, parseBranchRef, type RunEvent } from '../inputs/event.ts';
import { findDefault } from '../inputs/described.ts';
import type { Mode } from '../inputs/inputs.ts';
import { OWN_BRANCHES } from '../inputs/trust.ts';
import { StepError } from '../text/errors.ts';
import { valueAt } from '../text/json.ts';

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

export interface PlaceInputs {
  /** One that publishes. */
  readonly mode: Mode;
  readonly targetBranch: string | undefined;
  readonly pullRequestBranch: string | undefined;
  /** Repository-relative path. */
  readonly manifestPath: string;
}

/**
 * Finds the place: on an open pull request its head branch, on one that is merged its base, else the branch of the
 * run, unless `target-branch` says otherwise. Whether the event may publish at all is decided elsewhere.
 * @throws {StepError} when no branch follows from the run, or base and head are the same.
 */
export function resolvePlace(inputs: PlaceInputs, event: Pick<RunEvent, 'name' | 'payload' | 'ref'>): Place {
  const head = inputs.targetBranch === undefined ? findOpenHead(event) : undefined;
  const target = inputs.targetBranch ?? head ?? findMergeBase(event) ?? parseBranchRef(event.ref);
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
  return isOpen && isPullRequestEvent(event) ? readBranch(event.payload, 'head') : undefined;
}

function findMergeBase(event: Pick<RunEvent, 'name' | 'payload'>): string | undefined {
  return findClosing(event) === 'merged' ? readBranch(event.payload, 'base') : undefined;
}

function readBranch(payload: object | undefined, end: 'head' | 'base'): string | undefined {
  const branch = valueAt(payload, 'pull_request', end, 'ref');
  return typeof branch === 'string' && branch !== '' ? branch : undefined;
}
