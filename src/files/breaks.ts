// Breaks in long synchronous work, so that the signals of a cancelled run are heard.
import { setImmediate } from 'node:timers/promises';

/** Long enough to cost nothing, short enough for a run to end when it is told to. */
const WORK_MS = 25;

/** The breaks of one long piece of work. */
export class Breaks {
  readonly #signal: AbortSignal;
  #nextAt = Date.now() + WORK_MS;

  /** @throws the signal's reason when it is aborted already */
  constructor(signal: AbortSignal) {
    signal.throwIfAborted();
    this.#signal = signal;
  }

  /** Whether signals and messages have waited long enough. */
  get isDue(): boolean {
    return Date.now() >= this.#nextAt;
  }

  /**
   * Lets them in.
   * @throws the signal's reason when it is aborted
   */
  async take(): Promise<void> {
    await setImmediate();
    this.#signal.throwIfAborted();
    this.#nextAt = Date.now() + WORK_MS;
  }
}
