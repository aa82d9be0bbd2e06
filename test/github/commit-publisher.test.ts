import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { writeLfsPointer } from '../../src/assets/lfs-pointer.ts';
import { StepError } from '../../src/text/errors.ts';

import { MAX_MANIFEST_BYTES, UnreadableManifest } from '../../src/manifest/manifest.ts';
import {
  entryOf,
  FAST_TIMING,
  inSetting,
  MAIN,
  MANIFEST,
  manifestText,
  PROPOSAL,
  sha256,
} from './setting.ts';

/** The text of a manifest that is exactly as large as one may be. */
function fillManifest(): string {
  const build = (lastLength: number): string =>
    manifestText(
      Object.fromEntries(
        Array.from({ length: 531 }, (_, index) => [
          `old/${index}.png`,
          { ...entryOf(`old ${index}`), id: 'x'.repeat(index === 530 ? lastLength : 63_000) },
        ]),
      ),
    );
  const text = build(MAX_MANIFEST_BYTES - Buffer.byteLength(build(0)));
  assert.equal(Buffer.byteLength(text), MAX_MANIFEST_BYTES);
  return text;
}

const FILES = { 'a.png': 'picture a', 'b.png': 'picture b' };

describe('a commit', () => {
  test(
    'holds the manifest only, and says so in its message',
    inSetting(FILES, async (setting) => {
      const head = await setting.headOf('main');
      const published = await setting.publish(
        { 'a.png': 'picture a' },
        { commitMessage: 'chore: assets\n\nThe body.\nIts end.\n' },
      );
      assert.equal(published.commit, await setting.headOf('main'));
      assert.deepEqual(await setting.repository.git.listChangedPaths(head, 'refs/heads/main'), [MANIFEST]);
      assert.equal(await setting.repository.readFile('main', MANIFEST), published.text);
      assert.deepEqual(await setting.entriesOf('main'), { 'a.png': entryOf('picture a') });
      assert.equal((await setting.messagesOf('main')).at(-1), 'chore: assets\n\nThe body.\nIts end.');
      assert.deepEqual([published.superseded.size, published.notes, published.failure], [0, [], undefined]);
    }),
  );

  test(
    'is not made when the head says the same already, even in another form',
    inSetting(
      { ...FILES, [MANIFEST]: JSON.stringify({ version: 1, assets: { 'a.png': entryOf('picture a') } }) },
      async (setting) => {
        const head = await setting.headOf('main');
        const published = await setting.publish({ 'a.png': 'picture a' });
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
      const published = await setting.publish({});
      assert.deepEqual(
        [published.commit, published.text, published.manifest.size],
        [undefined, undefined, 0],
      );
    }),
  );

  test(
    'goes to GitHub Enterprise Server alike',
    inSetting(
      FILES,
      async (setting) => {
        const published = await setting.publish({ 'a.png': 'picture a' });
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
      const noted = await setting.publish({ 'a.png': 'picture a' }, { place });
      assert.match(noted.notes.join(), /GITHUB_TOKEN.*wait.*GitHub App/);
      const token = setting.api.createToken({ login: 'our-app[bot]' });
      const silent = await setting.publish({ 'b.png': 'picture b' }, { place, token });
      assert.deepEqual(silent.notes, []);
    }),
  );

  for (const form of ['json', 'json of GitHub’s', 'raw, called JSON'] as const) {
    test(
      `reads the manifest also where blobs come as ${form}`,
      inSetting(
        { ...FILES, [MANIFEST]: manifestText({ 'b.png': entryOf('picture b') }) },
        async (setting) => {
          setting.repository.blobForm = form;
          await setting.publish({ 'a.png': 'picture a' });
          assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png', 'b.png']);
        },
      ),
    );
  }

  test(
    'is refused over a manifest that is no JSON, also where it is called JSON',
    inSetting({ ...FILES, [MANIFEST]: 'neither' }, async (setting) => {
      setting.repository.blobForm = 'raw, called JSON';
      await assert.rejects(setting.publish({ 'a.png': 'picture a' }), {
        name: 'StepError',
        message: /is not valid JSON/,
      });
      assert.equal(await setting.repository.readFile('main', MANIFEST), 'neither');
    }),
  );

  test(
    'is not made of a manifest that no run could read',
    inSetting(FILES, async (setting) => {
      const text = fillManifest();
      await setting.repository.push('main', { [MANIFEST]: text });
      for (const place of [MAIN, PROPOSAL]) {
        await assert.rejects(setting.publish({ 'a.png': 'picture a' }, { place }), {
          name: 'StepError',
          message: /was not published: it would have 33554\d{3} bytes.*several manifests.*`manifest-path`/,
        });
      }
      assert.equal(await setting.repository.readFile('main', MANIFEST), text);
      assert.equal(await setting.repository.head('nxcloud-assets/main'), undefined);
    }),
  );

  test(
    'keeps a manifest of 20 000 entries whole, which GraphQL would cut',
    inSetting(FILES, async (setting) => {
      const entries = Object.fromEntries(
        Array.from({ length: 20_000 }, (_, index) => [`old/${index}.png`, entryOf(`old ${index}`)]),
      );
      const text = manifestText(entries);
      assert.ok(Buffer.byteLength(text) > 5_000_000);
      await setting.repository.push('main', { [MANIFEST]: text });
      const publisher = await setting.open();
      assert.equal(publisher.manifest.size, 20_000);
      const published = await setting.publishWith(publisher, { 'a.png': 'picture a' });
      assert.equal(published.manifest.size, 20_001);
      const committed = await setting.repository.readFile('main', MANIFEST);
      assert.equal(committed, manifestText({ ...entries, 'a.png': entryOf('picture a') }));
    }),
  );
});

describe('a change', () => {
  const cases = [
    { name: 'of the content at the head is published', files: { 'a.png': 'picture a' }, isPublished: true },
    {
      name: 'of content whose LFS pointer is at the head is published',
      files: { 'a.png': writeLfsPointer({ sha256: sha256('picture a'), size: 9 }) },
      isPublished: true,
    },
    { name: 'is superseded by another version at the head', files: { 'a.png': 'newer' }, isPublished: false },
    {
      name: 'is superseded by a version of the same size',
      files: { 'a.png': 'picture z' },
      isPublished: false,
    },
    { name: 'is superseded by a folder of its name', files: { 'a.png/b': 'picture a' }, isPublished: false },
  ];
  for (const { name, files, isPublished } of cases) {
    test(
      name,
      inSetting(files, async (setting) => {
        const published = await setting.publish({ 'a.png': 'picture a' });
        assert.deepEqual(Object.keys(await setting.entriesOf('main')), isPublished ? ['a.png'] : []);
        assert.deepEqual([...published.superseded.keys()], isPublished ? [] : ['a.png']);
        assert.equal(published.commit !== undefined, isPublished);
      }),
    );
  }

  test(
    'of a linked file is published when the link at the head is the one that led to it',
    inSetting({ 'link.png': { link: 'real/a.png' }, 'other.png': { link: 'elsewhere' } }, async (setting) => {
      const judged = await setting.judge('real/a.png', 'picture a');
      const link = await setting.link('link.png', 'real/a.png');
      const publisher = await setting.open();
      const published = await publisher.publish({
        changes: new Map([
          ['link.png', entryOf('picture a')],
          ['other.png', entryOf('picture a')],
        ]),
        findJudged: () => ({ ...judged, link }),
        signal: new AbortController().signal,
      });
      assert.deepEqual([...published.superseded.keys()], ['other.png']);
      assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['link.png']);
    }),
  );

  for (const { at, isPublished } of [
    { at: 'picture a', isPublished: true },
    { at: 'newer', isPublished: false },
  ]) {
    test(
      `of a linked file is ${isPublished ? 'published' : 'superseded'} when the file that the link leads to is ${isPublished ? 'the judged' : 'another'} one`,
      inSetting({ 'link.png': { link: 'real/a.png' }, 'real/a.png': at }, async (setting) => {
        const judged = await setting.judge('real/a.png', 'picture a');
        const link = await setting.link('link.png', 'real/a.png');
        const publisher = await setting.open();
        const published = await publisher.publish({
          changes: new Map([['link.png', entryOf('picture a')]]),
          findJudged: (path) => (path === 'link.png' ? { ...judged, link } : undefined),
          signal: new AbortController().signal,
        });
        assert.deepEqual([...published.superseded.keys()], isPublished ? [] : ['link.png']);
        assert.equal(published.commit !== undefined, isPublished);
      }),
    );
  }

  test(
    'of a linked file is published when the branch has the judged content in place of the link',
    inSetting({ 'link.png': 'picture a', 'real/a.png': 'newer' }, async (setting) => {
      const judged = await setting.judge('real/a.png', 'picture a');
      const link = await setting.link('link.png', 'real/a.png');
      const publisher = await setting.open();
      const published = await publisher.publish({
        changes: new Map([['link.png', entryOf('picture a')]]),
        findJudged: () => ({ ...judged, link }),
        signal: new AbortController().signal,
      });
      assert.deepEqual([...published.superseded.keys()], []);
      assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['link.png']);
    }),
  );

  test(
    'is superseded when the file is no longer what was judged',
    inSetting(FILES, async (setting) => {
      const judged = await setting.judge('a.png', 'picture a');
      await setting.judge('a.png', 'picture z');
      await setting.repository.push('main', { 'a.png': 'picture z' });
      const publisher = await setting.open();
      const changes = new Map([['a.png', entryOf('picture a')]]);
      const signal = new AbortController().signal;
      const published = await publisher.publish({ changes, findJudged: () => judged, signal });
      assert.deepEqual([...published.superseded.keys()], ['a.png']);
    }),
  );

  test(
    'of a generated file, in neither the head nor the run, is published; of a deleted one it is not',
    inSetting({ ...FILES, 'deleted.png': 'gone' }, async (setting) => {
      const runCommit = await setting.headOf('main');
      await setting.repository.push('main', { 'deleted.png': undefined });
      const published = await setting.publish(
        { 'generated.png': 'made', 'deleted.png': 'gone' },
        { runCommit },
      );
      assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['generated.png']);
      assert.match(published.superseded.get('deleted.png') ?? '', /the branch does not have this file/);
    }),
  );

  test(
    'of a file that the head lacks is held back when the commit of the run cannot be read',
    inSetting(FILES, async (setting) => {
      const published = await setting.publish({ 'new.png': 'new' }, { runCommit: '1'.repeat(40) });
      assert.match(published.superseded.get('new.png') ?? '', /commit of the run cannot be read/);
      assert.equal(published.commit, undefined);
    }),
  );

  test(
    'removes an entry only when the head does not have the file',
    inSetting(
      { ...FILES, [MANIFEST]: manifestText({ 'a.png': entryOf('picture a'), 'gone.png': entryOf('gone') }) },
      async (setting) => {
        const published = await setting.publish({ 'a.png': undefined, 'gone.png': undefined });
        assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png']);
        assert.match(published.superseded.get('a.png') ?? '', /the branch has this file/);
      },
    ),
  );

  for (const count of [1, 101]) {
    test(
      `removes ${count === 1 ? 'an entry' : 'many entries'} whose file gave way to a folder of its name`,
      inSetting(
        {
          'a.png/b.txt': 'in a folder',
          [MANIFEST]: manifestText(
            Object.fromEntries(
              ['a.png', ...Array.from({ length: count - 1 }, (_, index) => `${index}.png`)].map((path) => [
                path,
                entryOf(path),
              ]),
            ),
          ),
        },
        async (setting) => {
          const paths = Object.keys(await setting.entriesOf('main'));
          assert.equal(paths.length, count);
          const published = await setting.publish(Object.fromEntries(paths.map((path) => [path, undefined])));
          assert.deepEqual([...published.superseded.keys()], []);
          assert.deepEqual(await setting.entriesOf('main'), {});
        },
      ),
    );
  }

  for (const [limit, hasSizes] of [
    [100_000, true],
    [100_000, false],
    [50, true],
  ] as const) {
    test(
      `among many is found in a tree that GitHub cuts after ${limit} entries${hasSizes ? '' : ' and shows without sizes'}`,
      inSetting(
        Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f/${index}.png`, `picture ${index}`])),
        async (setting) => {
          setting.repository.maxTreeEntries = limit;
          setting.repository.hasTreeSizes = hasSizes;
          const files = Object.fromEntries(
            Array.from({ length: 150 }, (_, index) => [
              `f/${index}.png`,
              index === 149 ? 'other' : `picture ${index}`,
            ]),
          );
          const published = await setting.publish(files);
          assert.deepEqual([...published.superseded.keys()], ['f/149.png']);
          assert.equal(published.manifest.size, 149);
        },
      ),
    );
  }
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
        setting.api.plan({
          operation: 'createCommitOnBranch',
          before: () => setting.repository.push('main', push),
        });
        await setting.publishWith(publisher, { 'a.png': 'picture a' });
        const entries = await setting.entriesOf('main');
        assert.deepEqual(Object.keys(entries), expected);
        if (idOfA !== undefined) assert.equal(entries['a.png']?.id, idOfA);
        assert.deepEqual(
          await setting.repository.git.listCommits(`refs/heads/main..${head}`),
          [],
          'history is linear',
        );
        assert.ok(setting.timing.sleeps.every((milliseconds) => milliseconds >= 0 && milliseconds <= 10_000));
      }),
    );
  }

  test(
    'costs no second reading of the same manifest and file',
    inSetting(before, async (setting) => {
      const publisher = await setting.open();
      const judged = await setting.judge('a.png', 'picture a');
      const push = async (): Promise<void> => {
        await setting.repository.push('main', { 'README.md': 'x' });
        await rm(judged.file);
      };
      setting.api.plan({ operation: 'createCommitOnBranch', before: push });
      const published = await setting.publishWith(publisher, { 'a.png': 'picture a' });
      assert.equal(published.commit, await setting.headOf('main'));
      assert.equal(setting.api.count('git/get-blob'), 1);
    }),
  );

  test(
    'again and again ends after three minutes with a message',
    inSetting(before, async (setting) => {
      const publisher = await setting.open();
      let count = 0;
      const push = async (): Promise<void> => {
        count += 1;
        await setting.repository.push('main', { 'README.md': String(count) });
      };
      setting.api.plan({ operation: 'createCommitOnBranch', times: 1000, before: push });
      await assert.rejects(setting.publishWith(publisher, { 'a.png': 'picture a' }), {
        name: 'StepError',
        message: /main kept moving for three minutes/,
      });
      const waited = setting.timing.sleeps.reduce((sum, each) => sum + each, 0);
      assert.ok(waited >= 180_000 && waited < 200_000, `${waited}`);
    }),
  );

  test(
    'a run repeated on an old commit does not bring old entries back',
    inSetting(before, async (setting) => {
      const runCommit = await setting.headOf('main');
      await setting.publish({ 'a.png': 'picture a' });
      await setting.repository.push('main', { 'a.png': 'newer', 'b.png': undefined });
      await setting.publish({ 'a.png': 'newer', 'b.png': undefined });
      const text = await setting.repository.readFile('main', MANIFEST);
      const again = await setting.publish({ 'a.png': 'picture a', 'b.png': 'picture b' }, { runCommit });
      assert.equal(await setting.repository.readFile('main', MANIFEST), text);
      assert.deepEqual([...again.superseded.keys()], ['a.png', 'b.png']);
      assert.equal(again.text, text);
    }),
  );
});

describe('sixteen runs at once', () => {
  test(
    'each with an asset of its own and two in common keep every entry, in a linear history, by one commit each',
    inSetting(
      {
        shared1: 's1',
        shared2: 's2',
        ...Object.fromEntries(Array.from({ length: 16 }, (_, run) => [`own${run}`, `own ${run}`])),
      },
      async (setting) => {
        const start = await setting.headOf('main');
        const runs = Array.from({ length: 16 }, async (_, run) => {
          const publisher = await setting.open({ timing: FAST_TIMING });
          const files = { [`own${run}`]: `own ${run}`, shared1: 's1', shared2: 's2' };
          return await setting.publishWith(publisher, files, { upload: run });
        });
        const published = await Promise.all(runs);
        const entries = await setting.entriesOf('main');
        assert.equal(Object.keys(entries).length, 18);
        assert.deepEqual(entries.shared1, entryOf('s1', 15));
        const commits = await setting.repository.git.listCommits(`${start}..refs/heads/main`);
        const made = published.map(({ commit }) => commit).filter((commit) => commit !== undefined);
        assert.deepEqual(new Set(commits), new Set(made));
        assert.ok(commits.length <= 16);
        for (const oid of commits)
          assert.equal((await setting.repository.git.readCommit(oid)).parents.length, 1);
      },
    ),
  );
});

describe('trouble on the way', () => {
  test(
    'a lost reply is recognised at the next look, and the commit is not made twice',
    inSetting(FILES, async (setting) => {
      const start = await setting.headOf('main');
      setting.api.plan({ operation: 'createCommitOnBranch', fault: 'cut-after' });
      const published = await setting.publish({ 'a.png': 'picture a' });
      const commits = await setting.repository.git.listCommits(`${start}..refs/heads/main`);
      assert.deepEqual(commits, [published.commit]);
    }),
  );

  test(
    'a lost reply is recognised although someone has committed on top of it',
    inSetting(FILES, async (setting) => {
      let commit: string | undefined;
      const after = async (): Promise<void> => {
        commit = await setting.headOf('main');
        await setting.repository.push('main', { 'README.md': 'more' });
      };
      setting.api.plan({ operation: 'createCommitOnBranch', fault: 'cut-after', after });
      const published = await setting.publish({ 'a.png': 'picture a' });
      assert.equal(published.commit, commit);
      assert.equal((await setting.messagesOf('main')).length, 3);
    }),
  );

  test(
    'reads that lag behind a write lead to no second commit',
    inSetting(FILES, async (setting) => {
      setting.repository.lagOfReads = 2;
      await setting.publish({ 'a.png': 'picture a' });
      const published = await setting.publish({ 'b.png': 'picture b' });
      assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png', 'b.png']);
      assert.equal(published.commit, await setting.headOf('main'));
      assert.equal((await setting.messagesOf('main')).length, 3);
    }),
  );

  {
    const entries = { '0.png': entryOf('0.png') };
    const answer = { status: 200, body: { data: { repository: { commit: null, o0: null } } } };
    const files = { '0.png': '0.png', [MANIFEST]: manifestText(entries) };

    test(
      'a head that is not found at first is no empty tree',
      inSetting(files, async (setting) => {
        setting.api.plan({ operation: 'LookUpBlobs', answer });
        const published = await setting.publish({ '0.png': undefined });
        assert.equal(published.superseded.size, 1);
        assert.deepEqual(await setting.entriesOf('main'), entries);
      }),
    );

    test(
      'a head that is never found ends with a message',
      inSetting(files, async (setting) => {
        setting.api.plan({ operation: 'LookUpBlobs', times: 1000, answer });
        await assert.rejects(setting.publish({ '0.png': undefined }), {
          name: 'StepError',
          message: /no usable answer.*does not find the commit [0-9a-f]{40}/,
        });
        assert.deepEqual(await setting.entriesOf('main'), entries);
      }),
    );
  }

  test(
    'a tree that cannot be had whole is looked up in parts',
    inSetting({}, async (setting) => {
      const paths = Array.from({ length: 101 }, (_, index) => `f/${index}.png`);
      await setting.repository.push('main', Object.fromEntries(paths.map((path) => [path, path])));
      setting.api.plan({
        operation: 'git/get-tree',
        times: 1000,
        answer: { status: 404, body: { message: 'Not Found' } },
      });
      await setting.publish(Object.fromEntries(paths.map((path) => [path, path])));
      assert.deepEqual(Object.keys(await setting.entriesOf('main')).length, 101);
    }),
  );

  for (const [name, incident] of [
    ['is not there yet', { answer: { status: 404, body: { message: 'Not Found' } } }],
    ['comes altered', { answer: { status: 200, body: { version: 1, assets: {} } } }],
  ] as const) {
    test(
      `a manifest whose content ${name} is asked for again`,
      inSetting(
        { ...FILES, [MANIFEST]: manifestText({ 'b.png': entryOf('picture b') }) },
        async (setting) => {
          setting.api.plan({ operation: 'git/get-blob', ...incident });
          await setting.publish({ 'a.png': 'picture a' });
          assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png', 'b.png']);
        },
      ),
    );
  }

  test(
    'a rate limit is no moved branch, also when it has moved',
    inSetting(FILES, async (setting) => {
      let pushes = 0;
      setting.api.plan({
        operation: 'createCommitOnBranch',
        times: 1000,
        before: () => setting.repository.push('main', { 'README.md': `${pushes++}` }),
        answer: {
          status: 403,
          headers: { 'retry-after': '3600' },
          body: { message: 'You have exceeded a secondary rate limit.' },
        },
      });
      await assert.rejects(setting.publish({ 'a.png': 'picture a' }), {
        name: 'StepError',
        message: /secondary rate limit\. GitHub takes about 80 writes a minute/,
      });
      assert.equal(setting.api.count('createCommitOnBranch'), 1);
    }),
  );

  const transient = [
    { name: '502', answer: { status: 502, body: { message: 'Server Error' } } },
    { name: '503', answer: { status: 503 } },
    { name: '504', answer: { status: 504 } },
    {
      name: 'a secondary rate limit with Retry-After',
      answer: {
        status: 403,
        headers: { 'retry-after': '30' },
        body: { message: 'You have exceeded a secondary rate limit.' },
      },
      waits: 30_000,
    },
    {
      name: '429 without a time',
      answer: { status: 429, body: { message: 'API rate limit exceeded' } },
      waits: 60_000,
    },
    { name: 'a cut connection', fault: 'cut-before' },
    { name: 'a reply that is cut in the middle', fault: 'cut-in-reply' },
  ] as const;
  for (const operation of ['ReadBranch', 'createCommitOnBranch', 'git/get-blob']) {
    for (const { name, ...incident } of transient) {
      test(
        `${name} at ${operation} is tried again`,
        inSetting({ ...FILES, [MANIFEST]: manifestText({}) }, async (setting) => {
          setting.api.plan({ operation, ...incident });
          const published = await setting.publish({ 'a.png': 'picture a' });
          assert.equal(published.commit, await setting.headOf('main'));
          assert.equal((await setting.messagesOf('main')).length, 2);
          const waited = setting.timing.sleeps.reduce((sum, each) => sum + each, 0);
          assert.ok(waited >= ('waits' in incident ? incident.waits : 0));
        }),
      );
    }
  }

  test(
    'trouble that stays ends with a message after five attempts',
    inSetting(FILES, async (setting) => {
      setting.api.plan({ operation: 'ReadBranch', times: 100, answer: { status: 502 } });
      await assert.rejects(setting.open(), {
        name: 'StepError',
        message: /no usable answer.*502.*Run the job again/,
      });
      assert.equal(setting.api.count('ReadBranch'), 5);
      assert.equal(setting.retryMessages.length, 4);
      assert.match(setting.retryMessages[0] ?? '', /502.*next attempt in 0\.3 s/);
    }),
  );

  test(
    'after the uploads, trouble is waited out for more than a minute, and not much longer',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open();
      setting.api.plan({ operation: 'createCommitOnBranch', times: 1000, answer: { status: 502 } });
      const publishing = setting.publishWith(publisher, { 'a.png': 'picture a' });
      await assert.rejects(publishing, { name: 'StepError', message: /no usable answer.*502/ });
      const waited = setting.timing.sleeps.reduce((sum, each) => sum + each, 0);
      assert.ok(waited >= 60_000 && waited < 90_000, `${waited}`);
    }),
  );

  test(
    'a commit is found although every further attempt goes without an answer',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open();
      const operation = 'createCommitOnBranch';
      setting.api.plan({ operation, fault: 'cut-after' });
      setting.api.plan({ operation, nth: 2, times: 1000, answer: { status: 502 } });
      const published = await setting.publishWith(publisher, { 'a.png': 'picture a' });
      assert.equal(published.commit, await setting.headOf('main'));
      assert.equal((await setting.messagesOf('main')).length, 2);
    }),
  );

  test(
    'a reply without the commit is none, and the commit is looked for',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open();
      const answer = { status: 200, body: { data: { createCommitOnBranch: { commit: null } } } };
      setting.api.plan({ operation: 'createCommitOnBranch', times: 1000, answer });
      await assert.rejects(setting.publishWith(publisher, { 'a.png': 'picture a' }), {
        name: 'StepError',
        message: /no usable answer.*the reply to the commit holds no commit/,
      });
      assert.ok(setting.api.count('FindSentCommit') > 0);
    }),
  );

  test(
    'a commit that may be there is not looked for where GitHub refuses to look',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open();
      setting.api.plan({ operation: 'createCommitOnBranch', times: 1000, answer: { status: 502 } });
      setting.api.plan({ operation: 'FindSentCommit', times: 1000, answer: { status: 403 } });
      const publishing = setting.publishWith(publisher, { 'a.png': 'picture a' });
      await assert.rejects(publishing, { name: 'StepError', message: /no usable answer.*502/ });
    }),
  );

  test(
    'a branch without its commit is no absent branch',
    inSetting(FILES, async (setting) => {
      const body = { data: { repository: { ref: { target: null } } } };
      setting.api.plan({ operation: 'ReadBranch', answer: { status: 200, body } });
      await assert.rejects(setting.open(), {
        name: 'StepError',
        message: /no usable answer.*a branch without its commit/,
      });
    }),
  );

  test(
    'commits that GitHub leaves out of the history are passed over',
    inSetting(FILES, async (setting) => {
      setting.api.plan({ operation: 'createCommitOnBranch', fault: 'cut-after' });
      const object = { history: { nodes: [null, { oid: 'x', parents: { nodes: [null] }, file: null }] } };
      setting.api.plan({
        operation: 'FindSentCommit',
        answer: { status: 200, body: { data: { repository: { object } } } },
      });
      const published = await setting.publish({ 'a.png': 'picture a' });
      assert.equal(published.text, await setting.repository.readFile('main', MANIFEST));
    }),
  );

  test(
    'no answer in time is tried again',
    inSetting(FILES, async (setting) => {
      setting.api.plan({ operation: 'ReadBranch', fault: 'hang' });
      const published = await setting.publish({ 'a.png': 'picture a' }, { requestTimeoutMs: 500 });
      assert.equal(published.commit, await setting.headOf('main'));
    }),
  );
});

describe('a commit that collides inside of GitHub', () => {
  for (const message of ['cannot lock ref', 'Branch not found']) {
    test(
      `and is refused with "${message}" is tried again`,
      inSetting(FILES, async (setting) => {
        const publisher = await setting.open();
        setting.api.plan({
          operation: 'createCommitOnBranch',
          before: () => setting.repository.push('main', { 'README.md': 'theirs' }),
          answer: { status: 200, body: { data: null, errors: [{ message }] } },
        });
        const published = await setting.publishWith(publisher, { 'a.png': 'picture a' });
        assert.equal(published.commit, await setting.headOf('main'));
      }),
    );
  }

  test(
    'is not tried again when the branch did not move',
    inSetting(FILES, async (setting) => {
      const body = { data: null, errors: [{ message: 'A path is malformed' }] };
      setting.api.plan({ operation: 'createCommitOnBranch', times: 9, answer: { status: 200, body } });
      const publishing = setting.publish({ 'a.png': 'picture a' });
      await assert.rejects(publishing, {
        name: 'StepError',
        message: /refused to commit.*A path is malformed/,
      });
      assert.equal(setting.api.count('createCommitOnBranch'), 1);
    }),
  );
});

describe('a refusal names its remedy', () => {
  const attempt = { 'a.png': 'picture a' };

  for (const protection of ['classic', 'ruleset'] as const) {
    test(
      `on a branch protected by a ${protection} rule`,
      inSetting(FILES, async (setting) => {
        setting.repository.protectedBranches.set('main', protection);
        await assert.rejects(setting.publish(attempt), {
          name: 'StepError',
          message:
            /The branch main is protected\. Use `mode: pull-request`.*manifest stays in the workspace/s,
        });
      }),
    );
  }

  test(
    'for a token that may only read',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken({ permissions: { contents: 'read' } });
      await assert.rejects(setting.publish(attempt, { token }), {
        name: 'StepError',
        message: /lacks the permission `contents: write`.*`permissions` of the job/,
      });
    }),
  );

  test(
    'for a token that sees nothing, before anything is sent',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken({ permissions: { contents: 'none' } });
      await assert.rejects(setting.open({ token }), { name: 'StepError', message: /token cannot see it/ });
    }),
  );

  test(
    'for a token that has expired meanwhile, without showing it',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken({ login: 'our-app[bot]' });
      const publisher = await setting.open({ token });
      token.isExpired = true;
      const failure = await setting.publishWith(publisher, attempt).catch((error: unknown) => error);
      assert.ok(failure instanceof StepError);
      assert.match(failure.message, /Bad credentials.*GitHub App token lives for one hour/);
      assert.ok(!JSON.stringify([failure.message, failure.cause]).includes(token.value));
    }),
  );

  test(
    'for a branch that does not exist',
    inSetting(FILES, async (setting) => {
      const place = { kind: 'commit', branch: 'nowhere', isPullRequestHead: false } as const;
      await assert.rejects(setting.open({ place }), {
        name: 'StepError',
        message: /no branch nowhere in octo\/assets.*`target-branch`/,
      });
    }),
  );

  test(
    'for a repository that GitHub shows as none',
    inSetting(FILES, async (setting) => {
      setting.api.plan({
        operation: 'ReadBranch',
        answer: { status: 200, body: { data: { repository: null } } },
      });
      await assert.rejects(setting.open(), {
        name: 'StepError',
        message: /not shown to this token.*it needs the permission `contents: read`/,
      });
    }),
  );

  test(
    'for a renamed repository',
    inSetting(FILES, async (setting) => {
      setting.api.plan({
        operation: 'ReadBranch',
        answer: { status: 301, headers: { location: '/elsewhere' } },
      });
      await assert.rejects(setting.open(), {
        name: 'StepError',
        message: /redirects elsewhere.*renamed repository/,
      });
      assert.equal(setting.api.requests.length, 1, 'the redirect is not followed');
    }),
  );

  test(
    'for a rate limit that lasts',
    inSetting(FILES, async (setting) => {
      const reset = String(Math.floor(setting.timing.now() / 1000) + 3000);
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
      const body = { message: 'API rate limit exceeded for installation.' };
      setting.api.plan({ operation: 'ReadBranch', answer: { status: 403, headers, body } });
      await assert.rejects(setting.open(), { name: 'StepError', message: /rate limit is used up/ });
      assert.deepEqual(setting.timing.sleeps, []);
    }),
  );
});

describe('a manifest at the head that cannot be read', () => {
  const contents = [
    { name: 'bad JSON', content: '{"version": 1,' },
    { name: 'merge markers', content: '<<<<<<< ours\n{}\n' },
    { name: 'a link', content: { link: 'elsewhere.json' } },
    { name: 'nothing', content: '' },
    { name: 'too large', content: ' '.repeat(MAX_MANIFEST_BYTES + 1) },
  ];
  for (const { name, content } of contents) {
    test(
      `(${name}) stops before anything is sent; force starts afresh`,
      inSetting({ ...FILES, [MANIFEST]: content }, async (setting) => {
        await assert.rejects(setting.open(), UnreadableManifest);
        const published = await setting.publish({ 'a.png': 'picture a' }, { force: true });
        assert.equal(published.commit, await setting.headOf('main'));
        assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png']);
      }),
    );
  }

  test(
    '(the pointer of Git LFS) is not for force to replace',
    inSetting(
      { ...FILES, [MANIFEST]: writeLfsPointer({ sha256: sha256('{}'), size: 2 }) },
      async (setting) => {
        for (const force of [false, true]) {
          await assert.rejects(setting.open({ force }), {
            name: 'StepError',
            message: /kept in Git LFS.*\.gitattributes/,
          });
        }
      },
    ),
  );

  test(
    'is left as it is by force when there is nothing to record',
    inSetting({ ...FILES, [MANIFEST]: 'broken' }, async (setting) => {
      const published = await setting.publish(
        { 'a.png': 'not on main', 'gone.png': undefined },
        { force: true },
      );
      assert.deepEqual([published.commit, published.text], [undefined, undefined]);
      assert.equal(await setting.repository.readFile('main', MANIFEST), 'broken');
    }),
  );

  test(
    'because it comes altered stops, whatever it looks like',
    inSetting({ ...FILES, [MANIFEST]: manifestText({ 'b.png': entryOf('picture b') }) }, async (setting) => {
      const body = { version: 1, assets: {} };
      setting.api.plan({ operation: 'git/get-blob', times: 100, answer: { status: 200, body } });
      await assert.rejects(setting.open(), {
        name: 'StepError',
        message: /came with 25 of \d+ bytes, or altered/,
      });
    }),
  );

  test(
    'because more comes than was announced stops',
    inSetting({ ...FILES, [MANIFEST]: manifestText({}) }, async (setting) => {
      const body = { version: 1, assets: {}, note: 'more than was announced'.repeat(5000) };
      setting.api.plan({ operation: 'git/get-blob', times: 100, answer: { status: 200, body } });
      await assert.rejects(setting.open(), {
        name: 'StepError',
        message: /the reply is longer than the \d+ bytes announced/,
      });
    }),
  );

  test(
    'and came up since the start is not overwritten',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open();
      await setting.repository.push('main', { [MANIFEST]: 'broken' });
      await assert.rejects(setting.publishWith(publisher, { 'a.png': 'picture a' }), UnreadableManifest);
      assert.equal(await setting.repository.readFile('main', MANIFEST), 'broken');
    }),
  );
});

describe('cancelling', () => {
  test(
    'while waiting for the next attempt ends with the reason of the signal',
    inSetting(FILES, async (setting) => {
      const controller = new AbortController();
      const reason = new StepError('a-code', 'The reason.');
      // As the timers of Node.js reject.
      const sleep = async (): Promise<void> => {
        controller.abort(reason);
        throw new DOMException('The operation was aborted', 'AbortError');
      };
      const timing = { now: Date.now, random: Math.random, sleep };
      setting.api.plan({ operation: 'ReadBranch', answer: { status: 503 } });
      const opening = setting.open({ timing, signal: controller.signal });
      assert.equal(await opening.catch((error: unknown) => error), reason);
    }),
  );

  test(
    'gives up an attempt that hangs, with a message',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open();
      const controller = new AbortController();
      setting.api.plan({
        operation: 'createCommitOnBranch',
        fault: 'hang',
        before: () => controller.abort(),
      });
      await assert.rejects(
        setting.publishWith(publisher, { 'a.png': 'picture a' }, { signal: controller.signal }),
        {
          name: 'StepError',
          message: /given up because the run is ending: it is not known whether.*stays in the workspace/,
        },
      );
    }),
  );

  test(
    'before anything was sent says so, without the reason that the run tells itself',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open();
      const controller = new AbortController();
      const before = (): void => controller.abort(new StepError('a-code', 'The run was cancelled (SIGINT).'));
      setting.api.plan({ operation: 'LookUpBlobs', fault: 'hang', before });
      const { signal } = controller;
      await assert.rejects(setting.publishWith(publisher, { 'a.png': 'picture a' }, { signal }), {
        name: 'StepError',
        message:
          /^Publishing to .* was given up because the run is ending: nothing was published\. The manifest/,
      });
    }),
  );

  test(
    'gives up waiting for a branch that moves',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open();
      const controller = new AbortController();
      const before = async (): Promise<void> => {
        await setting.repository.push('main', { 'README.md': 'moved' });
        controller.abort();
      };
      setting.api.plan({ operation: 'createCommitOnBranch', before });
      await assert.rejects(
        setting.publishWith(publisher, { 'a.png': 'picture a' }, { signal: controller.signal }),
        {
          name: 'StepError',
          message: /given up because the run is ending/,
        },
      );
    }),
  );
});
