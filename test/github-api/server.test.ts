import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { at, type Caller, check, type Reply } from './caller.ts';
import type { HostedRepository } from './repository.ts';

describe('commits', () => {
  test(
    'are real ones, in the name of the token, and only on the expected head',
    check(async (caller) => {
      const head = await caller.repository.head('main');
      const made = await caller.commit('main', head);
      const oid = String(at(made, 'data.createCommitOnBranch.commit.oid'));
      assert.equal(await caller.repository.head('main'), oid);
      const commit = await caller.repository.git.readCommit(oid);
      assert.deepEqual(
        [commit.parents, commit.author, commit.message],
        [[head], 'github-actions[bot]', 'commit\n\nbody'],
      );
      const stale = await caller.commit('main', head);
      assert.equal(at(stale, 'errors.0.type'), 'STALE_DATA');
      assert.match(String(at(stale, 'errors.0.message')), /^Expected branch to point to/);
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

  test(
    'to a protected branch, a missing one or without permission are refused',
    check(async (caller) => {
      const head = await caller.repository.head('main');
      assert.equal(at(await caller.commit('nowhere', head), 'errors.0.message'), 'Branch not found');
      caller.repository.protectedBranches.set('main', 'classic');
      assert.equal(
        at(await caller.commit('main', head), 'errors.0.type'),
        'BRANCH_PROTECTION_RULE_VIOLATION',
      );
      caller.repository.protectedBranches.set('main', 'ruleset');
      assert.match(
        String(at(await caller.commit('main', head), 'errors.0.message')),
        /^Repository rule violations found/,
      );
      caller.token = caller.api.createToken({ permissions: { contents: 'read' } });
      const error = at(await caller.commit('main', head), 'errors.0');
      assert.deepEqual(
        [at(error, 'type'), at(error, 'message')],
        ['FORBIDDEN', 'Resource not accessible by integration'],
      );
      assert.equal(await caller.repository.head('main'), head);
    }),
  );

  test(
    'are seen late when reads lag',
    check(async (caller) => {
      caller.repository.lagOfReads = 1;
      const head = await caller.repository.head('main');
      const made = await caller.commit('main', head);
      const read = async (): Promise<unknown> =>
        at(await caller.query('ref(qualifiedName: "refs/heads/main") { target { oid } }'), 'ref.target.oid');
      assert.deepEqual(
        [await read(), await read()],
        [head, at(made, 'data.createCommitOnBranch.commit.oid')],
      );
    }),
  );
});

describe('contents', () => {
  test(
    'GraphQL cuts a long text and says so; the raw blob is whole; the contents API leaves out more than 1 MB',
    check(async (caller) => {
      const large = 'x'.repeat(1024 * 1024 + 1);
      await caller.repository.push('main', { 'large.txt': large });
      const object = await caller.query(
        'object(expression: "main:large.txt") { oid ... on Blob { text isTruncated byteSize } }',
      );
      assert.deepEqual(
        [at(object, 'object.isTruncated'), at(object, 'object.byteSize')],
        [true, large.length],
      );
      assert.ok(String(at(object, 'object.text')).length < large.length);
      const raw = await caller.rest(
        'GET',
        `git/blobs/${at(object, 'object.oid')}`,
        undefined,
        'application/vnd.github.raw+json',
      );
      assert.equal(raw.body, large);
      const { body } = await caller.rest('GET', 'contents/large.txt');
      assert.deepEqual(
        [at(body, 'content'), at(body, 'encoding'), at(body, 'size')],
        ['', 'none', large.length],
      );
      assert.equal(
        at(await caller.rest('GET', 'contents/a.txt'), 'body.content'),
        Buffer.from('a').toString('base64'),
      );
    }),
  );

  test(
    'recursive trees are cut, and say so',
    check(async (caller) => {
      const whole = await caller.rest('GET', 'git/trees/main?recursive=1');
      assert.deepEqual([at(whole, 'body.truncated'), at(whole, 'body.tree.length')], [false, 3]);
      caller.repository.maxTreeEntries = 2;
      const cut = await caller.rest('GET', 'git/trees/main?recursive=1');
      assert.deepEqual([at(cut, 'body.truncated'), at(cut, 'body.tree.length')], [true, 2]);
      assert.equal(at(await caller.rest('GET', 'git/trees/main'), 'body.tree.length'), 2);
    }),
  );
});

describe('branches', () => {
  test(
    'are created once, and deleted once',
    check(async (caller) => {
      const sha = await caller.repository.head('main');
      const create = async (): Promise<Reply> =>
        await caller.rest('POST', 'git/refs', { ref: 'refs/heads/x', sha });
      assert.equal((await create()).status, 201);
      const again = await create();
      assert.deepEqual([again.status, at(again.body, 'message')], [422, 'Reference already exists']);
      assert.equal((await caller.rest('DELETE', 'git/refs/heads/x')).status, 204);
      assert.equal((await caller.rest('DELETE', 'git/refs/heads/x')).status, 422);
      caller.token = caller.api.createToken({ permissions: { contents: 'read' } });
      const refused = await create();
      assert.deepEqual(
        [refused.status, at(refused.body, 'message')],
        [403, 'Resource not accessible by integration'],
      );
    }),
  );

  test(
    'move together or not at all, forward unless forced',
    check(async (caller) => {
      const { repository } = caller;
      const start = await repository.head('main');
      await repository.setBranch('x', 'refs/heads/main');
      const moved = await repository.push('main', { 'a.txt': 'more' });
      const wrong = await caller.updateRefs([
        { name: 'refs/heads/x', afterOid: moved },
        { name: 'refs/heads/main', beforeOid: start, afterOid: start, force: true },
      ]);
      assert.equal(at(wrong, 'errors.length'), 1);
      assert.deepEqual([await repository.head('x'), await repository.head('main')], [start, moved]);
      const backward = { name: 'refs/heads/main', beforeOid: moved, afterOid: start };
      assert.match(String(at(await caller.updateRefs([backward]), 'errors.0.message')), /not a fast forward/);
      const deleted = { name: 'refs/heads/x', afterOid: '0'.repeat(40) };
      assert.equal(at(await caller.updateRefs([{ ...backward, force: true }, deleted]), 'errors'), undefined);
      assert.deepEqual([await repository.head('x'), await repository.head('main')], [undefined, start]);
    }),
  );
});

describe('pull requests', () => {
  test(
    'are opened once, for something, by who may',
    check(async (caller) => {
      await caller.repository.setBranch('x', 'refs/heads/main');
      const errorsOf = async (): Promise<string> =>
        JSON.stringify(at(await caller.openPull('x'), 'body.errors'));
      assert.match(await errorsOf(), /No commits between main and x/);
      await caller.repository.push('x', { 'a.txt': 'x' });
      caller.repository.actionsMayOpenPullRequests = false;
      const refused = await caller.openPull('x');
      assert.deepEqual(
        [refused.status, at(refused.body, 'message')],
        [403, 'GitHub Actions is not permitted to create or approve pull requests.'],
      );
      caller.repository.actionsMayOpenPullRequests = true;
      const opened = await caller.openPull('x');
      assert.deepEqual(
        [opened.status, at(opened.body, 'number'), at(opened.body, 'html_url')],
        [201, 1, 'https://github.com/octo/assets/pull/1'],
      );
      assert.match(await errorsOf(), /A pull request already exists for octo:x\./);
    }),
  );

  for (const [name, act, state] of [
    [
      'closes when its head is reset to the base',
      (r: HostedRepository) => r.setBranch('x', 'refs/heads/main'),
      'CLOSED',
    ],
    ['closes when its head is deleted', (r: HostedRepository) => r.deleteBranch('x'), 'CLOSED'],
    [
      'is merged when the base gets its head',
      (r: HostedRepository) => r.setBranch('main', 'refs/heads/x'),
      'MERGED',
    ],
    ['stays open when its head moves on', (r: HostedRepository) => r.push('x', { 'a.txt': 'y' }), 'OPEN'],
  ] as const) {
    test(
      name,
      check(async (caller) => {
        await caller.repository.setBranch('x', 'refs/heads/main');
        await caller.repository.push('x', { 'a.txt': 'x' });
        await caller.openPull('x');
        await act(caller.repository);
        const pull = await caller.query('pullRequest(number: 1) { state }');
        assert.equal(at(pull, 'pullRequest.state'), state);
      }),
    );
  }

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
    'refuses tokens it does not know or that have expired',
    check(async (caller) => {
      caller.token.isExpired = true;
      const { status, body } = await caller.rest('GET', 'git/trees/main');
      assert.deepEqual([status, at(body, 'message')], [401, 'Bad credentials']);
      assert.equal((await caller.graphql('query Test { viewer { login } }')).status, 401);
    }),
  );

  test(
    'hides the repository from a token without contents',
    check(async (caller) => {
      caller.token = caller.api.createToken({ permissions: { contents: 'none' } });
      assert.equal((await caller.rest('GET', 'git/trees/main')).status, 404);
      const hidden = await caller.query('id');
      assert.equal(at(hidden, 'errors.0.type'), 'NOT_FOUND');
    }),
  );

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
