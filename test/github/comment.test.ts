import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  buildComment,
  type CommentResult,
  MAX_COMMENT_LENGTH,
  writeComment,
} from '../../src/github/comment.ts';
import type { PullRequest } from '../github-api/pull-request.ts';
import { inSetting, MANIFEST, type RunOptions, type Setting } from './setting.ts';

async function openPull(setting: Setting): Promise<PullRequest> {
  await setting.repository.push('topic', { 'README.md': 'x' });
  return await setting.repository.openPullRequest({ head: 'topic', base: 'main' });
}

async function write(
  setting: Setting,
  pull: PullRequest,
  body: string,
  options: { isNews?: boolean; run?: RunOptions; manifestPath?: string } = {},
): Promise<CommentResult> {
  return await writeComment({
    github: await setting.connect(options.run),
    pullRequest: pull.number,
    manifestPath: options.manifestPath ?? MANIFEST,
    body,
    isNews: options.isNews ?? true,
    signal: options.run?.signal ?? new AbortController().signal,
  });
}

function bodiesOf(pull: PullRequest): readonly string[] {
  return pull.comments.map(({ body }) => body);
}

describe('the comment', () => {
  test(
    'is created once, then updated in place, and left alone when it says the same',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      assert.deepEqual(await write(setting, pull, 'first'), { kind: 'created' });
      assert.deepEqual(await write(setting, pull, 'second'), { kind: 'updated' });
      assert.deepEqual(await write(setting, pull, 'second'), { kind: 'unchanged' });
      assert.deepEqual(bodiesOf(pull), [buildComment(MANIFEST, 'second')]);
      assert.equal(setting.api.count('updateIssueComment'), 1);
    }),
  );

  test(
    'is found among comments that GitHub leaves out of its reply',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      await write(setting, pull, 'first');
      const own = {
        id: pull.comments[0]?.id ?? '',
        body: pull.comments[0]?.body ?? '',
        viewerDidAuthor: true,
      };
      const comments = { nodes: [null, own], pageInfo: { hasNextPage: false, endCursor: null } };
      const repository = { pullRequest: { id: pull.id, comments } };
      setting.api.plan({
        operation: 'ReadComments',
        answer: { status: 200, body: { data: { repository } } },
      });
      assert.deepEqual(await write(setting, pull, 'second'), { kind: 'updated' });
    }),
  );

  test(
    'is not created when there is nothing to say, but an old one is replaced',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      assert.deepEqual(await write(setting, pull, 'all current', { isNews: false }), { kind: 'unchanged' });
      assert.deepEqual(bodiesOf(pull), []);
      await write(setting, pull, 'news');
      assert.deepEqual(await write(setting, pull, 'all current', { isNews: false }), { kind: 'updated' });
      assert.deepEqual(bodiesOf(pull), [buildComment(MANIFEST, 'all current')]);
    }),
  );

  test(
    'is found behind hundreds of others',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      for (let count = 0; count < 250; count += 1) setting.repository.addComment(pull, 'someone', 'hello');
      await write(setting, pull, 'first');
      assert.deepEqual(await write(setting, pull, 'second'), { kind: 'updated' });
      assert.equal(pull.comments.length, 251);
      assert.equal(setting.api.count('ReadComments'), 6);
    }),
  );

  test(
    'of another manifest, and one that someone else wrote with our marker, are left alone',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      setting.repository.addComment(pull, 'someone', buildComment(MANIFEST, 'forged'));
      await write(setting, pull, 'other', { manifestPath: 'b--b/other.json' });
      await write(setting, pull, 'ours');
      assert.deepEqual(bodiesOf(pull), [
        buildComment(MANIFEST, 'forged'),
        buildComment('b--b/other.json', 'other'),
        buildComment(MANIFEST, 'ours'),
      ]);
      assert.ok(!bodiesOf(pull).some((body) => body.includes('b--b')), 'the marker is a whole HTML comment');
    }),
  );

  for (const permissions of [{ issues: 'read', pullRequests: 'read' }, { pullRequests: 'none' }] as const) {
    test(
      `without permission (${JSON.stringify(permissions)}) is a notice`,
      inSetting({ a: 'a' }, async (setting) => {
        const pull = await openPull(setting);
        const token = setting.api.createToken({ permissions });
        const result = await write(setting, pull, 'news', { run: { token } });
        assert.match(
          result.kind === 'not-written' ? result.notice : '',
          /the permission `pull-requests: write`/,
        );
        assert.deepEqual(bodiesOf(pull), []);
      }),
    );
  }

  test(
    'needs no more than the permission for issues, or for pull requests',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      const token = setting.api.createToken({ permissions: { issues: 'none', contents: 'read' } });
      assert.deepEqual(await write(setting, pull, 'news', { run: { token } }), { kind: 'created' });
    }),
  );

  test(
    'whose reply is lost is not written twice',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      setting.api.plan({ operation: 'addComment', fault: 'cut-after' });
      assert.deepEqual(await write(setting, pull, 'news'), { kind: 'unchanged' });
      assert.deepEqual(bodiesOf(pull), [buildComment(MANIFEST, 'news')]);
    }),
  );

  test(
    'that GitHub does not take is a notice',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      setting.api.plan({ operation: 'ReadComments', times: 100, answer: { status: 502 } });
      const result = await write(setting, pull, 'news');
      assert.match(result.kind === 'not-written' ? result.notice : '', /not written: HTTP status 502/);
    }),
  );

  test(
    'is given up with the signal and its reason',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      const reason = new Error('enough');
      const run = { signal: AbortSignal.abort(reason) };
      assert.equal(await write(setting, pull, 'news', { run }).catch((error: unknown) => error), reason);
    }),
  );

  test(
    'is never longer than GitHub allows',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      const room = MAX_COMMENT_LENGTH - buildComment(MANIFEST, '').length;
      assert.deepEqual(await write(setting, pull, 'x'.repeat(room)), { kind: 'created' });
      await assert.rejects(write(setting, pull, 'x'.repeat(room + 1)), RangeError);
    }),
  );
});
