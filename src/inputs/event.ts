// What GitHub says of the run: the event that started it, from the environment and the event's file.
import { readFileSync } from 'node:fs';
import { valueAt } from '../text/json.ts';

/** What GitHub says of the run. */
export interface RunEvent {
  /** Empty outside of a workflow. */
  readonly name: string;
  /** The parsed event file; undefined when there is none, or it is no JSON object. */
  readonly payload: object | undefined;
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

/** Reads the event of the run. Never throws: what is missing is empty, a payload that cannot be read undefined. */
export function readEvent(env: NodeJS.ProcessEnv): RunEvent {
  return {
    name: env.GITHUB_EVENT_NAME ?? '',
    payload: readPayload(env.GITHUB_EVENT_PATH),
    actor: env.GITHUB_ACTOR ?? '',
    repository: env.GITHUB_REPOSITORY ?? '',
    repositoryId: env.GITHUB_REPOSITORY_ID ?? '',
    sha: env.GITHUB_SHA ?? '',
    ref: env.GITHUB_REF ?? '',
    serverUrl: env.GITHUB_SERVER_URL ?? 'https://github.com',
    apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com',
  };
}

function readPayload(path: string | undefined): object | undefined {
  if (!path) return undefined;
  try {
    const payload: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the run tests a pull request, or a review of one; `pull_request_target` tests nothing of it. */
export function isPullRequestEvent({ name }: Pick<RunEvent, 'name'>): boolean {
  return /^pull_request(?:_review(?:_comment)?)?$/.test(name);
}

/** The pull request of a `closed` event, by whether it was merged; undefined on every other event. */
export function findClosing(event: Pick<RunEvent, 'name' | 'payload'>): 'merged' | 'abandoned' | undefined {
  if (!isPullRequestEvent(event) || valueAt(event.payload, 'action') !== 'closed') return undefined;
  return valueAt(event.payload, 'pull_request', 'merged') === true ? 'merged' : 'abandoned';
}

/** The page of a run, `runId` being GITHUB_RUN_ID; undefined where there is none. */
export function locateRun(
  { serverUrl, repository }: Pick<RunEvent, 'serverUrl' | 'repository'>,
  runId: string,
): string | undefined {
  if (repository === '' || !/^\d+$/.test(runId)) return undefined;
  return `${serverUrl}/${repository}/actions/runs/${runId}`;
}

/** The branch that a `refs/heads/…` names; undefined for any other ref. */
export function parseBranchRef(ref: string): string | undefined {
  return /^refs\/heads\/(.+)$/s.exec(ref)?.[1];
}
