// Judging many files: worker threads where it pays, results in order, an end when told.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type Mock, type TestContext } from 'node:test';
import type { Worker } from 'node:worker_threads';
import type { Candidate } from '../../src/assets/discover.ts';
import { judgeAssets } from '../../src/assets/judge-all.ts';
import type { Clock } from '../../src/files/breaks.ts';
import { makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const base = makePng('x');
const never = new AbortController().signal;

function makeCandidates(t: TestContext, count: number): readonly Candidate[] {
  const folder = makeFolder(t);
  return Array.from({ length: count }, (_, at) => {
    const path = `${at}.png`;
    const file = join(folder, path);
    // Bytes after the end of a picture belong to nothing, so each file is a picture with a hash of its own.
    if (at % 50 === 49) mkdirSync(file);
    else writeFileSync(file, Buffer.concat([base, Buffer.from(path)]));
    return { path, type: 'image/png', file, isLink: false };
  });
}

/** A clock by which the turn of this thread alone is over at the second look: what is left then is worth threads. */
function makeClock(pause: Clock['pause'] = () => new Promise((resolve) => setImmediate(resolve))): Clock {
  let now = 0;
  return { now: () => (now += 20), pause };
}

/** The threads that are started while the test runs. */
function watchThreads(t: TestContext, onStart: (worker: Worker) => void = () => undefined): Worker[] {
  const workers: Worker[] = [];
  const watch = (message: unknown): void => {
    const { worker } = message as { worker: Worker };
    workers.push(worker);
    onStart(worker);
  };
  subscribe('worker_threads', watch);
  t.after(() => unsubscribe('worker_threads', watch));
  return workers;
}

describe('judgeAssets', () => {
  it('judges nothing', async () => {
    assert.deepEqual(await judgeAssets([], 'error', never), []);
  });

  for (const [cores, threads] of [
    [1, 0],
    [2, 1],
    [64, 3],
  ] as const) {
    it(`uses ${threads} threads on ${cores} cores, and keeps the order and what cannot be read`, async (t) => {
      const candidates = makeCandidates(t, 400);
      const workers = watchThreads(t);
      const results = await judgeAssets(candidates, 'error', never, cores, makeClock());
      assert.equal(workers.length, threads);
      assert.equal(results.length, candidates.length);
      for (const [at, result] of results.entries()) {
        assert.equal(result.path, `${at}.png`);
        if (at % 50 === 49) assert.ok('reason' in result);
        else {
          const sha256 = createHash('sha256').update(base).update(`${at}.png`).digest('hex');
          assert.ok('sha256' in result && result.sha256 === sha256);
        }
      }
    });
  }

  it('keeps the order of what threads judge beside it', async (t) => {
    const candidates = makeCandidates(t, 400);
    const ends: Promise<unknown>[] = [];
    watchThreads(t, (worker) => ends.push(once(worker, 'exit')));
    // This thread has its second turn when the others have left nothing to do.
    const clock = makeClock(() => Promise.all(ends));
    const results = await judgeAssets(candidates, 'off', never, 4, clock);
    assert.deepEqual(
      results.map(({ path }) => path),
      candidates.map(({ path }) => path),
    );
  });

  it('starts no thread for what one turn can do, nor for one file that is left', async (t) => {
    const workers = watchThreads(t);
    await judgeAssets(makeCandidates(t, 40), 'off', never, 4, { ...makeClock(), now: () => 0 });
    await judgeAssets(makeCandidates(t, 3), 'off', never, 4, makeClock());
    assert.equal(workers.length, 0);
  });

  it('rejects with the reason of an abort before it begins, and before threads begin', async (t) => {
    const candidates = makeCandidates(t, 40);
    const workers = watchThreads(t);
    const reason = new Error('enough');
    await assert.rejects(judgeAssets(candidates, 'error', AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const clock = makeClock();
    const now = (): number => {
      const time = clock.now();
      if (time > 40) controller.abort(reason);
      return time;
    };
    await assert.rejects(judgeAssets(candidates, 'error', controller.signal, 4, { ...clock, now }), reason);
    assert.equal(workers.length, 0);
  });

  it('rejects with the reason of an abort while threads run, and leaves none behind', async (t) => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const ends: Promise<unknown>[] = [];
    const terminations: Mock<Worker['terminate']>[] = [];
    watchThreads(t, (worker) => {
      ends.push(once(worker, 'exit'));
      terminations.push(t.mock.method(worker, 'terminate'));
      setImmediate(() => controller.abort(reason));
    });
    const judging = judgeAssets(makeCandidates(t, 400), 'error', controller.signal, 4, makeClock());
    await assert.rejects(judging, reason);
    assert.deepEqual(
      terminations.map(({ mock }) => mock.callCount()),
      [1, 1, 1],
    );
    await Promise.all(ends);
  });
});
