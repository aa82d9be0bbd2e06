// Synchronous work in turns, so that signals of a cancelled run are heard between them.
import { setImmediate } from 'node:timers/promises';

/** Long enough to cost nothing, short enough for a run to end when it is told to. */
const TURN_MS = 25;

/** What tells the time, in milliseconds, and lets others have a turn. */
export interface Clock {
  readonly now: () => number;
  readonly yieldTurn: () => Promise<unknown>;
}

const CLOCK: Clock = { now: Date.now, yieldTurn: () => setImmediate() };

/** One long piece of work, cut into turns. */
export class Turns {
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  #end: number;

  /** @throws the signal's reason when it is aborted already */
  constructor(signal: AbortSignal, clock: Clock = CLOCK) {
    signal.throwIfAborted();
    this.#signal = signal;
    this.#clock = clock;
    this.#end = clock.now() + TURN_MS;
  }

  /** Whether signals and messages have waited long enough. */
  get isOver(): boolean {
    return this.#clock.now() >= this.#end;
  }

  /**
   * Lets them in, and begins the next turn.
   * @throws the signal's reason when it is aborted
   */
  async next(): Promise<void> {
    await this.#clock.yieldTurn();
    this.#signal.throwIfAborted();
    this.#end = this.#clock.now() + TURN_MS;
  }
}
