// What an answer of NXCloud means and what to do about it: the decision table, pure.
import { isUtf8 } from 'node:buffer';
import { type HeaderLookup, parseRetryAfter, parseServerTime } from '../network/retry.ts';
import { valueAt } from '../text/json.ts';
import type { Redactor } from '../text/redact.ts';
import { neutralise } from '../text/text.ts';
import { contradictsContent, findIdFault } from './file-id.ts';

/** A complete HTTP reply, its body cut at the cap. */
export interface Reply {
  readonly status: number;
  readonly header: HeaderLookup;
  readonly body: Uint8Array;
}

/** What went wrong: the code of the error it becomes, what the circuit breaker tells causes apart by, and words. */
export interface Trouble {
  readonly code: string;
  readonly cause: string;
  readonly message: string;
}

/**
 * What one attempt came to.
 * - `success`: record the ID.
 * - `retry`: the service or the way to it had trouble; `overloaded` on 429 and 5xx.
 * - `fail`: this file fails. `isOwnFault` when the cause lies in the file itself.
 * - `stop`: it would hit every file; no further upload starts.
 */
export type Verdict =
  | { readonly kind: 'success'; readonly id: string }
  | (Trouble & { readonly kind: 'retry'; readonly overloaded: boolean; readonly retryAfterMs?: number })
  | (Trouble & { readonly kind: 'fail'; readonly isOwnFault: boolean })
  | (Omit<Trouble, 'cause'> & { readonly kind: 'stop' });

/** The request's time was refused: the client corrects its clock or finds the upload too slow. */
export interface ClockRefusal {
  readonly kind: 'clock';
  /** The server's time in milliseconds since 1970, where its reply tells it. */
  readonly serverTime: number | undefined;
  readonly message: string;
}

/** What NXCloud wraps every answer in; texts are neutralised. */
export interface Envelope {
  readonly code: number;
  readonly message: string;
  readonly traceId: string;
  readonly details: string;
  readonly data: unknown;
}

/** What an answer leads to, the code of the error it becomes, and what is told of it behind its own words. */
interface Meaning {
  readonly kind: 'retry' | 'fail' | 'own-fault' | 'stop';
  readonly code: string;
  readonly words: string;
}

const WRONG_PARAMETER: Meaning = {
  kind: 'stop',
  code: 'nxcloud-parameter',
  words:
    '. A common parameter is missing or wrong: check `access-key`, `api-url` and that the action is up to date.',
};
const WRONG_KEY: Meaning = {
  kind: 'stop',
  code: 'nxcloud-access-key',
  words:
    '. The access key is unknown or has no permission for this call: check `access-key`, or ask NXCloud to enable template uploads for it.',
};

/** What NXCloud's codes mean, but for those that only the rest of the reply explains. */
const CODES: Readonly<Record<number, Meaning>> = {
  1001: WRONG_PARAMETER,
  1002: WRONG_PARAMETER,
  1003: {
    kind: 'stop',
    code: 'nxcloud-signature',
    words: '. The signature is invalid: check `access-secret`, and that it belongs to `access-key`.',
  },
  9000: { kind: 'own-fault', code: 'nxcloud-file-refused', words: ": it refuses this file's parameters" },
  9001: { kind: 'retry', code: 'nxcloud-failed', words: ': a business error of the service' },
  9002: {
    kind: 'stop',
    code: 'nxcloud-number',
    words: '. The number is not a WhatsApp number: check `business-phone`.',
  },
  9006: {
    kind: 'stop',
    code: 'nxcloud-number-unbound',
    words:
      '. The number is not bound to this application: check `business-phone` and `access-key`, or ask your NXCloud account manager to bind it.',
  },
};

/** What a status means where no specific code decides; undefined where the body does. */
function findStatusMeaning(status: number): Meaning | undefined {
  if (status >= 500 || [408, 425, 429].includes(status)) {
    const words = status === 429 ? ': too many requests' : '';
    return { kind: 'retry', code: 'nxcloud-unavailable', words };
  }
  if (status === 401 || status === 403) {
    const words =
      '. Access is refused: check `access-key` and `api-url`, and whether a proxy or firewall stands in between.';
    return { kind: 'stop', code: 'nxcloud-access-refused', words };
  }
  if (status === 413) {
    const words = ': the file is larger than NXCloud, or a gateway on the way, accepts';
    return { kind: 'own-fault', code: 'nxcloud-file-too-large', words };
  }
  if (status < 300) return undefined;
  const hint = status < 400 ? ': it redirects, and redirects are never followed' : '';
  return { kind: 'fail', code: 'nxcloud-address', words: `${hint}; check \`api-url\`` };
}

/**
 * Decides on a reply to the upload of the content with this SHA-256. `now` is this machine's time in milliseconds. A
 * specific code decides whatever the HTTP status; with -1, or without an envelope, the status decides first. What the
 * reply says goes through `redact` before it is cut, so that no part of a secret is left.
 */
export function decideOnReply(
  reply: Reply,
  sha256: string,
  now: number,
  redact: Redactor,
): Verdict | ClockRefusal {
  const envelope = parseEnvelope(reply.body, redact);
  const decide = ({ kind, code, words }: Meaning, cause: string, said: string): Verdict => {
    const message = `NXCloud answered ${said}${words}`;
    if (kind === 'stop') return { kind, code, message };
    if (kind === 'retry') return retry(reply, now, { code, cause, message });
    return { kind: 'fail', code, cause, message, isOwnFault: kind === 'own-fault' };
  };
  if (envelope === undefined || envelope.code === -1) {
    const cause = `HTTP ${reply.status}`;
    const said = envelope === undefined ? cause : `${cause}, ${describeEnvelope(envelope)}`;
    const meaning = findStatusMeaning(reply.status);
    if (meaning !== undefined) return decide(meaning, cause, said);
    if (envelope !== undefined)
      return decide({ kind: 'retry', code: 'nxcloud-failed', words: '' }, 'code -1', said);
    const words = ` without a readable result (${describeBody(reply.body, redact)})`;
    return decide({ kind: 'retry', code: 'nxcloud-broken-reply', words }, 'broken reply', said);
  }
  const { code, message } = envelope;
  const said = describeEnvelope(envelope);
  if (code === 0) return decideOnId(envelope, reply, sha256, now);
  if (code === 1004)
    return { kind: 'clock', serverTime: parseServerTime(reply.header), message: `NXCloud answered ${said}` };
  const meaning = CODES[code] ?? (code >= 1000 && code <= 1009 ? WRONG_KEY : undefined);
  if (meaning !== undefined) return decide(meaning, `code ${code}`, said);
  // Times and the numbers of requests in a message do not make another cause of it.
  const cause = `code ${code} ${message.replaceAll(/[\w-]*\d[\w-]*/g, '0')}`;
  return decide({ kind: 'fail', code: 'nxcloud-other', words: '' }, cause, said);
}

/** The envelope `{code, message, data}` with a numeric code (or a numeric string), or undefined. */
export function parseEnvelope(body: Uint8Array, redact: Redactor): Envelope | undefined {
  let value: unknown;
  try {
    // The code counts even where the message is in another encoding.
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  const code = valueAt(value, 'code');
  const isNumeric = Number.isInteger(code) || (typeof code === 'string' && /^\s*-?\d{1,15}\s*$/.test(code));
  if (!isNumeric) return undefined;
  return {
    code: Number(code),
    message: showValue(valueAt(value, 'message'), redact),
    traceId: showValue(valueAt(value, 'traceId'), redact),
    details: showValue(valueAt(value, 'data', 'error'), redact),
    data: valueAt(value, 'data'),
  };
}

function showValue(value: unknown, redact: Redactor): string {
  if (value === undefined || value === '') return '';
  return neutralise(redact(typeof value === 'string' ? value : stringify(value)), 500);
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '(nested too deeply)'; // JSON.parse has no limit of depth, JSON.stringify has
  }
}

function decideOnId(envelope: Envelope, reply: Reply, sha256: string, now: number): Verdict {
  const id = valueAt(envelope.data, 'id');
  const fault =
    typeof id !== 'string'
      ? 'there is no ID in it'
      : (findIdFault(id) ??
        (contradictsContent(id, sha256) ? 'the ID names another file' : undefined) ??
        // The envelope is read whatever its encoding; an ID is taken to the letter.
        (id.includes('\ufffd') && !isUtf8(reply.body) ? 'the ID is not UTF-8 text' : undefined));
  if (typeof id === 'string' && fault === undefined) return { kind: 'success', id };
  const trace = envelope.traceId === '' ? '' : ` (traceId ${envelope.traceId})`;
  return retry(reply, now, describeBrokenReply(`${fault}${trace}`));
}

/** The trouble of a success that cannot be believed. */
export function describeBrokenReply(fault: string): Trouble {
  const message = `NXCloud reported success, but ${fault}`;
  return { code: 'nxcloud-broken-reply', cause: 'broken reply', message };
}

function retry(reply: Reply, now: number, trouble: Trouble): Verdict {
  const retryAfterMs = parseRetryAfter(reply.header, now);
  const overloaded = reply.status === 429 || reply.status >= 500;
  return { kind: 'retry', ...trouble, overloaded, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** `code 1003 "invalid signature", details …, traceId …`, all text neutralised. */
function describeEnvelope({ code, message, traceId, details }: Envelope): string {
  return [
    message === '' ? `code ${code}` : `code ${code} "${message}"`,
    ...(details === '' ? [] : [`details ${details}`]),
    ...(traceId === '' ? [] : [`traceId ${traceId}`]),
  ].join(', ');
}

function describeBody(body: Uint8Array, redact: Redactor): string {
  if (body.byteLength === 0) return 'an empty reply';
  // Much more than is shown, so that a secret at the end of that is still whole.
  const start = redact(new TextDecoder().decode(body.subarray(0, 64 * 1024)));
  return `the reply begins ${JSON.stringify(neutralise(start, 60))}`;
}
