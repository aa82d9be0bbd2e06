// Where a run publishes, by its event and inputs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ComparedCommit, Comparison } from '../../src/github/compare.ts';
import type { ProposalState } from '../../src/github/propose.ts';
import type { PullRequest } from '../../src/github/pulls.ts';
import {
  nameOwnBranch,
  type PlaceInputs,
  refuseForeignBranch,
  refuseTakenName,
  resolvePlace,
} from '../../src/publish/place.ts';
import { BODY_MARKER } from '../../src/publish/pull-request-text.ts';

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

const MANIFEST = 'nxcloud-assets.json';
const OWN = 'nxcloud-assets/main';

function commit(number: number): ComparedCommit {
  return { oid: `${number}`.repeat(40), headline: `work ${number}`, author: 'Someone' };
}

function compare(paths: readonly string[], commits: readonly ComparedCommit[] = [commit(1)]): Comparison {
  return { mergeBase: 'a'.repeat(40), paths, commits };
}

function pullOf(body: string): PullRequest {
  return { number: 1, url: '', state: 'MERGED', body, headRefOid: 'b'.repeat(40) };
}

/** A branch that is there; `comparison` undefined means that it is not. */
function stateOf(
  comparison: ProposalState['comparison'],
  pullRequests: readonly PullRequest[] = [],
): ProposalState {
  const head = { oid: 'b'.repeat(40), file: undefined, parents: [] };
  return {
    repositoryId: 'R',
    defaultBranch: 'main',
    base: head,
    branch: comparison && head,
    pullRequests,
    comparison,
    mergeBaseFile: undefined,
  };
}

describe('refuseForeignBranch', () => {
  const rows: readonly {
    readonly name: string;
    readonly state: ProposalState;
    readonly branch?: string;
    readonly refusal?: RegExp;
  }[] = [
    { name: 'no branch', state: stateOf(undefined) },
    { name: 'no branch of another name', state: stateOf(undefined), branch: 'bot/assets' },
    { name: 'a branch that changes the manifest alone', state: stateOf(compare([MANIFEST])) },
    {
      name: 'a branch of another name that changes the manifest alone',
      state: stateOf(compare([MANIFEST])),
      branch: 'bot/assets',
    },
    {
      name: 'commits that take each other back, an empty one or a merge of the base: no change is left',
      state: stateOf(compare([], [commit(1), commit(2)])),
    },
    {
      name: 'a branch that changes more',
      state: stateOf(compare([MANIFEST, 'code.ts'])),
      refusal:
        /holds more than changes to nxcloud-assets\.json.*: it changes code\.ts\. Its commits: 111111111 "work 1" by Someone\. Move that work to another branch and delete nxcloud-assets\/main/,
    },
    {
      name: 'a branch that changes other files alone',
      state: stateOf(compare(['code.ts'])),
      refusal: /it changes code\.ts/,
    },
    {
      name: 'a branch that changes many files in many commits',
      state: stateOf(compare(['1', '2', '3', '4', '5', '6'], [1, 2, 3, 4, 5, 6].map(commit))),
      refusal: /changes 1, 2, 3, 4, 5 and others\. Its commits: .*"work 5" by Someone and others\. Move/,
    },
    {
      name: 'a branch of another history',
      state: stateOf('unrelated'),
      refusal: /shares no history with main\..*delete nxcloud-assets\/main/,
    },
    {
      name: 'a branch of another name without a change',
      state: stateOf(compare([], [])),
      branch: 'develop',
      refusal: /develop has no change of its own and no pull request of the action's/,
    },
    {
      name: 'a branch of another name without a change, whose pull request was ours',
      state: stateOf(compare([], []), [pullOf(`${BODY_MARKER}\nA table.`)]),
      branch: 'bot/assets',
    },
    {
      name: 'a branch of another name without a change, whose pull request was not',
      state: stateOf(compare([], []), [pullOf('In my own words.')]),
      branch: 'develop',
      refusal: /may be someone else's/,
    },
    {
      name: 'the usual branch without a change',
      state: stateOf(compare([], [])),
    },
    {
      name: 'the default branch',
      state: stateOf(undefined),
      branch: 'main',
      refusal: /`pull-request-branch` is main, the repository's default branch/,
    },
  ];
  for (const { name, state, branch = OWN, refusal } of rows) {
    test(`${name} ${refusal === undefined ? 'is left to the action' : 'is refused'}`, () => {
      const place = { kind: 'pull-request', base: 'main', branch } as const;
      const judge = (): void => refuseForeignBranch(state, place, MANIFEST);
      if (refusal === undefined) assert.doesNotThrow(judge);
      else assert.throws(judge, { name: 'StepError', message: refusal });
    });
  }
});

describe('refuseTakenName', () => {
  for (const [branch, names, taken] of [
    ['a/b', [], undefined],
    ['a/b', ['a/b', 'a/b-rebuild-1', 'ab', 'a/bc', 'a-b'], undefined],
    ['a/b', ['a/c', 'a'], 'a'],
    ['a/b/c', ['a/b'], 'a/b'],
    ['a', ['a/b'], 'a/b'],
    ['a/b', ['a/b/c/d'], 'a/b/c/d'],
  ] as const) {
    test(`${branch} beside ${names.join(', ') || 'nothing'} is ${taken === undefined ? 'free' : `taken by ${taken}`}`, () => {
      const judge = (): void => refuseTakenName(branch, names);
      if (taken === undefined) return assert.doesNotThrow(judge);
      const message = new RegExp(
        `branch ${branch} cannot be created, because the branch ${taken} is in the way.*Rename ${taken}`,
      );
      assert.throws(judge, { name: 'StepError', message });
    });
  }
});
