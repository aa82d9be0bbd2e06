// Whom the action trusts: a pure decision on the event that started the workflow.
import type { Mode } from './inputs.ts';
import { readPath } from '../text/json.ts';

/** What GitHub says of the run. `payload` is the parsed event file, or undefined when there is none. */
export interface RunEvent {
  readonly name: string;
  readonly payload: unknown;
  readonly actor: string;
  /** `owner/name` of the repository the workflow runs in. */
  readonly repository: string;
  /** Numeric id of that repository, as text; empty when unknown. */
  readonly repositoryId: string;
  /** The commit the run is about (GITHUB_SHA). */
  readonly sha: string;
  /** The full ref of the run (GITHUB_REF). */
  readonly ref: string;
  /** `https://github.com` or the address of an own server. */
  readonly serverUrl: string;
  readonly apiUrl: string;
}

/** The mode in force and, when the action was reduced to `check`, the reason. */
export interface TrustDecision {
  readonly mode: Mode;
  readonly reason?: string;
}

/** How GitHub names the branches of its merge queue. */
const QUEUE_PREFIX = 'gh-readonly-queue/';

/**
 * Decides the mode in force. Events that carry foreign content work as `check` whatever credentials there are; what
 * cannot be recognised as this repository's own counts as foreign.
 */
export function decideMode(mode: Mode, event: RunEvent, hasCredentials: boolean): TrustDecision {
  if (mode === 'check') return { mode };
  const reason = findDistrust(event) ?? findReduction(mode, event, hasCredentials);
  return reason === undefined ? { mode } : { mode: 'check', reason };
}

function findDistrust(event: RunEvent): string | undefined {
  if (event.name === 'pull_request_target') return 'the event pull_request_target may carry foreign content';
  if (event.name === 'merge_group') return 'the event merge_group tests changes that are not merged yet';
  if (event.ref.startsWith(`refs/heads/${QUEUE_PREFIX}`)) {
    return 'the branch of a merge queue holds changes that are not merged yet';
  }
  if (event.name === 'workflow_run') {
    const id = readId(event.payload, 'workflow_run', 'head_repository', 'id');
    if (id === undefined || id !== findOwnId(event))
      return findUnread(event) ?? 'the workflow run was started from another repository';
    return isQueued(event.payload)
      ? 'the workflow run was started by a merge queue, whose changes are not merged yet'
      : undefined;
  }
  if (isPullRequestEvent(event) && !isOwnHead(event)) {
    return findUnread(event) ?? 'the pull request comes from another repository (a fork)';
  }
  return undefined;
}

function findUnread(event: RunEvent): string | undefined {
  return event.payload === undefined
    ? "the event's file (GITHUB_EVENT_PATH) cannot be read, so nobody knows whose content this is"
    : undefined;
}

/** Whether a workflow run was about a merge queue, by its event or its branch. */
function isQueued(payload: unknown): boolean {
  const branch = readPath(payload, 'workflow_run', 'head_branch');
  return (
    readPath(payload, 'workflow_run', 'event') === 'merge_group' ||
    (typeof branch === 'string' && branch.startsWith(QUEUE_PREFIX))
  );
}

function findReduction(mode: Mode, event: RunEvent, hasCredentials: boolean): string | undefined {
  if (!hasCredentials && event.actor === 'dependabot[bot]')
    return 'Dependabot runs get no repository secrets';
  if (mode === 'pull-request' && isPullRequestEvent(event)) {
    return 'mode pull-request does not open a pull request from within a pull request';
  }
  return undefined;
}

/** Whether the run tests a pull request (or a review of one). */
export function isPullRequestEvent(event: RunEvent): boolean {
  return event.name.startsWith('pull_request') || readPath(event.payload, 'pull_request') !== undefined;
}

function isOwnHead(event: RunEvent): boolean {
  const id = readId(event.payload, 'pull_request', 'head', 'repo', 'id');
  const own = findOwnId(event);
  if (id !== undefined && own !== undefined) return id === own;
  const name = readPath(event.payload, 'pull_request', 'head', 'repo', 'full_name');
  const ownName = readPath(event.payload, 'repository', 'full_name') ?? event.repository;
  return typeof name === 'string' && name !== '' && name === ownName;
}

function findOwnId(event: RunEvent): string | undefined {
  return readId(event.payload, 'repository', 'id') ?? (event.repositoryId || undefined);
}

/** An id as text, whether the payload has a number or text; anything else is none. */
function readId(payload: unknown, ...keys: readonly string[]): string | undefined {
  const id = readPath(payload, ...keys);
  return typeof id === 'number' || (typeof id === 'string' && id !== '') ? String(id) : undefined;
}
