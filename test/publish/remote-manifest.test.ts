import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatLfsPointer } from '../support/lfs-pointer.ts';
import {
  type ManifestEntry,
  MAX_MANIFEST_BYTES,
  serializeManifest,
  UnreadableManifest,
} from '../../src/manifest/manifest.ts';
import { writeManifestText } from '../../src/publish/remote-manifest.ts';
import { entryOf, manifestText, sha256 } from './entries.ts';
import { inSetting, MANIFEST, PROPOSAL } from './setting.ts';
import { isFull } from '../support/extent.ts';

const FILES = { 'a.png': 'picture a', 'b.png': 'picture b' };
const A = { 'a.png': 'picture a' };

/** A manifest that is exactly as large as one may be. */
function fillManifest(): Map<string, ManifestEntry> {
  const build = (lastLength: number): Map<string, ManifestEntry> =>
    new Map(
      Array.from({ length: 531 }, (_, index) => [
        `old/${index}.png`,
        { ...entryOf(`old ${index}`), id: 'x'.repeat(index === 530 ? lastLength : 63_000) },
      ]),
    );
  return build(MAX_MANIFEST_BYTES - Buffer.byteLength(serializeManifest(build(0))));
}

test('a manifest that no run could read is not written', () => {
  const manifest = fillManifest();
  assert.equal(writeManifestText(manifest, 'm.json'), serializeManifest(manifest));
  manifest.set('a.png', entryOf('picture a'));
  assert.throws(() => writeManifestText(manifest, 'm.json'), {
    name: 'StepError',
    message: /m\.json was not published: it would have 33554\d{3} bytes.*several manifests.*`manifest-path`/,
  });
});

describe('a manifest at the head that cannot be read', () => {
  for (const [name, content] of [
    ['bad JSON', '{"version": 1,'],
    ['merge markers', '<<<<<<< ours\n{}\n'],
    ['a link', { link: 'elsewhere.json' }],
    ['nothing', ''],
    ['too large', ' '.repeat(MAX_MANIFEST_BYTES + 1)],
  ] as const) {
    test(
      `(${name}) stops before anything is sent; force starts afresh`,
      inSetting({ ...FILES, [MANIFEST]: content }, async (setting) => {
        await assert.rejects(setting.open(), UnreadableManifest);
        const published = await setting.publish(A, { force: true });
        assert.equal(published.commit, await setting.headOf('main'));
        assert.deepEqual(Object.keys(await setting.entriesOf('main')), ['a.png']);
      }),
    );
  }

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
