// Where a checkout and the branch that is published to part: what is recorded, what is not, and what is said of it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { ActionResult } from '../../runner/run-action.ts';
import { formatLfsPointer } from '../support/lfs-pointer.ts';
import { checkOut, openHosting, runIn } from '../support/checkout.ts';
import { isFull } from '../support/extent.ts';
import { makePng } from '../support/sample-media.ts';
import { openSimulator, readJson } from '../support/workspace.ts';

const pointer = formatLfsPointer({
  sha256: createHash('sha256').update(makePng('lfs')).digest('hex'),
  size: makePng('lfs').length,
});
const files = {
  'assets/large.png': makePng('large', 2 * 1024 * 1024),
  'assets/kept.png': makePng('kept'),
  'assets/changed.png': makePng('changed'),
  'assets/deleted.png': makePng('deleted'),
  'assets/lfs.png': pointer,
  'assets/link.png': { link: '../shared/picture.png' },
  'shared/picture.png': makePng('shared'),
};
const sparse = '[core]\n\tsparseCheckout = true\n';

function warningsOf({ annotations }: ActionResult): readonly string[] {
  return annotations.filter(({ level }) => level === 'warning').map(({ message }) => message);
}

for (const mode of ['commit', 'pull-request'] as const) {
  test(`mode ${mode}`, async (t) => {
    const hosting = await openHosting(t, files);
    const simulator = await openSimulator(t);
    const { repository } = hosting;
    const branch = mode === 'commit' ? 'main' : 'nxcloud-assets/main';
    const inputs = { mode, files: 'assets/**' };
    const old = await checkOut(t, hosting);
    const listPublished = async (): Promise<readonly string[]> =>
      Object.keys((await hosting.readManifest(branch)) ?? {}).map((path) => path.slice('assets/'.length));

    await t.test(
      'the first run: there is no manifest, and steps before have changed the workspace',
      async () => {
        const checkout = await checkOut(t, hosting);
        const { workspace } = checkout;
        workspace.write('assets/large.png', makePng('compressed'));
        workspace.write('assets/generated.png', makePng('generated'));
        workspace.write('assets/lfs.png', makePng('lfs'));
        const moved = await repository.push('main', {
          'assets/changed.png': makePng('newer'),
          'assets/deleted.png': undefined,
        });
        const result = await runIn(checkout, { simulator, inputs });
        assert.equal(result.exitCode, 0, result.stdout);
        const kept = ['generated.png', 'kept.png', 'large.png', 'lfs.png', 'link.png'];
        assert.deepEqual(await listPublished(), kept);
        const commit = repository.git.readCommit(`refs/heads/${branch}`);
        assert.deepEqual([commit.oid, commit.parents], [result.outputs['commit-sha'], [moved]]);
        assert.equal(result.outputs['pull-request-number'], mode === 'commit' ? '' : '1');
        // What was sent is uploaded, and has an ID, whether or not the branch takes its entry.
        const sent = ['changed.png', 'deleted.png', ...kept].map((name) => `assets/${name}`);
        assert.deepEqual(readJson(result, 'uploaded'), sent);
        assert.deepEqual(Object.keys(readJson(result, 'manifest') as object), sent);
        assert.deepEqual(readJson(result, 'pending'), []);
        assert.match(result.stdout, /assets\/changed\.png: the branch has another version of this file/);
        assert.match(result.stdout, /assets\/deleted\.png: the branch does not have this file any more/);
        assert.match(result.summary, /does not have this file any more/);
        assert.deepEqual(warningsOf(result), []);
        const published = await repository.readFile(branch, 'nxcloud-assets.json');
        assert.equal(workspace.read('nxcloud-assets.json').toString(), published);
      },
    );

    // The other mode takes the same way but for the last step, which the first run and the last one show.
    const skip = mode === 'pull-request' && !isFull && 'only in a full run';
    const head = await repository.head(branch);
    const runOld = async (change: Parameters<typeof runIn>[1], checkout = old): Promise<ActionResult> => {
      const result = await runIn(checkout, { simulator, ...change, inputs: { ...inputs, ...change.inputs } });
      assert.equal(result.exitCode, 0, result.stdout);
      return result;
    };

    await t.test('a rerun of an old commit brings nothing back', { skip }, async () => {
      const result = await runOld({ inputs: { files: 'assets/*ed.png\nassets/kept.png' } });
      assert.equal(await repository.head(branch), head);
      assert.equal(result.outputs['commit-sha'], '');
    });

    await t.test(
      'a release of an old tag goes to target-branch; without it, it is refused',
      { skip },
      async () => {
        const context = { eventName: 'release', ref: 'refs/tags/v1.0.0' };
        const refused = await runIn(old, { simulator, context, inputs });
        assert.equal(refused.exitCode, 1);
        assert.match(refused.annotations.at(-1)?.message ?? '', /Set `target-branch`/);
        old.workspace.write('assets/of-release.png', makePng('of release'));
        const result = await runOld({ context, inputs: { 'target-branch': 'main' } });
        assert.ok((await listPublished()).includes('of-release.png'));
        assert.equal(result.outputs['commit-sha'], await repository.head(branch));
        assert.deepEqual(warningsOf(result), []);
      },
    );

    await t.test(
      'another ref that was checked out is warned of, and only what both have is recorded',
      async () => {
        await repository.setBranch('feature', 'refs/heads/main');
        await repository.push('feature', { 'assets/of-feature.png': makePng('of feature') });
        const checkout = await checkOut(t, hosting, 'feature');
        checkout.workspace.write('assets/made.png', makePng('made'));
        const result = await runOld({}, checkout);
        const published = await listPublished();
        assert.deepEqual(
          ['made.png', 'of-feature.png'].map((name) => published.includes(name)),
          [true, false],
        );
        const warnings = warningsOf(result);
        assert.equal(warnings.length, 1);
        assert.match(warnings[0] ?? '', /is not of the branch main.*`target-branch`/);
      },
    );

    await t.test('a commit that GitHub does not know gives way to GITHUB_SHA', { skip }, async () => {
      const checkout = await checkOut(t, hosting);
      checkout.workspace.write('.git/HEAD', `${'1'.repeat(40)}\n`);
      checkout.workspace.write('assets/kept.png', makePng('kept, compressed'));
      const result = await runOld({}, checkout);
      const sha256 = createHash('sha256').update(makePng('kept, compressed')).digest('hex');
      assert.equal((await hosting.readManifest(branch))?.['assets/kept.png']?.sha256, sha256);
      assert.match(warningsOf(result).join(), /does not know the commit 1{40}.*GITHUB_SHA/);
    });

    await t.test('in a sparse checkout the tree at the head decides what is removed', async () => {
      if (mode === 'pull-request') await repository.mergePullRequest(1, 'squash');
      await repository.push('main', { 'assets/large.png': undefined });
      const checkout = await checkOut(t, hosting);
      checkout.workspace.write('.git/config', sparse);
      for (const name of ['lfs', 'link']) checkout.workspace.remove(`assets/${name}.png`);
      const result = await runOld({}, checkout);
      // What was generated and is gone again is not in the tree either.
      const removed = (readJson(result, 'removed') as readonly string[]).filter((path) => path in files);
      assert.deepEqual(removed, ['assets/large.png']);
      const published = await listPublished();
      assert.deepEqual(
        ['large.png', 'lfs.png', 'link.png'].map((name) => published.includes(name)),
        [false, true, true],
      );
    });
  });
}

test('in output mode nothing is removed in a sparse checkout, with a notice; elsewhere it is', async (t) => {
  const hosting = await openHosting(t, { 'assets/a.png': makePng('a'), 'assets/b.png': makePng('b') });
  const simulator = await openSimulator(t);
  const checkout = await checkOut(t, hosting);
  const { workspace } = checkout;
  const run = async (): Promise<ActionResult> =>
    await runIn(checkout, { simulator, inputs: { mode: 'output', files: 'assets/**' } });
  await run();
  workspace.write('.git/config', sparse);
  workspace.remove('assets/b.png');
  const kept = await run();
  assert.deepEqual(readJson(kept, 'removed'), []);
  assert.deepEqual(Object.keys(workspace.readManifest()), ['assets/a.png', 'assets/b.png']);
  assert.match(
    kept.annotations.map(({ level, message }) => `${level}: ${message}`).join('\n'),
    /^notice: The checkout is sparse, so no entry is removed/m,
  );
  workspace.write('.git/config', '');
  assert.deepEqual(readJson(await run(), 'removed'), ['assets/b.png']);
});
