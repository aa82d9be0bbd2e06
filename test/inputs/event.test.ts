// Whom the action trusts: every case as a table.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decideMode, isPullRequestEvent, type RunEvent } from '../../src/inputs/event.ts';
import type { Mode } from '../../src/inputs/inputs.ts';

const own = { id: 4711, full_name: 'octo-org/assets' };
const fork = { id: 815, full_name: 'mallory/assets' };

function makeEvent(change: Partial<RunEvent>): RunEvent {
  return {
    name: 'push',
    payload: { repository: own },
    actor: 'octocat',
    repository: 'octo-org/assets',
    repositoryId: '4711',
    sha: '',
    ref: 'refs/heads/main',
    serverUrl: 'https://github.com',
    apiUrl: 'https://api.github.com',
    ...change,
  };
}

function makePullRequest(repo: unknown, repository: unknown = own): unknown {
  return { repository, pull_request: { head: { repo } } };
}

function makeWorkflowRun(head: unknown, repository: unknown = own, details: object = {}): unknown {
  return { repository, workflow_run: { head_repository: head, ...details } };
}

type Row = readonly [name: string, event: Partial<RunEvent>, reason?: RegExp];

const FORK = /^the pull request comes from another repository \(a fork\)$/;
const FOREIGN_RUN = /^the workflow run was started from another repository$/;

const UNREAD = /^the event's file .* cannot be read/;
const QUEUE = /merge queue.* not merged yet$/;

const rows: readonly Row[] = [
  ['push', {}],
  ['push without a payload', { payload: undefined }],
  ['schedule', { name: 'schedule', payload: { schedule: '0 0 * * *' } }],
  ['workflow_dispatch', { name: 'workflow_dispatch' }],
  ['release', { name: 'release' }],
  ['repository_dispatch', { name: 'repository_dispatch' }],
  ['an event without a name', { name: '' }],
  ['issue_comment on a pull request', { name: 'issue_comment', payload: { issue: { pull_request: {} } } }],

  ['push to the branch of a merge queue', { ref: 'refs/heads/gh-readonly-queue/main/pr-1-abc' }, QUEUE],
  ['push to a branch named alike', { ref: 'refs/heads/docs/gh-readonly-queue/' }],
  [
    'a workflow run of a push',
    { name: 'workflow_run', payload: makeWorkflowRun(own, own, { event: 'push' }) },
  ],
  [
    'a workflow run of a merge queue',
    { name: 'workflow_run', payload: makeWorkflowRun(own, own, { event: 'merge_group' }) },
    QUEUE,
  ],
  [
    'a workflow run of a push to the branch of a merge queue',
    {
      name: 'workflow_run',
      payload: makeWorkflowRun(own, own, { event: 'push', head_branch: 'gh-readonly-queue/main/pr-1-abc' }),
    },
    QUEUE,
  ],

  ['pull_request from here', { name: 'pull_request', payload: makePullRequest(own) }],
  [
    'pull_request from here, renamed',
    { name: 'pull_request', payload: makePullRequest({ ...fork, id: 4711 }) },
  ],
  ['pull_request, ids as text', { name: 'pull_request', payload: makePullRequest({ id: '4711' }) }],
  [
    'pull_request, own id from the environment only',
    { name: 'pull_request', payload: makePullRequest({ id: 4711 }, undefined) },
  ],
  [
    'pull_request without ids, same full_name',
    { name: 'pull_request', payload: makePullRequest({ full_name: own.full_name }, {}), repositoryId: '' },
  ],
  ['pull_request_review from here', { name: 'pull_request_review', payload: makePullRequest(own) }],
  ['pull_request from a fork', { name: 'pull_request', payload: makePullRequest(fork) }, FORK],
  [
    'pull_request from a fork that borrows the name',
    { name: 'pull_request', payload: makePullRequest({ ...own, id: 815 }) },
    FORK,
  ],
  [
    'pull_request without ids, other full_name',
    { name: 'pull_request', payload: makePullRequest({ full_name: 'x/y' }, {}), repositoryId: '' },
    FORK,
  ],
  [
    'pull_request without ids and without names anywhere',
    {
      name: 'pull_request',
      payload: makePullRequest({ full_name: '' }, {}),
      repositoryId: '',
      repository: '',
    },
    FORK,
  ],
  [
    'pull_request whose head repository is deleted',
    { name: 'pull_request', payload: makePullRequest(null) },
    FORK,
  ],
  [
    'pull_request without a head',
    { name: 'pull_request', payload: { repository: own, pull_request: {} } },
    FORK,
  ],
  ['pull_request without a payload', { name: 'pull_request', payload: undefined }, UNREAD],
  ['pull_request with a payload that is no object', { name: 'pull_request', payload: 'x' }, FORK],
  ['pull_request with a null id', { name: 'pull_request', payload: makePullRequest({ id: null }) }, FORK],
  [
    'pull_request with objects for ids',
    { name: 'pull_request', payload: makePullRequest({ id: {} }, { id: {} }) },
    FORK,
  ],
  ['pull_request_review from a fork', { name: 'pull_request_review', payload: makePullRequest(fork) }, FORK],
  [
    'pull_request_review_comment from a fork',
    { name: 'pull_request_review_comment', payload: makePullRequest(fork) },
    FORK,
  ],
  [
    'another event that carries a pull request from a fork',
    { name: 'x', payload: makePullRequest(fork) },
    FORK,
  ],

  [
    'pull_request_target, also from here',
    { name: 'pull_request_target', payload: makePullRequest(own) },
    /^the event pull_request_target may carry foreign content$/,
  ],
  [
    'pull_request_target without a payload',
    { name: 'pull_request_target', payload: undefined },
    /pull_request_target/,
  ],
  ['merge_group', { name: 'merge_group' }, /^the event merge_group tests changes that are not merged yet$/],

  ['workflow_run from here', { name: 'workflow_run', payload: makeWorkflowRun(own) }],
  [
    'workflow_run from here, ids as text',
    { name: 'workflow_run', payload: makeWorkflowRun({ id: '4711' }, { id: 4711 }) },
  ],
  ['workflow_run from a fork', { name: 'workflow_run', payload: makeWorkflowRun(fork) }, FOREIGN_RUN],
  [
    'workflow_run of a deleted repository',
    { name: 'workflow_run', payload: makeWorkflowRun(null) },
    FOREIGN_RUN,
  ],
  [
    'workflow_run that knows names only',
    {
      name: 'workflow_run',
      payload: makeWorkflowRun({ full_name: own.full_name }, { full_name: own.full_name }),
    },
    FOREIGN_RUN,
  ],
  ['workflow_run without a payload', { name: 'workflow_run', payload: undefined }, UNREAD],
  ['workflow_run of nothing', { name: 'workflow_run', payload: { repository: {} } }, FOREIGN_RUN],

  ['Dependabot with credentials', { actor: 'dependabot[bot]' }],
];

describe('decideMode with credentials', () => {
  for (const mode of ['output', 'commit'] as const) {
    for (const [name, change, reason] of rows) {
      it(`${mode}: ${name}`, () => {
        const decision = decideMode(mode, makeEvent(change), true);
        assert.equal(decision.mode, reason === undefined ? mode : 'check');
        if (reason === undefined) assert.equal(decision.reason, undefined);
        else assert.match(decision.reason ?? '', reason);
      });
    }
  }

  it('in check every event is taken as it is, without a reason', () => {
    for (const [, change] of rows)
      assert.deepEqual(decideMode('check', makeEvent(change), true), { mode: 'check' });
  });

  it('pull-request mode works as check on every pull request event', () => {
    for (const [name, change, reason] of rows) {
      const event = makeEvent(change);
      const expected = reason === undefined && !isPullRequestEvent(event) ? 'pull-request' : 'check';
      assert.equal(decideMode('pull-request', event, true).mode, expected, name);
    }
    const event = makeEvent({ name: 'pull_request', payload: makePullRequest(own) });
    assert.match(
      decideMode('pull-request', event, true).reason ?? '',
      /does not open a pull request from within/,
    );
  });
});

describe('decideMode without credentials', () => {
  const bare: readonly (readonly [name: string, mode: Mode, event: Partial<RunEvent>, expected: Mode])[] = [
    ['a push stays what it is, so that the missing inputs are named', 'output', {}, 'output'],
    ['Dependabot works as check', 'output', { actor: 'dependabot[bot]' }, 'check'],
    ['Dependabot works as check in commit', 'commit', { actor: 'dependabot[bot]' }, 'check'],
    ['another bot does not', 'output', { actor: 'dependabot' }, 'output'],
    ['a fork works as check', 'output', { name: 'pull_request', payload: makePullRequest(fork) }, 'check'],
    [
      'a pull request from here does not',
      'output',
      { name: 'pull_request', payload: makePullRequest(own) },
      'output',
    ],
  ];
  for (const [name, mode, event, expected] of bare) {
    it(name, () => assert.equal(decideMode(mode, makeEvent(event), false).mode, expected));
  }
});
