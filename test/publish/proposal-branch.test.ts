// Whose the branch of a pull request is, and what is found out about it before anything is uploaded.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UnreadableManifest } from '../../src/manifest/manifest.ts';
import { entryOf, manifestText } from './entries.ts';
import { inSetting, MANIFEST, PROPOSAL, type Setting } from './setting.ts';

const BRANCH = 'nxcloud-assets/main';
const FILES = { 'a.png': 'picture a', 'b.png': 'picture b' };
const A = { 'a.png': 'picture a' };
const B = { 'b.png': 'picture b' };
const C = { 'c.png': 'picture c' };
const run = { place: PROPOSAL };

async function prepare(setting: Setting, place = PROPOSAL, token = setting.token): Promise<unknown> {
  return await (await setting.open({ place, token })).prepare();
}

describe('a foreign branch', () => {
  const message =
    /holds more than changes to nxcloud-assets\.json.*changes code\.ts\..*[0-9a-f]{9} "their work" by Someone/;

  test(
    'stops the run before anything is uploaded, and names the foreign commits',
    inSetting(FILES, async (setting) => {
      await setting.publish(A, run);
      await setting.repository.push(BRANCH, { 'code.ts': 'x' }, { message: 'their work\n\nand more' });
      await assert.rejects(setting.open(run), { name: 'StepError', message });
    }),
  );

  test(
    'may be the manifest under another name: what it was made of counts',
    inSetting({ ...FILES, 'other.json': manifestText({ 'x.png': entryOf('x') }) }, async (setting) => {
      await setting.repository.setBranch(BRANCH, 'main');
      const text = manifestText({ 'x.png': entryOf('x') });
      await setting.repository.push(BRANCH, { 'other.json': undefined, [MANIFEST]: text });
      await assert.rejects(setting.open(run), { name: 'StepError', message: /changes other\.json\./ });
    }),
  );

  test(
    'stops it as well between read and write, and is left as it is',
    inSetting(FILES, async (setting) => {
      await setting.publish(A, run);
      const before = (): unknown =>
        setting.repository.push(BRANCH, { 'code.ts': 'x' }, { message: 'their work' });
      setting.api.plan({ operation: 'updateRefs', before });
      await assert.rejects(setting.publish(B, run), { name: 'StepError', message });
      assert.equal(await setting.repository.readFile(BRANCH, 'code.ts'), 'x');
      assert.equal(setting.repository.git.listRefs().length, 2);
    }),
  );

  test(
    'is none where the base was merged into it, by an empty commit, or by commits that take each other back',
    inSetting(FILES, async (setting) => {
      await setting.publish(A, run);
      const base = await setting.repository.push('main', { 'README.md': 'more' });
      const update = { message: 'Update branch', mergedOids: [base] };
      await setting.repository.push(BRANCH, { 'README.md': 'more' }, update);
      await setting.repository.push(BRANCH, {}, { message: 'Start CI' });
      await setting.repository.push(BRANCH, { 'code.ts': 'x' });
      await setting.repository.push(BRANCH, { 'code.ts': undefined });
      const published = await setting.publish(B, run);
      const { parents } = setting.repository.git.readCommit(published.commit ?? '');
      assert.deepEqual(parents, [base]);
      assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png']);
    }),
  );

  for (const [branch, isRefused] of [
    ['develop', true],
    [BRANCH, false],
  ] as const) {
    test(
      `without a change of its own is ${isRefused ? 'left alone' : 'taken over'} when it is called ${branch}`,
      inSetting(FILES, async (setting) => {
        await setting.repository.setBranch(branch, 'refs/heads/main');
        const head = await setting.headOf(branch);
        await setting.repository.push('main', { 'README.md': 'more' });
        const publishing = setting.publish(A, { place: { ...PROPOSAL, branch } });
        if (!isRefused) return assert.equal((await publishing).commit, await setting.headOf(branch));
        await assert.rejects(publishing, { name: 'StepError', message: /may be someone else's/ });
        assert.equal(await setting.headOf(branch), head);
      }),
    );
  }

  test(
    'is not a branch of another name whose pull request of ours was merged',
    inSetting(FILES, async (setting) => {
      const place = { ...PROPOSAL, branch: 'bot/assets' };
      await setting.publish(A, { place });
      await setting.repository.mergePullRequest(1, 'merge');
      assert.equal((await setting.publish(B, { place })).pullRequest?.change, 'opened');
    }),
  );

  test(
    'is not judged when GitHub refuses to compare it',
    inSetting(FILES, async (setting) => {
      await setting.publish(A, run);
      const answer = { status: 403, body: { message: 'Resource not accessible by integration' } };
      setting.api.plan({ operation: 'repos/compare-commits-with-basehead', answer });
      await assert.rejects(setting.open(run), {
        name: 'StepError',
        message: /Resource not accessible by integration\. The token lacks the permission/,
      });
    }),
  );

  test(
    'of another history is refused with the remedy; the default branch, and a base that is missing, as such',
    inSetting(FILES, async (setting) => {
      const root = setting.repository.git.writeCommit(undefined, { x: 'x' }, {});
      await setting.repository.setBranch(BRANCH, root);
      await setting.repository.setBranch('release', 'refs/heads/main');
      for (const [place, said] of [
        [PROPOSAL, /shares no history with main.*delete nxcloud-assets\/main/],
        [{ ...PROPOSAL, base: 'release', branch: 'main' }, /is main, the repository's default branch/],
        [{ ...PROPOSAL, base: 'nowhere' }, /no branch nowhere in octo\/assets/],
      ] as const) {
        await assert.rejects(setting.open({ place }), { name: 'StepError', message: said });
      }
    }),
  );
});

describe('temporary branches that a killed run left', () => {
  const left = [`${BRANCH}-rebuild-000000000001`, `${BRANCH}-rebuild-0a1b2c3d4e5f`] as const;
  const others = ['main-rebuild-2024', 'main-rebuild-release', 'other', 'other-rebuild-000000000001'].map(
    (name) => `nxcloud-assets/${name}`,
  );
  const listBranches = ({ repository }: Setting): readonly string[] =>
    repository.git.listRefs().map((ref) => ref.replace('refs/heads/', ''));

  for (const [name, before, now] of [
    ['a first run', {}, A],
    ['a run with something new', A, B],
    ['a run with nothing new', A, A],
    ['a run that has nothing to propose', {}, {}],
  ] as const) {
    test(
      `are removed by ${name}, of its branch alone`,
      inSetting(FILES, async (setting) => {
        const old = await setting.headOf('main');
        await setting.repository.push('main', { 'x.txt': 'x' });
        await setting.publish(before, run);
        for (const branch of [left[0], left[1], ...others]) await setting.repository.setBranch(branch, old);
        await setting.publish(now, run);
        const own = before === A || now === A ? [BRANCH] : [];
        assert.deepEqual(listBranches(setting), ['main', ...own, ...others]);
      }),
    );
  }

  test(
    'and have no commit of their own may be of a run at work: only a run that writes removes them',
    inSetting(FILES, async (setting) => {
      await setting.publish(A, run);
      await setting.repository.setBranch(left[0], 'refs/heads/main');
      await setting.publish(A, run);
      assert.deepEqual(listBranches(setting), ['main', BRANCH, left[0]]);
      await setting.publish(B, run);
      assert.deepEqual(listBranches(setting), ['main', BRANCH]);
    }),
  );

  test(
    'need not be found by a run with nothing new',
    inSetting(FILES, async (setting) => {
      await setting.publish(A, run);
      setting.api.plan({ operation: 'git/list-matching-refs', answer: { status: 403 } });
      await setting.publish(A, run);
      assert.equal(setting.api.count('git/list-matching-refs'), 2);
    }),
  );

  test(
    'hold nothing up where they cannot be removed',
    inSetting(FILES, async (setting) => {
      await setting.repository.setBranch(left[0], 'refs/heads/main');
      setting.repository.protectedBranches.set(left[0], { rules: ['deletion'] });
      assert.equal((await setting.publish(A, run)).pullRequest?.change, 'opened');
      assert.deepEqual(listBranches(setting), ['main', BRANCH, left[0]]);
    }),
  );

  test(
    'are asked for once, at the opening: one that comes up later is of a run at work',
    inSetting(FILES, async (setting) => {
      await setting.publish(A, run);
      await setting.repository.setBranch(left[1], 'refs/heads/main');
      const publisher = await setting.open(run);
      await setting.repository.setBranch(left[0], 'refs/heads/main');
      setting.api.requests.length = 0;
      await setting.publishWith(publisher, B);
      await setting.publishWith(publisher, C);
      assert.equal(setting.api.count('git/delete-ref'), 1);
      assert.deepEqual(listBranches(setting), ['main', BRANCH, left[0]]);
    }),
  );
});

describe('before anything is uploaded', () => {
  for (const [name, taken] of [
    ['above', 'nxcloud-assets'],
    ['below', 'nxcloud-assets/main/x'],
  ] as const) {
    test(
      `a name in the way, ${name}, is told with the branch it takes`,
      inSetting(FILES, async (setting) => {
        await setting.repository.setBranch(taken, 'refs/heads/main');
        await assert.rejects(prepare(setting), {
          name: 'StepError',
          message: new RegExp(
            `nxcloud-assets/main cannot be created, because the branch ${taken} is in the way`,
          ),
        });
      }),
    );
  }

  test(
    'a name in the way is told also where the opening could not list the names',
    inSetting(FILES, async (setting) => {
      await setting.repository.setBranch('nxcloud-assets', 'refs/heads/main');
      setting.api.plan({ operation: 'git/list-matching-refs', answer: { status: 403 } });
      await assert.rejects(prepare(setting), /nxcloud-assets is in the way/);
    }),
  );

  test(
    'a rule for the branch itself is told, with the way out',
    inSetting(FILES, async (setting) => {
      setting.repository.protectedBranches.set(BRANCH, 'ruleset');
      const publisher = await setting.open(run);
      const { isGuarded, notes } = await publisher.prepare();
      assert.equal(isGuarded, true);
      assert.match(
        notes.join(),
        /nxcloud-assets\/main asks for a pull request.*choose a `pull-request-branch`/,
      );
    }),
  );

  test(
    'a token that may not see pull requests, or not write contents, is refused with the remedy',
    inSetting(FILES, async (setting) => {
      const blind = setting.api.createToken({ permissions: { pullRequests: 'none' } });
      await assert.rejects(prepare(setting, PROPOSAL, blind), {
        name: 'StepError',
        message: /lacks the permission `pull-requests: write`/,
      });
      const reading = setting.api.createToken({ permissions: { contents: 'read' } });
      await assert.rejects(prepare(setting, PROPOSAL, reading), {
        name: 'StepError',
        message: /lacks the permission `contents: write`/,
      });
    }),
  );

  test(
    'a token that may only read pull requests keeps the branch, and says what to change',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken({ permissions: { pullRequests: 'read' } });
      const { failure, commit } = await setting.publish(A, { ...run, token });
      assert.match(failure?.message ?? '', /`pull-requests: write`.*is pushed and kept: https/s);
      assert.equal(commit, await setting.headOf(BRANCH));
    }),
  );

  for (const branch of ['main', BRANCH]) {
    test(
      `an unreadable manifest on ${branch} stops; force starts afresh`,
      inSetting(FILES, async (setting) => {
        await setting.publish(A, run);
        await setting.repository.push(branch, { [MANIFEST]: 'broken' });
        await assert.rejects(setting.open(run), UnreadableManifest);
        const published = await setting.publish(B, { ...run, force: true });
        assert.equal(published.commit, await setting.headOf(BRANCH));
        assert.ok('b.png' in (await setting.entriesOf(BRANCH)));
        assert.equal(setting.repository.pullRequests[0]?.state, 'OPEN');
      }),
    );
  }

  test(
    'force does not propose an empty manifest for an unreadable one',
    inSetting({ ...FILES, [MANIFEST]: manifestText({ 'b.png': entryOf('picture b') }) }, async (setting) => {
      await setting.publish(A, run);
      const baseCommit = await setting.headOf('main');
      await setting.repository.push('main', { 'a.png': 'newer' });
      await setting.repository.push(BRANCH, { [MANIFEST]: 'broken' });
      const old = { ...run, baseCommit, force: true };
      const kept = await setting.publish(A, old);
      assert.deepEqual([kept.commit, [...kept.manifest.keys()]], [undefined, ['b.png']]);
      assert.equal(await setting.repository.readFile(BRANCH, MANIFEST), 'broken');
      await setting.repository.deleteBranch(BRANCH);
      await setting.repository.push('main', { [MANIFEST]: 'broken' });
      const { commit, pullRequest } = await setting.publish(A, old);
      assert.deepEqual([commit, pullRequest], [undefined, undefined]);
      assert.deepEqual(setting.repository.git.listRefs(), ['refs/heads/main']);
    }),
  );

  test(
    'a manifest that was unreadable where the branch left its base, and is repaired since, does no harm',
    inSetting({ ...FILES, [MANIFEST]: 'broken' }, async (setting) => {
      await setting.publish(A, { ...run, force: true });
      await setting.repository.push('main', { [MANIFEST]: manifestText({ 'x.png': entryOf('x') }) });
      await setting.publish(B, run);
      assert.deepEqual(Object.keys(await setting.entriesOf(BRANCH)), ['a.png', 'b.png', 'x.png']);
    }),
  );
});
