// What planning says, which share it takes, and what of another repository it refuses.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import type { PlanStep } from '../../src/plan.ts';
import { findAssets, judgeFound } from '../../src/pipeline/find-assets.ts';
import { planRun } from '../../src/pipeline/plan-run.ts';
import { openStore } from '../../src/pipeline/run.ts';
import { credentials, type Given, makeRun } from '../support/run.ts';
import { makePng } from '../support/sample-media.ts';

async function plan(
  t: TestContext,
  given: Given,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<{ readonly steps: readonly PlanStep[]; readonly told: readonly string[] }> {
  const { run, told } = makeRun(t, given, files);
  const judged = await judgeFound(run, await findAssets(run));
  return { steps: planRun(run, judged, openStore(run), []), told };
}

const gone = { id: '4:x', sha256: 'a'.repeat(64), size: 1, type: 'image/png', target: 'b'.repeat(16) };
const manifest = (paths: readonly string[]): string => {
  const entry = { ...gone, uploadedAt: '2026-01-01T00:00:00.000Z' };
  return JSON.stringify({ version: 1, assets: Object.fromEntries(paths.map((path) => [path, entry])) });
};

it('what is to be done is told', async (t) => {
  const { told } = await plan(t, { mode: 'check' }, { 'a.png': makePng('a'), 'b.gif': 'GIF89a' });
  const line = 'info: 2 assets found: 1 to upload (new), 1 invalid';
  assert.equal(told.filter((text) => text === line).length, 1, told.join('\n'));
  assert.match(told.at(-1) ?? '', /^error: b\.gif: .*convert/);
});

it('each asset is of one share: by its content, or by its path where that is not hashed', async (t) => {
  const paths = Array.from({ length: 8 }, (_, n) => [`${n}.gif`, `${n}.png`]).flat();
  const files = Object.fromEntries(
    paths.map((path) => [path, path.endsWith('png') ? makePng(path) : 'GIF89a']),
  );
  const found: string[] = [];
  for (const index of [1, 2]) {
    const { steps, told } = await plan(t, { mode: 'check', shard: `${index}/2` }, files);
    assert.ok(told.some((text) => text.startsWith('info: 16 assets found, of this share: ')));
    for (const step of steps) {
      const key = step.action === 'upload' ? step.asset.sha256 : hash('sha256', step.path);
      assert.equal(Number.parseInt(key.slice(0, 8), 16) % 2, index - 1, step.path);
      found.push(step.path);
    }
  }
  assert.deepEqual(found.sort(), paths.sort());
});

it('entries of files that are gone are removed, unless `prune` is off', async (t) => {
  const files = { 'a.png': makePng('a'), 'nxcloud-assets.json': manifest(['gone.png']) };
  const actions = async (prune: string): Promise<readonly string[]> =>
    (await plan(t, { mode: 'check', prune }, files)).steps.map(({ path, action }) => `${action} ${path}`);
  assert.deepEqual(await actions('true'), ['upload a.png', 'remove gone.png']);
  assert.deepEqual(await actions('false'), ['upload a.png']);
});

it('where no asset is found at all, entries stay, with a warning', async (t) => {
  const { steps, told } = await plan(t, { mode: 'check' }, { 'nxcloud-assets.json': manifest(['gone.png']) });
  assert.deepEqual(steps, []);
  const warning = 'warning: No asset was found at all, so the 1 entry of the manifest';
  assert.equal(told.filter((text) => text.startsWith(warning)).length, 1, told.join('\n'));
});

it('numbers that share a manifest are warned of', async (t) => {
  const content = makePng('a');
  const entry = { ...gone, sha256: hash('sha256', content), uploadedAt: new Date().toISOString() };
  const text = JSON.stringify({ version: 1, assets: { 'a.png': entry } });
  const files = { 'a.png': content, 'nxcloud-assets.json': text };
  const { told } = await plan(t, { ...credentials, mode: 'check' }, files);
  assert.match(
    told.at(-1) ?? '',
    /^warning: For 1 asset the manifest nxcloud-assets\.json holds a valid ID of another account, number or host, which an upload replaces\. .* of its own\.$/,
  );
});
