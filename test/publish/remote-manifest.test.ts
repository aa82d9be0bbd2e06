import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatLfsPointer } from '../support/lfs-pointer.ts';
import { MAX_MANIFEST_BYTES, serializeManifest, UnreadableManifest } from '../../src/manifest/manifest.ts';
import { buildManifestText } from '../../src/publish/remote-manifest.ts';
import { entryOf, manifestText, sha256 } from './entries.ts';
import { inSetting, MANIFEST, PROPOSAL } from './setting.ts';
import { isFull } from '../support/extent.ts';

const FILES = { 'a.png': 'picture a', 'b.png': 'picture b' };
const A = { 'a.png': 'picture a' };

test('a manifest that no run could read is not written', () => {
  const ids = Array.from({ length: 540 }, (_, index) => `${index}`.padEnd(63_000, 'x'));
  const manifest = new Map(ids.map((id, index) => [`${index}.png`, { ...entryOf('picture'), id }]));
  assert.throws(() => buildManifestText(manifest, 'm.json'), {
    name: 'StepError',
    message: /m\.json was not published: it would have 34\d{6} bytes.*several manifests.*`manifest-path`/,
  });
  const small = new Map([['a.png', entryOf('picture a')]]);
  assert.equal(buildManifestText(small, 'm.json'), serializeManifest(small));
});

describe('a manifest at the head that cannot be read', () => {
  for (const [name, content] of [
    ['bad JSON', '{"version": 1,'],
    ['merge markers', '<<<<<<< ours\n{}\n'],
    // A link's text would be read as JSON.
    ['a link', { link: '{}' }],
    ['nothing', ''],
  ] as const) {
    test(
      `(${name}) stops before anything is sent; force starts afresh`,
      inSetting({ ...FILES, [MANIFEST]: content }, async (setting) => {
        const failure = await setting.open().catch((error: unknown) => error);
        assert.ok(failure instanceof UnreadableManifest, String(failure));
        if (name === 'a link') assert.match(failure.message, /it is not a regular file/);
        const published = await setting.publish(A, { force: true });
        assert.equal(published.commit, await setting.headOf('main'));
        assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png']);
      }),
    );
  }

  test(
    '(too large) stops before it is read; force starts afresh',
    inSetting(FILES, async (setting) => {
      const file = { oid: '1'.repeat(40), size: MAX_MANIFEST_BYTES + 1, mode: 0o100644, type: 'blob' };
      const target = { oid: await setting.headOf('main'), file, parents: { nodes: [] } };
      const answer = { status: 200, body: { data: { repository: { ref: { target } } } } };
      setting.api.plan({ operation: 'ReadBranch', times: 2, answer });
      await assert.rejects(setting.open(), { name: 'StepError', message: /29360129 bytes/ });
      const published = await setting.publish(A, { force: true });
      assert.equal(published.commit, await setting.headOf('main'));
      assert.equal(setting.api.count('git/get-blob'), 0);
    }),
  );

  test(
    '(a folder) stops, too',
    inSetting({ ...FILES, [`${MANIFEST}/a`]: 'x' }, async (setting) => {
      await assert.rejects(setting.open(), { name: 'StepError', message: /it is not a regular file/ });
    }),
  );

  test(
    '(the pointer of Git LFS) is not for force to replace',
    inSetting(
      { ...FILES, [MANIFEST]: formatLfsPointer({ sha256: sha256('{}'), size: 2 }) },
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
      const baseCommit = await setting.headOf('main');
      await setting.repository.push('main', { 'a.png': 'newer' });
      const published = await setting.publish({ ...A, 'gone.png': undefined }, { force: true, baseCommit });
      assert.deepEqual([published.commit, published.text], [undefined, undefined]);
      assert.equal(await setting.repository.readFile('main', MANIFEST), 'broken');
    }),
  );

  test(
    'and came up since the start is not overwritten',
    inSetting(FILES, async (setting) => {
      const publisher = await setting.open();
      const push = async (): Promise<unknown> =>
        await setting.repository.push('main', { [MANIFEST]: 'broken' });
      setting.api.plan({ operation: 'createCommitOnBranch', before: push });
      await assert.rejects(setting.publishWith(publisher, A), UnreadableManifest);
      assert.equal(await setting.repository.readFile('main', MANIFEST), 'broken');
    }),
  );
});

test(
  'a manifest of more than 10 MB, which GraphQL does not show, stays whole in both modes',
  { skip: !isFull && 'only in a full run' },
  inSetting(FILES, async (setting) => {
    const entries = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [
        `old/${index}.png`,
        { ...entryOf(`old ${index}`), id: 'x'.repeat(30_000) },
      ]),
    );
    const text = manifestText(entries);
    assert.ok(Buffer.byteLength(text) > 10 * 1024 * 1024);
    await setting.repository.push('main', { [MANIFEST]: text });
    await setting.publish(A);
    const committed = await setting.repository.readFile('main', MANIFEST);
    assert.equal(committed, manifestText({ ...entries, 'a.png': entryOf('picture a') }));
    await setting.publish({ 'b.png': 'picture b' }, { place: PROPOSAL });
    assert.equal(Object.keys(await setting.entriesOf('nxcloud-assets/main')).length, 402);
  }),
);
