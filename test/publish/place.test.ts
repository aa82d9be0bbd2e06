// Where a run publishes, by its event and inputs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nameOwnBranch, type PlaceInputs, resolvePlace } from '../../src/publish/place.ts';

const COMMIT: PlaceInputs = {
  mode: 'commit',
  targetBranch: undefined,
  pullRequestBranch: undefined,
  manifestPath: 'nxcloud-assets.json',
};
const PROPOSE: PlaceInputs = { ...COMMIT, mode: 'pull-request' };

function pushTo(ref: string) {
  return { name: 'push', ref, payload: {} };
}

function pullRequest(details: object = {}, name = 'pull_request') {
  const pull_request = { state: 'open', head: { ref: 'topic' }, base: { ref: 'main' }, ...details };
  return { name, ref: 'refs/pull/7/merge', payload: { action: 'synchronize', pull_request } };
}

function closing(details: object) {
  const { payload } = pullRequest({ state: 'closed', ...details });
  return { name: 'pull_request', ref: 'refs/pull/7/merge', payload: { ...payload, action: 'closed' } };
}

describe('resolvePlace', () => {
  const topic = { kind: 'commit', branch: 'topic', isPullRequestHead: true };
  const main = { kind: 'commit', branch: 'main', isPullRequestHead: false };
  const proposed = { kind: 'pull-request', base: 'main', branch: 'nxcloud-assets/main' };
  const cases = [
    {
      name: 'a push commits to its branch',
      inputs: COMMIT,
      event: pushTo('refs/heads/feature/x'),
      expected: { kind: 'commit', branch: 'feature/x', isPullRequestHead: false },
    },
    { name: 'an open pull request commits to its head branch', event: pullRequest(), expected: topic },
    { name: 'so does a review', event: pullRequest({}, 'pull_request_review'), expected: topic },
    {
      name: 'so does a comment of a review',
      event: pullRequest({}, 'pull_request_review_comment'),
      expected: topic,
    },
    {
      name: 'a pull request whose state is not told counts as open',
      event: pullRequest({ state: undefined }),
      expected: topic,
    },
    {
      name: 'another event commits to its branch, whatever pull request it names',
      event: { ...pullRequest({}, 'repository_dispatch'), ref: 'refs/heads/main' },
      expected: main,
    },
    {
      name: 'a merged pull request commits to its base, whatever the ref of the run',
      event: closing({ merged: true }),
      expected: main,
    },
    {
      name: 'a merged pull request that names no base commits to the branch of the run',
      event: { ...closing({ merged: true, base: {} }), ref: 'refs/heads/main' },
      expected: main,
    },
    {
      name: 'a merged pull request whose base is empty commits to the branch of the run',
      event: { ...closing({ merged: true, base: { ref: '' } }), ref: 'refs/heads/main' },
      expected: main,
    },
    {
      name: 'a merged pull request whose base is no name commits to the branch of the run',
      event: { ...closing({ merged: true, base: { ref: 7 } }), ref: 'refs/heads/main' },
      expected: main,
    },
    {
      name: 'a label on a merged pull request commits to the branch of the run',
      event: { ...pullRequest({ state: 'closed', merged: true }), ref: 'refs/heads/next' },
      expected: { kind: 'commit', branch: 'next', isPullRequestHead: false },
    },
    {
      name: 'target-branch wins over the pull request',
      inputs: { ...COMMIT, targetBranch: 'main' },
      event: pullRequest(),
      expected: main,
    },
    {
      name: 'target-branch wins over the base of a merged one',
      inputs: { ...COMMIT, targetBranch: 'next' },
      event: closing({ merged: true }),
      expected: { kind: 'commit', branch: 'next', isPullRequestHead: false },
    },
    {
      name: 'a tag with target-branch commits there',
      inputs: { ...COMMIT, targetBranch: 'main' },
      event: pushTo('refs/tags/v1'),
      expected: main,
    },
    {
      name: 'a pull request is proposed for the branch of the run, from a branch of its name',
      inputs: PROPOSE,
      event: pushTo('refs/heads/main'),
      expected: proposed,
    },
    {
      name: 'what is merged is proposed for its base',
      inputs: PROPOSE,
      event: closing({ merged: true }),
      expected: proposed,
    },
    {
      name: 'another manifest is proposed from a branch of its own',
      inputs: { ...PROPOSE, manifestPath: 'brand/shop.json' },
      event: pushTo('refs/heads/main'),
      expected: { ...proposed, branch: 'nxcloud-assets/main+brand-shop' },
    },
    {
      name: 'both branches can be named',
      inputs: { ...PROPOSE, targetBranch: 'next', pullRequestBranch: 'bot/assets', manifestPath: 'a.json' },
      event: pushTo('refs/tags/v1'),
      expected: { kind: 'pull-request', base: 'next', branch: 'bot/assets' },
    },
  ];
  for (const { name, inputs = COMMIT, event, expected } of cases) {
    test(name, () => assert.deepEqual(resolvePlace(inputs, event), expected));
  }

  for (const [what, event] of [
    ['a tag', pushTo('refs/tags/v1')],
    ['a closed pull request', pullRequest({ state: 'closed' })],
    ['no ref', { name: 'schedule', ref: '', payload: undefined }],
  ] as const) {
    test(`${what} needs target-branch`, () => {
      assert.throws(() => resolvePlace(COMMIT, event), {
        name: 'StepError',
        message: `The run belongs to no branch (its ref is ${event.ref || 'unknown'}), so \`mode: commit\` cannot know where to publish. Set \`target-branch\`, for example to \`main\`.`,
      });
    });
  }

  test('a pull request from a branch to itself is refused', () => {
    const inputs = { ...PROPOSE, pullRequestBranch: 'main' };
    assert.throws(() => resolvePlace(inputs, pushTo('refs/heads/main')), {
      name: 'StepError',
      message: /`pull-request-branch` and the base of the pull request are both main/,
    });
  });
});

describe('nameOwnBranch', () => {
  for (const [manifestPath, expected] of [
    ['nxcloud-assets.json', 'nxcloud-assets/main'],
    ['shop.json', 'nxcloud-assets/main+shop'],
    ['whatsapp/nxcloud-assets.json', 'nxcloud-assets/main+whatsapp-nxcloud-assets'],
    ['brand 1/(sho:p)~^?*[x]@{y}.json', 'nxcloud-assets/main+brand-1--sho-p------x---y-'],
    ['v1.0_a-b.json', 'nxcloud-assets/main+v1.0_a-b'],
    ['größe/日本.json', 'nxcloud-assets/main+größe-日本'],
    ['manifest', 'nxcloud-assets/main+manifest'],
    ['a.json.bak', 'nxcloud-assets/main+a.json.bak'],
    ['a..b..c.json', 'nxcloud-assets/main+a-.b-.c'],
    ['a..json', 'nxcloud-assets/main+a-'],
    ['yarn.lock.json', 'nxcloud-assets/main+yarn-lock'],
    ['.hidden.json', 'nxcloud-assets/main+.hidden'],
  ] as const) {
    test(`for ${manifestPath}`, () => assert.equal(nameOwnBranch('main', manifestPath), expected));
  }
});
