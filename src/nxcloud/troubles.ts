// The limit of time for each phase of an attempt, and what an exception of the transport means. All of it is tried again.
import { describeError, findErrorCode } from '../text/errors.ts';
import type { Redactor } from '../text/redact.ts';
import { neutralise } from '../text/text.ts';
import type { Trouble } from './answers.ts';

export type Phase = 'connecting' | 'sending' | 'replying';

/** A phase took longer than it may. */
export class TimedOut extends Error {}

/** Starts with connecting; entering a phase, again or anew, starts its time from zero. */
export class PhaseLimit {
  readonly #controller = new AbortController();
  /** Aborted with a `TimedOut` when the time is over. */
  readonly signal = this.#controller.signal;
  readonly #timer: NodeJS.Timeout;
  #phase: Phase = 'connecting';

  /** @param timeout milliseconds for each phase */
  constructor(timeout: number) {
    this.#timer = setTimeout(() => this.#controller.abort(new TimedOut()), timeout);
  }

  get phase(): Phase {
    return this.#phase;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    this.#timer.refresh();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

/** The reply is longer than is read. */
export class ReplyTooLarge extends Error {}

const PHASE_TEXT: Readonly<Record<Phase, string>> = {
  connecting: 'no connection to NXCloud',
  sending: 'NXCloud took no more of the file',
  replying: 'no complete reply from NXCloud',
};

const CHECKS = 'check `api-url`, the network and the proxy variables';

/** What the codes of the system's errors mean, and what to say behind the detail. */
const MEANINGS = [
  {
    pattern: /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/,
    code: 'connection-refused',
    words: 'the connection was refused',
  },
  { pattern: /^ETIMEDOUT$/, code: 'connection-timeout', words: 'the connection timed out' },
  { pattern: /^(?:ENOTFOUND|EAI_AGAIN)$/, code: 'host-unknown', words: 'the host name cannot be resolved' },
  {
    pattern: /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    code: 'secure-connection',
    words: 'the secure connection failed',
    advice: 'if a proxy of yours inspects traffic, give its certificate in NODE_EXTRA_CA_CERTS',
  },
];

/** Describes what was thrown in a phase; `timeout` is its limit in milliseconds. */
export function describeTrouble(error: unknown, phase: Phase, timeout: number, redact: Redactor): Trouble {
  if (error instanceof TimedOut) {
    const message = `${PHASE_TEXT[phase]} within ${timeout / 1000} s (\`timeout\`)`;
    return { code: 'nxcloud-timeout', cause: `timeout ${phase}`, message };
  }
  if (error instanceof ReplyTooLarge) {
    const message = 'the reply of NXCloud is larger than 1 MiB';
    return { code: 'nxcloud-broken-reply', cause: 'broken reply', message };
  }
  const cause = findDeepestCode(error) ?? '';
  const detail = neutralise(redact(describeError(error)), 300);
  const meaning = MEANINGS.find(({ pattern }) => pattern.test(cause));
  if (meaning !== undefined) {
    const { code, words, advice = CHECKS } = meaning;
    return { code, cause, message: `${words} (${detail}); ${advice}` };
  }
  if (/proxy/i.test(detail)) {
    const message = `the proxy did not open the way (${detail}); check the proxy variables`;
    return { code: 'proxy-failed', cause: 'proxy', message };
  }
  if (/^(?:EPIPE|ECONNRESET|UND_ERR_SOCKET)$/.test(cause)) {
    const when = phase === 'replying' ? 'before its reply was complete' : 'while the file was being sent';
    const message = `the server closed the connection ${when} (${detail})`;
    return { code: 'connection-closed', cause: 'connection closed', message };
  }
  const message = `the upload broke off (${detail})`;
  return { code: 'connection-broken', cause: cause || 'connection', message };
}

/** The deepest error code of a chain of causes. */
function findDeepestCode(error: unknown): string | undefined {
  return error instanceof Error ? findDeepestCode(error.cause) || findErrorCode(error) : undefined;
}
