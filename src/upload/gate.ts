// What holds uploads back: the limit on those in flight, which halves and recovers, and the circuit breaker.

/** Successes in a row after which one more upload may be in flight. */
const CLIMB_AFTER = 10;

/** The adaptive limit on uploads in flight, and the pause the service asked for. */
export class Gate {
  readonly #most: number;
  #limit: number;
  /** The number of halvings, so that one wave of refusals halves the limit once. */
  #wave = 0;
  #successes = 0;
  #closedUntil = 0;

  /** @param most the configured concurrency, also the start */
  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  get limit(): number {
    return this.#limit;
  }

  /** To be kept by an upload that starts and handed back when it is refused. */
  get wave(): number {
    return this.#wave;
  }

  /** Milliseconds until uploads may start again; 0 when they may. */
  waitFrom(now: number): number {
    return Math.max(0, this.#closedUntil - now);
  }

  /** Holds back every start until `time`, in milliseconds since 1970. */
  closeUntil(time: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, time);
  }

  /** 429 or 5xx: halves the limit, unless the upload started before the last halving. */
  noteOverload(wave: number): void {
    this.#successes = 0;
    if (wave !== this.#wave) return;
    this.#wave += 1;
    this.#limit = Math.ceil(this.#limit / 2);
  }

  /** After enough successes in a row the limit climbs by one. */
  noteSuccess(): void {
    this.#successes += 1;
    if (this.#successes < CLIMB_AFTER) return;
    this.#successes = 0;
    this.#limit = Math.min(this.#most, this.#limit + 1);
  }
}

const FAILURES_TO_STOP = 5;

/** Counts failures in a row, by order of finishing. */
export class CircuitBreaker {
  #cause: string | undefined;
  #count = 0;

  /** Any success, and any failure that is the file's own, begins anew. */
  reset(): void {
    this.#cause = undefined;
  }

  /** Notes a file that failed after its retries; true when that was one too many for the same cause. */
  noteFailure(cause: string): boolean {
    this.#count = cause === this.#cause ? this.#count + 1 : 1;
    this.#cause = cause;
    return this.#count >= FAILURES_TO_STOP;
  }
}
