import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareCommits, findBlobs } from '../../src/github/compare.ts';
import { computeBlobId } from '../../src/github/read.ts';
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

describe('findBlobs', () => {
  const names = Array.from({ length: 60 }, (_, index) => `f/${index}`);

  for (const [name, paths, maxTreeEntries, trees, lookUps] of [
    ['few paths, looked up', ['f/1', 'f', 'link', 'link/1', 'none'], 1000, 0, 1],
    ['many paths, in whole trees', [...names, 'f', 'link', 'none'], 1000, 2, 0],
    ['many paths, in trees that are cut', [...names, 'f', 'link', 'none'], 10, 2, 2],
  ] as const) {
    test(
      name,
      inSetting(
        { ...Object.fromEntries(names.map((path) => [path, path])), link: { link: 'f' } },
        async (setting) => {
          setting.repository.maxTreeEntries = maxTreeEntries;
          const first = await setting.headOf('main');
          const second = await setting.repository.push('main', { 'f/1': 'newer' });
          const github = await setting.connect();
          const expected = paths.filter((path) => !['f', 'link/1', 'none'].includes(path));
          const [atFirst, atSecond] = await findBlobs(github, [first, second], paths);
          for (const found of [atFirst, atSecond])
            assert.deepEqual([...(found?.keys() ?? [])].sort(), expected.toSorted());
          assert.equal(atFirst?.get('f/1'), computeBlobId('f/1'));
          assert.equal(atSecond?.get('f/1'), computeBlobId('newer'));
          assert.equal(atSecond?.get('link'), computeBlobId('f'));
          assert.equal(setting.api.count('git/get-tree'), trees);
          assert.equal(setting.api.count('LookUpBlobs'), lookUps);
        },
      ),
    );
  }

  test(
    'tells a commit that GitHub does not know from one without the files',
    inSetting({ a: 'a' }, async (setting) => {
      const known = await setting.headOf('main');
      const github = await setting.connect();
      for (const paths of [['none'], names]) {
        const [none, unknown] = await findBlobs(github, [known, '1'.repeat(40)], paths);
        assert.equal(none?.has('none'), false);
        assert.equal(unknown, undefined);
      }
    }),
  );
});
