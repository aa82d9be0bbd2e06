// Everything that can go wrong at the service's side of an upload, as plain data and as behaviour.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, answerWith } from './codes.ts';

/** Where in the upload a reset or a stall strikes; `end` is after the last byte and before the reply. */
export type Moment = 'start' | 'middle' | 'end';

/** A `Retry-After` header: literal text, or a date that many seconds ahead of the simulator's clock. */
export type RetryAfter = string | { readonly dateIn: number };

/** What to do to the ID of an accepted upload; `foreign` names another content. */
export type IdChange =
  | 'empty'
  | 'missing'
  | 'null'
  | 'number'
  | 'oversized'
  | 'foreign'
  | { readonly append: string }
  | { readonly literal: string };

/**
 * One fault. Where the text of a fault says "accepted", an upload without mistakes counts as accepted although
 * the client may never learn it; one with mistakes gets its honest refusal instead.
 */
export type Fault =
  /** An envelope with this code; a string stays a string. `details` becomes `data.error`. `date: ''` sends no date. */
  | {
      readonly kind: 'code';
      readonly code: number | string;
      readonly status?: number;
      readonly message?: string;
      readonly traceId?: string;
      readonly details?: unknown;
      readonly date?: string;
    }
  /** An HTTP status, with `{"code":-1,…}` when `envelope` is set, else with a page of a gateway. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly envelope?: boolean;
      readonly retryAfter?: RetryAfter;
    }
  | { readonly kind: 'redirect'; readonly status: 301 | 302 | 303 | 307 | 308; readonly location: string }
  /** A literal reply. */
  | { readonly kind: 'reply'; readonly status?: number; readonly contentType?: string; readonly body: string }
  /** Accepted, with a changed ID. */
  | { readonly kind: 'id'; readonly change: IdChange }
  /** The connection is reset (RST). */
  | { readonly kind: 'reset'; readonly at: Moment }
  /** Accepted; the connection is closed without a reply. */
  | { readonly kind: 'lost-reply' }
  /** Nothing is read or sent any more, until the client leaves. */
  | { readonly kind: 'stall'; readonly at: Moment }
  /** Accepted; the first half of the reply, then the connection is closed, reset or left open in silence. */
  | { readonly kind: 'cut-reply'; readonly ending: 'close' | 'reset' | 'stall' }
  /** A JSON reply of this many bytes, made while it is sent; `declared` states its length in advance. */
  | { readonly kind: 'huge-reply'; readonly bytes: number; readonly declared?: boolean }
  /** Accepted; one byte of the reply per interval. */
  | { readonly kind: 'trickle'; readonly intervalMs: number }
  /** A status before the body was read; then the connection is closed, reset, or the rest of the body is read. */
  | { readonly kind: 'early'; readonly status: number; readonly ending: 'close' | 'reset' | 'read' }
  /** Accepted; the reply says `connection: close`. */
  | { readonly kind: 'connection-close' }
  /** Accepted; the idle connection is closed right after the reply, or reset as soon as it is used again. */
  | { readonly kind: 'stale'; readonly how: 'close' | 'reset-on-reuse' }
  /** The body is read at this pace, then all goes its usual way. */
  | { readonly kind: 'slow-read'; readonly bytesPerSecond: number };

const hostileText = [
  '::error title=hostile::from the server',
  '##[add-mask]hostile',
  '::stop-commands::hostile',
  '**bold** [link](https://hostile.invalid) ![picture](https://hostile.invalid/p.png) <img src=x> `tick` | cell',
  '%0A::warning::escaped',
].join('\n');

const megabyte = 1024 * 1024;

/** Named faults with everyday values, one for each way an upload can fail; any other value is as good. */
export const faultTable = {
  'code -1': { kind: 'code', code: -1 },
  'code 1001': { kind: 'code', code: 1001 },
  'code 1002': { kind: 'code', code: 1002 },
  'code 1003': { kind: 'code', code: 1003 },
  'code 1004': { kind: 'code', code: 1004 },
  'code 1004 without date': { kind: 'code', code: 1004, date: '' },
  'code 1005': { kind: 'code', code: 1005 },
  'code 1006': { kind: 'code', code: 1006 },
  'code 9000': { kind: 'code', code: 9000 },
  'code 9001': { kind: 'code', code: 9001 },
  'code 9002': { kind: 'code', code: 9002 },
  'code 9006': { kind: 'code', code: 9006 },
  'code 9099': {
    kind: 'code',
    code: 9099,
    traceId: 'f00d4a11c0de',
    details: { message: 'Unsupported media', code: 131053 },
  },
  'code 4711': { kind: 'code', code: 4711 },
  'code -1 as text': { kind: 'code', code: '-1' },
  'code 1003 as text': { kind: 'code', code: '1003' },
  'code 1003 with status 401': { kind: 'code', code: 1003, status: 401 },
  'code 9000 with status 503': { kind: 'code', code: 9000, status: 503 },
  'code -1 with status 400': { kind: 'code', code: -1, status: 400 },
  'code -1 with status 503': { kind: 'code', code: -1, status: 503 },
  'hostile texts': {
    kind: 'code',
    code: 9099,
    message: hostileText,
    traceId: hostileText,
    details: { message: hostileText },
  },

  'status 400': { kind: 'status', status: 400 },
  'status 401': { kind: 'status', status: 401 },
  'status 403': { kind: 'status', status: 403 },
  'status 404': { kind: 'status', status: 404 },
  'status 408': { kind: 'status', status: 408 },
  'status 413': { kind: 'status', status: 413 },
  'status 425': { kind: 'status', status: 425 },
  'status 429': { kind: 'status', status: 429 },
  'status 429, retry after seconds': { kind: 'status', status: 429, retryAfter: '1' },
  'status 429, retry after date': { kind: 'status', status: 429, retryAfter: { dateIn: 2 } },
  'status 429, retry after an hour': { kind: 'status', status: 429, retryAfter: '3600' },
  'status 429, retry after nonsense': { kind: 'status', status: 429, retryAfter: 'soon' },
  'status 429 with envelope': { kind: 'status', status: 429, envelope: true },
  'status 500': { kind: 'status', status: 500 },
  'status 500 with envelope': { kind: 'status', status: 500, envelope: true },
  'status 501': { kind: 'status', status: 501 },
  'status 502': { kind: 'status', status: 502 },
  'status 503': { kind: 'status', status: 503 },
  'status 503, retry after seconds': { kind: 'status', status: 503, retryAfter: '1' },
  'status 503, retry after date': { kind: 'status', status: 503, retryAfter: { dateIn: 2 } },
  'status 504': { kind: 'status', status: 504 },
  'redirect 301': { kind: 'redirect', status: 301, location: 'https://elsewhere.invalid/' },
  'redirect 302': { kind: 'redirect', status: 302, location: 'https://elsewhere.invalid/' },
  'redirect 307': { kind: 'redirect', status: 307, location: 'https://elsewhere.invalid/' },
  'redirect 308': { kind: 'redirect', status: 308, location: 'https://elsewhere.invalid/' },

  'reset before the body': { kind: 'reset', at: 'start' },
  'reset in the middle of the body': { kind: 'reset', at: 'middle' },
  'reset after the body': { kind: 'reset', at: 'end' },
  'reply lost after acceptance': { kind: 'lost-reply' },
  'stall before the body': { kind: 'stall', at: 'start' },
  'stall in the middle of the body': { kind: 'stall', at: 'middle' },
  'stall after the body': { kind: 'stall', at: 'end' },
  'reply cut off by close': { kind: 'cut-reply', ending: 'close' },
  'reply cut off by reset': { kind: 'cut-reply', ending: 'reset' },
  'reply stalls': { kind: 'cut-reply', ending: 'stall' },
  'reply of 400 MB': { kind: 'huge-reply', bytes: 400 * megabyte },
  'reply of declared 400 MB': { kind: 'huge-reply', bytes: 400 * megabyte, declared: true },
  'reply one byte per second': { kind: 'trickle', intervalMs: 1000 },
  'early 413, closed': { kind: 'early', status: 413, ending: 'close' },
  'early 413, reset': { kind: 'early', status: 413, ending: 'reset' },
  'early 413, body read': { kind: 'early', status: 413, ending: 'read' },
  'connection: close': { kind: 'connection-close' },
  'stale connection, closed': { kind: 'stale', how: 'close' },
  'stale connection, reset on reuse': { kind: 'stale', how: 'reset-on-reuse' },
  'slow reading': { kind: 'slow-read', bytesPerSecond: 64 * 1024 },

  'HTML with 200': { kind: 'reply', contentType: 'text/html', body: '<html><body>Maintenance</body></html>' },
  'empty reply': { kind: 'reply', body: '' },
  'JSON null': { kind: 'reply', body: 'null' },
  'JSON array': { kind: 'reply', body: '[]' },
  'JSON string': { kind: 'reply', body: '"ok"' },
  'JSON without code': { kind: 'reply', body: '{"data":{"id":"4:Pz8xxxW8"},"message":"Request successful"}' },
  'JSON with word as code': { kind: 'reply', body: '{"code":"zero","data":{"id":"4:Pz8xxxW8"}}' },
  'JSON with object as code': { kind: 'reply', body: '{"code":{},"data":null,"message":[]}' },
  'JSON with data as text': { kind: 'reply', body: '{"code":0,"data":"4:Pz8xxxW8","message":""}' },
  'JSON with data as array': { kind: 'reply', body: '{"code":0,"data":["4:Pz8xxxW8"],"message":""}' },
  'JSON with prototype key': { kind: 'reply', body: '{"__proto__":{"code":0,"data":{"id":"4:Pz8xxxW8"}}}' },
  'JSON nested deeply': { kind: 'reply', body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` },

  'ID empty': { kind: 'id', change: 'empty' },
  'ID missing': { kind: 'id', change: 'missing' },
  'ID null': { kind: 'id', change: 'null' },
  'ID a number': { kind: 'id', change: 'number' },
  'ID of 100 KB': { kind: 'id', change: 'oversized' },
  'ID of another content': { kind: 'id', change: 'foreign' },
  'ID with control characters': { kind: 'id', change: { append: '\u0000\u001b[31m\r\u007f' } },
  'ID with commands and Markdown': { kind: 'id', change: { append: `\n${hostileText}` } },
} as const satisfies Record<string, Fault>;

/** The name of a row of the table. */
export type FaultName = keyof typeof faultTable;

/** What a fault has at hand. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The honest reply; for faults before the end of the body there is none yet. */
  readonly honest: Answer | undefined;
  /** The honest ID, when the upload is without mistakes. */
  readonly id: string | undefined;
  /** The simulator's clock, milliseconds since 1970. */
  readonly now: number;
  /** Lets so many milliseconds pass. */
  wait(milliseconds: number): Promise<unknown>;
  /** Sends a whole reply; with `reset` the connection is reset as soon as the reply is on its way. */
  send(answer: Answer, reset?: 'reset'): Promise<void>;
  /** Resets the connection (RST). */
  reset(): void;
};

/** When a fault has to be performed: it may need the head of the body, half of it, or all. */
export function findFaultMoment(fault: Fault): Moment {
  if (fault.kind === 'early') return 'start';
  return fault.kind === 'reset' || fault.kind === 'stall' ? fault.at : 'end';
}

/** True when an upload without mistakes is accepted despite the fault. */
export function isAcceptedDespite(fault: Fault): boolean {
  return ['id', 'lost-reply', 'cut-reply', 'trickle', 'connection-close', 'stale', 'slow-read'].includes(
    fault.kind,
  );
}

/** Performs a fault; resolves when the exchange is over. */
export async function performFault(fault: Fault, exchange: Exchange): Promise<void> {
  const { request, response, honest } = exchange;
  if (isAcceptedDespite(fault) && honest !== undefined && exchange.id === undefined)
    return exchange.send(honest);
  switch (fault.kind) {
    case 'code':
    case 'status':
    case 'redirect':
    case 'reply':
      return exchange.send(describeAnswer(fault, exchange.now));
    case 'id':
      return exchange.send(changeId(fault.change, exchange.id ?? ''));
    case 'reset':
      return exchange.reset();
    case 'lost-reply':
      request.socket.end();
      return;
    case 'stall':
      return waitForLeave(request);
    case 'cut-reply':
      return cutReply(fault.ending, exchange);
    case 'huge-reply':
      return sendHugeReply(fault, response);
    case 'trickle':
      return trickle(fault.intervalMs, exchange);
    case 'early':
      return answerEarly(fault, exchange);
    case 'connection-close':
      if (honest !== undefined) await exchange.send(withHeader(honest, 'connection', 'close'));
      return;
    case 'stale':
    case 'slow-read':
      if (honest !== undefined) await exchange.send(honest);
      if (fault.kind === 'stale' && fault.how === 'close') request.socket.end();
      return;
  }
}

type PlainFault = Extract<Fault, { kind: 'code' | 'status' | 'redirect' | 'reply' }>;

function describeAnswer(fault: PlainFault, now: number): Answer {
  switch (fault.kind) {
    case 'code':
      return answerWith(
        {
          code: fault.code,
          data: fault.details === undefined ? null : { error: fault.details },
          message: fault.message ?? `simulated failure ${fault.code}`,
          ...(fault.traceId === undefined ? {} : { traceId: fault.traceId }),
        },
        fault.status,
        fault.date === undefined ? {} : { date: fault.date },
      );
    case 'status': {
      const headers =
        fault.retryAfter === undefined ? {} : { 'retry-after': formatRetryAfter(fault.retryAfter, now) };
      if (fault.envelope) {
        return answerWith({ code: -1, data: null, message: 'simulated failure' }, fault.status, headers);
      }
      return {
        status: fault.status,
        headers: { 'content-type': 'text/html', ...headers },
        body: `<html><head><title>${fault.status}</title></head><body>simulated gateway</body></html>\n`,
      };
    }
    case 'redirect':
      return { status: fault.status, headers: { location: fault.location }, body: '' };
    case 'reply':
      return {
        status: fault.status ?? 200,
        headers: { 'content-type': fault.contentType ?? 'application/json' },
        body: fault.body,
      };
  }
}

function formatRetryAfter(retryAfter: RetryAfter, now: number): string {
  return typeof retryAfter === 'string' ? retryAfter : new Date(now + retryAfter.dateIn * 1000).toUTCString();
}

function changeId(change: IdChange, id: string): Answer {
  const data = describeChangedId(change, id);
  return answerWith({ code: 0, data, message: 'Request successful' });
}

function describeChangedId(change: IdChange, id: string): { id?: unknown } {
  if (typeof change === 'object') return { id: 'literal' in change ? change.literal : id + change.append };
  const otherName = Buffer.from('0123456789abcdef.jpg').toString('base64');
  switch (change) {
    case 'empty':
      return { id: '' };
    case 'missing':
      return {};
    case 'null':
      return { id: null };
    case 'number':
      return { id: 4 };
    case 'oversized':
      return { id: id + 'A'.repeat(100 * 1024) };
    case 'foreign':
      return { id: id.replaceAll(/^4:[^:]*/gm, `4:${otherName}`) };
  }
}

function withHeader(answer: Answer, name: string, value: string): Answer {
  return { ...answer, headers: { ...answer.headers, [name]: value } };
}

// A socket that is not read does not notice that its peer has left: a stall over a large body lasts until the
// simulator closes.
async function waitForLeave({ socket }: IncomingMessage): Promise<void> {
  if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
}

async function cutReply(ending: 'close' | 'reset' | 'stall', exchange: Exchange): Promise<void> {
  const { request, response, honest } = exchange;
  const body = honest?.body ?? '';
  response.writeHead(honest?.status ?? 200, {
    ...honest?.headers,
    'content-length': Buffer.byteLength(body),
  });
  await new Promise((resolve) => response.write(body.slice(0, body.length / 2), resolve));
  if (ending === 'close') request.socket.end();
  else if (ending === 'reset') exchange.reset();
  else await waitForLeave(request);
}

async function sendHugeReply(
  { bytes, declared }: { bytes: number; declared?: boolean },
  response: ServerResponse,
): Promise<void> {
  const block = Buffer.alloc(256 * 1024, 'x');
  const closed = new Promise((resolve) => response.once('close', resolve));
  response.writeHead(200, {
    'content-type': 'application/json',
    ...(declared ? { 'content-length': bytes } : {}),
  });
  const opening = '{"code":0,"message":"';
  const ending = '","data":{"id":"4:Pz8xxxW8"}}';
  response.write(opening);
  let left = bytes - opening.length - ending.length;
  while (left > 0 && !response.destroyed) {
    const part = block.subarray(0, left);
    left -= part.length;
    if (!response.write(part)) await Promise.race([once(response, 'drain'), closed]);
  }
  response.end(ending);
  await closed;
}

async function trickle(intervalMs: number, { response, honest, wait }: Exchange): Promise<void> {
  const body = Buffer.from(honest?.body ?? '');
  response.writeHead(honest?.status ?? 200, { ...honest?.headers, 'content-length': body.length });
  for (let at = 0; at < body.length && !response.destroyed; at += 1) {
    response.write(body.subarray(at, at + 1));
    await wait(intervalMs);
  }
  response.end();
}

async function answerEarly(
  { status, ending }: { status: number; ending: 'close' | 'reset' | 'read' },
  exchange: Exchange,
): Promise<void> {
  const answer = describeAnswer({ kind: 'status', status }, exchange.now);
  if (ending === 'read') return exchange.send(answer);
  return exchange.send(withHeader(answer, 'connection', 'close'), ending === 'reset' ? 'reset' : undefined);
}
