// A belief about how GitHub answers.

/** A belief about an answer. The page docs/github-facts.md tells where each comes from. */
export interface Fact {
  /** What is asked for: the page's row, and the name of its test. */
  readonly what: string;
  /** The answer, in the words of the page. */
  readonly written: string;
  /** What the stand-in answers when the fact is flipped. */
  readonly otherwise: string;
}
