// Whom the action trusts: a pure decision on the event that started the workflow.
import { valueAt } from '../text/json.ts';
import { findClosing, isPullRequestEvent, parseBranchRef, type RunEvent } from './event.ts';
import type { Inputs, Mode } from './inputs.ts';

/** What the decision depends on, the mode being the one that the inputs ask for. */
export interface TrustFacts extends Pick<Inputs, 'mode' | 'pullRequestBranch'> {
  /** Whether there is an event to judge; elsewhere whoever runs the command is trusted. */
  readonly isWorkflow: boolean;
  readonly event: RunEvent;
  /** The commit that `.git` says the workspace holds. */
  readonly baseCommit: string | undefined;
  readonly hasCredentials: boolean;
}

/** What the action's branches begin with, unless `pull-request-branch` names one. */
export const OWN_BRANCHES = 'nxcloud-assets/';

/** How GitHub names the branches of its merge queue. */
const QUEUE_BRANCHES = 'gh-readonly-queue/';

const ANY_COMMIT = 'is about a commit that can come from a fork';
const UNTRUSTED_EVENTS: ReadonlyMap<string, string> = new Map([
  ['pull_request_target', 'may carry foreign content'],
  ['merge_group', 'tests changes that are not merged yet'],
  ['deployment', ANY_COMMIT],
  ['deployment_status', ANY_COMMIT],
  ['registry_package', ANY_COMMIT],
]);

/** Events that only who may write to this repository brings about; their GITHUB_SHA is one of its own commits. */
const OWN_EVENTS: readonly unknown[] = ['push', 'schedule', 'workflow_dispatch', 'release', 'create'];
const TRUSTED_EVENTS = [...OWN_EVENTS, 'repository_dispatch', 'workflow_run'];
/** What may have begun a run that a `workflow_run` event follows. */
const TRUSTED_BEGINNINGS = [...OWN_EVENTS, 'pull_request'];

/**
 * The mode in force and, when the action was reduced to `check`, the reason: events that carry foreign content are,
 * whatever credentials there are; what cannot be recognised as this repository's own counts as foreign.
 */
export function decideMode(facts: TrustFacts): { readonly mode: Mode; readonly reason?: string } {
  if (facts.mode === 'check' || !facts.isWorkflow) return { mode: facts.mode };
  const reason = findForeignContent(facts) ?? findOwnWork(facts) ?? findReduction(facts);
  return reason === undefined ? { mode: facts.mode } : { mode: 'check', reason };
}

function findForeignContent({ event, baseCommit }: TrustFacts): string | undefined {
  const { name, payload, ref, sha } = event;
  if (name === '')
    return 'the event has no name (GITHUB_EVENT_NAME is empty), so nobody knows whose content this is';
  if (payload === undefined)
    return "the event's file (GITHUB_EVENT_PATH) cannot be read, so nobody knows whose content this is";
  const untrusted = UNTRUSTED_EVENTS.get(name);
  if (untrusted !== undefined) return `the event ${name} ${untrusted}`;
  const queue = listBranches(event).find((branch) => branch.startsWith(QUEUE_BRANCHES));
  if (queue !== undefined)
    return `the branch ${queue} of the merge queue holds changes that are not merged yet`;
  const reason = findForeignHead(event) ?? findForeignRun(event);
  if (reason !== undefined || isPullRequestEvent(event)) return reason;
  if (valueAt(payload, 'issue', 'pull_request') !== undefined)
    return "the comment is on a pull request, whose content can be anyone's";
  if (!/^refs\/(?:heads|tags)\/./.test(ref))
    return `the ref of the run (GITHUB_REF) is ${ref || 'empty'}, neither a branch nor a tag, so its content can be anyone's`;
  if (!TRUSTED_EVENTS.includes(name) && baseCommit !== sha)
    return `the event ${name} does not say what was checked out, and .git does not name the commit of the run (GITHUB_SHA)`;
  return undefined;
}

/** The branches that the run is about, as far as the event names them: GITHUB_REF's and the payload's. */
function listBranches({ ref, payload }: RunEvent): readonly string[] {
  const named = [valueAt(payload, 'ref'), valueAt(payload, 'workflow_run', 'head_branch')];
  return [ref, ...named]
    .filter((name) => typeof name === 'string')
    .map((name) => parseBranchRef(name) ?? name);
}

function findForeignHead(event: RunEvent): string | undefined {
  const { name, payload } = event;
  const pullRequest =
    valueAt(payload, 'pull_request') ??
    (name === 'repository_dispatch' ? valueAt(payload, 'client_payload', 'pull_request') : undefined);
  if (pullRequest === undefined && !isPullRequestEvent(event)) return undefined;
  const head = valueAt(pullRequest, 'head', 'repo');
  if (head === undefined) return 'the repository that the pull request comes from is deleted or not named';
  return isOwn(head, event) ? undefined : 'the pull request comes from another repository (a fork)';
}

function findForeignRun(event: RunEvent): string | undefined {
  if (event.name !== 'workflow_run') return undefined;
  const id = findId(event.payload, 'workflow_run', 'head_repository', 'id');
  if (id === undefined || id !== findOwnId(event))
    return 'the workflow run was started from another repository';
  const beginning = valueAt(event.payload, 'workflow_run', 'event');
  return TRUSTED_BEGINNINGS.includes(beginning)
    ? undefined
    : `the workflow run began with the event ${beginning}, whose content can be anyone's`;
}

/** Whether a repository is the one of the run, by id where both are known. */
function isOwn(repository: unknown, event: RunEvent): boolean {
  const [id, own] = [findId(repository, 'id'), findOwnId(event)];
  if (id !== undefined && own !== undefined) return id === own;
  return event.repository !== '' && valueAt(repository, 'full_name') === event.repository;
}

function findOwnId(event: RunEvent): string | undefined {
  return findId(event.payload, 'repository', 'id') ?? (event.repositoryId || undefined);
}

/** An id as text, as the environment has it. */
function findId(payload: unknown, ...keys: readonly string[]): string | undefined {
  const id = valueAt(payload, ...keys);
  return typeof id === 'number' ? String(id) : undefined;
}

/** Why the run is about work of the action's own, or about none that is kept. */
function findOwnWork({ event, pullRequestBranch }: TrustFacts): string | undefined {
  const closing = findClosing(event);
  if (closing === 'abandoned') return 'the pull request was closed without being merged';
  const head = closing === undefined ? valueAt(event.payload, 'pull_request', 'head', 'ref') : undefined;
  // Whoever names the default branch is told that it is none for the action.
  const isWrong = valueAt(event.payload, 'repository', 'default_branch') === pullRequestBranch;
  const given = isWrong ? undefined : pullRequestBranch;
  const branch = [...listBranches(event), head].find((name) => isOwnBranch(name, given));
  return branch && `the branch ${branch} is the action's own`;
}

/** Whether a branch is one the action makes, also for a moment. */
function isOwnBranch(branch: unknown, given: string | undefined): branch is string {
  if (typeof branch !== 'string') return false;
  if (branch.startsWith(OWN_BRANCHES)) return true;
  return given !== undefined && (branch === given || branch.startsWith(`${given}-rebuild-`));
}

function findReduction({ mode, event, hasCredentials }: TrustFacts): string | undefined {
  if (!hasCredentials && event.actor === 'dependabot[bot]')
    return 'Dependabot runs get no repository secrets';
  if (mode === 'pull-request' && isPullRequestEvent(event) && findClosing(event) !== 'merged')
    return 'mode pull-request does not open a pull request from within a pull request';
  return undefined;
}
