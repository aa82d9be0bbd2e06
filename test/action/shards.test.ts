// One library spread over the jobs of a matrix: together they do what one job would, and lose nothing.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ActionResult } from '../../runner/run-action.ts';
import { type Checkout, type Hosting, openHosting, runIn } from '../support/checkout.ts';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, openSimulator, readJson } from '../support/workspace.ts';
import { choose, isFull } from '../support/extent.ts';

const SHARDS = isFull ? 8 : 3;
const ASSETS = isFull ? 400 : 30;

const sample = makePng('shards');
/** Different contents; viewers ignore what follows a picture's end. */
const files = Object.fromEntries(
  Array.from({ length: ASSETS }, (_, n) => [
    `whatsapp/${n % 10}/${n}.png`,
    Buffer.concat([sample, Buffer.from(`${n}`)]),
  ]),
);
const paths = Object.keys(files).sort();

/** A checkout of `files` for each job. */
async function checkOutEach(t: TestContext, hosting: Hosting): Promise<readonly Checkout[]> {
  const sha = await hosting.repository.head('main');
  assert.ok(sha !== undefined);
  return Array.from({ length: SHARDS }, () => {
    const workspace = createWorkspace(t);
    for (const [path, content] of Object.entries(files)) workspace.write(path, content);
    return { hosting, workspace, sha };
  });
}

function listAll(results: readonly ActionResult[], output: string): readonly string[] {
  return results.flatMap((result) => readJson(result, output) as readonly string[]);
}

const MODES = [
  ['commit', 'main'],
  ['pull-request', 'nxcloud-assets/main'],
] as const;
for (const [mode, branch] of choose(MODES, 2)) {
  test(`${SHARDS} jobs in parallel, mode ${mode}`, async (t) => {
    const hosting = await openHosting(t, files);
    const simulator = await openSimulator(t);
    const checkouts = await checkOutEach(t, hosting);
    const runAll = (): Promise<readonly ActionResult[]> =>
      Promise.all(
        checkouts.map((checkout, at) =>
          runIn(checkout, {
            simulator,
            timeoutMs: 180_000,
            inputs: { mode, shard: `${at + 1}/${SHARDS}` },
          }),
        ),
      );

    const results = await runAll();
    for (const result of results) assert.equal(result.exitCode, 0, result.stdout);
    assert.deepEqual(listAll(results, 'uploaded').toSorted(), paths, 'each asset in exactly one share');
    assert.equal(simulator.acceptedCount, ASSETS);
    const manifest = (await hosting.readManifest(branch)) ?? {};
    assert.deepEqual(Object.keys(manifest), paths);

    const start = checkouts[0]?.sha ?? '';
    assert.equal(hosting.countMerges(branch), 0, 'one linear history');
    const commits = results.map((result) => result.outputs['commit-sha'] ?? '');
    const history = hosting.repository.git.listCommits(`${start}..${branch}`);
    // Jobs of many uploads make an early commit as well.
    if (mode === 'commit')
      assert.ok(
        commits.every((oid) => history.includes(oid)),
        'every commit is still there',
      );
    else
      assert.ok(history.length === 1 && commits.includes(history[0] ?? ''), 'one commit, the last one made');
    assert.ok(history.length <= 2 * SHARDS, `${history.length} commits`);
    assert.equal(hosting.repository.pullRequests.length, mode === 'commit' ? 0 : 1);

    if (!isFull) return;
    simulator.reset();
    const again = await runAll();
    for (const result of again) assert.equal(result.exitCode, 0, result.stdout);
    assert.equal(simulator.requestCount, 0, 'nothing is left to do');
    assert.deepEqual(await hosting.readManifest(branch), manifest);
    assert.deepEqual(new Set(again.map((result) => result.outputs['commit-sha'])), new Set(['']));
  });
}

test('an empty share is a success', async (t) => {
  const hosting = await openHosting(t, { 'whatsapp/a.png': sample });
  const simulator = await openSimulator(t);
  const sha = (await hosting.repository.head('main')) ?? '';
  const results: ActionResult[] = [];
  for (const shard of ['1/2', '2/2']) {
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.png', sample);
    results.push(await runIn({ hosting, workspace, sha }, { simulator, inputs: { shard } }));
  }
  assert.deepEqual(
    results.map((result) => result.exitCode),
    [0, 0],
  );
  assert.deepEqual(results.map((result) => result.outputs['uploaded-count']).toSorted(), ['0', '1']);
  const empty = results.find((result) => result.outputs['uploaded-count'] === '0');
  assert.equal(empty?.outputs['commit-sha'], '');
  assert.deepEqual(readJson(empty as ActionResult, 'manifest'), {});
  assert.deepEqual(empty?.annotations, []);
});

for (const shard of choose(['0/4', '5/4', 'a', '1/0'], 4)) {
  test(`the share ${shard} is refused before anything is done`, async (t) => {
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.png', sample);
    const result = await workspace.run({ inputs: { shard, mode: 'check' } });
    assert.equal(result.exitCode, 1);
    assert.match(result.annotations.at(-1)?.message ?? '', new RegExp(`shard: "${shard}"`));
    assert.equal(result.outputs.mode, '');
  });
}
