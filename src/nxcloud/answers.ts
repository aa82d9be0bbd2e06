// What an answer of NXCloud means and what to do about it: the decision table, pure.
import { isUtf8 } from 'node:buffer';
import { readPath } from '../text/json.ts';
import type { Redactor } from '../text/redact.ts';
import { readRetryAfter, readServerTime } from '../network/retry.ts';
import { neutralise } from '../text/text.ts';
import { contradictsContent, findIdFault } from './file-id.ts';

/** A complete HTTP reply, its body cut at the cap. */
export interface Reply {
  readonly status: number;
  /** Value of a header, or undefined. */
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
}

/**
 * What one attempt came to.
 * - `success`: record the ID.
 * - `retry`: the service or the way to it had trouble; `overloaded` on 429 and 5xx.
 * - `fail`: this file fails. `isOwnFault` when the cause lies in the file itself.
 * - `stop`: it would hit every file; no further upload starts.
 * `code` is that of the error it becomes; `cause` tells causes apart for the circuit breaker; `message` is for the user.
 */
export type Verdict =
  | { readonly kind: 'success'; readonly id: string }
  | {
      readonly kind: 'retry';
      readonly code: string;
      readonly cause: string;
      readonly message: string;
      readonly overloaded: boolean;
      readonly retryAfterMs?: number;
    }
  | {
      readonly kind: 'fail';
      readonly code: string;
      readonly cause: string;
      readonly message: string;
      readonly isOwnFault: boolean;
    }
  | { readonly kind: 'stop'; readonly code: string; readonly message: string };

const RETRIED_4XX = new Set([408, 425, 429]);

/** What NXCloud wraps every answer in; texts are neutralised. */
export interface Envelope {
  readonly code: number;
  readonly message: string;
  readonly traceId: string;
  readonly details: string;
  readonly data: unknown;
}

/** The request's time was refused: the client corrects its clock or finds the upload too slow. */
export interface ClockRefusal {
  readonly kind: 'clock';
  /** The server's time in milliseconds since 1970, where its reply tells it. */
  readonly serverTime: number | undefined;
  readonly message: string;
}

/**
 * Judges a reply to the upload of the content with this SHA-256. `now` is this machine's time in milliseconds. A
 * specific code decides whatever the HTTP status; with -1, or without an envelope, the status decides first. What the
 * reply says goes through `redact` before it is cut, so that no part of a secret is left.
 */
export function judgeReply(
  reply: Reply,
  sha256: string,
  now: number,
  redact: Redactor = (text) => text,
): Verdict | ClockRefusal {
  const envelope = readEnvelope(reply.body, redact);
  if (envelope !== undefined && envelope.code !== -1) return judgeCode(envelope, reply, sha256, now);
  return judgeStatus(reply, envelope, now, redact);
}

/** The envelope `{code, message, data}` with a numeric code (or a numeric string), or undefined. */
export function readEnvelope(body: Uint8Array, redact: Redactor): Envelope | undefined {
  let value: unknown;
  try {
    // The code counts even where the message is in another encoding.
    value = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  const code = readPath(value, 'code');
  const isNumeric = Number.isInteger(code) || (typeof code === 'string' && /^-?\d{1,9}$/.test(code));
  if (!isNumeric) return undefined;
  return {
    code: Number(code),
    message: showValue(readPath(value, 'message'), redact),
    traceId: showValue(readPath(value, 'traceId'), redact),
    details: showValue(readPath(value, 'data', 'error'), redact),
    data: readPath(value, 'data'),
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

function judgeCode(envelope: Envelope, reply: Reply, sha256: string, now: number): Verdict | ClockRefusal {
  const { code } = envelope;
  const said = `NXCloud answered ${describe(envelope)}`;
  const stop = (why: { code: string; remedy: string }): Verdict => ({
    kind: 'stop',
    code: why.code,
    message: `${said}. ${why.remedy}`,
  });
  switch (code) {
    case 0:
      return judgeId(envelope, reply, sha256, now);
    case 9001:
      return retry(reply, now, {
        code: 'nxcloud-failed',
        cause: 'code 9001',
        message: `${said}: a business error of the service`,
      });
    case 1001:
    case 1002:
      return stop({
        code: 'nxcloud-parameter',
        remedy:
          'A common parameter is missing or wrong: check `access-key`, `api-url` and that the action is up to date.',
      });
    case 1003:
      return stop({
        code: 'nxcloud-signature',
        remedy: 'The signature is invalid: check `access-secret`, and that it belongs to `access-key`.',
      });
    case 1004:
      return { kind: 'clock', serverTime: readServerTime(reply.header), message: said };
    case 9000:
      return {
        kind: 'fail',
        code: 'nxcloud-file-refused',
        cause: 'code 9000',
        message: `${said}: it refuses this file's parameters`,
        isOwnFault: true,
      };
    case 9002:
      return stop({
        code: 'nxcloud-number',
        remedy: 'The number is not a WhatsApp number: check `business-phone`.',
      });
    case 9006:
      return stop({
        code: 'nxcloud-number-unbound',
        remedy:
          'The number is not bound to this application: check `business-phone` and `access-key`, or ask your NXCloud account manager to bind it.',
      });
    default:
      if (code >= 1000 && code <= 1009) {
        return stop({
          code: 'nxcloud-access-key',
          remedy:
            'The access key is unknown or has no permission for this call: check `access-key`, or ask NXCloud to enable template uploads for it.',
        });
      }
      // Times and the numbers of requests in a message do not make another cause of it.
      return {
        kind: 'fail',
        code: 'nxcloud-other',
        cause: `code ${code} ${envelope.message.replaceAll(/[\w-]*\d[\w-]*/g, '0')}`,
        message: said,
        isOwnFault: false,
      };
  }
}

function judgeId(envelope: Envelope, reply: Reply, sha256: string, now: number): Verdict {
  const id = readPath(envelope.data, 'id');
  const fault =
    typeof id !== 'string'
      ? 'there is no ID in it'
      : (findIdFault(id) ??
        (contradictsContent(id, sha256) ? 'the ID names another file' : undefined) ??
        // The envelope is read whatever its encoding; an ID is taken to the letter.
        (id.includes('\ufffd') && !isUtf8(reply.body) ? 'the ID is not UTF-8 text' : undefined));
  if (typeof id === 'string' && fault === undefined) return { kind: 'success', id };
  const trace = envelope.traceId === '' ? '' : ` (traceId ${envelope.traceId})`;
  return retry(reply, now, {
    code: 'nxcloud-broken-reply',
    cause: 'broken reply',
    message: `NXCloud reported success, but ${fault}${trace}`,
  });
}

function judgeStatus(reply: Reply, envelope: Envelope | undefined, now: number, redact: Redactor): Verdict {
  const { status } = reply;
  const detail = envelope === undefined ? '' : `, ${describe(envelope)}`;
  const said = `NXCloud answered HTTP ${status}${detail}`;
  if (RETRIED_4XX.has(status) || status >= 500) {
    return retry(reply, now, {
      code: 'nxcloud-unavailable',
      cause: `HTTP ${status}`,
      message: status === 429 ? `${said}: too many requests` : said,
    });
  }
  if (status === 401 || status === 403) {
    const remedy =
      'Access is refused: check `access-key` and `api-url`, and whether a proxy or firewall stands in between.';
    return { kind: 'stop', code: 'nxcloud-access-refused', message: `${said}. ${remedy}` };
  }
  if (status === 413) {
    const message = `${said}: the file is larger than NXCloud, or a gateway on the way, accepts`;
    return { kind: 'fail', code: 'nxcloud-file-too-large', cause: 'HTTP 413', message, isOwnFault: true };
  }
  if (status >= 300) {
    const hint =
      status < 400
        ? ': it redirects, and redirects are never followed; check `api-url`'
        : '; check `api-url`';
    const message = `${said}${hint}`;
    return { kind: 'fail', code: 'nxcloud-address', cause: `HTTP ${status}`, message, isOwnFault: false };
  }
  if (envelope !== undefined)
    return retry(reply, now, { code: 'nxcloud-failed', cause: 'code -1', message: said });
  return retry(reply, now, {
    code: 'nxcloud-broken-reply',
    cause: 'broken reply',
    message: `${said} without a readable result (${describeBody(reply.body, redact)})`,
  });
}

function retry(
  reply: Reply,
  now: number,
  why: { readonly code: string; readonly cause: string; readonly message: string },
): Verdict {
  const retryAfterMs = readRetryAfter(reply.header, now);
  const overloaded = reply.status === 429 || reply.status >= 500;
  return {
    kind: 'retry',
    ...why,
    overloaded,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** `code 1003 "invalid signature", details …, traceId …`, all text neutralised. */
function describe({ code, message, traceId, details }: Envelope): string {
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
