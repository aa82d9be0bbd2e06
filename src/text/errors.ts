// The one error that users are meant to read.

/**
 * Ends the step with a message for the user: it names the thing, its value and the remedy. Everything else that is
 * thrown is a defect of the action and is reported as one.
 */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/** The message of anything that was thrown, with the messages of its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const own = error.message || code || error.name;
  const text = code !== undefined && !own.includes(code) ? `${own} (${code})` : own;
  return error.cause === undefined ? text : `${text}: ${describeError(error.cause)}`;
}
