// Judges all candidates: in this thread as long as that is short, then with the help of worker threads.
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { Breaks, type Clock } from '../files/breaks.ts';
import type { Candidate } from './discover.ts';
import { applyJudgement, judgeContent, type Judged, type Judgement, type MediaChecks } from './judge.ts';

/** What a worker is given. Lists travel as JSON, which is copied several times faster than objects are cloned. */
export interface JudgeTask {
  /** `Candidate[]` */
  readonly candidates: string;
  readonly mediaChecks: MediaChecks;
  /** The index of the next candidate that nobody has taken. */
  readonly next: Int32Array<SharedArrayBuffer>;
}

/** A judgement with the index of its candidate; a worker's message is a list of them as JSON. */
export type JudgedAt = readonly [index: number, judgement: Judgement];

const MOST_THREADS = 4;
/** What a thread has of one file is garbage with the next: more room would only be kept, not needed. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 4 };
/** In the bundle the worker lies beside it. */
const WORKER = new URL(`./judge-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** Judges every candidate, in their order; throws the signal's reason when it is aborted. */
export async function judgeAssets(
  candidates: readonly Candidate[],
  mediaChecks: MediaChecks,
  signal: AbortSignal,
  cores = availableParallelism(),
  clock?: Clock,
): Promise<readonly Judged[]> {
  const results: Judged[] = [];
  const keep = ([index, judgement]: JudgedAt): void => {
    const candidate = candidates[index];
    if (candidate !== undefined) results[index] = applyJudgement(candidate, judgement);
  };
  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const breaks = new Breaks(signal, clock);
  let workers: Promise<unknown> | undefined;
  for await (const judged of judgeNext(candidates, mediaChecks, next, signal)) {
    keep(judged);
    if (!breaks.isDue) continue;
    // Starting a thread takes about as long as the work up to here: a run with little to read never pays for one.
    workers ??= startWorkers(
      { candidates: JSON.stringify(candidates), mediaChecks, next },
      Math.min(cores, candidates.length - Atomics.load(next, 0)),
      keep,
      signal,
    );
    // It is awaited at the end; until then this thread goes on.
    workers.catch(() => {});
    await breaks.take();
  }
  await workers;
  return results;
}

/** Judges one candidate after the other that nobody has taken, until none is left. */
export async function* judgeNext(
  candidates: readonly Candidate[],
  mediaChecks: MediaChecks,
  next: JudgeTask['next'],
  signal?: AbortSignal,
): AsyncGenerator<JudgedAt> {
  for (;;) {
    const index = Atomics.add(next, 0, 1);
    const candidate = candidates[index];
    if (candidate === undefined) return;
    yield [index, await judgeContent(candidate, mediaChecks, signal)];
  }
}

/** Starts as many threads as have something left to do on so many cores, and follows them to their end. */
async function startWorkers(
  workerData: JudgeTask,
  left: number,
  keep: (judged: JudgedAt) => void,
  signal: AbortSignal,
): Promise<void> {
  const count = Math.min(MOST_THREADS, left) - 1;
  if (count < 1) return;
  const { Worker } = await import('node:worker_threads');
  signal.throwIfAborted();
  const start = () => new Worker(WORKER, { workerData, resourceLimits: RESOURCE_LIMITS });
  await Promise.all(Array.from({ length: count }, () => followWorker(start(), keep, signal)));
}

/** Hands on what a thread has judged, until it ends. */
async function followWorker(
  worker: Worker,
  keep: (judged: JudgedAt) => void,
  signal: AbortSignal,
): Promise<void> {
  const cancel = () => worker.terminate();
  signal.addEventListener('abort', cancel, { once: true });
  worker.on('message', (batch: string) => (JSON.parse(batch) as readonly JudgedAt[]).forEach(keep));
  await once(worker, 'exit');
  signal.removeEventListener('abort', cancel);
  signal.throwIfAborted();
}
