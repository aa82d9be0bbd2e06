// What is wrong with inputs, told so that a secret that was put into the wrong one stays secret.
import type { Redactor } from '../text/redact.ts';
import { quoteInput } from '../text/text.ts';

/** The value of an input is wrong; the message goes on from the input's name and, where there is one, the quoted value. */
export class WrongValue extends Error {
  readonly value: string | undefined;

  constructor(what: string, value?: string) {
    super(what);
    this.value = value;
  }
}

/** Collects all that is wrong with inputs, in sentences without their full stop. */
export class InputFaults {
  readonly list: string[] = [];
  readonly redact: Redactor;

  constructor(redact: Redactor) {
    this.redact = redact;
  }

  /** What `parse` makes of an input; undefined when it is wrong, which is noted. */
  collect<T>(name: string, parse: () => T): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error;
      const { value, message } = error;
      const quoted = value === undefined ? '' : `${quoteInput(this.redact(value))} `;
      this.list.push(`${name}: ${quoted}${message}`);
      return undefined;
    }
  }
}
