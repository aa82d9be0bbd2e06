// What is said when no asset is found, and of what is passed over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findAssets } from '../../src/pipeline/find-assets.ts';
import { makeRun } from '../support/run.ts';
import { makePng } from '../support/sample-media.ts';

describe('no assets at all', () => {
  const message = 'No assets were found: check the patterns in `files`.';

  for (const [policy, expected] of [
    ['warn', [`warning: ${message}`]],
    ['ignore', []],
  ] as const) {
    it(`with the policy ${policy}`, async (t) => {
      const { run, told } = makeRun(t, { mode: 'check', 'if-no-files-found': policy }, { '.keep': '' });
      await findAssets(run);
      assert.deepEqual(
        told.filter((text) => text.includes('No assets')),
        expected,
      );
    });
  }

  it('with the policy error', async (t) => {
    const { run } = makeRun(t, { mode: 'check', 'if-no-files-found': 'error' });
    await assert.rejects(findAssets(run), { code: 'no-assets', message });
  });

  it('what is found and invalid counts as found', async (t) => {
    const { run } = makeRun(t, { mode: 'check', 'if-no-files-found': 'error' }, { 'b.gif': 'GIF89a' });
    assert.equal((await findAssets(run)).unusable.length, 1);
  });
});

it('what is passed over is counted', async (t) => {
  const { run, told } = makeRun(t, { mode: 'check' }, { 'a.png': makePng('a'), 'notes.txt': 'notes' });
  await findAssets(run);
  assert.match(told.at(-1) ?? '', /^notice: 1 matched file is no asset and was skipped: notes\.txt\.$/);
});

it('the manifest and the report are no assets, whatever the patterns', async (t) => {
  const files = { 'nxcloud-assets.json': '{}', 'report.html': '', 'a.png': makePng('a') };
  for (const [reportPath, skipped] of [
    ['report.html', 0],
    ['', 1],
  ] as const) {
    const { run, told } = makeRun(t, { mode: 'check', 'report-path': reportPath }, files);
    const discovery = await findAssets(run);
    assert.deepEqual(
      discovery.candidates.map(({ path }) => path),
      ['a.png'],
    );
    assert.equal(discovery.skipped.length, skipped);
    assert.equal(told.filter((text) => text.includes('skipped')).length, skipped);
  }
});
