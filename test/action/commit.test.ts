// Commit mode through the bundle: what reaches the branch, on every event, and what is said when it may not.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { serializeManifest } from '../../src/manifest/manifest.ts';
import { faultTable } from '../../simulator/faults.ts';
import { checkOut, openHosting, pullRequestEvent, runIn } from '../support/checkout.ts';
import { isFull } from '../support/extent.ts';
import { makePng } from '../support/sample-media.ts';
import { startClock } from '../support/watched-run.ts';
import { openSimulator, readJson } from '../support/workspace.ts';

const twoImages = { 'whatsapp/a.png': makePng('a'), 'whatsapp/b.png': makePng('b') };

test('a push commits the manifest, and the next run does nothing', async (t) => {
  const hosting = await openHosting(t, twoImages);
  const simulator = await openSimulator(t);
  const first = await checkOut(t, hosting);
  const result = await runIn(first, { simulator });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.equal(result.outputs['commit-sha'], await hosting.repository.head('main'));
  assert.match(result.stdout, new RegExp(`^Committed ${result.outputs['commit-sha']}$`, 'm'));
  assert.equal(result.outputs.changed, 'true');
  assert.deepEqual(Object.keys((await hosting.readManifest()) ?? {}), Object.keys(twoImages));
  const published = await hosting.repository.readFile('main', 'nxcloud-assets.json');
  assert.equal(first.workspace.read('nxcloud-assets.json').toString(), published);
  assert.equal(hosting.api.count('createCommitOnBranch'), 1);
  const changedFiles = hosting.repository.git.listChangedPaths(first.sha, 'main');
  assert.deepEqual(changedFiles, ['nxcloud-assets.json']);
  const { message } = hosting.repository.git.readCommit('main');
  assert.equal(message, 'chore: update NXCloud asset manifest');

  simulator.reset();
  const second = await checkOut(t, hosting);
  const again = await runIn(second, { simulator });
  assert.equal(again.exitCode, 0, again.stdout);
  assert.equal(simulator.requestCount, 0);
  assert.equal(again.outputs['commit-sha'], '');
  assert.equal(again.outputs.changed, 'false');
  assert.equal(await hosting.repository.head('main'), second.sha);
});

test('a stale checkout costs nothing: what is current at the head is not uploaded again', async (t) => {
  const hosting = await openHosting(t, twoImages);
  const simulator = await openSimulator(t);
  const stale = await checkOut(t, hosting);
  await runIn(await checkOut(t, hosting), { simulator });
  simulator.reset();
  const head = await hosting.repository.head('main');
  const result = await runIn(stale, { simulator });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.equal(simulator.requestCount, 0);
  assert.equal(await hosting.repository.head('main'), head);
  assert.deepEqual(Object.keys(readJson(result, 'manifest') as object), Object.keys(twoImages));
  assert.deepEqual(Object.keys(stale.workspace.readManifest()), Object.keys(twoImages));
});

const RUNS = 16;

test(`${RUNS} runs on one branch lose nothing`, { skip: !isFull && 'only in a full run' }, async (t) => {
  const own = (n: number) => ({ [`whatsapp/${n}/own.png`]: makePng(`own ${n}`) });
  const files = Object.assign(
    { 'whatsapp/shared.png': makePng('shared') },
    ...Array.from({ length: RUNS }, (_, n) => own(n)),
  );
  const hosting = await openHosting(t, files);
  const simulator = await openSimulator(t);
  const checkouts = await Promise.all(Array.from({ length: RUNS }, () => checkOut(t, hosting)));
  const results = await Promise.all(
    checkouts.map((checkout, n) => {
      const shared = n < 2 ? '\nwhatsapp/shared.png' : '';
      return runIn(checkout, {
        simulator,
        timeoutMs: 180_000,
        inputs: { files: `whatsapp/${n}/**${shared}` },
      });
    }),
  );
  for (const result of results) assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(Object.keys((await hosting.readManifest()) ?? {}).sort(), Object.keys(files).sort());
  const commits = hosting.countCommits(`${checkouts[0]?.sha}..main`);
  assert.ok(commits <= RUNS, String(commits));
  assert.equal(hosting.countMerges('main'), 0, 'a linear history');
});

test('what succeeded is published although one asset is invalid and one upload fails', async (t) => {
  const files = { ...twoImages, 'whatsapp/c.png': makePng('c'), 'whatsapp/broken.png': 'no picture' };
  const hosting = await openHosting(t, files);
  const simulator = await openSimulator(t, {
    faults: [{ when: ({ fileIndex }) => fileIndex === 1, fault: { kind: 'code', code: 9000 } }],
  });
  const result = await runIn(await checkOut(t, hosting), { simulator, inputs: { concurrency: '1' } });
  assert.equal(result.exitCode, 1);
  assert.deepEqual(Object.keys((await hosting.readManifest()) ?? {}), ['whatsapp/a.png', 'whatsapp/c.png']);
  assert.deepEqual(readJson(result, 'pending'), ['whatsapp/b.png']);
  assert.deepEqual(readJson(result, 'invalid'), ['whatsapp/broken.png']);
  assert.notEqual(result.outputs['commit-sha'], '');
});

test('a cancelled run still publishes what it has', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`whatsapp/${n}.png`, makePng(n)]));
  const hosting = await openHosting(t, files);
  const simulator = await openSimulator(t, {
    faults: [{ when: ({ index }) => index >= 4, fault: faultTable['stall after the body'] }],
  });
  const checkout = await checkOut(t, hosting);
  const result = await runIn(checkout, {
    simulator,
    inputs: { concurrency: '2' },
    signals: [{ signal: 'SIGINT', onLine: /^\[4\/12\]/ }],
  });
  assert.equal(result.exitCode, 1);
  const published = Object.keys((await hosting.readManifest()) ?? {});
  assert.equal(published.length, 4);
  assert.deepEqual(readJson(result, 'uploaded'), published);
});

test('a cancelled run waits five seconds for GitHub, and keeps what it has in the workspace', async (t) => {
  const hosting = await openHosting(t, twoImages);
  const simulator = await openSimulator(t);
  const checkout = await checkOut(t, hosting);
  const clock = startClock(1);
  let pid = 0;
  hosting.api.plan({
    operation: 'createCommitOnBranch',
    times: 100,
    fault: 'hang',
    // Signals are heard in the order of their numbers: the run is cancelled when the hour is over.
    before: () => {
      process.kill(pid, 'SIGINT');
      clock.skipHour();
    },
  });
  const result = await runIn(checkout, {
    simulator,
    nodeFlags: ['--import', join(import.meta.dirname, '../support/fast-clock.mjs')],
    env: clock.env,
    onStart: (started) => {
      pid = started;
      clock.attach(started);
    },
  });
  assert.equal(result.timedOut, false, 'it ended by itself');
  assert.equal(result.exitCode, 1);
  assert.match(result.annotations.at(-1)?.message ?? '', /cancelled \(SIGINT\)/);
  assert.equal(result.outputs['commit-sha'], '');
  assert.equal(await hosting.readManifest(), undefined);
  assert.deepEqual(Object.keys(checkout.workspace.readManifest()), Object.keys(twoImages));
});

test('on a pull request the head branch gets the commit, and the log says which runs wait', async (t) => {
  const hosting = await openHosting(t, { 'README.md': 'x' });
  const simulator = await openSimulator(t);
  await hosting.repository.setBranch('topic', 'main');
  const sha = await hosting.repository.push('topic', twoImages);
  await hosting.repository.openPullRequest({ head: 'topic', base: 'main' });
  const checkout = await checkOut(t, hosting, 'topic');
  const result = await runIn(checkout, { simulator, context: pullRequestEvent({ ref: 'topic', sha }) });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(Object.keys((await hosting.readManifest('topic')) ?? {}), Object.keys(twoImages));
  assert.equal(await hosting.readManifest('main'), undefined);
  assert.match(result.stdout, /GITHUB_TOKEN.*approves/);
});

test('a head that cannot be read fails the step before anything is uploaded', async (t) => {
  const hosting = await openHosting(t, { ...twoImages, 'nxcloud-assets.json': '{"version":1,' });
  const simulator = await openSimulator(t);
  const checkout = await checkOut(t, hosting);
  checkout.workspace.write('nxcloud-assets.json', serializeManifest(new Map()));
  const result = await runIn(checkout, { simulator });
  assert.equal(result.exitCode, 1);
  assert.equal(simulator.requestCount, 0);
  assert.match(
    result.annotations.at(-1)?.message ?? '',
    /nxcloud-assets\.json on the branch main cannot be read/,
  );
  assert.equal(await hosting.repository.head('main'), checkout.sha);
  const forced = await runIn(checkout, { simulator, inputs: { force: 'true' } });
  assert.equal(forced.exitCode, 0, forced.stdout);
  assert.deepEqual(Object.keys((await hosting.readManifest()) ?? {}), Object.keys(twoImages));
});

test('a token that may not write is refused before anything is uploaded', async (t) => {
  const hosting = await openHosting(t, twoImages);
  const simulator = await openSimulator(t);
  const token = hosting.api.createToken({ permissions: { contents: 'read' } });
  const checkout = await checkOut(t, hosting);
  const result = await runIn(checkout, { simulator, token: token.value });
  assert.equal(result.exitCode, 1);
  assert.equal(simulator.requestCount, 0);
  assert.match(result.annotations.at(-1)?.message ?? '', /contents: write/);
  assert.deepEqual(readJson(result, 'pending'), Object.keys(twoImages));
  assert.deepEqual([result.outputs['commit-sha'], result.outputs.changed], ['', 'false']);
});

test('a protected branch refuses the first success at once: no upload starts after it', async (t) => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`whatsapp/${n}.png`, makePng(n)]));
  const hosting = await openHosting(t, files);
  const simulator = await openSimulator(t);
  hosting.repository.protectedBranches.set('main', 'classic');
  // Uploads that are in flight end when the commit has been refused.
  const operation = 'createCommitOnBranch';
  hosting.api.plan({ operation, before: () => simulator.hold(), after: () => simulator.release() });
  const checkout = await checkOut(t, hosting);
  const result = await runIn(checkout, { simulator, inputs: { concurrency: '1' } });
  assert.equal(result.exitCode, 1);
  assert.match(result.annotations.at(-1)?.message ?? '', /branch main is protected.*pull-request.*bypass/s);
  assert.equal(await hosting.repository.head('main'), checkout.sha);
  const uploaded = readJson(result, 'uploaded') as string[];
  assert.ok(uploaded.length >= 1 && uploaded.length < 20, `${uploaded.length}`);
  assert.deepEqual(Object.keys(checkout.workspace.readManifest()).sort(), uploaded);
  assert.equal(hosting.api.count('createCommitOnBranch'), 1);
  assert.equal(result.outputs['commit-sha'], '');
});

test('a removal that is not published is none', async (t) => {
  const hosting = await openHosting(t, twoImages);
  const simulator = await openSimulator(t);
  await runIn(await checkOut(t, hosting), { simulator });
  const checkout = await checkOut(t, hosting);
  checkout.workspace.remove('whatsapp/b.png');
  checkout.workspace.write('whatsapp/c.png', makePng('c'));
  hosting.repository.protectedBranches.set('main', 'classic');
  const refused = await runIn(checkout, { simulator });
  assert.equal(refused.exitCode, 1);
  assert.deepEqual(readJson(refused, 'removed'), []);
  assert.deepEqual(readJson(refused, 'uploaded'), ['whatsapp/c.png']);
  assert.deepEqual(Object.keys(checkout.workspace.readManifest()), [
    'whatsapp/a.png',
    'whatsapp/b.png',
    'whatsapp/c.png',
  ]);
  hosting.repository.protectedBranches.clear();
  await hosting.repository.push('main', { 'whatsapp/b.png': undefined });
  const removed = await runIn(checkout, { simulator });
  assert.deepEqual(readJson(removed, 'removed'), ['whatsapp/b.png']);
  const kept = ['whatsapp/a.png', 'whatsapp/c.png'];
  assert.deepEqual(Object.keys(checkout.workspace.readManifest()), kept);
  assert.deepEqual(Object.keys((await hosting.readManifest()) ?? {}), kept);
});

test('a file that the branch still has is not removed, even where its manifest has no entry', async (t) => {
  const hosting = await openHosting(t, twoImages);
  const simulator = await openSimulator(t);
  await runIn(await checkOut(t, hosting), { simulator });
  const checkout = await checkOut(t, hosting);
  checkout.workspace.remove('whatsapp/b.png');
  const { 'whatsapp/b.png': _, ...assets } = (await hosting.readManifest()) ?? {};
  const manifest = `${JSON.stringify({ version: 1, assets }, null, 2)}\n`;
  await hosting.repository.push('main', { 'nxcloud-assets.json': manifest });
  const result = await runIn(checkout, { simulator });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(readJson(result, 'removed'), []);
  assert.match(result.stdout, /whatsapp\/b\.png: the branch has this file/);
  assert.equal(result.outputs['commit-sha'], '');
});

test('assets of a checkout inside the root are not published under wrong paths', async (t) => {
  const hosting = await openHosting(t, twoImages);
  const simulator = await openSimulator(t);
  const checkout = await checkOut(t, hosting);
  const pushed = await hosting.repository.push('main', { 'whatsapp/c.png': makePng('c') });
  checkout.workspace.write('repo/.git/HEAD', pushed);
  checkout.workspace.write('repo/whatsapp/c.png', makePng('c'));
  checkout.workspace.write('repo/d.png', makePng('d'));
  const refused = await runIn(checkout, { simulator, inputs: { files: 'repo/**' } });
  assert.equal(refused.exitCode, 1);
  assert.equal(simulator.requestCount, 0);
  assert.deepEqual(readJson(refused, 'invalid'), ['repo/d.png', 'repo/whatsapp/c.png']);
  assert.match(refused.annotations[0]?.message ?? '', /a repository of its own.*working-directory: repo/);
  const inputs = { 'working-directory': 'repo' };
  const result = await runIn(checkout, { simulator, inputs });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(Object.keys((await hosting.readManifest()) ?? {}), ['whatsapp/c.png']);
  assert.deepEqual(Object.keys(checkout.workspace.readManifest('repo/nxcloud-assets.json')), [
    'whatsapp/c.png',
  ]);
});

test('a folder of the checkout as working-directory is refused before anything is sent', async (t) => {
  const hosting = await openHosting(t, { 'repo/apps/web/whatsapp/a.png': makePng('a') });
  const simulator = await openSimulator(t);
  const checkout = await checkOut(t, hosting);
  const inputs = { 'working-directory': 'repo/apps/web' };
  for (const [repository, mode, remedy] of [
    [
      'repo/',
      'commit',
      /leads to "apps\/web", a folder of the repository: set it to "repo", .*with "apps\/web\/"/,
    ],
    ['', 'check', /leads to "repo\/apps\/web", a folder of the repository: set it to "\."/],
  ] as const) {
    checkout.workspace.write(`${repository}.git/HEAD`, 'ref: refs/heads/main');
    const refused = await runIn(checkout, { simulator, inputs: { ...inputs, mode } });
    assert.equal(refused.exitCode, 1);
    assert.match(refused.annotations.at(-1)?.message ?? '', remedy);
    assert.equal(refused.outputs.mode, '');
    checkout.workspace.remove(`${repository}.git`);
  }
  assert.equal(simulator.requestCount + hosting.api.requests.length, 0);
});
