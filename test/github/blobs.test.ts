import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findBlobs } from '../../src/github/blobs.ts';
import { computeBlobId } from '../../src/github/read.ts';
import { inSetting } from '../publish/setting.ts';

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
