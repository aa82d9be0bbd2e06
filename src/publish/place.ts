// Where a run publishes: pure.
import { StepError } from '../text/errors.ts';
import type { Mode } from '../inputs/inputs.ts';
import { readPath } from '../text/json.ts';

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
}

/** What the runner says of the run; `payload` is the parsed event file. */
export interface RunRef {
  /** GITHUB_REF. */
  readonly ref: string;
  readonly payload: unknown;
}

/**
 * Finds the place: on an open pull request its head branch, else the branch of the run, unless `target-branch` says
 * otherwise. Whether the event may publish at all is decided elsewhere.
 * @throws {StepError} when no branch follows from the run, or base and head are the same.
 */
export function resolvePlace(inputs: PlaceInputs, run: RunRef): Place {
  const head = inputs.targetBranch === undefined ? readOpenHead(run.payload) : undefined;
  const ofRun = /^refs\/heads\/(.+)$/s.exec(run.ref)?.[1];
  const target = inputs.targetBranch ?? head ?? ofRun;
  if (target === undefined) {
    throw new StepError(
      'branch-unknown',
      `The run belongs to no branch (its ref is ${run.ref || 'unknown'}), so \`mode: ${inputs.mode}\` cannot know where to publish. ` +
        'Set `target-branch`, for example to `main`.',
    );
  }
  if (inputs.mode === 'commit') {
    return { kind: 'commit', branch: target, isPullRequestHead: head !== undefined };
  }
  const branch = inputs.pullRequestBranch ?? nameOwnBranch(target);
  if (branch === target) {
    throw new StepError(
      'branch-is-base',
      `\`pull-request-branch\` and the base of the pull request are both ${target}. Choose a branch that is the action's own.`,
    );
  }
  return { kind: 'pull-request', base: target, branch };
}

/** The branch for pull requests to a base, unless an input names one. */
export function nameOwnBranch(base: string): string {
  return `nxcloud-assets/${base}`;
}

function readOpenHead(payload: unknown): string | undefined {
  if (readPath(payload, 'pull_request', 'state') === 'closed') return undefined;
  const head = readPath(payload, 'pull_request', 'head', 'ref');
  return typeof head === 'string' && head !== '' ? head : undefined;
}
