import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCommits } from '../../src/github/compare.ts';
import { inSetting } from '../publish/setting.ts';

test(
  'compareCommits tells how commits parted, and by what: old names of renamed files among it',
  inSetting({ a: 'some lines\nof text\n', b: 'b' }, async (setting) => {
    const { repository } = setting;
    const parted = await setting.headOf('main');
    await repository.setBranch('topic', 'main');
    const head = await repository.push(
      'topic',
      { a: undefined, c: 'some lines\nof text\n' },
      { message: 'Rename\n\nMore.' },
    );
    const base = await repository.push('main', { b: 'more' });
    const github = await setting.connect();
    assert.deepEqual(await compareCommits(github, base, head), {
      mergeBase: parted,
      paths: ['c', 'a'],
      commits: [{ oid: head, headline: 'Rename', author: 'Someone' }],
    });
    for (const [a, b, mergeBase] of [
      [parted, base, parted],
      [base, parted, parted],
      [base, base, base],
    ] as const) {
      const comparison = await compareCommits(github, a, b);
      assert.equal(typeof comparison === 'object' && comparison.mergeBase, mergeBase);
    }
    const root = await repository.git.writeCommit(undefined, { x: 'x' }, {});
    assert.equal(await compareCommits(github, base, root), 'unrelated');
    assert.equal(await compareCommits(github, base, '1'.repeat(40)), undefined);
  }),
);
