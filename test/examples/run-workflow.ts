// Runs an example workflow: its expressions, the steps that use the action, and its scripts.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { RunContext } from '../../runner/environment.ts';
import { type ActionResult, nodePath } from '../../runner/run-action.ts';
import type { Simulator } from '../../simulator/server.ts';
import { testAccount } from '../support/canaries.ts';
import { makeNpx } from '../support/command.ts';
import {
  type Checkout,
  checkOut,
  type Hosting,
  openHosting,
  pullRequestEvent,
  REPOSITORY,
  runIn,
} from '../support/checkout.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { openSimulator } from '../support/workspace.ts';
import { CALLS_FILE, makePrograms } from './programs.ts';
import {
  type Contexts,
  expandMatrix,
  fillIn,
  holds,
  type Job,
  type PermissionsBlock,
  readWorkflow,
  repositoryRoot,
  type Scalar,
  type Step,
  type Workflow,
} from './workflow.ts';

const OURS = 'your-org/nxcloud-template-assets@v1';

/** What a repository that uses the action holds. */
const library: Readonly<Record<string, Buffer>> = readLibrary();

/** The assets of the repository that the examples run in. */
export const assetPaths: readonly string[] = Object.keys(library)
  .filter((path) => /\.(jpg|png|mp4|pdf)$/.test(path))
  .sort();

function readLibrary(): Readonly<Record<string, Buffer>> {
  const samples = join(repositoryRoot, 'examples/assets');
  const names = readdirSync(samples, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const files = names.map((entry) => join(entry.parentPath, entry.name));
  return {
    ...Object.fromEntries(
      files.map((file) => [file.slice(samples.length + 1).replaceAll('\\', '/'), readFileSync(file)]),
    ),
    'scripts/create-template.mjs': readFileSync(join(repositoryRoot, 'examples/create-template.mjs')),
  };
}

/** A repository, the service, and what the runs of a workflow did. */
export interface Stage {
  readonly hosting: Hosting;
  readonly simulator: Simulator;
  /** Folders of the programs that scripts find before those of this machine. */
  readonly programs: readonly string[];
  /** What was asked of programs that have effects elsewhere, a call a line. */
  listCalls(): readonly string[];
  /** Takes repository and services back to where they began. */
  reset(): Promise<void>;
}

/** What came of one step that was run. */
export interface StepRun {
  readonly job: string;
  readonly action?: ActionResult;
  /** What a `run` step printed. */
  readonly printed?: string;
  /** Undefined in a job that checks nothing out. */
  readonly checkout: Checkout | undefined;
}

/** Opens a repository with the sample assets, at GitHub's and NXCloud's stand-ins. */
export async function openStage(
  t: TestContext,
  options: { readonly enterprise?: boolean } = {},
): Promise<Stage> {
  const hosting = await openHosting(t, library, options);
  const simulator = await openSimulator(t, { bytesPerIdLine: 1000, expiresAfterSeconds: 4 * 24 * 3600 });
  const programs = makePrograms(t);
  const calls = join(programs, CALLS_FILE);
  const base = (await hosting.repository.head('main')) ?? '';
  return {
    hosting,
    simulator,
    programs: [programs, makeNpx(t)],
    listCalls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : []),
    async reset() {
      await resetRepository(hosting, base);
      simulator.reset();
      rmSync(calls, { force: true });
    },
  };
}

async function resetRepository({ repository }: Hosting, base: string): Promise<void> {
  repository.pullRequests.length = 0;
  const refs = await repository.git.listRefs();
  const moves = refs.map((ref) => ({
    ref,
    before: undefined,
    after: ref === 'refs/heads/main' ? base : undefined,
  }));
  await repository.moveRefs(moves);
}

/** The run that an event of the workflow starts, and the revision that actions/checkout takes by default. */
async function startEvent(
  name: string,
  workflow: Workflow,
  { hosting }: Stage,
): Promise<{ readonly context: RunContext; readonly revision: string }> {
  if (name === 'pull_request') {
    await hosting.repository.setBranch('topic', 'main');
    const sha = await hosting.repository.push('topic', {
      'whatsapp/new.png': library['whatsapp/promo/voucher.png'],
    });
    await hosting.repository.openPullRequest({ head: 'topic', base: 'main' });
    return { context: pullRequestEvent({ ref: 'topic', sha }), revision: 'topic' };
  }
  const isTag = workflow.on.push?.tags !== undefined && name === 'push';
  const queue = 'refs/heads/gh-readonly-queue/main/pr-1-0123456';
  const ref = isTag ? 'refs/tags/v1.0.0' : name === 'merge_group' ? queue : 'refs/heads/main';
  return { context: { eventName: name, ref }, revision: 'main' };
}

const known = {
  secrets: {
    NXCLOUD_ACCESS_KEY: testAccount.accessKey,
    NXCLOUD_ACCESS_SECRET: testAccount.accessSecret,
    NXCLOUD_APP_KEY: 'app-key',
    ASSETS_APP_PRIVATE_KEY: 'a private key',
  },
  vars: {
    NXCLOUD_BUSINESS_PHONE: `+${testAccount.phones[0]}`,
    ASSETS_APP_CLIENT_ID: 'Iv1.client',
    ASSETS_REVIEWER: 'octocat',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: 'internal.test',
  },
};

/** How a workflow is run. */
export interface WorkflowOptions {
  /** A permission that is only `read`, whatever the workflow states. */
  readonly lowered?: string | undefined;
  /** How many combinations of a matrix are run; all when it is undefined. */
  readonly legs?: number | undefined;
}

/**
 * Runs all jobs of a workflow for one event, those of a matrix one after the other. The tokens may do what the workflow
 * states.
 */
export async function runWorkflow(
  t: TestContext,
  stage: Stage,
  path: string,
  eventName: string,
  { lowered, legs }: WorkflowOptions = {},
): Promise<StepRun[]> {
  const { workflow } = readWorkflow(path);
  const { context, revision } = await startEvent(eventName, workflow, stage);
  const runs: StepRun[] = [];
  const needs: Record<string, { result: string }> = {};
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const isWell = Object.values(needs).every(({ result }) => result === 'success');
    if (!holds(job.if, { ...known, needs }, isWell)) continue;
    const combinations = expandMatrix(job).slice(0, legs);
    needs[id] = { result: 'success' };
    for (const matrix of combinations) {
      const stated = job.permissions ?? workflow.permissions ?? {};
      const permissions = lowered === undefined ? stated : { ...stated, [lowered]: 'read' };
      const contexts = {
        ...known,
        matrix,
        strategy: { 'job-total': combinations.length },
        github: {
          ref: context.ref,
          event_name: eventName,
          repository: REPOSITORY.full_name,
          run_id: '1',
          server_url: 'https://github.test',
          token: createToken(stage, permissions),
        },
      };
      const ran = await runJob(t, stage, id, job, contexts, context, revision);
      runs.push(...ran.runs);
      if (!ran.isSuccess) needs[id] = { result: 'failure' };
    }
  }
  return runs;
}

function createToken({ hosting }: Pick<Stage, 'hosting'>, permissions: PermissionsBlock): string {
  const access = (name: string) => (permissions[name] ?? 'none') as 'none' | 'read' | 'write';
  return hosting.api.createToken({
    permissions: {
      contents: access('contents'),
      pullRequests: access('pull-requests'),
      issues: access('issues'),
    },
  }).value;
}

async function runJob(
  t: TestContext,
  stage: Stage,
  id: string,
  job: Job,
  base: Contexts & { readonly github: { readonly token: string } },
  event: RunContext,
  revision: string,
): Promise<{ readonly runs: readonly StepRun[]; readonly isSuccess: boolean }> {
  const runs: StepRun[] = [];
  const steps: Record<string, { outputs: Readonly<Record<string, string>> }> = {};
  const contexts = { ...base, steps };
  let checkout: Checkout | undefined;
  let isSuccess = true;
  for (const step of job.steps) {
    if (!holds(step.if, contexts, isSuccess)) continue;
    const inputs = fillInAll(step.with, contexts);
    const env = { ...fillInAll(job.env, contexts), ...fillInAll(step.env, contexts) };
    if (step.uses?.startsWith('actions/checkout@')) {
      checkout = await checkOut(t, stage.hosting, revision);
      continue;
    }
    if (step.uses?.startsWith('actions/deploy-pages@')) {
      keepOutputs(steps, step, { page_url: 'https://pages.test/' });
      continue;
    }
    if (step.uses === OURS) {
      assert.ok(checkout, `${id} checks out before`);
      for (const [name, value] of Object.entries(inputs))
        assert.notEqual(value, '', `input ${name} of ${id}`);
      const action = await runIn(checkout, {
        context: event,
        token: base.github.token,
        inputs: { ...inputs, 'api-url': stage.simulator.url },
        env,
      });
      assert.deepEqual(action.runnerWarnings, []);
      isSuccess &&= action.conclusion === 'success';
      keepOutputs(steps, step, action.outputs);
      runs.push({ job: id, action, checkout });
    } else if (step.uses !== undefined) {
      keepOutputs(steps, step, standIn(stage, step.uses, inputs, checkout));
    } else {
      const folder = checkout?.workspace.root ?? makeFolder(t);
      const printed = await runScript(stage, step.run ?? '', folder, env);
      runs.push({ job: id, printed, checkout });
    }
  }
  return { runs, isSuccess };
}

function fillInAll(
  values: Readonly<Record<string, Scalar>> = {},
  contexts: Contexts,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fillIn(value, contexts)]));
}

function keepOutputs(
  steps: Record<string, { outputs: Readonly<Record<string, string>> }>,
  { id }: Step,
  outputs: Readonly<Record<string, string>>,
): void {
  if (id !== undefined) steps[id] = { outputs };
}

/** What the other actions of the examples hand on. */
function standIn(
  { hosting }: Stage,
  uses: string,
  inputs: Readonly<Record<string, string>>,
  checkout: Checkout | undefined,
): Readonly<Record<string, string>> {
  if (uses.startsWith('actions/create-github-app-token@')) {
    const permissions = {
      contents: inputs['permission-contents'] ?? 'none',
      'pull-requests': inputs['permission-pull-requests'] ?? 'none',
    };
    return { token: createToken({ hosting }, permissions) };
  }
  if (uses.startsWith('actions/setup-node@')) return {};
  assert.match(uses, /^actions\/upload-(?:pages-)?artifact@/);
  assert.ok(checkout, 'something is there to be kept');
  assert.ok(
    existsSync(join(checkout.workspace.root, inputs.path ?? '')),
    `${inputs.path} is there to be kept`,
  );
  return {};
}

async function runScript(
  { programs, simulator }: Stage,
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const path = [...programs, dirname(nodePath), process.env.PATH ?? ''].join(':');
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-e', '-c', script], {
    cwd,
    env: { PATH: path, NXCLOUD_API_URL: simulator.url, ...env },
  });
  return stdout;
}
