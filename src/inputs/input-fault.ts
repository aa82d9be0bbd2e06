// What is wrong with an input, told so that a secret that was put into the wrong one stays secret.
import type { Redactor } from '../text/redact.ts';
import { quoteInput } from '../text/text.ts';

export interface InputFault {
  readonly name: string;
  /** What is quoted; nothing where the message does without. */
  readonly value?: string | undefined;
  /** The rest of the sentence. */
  readonly what: string;
}

/** The sentence about a wrong input, without its full stop. */
export function describeFault({ name, value, what }: InputFault, redact: Redactor): string {
  return value === undefined ? `${name}: ${what}` : `${name}: ${quoteInput(redact(value))} ${what}`;
}
