// Runs the planned uploads: bounded and adaptive concurrency, retries, and the stops that spare the rest.
import type { Verdict } from '../nxcloud/answers.ts';
import { appendCode, StepError } from '../text/errors.ts';
import { countOf, formatSeconds } from '../text/text.ts';
import { CircuitBreaker, Gate } from './gate.ts';
import { computeBackoff } from '../network/retry.ts';

/** How one file ended. `not-reached` files were never refused: the run stopped before their turn or between retries. */
export type UploadResult =
  | { readonly kind: 'uploaded'; readonly id: string; readonly at: number; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'not-reached' };

/** What the engine needs; clock, chance and transport are the caller's. */
export interface UploadOptions<Item> {
  readonly items: readonly Item[];
  readonly concurrency: number;
  /** Further attempts per file. */
  readonly retries: number;
  /** One attempt; rejects only with the signal's reason. */
  readonly uploadOnce: (item: Item, signal: AbortSignal) => Promise<Verdict>;
  /** Called once for each item, at once when its result is known. */
  readonly onResult: (item: Item, result: UploadResult) => void;
  /** Called before a further attempt. */
  readonly onRetry: (item: Item, message: string) => void;
  /** Aborts what is in flight and starts nothing more. */
  readonly signal: AbortSignal;
  /** Starts nothing more, but lets what is in flight end. */
  readonly stop?: AbortSignal | undefined;
  readonly random: () => number;
}

const BACKOFF = { baseMs: 500, capMs: 30_000 };

interface Job<Item> {
  readonly item: Item;
  failures: number;
}

/**
 * Uploads all items and reports each result exactly once. One failed file never holds back the others.
 * @returns what kept all further uploads from starting, if something did
 */
export async function uploadAll<Item>(options: UploadOptions<Item>): Promise<StepError | undefined> {
  return await new UploadRun(options).finish();
}

class UploadRun<Item> {
  readonly #options: UploadOptions<Item>;
  readonly #gate: Gate;
  readonly #breaker = new CircuitBreaker();
  /** Jobs that were never tried, next first. */
  readonly #fresh: Job<Item>[];
  /** Jobs that wait for their backoff, and those that have waited. */
  readonly #resting = new Map<Job<Item>, NodeJS.Timeout>();
  readonly #rested: Job<Item>[] = [];
  #inFlight = 0;
  /** Whether attempts have failed since the last success. */
  #isTroubled = false;
  #gateTimer: NodeJS.Timeout | undefined;
  #stop: StepError | undefined;
  readonly #done = Promise.withResolvers<StepError | undefined>();

  constructor(options: UploadOptions<Item>) {
    this.#options = options;
    this.#gate = new Gate(options.concurrency);
    this.#fresh = options.items.map((item) => ({ item, failures: 0 }));
  }

  finish(): Promise<StepError | undefined> {
    const { signal, stop } = this.#options;
    for (const end of [signal, stop]) end?.addEventListener('abort', () => this.#advance(), { once: true });
    this.#advance();
    return this.#done.promise;
  }

  get #isStopped(): boolean {
    const { signal, stop } = this.#options;
    return this.#stop !== undefined || signal.aborted || stop?.aborted === true;
  }

  /** Starts what may start; ends the run when nothing is left. */
  #advance(): void {
    if (this.#isStopped) this.#giveUpWaiting();
    clearTimeout(this.#gateTimer);
    for (let queue = this.#nextQueue(); queue !== undefined; queue = this.#nextQueue()) {
      const wait = this.#gate.waitFrom(Date.now());
      if (wait > 0) {
        this.#gateTimer = setTimeout(() => this.#advance(), wait);
        return;
      }
      const job = queue.shift();
      if (job !== undefined) this.#attempt(job).catch(this.#done.reject);
    }
    if (this.#fresh.length + this.#resting.size + this.#rested.length + this.#inFlight === 0)
      this.#done.resolve(this.#stop);
  }

  /**
   * Where the next job comes from, or undefined when none may start. While trouble lasts, resting jobs count as in
   * flight for fresh ones: an outage is met by few files, not by each file of the run.
   */
  #nextQueue(): Job<Item>[] | undefined {
    if (this.#inFlight >= this.#gate.limit) return undefined;
    if (this.#rested.length > 0) return this.#rested;
    const busy = this.#inFlight + (this.#isTroubled ? this.#resting.size : 0);
    return this.#fresh.length > 0 && busy < this.#gate.limit ? this.#fresh : undefined;
  }

  #giveUpWaiting(): void {
    const waiting = [...this.#resting.keys(), ...this.#rested.splice(0), ...this.#fresh.splice(0)];
    for (const timer of this.#resting.values()) clearTimeout(timer);
    this.#resting.clear();
    for (const job of waiting) this.#options.onResult(job.item, { kind: 'not-reached' });
  }

  async #attempt(job: Job<Item>): Promise<void> {
    const { uploadOnce, signal, onResult } = this.#options;
    const wave = this.#gate.wave;
    const startedAt = Date.now();
    this.#inFlight += 1;
    const verdict = await uploadOnce(job.item, signal).catch(() => undefined);
    this.#inFlight -= 1;
    if (verdict === undefined) {
      onResult(job.item, { kind: 'not-reached' });
    } else if (verdict.kind === 'success') {
      this.#isTroubled = false;
      this.#gate.noteSuccess();
      this.#breaker.reset();
      const at = Date.now();
      onResult(job.item, { kind: 'uploaded', id: verdict.id, at, durationMs: at - startedAt });
    } else {
      this.#noteFailure(job, verdict, wave);
    }
    this.#advance();
  }

  #noteFailure(job: Job<Item>, verdict: Exclude<Verdict, { kind: 'success' }>, wave: number): void {
    if (verdict.kind === 'retry') this.#noteTrouble(job, verdict, wave);
    else if (verdict.kind === 'fail')
      this.#fail(job, verdict.message, verdict.code, verdict.isOwnFault ? undefined : verdict.cause);
    else {
      this.#stop ??= new StepError(verdict.code, verdict.message);
      this.#options.onResult(job.item, { kind: 'not-reached' });
    }
  }

  #noteTrouble(job: Job<Item>, verdict: Extract<Verdict, { kind: 'retry' }>, wave: number): void {
    const { retries, random, onRetry, onResult } = this.#options;
    this.#isTroubled = true;
    if (verdict.overloaded) this.#gate.noteOverload(wave);
    if (verdict.retryAfterMs) this.#gate.closeUntil(Date.now() + verdict.retryAfterMs);
    job.failures += 1;
    if (job.failures > retries) {
      const tries = retries === 0 ? '' : ` (after ${countOf(retries + 1, 'attempt')})`;
      this.#fail(job, `${verdict.message}${tries}`, verdict.code, verdict.cause);
    } else if (this.#isStopped) {
      onResult(job.item, { kind: 'not-reached' });
    } else {
      const delay = Math.max(computeBackoff(BACKOFF, job.failures, random), verdict.retryAfterMs ?? 0);
      const again = `trying again in ${formatSeconds(delay)} (${job.failures} of ${retries})`;
      onRetry(job.item, `${verdict.message}; ${again}`);
      const timer = setTimeout(() => {
        this.#resting.delete(job);
        this.#rested.push(job);
        this.#advance();
      }, delay);
      this.#resting.set(job, timer);
    }
  }

  /** `cause` is undefined when the fault is the file's own. */
  #fail(job: Job<Item>, message: string, code: string, cause: string | undefined): void {
    this.#options.onResult(job.item, { kind: 'failed', message: appendCode(message, code) });
    if (cause === undefined) this.#breaker.reset();
    else if (this.#breaker.noteFailure(cause)) {
      this.#stop ??= new StepError(code, `Five files in a row failed for the same cause: ${message}.`);
    }
  }
}
