// Judges all candidates: one turn in this thread alone, what is left then with the help of worker threads.
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { MediaChecks } from '../inputs/inputs.ts';
import { type Clock, Turns } from './turns.ts';
import type { Candidate } from './discover.ts';
import { applyVerdict, type Asset, judgeAsset, type Unreadable, type Verdict } from './judge.ts';

/**
 * What a worker is given. `next` holds the index of the next candidate that nobody has taken. Lists travel as JSON,
 * which is copied several times faster than objects are cloned.
 */
export interface JudgeTask {
  /** `Candidate[]` */
  readonly candidates: string;
  readonly mediaChecks: MediaChecks;
  readonly next: Int32Array<SharedArrayBuffer>;
}

/** A verdict with the index of its candidate; a worker's message is a list of them as JSON. */
export type JudgedAt = readonly [index: number, verdict: Verdict];

const MOST_THREADS = 4;
/** What a thread has of one file is garbage with the next: more room would only be kept, not needed. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 4 };
/** In the bundle the worker lies beside it. */
const WORKER = new URL(`./judge-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/**
 * Judges every candidate, in their order. `cores` threads can run at once.
 * @throws the signal's reason when it is aborted.
 */
export async function judgeAssets(
  candidates: readonly Candidate[],
  mediaChecks: MediaChecks,
  signal: AbortSignal,
  cores = availableParallelism(),
  clock?: Clock,
): Promise<readonly (Asset | Unreadable)[]> {
  const results: (Asset | Unreadable)[] = [];
  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  /** Judges the next candidate in this thread; false when none is left. */
  const judgeNext = async (): Promise<boolean> => {
    const index = Atomics.add(next, 0, 1);
    const candidate = candidates[index];
    if (candidate !== undefined) results[index] = await judgeAsset(candidate, mediaChecks);
    return candidate !== undefined;
  };
  // Starting a thread takes about as long as a turn: a run with little to read never pays for one.
  const turns = new Turns(signal, clock);
  while (!turns.isOver && (await judgeNext()));

  const left = candidates.length - results.length;
  const count = Math.min(cores, MOST_THREADS, left) - 1;
  const keep = ([index, verdict]: JudgedAt): void => {
    const candidate = candidates[index];
    if (candidate !== undefined) results[index] = applyVerdict(candidate, verdict);
  };
  const workers: Promise<void>[] = [];
  if (count > 0) {
    const { Worker } = await import('node:worker_threads');
    signal.throwIfAborted();
    const workerData: JudgeTask = { candidates: JSON.stringify(candidates), mediaChecks, next };
    for (let started = 0; started < count; started += 1) {
      const worker = new Worker(WORKER, { workerData, resourceLimits: RESOURCE_LIMITS });
      workers.push(followWorker(worker, keep, signal));
    }
  }
  const own = async (): Promise<void> => {
    while (await judgeNext()) if (turns.isOver) await turns.next();
  };
  await Promise.all([own(), ...workers]);
  return results;
}

function followWorker(worker: Worker, keep: (judged: JudgedAt) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      void worker.terminate();
      reject(signal.reason);
    };
    signal.addEventListener('abort', cancel, { once: true });
    worker.on('message', (batch: string) => (JSON.parse(batch) as readonly JudgedAt[]).forEach(keep));
    worker.on('error', reject);
    worker.on('exit', () => {
      signal.removeEventListener('abort', cancel);
      resolve();
    });
  });
}
