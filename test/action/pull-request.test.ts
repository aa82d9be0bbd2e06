// Pull request mode through the bundle: the flow of one proposal, run after run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOut, type Hosting, openHosting, runIn } from '../support/checkout.ts';
import { makePng } from '../support/sample-media.ts';
import { openSimulator, readJson } from '../support/workspace.ts';

const BRANCH = 'nxcloud-assets/main';
const inputs = { mode: 'pull-request' };
const oneImage = { 'whatsapp/a.png': makePng('a') };

function stateOf(hosting: Hosting, number: number): string | undefined {
  return hosting.repository.findPullRequest(number)?.state;
}

test('the life of a proposal', async (t) => {
  const hosting = await openHosting(t, oneImage);
  const simulator = await openSimulator(t);
  const { repository } = hosting;
  const run = async () => {
    simulator.reset();
    const result = await runIn(await checkOut(t, hosting), { simulator, inputs });
    assert.equal(result.exitCode, 0, result.stdout);
    return result;
  };

  await t.test('the first run opens a pull request and leaves the base alone', async () => {
    const main = await repository.head('main');
    const result = await run();
    assert.equal(result.outputs['pull-request-number'], '1');
    assert.match(result.outputs['pull-request-url'] ?? '', /octo-org\/assets\/pull\/1$/);
    assert.equal(result.outputs['commit-sha'], await repository.head(BRANCH));
    assert.equal(await repository.head('main'), main);
    assert.deepEqual(Object.keys((await hosting.readManifest(BRANCH)) ?? {}), ['whatsapp/a.png']);
    const pull = repository.findPullRequest(1);
    assert.equal(pull?.title, 'chore: update NXCloud asset manifest');
    assert.match(pull?.body ?? '', /whatsapp\/a\.png/);
    assert.match(result.stdout, /GITHUB_TOKEN/);
    assert.match(result.stdout, /^Pull request #1 was opened: https:.*\/pull\/1$/m);
  });

  await t.test('a second run with nothing new changes nothing', async () => {
    const head = await repository.head(BRANCH);
    const result = await run();
    assert.equal(simulator.requestCount, 0);
    assert.equal(await repository.head(BRANCH), head);
    assert.equal(result.outputs['commit-sha'], '');
    assert.equal(result.outputs['pull-request-number'], '');
    assert.equal(result.outputs['pull-request-url'], '');
    assert.equal(repository.pullRequests.length, 1);
  });

  await t.test(
    'nor does what a killed run left stay: it costs one request more than the four at most',
    async () => {
      const head = await repository.head(BRANCH);
      await repository.setBranch(`${BRANCH}-rebuild-0a1b2c3d4e5f`, BRANCH);
      hosting.api.requests.length = 0;
      await run();
      assert.ok(hosting.api.requests.length <= 5, hosting.api.requests.map(({ path }) => path).join());
      assert.deepEqual(repository.git.listRefs(), ['refs/heads/main', `refs/heads/${BRANCH}`]);
      assert.equal(await repository.head(BRANCH), head);
    },
  );

  await t.test('a further asset is added, on the base as it is by then', async () => {
    await repository.push('main', { 'whatsapp/b.png': makePng('b') });
    const result = await run();
    assert.deepEqual(readJson(result, 'uploaded'), ['whatsapp/b.png']);
    assert.match(result.stdout, /^Pull request #1 was updated: /m);
    const { parents } = repository.git.readCommit(`refs/heads/${BRANCH}`);
    assert.deepEqual(parents, [await repository.head('main')]);
    assert.deepEqual(Object.keys((await hosting.readManifest(BRANCH)) ?? {}), [
      'whatsapp/a.png',
      'whatsapp/b.png',
    ]);
    assert.equal(stateOf(hosting, 1), 'OPEN');
  });

  await t.test('a base that moves without touching the manifest leaves the branch where it is', async () => {
    const head = await repository.head(BRANCH);
    await repository.push('main', { 'README.md': 'more' });
    const result = await run();
    assert.equal(await repository.head(BRANCH), head);
    assert.equal(result.outputs['commit-sha'], '');
    assert.equal(result.outputs['pull-request-number'], '');
  });

  await t.test('when the manifest of the base changes, the branch is rebuilt and stays open', async () => {
    const entries = (await hosting.readManifest(BRANCH)) ?? {};
    const manifest = { version: 1, assets: { 'whatsapp/a.png': entries['whatsapp/a.png'] } };
    await repository.push('main', { 'nxcloud-assets.json': `${JSON.stringify(manifest, null, 2)}\n` });
    await run();
    assert.equal(simulator.requestCount, 0);
    assert.equal(stateOf(hosting, 1), 'OPEN');
    assert.deepEqual(Object.keys((await hosting.readManifest(BRANCH)) ?? {}), [
      'whatsapp/a.png',
      'whatsapp/b.png',
    ]);
    assert.equal(hosting.countCommits(`main..${BRANCH}`), 1);
    assert.deepEqual(
      repository.git.listRefs(),
      ['refs/heads/main', `refs/heads/${BRANCH}`],
      'nothing left behind',
    );
  });

  await t.test('after the merge there is nothing to do', async () => {
    await repository.mergePullRequest(1, 'merge');
    assert.equal(stateOf(hosting, 1), 'MERGED');
    const result = await run();
    assert.equal(simulator.requestCount, 0);
    assert.equal(repository.pullRequests.length, 1);
    assert.equal(result.outputs['pull-request-number'], '');
  });

  await t.test('something new after the merge opens a new one', async () => {
    await repository.push('main', { 'whatsapp/c.png': makePng('c') });
    await run();
    assert.equal(repository.pullRequests.length, 2);
    assert.equal(stateOf(hosting, 2), 'OPEN');
  });

  await t.test('one that a person closed is not reopened; something new opens another', async () => {
    repository.closePullRequest(2);
    await run();
    assert.equal(stateOf(hosting, 2), 'CLOSED');
    await repository.push('main', { 'whatsapp/d.png': makePng('d') });
    await run();
    assert.equal(stateOf(hosting, 2), 'CLOSED');
    assert.equal(stateOf(hosting, 3), 'OPEN');
  });

  await t.test('a foreign commit on the branch stops the run, and is named', async () => {
    const foreign = await repository.push(BRANCH, { 'notes.txt': 'mine' }, { message: 'Take a note' });
    await repository.push('main', { 'whatsapp/e.png': makePng('e') });
    const checkout = await checkOut(t, hosting);
    const result = await runIn(checkout, { simulator, inputs });
    assert.equal(result.exitCode, 1);
    assert.match(result.annotations.at(-1)?.message ?? '', new RegExp(`${foreign.slice(0, 7)}.*Take a note`));
    assert.equal(await repository.head(BRANCH), foreign);
  });
});

test('"not permitted to create pull requests" names the setting; the branch is kept and linked', async (t) => {
  const hosting = await openHosting(t, oneImage);
  const simulator = await openSimulator(t);
  hosting.repository.actionsMayOpenPullRequests = false;
  const checkout = await checkOut(t, hosting);
  const result = await runIn(checkout, { simulator, inputs });
  assert.equal(result.exitCode, 1);
  const message = result.annotations.at(-1)?.message ?? '';
  assert.match(message, /Allow GitHub Actions to create and approve pull requests/);
  assert.match(message, /compare\/main\.\.\.nxcloud-assets/);
  assert.deepEqual(Object.keys((await hosting.readManifest(BRANCH)) ?? {}), ['whatsapp/a.png']);
  assert.deepEqual(Object.keys(checkout.workspace.readManifest()), ['whatsapp/a.png']);
  assert.notEqual(result.outputs['commit-sha'], '');
});

test('two runs at once end in one pull request that holds the assets of both', async (t) => {
  const files = { 'whatsapp/1/a.png': makePng('1a'), 'whatsapp/2/b.png': makePng('2b') };
  const hosting = await openHosting(t, files);
  const simulator = await openSimulator(t);
  const runs = ['1', '2'].map(async (folder) => {
    const checkout = await checkOut(t, hosting);
    return await runIn(checkout, { simulator, inputs: { ...inputs, files: `whatsapp/${folder}/**` } });
  });
  for (const result of await Promise.all(runs)) assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(Object.keys((await hosting.readManifest(BRANCH)) ?? {}), Object.keys(files));
  assert.equal(hosting.repository.pullRequests.filter(({ state }) => state === 'OPEN').length, 1);
});
