// Judges all candidates: the first moments in this thread, what is left then in worker threads.
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import type { MediaChecks } from '../inputs.ts';
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

// Starting a thread costs about as much; a run with little to read never pays for one.
const ALONE_MS = 25;
const MOST_WORKERS = 4;
/** What a thread has of one file is garbage with the next: more room would only be kept, not needed. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 4 };
/** In the bundle the worker lies beside it. */
const WORKER = new URL(`./judge-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/**
 * Judges every candidate, in their order.
 * @throws the signal's reason when it is aborted.
 */
export async function judgeAssets(
  candidates: readonly Candidate[],
  mediaChecks: MediaChecks,
  signal: AbortSignal,
): Promise<readonly (Asset | Unreadable)[]> {
  const results: (Asset | Unreadable)[] = [];
  const deadline = Date.now() + ALONE_MS;
  for (const candidate of candidates) {
    signal.throwIfAborted();
    if (Date.now() > deadline) break;
    results.push(await judgeAsset(candidate, mediaChecks));
  }
  if (results.length === candidates.length) return results;

  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  next[0] = results.length;
  const task: JudgeTask = { candidates: JSON.stringify(candidates), mediaChecks, next };
  const count = Math.min(availableParallelism(), MOST_WORKERS, candidates.length - results.length);
  const keep = ([index, verdict]: JudgedAt): void => {
    const candidate = candidates[index];
    if (candidate !== undefined) results[index] = applyVerdict(candidate, verdict);
  };
  const { Worker } = await import('node:worker_threads');
  const start = () => new Worker(WORKER, { workerData: task, resourceLimits: RESOURCE_LIMITS });
  await Promise.all(Array.from({ length: count }, () => followWorker(start(), keep, signal)));
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
