// The thread that judges assets: takes the next candidate until none is left, and reports in batches.
import { parentPort, workerData } from 'node:worker_threads';
import { judgeAsset } from './judge.ts';
import type { JudgedAt, JudgeTask } from './judge-all.ts';

const BATCH = 64;

const { candidates, mediaChecks, next }: JudgeTask = workerData;
let batch: JudgedAt[] = [];
for (;;) {
  const index = Atomics.add(next, 0, 1);
  const candidate = candidates[index];
  if (candidate === undefined) break;
  batch.push([index, await judgeAsset(candidate, mediaChecks)]);
  if (batch.length >= BATCH) {
    parentPort?.postMessage(batch);
    batch = [];
  }
}
parentPort?.postMessage(batch);
