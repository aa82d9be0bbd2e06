// Hostile names where GitHub shows them: pull request, comment and commit, rendered and looked at as a tree.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { neutralise } from '../../src/text/text.ts';
import { findLeaks, testAccount } from '../support/canaries.ts';
import {
  type Checkout,
  checkOut,
  type Hosting,
  openHosting,
  pullRequestEvent,
  runIn,
} from '../support/checkout.ts';
import { choose } from '../support/extent.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { assertOnlyOwn, renderMarkdown } from '../support/rendered-markdown.ts';
import { makePng } from '../support/sample-media.ts';
import { openSimulator, readJson } from '../support/workspace.ts';

const paths = HOSTILE_NAMES.map((name) => `${name.replaceAll('/', '')}.png`).sort();
const files = Object.fromEntries(paths.map((path) => [path, makePng(path)]));

/** A checkout of a branch with all hostile names, and one harmless file on `main`. */
async function openCheckout(
  t: TestContext,
  branch: string,
): Promise<Checkout & { readonly baseSha: string }> {
  const hosting = await openHosting(t, { 'README.md': 'x' });
  const baseSha = (await hosting.repository.head('main')) ?? '';
  if (branch !== 'main') await hosting.repository.setBranch(branch, 'main');
  await hosting.repository.push(branch, files);
  return { ...(await checkOut(t, hosting, branch)), baseSha };
}

function assertNoSecrets(hosting: Hosting, texts: Readonly<Record<string, string>>): void {
  const secrets = [testAccount.accessKey, testAccount.accessSecret, ...testAccount.phones];
  assert.deepEqual(findLeaks(secrets, [], texts), []);
  const sent = hosting.api.requests.map((request) => JSON.stringify(request));
  assert.deepEqual(findLeaks(secrets, [], { requests: sent.join('\n') }), []);
}

test('the pull request lists every name as text', async (t) => {
  const checkout = await openCheckout(t, 'main');
  const simulator = await openSimulator(t);
  const inputs = {
    mode: 'pull-request',
    files: '*.png',
    'commit-message': 'x\r\n::error::y <b>@octocat</b>',
  };
  const result = await runIn(checkout, { simulator, debug: true, inputs });
  assert.equal(result.exitCode, 0, result.stdout);
  const pull = checkout.hosting.repository.findPullRequest(1);
  const shown = renderMarkdown(pull?.body ?? '');
  assertOnlyOwn(shown, 1);
  assert.deepEqual(
    shown.rowPaths,
    paths.map((path) => neutralise(path)),
  );
  assert.equal(pull?.title, 'x');
  const manifest = await checkout.hosting.readManifest('nxcloud-assets/main');
  assert.deepEqual(Object.keys(manifest ?? {}), paths);
  assertNoSecrets(checkout.hosting, { body: pull?.body ?? '', title: pull?.title ?? '' });
});

test('the comment lists every name as text', async (t) => {
  const checkout = await openCheckout(t, 'topic');
  await checkout.hosting.repository.openPullRequest({ head: 'topic', base: 'main' });
  const { sha, baseSha } = checkout;
  const result = await runIn(checkout, {
    debug: true,
    context: pullRequestEvent({ ref: 'topic', sha }, { baseSha }),
    inputs: { mode: 'check', comment: 'true', files: '*.png' },
  });
  assert.equal(result.exitCode, 0, result.stdout);
  const [comment] = checkout.hosting.repository.findPullRequest(1)?.comments ?? [];
  const shown = renderMarkdown(comment?.body ?? '');
  assertOnlyOwn(shown, 1);
  assert.deepEqual(
    shown.rowPaths,
    paths.map((path) => neutralise(path)),
  );
  assertNoSecrets(checkout.hosting, { comment: comment?.body ?? '' });
});

test('the commit holds the manifest with every name, and nothing else', async (t) => {
  const checkout = await openCheckout(t, 'main');
  const simulator = await openSimulator(t);
  const result = await runIn(checkout, { simulator, debug: true, inputs: { files: '*.png' } });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(Object.keys((await checkout.hosting.readManifest()) ?? {}), paths);
  const changed = checkout.hosting.repository.git.listChangedPaths(checkout.sha, 'main');
  assert.deepEqual(changed, ['nxcloud-assets.json']);
  assert.deepEqual(readJson(result, 'uploaded'), paths);
  assertNoSecrets(checkout.hosting, {});
});

for (const operation of choose(['addComment', 'pulls/create', 'createCommitOnBranch', 'pulls/update'], 2)) {
  test(`a refusal of ${operation} that repeats the token shows it nowhere`, async (t) => {
    const hosting = await openHosting(t, { 'a.png': makePng('a') });
    const simulator = await openSimulator(t);
    const checkout = await checkOut(t, hosting);
    const inputs = { mode: 'pull-request', files: '*.png', 'report-path': 'report.html' };
    if (operation === 'pulls/update') {
      await runIn(checkout, { simulator, inputs });
      checkout.workspace.write('b.png', makePng('b'));
    }
    const token = hosting.api.createToken().value;
    const answer = { status: 403, body: { message: `${token} may not do that` } };
    hosting.api.plan({ operation, times: 1000, answer });
    const isComment = operation === 'addComment';
    if (isComment) await hosting.repository.openPullRequest({ head: 'topic', base: 'main' });
    const result = await runIn(checkout, {
      simulator,
      token,
      inputs: isComment ? { ...inputs, mode: 'check', comment: 'true' } : inputs,
      ...(isComment ? { context: pullRequestEvent({ ref: 'topic', sha: checkout.sha }) } : {}),
    });
    assert.ok(hosting.api.count(operation) > 0);
    assert.equal(result.exitCode, isComment ? 0 : 1);
    const report = checkout.workspace.read('report.html').toString();
    assert.deepEqual(findLeaks([token], [], { summary: result.summary, report }), []);
    if (!isComment) assert.match(result.summary, /\*\*\* may not do that/);
  });
}
