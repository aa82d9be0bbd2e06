import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BranchMoved } from '../../src/github/commit.ts';
import {
  createBranch,
  deleteBranch,
  listBranches,
  moveBranch,
  readBranchRules,
  tryToWrite,
} from '../../src/github/branches.ts';
import type { GitHub } from '../../src/github/client.ts';
import { Refusal } from '../../src/github/failure.ts';
import { inSetting, type Setting } from '../publish/setting.ts';

const FILES = { a: 'a' };

/** Two commits on `main`, the branch `own` at the first, and the branch `temporary` at the second. */
async function prepare(setting: Setting) {
  const { repository } = setting;
  const before = await setting.headOf('main');
  await repository.setBranch('own', 'main');
  const after = await repository.push('main', { a: 'b' });
  await repository.setBranch('temporary', 'main');
  const move = { repositoryId: repository.id, branch: 'own', before, after };
  return { github: await setting.connect(), move };
}

type Move = (github: GitHub, move: Parameters<typeof moveBranch>[1]) => Promise<unknown>;

describe('a branch', () => {
  test(
    'is created once; names that begin alike are listed; it is deleted, and so is one that is gone',
    inSetting(FILES, async (setting) => {
      const github = await setting.connect();
      const commit = await setting.headOf('main');
      const list = async (prefix: string) =>
        (await listBranches(github, prefix)).map(({ name, oid }) => [name, oid === commit]);
      assert.deepEqual(await list('own'), []);
      for (const name of ['own/a', 'own/b', 'owner']) await createBranch(github, name, commit);
      await assert.rejects(createBranch(github, 'own/a', commit), BranchMoved);
      assert.deepEqual(await list('own'), [
        ['own/a', true],
        ['own/b', true],
        ['owner', true],
      ]);
      assert.deepEqual(await list('own/a'), [['own/a', true]]);
      await deleteBranch(github, 'own/a');
      await deleteBranch(github, 'own/a');
      assert.deepEqual(await list('own'), [
        ['own/b', true],
        ['owner', true],
      ]);
    }),
  );

  test(
    'with a name in the way is refused, and that is no branch that moved',
    inSetting(FILES, async (setting) => {
      const github = await setting.connect();
      const commit = await setting.headOf('main');
      await assert.rejects(createBranch(github, 'main/b', commit), {
        name: 'Refusal',
        message: /Reference update failed/,
      });
    }),
  );
});

const moves: readonly (readonly [string, Move])[] = [
  ['moveBranch', async (github, move) => await moveBranch(github, move)],
  ['moveBranch with a deletion', async (github, move) => await moveBranch(github, move, 'temporary')],
];
for (const [name, moveIt] of moves) {
  describe(name, () => {
    test(
      'moves a branch from where it was read, and back: it need not be a step forward',
      inSetting(FILES, async (setting) => {
        const { github, move } = await prepare(setting);
        await moveIt(github, move);
        assert.equal(await setting.headOf('own'), move.after);
        await moveIt(github, { ...move, before: move.after, after: move.before });
        assert.equal(await setting.headOf('own'), move.before);
      }),
    );

    for (const facts of [[], ['wrong beforeOid']] as const) {
      test(
        `of a branch that is elsewhere (${facts.length === 0 ? 'as GitHub says it' : 'as a stale one'}) asks where it is, and repeats nothing`,
        inSetting(FILES, async (setting) => {
          setting.api.facts.flip(...facts);
          const { github, move } = await prepare(setting);
          const theirs = await setting.repository.push('own', { theirs: 'x' });
          await assert.rejects(moveIt(github, move), BranchMoved);
          assert.equal(await setting.headOf('own'), theirs);
          const operations = setting.api.requests.map(({ operation }) => operation);
          assert.deepEqual(operations, ['updateRefs', 'git/get-ref']);
          assert.deepEqual(setting.timing.sleeps, []);
        }),
      );
    }

    for (const fault of ['cut-after', 'cut-in-reply', 'cut-before'] as const) {
      test(
        `whose reply is lost (${fault}) is ${fault === 'cut-before' ? 'not taken for done' : 'found done'}`,
        inSetting(FILES, async (setting) => {
          const { github, move } = await prepare(setting);
          setting.api.plan({ operation: 'updateRefs', fault });
          const moving = moveIt(github, move);
          if (name === 'moveBranch' && fault === 'cut-before') await assert.rejects(moving, BranchMoved);
          else await moving;
          const isMoved = (await setting.headOf('own')) === move.after;
          assert.equal(isMoved, !(name === 'moveBranch' && fault === 'cut-before'));
        }),
      );
    }

    test(
      'of a branch that may not be moved is refused',
      inSetting(FILES, async (setting) => {
        const { github, move } = await prepare(setting);
        setting.repository.protectedBranches.set('own', 'ruleset');
        await assert.rejects(moveIt(github, move), Refusal);
      }),
    );
  });
}

describe('moveBranch and the temporary branch', () => {
  for (const [name, facts, isProtected, isDeleted] of [
    ['go together', [], false, true],
    ['go together, one after the other', ['several moves'], false, true],
    ['part where the branch may not be deleted', [], true, false],
    ['part where the branch may not be deleted, after the move', ['several moves'], true, false],
  ] as const) {
    test(
      name,
      inSetting(FILES, async (setting) => {
        setting.api.facts.flip(...facts);
        const { github, move } = await prepare(setting);
        if (isProtected) setting.repository.protectedBranches.set('temporary', { rules: ['deletion'] });
        assert.equal(await moveBranch(github, move, 'temporary'), isDeleted);
        assert.equal(await setting.headOf('own'), move.after);
        assert.equal((await setting.repository.head('temporary')) === undefined, isDeleted);
      }),
    );
  }
});

describe('what holds of writes to a branch', () => {
  for (const [name, protection, expected] of [
    ['nothing', undefined, { isProtected: false, rules: [] }],
    ['a classic rule', 'classic', { isProtected: true, rules: [] }],
    [
      'a ruleset',
      { rules: ['creation', 'pull_request'] },
      { isProtected: true, rules: ['creation', 'pull_request'] },
    ],
  ] as const) {
    test(
      name,
      inSetting(FILES, async (setting) => {
        if (protection !== undefined) setting.repository.protectedBranches.set('main', protection);
        assert.deepEqual(await readBranchRules(await setting.connect(), 'main'), expected);
      }),
    );
  }

  test(
    'is not known of a branch that does not exist, but for its rules',
    inSetting(FILES, async (setting) => {
      setting.repository.protectedBranches.set('later', 'ruleset');
      const rules = await readBranchRules(await setting.connect(), 'later');
      assert.deepEqual(rules, { isProtected: false, rules: ['pull_request'] });
    }),
  );

  test(
    'are read up to a hundred, of which GitHub gives thirty unasked',
    inSetting(FILES, async (setting) => {
      const rules = [...Array(99).fill('update'), 'pull_request'] as const;
      setting.repository.protectedBranches.set('main', { rules });
      assert.deepEqual((await readBranchRules(await setting.connect(), 'main')).rules, rules);
    }),
  );

  test(
    'and whether the token may write is tried, and leaves nothing behind',
    inSetting(FILES, async (setting) => {
      const head = await setting.headOf('main');
      await tryToWrite(await setting.connect());
      assert.equal(await setting.headOf('main'), head);
      for (const isPersonal of [false, true]) {
        const token = setting.api.createToken({ permissions: { contents: 'read' }, isPersonal });
        const github = await setting.connect({ token });
        await assert.rejects(tryToWrite(github), Refusal);
      }
    }),
  );
});
