import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StepError } from '../../src/text/errors.ts';
import type { Publication } from '../../src/github/publisher.ts';
import { BODY_MARKER } from '../../src/publish/pull-request-text.ts';
import { UnreadableManifest } from '../../src/manifest/manifest.ts';
import {
  entryOf,
  FAST_TIMING,
  inSetting,
  MANIFEST,
  manifestText,
  PROPOSAL,
  type RunOptions,
  type Setting,
} from './setting.ts';

const BRANCH = 'nxcloud-assets/main';
const FILES = { 'a.png': 'picture a', 'b.png': 'picture b', 'c.png': 'picture c' };

async function propose(
  setting: Setting,
  files: Readonly<Record<string, string | undefined>>,
  run: RunOptions = {},
): Promise<Publication> {
  return await setting.publish(files, { place: PROPOSAL, ...run });
}

/** Branches that are there; temporary ones must not stay. */
async function listBranches(setting: Setting): Promise<readonly string[]> {
  const refs = await setting.repository.git.run([
    'for-each-ref',
    '--format=%(refname:lstrip=2)',
    'refs/heads',
  ]);
  return refs.split('\n');
}

/** Title, state and number of every pull request. */
function listPulls(setting: Setting): readonly string[] {
  return setting.repository.pullRequests.map(({ number, state }) => `${number} ${state}`);
}

describe('the first run', () => {
  test(
    'creates the branch at the base, commits once and opens a pull request that says what changes',
    inSetting(
      { ...FILES, [MANIFEST]: manifestText({ 'b.png': entryOf('older b'), 'gone.png': entryOf('gone') }) },
      async (setting) => {
        const base = await setting.headOf('main');
        const published = await propose(
          setting,
          { 'a.png': 'picture a', 'b.png': 'picture b', 'gone.png': undefined },
          { commitMessage: 'feat: assets\n\nMore.' },
        );
        assert.equal(await setting.headOf('main'), base);
        assert.equal(published.commit, await setting.headOf(BRANCH));
        assert.deepEqual(await setting.repository.git.listCommits(`${base}..refs/heads/${BRANCH}`), [
          published.commit,
        ]);
        assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png']);
        assert.equal(published.text, await setting.repository.readFile(BRANCH, MANIFEST));
        assert.deepEqual(published.pullRequest, {
          number: 1,
          url: 'https://github.com/octo/assets/pull/1',
          change: 'opened',
        });
        assert.match(published.notes.join(), /GITHUB_TOKEN.*wait/);
        const [pull] = setting.repository.pullRequests;
        assert.equal(pull?.title, 'feat: assets');
        assert.match(pull.body, /a\.png<.*>new<.*\n.*b\.png<.*>content changed<.*\n.*gone\.png<.*>removed</);
      },
    ),
  );

  test(
    'proposes nothing when the base says the same',
    inSetting({ ...FILES, [MANIFEST]: manifestText({ 'a.png': entryOf('picture a') }) }, async (setting) => {
      const published = await propose(setting, { 'a.png': 'picture a' });
      assert.deepEqual([published.commit, published.pullRequest], [undefined, undefined]);
      assert.deepEqual(await listBranches(setting), ['main']);
    }),
  );

  test(
    'that may create the branch but not commit to it leaves no branch behind',
    inSetting(FILES, async (setting) => {
      const errors = [{ message: 'Repository rule violations found\n\nCannot update this protected ref.' }];
      setting.api.plan({
        operation: 'createCommitOnBranch',
        answer: { status: 200, body: { data: null, errors } },
      });
      await assert.rejects(propose(setting, { 'a.png': 'picture a' }), {
        name: 'StepError',
        message: /nxcloud-assets\/main is protected/,
      });
      assert.deepEqual(await listBranches(setting), ['main']);
    }),
  );

  test(
    'goes to GitHub Enterprise Server alike',
    inSetting(
      FILES,
      async (setting) => {
        const published = await propose(setting, { 'a.png': 'picture a' });
        assert.equal(published.pullRequest?.change, 'opened');
      },
      { enterprise: true },
    ),
  );

  test(
    'has only the changes that describe the base',
    inSetting(FILES, async (setting) => {
      const published = await propose(setting, { 'a.png': 'picture a', 'b.png': 'not on main' });
      assert.deepEqual([...published.superseded.keys()], ['b.png']);
      assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png']);
    }),
  );
});

test(
  'a pull request that an app opens is not held back, and nothing is said of it',
  inSetting(FILES, async (setting) => {
    const token = setting.api.createToken({ login: 'our-app[bot]' });
    const { pullRequest, notes } = await propose(setting, { 'a.png': 'picture a' }, { token });
    assert.equal(pullRequest?.change, 'opened');
    assert.deepEqual(notes, []);
  }),
);

describe('a second run', () => {
  test(
    'with nothing new changes nothing, and knows what is proposed already',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      const head = await setting.headOf(BRANCH);
      setting.api.requests.length = 0;
      const publisher = await setting.open({ place: PROPOSAL });
      assert.deepEqual([...publisher.manifest.keys()], ['a.png']);
      const published = await setting.publishWith(publisher, { 'a.png': 'picture a' });
      assert.equal(await setting.headOf(BRANCH), head);
      assert.equal(published.commit, undefined);
      assert.equal(published.pullRequest, undefined);
      assert.deepEqual(published.notes, []);
      const writes = setting.api.requests.filter(
        ({ operation }) => !/^Read|^Inspect|^LookUp|get|compare/.test(operation),
      );
      assert.deepEqual(
        writes.map(({ operation }) => operation),
        [],
      );
    }),
  );

  test(
    'with something new appends one commit and updates the description',
    inSetting(FILES, async (setting) => {
      const first = await propose(setting, { 'a.png': 'picture a' });
      const second = await propose(setting, { 'b.png': 'picture b' });
      assert.deepEqual((await setting.repository.git.readCommit(`refs/heads/${BRANCH}`)).parents, [
        first.commit,
      ]);
      assert.equal(second.pullRequest?.change, 'updated');
      assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png']);
      assert.match(setting.repository.pullRequests[0]?.body ?? '', /a\.png.*b\.png/s);
      assert.deepEqual(listPulls(setting), ['1 OPEN']);
    }),
  );

  test(
    'leaves a description alone that a person rewrote',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      const [pull] = setting.repository.pullRequests;
      assert.match(pull?.body ?? '', new RegExp(BODY_MARKER));
      assert.ok(pull);
      pull.body = 'In my own words.';
      await propose(setting, { 'b.png': 'picture b' });
      assert.equal(pull.body, 'In my own words.');
    }),
  );

  test(
    'opens the pull request that a first run was not permitted to open',
    inSetting(FILES, async (setting) => {
      setting.repository.actionsMayOpenPullRequests = false;
      const first = await propose(setting, { 'a.png': 'picture a' });
      assert.equal(first.commit, await setting.headOf(BRANCH));
      assert.equal(first.pullRequest, undefined);
      assert.match(
        first.failure?.message ?? '',
        /"Allow GitHub Actions to create and approve pull requests".*https:\/\/github\.com\/octo\/assets\/compare\/main\.\.\.nxcloud-assets\/main/s,
      );
      setting.repository.actionsMayOpenPullRequests = true;
      const second = await propose(setting, {});
      assert.deepEqual(
        [second.commit, second.failure, second.pullRequest?.change],
        [undefined, undefined, 'opened'],
      );
    }),
  );
});

test(
  'the link to a branch that is kept holds for any name',
  inSetting(FILES, async (setting) => {
    setting.repository.actionsMayOpenPullRequests = false;
    const place = { kind: 'pull-request', base: 'main', branch: 'bot/ä#1&2' } as const;
    const { failure } = await setting.publish({ 'a.png': 'picture a' }, { place });
    assert.match(failure?.message ?? '', /\/compare\/main\.\.\.bot\/%C3%A4%231%262$/);
  }),
);

describe('after the base moved', () => {
  test(
    'in other files, the branch is appended to',
    inSetting(FILES, async (setting) => {
      const first = await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push('main', { 'README.md': 'more' });
      await propose(setting, { 'b.png': 'picture b' });
      assert.deepEqual((await setting.repository.git.readCommit(`refs/heads/${BRANCH}`)).parents, [
        first.commit,
      ]);
      assert.deepEqual(listPulls(setting), ['1 OPEN']);
    }),
  );

  test(
    'in the manifest, the branch is rebuilt in one step, its pull request stays open, the base wins where both changed',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a', 'b.png': 'picture b' });
      const onBase = { 'a.png': entryOf('picture a', 9), 'x.png': entryOf('x') };
      const base = await setting.repository.push('main', { [MANIFEST]: manifestText(onBase) });
      const published = await propose(setting, { 'c.png': 'picture c' });
      const commit = await setting.repository.git.readCommit(`refs/heads/${BRANCH}`);
      assert.deepEqual([commit.oid, commit.parents], [published.commit, [base]]);
      assert.deepEqual(await setting.entriesOf(BRANCH), {
        ...onBase,
        'b.png': entryOf('picture b'),
        'c.png': entryOf('picture c'),
      });
      assert.deepEqual(listPulls(setting), ['1 OPEN']);
      assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
      assert.deepEqual(published.pullRequest?.change, 'updated');
      assert.match(published.notes.join(), /and the base wins: a\.png/);
      const again = await propose(setting, {});
      assert.deepEqual([again.commit, await setting.headOf(BRANCH)], [undefined, commit.oid]);
    }),
  );

  test(
    'in many paths, some of those where the base wins are named',
    inSetting(FILES, async (setting) => {
      const names = ['1', '2', '3', '4', '5', '6'].map((name) => `${name}.png`);
      await propose(setting, Object.fromEntries(names.map((name) => [name, `picture ${name}`])));
      const onBase = Object.fromEntries(names.map((name) => [name, entryOf(`picture ${name}`, 9)]));
      await setting.repository.push('main', { [MANIFEST]: manifestText(onBase) });
      const published = await propose(setting, { 'c.png': 'picture c' });
      assert.match(
        published.notes.join(),
        /the base wins: 1\.png, 2\.png, 3\.png, 4\.png, 5\.png and others/,
      );
    }),
  );

  test(
    'in the manifest, so that nothing is left to propose, nothing is touched',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      const head = await setting.headOf(BRANCH);
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'a.png': entryOf('picture a') }) });
      const published = await propose(setting, {});
      assert.deepEqual(
        [await setting.headOf(BRANCH), published.commit, published.pullRequest],
        [head, undefined, undefined],
      );
      assert.deepEqual(listPulls(setting), ['1 OPEN']);
    }),
  );

  test(
    'a rebuild whose replies are lost is not done twice, and leaves no temporary branch',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      setting.api.plan({ operation: 'updateRefs', fault: 'cut-after' });
      const published = await propose(setting, { 'b.png': 'picture b' });
      assert.equal(published.commit, await setting.headOf(BRANCH));
      assert.equal(
        (await setting.repository.git.listCommits(`refs/heads/main..refs/heads/${BRANCH}`)).length,
        1,
      );
      assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
      assert.deepEqual(listPulls(setting), ['1 OPEN']);
    }),
  );

  test(
    'a rebuild that another run gets ahead of loses nothing of either',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      const before = async (): Promise<void> => void (await propose(setting, { 'c.png': 'picture c' }));
      setting.api.plan({ operation: 'updateRefs', before });
      await propose(setting, { 'b.png': 'picture b' });
      assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png', 'c.png', 'x.png']);
      assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
      assert.deepEqual(listPulls(setting), ['1 OPEN']);
    }),
  );

  test(
    'a rebuild that GitHub refuses leaves the branch as it was and no temporary branch',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      const head = await setting.headOf(BRANCH);
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      setting.repository.protectedBranches.set(BRANCH, 'ruleset');
      await assert.rejects(propose(setting, { 'b.png': 'picture b' }), {
        name: 'StepError',
        message: /branch nxcloud-assets\/main is protected/,
      });
      assert.equal(await setting.headOf(BRANCH), head);
      assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
    }),
  );
});

describe('after the pull request was merged', () => {
  for (const method of ['merge', 'squash'] as const) {
    test(
      `by ${method}, with its branch left: nothing new opens nothing, something new opens another`,
      inSetting(FILES, async (setting) => {
        await propose(setting, { 'a.png': 'picture a' });
        await setting.repository.mergePullRequest(1, method);
        const idle = await propose(setting, { 'a.png': 'picture a' });
        assert.deepEqual([idle.commit, idle.pullRequest], [undefined, undefined]);
        const next = await propose(setting, { 'b.png': 'picture b' });
        assert.equal(next.pullRequest?.change, 'opened');
        assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png']);
        assert.deepEqual(
          await setting.repository.git.listChangedPaths('refs/heads/main', `refs/heads/${BRANCH}`),
          [MANIFEST],
        );
        assert.deepEqual(listPulls(setting), ['1 MERGED', '2 OPEN']);
      }),
    );

    test(
      `by ${method}, and its branch deleted`,
      inSetting(FILES, async (setting) => {
        await propose(setting, { 'a.png': 'picture a' });
        await setting.repository.mergePullRequest(1, method);
        await setting.repository.deleteBranch(BRANCH);
        const next = await propose(setting, { 'b.png': 'picture b' });
        assert.equal(next.pullRequest?.change, 'opened');
        assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png']);
      }),
    );
  }

  test(
    'and reverted on the base: what was merged is not known as proposed, so it is uploaded and proposed again',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.mergePullRequest(1, 'squash');
      await setting.repository.push('main', { [MANIFEST]: undefined });
      const publisher = await setting.open({ place: PROPOSAL });
      assert.equal(publisher.manifest.size, 0);
      const published = await setting.publishWith(publisher, { 'a.png': 'picture a' }, { upload: 1 });
      assert.equal(published.pullRequest?.change, 'opened');
      assert.deepEqual(await setting.entriesOf(BRANCH), { 'a.png': entryOf('picture a', 1) });
    }),
  );
});

describe('after a person closed the pull request', () => {
  test(
    'nothing new opens nothing; something new opens another, not the closed one',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      setting.repository.closePullRequest(1);
      const head = await setting.headOf(BRANCH);
      const idle = await propose(setting, { 'a.png': 'picture a' });
      assert.deepEqual(
        [idle.commit, idle.pullRequest, await setting.headOf(BRANCH)],
        [undefined, undefined, head],
      );
      assert.match(idle.notes.join(), /#1 was closed and there is nothing new/);
      assert.deepEqual(listPulls(setting), ['1 CLOSED']);
      const next = await propose(setting, { 'b.png': 'picture b' });
      assert.equal(next.pullRequest?.number, 2);
      assert.deepEqual(listPulls(setting), ['1 CLOSED', '2 OPEN']);
    }),
  );

  test(
    'and the base moved: still nothing new',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      setting.repository.closePullRequest(1);
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      const idle = await propose(setting, { 'a.png': 'picture a' });
      assert.deepEqual([idle.commit, idle.pullRequest], [undefined, undefined]);
      assert.deepEqual(listPulls(setting), ['1 CLOSED']);
    }),
  );
});

describe('a branch that is not the action’s own', () => {
  const message = /holds more than changes to nxcloud-assets\.json.*[0-9a-f]{9} "their work" by Someone/;

  test(
    'stops the run before anything is uploaded, and names the foreign commits',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push(BRANCH, { 'code.ts': 'x' }, { message: 'their work\n\nand more' });
      await assert.rejects(setting.open({ place: PROPOSAL }), { name: 'StepError', message });
    }),
  );

  test(
    'also when the commits take each other back',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push(BRANCH, { 'code.ts': 'x' }, { message: 'their work' });
      await setting.repository.push(BRANCH, { 'code.ts': undefined }, { message: 'taken back' });
      await assert.rejects(setting.open({ place: PROPOSAL }), { name: 'StepError', message });
    }),
  );

  test(
    'also when a commit touches the manifest and more',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push(
        BRANCH,
        { [MANIFEST]: manifestText({}), 'code.ts': 'x' },
        { message: 'their work' },
      );
      await assert.rejects(setting.open({ place: PROPOSAL }), { name: 'StepError', message });
    }),
  );

  for (const [count, end] of [
    [5, /by Someone\. Move/],
    [6, /by Someone and others\. Move/],
  ] as const) {
    test(
      `${count} foreign commits are told by five of them`,
      inSetting(FILES, async (setting) => {
        await propose(setting, { 'a.png': 'picture a' });
        for (let at = 1; at <= count; at += 1) {
          await setting.repository.push(BRANCH, { 'code.ts': `${at}` }, { message: `work ${at}` });
        }
        const error = await setting.open({ place: PROPOSAL }).catch(String);
        assert.match(String(error), end);
        assert.deepEqual(String(error).match(/work \d/g), ['work 1', 'work 2', 'work 3', 'work 4', 'work 5']);
      }),
    );
  }

  const parents = [{ sha: 'x' }, { sha: 'y' }];
  const merge = { sha: '1'.repeat(40), parents, commit: { message: '', author: null } };
  const replies = [
    { name: 'names no files', files: undefined, foreign: undefined },
    { name: 'names the manifest', files: [{ filename: MANIFEST }], foreign: undefined },
    {
      name: 'names what the manifest was made of',
      files: [{ filename: MANIFEST, previous_filename: 'code.ts' }],
      foreign: 'code.ts',
    },
  ];
  for (const { name, files, foreign } of replies) {
    test(
      `a comparison that ${name} ${foreign === undefined ? 'shows nothing foreign' : 'shows it'}`,
      inSetting(FILES, async (setting) => {
        await propose(setting, { 'a.png': 'picture a' });
        const base = await setting.headOf('main');
        const body = {
          total_commits: 1,
          commits: [merge],
          merge_base_commit: { sha: base },
          ...(files !== undefined && { files }),
        };
        const answer = { status: 200, body };
        setting.api.plan({ operation: 'repos/compare-commits-with-basehead', answer });
        const opening = setting.open({ place: PROPOSAL });
        if (foreign === undefined) await opening;
        else await assert.rejects(opening, { name: 'StepError', message: /its merges: code\.ts\. Move/ });
      }),
    );
  }

  test(
    'is not judged when GitHub refuses to compare it',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push(BRANCH, { 'code.ts': 'x' });
      const answer = { status: 403, body: { message: 'Resource not accessible by integration' } };
      setting.api.plan({ operation: 'repos/compare-commits-with-basehead', times: 1000, answer });
      await assert.rejects(setting.open({ place: PROPOSAL }), {
        name: 'StepError',
        message: /Resource not accessible by integration\. The token lacks the permission/,
      });
    }),
  );

  test(
    'also when a merge brings it',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      const merged = await setting.headOf('main');
      await setting.repository.push(BRANCH, { 'code.ts': 'x' }, { message: 'merge', mergedOids: [merged] });
      await assert.rejects(setting.open({ place: PROPOSAL }), {
        name: 'StepError',
        message: /its merges: code\.ts/,
      });
    }),
  );

  test(
    'a foreign commit between read and write stops it as well',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      const before = (): unknown =>
        setting.repository.push(BRANCH, { 'code.ts': 'x' }, { message: 'their work' });
      setting.api.plan({ operation: 'createCommitOnBranch', before });
      await assert.rejects(propose(setting, { 'b.png': 'picture b' }), { name: 'StepError', message });
      assert.equal(await setting.repository.readFile(BRANCH, 'code.ts'), 'x');
    }),
  );

  test(
    'the base merged into the branch is no foreign work',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      const base = await setting.repository.push('main', { 'README.md': 'more' });
      await setting.repository.push(
        BRANCH,
        { 'README.md': 'more' },
        { message: 'Update branch', mergedOids: [base] },
      );
      const published = await propose(setting, { 'b.png': 'picture b' });
      assert.equal(published.commit, await setting.headOf(BRANCH));
    }),
  );

  for (const [what, extra] of [
    ['our own', []],
    ['which the newest are foreign', ['M 100644 inline code.ts\ndata 1\nx\n', 'D code.ts\n']],
  ] as const) {
    test(
      `of many commits, of ${what}, all are looked at`,
      inSetting(FILES, async (setting) => {
        const own = Array.from({ length: 105 }, (_, count) => {
          const text = manifestText({ 'x.png': entryOf(`x${count}`) });
          return `M 100644 inline ${MANIFEST}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
        });
        const commits = [...own, ...extra].map((change, index) => {
          const from = index === 0 ? 'from refs/heads/main\n' : '';
          const head = `commit refs/heads/${BRANCH}\ncommitter Someone <a@example.org> 0 +0000\n`;
          return `${head}data 10\ntheir work\n${from}${change}`;
        });
        await setting.repository.git.run(['fast-import', '--quiet'], commits.join(''));
        await setting.repository.openPullRequest({ head: BRANCH, base: 'main' });
        if (extra.length > 0)
          return await assert.rejects(setting.open({ place: PROPOSAL }), { name: 'StepError', message });
        const published = await propose(setting, { 'a.png': 'picture a' });
        assert.equal(published.pullRequest?.change, 'updated');
      }),
    );
  }

  for (const { name, branch, isRefused } of [
    { name: 'a branch of another name', branch: 'develop', isRefused: true },
    { name: 'the usual branch', branch: BRANCH, isRefused: false },
  ]) {
    test(
      `${name} behind its base, without commits and pull requests, is ${isRefused ? 'left alone' : 'taken over'}`,
      inSetting(FILES, async (setting) => {
        await setting.repository.setBranch(branch, 'refs/heads/main');
        const before = await setting.headOf(branch);
        await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
        const place = { kind: 'pull-request', base: 'main', branch } as const;
        const publishing = propose(setting, { 'a.png': 'picture a' }, { place });
        if (isRefused) {
          const message = /develop has no commit of its own and no pull request of the action's/;
          await assert.rejects(publishing, { name: 'StepError', message });
          assert.equal(await setting.headOf(branch), before);
        } else assert.equal((await publishing).commit, await setting.headOf(branch));
      }),
    );
  }

  test(
    'a branch of another name is used again after its pull request was merged',
    inSetting(FILES, async (setting) => {
      const place = { kind: 'pull-request', base: 'main', branch: 'bot/assets' } as const;
      await propose(setting, { 'a.png': 'picture a' }, { place });
      await setting.repository.mergePullRequest(1, 'merge');
      const next = await propose(setting, { 'b.png': 'picture b' }, { place });
      assert.equal(next.pullRequest?.change, 'opened');
    }),
  );

  test(
    'a branch of another name is known by what its merged pull request changed, whoever rewrote its words',
    inSetting(FILES, async (setting) => {
      const place = { kind: 'pull-request', base: 'main', branch: 'bot/assets' } as const;
      await propose(setting, { 'a.png': 'picture a' }, { place });
      const [pull] = setting.repository.pullRequests;
      assert.ok(pull);
      pull.body = 'In my own words.';
      await setting.repository.mergePullRequest(1, 'merge');
      const next = await propose(setting, { 'b.png': 'picture b' }, { place });
      assert.equal(next.pullRequest?.change, 'opened');
    }),
  );

  test(
    'a branch of another name whose pull requests changed other files is left alone',
    inSetting(FILES, async (setting) => {
      await setting.repository.setBranch('develop', 'refs/heads/main');
      await setting.repository.push('develop', { 'code.ts': 'x', [MANIFEST]: manifestText({}) });
      await setting.repository.openPullRequest({ head: 'develop', base: 'main' });
      await setting.repository.mergePullRequest(1, 'merge');
      const place = { kind: 'pull-request', base: 'main', branch: 'develop' } as const;
      await assert.rejects(setting.open({ place }), { name: 'StepError', message: /may be someone else's/ });
    }),
  );

  test(
    'an empty commit, as people start CI with, is no foreign work',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push(BRANCH, {}, { message: 'Start CI' });
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      const published = await propose(setting, { 'b.png': 'picture b' });
      assert.equal(published.commit, await setting.headOf(BRANCH));
    }),
  );

  test(
    'an empty commit alone makes no branch the action’s own',
    inSetting(FILES, async (setting) => {
      await setting.repository.setBranch('develop', 'refs/heads/main');
      await setting.repository.push('develop', {}, { message: 'Start CI' });
      await setting.repository.push('main', { 'README.md': 'more' });
      const place = { kind: 'pull-request', base: 'main', branch: 'develop' } as const;
      await assert.rejects(setting.open({ place }), { name: 'StepError', message: /may be someone else's/ });
    }),
  );

  test(
    'a count of files that GitHub leaves out is looked up',
    inSetting(FILES, async (setting) => {
      setting.repository.countsChangedFiles = false;
      await propose(setting, { 'a.png': 'picture a' });
      const published = await propose(setting, { 'b.png': 'picture b' });
      assert.equal(published.commit, await setting.headOf(BRANCH));
      await setting.repository.push(BRANCH, {}, { message: 'Start CI' });
      await setting.open({ place: PROPOSAL });
      await setting.repository.push(BRANCH, { 'code.ts': 'x' }, { message: 'their work' });
      await assert.rejects(setting.open({ place: PROPOSAL }), { name: 'StepError', message });
    }),
  );

  test(
    'files that GitHub does not name at all leave it undecided',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      setting.repository.countsChangedFiles = false;
      setting.repository.listsChangedFiles = false;
      await assert.rejects(setting.open({ place: PROPOSAL }), {
        name: 'StepError',
        message: /cannot be decided whether it is the action's own: [0-9a-f]{9} "chore: update NXCloud/,
      });
    }),
  );

  test(
    'the default branch is refused as a branch for pull requests',
    inSetting(FILES, async (setting) => {
      await setting.repository.setBranch('release', 'refs/heads/main');
      const place = { kind: 'pull-request', base: 'release', branch: 'main' } as const;
      await assert.rejects(setting.open({ place }), {
        name: 'StepError',
        message: /`pull-request-branch` is main, the repository's default branch/,
      });
    }),
  );

  test(
    'a fork’s pull request from a branch of the same name is not taken for ours',
    inSetting(FILES, async (setting) => {
      await setting.repository.setBranch('theirs', 'refs/heads/main');
      await setting.repository.openPullRequest({ head: BRANCH, base: 'main', isCrossRepository: true });
      const published = await propose(setting, { 'a.png': 'picture a' });
      assert.equal(published.pullRequest?.number, 2);
    }),
  );
});

describe('a crowd of forks’ pull requests from branches of the same name', () => {
  test(
    'does not hide our own',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      for (let count = 0; count < 101; count += 1)
        await setting.repository.openPullRequest({ head: BRANCH, base: 'main', isCrossRepository: true });
      const published = await propose(setting, { 'b.png': 'picture b' });
      assert.deepEqual(
        [published.failure, published.pullRequest?.number, published.pullRequest?.change],
        [undefined, 1, 'updated'],
      );
    }),
  );
});

describe('nodes that GitHub leaves out of a reply', () => {
  test(
    'of pull requests are passed over',
    inSetting(FILES, async (setting) => {
      const base = { target: { oid: await setting.headOf('main'), file: null } };
      const pullRequests = { nodes: [null], pageInfo: { hasNextPage: false, endCursor: null } };
      const repository = { id: 'R', defaultBranchRef: { name: 'main' }, base, branch: null, pullRequests };
      setting.api.plan({
        operation: 'ReadProposal',
        answer: { status: 200, body: { data: { repository } } },
      });
      const published = await propose(setting, { 'a.png': 'picture a' });
      assert.equal(published.pullRequest?.change, 'opened');
    }),
  );
});

describe('two runs at once', () => {
  for (const start of ['without a branch', 'with a branch', 'with an outdated branch'] as const) {
    test(
      `${start} keep both entries, in one pull request`,
      inSetting(FILES, async (setting) => {
        if (start !== 'without a branch') await propose(setting, { 'c.png': 'picture c' });
        if (start === 'with an outdated branch') {
          await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
        }
        const published = await Promise.all([
          propose(setting, { 'a.png': 'picture a' }, { timing: FAST_TIMING }),
          propose(setting, { 'b.png': 'picture b' }, { timing: FAST_TIMING }),
        ]);
        const paths = Object.keys(await setting.entriesOf(BRANCH));
        assert.deepEqual(
          paths.filter((path) => path < 'c'),
          ['a.png', 'b.png'],
        );
        assert.deepEqual(listPulls(setting), ['1 OPEN']);
        assert.deepEqual(
          published.map(({ failure }) => failure),
          [undefined, undefined],
        );
        assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
        assert.match(setting.repository.pullRequests[0]?.body ?? '', /a\.png.*b\.png/s);
      }),
    );
  }
});

describe('a commit that GitHub does not find at first', () => {
  const notFound = { status: 404, body: { message: 'Not Found' } };
  const missing = { status: 200, body: { data: { repository: { object: null } } } };
  const apart = async (setting: Setting): Promise<void> => {
    await propose(setting, { 'a.png': 'picture a' });
    await setting.repository.push('main', { 'README.md': 'more' });
  };

  test(
    'is asked for again',
    inSetting({ ...FILES, [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) }, async (setting) => {
      await apart(setting);
      setting.api.plan({ operation: 'repos/compare-commits-with-basehead', answer: notFound });
      setting.api.plan({ operation: 'ReadFileAt', answer: missing });
      const { commit } = await propose(setting, { 'b.png': 'picture b' });
      assert.equal(commit, await setting.headOf(BRANCH));
      assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png', 'x.png']);
      assert.equal(setting.timing.sleeps.length, 2);
    }),
  );

  test(
    'and never finds is no reason to delete the branch',
    inSetting(FILES, async (setting) => {
      await apart(setting);
      setting.api.plan({
        operation: 'repos/compare-commits-with-basehead',
        times: 1000,
        answer: notFound,
      });
      await assert.rejects(setting.open({ place: PROPOSAL }), {
        name: 'StepError',
        message: /^(?!.*delete).*no usable answer.*does not find the commits.*Run the job again/s,
      });
    }),
  );

  test(
    'differs from a branch of another history, which is refused with the remedy',
    inSetting(FILES, async (setting) => {
      const root = await setting.repository.git.writeCommit(undefined, { x: 'x' }, {});
      await setting.repository.setBranch(BRANCH, root);
      await assert.rejects(setting.open({ place: PROPOSAL }), {
        name: 'StepError',
        message: /shares no history with main.*delete nxcloud-assets\/main/,
      });
    }),
  );
});

describe('trouble on the way', () => {
  test(
    'reads that lag behind writes end in one branch and one pull request',
    inSetting(FILES, async (setting) => {
      setting.repository.lagOfReads = 1;
      const first = await propose(setting, { 'a.png': 'picture a' });
      assert.equal(first.pullRequest?.change, 'opened');
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      await propose(setting, { 'b.png': 'picture b' });
      assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png', 'x.png']);
      assert.deepEqual(listPulls(setting), ['1 OPEN']);
    }),
  );

  for (const operation of ['git/create-ref', 'createCommitOnBranch', 'pulls/create']) {
    for (const fault of ['cut-after', 'cut-in-reply'] as const) {
      test(
        `a lost reply (${fault}) to ${operation} leads to one branch, one commit and one pull request`,
        inSetting(FILES, async (setting) => {
          setting.api.plan({ operation, fault });
          const published = await propose(setting, { 'a.png': 'picture a' });
          assert.equal(published.commit, await setting.headOf(BRANCH));
          const range = `refs/heads/main..refs/heads/${BRANCH}`;
          assert.equal((await setting.repository.git.listCommits(range)).length, 1);
          assert.deepEqual(listPulls(setting), ['1 OPEN']);
          assert.equal(published.pullRequest?.number, 1);
        }),
      );
    }
  }

  test(
    'a token without pull-requests permission is told so before anything is uploaded',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken({ permissions: { pullRequests: 'none' } });
      await assert.rejects(setting.open({ place: PROPOSAL, token }), {
        name: 'StepError',
        message: /lacks the permission `pull-requests: write`/,
      });
    }),
  );

  test(
    'a token that may only read pull requests leaves the branch and says what to change',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken({ permissions: { pullRequests: 'read' } });
      const published = await propose(setting, { 'a.png': 'picture a' }, { token });
      assert.match(
        published.failure?.message ?? '',
        /lacks the permission `pull-requests: write`.*is pushed and kept: https/s,
      );
      assert.equal(published.commit, await setting.headOf(BRANCH));
    }),
  );

  test(
    'a token that may only read contents is refused with the remedy',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken({ permissions: { contents: 'read' } });
      await assert.rejects(propose(setting, { 'a.png': 'picture a' }, { token }), {
        name: 'StepError',
        message: /lacks the permission `contents: write`/,
      });
    }),
  );

  test(
    'a missing base is named',
    inSetting(FILES, async (setting) => {
      const place = { kind: 'pull-request', base: 'nowhere', branch: BRANCH } as const;
      await assert.rejects(setting.open({ place }), {
        name: 'StepError',
        message: /no branch nowhere in octo\/assets/,
      });
    }),
  );

  test(
    'a cancel after the commit keeps it, and the next run opens the pull request',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open({ place: PROPOSAL });
      const controller = new AbortController();
      setting.api.plan({ operation: 'pulls/create', fault: 'hang', before: () => controller.abort() });
      const published = await setting.publishWith(
        publisher,
        { 'a.png': 'picture a' },
        { signal: controller.signal },
      );
      assert.equal(published.commit, await setting.headOf(BRANCH));
      assert.match(published.failure?.message ?? '', /The run is ending\..*pushed and kept/);
      const next = await propose(setting, {});
      assert.equal(next.pullRequest?.change, 'opened');
    }),
  );

  for (const isCancelled of [true, false]) {
    test(
      `a pull request that cannot be opened until ${isCancelled ? 'a cancel' : 'the time is over'} leaves commit and link`,
      inSetting(FILES, async (setting) => {
        const publisher = await setting.open({ place: PROPOSAL });
        const controller = new AbortController();
        const errors = [{ resource: 'PullRequest', code: 'custom', message: 'No commits between a and b' }];
        setting.api.plan({
          operation: 'pulls/create',
          times: 1000,
          before: () =>
            isCancelled && controller.abort(new StepError('a-code', 'The run was cancelled (SIGINT).')),
          answer: { status: 422, body: { message: 'Validation Failed', errors } },
        });
        const { signal } = controller;
        const published = await setting.publishWith(publisher, { 'a.png': 'picture a' }, { signal });
        assert.equal(published.commit, await setting.headOf(BRANCH));
        assert.equal(published.text, await setting.repository.readFile(BRANCH, MANIFEST));
        const message = published.failure?.message ?? '';
        assert.match(message, /pushed and kept: https.*\/compare\/main\.\.\.nxcloud-assets\/main/);
        assert.match(message, isCancelled ? /^The run is ending\. / : /for three minutes/);
      }),
    );
  }

  for (const state of ['CLOSED', 'MERGED'] as const) {
    test(
      `a pull request that is ${state.toLowerCase()} while its commit is made gets a successor`,
      inSetting(FILES, async (setting) => {
        await propose(setting, { 'a.png': 'picture a' });
        setting.api.plan({
          operation: 'createCommitOnBranch',
          before: async () => {
            if (state === 'MERGED') await setting.repository.mergePullRequest(1, 'squash');
            else setting.repository.closePullRequest(1);
          },
        });
        const published = await propose(setting, { 'b.png': 'picture b' });
        assert.deepEqual(listPulls(setting), [`1 ${state}`, '2 OPEN']);
        assert.deepEqual([published.pullRequest?.number, published.failure], [2, undefined]);
      }),
    );
  }

  test(
    'a move whose reply is lost is found although reads lag',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      setting.repository.lagOfReads = 1;
      setting.api.plan({ operation: 'updateRefs', fault: 'cut-after' });
      const published = await propose(setting, { 'b.png': 'picture b' });
      assert.equal(published.failure, undefined);
      assert.equal(published.commit, await setting.headOf(BRANCH));
      assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
    }),
  );

  test(
    'a pull request that is refused for what no wait will change is tried once',
    inSetting(FILES, async (setting) => {
      const errors = [{ resource: 'PullRequest', code: 'invalid', field: 'base' }];
      setting.api.plan({
        operation: 'pulls/create',
        times: 1000,
        answer: { status: 422, body: { message: 'Validation Failed', errors } },
      });
      const publisher = await setting.open({ place: PROPOSAL });
      const { signal } = new AbortController();
      const published = await setting.publishWith(publisher, { 'a.png': 'picture a' }, { signal });
      assert.match(published.failure?.message ?? '', /Validation Failed.*pushed and kept: https/);
      assert.equal(setting.api.count('pulls/create'), 1);
    }),
  );

  for (const isCancelled of [false, true]) {
    test(
      `a lost reply to the creation of the temporary branch${isCancelled ? ', and a cancel,' : ''} leaves none behind`,
      inSetting(FILES, async (setting) => {
        await propose(setting, { 'a.png': 'picture a' });
        await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
        const publisher = await setting.open({ place: PROPOSAL });
        const controller = new AbortController();
        const after = (): unknown => isCancelled && controller.abort();
        setting.api.plan({ operation: 'git/create-ref', fault: 'cut-after', after });
        const { signal } = controller;
        const publishing = setting.publishWith(publisher, { 'b.png': 'picture b' }, { signal });
        if (isCancelled) await assert.rejects(publishing, { name: 'StepError' });
        else assert.equal((await publishing).commit, await setting.headOf(BRANCH));
        assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
      }),
    );
  }

  test(
    'a cancel after a rebuild whose reply was lost does not say that nothing was published',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      const publisher = await setting.open({ place: PROPOSAL });
      const controller = new AbortController();
      const { signal } = controller;
      setting.api.plan({ operation: 'updateRefs', fault: 'cut-after', after: () => controller.abort() });
      await assert.rejects(setting.publishWith(publisher, { 'b.png': 'picture b' }, { signal }), {
        name: 'StepError',
        message: /it is not known whether the commit arrived/,
      });
    }),
  );

  test(
    'a cancel during a rebuild removes the temporary branch',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      const head = await setting.headOf(BRANCH);
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      const publisher = await setting.open({ place: PROPOSAL });
      const controller = new AbortController();
      setting.api.plan({ operation: 'updateRefs', fault: 'hang', before: () => controller.abort() });
      const publishing = setting.publishWith(
        publisher,
        { 'b.png': 'picture b' },
        { signal: controller.signal },
      );
      await assert.rejects(publishing, { name: 'StepError', message: /given up because the run is ending/ });
      assert.equal(await setting.headOf(BRANCH), head);
      assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
    }),
  );

  test(
    'a rebuild that GitHub refuses stops with its words, and leaves no temporary branch',
    inSetting(FILES, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      const head = await setting.headOf(BRANCH);
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      const errors = [{ message: 'The moon is in the way' }];
      setting.api.plan({ operation: 'updateRefs', answer: { status: 200, body: { data: null, errors } } });
      await assert.rejects(propose(setting, { 'b.png': 'picture b' }), {
        name: 'StepError',
        message: /The moon is in the way\./,
      });
      assert.equal(await setting.headOf(BRANCH), head);
      assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
    }),
  );

  const leftovers = [
    {
      name: 'cannot be deleted',
      times: 1000,
      status: 403,
      message: 'Resource not accessible by integration',
    },
    { name: 'is gone already', times: 1, status: 422, message: 'Reference does not exist' },
  ];
  for (const { name, times, status, message } of leftovers) {
    test(
      `a temporary branch that ${name} does not hide why the rebuild failed`,
      inSetting(FILES, async (setting) => {
        await propose(setting, { 'a.png': 'picture a' });
        await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
        const errors = [{ type: 'FORBIDDEN', message: 'Commits are refused here' }];
        setting.api.plan({
          operation: 'createCommitOnBranch',
          answer: { status: 200, body: { data: null, errors } },
        });
        setting.api.plan({ operation: 'git/delete-ref', times, answer: { status, body: { message } } });
        await assert.rejects(propose(setting, { 'b.png': 'picture b' }), {
          name: 'StepError',
          message: /Commits are refused here/,
        });
        assert.equal(setting.api.count('git/delete-ref'), 1);
      }),
    );
  }

  for (const place of ['main', BRANCH]) {
    test(
      `an unreadable manifest on ${place} stops; force starts afresh`,
      inSetting(FILES, async (setting) => {
        await propose(setting, { 'a.png': 'picture a' });
        await setting.repository.push(place, { [MANIFEST]: 'broken' });
        await assert.rejects(setting.open({ place: PROPOSAL }), UnreadableManifest);
        const published = await propose(setting, { 'b.png': 'picture b' }, { force: true });
        assert.equal(published.commit, await setting.headOf(BRANCH));
        assert.ok('b.png' in (await setting.entriesOf(BRANCH)));
        assert.deepEqual(listPulls(setting), ['1 OPEN']);
      }),
    );
  }

  test(
    'force does not propose an empty manifest for an unreadable one',
    inSetting({ ...FILES, [MANIFEST]: manifestText({ 'b.png': entryOf('picture b') }) }, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' });
      await setting.repository.push(BRANCH, { [MANIFEST]: 'broken' });
      const onBranch = await propose(setting, { 'a.png': 'not on main' }, { force: true });
      assert.equal(onBranch.commit, undefined);
      assert.equal(await setting.repository.readFile(BRANCH, MANIFEST), 'broken');
      await setting.repository.deleteBranch(BRANCH);
      await setting.repository.push('main', { [MANIFEST]: 'broken' });
      const onBase = await propose(setting, { 'a.png': 'not on main' }, { force: true });
      assert.deepEqual([onBase.commit, onBase.pullRequest], [undefined, undefined]);
      assert.deepEqual(await listBranches(setting), ['main']);
    }),
  );

  test(
    'a manifest that was unreadable where the branch left its base, and is repaired since, does no harm',
    inSetting({ ...FILES, [MANIFEST]: 'broken' }, async (setting) => {
      await propose(setting, { 'a.png': 'picture a' }, { force: true });
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      await propose(setting, { 'b.png': 'picture b' });
      assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png', 'x.png']);
    }),
  );
});
