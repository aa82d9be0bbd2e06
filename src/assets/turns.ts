// Synchronous work in turns, so that signals of a cancelled run are heard between them.
import { setImmediate } from 'node:timers/promises';

/** Long enough to cost nothing, short enough for a run to end when it is told to. */
const TURN_MS = 25;

/** One long piece of work, cut into turns. */
export class Turns {
  readonly #signal: AbortSignal;
  #end = Date.now() + TURN_MS;

  /** @throws the signal's reason when it is aborted already */
  constructor(signal: AbortSignal) {
    signal.throwIfAborted();
    this.#signal = signal;
  }

  /** Whether signals and messages have waited long enough. */
  get isOver(): boolean {
    return Date.now() >= this.#end;
  }

  /**
   * Lets them in, and begins the next turn.
   * @throws the signal's reason when it is aborted
   */
  async next(): Promise<void> {
    await setImmediate();
    this.#signal.throwIfAborted();
    this.#end = Date.now() + TURN_MS;
  }
}
