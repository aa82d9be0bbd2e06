import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ComparedCommit, Comparison } from '../../src/github/compare.ts';
import type { ProposalState } from '../../src/github/propose.ts';
import type { PullRequest } from '../../src/github/pulls.ts';
import { refuseForeignBranch, refuseTakenName } from '../../src/publish/own-branch.ts';
import { BODY_MARKER } from '../../src/publish/pull-request-text.ts';

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
    partedFile: undefined,
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
