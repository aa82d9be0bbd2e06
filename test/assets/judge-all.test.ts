// Judging many files: worker threads where it pays, results in order, an end when told.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Candidate } from '../../src/assets/discover.ts';
import { judgeAssets } from '../../src/assets/judge-all.ts';
import { makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';

function makeCandidates(t: TestContext, count: number, padding: number): readonly Candidate[] {
  const folder = makeFolder(t);
  const base = makePng('x', padding);
  return Array.from({ length: count }, (_, at) => {
    const path = `${at}.png`;
    const file = join(folder, path);
    // Bytes after the end of a picture belong to nothing, so each file is a picture with a hash of its own.
    if (at % 50 === 49) mkdirSync(file);
    else writeFileSync(file, Buffer.concat([base, Buffer.from(path)]));
    return { path, type: 'image/png', file, isLink: false };
  });
}

const countThreads = (): number => readdirSync('/proc/self/task').length;

describe('judgeAssets', () => {
  it('judges nothing', async () => {
    assert.deepEqual(await judgeAssets([], 'error', new AbortController().signal), []);
  });

  it('uses worker threads for many, and keeps the order and what cannot be read', async (t) => {
    const candidates = makeCandidates(t, 400, 300_000);
    const before = countThreads();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, countThreads());
    }, 1);
    t.after(() => clearInterval(watch));
    const results = await judgeAssets(candidates, 'error', new AbortController().signal);
    assert.ok(most > before, `${before} threads before, at most ${most} meanwhile`);
    assert.equal(results.length, candidates.length);
    const base = makePng('x', 300_000);
    for (const [at, result] of results.entries()) {
      assert.equal(result.path, `${at}.png`);
      if (at % 50 === 49) assert.ok('reason' in result);
      else {
        const sha256 = createHash('sha256').update(base).update(`${at}.png`).digest('hex');
        assert.ok('sha256' in result && result.sha256 === sha256);
      }
    }
  });

  it('keeps the order when what was begun first is done last', async (t) => {
    const candidates = makeCandidates(t, 40, 0);
    // The first keeps this thread busy until it asks for help, the second one of the workers.
    for (const { file } of candidates.slice(0, 2)) truncateSync(file, 100 * 1024 * 1024);
    const results = await judgeAssets(candidates, 'off', new AbortController().signal);
    assert.deepEqual(
      results.map(({ path }) => path),
      candidates.map(({ path }) => path),
    );
  });

  it('starts no thread for one file', async (t) => {
    const candidates = makeCandidates(t, 1, 0);
    const before = countThreads();
    await judgeAssets(candidates, 'off', new AbortController().signal);
    assert.equal(countThreads(), before);
  });

  it('rejects with the reason of an abort, before and while threads run, and leaves none behind', async (t) => {
    const candidates = makeCandidates(t, 400, 300_000);
    const reason = new Error('enough');
    await assert.rejects(judgeAssets(candidates, 'error', AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const before = countThreads();
    const watch = setInterval(() => {
      if (countThreads() > before) controller.abort(reason);
    }, 1);
    t.after(() => clearInterval(watch));
    await assert.rejects(judgeAssets(candidates, 'error', controller.signal), reason);
    while (countThreads() > before) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
