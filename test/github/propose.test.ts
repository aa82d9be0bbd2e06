import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BranchMoved, SentCommits } from '../../src/github/commit.ts';
import type { GitHub } from '../../src/github/client.ts';
import {
  type ProposalState,
  type ProposedFile,
  type ProposedResult,
  proposeFile,
  readState,
} from '../../src/github/propose.ts';
import { computeBlobId } from '../../src/github/read.ts';
import { StepError } from '../../src/text/errors.ts';
import { FAST_TIMING, inSetting, type RunOptions, type Setting } from '../publish/setting.ts';
import { isFull } from '../support/extent.ts';

const BRANCH = 'own/main';
const PLACE = { base: 'main', branch: BRANCH, path: 'm', message: 'Propose' };
const FILES = { m: 'base\n' };

interface Decision {
  readonly file: ProposedFile;
}

/** Adds a line to what base and branch say; a branch that says it all is left alone. */
async function decideOn(setting: Setting, line: string, state: ProposalState): Promise<Decision> {
  const { git } = setting.repository;
  const read = async (oid: string | undefined): Promise<readonly string[]> =>
    oid === undefined ? [] : git.readBlob(oid).toString().split('\n').filter(Boolean);
  const said = await read(state.branch?.file?.oid);
  const lines = new Set([...(await read(state.base.file?.oid)), ...said, line]);
  const text = [...lines].map((each) => `${each}\n`).join('');
  const isOnBranch = lines.size === said.length;
  return { file: { text, isOnBranch, title: 'T', body: text, isUpToDate: (body) => body === text } };
}

async function propose(
  setting: Setting,
  line: string,
  run: RunOptions & { readonly once?: boolean } = {},
): Promise<ProposedResult<Decision>> {
  const options = { start: undefined, once: run.once ?? false, sent: new SentCommits() };
  const decide = async (_: GitHub, state: ProposalState): Promise<Decision> =>
    await decideOn(setting, line, state);
  return await proposeFile(await setting.connect(run), PLACE, decide, options);
}

async function linesOf(setting: Setting): Promise<readonly string[]> {
  const text = await setting.repository.readFile(BRANCH, 'm');
  return (text ?? '').split('\n').filter(Boolean).sort();
}

/** What holds after every ending: no temporary branch, one commit on a commit of the base, with the file alone. */
async function assertTidy(setting: Setting, pulls: readonly string[]): Promise<void> {
  const { git, pullRequests } = setting.repository;
  const refs = git.listRefs();
  assert.deepEqual(
    refs.filter((ref) => ref.includes('rebuild')),
    [],
  );
  const [commit, ...others] = git.listCommits(`refs/heads/main..refs/heads/${BRANCH}`);
  assert.deepEqual(others, []);
  const [parent = ''] = git.readCommit(commit ?? '').parents;
  assert.deepEqual(git.listChangedPaths(parent, commit ?? ''), ['m']);
  assert.deepEqual(
    pullRequests.map(({ number, state }) => `${number} ${state}`),
    pulls,
  );
}

describe('readState', () => {
  const read = async (setting: Setting): Promise<ProposalState> =>
    await readState(await setting.connect(), PLACE);

  test(
    'finds the file where base and branch parted, near or far, and reads nothing twice',
    inSetting(FILES, async (setting) => {
      const { repository } = setting;
      const none = await read(setting);
      assert.deepEqual([none.branch, none.comparison, none.mergeBaseFile], [undefined, undefined, undefined]);
      await propose(setting, 'a');
      const requestsOf = async (): Promise<readonly string[]> => {
        setting.api.requests.length = 0;
        const { mergeBaseFile, comparison } = await read(setting);
        assert.equal(mergeBaseFile?.oid, computeBlobId('base\n'));
        assert.deepEqual(typeof comparison === 'object' && comparison.paths, ['m']);
        return setting.api.requests.map(({ operation }) => operation);
      };
      const near = ['ReadProposal', 'repos/compare-commits-with-basehead'];
      assert.deepEqual(await requestsOf(), near);
      await repository.push('main', { m: 'other\n' });
      assert.deepEqual(await requestsOf(), near, 'at the branch’s parent');
      await repository.push(BRANCH, { m: 'a person’s\n' });
      assert.deepEqual(await requestsOf(), [...near, 'ReadCommit'], 'farther away');
    }),
  );

  test(
    'does not take heads that GitHub does not know yet for unrelated ones',
    inSetting(FILES, async (setting) => {
      await propose(setting, 'a');
      const answer = { status: 404, body: { message: 'Not Found' } };
      setting.api.plan({ operation: 'repos/compare-commits-with-basehead', answer });
      assert.notEqual((await read(setting)).comparison, 'unrelated');
      assert.equal(setting.api.count('repos/compare-commits-with-basehead'), 2);
      const root = setting.repository.git.writeCommit(undefined, { x: 'x' }, {});
      await setting.repository.setBranch(BRANCH, root);
      assert.equal((await read(setting)).comparison, 'unrelated');
    }),
  );
});

describe('a reply that is lost', () => {
  const first = ['git/create-ref', 'createCommitOnBranch', 'git/delete-ref', 'pulls/create'];
  const second = ['git/create-ref', 'createCommitOnBranch', 'updateRefs', 'pulls/update'];
  for (const [what, operations] of [
    ['of a first run', first],
    ['of a second one', second],
  ] as const) {
    for (const operation of operations) {
      // A deletion is answered without a body.
      const faults = operation === 'git/delete-ref' || !isFull ? [] : (['cut-in-reply'] as const);
      for (const fault of ['cut-after', ...faults] as const) {
        test(
          `(${fault}) to ${operation} ${what} leads to one branch, one commit and one pull request`,
          inSetting(FILES, async (setting) => {
            if (operations === second) await propose(setting, 'a');
            setting.api.plan({ operation, fault });
            const { made, pullRequest, failure } = await propose(setting, 'b');
            assert.equal(made?.oid, await setting.headOf(BRANCH));
            assert.deepEqual([pullRequest?.number, failure], [1, undefined]);
            assert.deepEqual(
              await linesOf(setting),
              operations === second ? ['a', 'b', 'base'] : ['b', 'base'],
            );
            await assertTidy(setting, ['1 OPEN']);
          }),
        );
      }
    }
  }

  for (const isFirst of [true, false]) {
    test(
      `and reads that lag behind (${isFirst ? 'first' : 'second'} run) lead to no second commit or pull request`,
      inSetting(FILES, async (setting) => {
        if (!isFirst) await propose(setting, 'a');
        setting.repository.lagOfReads = 2;
        setting.api.plan({
          operation: isFirst ? 'git/create-ref' : 'updateRefs',
          nth: isFirst ? 2 : 1,
          fault: 'cut-after',
        });
        const { made, failure } = await propose(setting, 'b');
        assert.equal(made?.oid, await setting.headOf(BRANCH));
        assert.equal(failure, undefined);
        await assertTidy(setting, ['1 OPEN']);
      }),
    );
  }
});

test(
  'reads that lag behind writes end in one branch and one pull request',
  inSetting(FILES, async (setting) => {
    setting.repository.lagOfReads = 1;
    assert.equal((await propose(setting, 'a')).pullRequest?.change, 'opened');
    await setting.repository.push('main', { m: 'base\nx\n' });
    await propose(setting, 'b');
    assert.deepEqual(await linesOf(setting), ['a', 'b', 'base', 'x']);
    await assertTidy(setting, ['1 OPEN']);
  }),
);

describe('runs that meet', () => {
  for (const facts of [[], ['wrong beforeOid'], ['several moves']] as const) {
    test(
      `on the branch both end well, and neither repeats a call that was refused (${facts.join() || 'as written'})`,
      inSetting(FILES, async (setting) => {
        setting.api.facts.flip(...facts);
        await propose(setting, 'a');
        const before = async (): Promise<void> => void (await propose(setting, 'c'));
        setting.api.plan({ operation: 'updateRefs', before });
        const { failure } = await propose(setting, 'b');
        assert.equal(failure, undefined);
        assert.deepEqual(await linesOf(setting), ['a', 'b', 'base', 'c']);
        await assertTidy(setting, ['1 OPEN']);
        const moves = setting.api.requests.filter(({ operation }) => operation === 'updateRefs');
        const sent = moves.map(({ body }) => JSON.stringify(body));
        assert.deepEqual([moves.length, new Set(sent).size], [3, 3]);
        assert.equal(setting.timing.sleeps.length, 1);
      }),
    );
  }

  test(
    'at the creation of the branch both end well',
    inSetting(FILES, async (setting) => {
      const before = async (): Promise<void> => void (await propose(setting, 'c'));
      setting.api.plan({ operation: 'git/create-ref', nth: 2, before });
      const { failure } = await propose(setting, 'b');
      assert.equal(failure, undefined);
      assert.deepEqual(await linesOf(setting), ['b', 'base', 'c']);
      await assertTidy(setting, ['1 OPEN']);
    }),
  );

  for (const [moment, isFirst, operation, nth] of [
    ['a first run commits', true, 'createCommitOnBranch', 1],
    ['a first run creates the branch', true, 'git/create-ref', 2],
    ['a second one commits', false, 'createCommitOnBranch', 1],
    ['a second one moves the branch', false, 'updateRefs', 1],
  ] as const) {
    test(
      `while one takes the other’s temporary branch for left, before ${moment}, end well`,
      inSetting(FILES, async (setting) => {
        const { repository } = setting;
        if (!isFirst) await propose(setting, 'a');
        const before = async (): Promise<void> => {
          const name = repository.git.listRefs().find((ref) => ref.includes('rebuild')) ?? '';
          await repository.deleteBranch(name.replace('refs/heads/', ''));
        };
        setting.api.plan({ operation, nth, before });
        assert.equal((await propose(setting, 'b')).failure, undefined);
        assert.deepEqual(await linesOf(setting), isFirst ? ['b', 'base'] : ['a', 'b', 'base']);
        await assertTidy(setting, ['1 OPEN']);
      }),
    );
  }

  const runs = isFull ? 16 : 4;
  for (const isFirst of [true, false]) {
    test(
      `${runs} at once, ${isFirst ? 'without' : 'with'} a branch, keep what each has to say, in one pull request`,
      inSetting(FILES, async (setting) => {
        if (!isFirst) await propose(setting, 'old');
        const names = Array.from({ length: runs }, (_, run) => `run ${run}`);
        const results = await Promise.all(
          names.map(async (name) => await propose(setting, name, { timing: FAST_TIMING })),
        );
        for (const { failure } of results) assert.equal(failure, undefined);
        const expected = ['base', ...(isFirst ? [] : ['old']), ...names].sort();
        assert.deepEqual(await linesOf(setting), expected);
        await assertTidy(setting, ['1 OPEN']);
        assert.deepEqual(
          setting.repository.pullRequests[0]?.body.split('\n').filter(Boolean).sort(),
          expected,
        );
      }),
    );
  }

  test(
    'are not waited for by an attempt that is to be the only one',
    inSetting(FILES, async (setting) => {
      await propose(setting, 'a');
      setting.api.plan({
        operation: 'updateRefs',
        before: async () => void (await propose(setting, 'c')),
      });
      await assert.rejects(propose(setting, 'b', { once: true }), BranchMoved);
    }),
  );
});

describe('a refusal', () => {
  for (const [name, operation, isFirst, answer, said] of [
    [
      'of the commit, by a first run',
      'createCommitOnBranch',
      true,
      {
        status: 200,
        body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'Repository rule violations found' }] },
      },
      /Repository rule violations/,
    ],
    [
      'of the move, in words that say nothing else',
      'updateRefs',
      false,
      {
        status: 200,
        body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'Commits are refused here' }] },
      },
      /Commits are refused here/,
    ],
  ] as const) {
    test(
      `${name} leaves the branch as it was and no temporary one`,
      inSetting(FILES, async (setting) => {
        if (!isFirst) await propose(setting, 'a');
        const head = await setting.repository.head(BRANCH);
        setting.api.plan({ operation, times: 9, answer });
        await assert.rejects(propose(setting, 'b'), { name: 'Refusal', message: said });
        assert.equal(await setting.repository.head(BRANCH), head);
        assert.equal(setting.repository.git.listRefs().length, isFirst ? 1 : 2);
      }),
    );
  }

  for (const [name, times, status, message] of [
    ['cannot be deleted', 1000, 403, 'Resource not accessible by integration'],
    ['is gone already', 1, 422, 'Reference does not exist'],
  ] as const) {
    test(
      `is not hidden by a temporary branch that ${name}`,
      inSetting(FILES, async (setting) => {
        const errors = [{ type: 'FORBIDDEN', message: 'Commits are refused here' }];
        const answer = { status: 200, body: { data: null, errors } };
        setting.api.plan({ operation: 'createCommitOnBranch', answer });
        setting.api.plan({ operation: 'git/delete-ref', times, answer: { status, body: { message } } });
        await assert.rejects(propose(setting, 'b'), { name: 'Refusal', message: /Commits are refused here/ });
        assert.equal(setting.api.count('git/delete-ref'), 1);
      }),
    );
  }

  const validation = (error: object) => ({
    status: 422,
    body: { message: 'Validation Failed', errors: [{ resource: 'PullRequest', ...error }] },
  });
  for (const [name, answer, attempts, said] of [
    [
      'that no wait will change',
      validation({ code: 'invalid', field: 'base' }),
      1,
      /Validation Failed: base invalid/,
    ],
    [
      'that lasts',
      validation({ code: 'custom', message: 'No commits between a and b' }),
      undefined,
      /for three minutes/,
    ],
  ] as const) {
    test(
      `of the pull request ${name} keeps the branch`,
      inSetting(FILES, async (setting) => {
        setting.api.plan({ operation: 'pulls/create', times: 1000, answer });
        const { made, pullRequest, failure } = await propose(setting, 'a');
        assert.equal(made?.oid, await setting.headOf(BRANCH));
        assert.equal(pullRequest, undefined);
        assert.match(failure instanceof Error ? failure.message : '', said);
        if (attempts !== undefined) assert.equal(setting.api.count('pulls/create'), attempts);
        await assertTidy(setting, []);
      }),
    );
  }
});

for (const state of ['CLOSED', 'MERGED'] as const) {
  test(
    `a pull request that is ${state.toLowerCase()} while its commit is made gets a successor`,
    inSetting(FILES, async (setting) => {
      await propose(setting, 'a');
      setting.api.plan({
        operation: 'createCommitOnBranch',
        before: async () => {
          if (state === 'MERGED') await setting.repository.mergePullRequest(1, 'squash');
          else setting.repository.closePullRequest(1);
        },
      });
      const { pullRequest, failure } = await propose(setting, 'b');
      assert.deepEqual([pullRequest?.number, failure], [2, undefined]);
      const pulls = setting.repository.pullRequests.map((pull) => `${pull.number} ${pull.state}`);
      assert.deepEqual(pulls, [`1 ${state}`, '2 OPEN']);
    }),
  );
}

test(
  'a base that is gone is not waited for',
  inSetting(FILES, async (setting) => {
    const deleteBase = async (): Promise<void> => {
      await setting.repository.setBranch('other', 'main');
      await setting.repository.deleteBranch('main');
    };
    setting.api.plan({ operation: 'ReadProposal', before: deleteBase });
    await assert.rejects(propose(setting, 'a'), { name: 'StepError', code: 'branch-missing' });
  }),
);

describe('a cancel', () => {
  const reason = new StepError('cancelled', 'The run was cancelled (SIGINT).');

  test(
    'after the commit keeps it, and the next run opens the pull request',
    inSetting(FILES, async (setting) => {
      const controller = new AbortController();
      const before = (): void => controller.abort(reason);
      setting.api.plan({ operation: 'pulls/create', fault: 'hang', before });
      const { made, failure } = await propose(setting, 'a', { signal: controller.signal });
      assert.equal(made?.oid, await setting.headOf(BRANCH));
      assert.match(failure instanceof Error ? failure.message : '', /the run is ending/);
      assert.equal((await propose(setting, 'a')).pullRequest?.change, 'opened');
    }),
  );

  for (const [name, operation, incident, isMoved] of [
    ['during the move', 'updateRefs', { fault: 'hang' }, false],
    ['after a move whose reply was lost', 'updateRefs', { fault: 'cut-after' }, true],
    ['after a temporary branch whose reply was lost', 'git/create-ref', { fault: 'cut-after' }, false],
  ] as const) {
    test(
      `${name} removes the temporary branch, and does not say that nothing was published`,
      inSetting(FILES, async (setting) => {
        await propose(setting, 'a');
        const head = await setting.headOf(BRANCH);
        const controller = new AbortController();
        const abort = (): void => controller.abort(reason);
        const when = incident.fault === 'hang' ? { before: abort } : { after: abort };
        setting.api.plan({ operation, ...incident, ...when });
        await assert.rejects(propose(setting, 'b', { signal: controller.signal }), {
          name: 'StepError',
          message: /given up because the run is ending; it is not known whether/,
        });
        assert.equal((await setting.headOf(BRANCH)) !== head, isMoved);
        await assertTidy(setting, ['1 OPEN']);
      }),
    );
  }
});
