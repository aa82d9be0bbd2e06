// The one error that users are meant to read.
import { cut } from './text.ts';

/** Ends the step with a message for the user. All else that is thrown is a defect of the action, and told as one. */
export class StepError extends Error {
  override readonly name = 'StepError';
  /** Kebab-case; its row in docs/troubleshooting.md tells cause and remedy. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A sentence that fails the step, or a file of it, with the code at its end. */
export function appendCode(message: string, code: string): string {
  return `${message} [${code}]`;
}

/** Why a step fails; the sentence has the code at its end. */
export interface Failure {
  readonly code: string;
  readonly sentence: string;
}

/** GitHub shows 4 096 characters of an annotation. */
const MAX_LENGTH = 4000;

/** How anything that was thrown fails the step. What it says goes through `redact` before it is cut. */
export function describeFailure(
  error: unknown,
  redact = (text: string): string => text,
  maxLength = MAX_LENGTH,
): Failure {
  if (error instanceof StepError) {
    const { code, message } = error;
    return { code, sentence: appendCode(cut(redact(message), maxLength), code) };
  }
  const place = error instanceof Error ? (error.stack?.split('\n')[1]?.trim() ?? '') : '';
  const defect = `This is a defect of the action, please report it: ${describeError(error)} ${place}`;
  return describeFailure(new StepError('defect', defect, { cause: error }), redact, maxLength);
}

/** The code, such as `ENOENT`, by which the system or a library tells an error from others. */
export function findErrorCode(error: unknown): string | undefined {
  const hasCode = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return hasCode ? String(error.code) : undefined;
}

/** The message of anything that was thrown, with the messages of its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) return [...new Set(error.errors.map(describeError))].join(', ');
  const code = error instanceof StepError ? undefined : findErrorCode(error);
  // undici's own words name a limit that is not in force; the cause has each address that was tried.
  if (code === 'UND_ERR_CONNECT_TIMEOUT' && error.cause !== undefined) return describeError(error.cause);
  const own = error.message || code || error.name;
  const text = code !== undefined && !own.includes(code) ? `${own} (${code})` : own;
  return error.cause === undefined ? text : `${text}: ${describeError(error.cause)}`;
}
