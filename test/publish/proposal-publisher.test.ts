import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Publication } from '../../src/publish/publisher.ts';
import { BODY_MARKER } from '../../src/publish/pull-request-text.ts';
import { shortenId } from '../../src/text/text.ts';
import { entryOf, manifestText } from './entries.ts';
import { inSetting, MANIFEST, PROPOSAL, type RunOptions, type Setting } from './setting.ts';

const BRANCH = 'nxcloud-assets/main';
const FILES = { 'a.png': 'picture a', 'b.png': 'picture b', 'c.png': 'picture c' };
const [A, B, C] = [{ 'a.png': 'picture a' }, { 'b.png': 'picture b' }, { 'c.png': 'picture c' }];
const X = { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) };

async function propose(
  setting: Setting,
  files: Readonly<Record<string, string | undefined>>,
  run: RunOptions & { readonly upload?: number } = {},
): Promise<Publication> {
  return await setting.publish(files, { place: PROPOSAL, ...run });
}

async function listBranches({ repository }: Setting): Promise<readonly string[]> {
  return repository.git.listRefs().map((ref) => ref.replace('refs/heads/', ''));
}

/** Number and state of every pull request. */
function listPulls({ repository }: Setting): readonly string[] {
  return repository.pullRequests.map(({ number, state }) => `${number} ${state}`);
}

async function pathsOf(setting: Setting, branch = BRANCH): Promise<readonly string[]> {
  return Object.keys(await setting.entriesOf(branch));
}

/** The branch is one commit, with the manifest alone, on this commit of the base. */
async function assertOneCommit(setting: Setting, base: string): Promise<void> {
  const { git } = setting.repository;
  const { parents, oid } = git.readCommit(`refs/heads/${BRANCH}`);
  assert.deepEqual(parents, [base]);
  assert.deepEqual(git.listChangedPaths(base, oid), [MANIFEST]);
}

describe('the first run', () => {
  test(
    'creates the branch at the base, commits once and opens a pull request that says what changes',
    inSetting(
      { ...FILES, [MANIFEST]: manifestText({ 'b.png': entryOf('older b'), 'gone.png': entryOf('gone') }) },
      async (setting) => {
        const base = await setting.headOf('main');
        const checkout = { manifest: new Map([['gone.png', entryOf('gone')]]), text: undefined };
        const published = await propose(
          setting,
          { ...A, ...B, 'gone.png': undefined },
          { commitMessage: 'feat: assets\n\nMore.', checkout },
        );
        assert.equal(await setting.headOf('main'), base);
        assert.equal(published.commit, await setting.headOf(BRANCH));
        await assertOneCommit(setting, base);
        assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
        assert.deepEqual(await pathsOf(setting), ['a.png', 'b.png']);
        assert.equal(published.text, await setting.repository.readFile(BRANCH, MANIFEST));
        assert.deepEqual(published.pullRequest, {
          number: 1,
          url: 'https://github.com/octo/assets/pull/1',
          change: 'opened',
          isByActions: true,
        });
        assert.match(published.notes.join(), /^Pull request #1 was opened with GITHUB_TOKEN.*wait/);
        const [pull] = setting.repository.pullRequests;
        assert.equal(pull?.title, 'feat: assets');
        assert.match(pull.body, /a\.png<.*>New<.*\n.*b\.png<.*>Content changed<.*\n.*gone\.png<.*>Removed</);
      },
    ),
  );

  test(
    'proposes nothing when the base says the same',
    inSetting({ ...FILES, [MANIFEST]: manifestText({ 'a.png': entryOf('picture a') }) }, async (setting) => {
      const published = await propose(setting, A);
      assert.deepEqual([published.commit, published.pullRequest], [undefined, undefined]);
      assert.equal(published.text, await setting.repository.readFile('main', MANIFEST));
      assert.deepEqual(await listBranches(setting), ['main']);
    }),
  );

  test(
    'goes to GitHub Enterprise Server alike',
    inSetting(
      FILES,
      async (setting) => {
        assert.equal((await propose(setting, A)).pullRequest?.change, 'opened');
      },
      { enterprise: true },
    ),
  );

  test(
    'has only the changes that describe the base; by an app it is not held back, and nothing is said of it',
    inSetting(FILES, async (setting) => {
      const baseCommit = await setting.headOf('main');
      await setting.repository.push('main', { 'b.png': 'newer' });
      const token = setting.api.createToken({ login: 'our-app[bot]' });
      const published = await propose(setting, { ...A, ...B, 'made.png': 'm' }, { baseCommit, token });
      assert.deepEqual([...published.superseded.keys()], ['b.png']);
      assert.deepEqual(await pathsOf(setting), ['a.png', 'made.png']);
      assert.deepEqual(published.notes, []);
    }),
  );
});

describe('a second run', () => {
  test(
    'with nothing new changes nothing, and knows what is proposed already',
    inSetting(FILES, async (setting) => {
      await propose(setting, A);
      const head = await setting.headOf(BRANCH);
      setting.takeRequests();
      const publisher = await setting.open({ place: PROPOSAL });
      assert.deepEqual(
        publisher.manifests.map((manifest) => [...manifest.keys()]),
        [[], ['a.png']],
      );
      const published = await setting.publishWith(publisher, A);
      assert.equal(await setting.headOf(BRANCH), head);
      assert.deepEqual(
        [published.commit, published.pullRequest, published.notes],
        [undefined, undefined, []],
      );
      const writes = setting.takeRequests().filter((operation) => !/^Read|list|compare/.test(operation));
      assert.deepEqual(writes, []);
    }),
  );

  for (const [what, push] of [
    ['where it is', undefined],
    ['that has moved since', { 'README.md': 'more' }],
  ] as const) {
    test(
      `with something new makes the branch one commit on the base ${what}, and updates the description`,
      inSetting(FILES, async (setting) => {
        await propose(setting, A);
        if (push !== undefined) await setting.repository.push('main', push);
        const second = await propose(setting, B);
        await assertOneCommit(setting, await setting.headOf('main'));
        assert.equal(second.pullRequest?.change, 'updated');
        assert.deepEqual(await pathsOf(setting), ['a.png', 'b.png']);
        assert.match(setting.repository.pullRequests[0]?.body ?? '', /a\.png.*b\.png/s);
        assert.deepEqual(listPulls(setting), ['1 OPEN']);
        assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
      }),
    );
  }

  test(
    'leaves a description alone that a person rewrote',
    inSetting(FILES, async (setting) => {
      await propose(setting, A);
      const [pull] = setting.repository.pullRequests;
      assert.ok(pull);
      assert.ok(pull.body.includes(BODY_MARKER));
      pull.body = 'In my own words.';
      const published = await propose(setting, B);
      assert.equal(pull.body, 'In my own words.');
      assert.equal(published.pullRequest?.change, 'updated');
    }),
  );

  test(
    'opens the pull request that a first run was not permitted to open, whatever its branch is called',
    inSetting(FILES, async (setting) => {
      setting.repository.actionsMayOpenPullRequests = false;
      const place = { kind: 'pull-request', base: 'main', branch: 'bot/ä#1&2' } as const;
      const first = await propose(setting, A, { place });
      assert.equal(first.commit, await setting.headOf(place.branch));
      assert.equal(first.pullRequest, undefined);
      const failure = first.failure?.message ?? '';
      assert.match(failure, /"Allow GitHub Actions to create and approve pull requests"/);
      assert.match(
        failure,
        /pushed and kept: https:\/\/github\.com\/octo\/assets\/compare\/main\.\.\.bot\/%C3%A4%231%262$/,
      );
      setting.repository.actionsMayOpenPullRequests = true;
      const { commit, failure: none, pullRequest } = await propose(setting, {}, { place });
      assert.deepEqual([commit, none, pullRequest?.change], [undefined, undefined, 'opened']);
    }),
  );

  test(
    'shows what it did not make: an ID that was pasted into the branch; a swapped one is no ID at all',
    inSetting(FILES, async (setting) => {
      await propose(setting, { ...A, ...B });
      const swapped = {
        ...entryOf('picture b'),
        id: `4:${Buffer.from(`${'0'.repeat(16)}.png`).toString('base64')}:x`,
      };
      const pasted = { ...entryOf('picture a'), id: '4:pasted' };
      const text = manifestText({ 'a.png': pasted, 'b.png': swapped });
      await setting.repository.push(BRANCH, { [MANIFEST]: text }, { message: 'Paste' });
      const published = await propose(setting, { ...A, ...B });
      const entries = await setting.entriesOf(BRANCH);
      assert.equal(entries['a.png']?.id, '4:pasted');
      assert.deepEqual(entries['b.png'], entryOf('picture b'));
      assert.match(published.notes.join('\n'), /also holds entries that this run did not make: a\.png$/m);
      const body = setting.repository.pullRequests[0]?.body ?? '';
      assert.match(body, /a\.png<.*not made by.*<code>4:pasted<\/code>/);
      assert.ok(body.includes(shortenId(entryOf('picture b').id)));
      await assertOneCommit(setting, await setting.headOf('main'));
    }),
  );
});

describe('after the base moved', () => {
  test(
    'without touching the manifest, the branch and its pull request stay as they are, however far',
    inSetting(FILES, async (setting) => {
      await propose(setting, A);
      const head = await setting.headOf(BRANCH);
      for (const content of ['1', '2', '3']) await setting.repository.push('main', { 'README.md': content });
      const published = await propose(setting, A);
      assert.deepEqual(
        [published.commit, published.pullRequest, await setting.headOf(BRANCH)],
        [undefined, undefined, head],
      );
    }),
  );

  test(
    'in the manifest, the branch is rebuilt in one step, its pull request stays open, the base wins where both changed',
    inSetting(FILES, async (setting) => {
      await propose(setting, { ...A, ...B });
      const onBase = { 'a.png': entryOf('picture a', 9), 'x.png': entryOf('x') };
      const base = await setting.repository.push('main', { [MANIFEST]: manifestText(onBase) });
      const published = await propose(setting, C);
      await assertOneCommit(setting, base);
      assert.equal(published.commit, await setting.headOf(BRANCH));
      assert.deepEqual(await setting.entriesOf(BRANCH), {
        ...onBase,
        'b.png': entryOf('picture b'),
        'c.png': entryOf('picture c'),
      });
      assert.deepEqual(listPulls(setting), ['1 OPEN']);
      assert.deepEqual(await listBranches(setting), ['main', BRANCH]);
      assert.match(published.notes.join(), /and the base wins: a\.png/);
      const again = await propose(setting, {});
      assert.deepEqual([again.commit, await setting.headOf(BRANCH)], [undefined, published.commit]);
    }),
  );

  test(
    'in the manifest, where this run has nothing new, the branch is rebuilt all the same',
    inSetting(FILES, async (setting) => {
      await propose(setting, A);
      const base = await setting.repository.push('main', X);
      await propose(setting, A);
      await assertOneCommit(setting, base);
      assert.deepEqual(await pathsOf(setting), ['a.png', 'x.png']);
    }),
  );

  test(
    'in the manifest, so that nothing is left to propose, nothing is touched',
    inSetting(FILES, async (setting) => {
      await propose(setting, A);
      const head = await setting.headOf(BRANCH);
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'a.png': entryOf('picture a') }) });
      const { commit, pullRequest } = await propose(setting, {});
      assert.deepEqual([await setting.headOf(BRANCH), commit, pullRequest], [head, undefined, undefined]);
      assert.deepEqual(listPulls(setting), ['1 OPEN']);
    }),
  );
});

describe('after the pull request was merged', () => {
  for (const [method, isDeleted] of [
    ['merge', false],
    ['squash', false],
    ['squash', true],
  ] as const) {
    test(
      `by ${method}, with its branch ${isDeleted ? 'deleted' : 'left'}: nothing new opens nothing, something new opens another`,
      inSetting(FILES, async (setting) => {
        await propose(setting, A);
        await setting.repository.mergePullRequest(1, method);
        if (isDeleted) await setting.repository.deleteBranch(BRANCH);
        const idle = await propose(setting, A);
        assert.deepEqual([idle.commit, idle.pullRequest], [undefined, undefined]);
        const next = await propose(setting, B);
        assert.equal(next.pullRequest?.change, 'opened');
        assert.deepEqual(await pathsOf(setting), ['a.png', 'b.png']);
        await assertOneCommit(setting, await setting.headOf('main'));
        assert.deepEqual(listPulls(setting), ['1 MERGED', '2 OPEN']);
      }),
    );
  }

  test(
    'and reverted on the base: what was merged is not known as proposed, so it is uploaded and proposed again',
    inSetting(FILES, async (setting) => {
      await propose(setting, A);
      await setting.repository.mergePullRequest(1, 'squash');
      await setting.repository.push('main', { [MANIFEST]: undefined });
      const publisher = await setting.open({ place: PROPOSAL });
      assert.deepEqual(
        publisher.manifests.map(({ size }) => size),
        [0],
      );
      const published = await setting.publishWith(publisher, A, { upload: 1 });
      assert.equal(published.pullRequest?.change, 'opened');
      assert.deepEqual(await setting.entriesOf(BRANCH), { 'a.png': entryOf('picture a', 1) });
    }),
  );
});

describe('a reply that is lost to an early publication', () => {
  for (const operation of ['createCommitOnBranch', 'pulls/create']) {
    test(
      `of ${operation} is found by the last one, and its commit and pull request are told once`,
      inSetting(FILES, async (setting) => {
        const publisher = await setting.open({ place: PROPOSAL });
        setting.api.plan({ operation, fault: 'cut-after' });
        const early = await setting.publishWith(publisher, A, { once: true }).catch(() => undefined);
        const last = await setting.publishWith(publisher, A);
        assert.equal(last.commit ?? early?.commit, await setting.headOf(BRANCH));
        assert.equal(last.pullRequest?.number ?? early?.pullRequest?.number, 1);
        assert.deepEqual(listPulls(setting), ['1 OPEN']);
        const idle = await setting.publishWith(publisher, A);
        assert.deepEqual([idle.commit, idle.pullRequest], [undefined, undefined]);
      }),
    );
  }
});

describe('an open pull request that has nothing to propose any more', () => {
  const base = { ...FILES, [MANIFEST]: manifestText({ 'a.png': entryOf('picture a') }) };

  test(
    'is named, since it cannot be taken back',
    inSetting(base, async (setting) => {
      await propose(setting, { 'a.png': 'picture b' });
      const head = await setting.headOf(BRANCH);
      const back = await propose(setting, A);
      assert.deepEqual([back.commit, back.pullRequest], [undefined, undefined]);
      assert.match(
        back.notes.join(),
        /^Pull request #1 proposes entries that are out of date.*: close it\.$/,
      );
      assert.equal(await setting.headOf(BRANCH), head);
      setting.repository.closePullRequest(1);
      assert.deepEqual((await propose(setting, A)).notes, []);
    }),
  );

  test(
    'is not judged by a run that knows nothing of what it proposes, as one of another share',
    inSetting(base, async (setting) => {
      await propose(setting, { 'a.png': 'picture b' });
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'a.png': entryOf('picture c') }) });
      assert.deepEqual((await propose(setting, {})).notes, []);
      assert.match((await propose(setting, { 'a.png': 'picture c' })).notes.join(), /#1 .*: close it\.$/);
    }),
  );
});

describe('after a person closed the pull request', () => {
  for (const push of [undefined, X]) {
    test(
      `${push === undefined ? '' : 'and the base moved, '}nothing new opens nothing; something new opens another, not the closed one`,
      inSetting(FILES, async (setting) => {
        await propose(setting, A);
        setting.repository.closePullRequest(1);
        const head = await setting.headOf(BRANCH);
        if (push !== undefined) await setting.repository.push('main', push);
        const idle = await propose(setting, A);
        assert.deepEqual([idle.commit, idle.pullRequest], [undefined, undefined]);
        assert.equal(await setting.headOf(BRANCH), head);
        assert.match(idle.notes.join(), /#1 was closed and there is nothing new/);
        assert.deepEqual(listPulls(setting), ['1 CLOSED']);
        const next = await propose(setting, B);
        assert.equal(next.pullRequest?.number, 2);
        assert.deepEqual(listPulls(setting), ['1 CLOSED', '2 OPEN']);
      }),
    );
  }
});
