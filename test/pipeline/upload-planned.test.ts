// What is recorded without a request: by the mode, as the branch has the last word on removals.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PlanStep } from '../../src/plan.ts';
import { openStore } from '../../src/pipeline/run.ts';
import { recordKnown } from '../../src/pipeline/upload-planned.ts';
import { makeAsset } from '../support/asset.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { credentials, makeRun } from '../support/run.ts';

const known = makeEntry({ id: '4:known' });
const steps: readonly PlanStep[] = [
  { action: 'keep', path: 'kept.png', asset: makeAsset('kept.png'), entry: known },
  {
    action: 'reuse',
    path: 'renamed.png',
    asset: makeAsset('renamed.png'),
    reason: 'new',
    from: { path: 'kept.png', entry: known },
  },
  {
    action: 'reuse',
    path: 'copy.png',
    asset: makeAsset('copy.png'),
    reason: 'new',
    from: { path: 'new.png' },
  },
  { action: 'upload', path: 'new.png', asset: makeAsset('new.png'), reason: 'new' },
  { action: 'remove', path: 'gone.png' },
  { action: 'reject', path: 'bad.png', findings: [] },
];

for (const [mode, expected] of [
  ['output', ['kept.png', 'renamed.png']],
  ['commit', ['gone.png', 'kept.png', 'renamed.png']],
  ['pull-request', ['gone.png', 'kept.png', 'renamed.png']],
] as const) {
  it(`mode ${mode}`, async (t) => {
    const assets = { 'gone.png': makeEntry() };
    const files = { 'nxcloud-assets.json': JSON.stringify({ version: 1, assets }) };
    const { run } = makeRun(t, { ...credentials, mode, token: 'a-long-enough-token' }, files);
    const store = openStore(run);
    recordKnown(run, steps, store);
    assert.deepEqual([...store.manifest.keys()].sort(), expected);
    assert.equal(store.manifest.get('renamed.png')?.id, '4:known');
    await store.flush();
  });
}
