// Which changes are published, by what GitHub says of the head and the base commit.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatLfsPointer } from '../support/lfs-pointer.ts';
import { entryOf, manifestText, sha256 } from './entries.ts';
import { inSetting, MANIFEST } from './setting.ts';

const FILES = { 'a.png': 'picture a', 'b.png': 'picture b' };
const A = { 'a.png': 'picture a' };

describe('a change', () => {
  test(
    'is published where the file is as it was checked out, whatever the workspace made of it',
    inSetting({ ...FILES, 'link.png': { link: 'a.png' }, 'deleted.png': 'gone' }, async (setting) => {
      const pointer = formatLfsPointer({ sha256: sha256('stored elsewhere'), size: 9 });
      await setting.repository.push('main', { 'lfs.png': pointer });
      const baseCommit = await setting.headOf('main');
      await setting.repository.push('main', { 'b.png': 'newer', 'deleted.png': undefined, 'new.png': 'x' });
      const published = await setting.publish(
        {
          'a.png': 'compressed by a step',
          'b.png': 'picture b',
          'deleted.png': 'gone',
          'generated.png': 'made by a step',
          'lfs.png': 'stored elsewhere',
          'link.png': 'picture a',
          'new.png': 'made by a step as well',
        },
        { baseCommit },
      );
      const kept = ['a.png', 'generated.png', 'lfs.png', 'link.png'];
      assert.deepEqual(Object.keys(await setting.entriesOf('main')), kept);
      assert.deepEqual([...published.superseded.keys()], ['b.png', 'deleted.png', 'new.png']);
      assert.deepEqual(setting.warnings, []);
    }),
  );

  test(
    'of a path that has become a folder at the head is superseded, and so is one behind a link',
    inSetting({ 'a.png': 'picture a', 'f/c.png': 'picture c' }, async (setting) => {
      const baseCommit = await setting.headOf('main');
      const changes = { 'a.png': undefined, 'a.png/b': 'x', 'f/c.png': undefined, f: { link: 'g' } };
      await setting.repository.push('main', { ...changes, 'g/c.png': 'picture c' });
      const published = await setting.publish(
        { 'a.png': 'picture a', 'f/c.png': 'picture c' },
        { baseCommit },
      );
      assert.deepEqual([...published.superseded.keys()], ['a.png', 'f/c.png']);
      assert.equal(published.commit, undefined);
    }),
  );

  test(
    'removes an entry only when the head does not have the file; a folder of its name is no file',
    inSetting(
      {
        ...FILES,
        'folder.png/b.txt': 'in a folder',
        [MANIFEST]: manifestText({
          'a.png': entryOf('picture a'),
          'folder.png': entryOf('folder'),
          'gone.png': entryOf('gone'),
        }),
      },
      async (setting) => {
        const manifest = new Map(Object.entries(await setting.entriesOf('main')));
        const published = await setting.publish(
          { 'a.png': undefined, 'folder.png': undefined, 'gone.png': undefined },
          { checkout: { manifest, text: undefined } },
        );
        assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png']);
        assert.match(published.superseded.get('a.png') ?? '', /the branch has this file/);
      },
    ),
  );

  for (const [name, maxTreeEntries] of [
    ['whole trees', 100_000],
    ['trees that GitHub cuts', 50],
  ] as const) {
    test(
      `among many is found by ${name}`,
      inSetting(
        Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f/${index}.png`, `${index}`])),
        async (setting) => {
          setting.repository.maxTreeEntries = maxTreeEntries;
          const baseCommit = await setting.headOf('main');
          await setting.repository.push('main', { 'f/149.png': 'newer', 'f/folder.png/a': 'x' });
          const paths = Array.from({ length: 150 }, (_, index) => `f/${index}.png`);
          const files = Object.fromEntries([...paths, 'f/folder.png'].map((path) => [path, path]));
          const published = await setting.publish(files, { baseCommit });
          assert.deepEqual([...published.superseded.keys()], ['f/149.png']);
          assert.equal(published.manifest.size, 150);
          assert.equal(setting.api.count('git/get-tree'), 2);
        },
      ),
    );
  }
});

describe('a base commit', () => {
  const unknown = '1'.repeat(40);

  test(
    'that GitHub does not know gives way to GITHUB_SHA, with a warning',
    inSetting(FILES, async (setting) => {
      const runCommit = await setting.headOf('main');
      await setting.repository.push('main', { 'b.png': 'newer' });
      const files = { 'a.png': 'compressed', 'b.png': 'picture b' };
      const published = await setting.publish(files, { baseCommit: unknown, runCommit });
      assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png']);
      assert.deepEqual([...published.superseded.keys()], ['b.png']);
      assert.equal(setting.warnings.length, 1);
      assert.match(setting.warnings[0] ?? '', /does not know the commit 1{40}.*GITHUB_SHA \([0-9a-f]{40}\)/);
    }),
  );

  for (const runCommit of [unknown, '2'.repeat(40), '']) {
    test(
      `that GitHub does not know, nor GITHUB_SHA (${runCommit.slice(0, 4) || 'none'}), leaves only what the head lacks`,
      inSetting(FILES, async (setting) => {
        const files = { 'a.png': 'picture a', 'new.png': 'new' };
        const published = await setting.publish(files, { baseCommit: unknown, runCommit });
        assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['new.png']);
        assert.match(published.superseded.get('a.png') ?? '', /commit of the run cannot be read/);
        assert.match(setting.warnings.at(-1) ?? '', /only entries of files that the branch does not have/);
        assert.equal(setting.warnings.length, runCommit === '2'.repeat(40) ? 2 : 1);
      }),
    );
  }

  test(
    'that `.git` does not tell is GITHUB_SHA; without either, only what the head lacks is published',
    inSetting(FILES, async (setting) => {
      const first = await setting.publish(A, { baseCommit: undefined });
      assert.equal(first.commit, await setting.headOf('main'));
      const second = await setting.publish(
        { 'b.png': 'picture b', 'new.png': 'new' },
        { baseCommit: undefined, runCommit: '' },
      );
      assert.deepEqual([...second.superseded.keys()], ['b.png']);
      assert.deepEqual(setting.warnings, []);
    }),
  );

  test(
    'of another branch is warned of once, and what differs there is not published',
    inSetting(FILES, async (setting) => {
      await setting.repository.setBranch('other', 'main');
      const baseCommit = await setting.repository.push('other', { 'b.png': 'other b', 'c.png': 'c' });
      const publisher = await setting.open({ baseCommit });
      const files = { 'a.png': 'picture a', 'b.png': 'other b', 'c.png': 'c' };
      const published = await setting.publishWith(publisher, files);
      await setting.publishWith(publisher, { ...files, 'd.png': 'd' });
      assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png', 'd.png']);
      assert.deepEqual([...published.superseded.keys()], ['b.png', 'c.png']);
      assert.equal(setting.warnings.length, 1);
      assert.match(setting.warnings[0] ?? '', /is not of the branch main.*set `target-branch`/);
    }),
  );

  test(
    'of GitHub’s test merge is no other branch',
    inSetting(FILES, async (setting) => {
      await setting.repository.setBranch('topic', 'main');
      const head = await setting.repository.push('topic', { 'c.png': 'c' });
      const base = await setting.repository.push('main', { 'b.png': 'newer' });
      const merge = setting.repository.git.writeCommit(base, { 'c.png': 'c' }, { mergedOids: [head] });
      const run = { baseCommit: merge, runCommit: merge, isTestMerge: true };
      const place = { kind: 'commit', branch: 'topic', isPullRequestHead: true } as const;
      const published = await setting.publish({ 'b.png': 'newer', 'c.png': 'c' }, { ...run, place });
      assert.deepEqual(Object.keys(await setting.entriesOf('topic')), ['c.png']);
      assert.deepEqual([...published.superseded.keys()], ['b.png']);
      assert.deepEqual(setting.warnings, []);
    }),
  );
});

describe('a head that GitHub does not find', () => {
  const answer = { status: 200, body: { data: { repository: { c0: null, c0p0: null } } } };

  test(
    'at first is no empty tree: nothing is removed for it, and it is read again',
    inSetting({ ...FILES, [MANIFEST]: manifestText({ 'a.png': entryOf('picture a') }) }, async (setting) => {
      const manifest = new Map(Object.entries(await setting.entriesOf('main')));
      setting.api.plan({ operation: 'LookUpBlobs', answer });
      const published = await setting.publish(
        { 'a.png': undefined },
        { checkout: { manifest, text: undefined } },
      );
      assert.deepEqual([...published.superseded.keys()], ['a.png']);
      assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png']);
      assert.equal(setting.timing.sleeps.length, 1);
    }),
  );

  test(
    'ever ends with a message',
    inSetting({ ...FILES, [MANIFEST]: manifestText({ 'a.png': entryOf('picture a') }) }, async (setting) => {
      setting.api.plan({ operation: 'LookUpBlobs', times: 1000, answer });
      await assert.rejects(setting.publish({ 'a.png': undefined }), {
        name: 'StepError',
        message: /GitHub does not find the commit [0-9a-f]{40} yet/,
      });
      assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png']);
    }),
  );
});
