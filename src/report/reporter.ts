// What a run tells people and later steps, wherever it runs.
import type { Mode } from '../inputs/inputs.ts';
import type { Outcome } from '../outcome.ts';
import type { Redactor } from '../text/redact.ts';

export type Level = 'error' | 'warning' | 'notice';

/** How a run ended. */
export interface RunEnd {
  /** The mode in force; empty when the input was wrong, and nothing was done. */
  readonly mode: Mode | '';
  readonly outcomes: readonly Outcome[];
  /** Why it failed, if it did. */
  readonly failures: readonly string[];
  /** Where the gallery is, from the workspace on, if one was written. */
  readonly gallery: string | undefined;
}

/** The way out of everything a run says. Text is neutralised behind this line, whatever it comes from. */
export interface Reporter {
  /** Characters that all outputs together may have. */
  readonly maxOutputCharacters: number;

  /** Hides secrets in what follows: every message goes through `redact`, and what others print of them is masked. */
  hide(secrets: readonly string[], redact: Redactor): void;

  info(message: string): void;

  /** Runs `body` under a title. */
  group<T>(title: string, body: () => Promise<T>): Promise<T>;

  /** Says something about the run, or about a file of the repository. */
  annotate(level: Level, message: string, path?: string): void;

  /** @returns why outputs did not arrive, in a sentence; undefined when all did */
  setOutputs(outputs: Readonly<Record<string, string>>): string | undefined;

  /** A summary that cannot be written is no reason to fail. */
  writeSummary(markdown: string): void;

  /** Says how the run ended; it failed where there are failures. The last thing that is said. */
  conclude(end: RunEnd): void;
}
