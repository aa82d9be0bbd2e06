// What an exception of the transport means: pure. All of it is tried again.
import { describeError } from '../text/errors.ts';
import type { Redactor } from '../text/redact.ts';
import { neutralise } from '../text/text.ts';
import type { Trouble } from './answers.ts';
import { type Phase, TimedOut } from './phase-limit.ts';

/** The reply is longer than is read. */
export class ReplyTooLarge extends Error {}

const PHASE_TEXT: Readonly<Record<Phase, string>> = {
  connecting: 'no connection to NXCloud',
  sending: 'NXCloud took no more of the file',
  replying: 'no complete reply from NXCloud',
};

const SECURE = 'secure-connection';
const CHECKS = 'check `api-url`, the network and the proxy variables';
const CERTIFICATES = 'if a proxy of yours inspects traffic, give its certificate in NODE_EXTRA_CA_CERTS';

/** What the codes of the system's errors mean. */
const MEANINGS: readonly (readonly [pattern: RegExp, code: string, words: string])[] = [
  [/^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/, 'connection-refused', 'the connection was refused'],
  [/^ETIMEDOUT$/, 'connection-timeout', 'the connection timed out'],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, 'host-unknown', 'the host name cannot be resolved'],
  [/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)/, SECURE, 'the secure connection failed'],
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
  const cause = findCode(error);
  const detail = neutralise(redact(describeError(error)), 300);
  const [, code, words] = MEANINGS.find(([pattern]) => pattern.test(cause)) ?? [];
  if (code !== undefined) {
    const advice = code === SECURE ? CERTIFICATES : CHECKS;
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
function findCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return findCode(error.cause) || ('code' in error && typeof error.code === 'string' ? error.code : '');
}
