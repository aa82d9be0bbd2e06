// Checks on pull requests and the sticky comment, through the bundle.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ActionResult } from '../../runner/run-action.ts';
import { serializeManifest } from '../../src/manifest/manifest.ts';
import { checkOut, type Hosting, openHosting, pullRequestEvent, runIn } from '../support/checkout.ts';
import { choose } from '../support/extent.ts';
import { makeEntry } from '../support/manifest-entry.ts';
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

/** The manifest that a run makes of these files; without credentials nobody asks to which account its IDs belong. */
function manifestOf(files: Readonly<Record<string, Buffer>>, round = ''): string {
  const entries = Object.entries(files).map(([path, content]) => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const entry = { id: `4:${path}${round}`, sha256, size: content.length, type: 'image/png' } as const;
    return [path, makeEntry(entry)] as const;
  });
  return serializeManifest(new Map(entries));
}

function comments(hosting: Hosting): readonly string[] {
  const { comments: all = [] } = hosting.repository.findPullRequest(1) ?? {};
  // Where names may break does not show.
  return all.map(({ body }) => body.replaceAll('<wbr>', ''));
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
    assert.match(comment ?? '', /❌ 1 invalid, 1 pending\n/);
    const address = 'https://github.com/octo-org/assets/actions/runs/1234567890';
    assert.ok(comment?.includes(`About commit ${sha}. <a href="${address}">Log of the run</a>`), comment);
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
  const files = { ...image, 'whatsapp/b.png': makePng('b') };
  const hosting = await openHosting(t, { ...files, 'nxcloud-assets.json': manifestOf(files) });
  const baseSha = (await hosting.repository.head('main')) ?? '';
  const manifest = JSON.parse(manifestOf(files));
  const { 'whatsapp/a.png': a, 'whatsapp/b.png': b } = manifest.assets;
  // As NXCloud names a content in its IDs.
  const swapped = `4:${Buffer.from(`${a.sha256.slice(0, 16)}.png`).toString('base64')}:aW1hZ2UvcG5n:x`;
  manifest.assets = { 'whatsapp/a.png': { ...a, id: '4:pasted' }, 'whatsapp/b.png': { ...b, id: swapped } };
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
  const hosting = await openHosting(t, { ...image, 'nxcloud-assets.json': manifestOf(image) });
  const sha = await openTopic(hosting, { 'whatsapp/b.png': makePng('b') });
  const renewed = { 'nxcloud-assets.json': manifestOf(image, ' renewed') };
  const baseSha = await hosting.repository.push('main', renewed);
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

test('a comment that GitHub keeps waiting for ends when its minute is over, without harm', async (t) => {
  const hosting = await openHosting(t, image);
  const sha = await openTopic(hosting, { 'whatsapp/b.png': makePng('b') });
  const clock = startClock(1);
  hosting.api.plan({ operation: 'ReadComments', times: 100, fault: 'hang', before: clock.skipHour });
  const checkout = await checkOut(t, hosting, 'topic');
  const result = await runIn(checkout, {
    nodeFlags: ['--import', join(import.meta.dirname, '../support/fast-clock.mjs')],
    env: clock.env,
    onStart: clock.attach,
    context: pullRequestEvent({ ref: 'topic', sha }),
    inputs: { mode: 'check', comment: 'true' },
  });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.match(
    result.stdout,
    /comment on the pull request was not written: GitHub took longer than a minute/,
  );
});

test('outside a pull request the comment is ignored with a log line', async (t) => {
  const hosting = await openHosting(t, image);
  const ignored = await runIn(await checkOut(t, hosting), { inputs: { mode: 'check', comment: 'true' } });
  assert.equal(ignored.exitCode, 0, ignored.stdout);
  assert.match(ignored.stdout, /No comment is written/);
});

test('require-current fails a check while an asset is pending', async (t) => {
  const hosting = await openHosting(t, image);
  const inputs = { mode: 'check', 'require-current': 'true' };
  const failed = await runIn(await checkOut(t, hosting), { inputs });
  assert.equal(failed.exitCode, 1);
  assert.equal(failed.annotations[0]?.file, 'whatsapp/a.png');
  await hosting.repository.push('main', { 'nxcloud-assets.json': manifestOf(image) });
  const passed = await runIn(await checkOut(t, hosting), { inputs });
  assert.equal(passed.exitCode, 0, passed.stdout);
  assert.deepEqual(Object.keys(readJson(passed, 'manifest') as object), ['whatsapp/a.png']);
});
