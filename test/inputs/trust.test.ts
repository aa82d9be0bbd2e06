// Whom the action trusts: GitHub's own example payloads, each changed in the field that matters.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decideMode, type TrustFacts } from '../../src/inputs/trust.ts';
import { valueAt } from '../../src/text/json.ts';

interface Examples {
  readonly name: string;
  readonly examples: readonly object[];
}

const library: readonly Examples[] = JSON.parse(
  readFileSync(new URL(import.meta.resolve('@octokit/webhooks-examples')), 'utf8'),
);

/** Events of workflows whose payload the library has under another name, or not at all. */
const SHOWN_AS: Readonly<Record<string, string>> = {
  pull_request_target: 'pull_request',
  registry_package: 'package',
  schedule: 'workflow_dispatch',
  workflow_call: 'workflow_dispatch',
};

/** GitHub's payload of `pull_request` or `pull_request.closed`, its head in the repository of the run. */
function findExample(event: string): object {
  const [name = '', action] = event.split('.');
  const { examples } = library.find((entry) => entry.name === (SHOWN_AS[name] ?? name)) ?? assert.fail(event);
  const found = examples.find((payload) => {
    const headId = valueAt(payload, 'workflow_run', 'head_repository', 'id');
    const isOwn = headId === undefined || headId === valueAt(payload, 'repository', 'id');
    return isOwn && (action === undefined || valueAt(payload, 'action') === action);
  });
  return structuredClone(found ?? assert.fail(event));
}

const SHA = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
const OTHER_SHA = 'f95f852bd8fca8fcc58a9a2d6c842781e32a215e';

/** The facts of a run that nothing is wrong with, as far as its event may be trusted at all. */
function describeRun(event: string): TrustFacts {
  const payload = findExample(event);
  const [name = ''] = event.split('.');
  // GitHub's example follows a `repository_dispatch`, which is not trusted.
  if (name === 'workflow_run') setField(payload, 'workflow_run.event', 'push');
  return {
    mode: 'output',
    isWorkflow: true,
    hasCredentials: true,
    baseCommit: undefined,
    pullRequestBranch: undefined,
    event: {
      name,
      payload,
      actor: 'Codertocat',
      repository: String(valueAt(payload, 'repository', 'full_name')),
      repositoryId: String(valueAt(payload, 'repository', 'id')),
      sha: SHA,
      ref: name.startsWith('pull_request') ? 'refs/pull/2/merge' : 'refs/heads/master',
      serverUrl: 'https://github.com',
      apiUrl: 'https://api.github.com',
    },
  };
}

/** Sets a field by its path; undefined removes it. */
function setField(target: object, path: string, value: unknown): void {
  const [key = '', ...rest] = path.split('.');
  const fields = target as Record<string, unknown>;
  if (rest.length === 0) {
    if (value === undefined) delete fields[key];
    else fields[key] = value;
    return;
  }
  const inner = fields[key];
  assert.ok(typeof inner === 'object' && inner !== null, `the example has no ${path}`);
  setField(inner, rest.join('.'), value);
}

const ofPull = (path: string): unknown =>
  valueAt(findExample('pull_request'), 'pull_request', ...path.split('.'));
const FORK = { ...(ofPull('head.repo') as object), id: 815, full_name: 'mallory/Hello-World' };
const NO_IDS = { 'event.repositoryId': '', 'event.payload.repository.id': undefined };
const PULL = 'event.payload.pull_request';
const RUN = 'event.payload.workflow_run';
const QUEUE = 'gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64';

const SAYS = {
  fork: /^the pull request comes from another repository \(a fork\)$/,
  deleted: /^the repository that the pull request comes from is deleted or not named$/,
  queue: /^the branch gh-readonly-queue\/\S+ of the merge queue holds changes that are not merged yet$/,
  elsewhere: /^the workflow run was started from another repository$/,
  beginning: /^the workflow run began with the event \S+, whose content can be anyone's$/,
  unread: /^the event's file \(GITHUB_EVENT_PATH\) cannot be read/,
  nameless: /^the event has no name \(GITHUB_EVENT_NAME is empty\)/,
  ref: /^the ref of the run \(GITHUB_REF\) is \S+, neither a branch nor a tag/,
  target: /^the event pull_request_target may carry foreign content$/,
  merge: /^the event merge_group tests changes that are not merged yet$/,
  deployed: /^the event (deployment|deployment_status|registry_package) is about a commit that can come from/,
  comment: /^the comment is on a pull request, whose content can be anyone's$/,
  other: /^the event \S+ does not say what was checked out, and \.git does not name the commit/,
  own: /^the branch \S+ is the action's own$/,
  abandoned: /^the pull request was closed without being merged$/,
  dependabot: /^Dependabot runs get no repository secrets$/,
  within: /^mode pull-request does not open a pull request from within a pull request$/,
} as const;

/** An event, what is changed in it, and why it then works as `check`; undefined when it stays as it was asked for. */
type Row = readonly [event: string, changes: Readonly<Record<string, unknown>>, outcome?: keyof typeof SAYS];

const rows: readonly Row[] = [
  // Events of this repository's own branches and tags.
  ['push', {}],
  ['push', { 'event.ref': 'refs/tags/simple-tag' }],
  ['push', { 'event.ref': 'refs/heads/docs/gh-readonly-queue/main' }],
  ['push', { 'event.payload': {} }],
  ['schedule', {}],
  ['workflow_dispatch', {}],
  ['repository_dispatch', {}],
  ['release', { 'event.ref': 'refs/tags/0.0.1' }],
  ['create', {}],
  ['create', { 'event.payload.ref': 'topic' }],

  // What cannot be read.
  ['push', { 'event.name': '' }, 'nameless'],
  ['push', { 'event.payload': undefined }, 'unread'],
  ['schedule', { 'event.payload': undefined }, 'unread'],
  ['pull_request', { 'event.payload': undefined }, 'unread'],
  ['workflow_run', { 'event.payload': undefined }, 'unread'],

  // Pull requests by the repository of their head.
  ['pull_request', {}],
  ['pull_request.synchronize', {}],
  ['pull_request', { [`${PULL}.head.repo.id`]: 815 }, 'fork'],
  ['pull_request', { [`${PULL}.head.repo`]: FORK }, 'fork'],
  ['pull_request', { [`${PULL}.head.repo.full_name`]: 'Codertocat/Renamed' }],
  ['pull_request', { 'event.payload.repository.id': undefined }],
  ['pull_request', { 'event.payload.repository.id': undefined, [`${PULL}.head.repo.id`]: 815 }, 'fork'],
  ['pull_request', { 'event.payload.repository.id': 815 }, 'fork'],
  ['pull_request', NO_IDS],
  ['pull_request', { ...NO_IDS, [`${PULL}.head.repo.full_name`]: 'mallory/Hello-World' }, 'fork'],
  ['pull_request', { [`${PULL}.head.repo.id`]: undefined }],
  ['pull_request', { [`${PULL}.head.repo.id`]: {}, [`${PULL}.head.repo.full_name`]: 'x/y' }, 'fork'],
  ['pull_request', { [`${PULL}.head.repo.id`]: 'x' }],
  ['pull_request', { [`${PULL}.head.repo`]: {} }, 'fork'],
  ['pull_request', { ...NO_IDS, 'event.repository': '', [`${PULL}.head.repo.full_name`]: '' }, 'fork'],
  ['pull_request', { [`${PULL}.head.repo`]: null }, 'deleted'],
  ['pull_request', { [`${PULL}.head`]: {} }, 'deleted'],
  ['pull_request', { [PULL]: undefined }, 'deleted'],
  ['pull_request_review', {}],
  ['pull_request_review', { [`${PULL}.head.repo.id`]: 815 }, 'fork'],
  ['pull_request_review', { [PULL]: undefined }, 'deleted'],
  ['pull_request_review_comment', {}],
  ['pull_request_review_comment', { [`${PULL}.head.repo.id`]: 815 }, 'fork'],
  ['pull_request_review_comment', { [PULL]: undefined }, 'deleted'],
  ['push', { [PULL]: { head: { repo: FORK } } }, 'fork'],
  ['repository_dispatch', { 'event.payload.client_payload.pull_request': { head: { repo: FORK } } }, 'fork'],
  [
    'repository_dispatch',
    { 'event.payload.client_payload.pull_request': { head: { repo: null } } },
    'deleted',
  ],
  ['repository_dispatch', { 'event.payload.client_payload.pull_request': 2 }, 'deleted'],
  [
    'repository_dispatch',
    { 'event.payload.client_payload.pull_request': { head: { repo: { id: 17273051 } } } },
  ],
  ['workflow_dispatch', { 'event.payload.client_payload': { pull_request: { head: { repo: FORK } } } }],

  // Events that are never trusted.
  ['pull_request_target', {}, 'target'],
  ['pull_request_target', { 'event.ref': 'refs/heads/master' }, 'target'],
  ['merge_group', {}, 'merge'],
  ['deployment', { 'event.ref': 'refs/heads/master', baseCommit: SHA }, 'deployed'],
  ['deployment_status', { 'event.ref': 'refs/heads/master', baseCommit: SHA }, 'deployed'],
  ['registry_package', { baseCommit: SHA }, 'deployed'],

  // Merge queues.
  ['push', { 'event.ref': `refs/heads/${QUEUE}` }, 'queue'],
  ['push', { 'event.payload.ref': `refs/heads/${QUEUE}` }, 'queue'],
  ['create', { 'event.payload.ref': QUEUE }, 'queue'],
  ['workflow_dispatch', { 'event.payload.ref': `refs/heads/${QUEUE}` }, 'queue'],
  ['workflow_run', { [`${RUN}.head_branch`]: QUEUE }, 'queue'],
  ['push', { 'event.ref': `refs/tags/${QUEUE}` }],

  // Comments.
  [
    'issue_comment',
    { 'event.payload.issue.pull_request': { url: ofPull('url') }, baseCommit: SHA },
    'comment',
  ],
  ['issue_comment', { baseCommit: SHA }],
  ['issue_comment', {}, 'other'],

  // Runs that follow other runs.
  ['workflow_run', {}],
  ['workflow_run', { 'event.payload.repository.id': undefined }],
  ['workflow_run', { [`${RUN}.event`]: 'schedule' }],
  ['workflow_run', { [`${RUN}.event`]: 'workflow_dispatch' }],
  ['workflow_run', { [`${RUN}.event`]: 'release' }],
  ['workflow_run', { [`${RUN}.event`]: 'create' }],
  ['workflow_run', { [`${RUN}.event`]: 'pull_request' }],
  ['workflow_run', { [`${RUN}.event`]: 'pull_request_target' }, 'beginning'],
  ['workflow_run', { [`${RUN}.event`]: 'pull_request_review' }, 'beginning'],
  ['workflow_run', { [`${RUN}.event`]: 'workflow_run' }, 'beginning'],
  ['workflow_run', { [`${RUN}.event`]: 'repository_dispatch' }, 'beginning'],
  ['workflow_run', { [`${RUN}.event`]: 'merge_group' }, 'beginning'],
  ['workflow_run', { [`${RUN}.event`]: 'issue_comment' }, 'beginning'],
  ['workflow_run', { [`${RUN}.event`]: undefined }, 'beginning'],
  ['workflow_run', { [`${RUN}.head_repository.id`]: 815 }, 'elsewhere'],
  ['workflow_run', { [`${RUN}.head_repository.id`]: 815, [`${RUN}.event`]: 'pull_request' }, 'elsewhere'],
  ['workflow_run', { [`${RUN}.head_repository.id`]: undefined }, 'elsewhere'],
  ['workflow_run', { [`${RUN}.head_repository`]: null }, 'elsewhere'],
  ['workflow_run', { [RUN]: undefined }, 'elsewhere'],
  ['workflow_run', { ...NO_IDS, [`${RUN}.head_repository.id`]: undefined }, 'elsewhere'],

  // Refs that are neither a branch nor a tag.
  ['push', { 'event.ref': 'refs/pull/2/merge' }, 'ref'],
  ['push', { 'event.ref': 'refs/heads/' }, 'ref'],
  ['push', { 'event.ref': 'pull/refs/heads/master' }, 'ref'],
  ['workflow_dispatch', { 'event.ref': 'refs/notes/commits' }, 'ref'],
  ['workflow_run', { 'event.ref': '' }, 'ref'],
  ['issues', { 'event.ref': 'refs/pull/2/head', baseCommit: SHA }, 'ref'],

  // Any other event, by what `.git` says.
  ['issues', { baseCommit: SHA }],
  ['issues', { baseCommit: OTHER_SHA }, 'other'],
  ['issues', {}, 'other'],
  ['check_run', {}, 'other'],
  ['check_suite', {}, 'other'],
  ['check_suite', { baseCommit: SHA }],
  ['delete', {}, 'other'],
  ['discussion', { baseCommit: SHA }],
  ['discussion', {}, 'other'],
  ['discussion_comment', {}, 'other'],
  ['fork', {}, 'other'],
  ['gollum', {}, 'other'],
  ['label', {}, 'other'],
  ['milestone', {}, 'other'],
  ['page_build', {}, 'other'],
  ['public', {}, 'other'],
  ['status', {}, 'other'],
  ['watch', {}, 'other'],
  ['branch_protection_rule', {}, 'other'],
  ['workflow_call', {}, 'other'],
  ['pull_request_review_thread', { baseCommit: SHA, 'event.ref': 'refs/heads/master' }],
  ['pull_request_review_thread', { 'event.ref': 'refs/heads/master' }, 'other'],

  // Branches of the action's own.
  ['push', { 'event.ref': 'refs/heads/nxcloud-assets/master' }, 'own'],
  ['push', { 'event.payload.ref': 'refs/heads/nxcloud-assets/master-rebuild-0a1b2c3d' }, 'own'],
  ['create', { 'event.payload.ref': 'nxcloud-assets/master' }, 'own'],
  ['workflow_run', { [`${RUN}.head_branch`]: 'nxcloud-assets/master' }, 'own'],
  ['pull_request', { [`${PULL}.head.ref`]: 'nxcloud-assets/master' }, 'own'],
  ['pull_request_review', { [`${PULL}.head.ref`]: 'nxcloud-assets/master' }, 'own'],
  ['push', { 'event.ref': 'refs/heads/nxcloud-assets' }],
  ['push', { 'event.ref': 'refs/heads/my/nxcloud-assets/master' }],
  ['push', { 'event.ref': 'refs/heads/bot/assets', pullRequestBranch: 'bot/assets' }, 'own'],
  ['push', { 'event.ref': 'refs/heads/bot/assets-rebuild-0a1b2c3d', pullRequestBranch: 'bot/assets' }, 'own'],
  ['push', { 'event.ref': 'refs/heads/bot/assets-2', pullRequestBranch: 'bot/assets' }],
  ['push', { 'event.ref': 'refs/heads/bot/assets-rebuild-0a1b2c3d' }],
  ['pull_request', { [`${PULL}.head.ref`]: 'bot/assets', pullRequestBranch: 'bot/assets' }, 'own'],
  ['push', { 'event.ref': 'refs/heads/undefined-rebuild-0a1b2c3d' }],
  ['push', { pullRequestBranch: 'master' }],
  ['push', { pullRequestBranch: 'master', 'event.payload.repository.default_branch': 'main' }, 'own'],

  // Pull requests that are closed.
  ['pull_request.closed', {}, 'abandoned'],
  ['pull_request.closed', { [`${PULL}.merged`]: undefined }, 'abandoned'],
  ['pull_request.closed', { [`${PULL}.merged`]: true, 'event.ref': 'refs/heads/master' }],
  ['pull_request.closed', { [`${PULL}.merged`]: true, [`${PULL}.head.ref`]: 'nxcloud-assets/master' }],
  ['pull_request.closed', { [`${PULL}.merged`]: true, [`${PULL}.head.repo.id`]: 815 }, 'fork'],
  ['pull_request.closed', { [`${PULL}.head.repo.id`]: 815 }, 'fork'],
  ['pull_request.labeled', { [`${PULL}.state`]: 'closed' }],
  ['issues', { 'event.payload.action': 'closed', baseCommit: SHA }],

  // Dependabot.
  ['push', { 'event.actor': 'dependabot[bot]' }],
  ['push', { 'event.actor': 'dependabot[bot]', hasCredentials: false }, 'dependabot'],
  ['pull_request', { 'event.actor': 'dependabot[bot]', hasCredentials: false }, 'dependabot'],
  ['push', { hasCredentials: false }],
  ['push', { 'event.actor': 'dependabot', hasCredentials: false }],
  ['pull_request', { [`${PULL}.head.repo.id`]: 815, hasCredentials: false }, 'fork'],

  // Mode `pull-request` on pull requests.
  ['push', { mode: 'pull-request' }],
  ['repository_dispatch', { mode: 'pull-request' }],
  ['pull_request', { mode: 'pull-request' }, 'within'],
  ['pull_request.labeled', { mode: 'pull-request', [`${PULL}.merged`]: true }, 'within'],
  ['pull_request_review', { mode: 'pull-request' }, 'within'],
  ['pull_request_review_comment', { mode: 'pull-request' }, 'within'],
  ['pull_request.closed', { mode: 'pull-request' }, 'abandoned'],
  ['pull_request.closed', { mode: 'pull-request', [`${PULL}.merged`]: true }],
  [
    'pull_request.closed',
    { mode: 'pull-request', [`${PULL}.merged`]: true, [`${PULL}.head.repo.id`]: 815 },
    'fork',
  ],
  ['pull_request', { mode: 'commit' }],

  // Outside of workflows nobody sends an event.
  ['push', { isWorkflow: false, 'event.name': '', 'event.payload': undefined, 'event.ref': '' }],
];

describe('decideMode', () => {
  for (const [event, changes, outcome] of rows) {
    const title = Object.entries(changes).map(
      ([field, value]) => `${field} = ${JSON.stringify(value)?.slice(0, 60)}`,
    );
    it(`${event}, ${title.join(', ') || 'as it is'}: ${outcome ?? 'trusted'}`, () => {
      const facts = describeRun(event);
      for (const [field, value] of Object.entries(changes)) setField(facts, field, value);
      const decision = decideMode(facts);
      assert.equal(decision.mode, outcome === undefined ? facts.mode : 'check');
      if (outcome === undefined) assert.equal(decision.reason, undefined);
      else assert.match(decision.reason ?? '', SAYS[outcome]);
    });
  }

  it('takes every event as it is in check, without a reason', () => {
    for (const [event, changes] of rows) {
      const facts = describeRun(event);
      for (const [field, value] of Object.entries({ ...changes, mode: 'check' }))
        setField(facts, field, value);
      assert.deepEqual(decideMode(facts), { mode: 'check' });
    }
  });
});
