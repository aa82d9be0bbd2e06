// Whom the action trusts, through the bundle: with all secrets present, untrusted events send nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunContext } from '../../runner/environment.ts';
import { choose } from '../support/extent.ts';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator } from '../support/workspace.ts';

const repository = { id: 4711, full_name: 'octo-org/assets' };
const fork = { id: 815, full_name: 'someone/assets' };

const SHA = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';

interface Case {
  readonly name: string;
  readonly context: RunContext;
  readonly mode?: string;
  /** Inputs that are left out. */
  readonly without?: readonly string[];
  /** Inputs besides. */
  readonly more?: Readonly<Record<string, string>>;
  /** The commit that `.git` says is checked out. */
  readonly head?: string;
  /** The mode in force, or undefined when the step must fail for want of credentials. */
  readonly expected: 'check' | 'output' | undefined;
  /** What the notice names. */
  readonly notice?: RegExp;
}

function pullRequest(head: unknown, eventName = 'pull_request'): RunContext {
  return { eventName, event: { repository, pull_request: { number: 1, head: { repo: head } } } };
}

const secrets = ['access-key', 'access-secret', 'business-phone'];

const cases: readonly Case[] = [
  { name: 'push', context: { eventName: 'push' }, expected: 'output' },
  { name: 'schedule', context: { eventName: 'schedule', event: {} }, expected: 'output' },
  { name: 'pull request of this repository', context: pullRequest(repository), expected: 'output' },
  { name: 'pull request of a fork', context: pullRequest(fork), expected: 'check', notice: /fork/ },
  {
    name: 'pull request of a fork with the same name',
    context: pullRequest({ ...fork, full_name: repository.full_name }),
    expected: 'check',
    notice: /fork/,
  },
  {
    name: 'pull request without ids, same name',
    context: pullRequest({ full_name: repository.full_name }),
    expected: 'output',
  },
  {
    name: 'pull request without ids, other name',
    context: pullRequest({ full_name: fork.full_name }),
    expected: 'check',
    notice: /fork/,
  },
  {
    name: 'pull request of a deleted fork',
    context: pullRequest(null),
    expected: 'check',
    notice: /deleted or not named/,
  },
  {
    name: 'pull request event without payload',
    context: { eventName: 'pull_request', event: {} },
    expected: 'check',
    notice: /deleted or not named/,
  },
  {
    name: 'review on a fork',
    context: pullRequest(fork, 'pull_request_review'),
    expected: 'check',
    notice: /fork/,
  },
  {
    name: 'pull_request_target of this repository',
    context: pullRequest(repository, 'pull_request_target'),
    expected: 'check',
    notice: /pull_request_target/,
  },
  {
    name: 'merge_group',
    context: { eventName: 'merge_group', event: { repository } },
    expected: 'check',
    notice: /merge_group/,
  },
  {
    name: 'workflow_run of this repository',
    context: {
      eventName: 'workflow_run',
      event: { repository, workflow_run: { head_repository: repository, event: 'push' } },
    },
    expected: 'output',
  },
  {
    name: 'workflow_run of a run that followed another one',
    context: {
      eventName: 'workflow_run',
      event: { repository, workflow_run: { head_repository: repository, event: 'workflow_run' } },
    },
    expected: 'check',
    notice: /began with the event workflow_run/,
  },
  {
    name: 'push to a branch of the action',
    context: { eventName: 'push', ref: 'refs/heads/nxcloud-assets/main' },
    expected: 'check',
    notice: /nxcloud-assets\/main is the action's own/,
  },
  {
    name: 'push to the branch that an input names',
    context: { eventName: 'push', ref: 'refs/heads/bot/assets' },
    more: { 'pull-request-branch': 'bot/assets' },
    expected: 'check',
    notice: /bot\/assets is the action's own/,
  },
  {
    name: 'issue, its commit checked out',
    context: { eventName: 'issues', event: { repository }, sha: SHA },
    head: SHA,
    expected: 'output',
  },
  {
    name: 'issue, another commit checked out',
    context: { eventName: 'issues', event: { repository }, sha: SHA },
    head: SHA.replace('0', '1'),
    expected: 'check',
    notice: /\.git does not name the commit/,
  },
  {
    name: 'issue, nothing known of the checkout',
    context: { eventName: 'issues', event: { repository }, sha: SHA },
    expected: 'check',
    notice: /\.git does not name the commit/,
  },
  {
    name: 'workflow_run of a fork',
    context: { eventName: 'workflow_run', event: { repository, workflow_run: { head_repository: fork } } },
    expected: 'check',
    notice: /another repository/,
  },
  {
    name: 'workflow_run of a deleted repository',
    context: { eventName: 'workflow_run', event: { repository, workflow_run: { head_repository: null } } },
    expected: 'check',
    notice: /another repository/,
  },
  {
    name: 'Dependabot without credentials',
    context: { ...pullRequest(repository), actor: 'dependabot[bot]' },
    without: secrets,
    expected: 'check',
    notice: /Dependabot/,
  },
  {
    name: 'Dependabot with credentials',
    context: { ...pullRequest(repository), actor: 'dependabot[bot]' },
    expected: 'output',
  },
  {
    name: 'fork without credentials',
    context: pullRequest(fork),
    without: secrets,
    expected: 'check',
    notice: /fork/,
  },
  { name: 'push without credentials', context: { eventName: 'push' }, without: secrets, expected: undefined },
  {
    name: 'push without the secret',
    context: { eventName: 'push' },
    without: ['access-secret'],
    expected: undefined,
  },
  {
    name: 'check on push',
    context: { eventName: 'push' },
    mode: 'check',
    without: secrets,
    expected: 'check',
  },
];

for (const { name, context, mode, without = [], more = {}, head, expected, notice } of choose(cases, 4)) {
  test(name, async (t) => {
    const workspace = createWorkspace(t);
    const simulator = await openSimulator(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    if (head !== undefined) workspace.write('.git/HEAD', `${head}\n`);
    const given = { ...inputsFor(simulator), ...more, ...(mode === undefined ? {} : { mode }) };
    const inputs = Object.fromEntries(Object.entries(given).filter(([input]) => !without.includes(input)));
    const result = await workspace.run({ context, inputs });
    assert.equal(simulator.requestCount, expected === 'output' ? 1 : 0, result.stdout);
    assert.equal(result.exitCode, expected === undefined ? 1 : 0, result.stdout);
    assert.equal(result.outputs.mode, expected ?? '');
    if (expected === undefined) {
      const message = result.annotations.map((annotation) => annotation.message).join();
      for (const input of secrets)
        assert.equal(message.includes(`${input}: is missing`), without.includes(input));
      return;
    }
    const notices = result.annotations
      .filter(({ level }) => level === 'notice')
      .map(({ message }) => message);
    const isReduced = expected === 'check' && mode !== 'check';
    assert.equal(notices.filter((text) => text.startsWith('Works as `check`')).length, isReduced ? 1 : 0);
    if (notice !== undefined) assert.match(notices.join(), notice);
    assert.equal(result.outputs['pending-count'], expected === 'check' ? '1' : '0');
  });
}
