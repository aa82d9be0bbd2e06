import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type PlaceInputs, resolvePlace } from '../../src/publish/place.ts';

const COMMIT: PlaceInputs = { mode: 'commit', targetBranch: undefined, pullRequestBranch: undefined };
const PULL_REQUEST: PlaceInputs = { ...COMMIT, mode: 'pull-request' };
const openPull = { pull_request: { state: 'open', head: { ref: 'topic' } } };

describe('resolvePlace', () => {
  const cases = [
    {
      name: 'a push commits to its branch',
      inputs: COMMIT,
      run: { ref: 'refs/heads/feature/x', payload: {} },
      expected: { kind: 'commit', branch: 'feature/x', isPullRequestHead: false },
    },
    {
      name: 'an open pull request commits to its head branch',
      inputs: COMMIT,
      run: { ref: 'refs/pull/7/merge', payload: openPull },
      expected: { kind: 'commit', branch: 'topic', isPullRequestHead: true },
    },
    {
      name: 'a pull request whose state is not told counts as open',
      inputs: COMMIT,
      run: { ref: 'refs/pull/7/merge', payload: { pull_request: { head: { ref: 'topic' } } } },
      expected: { kind: 'commit', branch: 'topic', isPullRequestHead: true },
    },
    {
      name: 'a merged pull request commits to the branch of the run',
      inputs: COMMIT,
      run: { ref: 'refs/heads/main', payload: { pull_request: { state: 'closed', head: { ref: 'topic' } } } },
      expected: { kind: 'commit', branch: 'main', isPullRequestHead: false },
    },
    {
      name: 'target-branch wins over the pull request',
      inputs: { ...COMMIT, targetBranch: 'main' },
      run: { ref: 'refs/pull/7/merge', payload: openPull },
      expected: { kind: 'commit', branch: 'main', isPullRequestHead: false },
    },
    {
      name: 'a tag with target-branch commits there',
      inputs: { ...COMMIT, targetBranch: 'main' },
      run: { ref: 'refs/tags/v1', payload: undefined },
      expected: { kind: 'commit', branch: 'main', isPullRequestHead: false },
    },
    {
      name: 'a pull request is proposed for the branch of the run, from a branch of its name',
      inputs: PULL_REQUEST,
      run: { ref: 'refs/heads/main', payload: {} },
      expected: { kind: 'pull-request', base: 'main', branch: 'nxcloud-assets/main' },
    },
    {
      name: 'both branches can be named',
      inputs: { ...PULL_REQUEST, targetBranch: 'next', pullRequestBranch: 'bot/assets' },
      run: { ref: 'refs/tags/v1', payload: {} },
      expected: { kind: 'pull-request', base: 'next', branch: 'bot/assets' },
    },
  ] as const;
  for (const { name, inputs, run, expected } of cases) {
    test(name, () => assert.deepEqual(resolvePlace(inputs, run), expected));
  }

  for (const [what, run] of [
    ['a tag', { ref: 'refs/tags/v1', payload: {} }],
    ['a closed pull request', { ref: 'refs/pull/7/merge', payload: { pull_request: { state: 'closed' } } }],
    ['no ref', { ref: '', payload: undefined }],
  ] as const) {
    test(`${what} needs target-branch`, () => {
      assert.throws(() => resolvePlace(COMMIT, run), { name: 'StepError', message: /Set `target-branch`/ });
    });
  }

  test('a pull request from a branch to itself is refused', () => {
    const inputs = { ...PULL_REQUEST, pullRequestBranch: 'main' };
    assert.throws(() => resolvePlace(inputs, { ref: 'refs/heads/main', payload: {} }), {
      name: 'StepError',
      message: /`pull-request-branch` and the base of the pull request are both main/,
    });
  });
});
