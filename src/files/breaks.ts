// Breaks in long synchronous work, so that the signals of a cancelled run are heard.
import { setImmediate } from 'node:timers/promises';

/** Long enough to cost nothing, short enough for a run to end when it is told to. */
const WORK_MS = 25;

/** What tells the time, in milliseconds, and lets others run meanwhile. */
export interface Clock {
  readonly now: () => number;
  readonly pause: () => Promise<unknown>;
}

const CLOCK: Clock = { now: Date.now, pause: () => setImmediate() };

/** The breaks of one long piece of work. */
export class Breaks {
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  #nextAt: number;

  /** @throws the signal's reason when it is aborted already */
  constructor(signal: AbortSignal, clock: Clock = CLOCK) {
    signal.throwIfAborted();
    this.#signal = signal;
    this.#clock = clock;
    this.#nextAt = clock.now() + WORK_MS;
  }

  /** Whether signals and messages have waited long enough. */
  get isDue(): boolean {
    return this.#clock.now() >= this.#nextAt;
  }

  /** Lets them in; throws the signal's reason when it is aborted. */
  async take(): Promise<void> {
    await this.#clock.pause();
    this.#signal.throwIfAborted();
    this.#nextAt = this.#clock.now() + WORK_MS;
  }
}
