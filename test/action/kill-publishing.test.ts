// Many uploads are published in parts: what a run that is killed loses, and what one that is cancelled does not.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { SignalStep } from '../../runner/run-action.ts';
import { faultTable } from '../../simulator/faults.ts';
import {
  type Checkout,
  checkOut,
  type Hosting,
  openHosting,
  pullRequestEvent,
  runIn,
} from '../support/checkout.ts';
import { isFull } from '../support/extent.ts';
import { makePng } from '../support/sample-media.ts';
import { openSimulator, readJson } from '../support/workspace.ts';

const COUNT = isFull ? 60 : 24;
const paths = Array.from({ length: COUNT }, (_, n) => `whatsapp/${String(n).padStart(2, '0')}.png`);
const files = Object.fromEntries(paths.map((path) => [path, makePng(path)]));
const moments = isFull ? Array.from({ length: COUNT - 1 }, (_, n) => n + 1) : [7];

/** Runs until the service has taken so many uploads, the log tells of them, and the first commit is made; then a signal. */
async function endAfter(
  t: TestContext,
  checkout: Checkout,
  mode: string,
  uploads: number,
  signal: NodeJS.Signals,
) {
  const fault = faultTable['stall after the body'];
  const simulator = await openSimulator(t, { faults: [{ when: ({ index }) => index >= uploads, fault }] });
  const committed = Promise.withResolvers<void>();
  const logged = Promise.withResolvers<void>();
  const isLast = mode === 'commit' ? 'createCommitOnBranch' : 'pulls/create';
  checkout.hosting.api.plan({ operation: isLast, after: () => committed.resolve() });
  const result = await runIn(checkout, {
    simulator,
    inputs: { mode },
    signals: [{ signal, after: Promise.all([committed.promise, logged.promise]) }],
    onLine: (line) => line.startsWith(`[${uploads}/${COUNT}]`) && logged.resolve(),
  });
  simulator.setFaults([]);
  simulator.reset();
  return { result, simulator };
}

async function listPublished(hosting: Hosting, branch: string): Promise<readonly string[]> {
  return Object.keys((await hosting.readManifest(branch)) ?? {});
}

for (const [mode, branch] of [
  ['commit', 'main'],
  ['pull-request', 'nxcloud-assets/main'],
] as const) {
  describe(`killed in mode ${mode}`, () => {
    for (const moment of moments) {
      test(`after ${moment} of ${COUNT} uploads, the first is published, and the next run sends what is not`, async (t) => {
        const hosting = await openHosting(t, files);
        const checkout = await checkOut(t, hosting);
        const { result, simulator } = await endAfter(t, checkout, mode, moment, 'SIGKILL');
        assert.equal(result.signal, 'SIGKILL');
        const published = await listPublished(hosting, branch);
        assert.ok(published.length >= 1 && published.length <= moment, `${published.length}`);
        assert.equal(hosting.api.count('createCommitOnBranch'), 1);

        const next = await runIn(await checkOut(t, hosting), { simulator, inputs: { mode } });
        assert.equal(next.exitCode, 0, next.stdout);
        assert.equal(simulator.requestCount, COUNT - published.length);
        assert.deepEqual(await listPublished(hosting, branch), paths);
        const refs = hosting.repository.git.listRefs();
        assert.equal(refs.length, mode === 'commit' ? 1 : 2, 'no temporary branch is left');
      });
    }
  });
}

test('a temporary branch that a killed run left is removed by the next, though that has nothing to do', async (t) => {
  const BRANCH = 'nxcloud-assets/main';
  const hosting = await openHosting(t, { 'whatsapp/a.png': makePng('a') });
  const { api, repository } = hosting;
  const simulator = await openSimulator(t);
  const start = async (signals: readonly SignalStep[] = []) =>
    await runIn(await checkOut(t, hosting), { simulator, inputs: { mode: 'pull-request' }, signals });
  assert.equal((await start()).exitCode, 0);
  const proposed = await repository.head(BRANCH);

  await repository.push('main', { 'whatsapp/b.png': makePng('b') });
  const committing = Promise.withResolvers<void>();
  api.plan({ operation: 'createCommitOnBranch', fault: 'hang', before: () => committing.resolve() });
  const killed = await start([{ signal: 'SIGKILL', after: committing.promise }]);
  assert.equal(killed.signal, 'SIGKILL');
  assert.equal(repository.git.listRefs().length, 3);

  await repository.push('main', { 'whatsapp/b.png': undefined });
  simulator.reset();
  assert.equal((await start()).exitCode, 0);
  assert.equal(simulator.requestCount, 0);
  assert.deepEqual(repository.git.listRefs(), ['refs/heads/main', `refs/heads/${BRANCH}`]);
  assert.equal(await repository.head(BRANCH), proposed);
});

test('a cancelled run publishes in the end what the early commit did not hold yet', async (t) => {
  const hosting = await openHosting(t, files);
  const { result } = await endAfter(t, await checkOut(t, hosting), 'commit', 9, 'SIGINT');
  assert.equal(result.exitCode, 1);
  const uploaded = readJson(result, 'uploaded') as readonly string[];
  assert.equal(uploaded.length, 9);
  assert.deepEqual(await listPublished(hosting, 'main'), uploaded);
  assert.equal(result.outputs['commit-sha'], await hosting.repository.head('main'));
  assert.equal(hosting.countCommits('main'), 3);
});

test('a run that is cancelled while it looks whether it may write publishes what needs no upload', async (t) => {
  const picture = makePng('same');
  const hosting = await openHosting(t, { 'whatsapp/a.png': picture });
  const simulator = await openSimulator(t);
  const first = await runIn(await checkOut(t, hosting), { simulator });
  assert.equal(first.exitCode, 0, first.stdout);
  await hosting.repository.push('main', { 'whatsapp/b.png': picture });
  const tried = Promise.withResolvers<void>();
  hosting.api.plan({ operation: 'git/create-blob', fault: 'hang', before: () => tried.resolve() });
  const signals = [{ signal: 'SIGINT', after: tried.promise }] as const;
  const result = await runIn(await checkOut(t, hosting), { simulator, signals });
  assert.equal(result.exitCode, 1);
  assert.deepEqual(readJson(result, 'reused'), ['whatsapp/b.png']);
  assert.deepEqual(await listPublished(hosting, 'main'), ['whatsapp/a.png', 'whatsapp/b.png']);
  assert.equal(simulator.requestCount, 1);
});

test('on a pull request nothing is published early, since a commit would cancel the run', async (t) => {
  const hosting = await openHosting(t, { 'README.md': 'x' });
  const simulator = await openSimulator(t);
  await hosting.repository.setBranch('topic', 'main');
  const sha = await hosting.repository.push('topic', files);
  await hosting.repository.openPullRequest({ head: 'topic', base: 'main' });
  const checkout = await checkOut(t, hosting, 'topic');
  const result = await runIn(checkout, { simulator, context: pullRequestEvent({ ref: 'topic', sha }) });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.equal(hosting.api.count('createCommitOnBranch'), 1);
  assert.deepEqual(await listPublished(hosting, 'topic'), paths);
});
