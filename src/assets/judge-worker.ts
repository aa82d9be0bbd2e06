// The thread that judges assets: takes the next candidate until none is left, and reports in batches.
import { parentPort, workerData } from 'node:worker_threads';
import { type JudgedAt, type JudgeTask, judgeNext } from './judge-all.ts';

const BATCH = 64;

async function judge({ candidates, mediaChecks, next }: JudgeTask): Promise<void> {
  let batch: JudgedAt[] = [];
  for await (const judged of judgeNext(JSON.parse(candidates), mediaChecks, next)) {
    batch.push(judged);
    if (batch.length < BATCH) continue;
    parentPort?.postMessage(JSON.stringify(batch));
    batch = [];
  }
  parentPort?.postMessage(JSON.stringify(batch));
}

void judge(workerData);
