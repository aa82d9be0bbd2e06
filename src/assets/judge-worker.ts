// The thread that judges assets: takes the next candidate until none is left, and reports in batches.
import { parentPort, workerData } from 'node:worker_threads';
import type { Candidate } from './discover.ts';
import { judgeContent } from './judge.ts';
import type { JudgedAt, JudgeTask } from './judge-all.ts';

const BATCH = 64;

const { candidates, mediaChecks, next }: JudgeTask = workerData;
const list: readonly Candidate[] = JSON.parse(candidates);
let batch: JudgedAt[] = [];

async function judge(): Promise<void> {
  for (;;) {
    const index = Atomics.add(next, 0, 1);
    const candidate = list[index];
    if (candidate === undefined) break;
    batch.push([index, await judgeContent(candidate, mediaChecks)]);
    if (batch.length >= BATCH) report();
  }
  report();
}

function report(): void {
  parentPort?.postMessage(JSON.stringify(batch));
  batch = [];
}

void judge();
