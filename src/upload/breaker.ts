// The circuit breaker: when file after file fails for one cause that is not the file's own, the rest would too.

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
