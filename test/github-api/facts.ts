// What the stand-in holds true of GitHub's answers, each of which can be turned into what would be true otherwise.
import { ACCESS_FACTS } from './access-facts.ts';
import { GRAPHQL_FACTS } from './graphql-facts.ts';
import { PULL_FACTS } from './pull-facts.ts';
import { REST_FACTS } from './rest-facts.ts';
import { WRITING_FACTS } from './writing-facts.ts';

/** The facts by the table they stand in. Each table has its tests beside it and its section on the page. */
export const FACT_TABLES = {
  'graphql-facts': GRAPHQL_FACTS,
  'rest-facts': REST_FACTS,
  'writing-facts': WRITING_FACTS,
  'pull-facts': PULL_FACTS,
  'access-facts': ACCESS_FACTS,
} as const;

/** The facts by name. */
export const FACTS = {
  ...GRAPHQL_FACTS,
  ...REST_FACTS,
  ...WRITING_FACTS,
  ...PULL_FACTS,
  ...ACCESS_FACTS,
};

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
