import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inSetting, MAIN, PROPOSAL } from './setting.ts';

const FILES = { 'a.png': 'picture a' };

describe('before anything is uploaded', () => {
  test(
    'a token that may only read is refused by a write that changes nothing',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken({ permissions: { contents: 'read' } });
      const publisher = await setting.open({ token });
      await assert.rejects(publisher.prepare(), {
        name: 'StepError',
        message: /commit to the branch main.*lacks the permission `contents: write`/s,
      });
    }),
  );

  test(
    'a personal token without push is refused, though GitHub calls it "Not Found"',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken({ permissions: { contents: 'read' }, isPersonal: true });
      const publisher = await setting.open({ token });
      await assert.rejects(publisher.prepare(), { name: 'StepError', message: /`contents: write`/ });
    }),
  );

  for (const [name, protection, isGuarded, notes] of [
    ['no rule', undefined, false, 0],
    ['a classic rule', 'classic', true, 0],
    ['a rule that asks for a pull request', 'ruleset', true, 1],
    [
      'a rule that asks for one, which the token may pass by',
      { rules: ['pull_request'], passedBy: 'github-actions[bot]' },
      true,
      1,
    ],
  ] as const) {
    test(
      `${name}: the branch is ${isGuarded ? 'guarded' : 'free'}`,
      inSetting(FILES, async (setting) => {
        if (protection !== undefined) setting.repository.protectedBranches.set('main', protection);
        const publisher = await setting.open();
        const preparation = await publisher.prepare();
        assert.equal(preparation.isGuarded, isGuarded);
        assert.equal(preparation.notes.length, notes);
        if (notes > 0)
          assert.match(preparation.notes[0] ?? '', /main asks for a pull request.*`mode: pull-request`/);
      }),
    );
  }

  test(
    'rules that GitHub does not tell are none',
    inSetting(FILES, async (setting) => {
      for (const operation of ['repos/get-branch', 'repos/get-branch-rules'])
        setting.api.plan({ operation, answer: { status: 403, body: { message: 'Forbidden' } } });
      const publisher = await setting.open();
      assert.deepEqual(await publisher.prepare(), { isGuarded: false, notes: [] });
    }),
  );
});

describe('a failure', () => {
  for (const [place, operation, said] of [
    [MAIN, 'ReadBranch', /^GitHub refused to read the branch main: No\. .*`contents: read`/],
    [MAIN, 'createCommitOnBranch', /^GitHub refused to commit to the branch main: No\. .*`contents: write`/],
    [
      PROPOSAL,
      'ReadProposal',
      /^GitHub refused to read the branches main and nxcloud-assets\/main: No\. .*`contents: read`/,
    ],
    [
      PROPOSAL,
      'createCommitOnBranch',
      /^GitHub refused to write the branch nxcloud-assets\/main: No\. .*`contents: write`/,
    ],
  ] as const) {
    test(
      `of ${operation} says what was done, and what it takes (${place.kind})`,
      inSetting(FILES, async (setting) => {
        const body = { data: null, errors: [{ type: 'FORBIDDEN', message: 'No' }] };
        setting.api.plan({ operation, answer: { status: 200, body } });
        await assert.rejects(setting.publish({ 'a.png': 'picture a' }, { place }), {
          name: 'StepError',
          message: said,
        });
      }),
    );
  }
});
