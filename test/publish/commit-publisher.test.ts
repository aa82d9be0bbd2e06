import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BranchMoved } from '../../src/github/commit.ts';
import { entryOf, manifestText, sha256 } from './entries.ts';
import { FAST_TIMING, inSetting, MANIFEST } from './setting.ts';
import { isFull } from '../support/extent.ts';

const FILES = { 'a.png': 'picture a', 'b.png': 'picture b' };
const A = { 'a.png': 'picture a' };

describe('a commit', () => {
  test(
    'holds the manifest only, and says so in its message',
    inSetting(FILES, async (setting) => {
      const head = await setting.headOf('main');
      const commitMessage = 'chore: assets\n\nThe body.\nIts end.\n';
      const published = await setting.publish(A, { commitMessage });
      assert.equal(published.commit, await setting.headOf('main'));
      assert.deepEqual(setting.repository.git.listChangedPaths(head, 'refs/heads/main'), [MANIFEST]);
      assert.equal(await setting.repository.readFile('main', MANIFEST), published.text);
      assert.deepEqual(await setting.entriesOf('main'), { 'a.png': entryOf('picture a') });
      assert.equal((await setting.messagesOf('main')).at(-1), 'chore: assets\n\nThe body.\nIts end.');
      assert.deepEqual([published.superseded.size, published.notes, published.failure], [0, [], undefined]);
      assert.deepEqual(setting.warnings, []);
    }),
  );

  test(
    'costs at most seven requests with a change and three without',
    inSetting(
      { ...FILES, [MANIFEST]: manifestText({ 'b.png': entryOf('picture b'), 'gone.png': entryOf('gone') }) },
      async (setting) => {
        const checkout = { manifest: new Map([['gone.png', entryOf('gone')]]), text: undefined };
        const publisher = await setting.open({ checkout });
        await publisher.prepare();
        await setting.publishWith(publisher, { ...A, 'gone.png': undefined });
        const before = ['ReadBranch', 'git/get-blob'];
        const preflight = ['git/create-blob', 'repos/get-branch', 'repos/get-branch-rules'];
        const change = ['LookUpBlobs', 'createCommitOnBranch'];
        assert.deepEqual(setting.takeRequests().toSorted(), [...before, ...preflight, ...change].toSorted());
        assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png', 'b.png']);

        await setting.publishWith(publisher, { 'a.png': 'picture a', 'b.png': 'picture b' });
        assert.deepEqual(setting.takeRequests(), ['ReadBranch'], 'a further publication without news');
        await setting.publishWith(publisher, { 'c.png': 'picture c' });
        const further = [
          'ReadBranch',
          'LookUpBlobs',
          'repos/compare-commits-with-basehead',
          'createCommitOnBranch',
        ];
        assert.deepEqual(setting.takeRequests(), further, 'a further publication');

        await setting.publish(A);
        assert.deepEqual(setting.takeRequests(), ['ReadBranch', 'git/get-blob'], 'a run with nothing to do');
      },
    ),
  );

  test(
    'from a checkout of another commit costs three requests more at most',
    inSetting(FILES, async (setting) => {
      const baseCommit = await setting.headOf('main');
      await setting.repository.push('main', { 'README.md': 'more' });
      const published = await setting.publish(A, { baseCommit });
      assert.equal(published.commit, await setting.headOf('main'));
      const more = ['LookUpBlobs', 'repos/compare-commits-with-basehead'];
      assert.deepEqual(setting.takeRequests(), ['ReadBranch', ...more, 'createCommitOnBranch']);
      assert.deepEqual(setting.warnings, []);
    }),
  );

  test(
    'is not made when the head says the same already, even in another form',
    inSetting(
      { ...FILES, [MANIFEST]: JSON.stringify({ version: 1, assets: { 'a.png': entryOf('picture a') } }) },
      async (setting) => {
        const head = await setting.headOf('main');
        const published = await setting.publish(A);
        assert.equal(published.commit, undefined);
        assert.equal(await setting.headOf('main'), head);
        assert.equal(published.text, await setting.repository.readFile('main', MANIFEST));
        assert.equal(setting.api.count('createCommitOnBranch'), 0);
      },
    ),
  );

  test(
    'is not made when there is nothing to say and no manifest',
    inSetting(FILES, async (setting) => {
      const { commit, text, manifest } = await setting.publish({});
      assert.deepEqual([commit, text, manifest.size], [undefined, undefined, 0]);
    }),
  );

  test(
    'goes to GitHub Enterprise Server alike',
    inSetting(
      FILES,
      async (setting) => {
        const published = await setting.publish(A);
        assert.equal(published.commit, await setting.headOf('main'));
        assert.ok(setting.api.requests.every(({ path }) => path.startsWith('/api/')));
      },
      { enterprise: true },
    ),
  );

  test(
    'to the head of a pull request is noted when GITHUB_TOKEN made it, because its runs are held back',
    inSetting(FILES, async (setting) => {
      await setting.repository.setBranch('topic', 'main');
      const place = { kind: 'commit', branch: 'topic', isPullRequestHead: true } as const;
      const noted = await setting.publish(A, { place });
      assert.match(noted.notes.join(), /GITHUB_TOKEN.*wait.*GitHub App/);
      const token = setting.api.createToken({ login: 'our-app[bot]' });
      const silent = await setting.publish({ 'b.png': 'picture b' }, { place, token });
      assert.deepEqual(silent.notes, []);
    }),
  );
});

describe('a commit of someone else between read and write', () => {
  const before = { ...FILES, [MANIFEST]: manifestText({ 'old.png': entryOf('old') }) };
  const cases = [
    { name: 'to another file', push: { 'README.md': 'x' }, expected: ['a.png', 'old.png'] },
    {
      name: 'to the manifest',
      push: { [MANIFEST]: manifestText({ 'old.png': entryOf('old'), 'theirs.png': entryOf('theirs') }) },
      expected: ['a.png', 'old.png', 'theirs.png'],
    },
    {
      name: 'to the asset and its entry',
      push: {
        'a.png': 'newer',
        [MANIFEST]: manifestText({ 'a.png': entryOf('newer'), 'old.png': entryOf('old') }),
      },
      expected: ['a.png', 'old.png'],
      idOfA: entryOf('newer').id,
    },
    { name: 'that deletes the asset', push: { 'a.png': undefined }, expected: ['old.png'] },
    { name: 'that deletes the manifest', push: { [MANIFEST]: undefined }, expected: ['a.png'] },
  ];
  for (const { name, push, expected, idOfA } of cases) {
    test(
      name,
      inSetting(before, async (setting) => {
        const publisher = await setting.open();
        const head = await setting.headOf('main');
        const planned = {
          operation: 'createCommitOnBranch',
          before: () => setting.repository.push('main', push),
        };
        setting.api.plan(planned);
        await setting.publishWith(publisher, A);
        const entries = await setting.entriesOf('main');
        assert.deepEqual(Object.keys(entries), expected);
        if (idOfA !== undefined) assert.equal(entries['a.png']?.id, idOfA);
        const lost = setting.repository.git.listCommits(`refs/heads/main..${head}`);
        assert.deepEqual(lost, [], 'history is linear');
        assert.equal(setting.timing.sleeps.length, 1);
      }),
    );
  }

  test(
    'costs no second reading of the same manifest',
    inSetting(before, async (setting) => {
      const publisher = await setting.open();
      const push = async (): Promise<unknown> => await setting.repository.push('main', { 'README.md': 'x' });
      setting.api.plan({ operation: 'createCommitOnBranch', before: push });
      const published = await setting.publishWith(publisher, A);
      assert.equal(published.commit, await setting.headOf('main'));
      assert.equal(setting.api.count('git/get-blob'), 1);
    }),
  );

  test(
    'ends an early publication, which is tried once',
    inSetting(before, async (setting) => {
      const publisher = await setting.open();
      const push = async (): Promise<unknown> => await setting.repository.push('main', { 'README.md': 'x' });
      setting.api.plan({ operation: 'createCommitOnBranch', before: push });
      await assert.rejects(setting.publishWith(publisher, A, { once: true }), BranchMoved);
      assert.equal(setting.api.count('createCommitOnBranch'), 1);
      const later = await setting.publishWith(publisher, A, { once: true });
      assert.equal(later.commit, await setting.headOf('main'), 'the next reads the branch anew');
    }),
  );

  test(
    'a run repeated on an old commit does not bring old entries back',
    inSetting(before, async (setting) => {
      const baseCommit = await setting.headOf('main');
      await setting.publish(A);
      await setting.repository.push('main', { 'a.png': 'newer', 'b.png': undefined });
      await setting.publish({ 'a.png': 'newer' });
      const text = await setting.repository.readFile('main', MANIFEST);
      const again = await setting.publish({ 'a.png': 'picture a', 'b.png': 'picture b' }, { baseCommit });
      assert.equal(await setting.repository.readFile('main', MANIFEST), text);
      assert.deepEqual([...again.superseded.keys()], ['a.png', 'b.png']);
      assert.equal(again.text, text);
    }),
  );
});

const RUNS = isFull ? 16 : 6;

test(
  `${RUNS} runs at once, each with an asset of its own and two in common, keep every entry in a linear history`,
  inSetting(FILES, async (setting) => {
    const start = await setting.headOf('main');
    const runs = Array.from({ length: RUNS }, async (_, run) => {
      const publisher = await setting.open({ timing: FAST_TIMING });
      const files = { [`own${run}`]: `own ${run}`, shared1: 's1', shared2: 's2' };
      return await setting.publishWith(publisher, files, { upload: run });
    });
    const published = await Promise.all(runs);
    const entries = await setting.entriesOf('main');
    assert.equal(Object.keys(entries).length, RUNS + 2);
    assert.equal(entries.shared1?.sha256, sha256('s1'));
    const commits = setting.repository.git.listCommits(`${start}..refs/heads/main`);
    const made = published.map(({ commit }) => commit);
    assert.deepEqual(commits.toSorted(), made.toSorted(), 'one commit each');
    for (const oid of commits) assert.equal(setting.repository.git.readCommit(oid).parents.length, 1);
  }),
);
