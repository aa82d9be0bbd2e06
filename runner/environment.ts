// The environment GitHub's runner gives to a JavaScript action.
import type { ActionMetadata } from './metadata.ts';

/** The run an action believes to be part of; every value has a default. */
export type RunContext = {
  readonly eventName?: string;
  /** The event's payload, written to GITHUB_EVENT_PATH. */
  readonly event?: unknown;
  readonly repository?: string;
  readonly repositoryId?: string;
  readonly ref?: string;
  readonly headRef?: string;
  readonly baseRef?: string;
  readonly sha?: string;
  readonly actor?: string;
  readonly triggeringActor?: string;
  readonly runId?: string;
  readonly runNumber?: string;
  readonly runAttempt?: string;
  readonly job?: string;
  readonly workflow?: string;
  readonly serverUrl?: string;
  readonly apiUrl?: string;
};

/** Where the run takes place; absolute paths. */
export type RunPlaces = {
  readonly workspace: string;
  readonly temp: string;
  readonly toolCache: string;
  readonly eventFile: string;
  readonly output: string;
  readonly summary: string;
  readonly env: string;
  readonly path: string;
  readonly state: string;
};

/** `INPUT_…` for every declared input, and for every other one a warning. */
export function describeInputs(
  metadata: ActionMetadata,
  given: Readonly<Record<string, string>>,
  token: string,
): { env: Record<string, string>; warnings: string[] } {
  const values = new Map<string, string>();
  for (const [name, input] of metadata.inputs) values.set(name, evaluateDefault(input.default, token));
  for (const [name, value] of Object.entries(given)) values.set(name, value);
  const unexpected = Object.keys(given).filter((name) => !metadata.inputs.has(name));
  const env: Record<string, string> = {};
  for (const [name, value] of values) env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value;
  const valid = [...metadata.inputs.keys()].map((name) => `'${name}'`).join(', ');
  const warnings =
    unexpected.length === 0
      ? []
      : [
          `Unexpected input(s) ${unexpected.map((name) => `'${name}'`).join(', ')}, valid inputs are [${valid}]`,
        ];
  return { env, warnings };
}

/** `GITHUB_…` and `RUNNER_…`. */
export function describeRun(context: RunContext, places: RunPlaces, debug: boolean): Record<string, string> {
  const ref = context.ref ?? 'refs/heads/main';
  const actor = context.actor ?? 'octocat';
  const repository = context.repository ?? 'octo-org/assets';
  const apiUrl = context.apiUrl ?? 'https://api.github.com';
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__self',
    GITHUB_ACTOR: actor,
    GITHUB_API_URL: apiUrl,
    GITHUB_BASE_REF: context.baseRef ?? '',
    GITHUB_ENV: places.env,
    GITHUB_EVENT_NAME: context.eventName ?? 'push',
    GITHUB_EVENT_PATH: places.eventFile,
    GITHUB_GRAPHQL_URL: `${apiUrl}/graphql`,
    GITHUB_HEAD_REF: context.headRef ?? '',
    GITHUB_JOB: context.job ?? 'assets',
    GITHUB_OUTPUT: places.output,
    GITHUB_PATH: places.path,
    GITHUB_REF: ref,
    GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_REF_TYPE: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    GITHUB_REPOSITORY: repository,
    GITHUB_REPOSITORY_ID: context.repositoryId ?? '4711',
    GITHUB_REPOSITORY_OWNER: repository.split('/')[0] ?? '',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: context.runAttempt ?? '1',
    GITHUB_RUN_ID: context.runId ?? '1234567890',
    GITHUB_RUN_NUMBER: context.runNumber ?? '1',
    GITHUB_SERVER_URL: context.serverUrl ?? 'https://github.com',
    GITHUB_SHA: context.sha ?? '0123456789abcdef0123456789abcdef01234567',
    GITHUB_STATE: places.state,
    GITHUB_STEP_SUMMARY: places.summary,
    GITHUB_TRIGGERING_ACTOR: context.triggeringActor ?? actor,
    GITHUB_WORKFLOW: context.workflow ?? 'Assets',
    GITHUB_WORKSPACE: places.workspace,
    RUNNER_ARCH: 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'local runner',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: places.temp,
    RUNNER_TOOL_CACHE: places.toolCache,
    ...(debug ? { RUNNER_DEBUG: '1' } : {}),
  };
}

function evaluateDefault(value: string, token: string): string {
  const evaluated = value.replaceAll(/\$\{\{\s*github\.token\s*\}\}/g, () => token);
  if (evaluated !== token && evaluated.includes('${{'))
    throw new Error(`cannot evaluate the default ${value}`);
  return evaluated;
}
