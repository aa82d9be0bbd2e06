import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  buildComment,
  describeUnwritten,
  findComment,
  MAX_COMMENT_LENGTH,
  writeComment,
} from '../../src/github/comment.ts';
import type { HostedRepository } from '../github-api/repository.ts';
import { inSetting, MANIFEST, type RunOptions, type Setting } from '../publish/setting.ts';

type Pull = HostedRepository['pullRequests'][number];

async function openPull({ repository }: Setting): Promise<Pull> {
  await repository.push('topic', { 'README.md': 'x' });
  return await repository.openPullRequest({ head: 'topic', base: 'main' });
}

/** Finds the comment and writes it, as one run does. */
async function write(
  setting: Setting,
  { number }: Pull,
  markdown: string,
  { manifestPath = MANIFEST, ...run }: RunOptions = {},
): Promise<string> {
  const github = await setting.connect(run);
  const found = await findComment(github, number, manifestPath);
  return await writeComment(github, found, buildComment(manifestPath, markdown));
}

function bodiesOf(pull: Pull): readonly string[] {
  return pull.comments.map(({ body }) => body);
}

describe('the comment', () => {
  test(
    'is created once, then updated in place, and left alone when it says the same',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      assert.equal(await write(setting, pull, 'first'), 'created');
      assert.equal(await write(setting, pull, 'second\nline'), 'updated');
      const [comment] = pull.comments;
      assert.ok(comment);
      // As GitHub gives back what people edit.
      comment.body = `${comment.body.replaceAll('\n', '\r\n')}\r\n`;
      assert.equal(await write(setting, pull, 'second\nline'), 'unchanged');
      assert.deepEqual([pull.comments.length, setting.api.count('updateIssueComment')], [1, 1]);
    }),
  );

  test(
    'is found with the pull request’s present head, behind hundreds of others and those that GitHub leaves out',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      for (let count = 0; count < 250; count += 1) setting.repository.addComment(pull, 'someone', 'hello');
      await write(setting, pull, 'first');
      assert.equal(await write(setting, pull, 'second'), 'updated');
      assert.deepEqual([pull.comments.length, setting.api.count('ReadComments')], [251, 6]);

      const own = { id: 'IC', body: buildComment(MANIFEST, 'x'), viewerDidAuthor: true };
      const comments = { nodes: [null, own], pageInfo: { hasNextPage: false, endCursor: null } };
      const repository = { pullRequest: { id: pull.id, headRefOid: 'abc', comments } };
      const answer = { status: 200, body: { data: { repository } } };
      setting.api.plan({ operation: 'ReadComments', answer });
      const found = await findComment(await setting.connect(), pull.number, MANIFEST);
      assert.deepEqual([found.headOid, found.comment?.id], ['abc', 'IC']);
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

  test(
    'needs the permission for pull requests alone; without it the remedy is named',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      for (const permissions of [
        { issues: 'read', pullRequests: 'read' },
        { pullRequests: 'none' },
      ] as const) {
        const token = setting.api.createToken({ permissions });
        const failure = await write(setting, pull, 'news', { token }).catch((error: unknown) => error);
        assert.match(describeUnwritten(failure), /the permission `pull-requests: write`/);
      }
      assert.deepEqual(bodiesOf(pull), []);
      const token = setting.api.createToken({ permissions: { issues: 'none', contents: 'read' } });
      assert.equal(await write(setting, pull, 'news', { token }), 'created');
    }),
  );

  test(
    'whose reply is lost is not written twice',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      setting.api.plan({ operation: 'addComment', fault: 'cut-after' });
      const failure = await write(setting, pull, 'news').catch((error: unknown) => error);
      assert.match(describeUnwritten(failure), /^The comment on the pull request was not written: /);
      assert.equal(setting.api.count('addComment'), 1);
      assert.equal(await write(setting, pull, 'news'), 'unchanged');
      assert.deepEqual(bodiesOf(pull), [buildComment(MANIFEST, 'news')]);
    }),
  );

  test(
    'that is not written tells why',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      setting.api.plan({ operation: 'ReadComments', times: 100, answer: { status: 502 } });
      const failure = await write(setting, pull, 'news').catch((error: unknown) => error);
      assert.match(describeUnwritten(failure), /not written: HTTP status 502/);
      assert.match(describeUnwritten(new TypeError('unforeseen')), /not written: unforeseen$/);
      const reason = new Error('enough');
      const given = await write(setting, pull, 'x', { signal: AbortSignal.abort(reason) }).catch(
        (error: unknown) => error,
      );
      assert.equal(given, reason);
    }),
  );

  test(
    'is never longer than GitHub allows',
    inSetting({ a: 'a' }, async (setting) => {
      const pull = await openPull(setting);
      const room = MAX_COMMENT_LENGTH - buildComment(MANIFEST, '').length;
      assert.equal(await write(setting, pull, 'x'.repeat(room)), 'created');
      await assert.rejects(write(setting, pull, 'x'.repeat(room + 1)), RangeError);
    }),
  );
});
