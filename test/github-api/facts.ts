// What the stand-in holds true of GitHub's answers, each of which can be turned into what would be true otherwise.
import { PULL_FACTS } from './pull-facts.ts';
import { READING_FACTS } from './reading-facts.ts';
import { WRITING_FACTS } from './writing-facts.ts';

/** The facts by name. */
export const FACTS = { ...READING_FACTS, ...WRITING_FACTS, ...PULL_FACTS };

export type FactName = keyof typeof FACTS;

/** Which facts a stand-in answers by. */
export class Facts {
  readonly #flipped = new Set<FactName>();

  /** Lets answers be the other ones from now on. */
  flip(...names: readonly FactName[]): void {
    for (const name of names) this.#flipped.add(name);
  }

  /** Whether answers are as the fact is written. */
  holds(name: FactName): boolean {
    return !this.#flipped.has(name);
  }
}
