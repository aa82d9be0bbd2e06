// What is said when no asset is found, and of what is passed over; what judging refuses of another repository.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Judged } from '../../src/assets/judge.ts';
import { findAssets, judgeFound } from '../../src/pipeline/find-assets.ts';
import { credentials, type Given, makeRun } from '../support/run.ts';
import { makePng } from '../support/sample-media.ts';

describe('no assets at all', () => {
  const message = 'No assets were found: check the patterns in `files`.';

  for (const [policy, expected] of [
    ['warn', [`warning: ${message}`]],
    ['ignore', []],
  ] as const) {
    it(`with the policy ${policy}`, async (t) => {
      const { run, told } = makeRun(t, { mode: 'check', 'if-no-files-found': policy }, { '.keep': '' });
      await findAssets(run);
      assert.deepEqual(
        told.filter((text) => text.includes('No assets')),
        expected,
      );
    });
  }

  it('with the policy error', async (t) => {
    const { run } = makeRun(t, { mode: 'check', 'if-no-files-found': 'error' });
    await assert.rejects(findAssets(run), { code: 'no-assets', message });
  });

  it('what is found and invalid counts as found', async (t) => {
    const { run } = makeRun(t, { mode: 'check', 'if-no-files-found': 'error' }, { 'b.gif': 'GIF89a' });
    assert.equal((await findAssets(run)).unusable.length, 1);
  });
});

it('what is passed over is counted', async (t) => {
  const { run, told } = makeRun(t, { mode: 'check' }, { 'a.png': makePng('a'), 'notes.txt': 'notes' });
  await findAssets(run);
  assert.match(told.at(-1) ?? '', /^notice: 1 matched file is no asset and was skipped: notes\.txt\.$/);
});

it('the manifest and the report are no assets, whatever the patterns', async (t) => {
  const files = { 'nxcloud-assets.json': '{}', 'report.html': '', 'a.png': makePng('a') };
  for (const [reportPath, skipped] of [
    ['report.html', 0],
    ['', 1],
  ] as const) {
    const { run, told } = makeRun(t, { mode: 'check', 'report-path': reportPath }, files);
    const discovery = await findAssets(run);
    assert.deepEqual(
      discovery.candidates.map(({ path }) => path),
      ['a.png'],
    );
    assert.equal(discovery.skipped.length, skipped);
    assert.equal(told.filter((text) => text.includes('skipped')).length, skipped);
  }
});

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
