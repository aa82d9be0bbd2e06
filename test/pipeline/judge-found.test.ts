// What judging refuses of another repository, and that what can be no asset stays in the list.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import type { Judged } from '../../src/assets/judge.ts';
import { findAssets } from '../../src/pipeline/find-assets.ts';
import { judgeFound } from '../../src/pipeline/judge-found.ts';
import { credentials, type Given, makeRun } from '../support/run.ts';
import { makePng } from '../support/sample-media.ts';

async function judge(
  t: TestContext,
  given: Given,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<readonly Judged[]> {
  const { run } = makeRun(t, { ...credentials, ...given }, files);
  return await judgeFound(run, await findAssets(run));
}

it('assets and what can be none are both there', async (t) => {
  const judged = await judge(t, {}, { 'a.png': makePng('a'), 'b.gif': 'GIF89a' });
  assert.deepEqual(
    judged.map((file) => ['reason' in file, file.path]),
    [
      [true, 'b.gif'],
      [false, 'a.png'],
    ],
  );
});

it('assets of a repository inside this one are refused where they would be published', async (t) => {
  const files = {
    'in/.git/HEAD': 'x',
    'in/a.png': makePng('a'),
    'out/in/.git': 'gitdir: x',
    'out/in/deep/b.png': makePng('b'),
    'out/inside.png': makePng('c'),
  };
  const commit = await judge(t, { mode: 'commit', token: 'a-long-enough-token' }, files);
  const reasons = commit.map((file) => [file.path, 'reason' in file ? file.reason : '']);
  assert.deepEqual(
    reasons.map(([path, reason]) => [path, reason !== '']),
    [
      ['in/a.png', true],
      ['out/in/deep/b.png', true],
      ['out/inside.png', false],
    ],
  );
  assert.match(String(reasons[1]), / set `working-directory: out\/in`;/);
  const output = await judge(t, { mode: 'output' }, files);
  assert.ok(output.every((file) => 'sha256' in file));
});
