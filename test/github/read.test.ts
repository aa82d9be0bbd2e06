import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findBlobs } from '../../src/github/blobs.ts';
import { compareCommits } from '../../src/github/compare.ts';
import { NoAnswer } from '../../src/github/failure.ts';
import { computeBlobId, findBranch, readCommit, readFile, readHead } from '../../src/github/read.ts';
import { GitRepository } from '../github-api/git-repository.ts';
import { inSetting } from '../publish/setting.ts';

const { signal } = new AbortController();
const FILES = { 'f/m.json': 'the text', link: { link: 'f' } };

test('ids of blobs are git’s own', () => {
  const repository = new GitRepository();
  for (const content of ['', 'text\n', 'ümläut', 'x'.repeat(100_000)])
    assert.equal(computeBlobId(content), repository.writeBlob(Buffer.from(content)));
});

describe('a branch and its file', () => {
  const file = { oid: computeBlobId('the text'), size: 8, mode: 0o100644, type: 'blob' };

  for (const facts of [[], ['missing file'], ['missing object']] as const) {
    test(
      `are read${facts.length === 0 ? '' : `, also where GitHub answers otherwise: ${facts.join()}`}`,
      inSetting(FILES, async (setting) => {
        setting.api.facts.flip(...facts);
        const github = await setting.connect();
        const first = await setting.headOf('main');
        const second = await setting.repository.push('main', { 'f/m.json': undefined });
        const atFirst = { oid: first, file };
        assert.deepEqual(await readHead(github, 'main', 'f/m.json', signal), {
          oid: second,
          file: undefined,
          parent: atFirst,
        });
        assert.deepEqual(await readCommit(github, first, 'f/m.json', signal), atFirst);
        assert.equal((await readCommit(github, first, 'link/m.json', signal))?.file, undefined);
        assert.equal((await readCommit(github, first, 'link', signal))?.file?.mode, 0o120000);
        assert.equal((await readCommit(github, first, 'f', signal))?.file?.type, 'tree');
        assert.equal(await findBranch(github, 'main', signal), second);
        assert.equal(await findBranch(github, 'nowhere', signal), undefined);
        if (facts[0] === 'missing object') return;
        assert.equal(await readHead(github, 'nowhere', 'f/m.json', signal), undefined);
        assert.equal(await readCommit(github, '1'.repeat(40), 'f/m.json', signal), undefined);
      }),
    );
  }

  test(
    'of a file that is too large to be shown are looked up otherwise, at the head and at its parent',
    inSetting(FILES, async (setting) => {
      const first = await setting.headOf('main');
      const second = await setting.repository.push('main', { README: 'x' });
      const large = (...at: readonly (string | number)[]) => ({
        type: 'UNPROCESSABLE',
        path: ['repository', 'ref', 'target', ...at, 'file'],
        message: 'Could not resolve file over 10mb.',
      });
      const parents = { nodes: [{ oid: first, file: null }] };
      const target = { oid: second, file: null, parents };
      const body = {
        data: { repository: { ref: { target } } },
        errors: [large(), large('parents', 'nodes', 0)],
      };
      setting.api.plan({ operation: 'ReadBranch', answer: { status: 200, body } });
      assert.deepEqual(await readHead(await setting.connect(), 'main', 'f/m.json', signal), {
        oid: second,
        file,
        parent: { oid: first, file },
      });
    }),
  );

  test(
    'are none when the reply names a branch without its commit',
    inSetting(FILES, async (setting) => {
      const body = { data: { repository: { ref: { target: null } } } };
      setting.api.plan({ operation: 'ReadBranch', answer: { status: 200, body } });
      await assert.rejects(readHead(await setting.connect(), 'main', 'm.json', signal), NoAnswer);
    }),
  );

  for (const form of ['raw', 'json', 'json of GitHub’s', 'raw, called JSON'] as const) {
    test(
      `have their bytes read where blobs come as ${form}`,
      inSetting({ 'm.json': '{"a": 1}', plain: 'neither' }, async (setting) => {
        setting.repository.blobForm = form;
        const github = await setting.connect();
        for (const [path, content] of [
          ['m.json', '{"a": 1}'],
          ['plain', 'neither'],
        ] as const) {
          const head = await readHead(github, 'main', path, signal);
          assert.ok(head?.file);
          assert.equal((await readFile(github, head.file, signal)).toString(), content);
        }
      }),
    );
  }

  for (const [name, answer, times, said] of [
    ['is not there yet', { status: 404, body: { message: 'Not Found' } }, 1, undefined],
    ['comes altered once', { status: 200, body: { a: 1 } }, 1, undefined],
    [
      'never comes',
      { status: 404, body: { message: 'Not Found' } },
      9,
      /does not find the file \w+, which exists/,
    ],
    ['comes altered for ever', { status: 200, body: { a: 1 } }, 9, /came with 7 of 8 bytes, or altered/],
    [
      'comes longer than announced',
      { status: 200, body: { a: 'more than was announced'.repeat(5000) } },
      9,
      /longer than \d+ bytes/,
    ],
  ] as const) {
    test(
      `whose content ${name}`,
      inSetting(FILES, async (setting) => {
        setting.api.plan({ operation: 'git/get-blob', times, answer });
        const reading = readFile(await setting.connect(), file, signal);
        if (said === undefined) assert.equal((await reading).toString(), 'the text');
        else await assert.rejects(reading, { name: 'NoAnswer', message: said });
        assert.equal(setting.timing.sleeps.length, said === undefined ? 1 : 4);
      }),
    );
  }
});

describe('findBlobs', () => {
  const names = Array.from({ length: 60 }, (_, index) => `f/${index}`);

  for (const [name, paths, maxTreeEntries, trees] of [
    ['few paths, looked up', ['f/1', 'f', 'link', 'link/1', 'none'], 1000, 0],
    ['many paths, in whole trees', [...names, 'f', 'link', 'none'], 1000, 2],
    ['many paths, in trees that are cut', [...names, 'f', 'link', 'none'], 10, 2],
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
          const [atFirst, atSecond] = await findBlobs(github, [first, second], paths, signal);
          for (const found of [atFirst, atSecond])
            assert.deepEqual([...(found?.keys() ?? [])].sort(), expected.toSorted());
          assert.equal(atFirst?.get('f/1'), computeBlobId('f/1'));
          assert.equal(atSecond?.get('f/1'), computeBlobId('newer'));
          assert.equal(atSecond?.get('link'), computeBlobId('f'));
          assert.equal(setting.api.count('git/get-tree'), trees);
        },
      ),
    );
  }

  test(
    'tells a commit that GitHub does not know from one without the files',
    inSetting(FILES, async (setting) => {
      const known = await setting.headOf('main');
      const github = await setting.connect();
      for (const paths of [['none'], names]) {
        const [none, unknown] = await findBlobs(github, [known, '1'.repeat(40)], paths, signal);
        assert.equal(none?.has('none'), false);
        assert.equal(unknown, undefined);
      }
    }),
  );
});

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
    assert.deepEqual(await compareCommits(github, base, head, signal), {
      status: 'diverged',
      mergeBase: parted,
      paths: ['c', 'a'],
      commits: [{ oid: head, headline: 'Rename', author: 'Someone' }],
    });
    const statuses = [
      [parted, base],
      [base, parted],
      [base, base],
    ].map(async ([a = '', b = '']) => {
      const comparison = await compareCommits(github, a, b, signal);
      return typeof comparison === 'object' ? comparison.status : comparison;
    });
    assert.deepEqual(await Promise.all(statuses), ['ahead', 'behind', 'identical']);
    const root = repository.git.writeCommit(undefined, { x: 'x' }, {});
    assert.equal(await compareCommits(github, base, root, signal), 'unrelated');
    assert.equal(await compareCommits(github, base, '1'.repeat(40), signal), undefined);
  }),
);
