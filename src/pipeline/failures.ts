// What fails the step: the one place where a failure is added, and where secrets leave it.
import { describeFailure } from '../text/errors.ts';
import type { Redactor } from '../text/redact.ts';

/** Sentences about the run as a whole; any of them fails the step. */
export class Failures {
  readonly #messages: string[] = [];
  #redact: Redactor = (text) => text;

  /** From now on secrets are taken out: failures are shown in places that nobody masks, such as comments. */
  redactWith(redact: Redactor): void {
    this.#redact = redact;
  }

  /** Adds a failure, once; anything but a StepError is a defect of the action. */
  add(error: unknown): void {
    const message = this.#redact(describeFailure(error));
    if (!this.#messages.includes(message)) this.#messages.push(message);
  }

  /** In the order in which they were added. */
  get messages(): readonly string[] {
    return this.#messages;
  }
}
