// What the stand-in holds true of GitHub's answers, each of which can be turned into what would be true otherwise.

/** A belief about an answer. The page docs/github-facts.md tells where each comes from. */
export interface Fact {
  /** What is asked for: the row's first words, and the name of its test. */
  readonly what: string;
  readonly written: string;
  readonly otherwise: string;
}

/** The facts by name. */
export const FACTS = {
  'missing file': {
    what: 'GraphQL `Commit.file(path:)` of a path that is not there, or lies behind a link',
    written: 'null, and an error NOT_FOUND beside the data',
    otherwise: 'plain null',
  },
  'unused variable': {
    what: 'a declared variable that the query does not use',
    written: 'refused with the code variableNotUsed',
    otherwise: 'ignored',
  },
  'wrong beforeOid': {
    what: '`updateRefs` with a `beforeOid` that is not the ref’s',
    written: 'no data, and one error without type that says that something went wrong',
    otherwise: 'an error STALE_DATA',
  },
} as const satisfies Readonly<Record<string, Fact>>;

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
