// What can go wrong with a request to GitHub, and what to do about it: pure.

import { computeBackoff, parseRetryAfter } from '../network/retry.ts';
import { describeError } from '../text/errors.ts';
import { valueAt } from '../text/json.ts';

/** A request that came to nothing. */
export abstract class RequestFailure extends Error {
  /** Whether it was to change something. */
  isWrite = false;
}

/** GitHub said no. Nothing was changed. */
export class Refusal extends RequestFailure {
  override readonly name = 'Refusal';
  /** HTTP status; 200 when the refusal came as GraphQL errors. */
  readonly status: number;
  /** GraphQL error types such as `STALE_DATA`, empty for REST. */
  readonly types: readonly string[];
  /** Whether the first error's path leads through `pullRequest` or `pullRequests`. */
  readonly isAboutPullRequests: boolean;
  /** Set when GitHub asks to slow down: milliseconds to wait. */
  readonly rateLimitMs: number | undefined;

  constructor(message: string, details: RefusalDetails) {
    super(message);
    this.status = details.status;
    this.types = details.types ?? [];
    this.isAboutPullRequests = details.isAboutPullRequests ?? false;
    this.rateLimitMs = details.rateLimitMs;
  }
}

type RefusalDetails = Pick<Refusal, 'status'> &
  Partial<Pick<Refusal, 'types' | 'isAboutPullRequests' | 'rateLimitMs'>>;

/** No usable answer came: what was asked for may or may not have happened. */
export class NoAnswer extends RequestFailure {
  override readonly name = 'NoAnswer';
  /** Set when the server asks to wait: milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ErrorOptions & { readonly retryAfterMs?: number | undefined } = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

const BACKOFF = { baseMs: 500, capMs: 10_000 };
const MAX_ATTEMPTS = 5;
// GitHub asks to wait at least a minute when a secondary limit names no time.
const UNNAMED_RATE_LIMIT_MS = 60_000;
const MAX_RATE_LIMIT_MS = 120_000;

/** A secondary limit on opening pull requests, which comes as a validation error. */
const TOO_QUICKLY = /\bwas submitted too quickly\b/i;

/** What decides on a further attempt. */
export interface AttemptsMade {
  readonly attempts: number;
  /** False when doing it twice does harm: then it is repeated only when GitHub said that it did nothing. */
  readonly isRepeatable: boolean;
  /** Whether silence is still waited out, however many attempts were made. */
  readonly isPatient: boolean;
}

/** Milliseconds to wait before the next attempt, or undefined to give up. */
export function decideRetry(
  failure: Refusal | NoAnswer,
  { attempts, isRepeatable, isPatient }: AttemptsMade,
  random: () => number,
): number | undefined {
  const isSilence = failure instanceof NoAnswer;
  if (isSilence && !isRepeatable) return undefined;
  if (attempts >= MAX_ATTEMPTS && !(isSilence && isPatient)) return undefined;
  const asked = isSilence ? (failure.retryAfterMs ?? 0) : failure.rateLimitMs;
  if (asked === undefined || asked > MAX_RATE_LIMIT_MS) return undefined;
  return asked + computeBackoff(BACKOFF, attempts, random);
}

/** What an Octokit request threw, by whether GitHub answered. `now` is in milliseconds since 1970. */
export function classifyFailure(error: unknown, now: number): Refusal | NoAnswer {
  if (error instanceof NoAnswer || error instanceof Refusal) return error;
  // Thrown inside of Octokit, which wraps it.
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof NoAnswer || cause instanceof Refusal) return cause;
  const graphqlErrors = valueAt(error, 'errors');
  if (Array.isArray(graphqlErrors))
    return classifyGraphqlErrors(graphqlErrors, valueAt(error, 'headers'), now);
  const status = valueAt(error, 'response', 'status');
  // The cause says more than Octokit's wrapping, which repeats it.
  const trouble = cause instanceof Error ? cause : error;
  if (typeof status !== 'number') return new NoAnswer(describeError(trouble), { cause: error });
  const data = valueAt(error, 'response', 'data');
  const message = composeRestMessage(data) || `HTTP status ${status}`;
  const headers = valueAt(error, 'response', 'headers');
  if (status >= 500 || status === 408) {
    return new NoAnswer(`HTTP status ${status}: ${message}`, { retryAfterMs: findNamedWait(headers, now) });
  }
  const isLimit =
    status === 429 || TOO_QUICKLY.test(message) || (status === 403 && isRateLimit(message, headers));
  const rateLimitMs = isLimit ? findRateLimitWait(headers, now) : undefined;
  return new Refusal(message, { status, rateLimitMs });
}

/** Whether one of GraphQL's errors is about `Commit.file`: an absent one is no trouble, but told as an error. */
export function isAboutFile(error: unknown): error is { readonly path: readonly unknown[] } {
  const path = valueAt(error, 'path');
  return Array.isArray(path) && path.at(-1) === 'file';
}

function classifyGraphqlErrors(all: readonly unknown[], headers: unknown, now: number): Refusal | NoAnswer {
  // A missing file would be told first, and hide the trouble.
  const others = all.filter((error) => !isAboutFile(error));
  const errors = others.length > 0 ? others : all;
  const message = errors.map((error) => textAt(error, 'message')).join('; ');
  const types = errors.map((error) => textAt(error, 'type')).filter((type) => type !== '');
  // GitHub's own time limit, with a type or without one.
  if (errors.some((error) => /^Something went wrong while executing/.test(textAt(error, 'message')))) {
    return new NoAnswer(message);
  }
  const path = valueAt(errors[0], 'path');
  const isAboutPullRequests =
    Array.isArray(path) && (path.includes('pullRequests') || path.includes('pullRequest'));
  const isLimit =
    types.includes('RATE_LIMITED') || TOO_QUICKLY.test(message) || isRateLimit(message, headers);
  const rateLimitMs = isLimit ? findRateLimitWait(headers, now) : undefined;
  return new Refusal(message, { status: 200, types, isAboutPullRequests, rateLimitMs });
}

function isRateLimit(message: string, headers: unknown): boolean {
  return (
    /\brate limit\b/i.test(message) ||
    textAt(headers, 'retry-after') !== '' ||
    textAt(headers, 'x-ratelimit-remaining') === '0'
  );
}

function findRateLimitWait(headers: unknown, now: number): number {
  const named = findNamedWait(headers, now);
  if (named !== undefined) return named;
  const reset = Number(textAt(headers, 'x-ratelimit-reset'));
  if (textAt(headers, 'x-ratelimit-remaining') !== '0' || !(reset > 0)) return UNNAMED_RATE_LIMIT_MS;
  return Math.max(0, reset * 1000 - now);
}

/** Not capped: what GitHub asks for is waited for, or given up. */
function findNamedWait(headers: unknown, now: number): number | undefined {
  return parseRetryAfter((name) => textAt(headers, name) || undefined, now, Number.POSITIVE_INFINITY);
}

/** GitHub's message and those of its single errors: "Validation Failed: A pull request already exists for …". */
function composeRestMessage(data: unknown): string {
  const errors = valueAt(data, 'errors');
  const details = (Array.isArray(errors) ? errors : []).map((error) =>
    typeof error === 'string'
      ? error
      : textAt(error, 'message') || `${textAt(error, 'field')} ${textAt(error, 'code')}`.trim(),
  );
  return [textAt(data, 'message'), ...details].filter((text) => text !== '').join(': ');
}

function textAt(value: unknown, key: string): string {
  const text = valueAt(value, key);
  return typeof text === 'string' || typeof text === 'number' ? String(text) : '';
}

/** Turns a refusal into undefined: each, or that of one status, such as 404 for what does not exist. */
export async function noneIfRefused<T>(reply: Promise<T>, status?: number): Promise<T | undefined> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof Refusal && (status === undefined || error.status === status)) return undefined;
    throw error;
  }
}
