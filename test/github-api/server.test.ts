import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { schema } from '@octokit/graphql-schema';
import { at, type Caller, check } from './caller.ts';
import { cutSchema } from './cut-schema.ts';

describe('commits', () => {
  test(
    'are real ones, in the name of the token',
    check(async (caller) => {
      const head = await caller.repository.head('main');
      const made = await caller.commit('main', head);
      const oid = String(at(made, 'data.createCommitOnBranch.commit.oid'));
      assert.equal(await caller.repository.head('main'), oid);
      const commit = caller.repository.git.readCommit(oid);
      assert.deepEqual(
        [commit.parents, commit.author, commit.message],
        [[head], 'github-actions[bot]', 'commit\n\nbody'],
      );
    }),
  );

  test(
    'on one head at once: one wins',
    check(async (caller) => {
      const head = await caller.repository.head('main');
      const all = await Promise.all(Array.from({ length: 5 }, () => caller.commit('main', head)));
      assert.equal(all.filter((reply) => at(reply, 'errors') === undefined).length, 1);
    }),
  );
});

describe('contents', () => {
  test(
    'come in base64, over 1 MB not at all; trees one level at a time',
    check(async (caller) => {
      const large = 'x'.repeat(1024 * 1024 + 1);
      await caller.repository.push('main', { 'large.txt': large });
      const { body } = await caller.rest('GET', 'contents/large.txt');
      assert.deepEqual(
        [at(body, 'content'), at(body, 'encoding'), at(body, 'size')],
        ['', 'none', large.length],
      );
      assert.equal(
        at(await caller.rest('GET', 'contents/a.txt'), 'body.content'),
        Buffer.from('a').toString('base64'),
      );
      assert.equal(at(await caller.rest('GET', 'git/trees/main'), 'body.tree.length'), 3);
    }),
  );
});

describe('branches', () => {
  test(
    'are created, moved together and deleted',
    check(async (caller) => {
      const { repository } = caller;
      const start = await repository.head('main');
      const create = { ref: 'refs/heads/x', sha: start };
      assert.equal((await caller.rest('POST', 'git/refs', create)).status, 201);
      const moved = await repository.push('main', { 'a.txt': 'more' });
      const backward = { name: 'refs/heads/main', beforeOid: moved, afterOid: start, force: true };
      const created = { name: 'refs/heads/y', beforeOid: '0'.repeat(40), afterOid: moved };
      const deleted = { name: 'refs/heads/x', afterOid: '0'.repeat(40), force: true };
      assert.equal(at(await caller.updateRefs([backward, created, deleted]), 'errors'), undefined);
      const heads = ['main', 'y', 'x'].map((branch) => repository.head(branch));
      assert.deepEqual(await Promise.all(heads), [start, moved, undefined]);
      assert.equal((await caller.rest('DELETE', 'git/refs/heads/y')).status, 204);
      assert.equal(await repository.head('y'), undefined);
    }),
  );
});

describe('pull requests', () => {
  test(
    'are opened, changed and read',
    check(async (caller) => {
      await caller.repository.setBranch('x', 'refs/heads/main');
      const head = await caller.repository.push('x', { 'a.txt': 'x' });
      const opened = await caller.openPull('x');
      assert.deepEqual(
        [opened.status, at(opened.body, 'number'), at(opened.body, 'html_url')],
        [201, 1, 'https://github.com/octo/assets/pull/1'],
      );
      assert.equal((await caller.rest('PATCH', 'pulls/1', { title: 'new' })).status, 200);
      const { body } = await caller.rest('GET', 'pulls/1');
      const shown = ['state', 'title', 'body', 'head.sha', 'base.ref'].map((path) => at(body, path));
      assert.deepEqual(shown, ['open', 'new', 'b', head, 'main']);
      await caller.repository.push('x', { 'a.txt': 'y' });
      assert.equal(at(await caller.query('pullRequest(number: 1) { state }'), 'pullRequest.state'), 'OPEN');
    }),
  );

  test(
    'have comments over REST too',
    check(async (caller) => {
      await caller.repository.openPullRequest({ head: 'main', base: 'main' });
      const made = await caller.rest('POST', 'issues/1/comments', { body: 'first' });
      assert.equal(made.status, 201);
      const changed = await caller.rest('PATCH', `issues/comments/${at(made.body, 'id')}`, { body: 'new' });
      assert.equal(changed.status, 200);
      const { body } = await caller.rest('GET', 'issues/1/comments?per_page=100');
      assert.deepEqual(
        [at(body, 'length'), at(body, '0.body'), at(body, '0.user.login')],
        [1, 'new', 'github-actions[bot]'],
      );
      assert.equal((await caller.rest('PATCH', 'issues/comments/99', { body: 'new' })).status, 404);
      assert.equal((await caller.rest('GET', 'issues/2/comments')).status, 404);
    }),
  );

  test(
    'have comments in pages of at most 100',
    check(async (caller) => {
      const pull = await caller.repository.openPullRequest({ head: 'main', base: 'main' });
      for (let count = 0; count < 120; count += 1) caller.repository.addComment(pull, 'someone', `${count}`);
      const page = async (after: string): Promise<unknown> =>
        at(
          await caller.query(
            `pullRequest(number: 1) { comments(first: 100${after}) { nodes { body } pageInfo { hasNextPage endCursor } } }`,
          ),
          'pullRequest.comments',
        );
      const first = await page('');
      const second = await page(`, after: "${at(first, 'pageInfo.endCursor')}"`);
      assert.deepEqual([at(first, 'nodes.length'), at(first, 'pageInfo.hasNextPage')], [100, true]);
      assert.deepEqual(
        [at(second, 'nodes.0.body'), at(second, 'nodes.length'), at(second, 'pageInfo.hasNextPage')],
        ['100', 20, false],
      );
      const tooMany = await caller.query('pullRequest(number: 1) { comments(first: 101) { totalCount } }');
      assert.match(JSON.stringify(tooMany), /exceeds the `first` limit/);
    }),
  );

  test(
    'are compared with all their commits and files',
    check(async (caller) => {
      const base = await caller.repository.head('main');
      await caller.repository.setBranch('x', 'refs/heads/main');
      for (const text of ['1', '2', '3']) await caller.repository.push('x', { 'a.txt': text });
      await caller.repository.push('main', { 'f/b.txt': 'more' });
      const { body } = await caller.rest('GET', 'compare/main...x?per_page=2&page=2');
      assert.deepEqual(
        ['status', 'ahead_by', 'behind_by', 'merge_base_commit.sha', 'commits.length', 'files'].map((path) =>
          at(body, path),
        ),
        ['diverged', 3, 1, base, 1, []],
      );
      const first = await caller.rest('GET', 'compare/main...x?per_page=2');
      assert.deepEqual([at(first.body, 'files.0.filename'), at(first.body, 'files.length')], ['a.txt', 1]);
    }),
  );
});

describe('the stand-in', () => {
  test(
    'has the paths of GitHub Enterprise Server',
    check(
      async (caller) => {
        assert.match(caller.api.url, /\/api\/v3$/);
        assert.equal(at(await caller.query('nameWithOwner'), 'nameWithOwner'), 'octo/assets');
        assert.equal((await caller.rest('GET', 'git/trees/main')).status, 200);
      },
      { enterprise: true },
    ),
  );

  test(
    'lets planned things happen to the request they are planned for',
    check(async (caller) => {
      const seen: string[] = [];
      caller.api.plan({
        operation: 'git/get-tree',
        nth: 2,
        before: () => seen.push('before'),
        after: () => seen.push('after'),
      });
      caller.api.plan({ operation: 'git/get-tree', nth: 3, answer: { status: 502 } });
      caller.api.plan({ operation: 'git/get-tree', nth: 4, times: 2, fault: 'cut-before' });
      const get = async (): Promise<number | string> =>
        await caller.rest('GET', 'git/trees/main').then(
          ({ status }) => status,
          () => 'cut',
        );
      const results = [await get(), await get(), await get(), await get(), await get(), await get()];
      assert.deepEqual(results, [200, 200, 502, 'cut', 'cut', 200]);
      assert.deepEqual(seen, ['before', 'after']);
      assert.equal(caller.api.count('git/get-tree'), 6);
    }),
  );

  test('knows the fields that GitHub publishes, and no others', () => {
    const cut = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8');
    assert.equal(cut, cutSchema(schema.idl));
  });

  for (const [name, act] of [
    ['an unknown field', (caller: Caller) => caller.query('nonsense')],
    ['a wrong body', (caller: Caller) => caller.rest('POST', 'git/refs', { ref: 'refs/heads/x' })],
    ['an unknown parameter', (caller: Caller) => caller.rest('GET', 'git/trees/main?nonsense=1')],
    ['an unknown operation', (caller: Caller) => caller.rest('GET', 'nonsense')],
  ] as const) {
    test(`complains at the end about ${name}`, async () => {
      await assert.rejects(check(async (caller) => void (await act(caller)))(), /Against the published API/);
    });
  }
});
