// The limit of time for each phase of an attempt.

export type Phase = 'connecting' | 'sending' | 'replying';

/** A phase took longer than it may. */
export class TimedOut extends Error {}

/** Starts with connecting; entering a phase, again or anew, starts its time from zero. */
export class PhaseLimit {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #phase: Phase = 'connecting';

  /** @param timeout milliseconds for each phase */
  constructor(timeout: number) {
    this.#timer = setTimeout(() => this.#controller.abort(new TimedOut()), timeout);
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Aborted with a `TimedOut` when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    this.#timer.refresh();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
