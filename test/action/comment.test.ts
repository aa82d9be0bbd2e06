// Checks on pull requests and the sticky comment, through the bundle.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ActionResult } from '../../runner/run-action.ts';
import { checkOut, type Hosting, openHosting, pullRequestEvent, runIn } from '../support/checkout.ts';
import { choose } from '../support/extent.ts';
import { makePng } from '../support/sample-media.ts';
import { startClock } from '../support/watched-run.ts';
import { openSimulator, readJson } from '../support/workspace.ts';

const image = { 'whatsapp/a.png': makePng('a') };

/** A repository with a pull request from the branch `topic`. */
async function openTopic(
  hosting: Hosting,
  changes: Record<string, Buffer | string | undefined>,
): Promise<string> {
  await hosting.repository.setBranch('topic', 'main');
  const sha = await hosting.repository.push('topic', changes);
  await hosting.repository.openPullRequest({ head: 'topic', base: 'main' });
  return sha;
}

function comments(hosting: Hosting): readonly string[] {
  return (hosting.repository.findPullRequest(1)?.comments ?? []).map(({ body }) => body);
}

test('one comment is kept up to date over the life of a pull request', async (t) => {
  const hosting = await openHosting(t, { 'README.md': 'x' });
  const baseSha = (await hosting.repository.head('main')) ?? '';
  let sha = await openTopic(hosting, { ...image, 'whatsapp/large.png': makePng('large', 6 * 1024 * 1024) });
  const run = async (more: Record<string, string> = {}): Promise<ActionResult> =>
    await runIn(await checkOut(t, hosting, 'topic'), {
      context: pullRequestEvent({ ref: 'topic', sha }, { baseSha }),
      inputs: { mode: 'check', comment: 'true', ...more },
    });

  await t.test('it is created with the findings and what merging will upload', async () => {
    const result = await run();
    assert.equal(result.exitCode, 1);
    assert.deepEqual(readJson(result, 'invalid'), ['whatsapp/large.png']);
    const error = result.annotations.find(({ file }) => file === 'whatsapp/large.png');
    assert.match(error?.message ?? '', /6\.\d+ MB.*5 MB/);
    const [comment, ...others] = comments(hosting);
    assert.deepEqual(others, []);
    assert.match(comment ?? '', /^<!-- nxcloud-template-assets: nxcloud%2Dassets\.json -->/);
    assert.match(comment ?? '', /whatsapp\/large\.png/);
    assert.match(comment ?? '', /will be uploaded/);
    assert.ok(comment?.includes(`/octo-org/assets/blob/${sha}/whatsapp/a.png?raw=true`), comment);
    assert.match(comment ?? '', /alt="whatsapp\/a\.png, \d+ bytes"/);
  });

  await t.test('it is left alone when nothing changes', async () => {
    const before = comments(hosting);
    await run();
    assert.deepEqual(comments(hosting), before);
    assert.equal(hosting.api.count('addComment'), 1);
    assert.equal(hosting.api.count('updateIssueComment'), 0);
  });

  await t.test('it is updated in place', async () => {
    sha = await hosting.repository.push('topic', { 'whatsapp/large.png': undefined });
    const result = await run();
    assert.equal(result.exitCode, 0, result.stdout);
    assert.equal(comments(hosting).length, 1);
    assert.ok(!comments(hosting)[0]?.includes('large.png'));
  });

  await t.test('it is replaced when all is current', async () => {
    sha = await hosting.repository.push('topic', { 'whatsapp/a.png': undefined });
    await run({ 'if-no-files-found': 'ignore' });
    assert.match(comments(hosting)[0] ?? '', /All assets are current/);
    assert.equal(comments(hosting).length, 1);
  });
});

test('no comment is created when there never was anything to say', async (t) => {
  const hosting = await openHosting(t, { 'README.md': 'x' });
  const baseSha = await hosting.repository.head('main');
  const sha = await openTopic(hosting, { 'notes.txt': 'x' });
  const result = await runIn(await checkOut(t, hosting, 'topic'), {
    context: pullRequestEvent({ ref: 'topic', sha }, { baseSha: baseSha ?? '' }),
    inputs: { mode: 'check', comment: 'true', 'if-no-files-found': 'ignore' },
  });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(comments(hosting), []);
});

test('entries that the pull request changes by hand are listed, whatever GitHub’s reads answer', async (t) => {
  const hosting = await openHosting(t, { ...image, 'whatsapp/b.png': makePng('b') });
  const simulator = await openSimulator(t);
  await runIn(await checkOut(t, hosting), { simulator });
  const baseSha = (await hosting.repository.head('main')) ?? '';
  const manifest = JSON.parse((await hosting.repository.readFile('main', 'nxcloud-assets.json')) ?? '');
  const { 'whatsapp/a.png': a, 'whatsapp/b.png': b } = manifest.assets;
  manifest.assets = { 'whatsapp/a.png': { ...a, id: '4:pasted' }, 'whatsapp/b.png': { ...b, id: a.id } };
  const sha = await openTopic(hosting, { 'nxcloud-assets.json': JSON.stringify(manifest) });
  const run = async (): Promise<ActionResult> =>
    await runIn(await checkOut(t, hosting, 'topic'), {
      context: pullRequestEvent({ ref: 'topic', sha }, { baseSha }),
      inputs: { mode: 'check', comment: 'true' },
    });
  const result = await run();
  const shown = comments(hosting)[0] ?? '';
  assert.match(
    shown,
    /Entries changed by this pull request \(2\)[\s\S]*whatsapp\/a\.png[\s\S]*4:pasted[\s\S]*whatsapp\/b\.png/,
  );
  assert.ok(shown.includes(`About commit ${sha}.`), shown);
  assert.deepEqual(readJson(result, 'pending'), ['whatsapp/b.png'], 'a swapped ID is a mismatch');

  const notFound = { status: 404, body: { message: 'Not Found' } };
  const replies = [
    ['repos/compare-commits-with-basehead', notFound],
    ['ReadCommit', { status: 200, body: { data: { repository: { object: null } } } }],
    ['git/get-blob', { status: 403, body: { message: 'This blob is too large.' } }],
  ] as const;
  for (const [operation, answer] of choose(replies, 2)) {
    hosting.api.plan({ operation, times: 9, answer });
    await run();
    assert.match(comments(hosting)[0] ?? '', /changes entries of the manifest itself could not be found out/);
    hosting.repository.findPullRequest(1)?.comments.splice(0);
  }
});

test('entries that the base has changed since are not those of a pull request', async (t) => {
  const hosting = await openHosting(t, image);
  const simulator = await openSimulator(t);
  await runIn(await checkOut(t, hosting), { simulator });
  const sha = await openTopic(hosting, { 'whatsapp/b.png': makePng('b') });
  await runIn(await checkOut(t, hosting), { simulator, inputs: { force: 'true' } });
  const baseSha = (await hosting.repository.head('main')) ?? '';
  const result = await runIn(await checkOut(t, hosting, 'topic'), {
    context: pullRequestEvent({ ref: 'topic', sha }, { baseSha }),
    inputs: { mode: 'check', comment: 'true' },
  });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.equal(comments(hosting).length, 1);
  assert.doesNotMatch(comments(hosting)[0] ?? '', /Entries changed|could not be found out/);
});

test('an older run leaves a newer comment alone, and names its commit where there is none', async (t) => {
  const hosting = await openHosting(t, { 'README.md': 'x' });
  const baseSha = (await hosting.repository.head('main')) ?? '';
  const old = await openTopic(hosting, image);
  const run = async (sha: string): Promise<ActionResult> =>
    await runIn(await checkOut(t, hosting, sha), {
      context: pullRequestEvent({ ref: 'topic', sha }, { baseSha }),
      inputs: { mode: 'check', comment: 'true' },
    });
  const newer = await hosting.repository.push('topic', { 'whatsapp/b.png': makePng('b') });
  await run(old);
  assert.ok(comments(hosting)[0]?.includes(`About commit ${old}.`));
  await run(newer);
  const [comment] = comments(hosting);
  assert.ok(comment?.includes(`About commit ${newer}.`));
  const late = await run(old);
  assert.deepEqual(comments(hosting), [comment]);
  assert.ok(late.stdout.includes(`left to a newer run, since the pull request is at ${newer} by now`));
});

test('a run that commits to the pull request writes its comment about that commit', async (t) => {
  const hosting = await openHosting(t, { 'README.md': 'x' });
  const simulator = await openSimulator(t);
  const baseSha = (await hosting.repository.head('main')) ?? '';
  const sha = await openTopic(hosting, image);
  const result = await runIn(await checkOut(t, hosting, 'topic'), {
    simulator,
    context: pullRequestEvent({ ref: 'topic', sha }, { baseSha }),
    inputs: { comment: 'true' },
  });
  assert.equal(result.exitCode, 0, result.stdout);
  const commit = result.outputs['commit-sha'] ?? '';
  assert.equal(commit, await hosting.repository.head('topic'));
  assert.ok(comments(hosting)[0]?.includes(`About commit ${commit}.`));
});

test('a token that may not comment is a notice, not a failure', async (t) => {
  const hosting = await openHosting(t, image);
  const sha = await openTopic(hosting, { 'whatsapp/b.png': makePng('b') });
  const token = hosting.api.createToken({ permissions: { pullRequests: 'read', issues: 'read' } });
  const result = await runIn(await checkOut(t, hosting, 'topic'), {
    token: token.value,
    context: pullRequestEvent({ ref: 'topic', sha }, { isFork: true }),
    inputs: { comment: 'true' },
  });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.equal(result.outputs.mode, 'check');
  const notices = result.annotations.filter(({ level }) => level === 'notice').map(({ message }) => message);
  assert.ok(
    notices.some((message) => message.includes('`pull-requests: write`')),
    notices.join('\n'),
  );
});

test('a comment that GitHub keeps waiting for ends after a minute, without harm', async (t) => {
  const hosting = await openHosting(t, image);
  const sha = await openTopic(hosting, { 'whatsapp/b.png': makePng('b') });
  hosting.api.plan({ operation: 'ReadComments', times: 100, fault: 'hang' });
  const checkout = await checkOut(t, hosting, 'topic');
  const result = await runIn(checkout, {
    nodeFlags: ['--import', join(import.meta.dirname, '../support/fast-clock.mjs')],
    env: startClock(60).env,
    context: pullRequestEvent({ ref: 'topic', sha }),
    inputs: { mode: 'check', comment: 'true' },
  });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.ok(result.durationMs < 30_000, `${result.durationMs}`);
  assert.match(
    result.stdout,
    /comment on the pull request was not written: GitHub took longer than a minute/,
  );
});

test('outside a pull request the comment is ignored with a log line; with shard it is refused', async (t) => {
  const hosting = await openHosting(t, image);
  const ignored = await runIn(await checkOut(t, hosting), { inputs: { mode: 'check', comment: 'true' } });
  assert.equal(ignored.exitCode, 0, ignored.stdout);
  assert.match(ignored.stdout, /No comment is written/);
  const refused = await runIn(await checkOut(t, hosting), {
    inputs: { mode: 'check', comment: 'true', shard: '1/2' },
  });
  assert.equal(refused.exitCode, 1);
  assert.match(refused.annotations[0]?.message ?? '', /comment: .*shard/);
});

test('require-current fails a check while an asset is pending', async (t) => {
  const hosting = await openHosting(t, image);
  const simulator = await openSimulator(t);
  const inputs = { mode: 'check', 'require-current': 'true' };
  const failed = await runIn(await checkOut(t, hosting), { inputs });
  assert.equal(failed.exitCode, 1);
  assert.equal(failed.annotations[0]?.file, 'whatsapp/a.png');
  await runIn(await checkOut(t, hosting), { simulator });
  const passed = await runIn(await checkOut(t, hosting), { inputs });
  assert.equal(passed.exitCode, 0, passed.stdout);
  assert.deepEqual(Object.keys(readJson(passed, 'manifest') as object), ['whatsapp/a.png']);
});
