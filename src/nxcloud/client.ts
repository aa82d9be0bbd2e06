// One attempt to upload one file: sign, stream the form, hash what is sent, read the reply.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import FormData from 'form-data';
import type { Dispatcher } from 'undici';
import type { AssetType } from '../assets/asset-type.ts';
import { describeError } from '../text/errors.ts';
import { OPEN_FLAGS } from '../files/file-system.ts';
import { type Inputs, buildUploadUrl } from '../inputs/inputs.ts';
import { type Redactor, SHORTEST_SECRET } from '../text/redact.ts';
import { neutralise } from '../text/text.ts';
import { type ClockRefusal, judgeReply, type Reply, type Verdict } from './answers.ts';
import { buildFileName } from './file-id.ts';
import { signRequest } from './signature.ts';

/** The content to upload: `file` is an absolute path, `sha256` and `size` are what was judged. */
export interface UploadContent {
  readonly file: string;
  readonly type: AssetType;
  readonly sha256: string;
  readonly size: number;
}

/** What the client needs of the inputs, and the transport. */
export type ClientOptions = Pick<
  Inputs,
  'accessKey' | 'accessSecret' | 'businessPhone' | 'signatureAlgorithm' | 'apiUrl' | 'timeout' | 'concurrency'
> & {
  readonly dispatcher: Dispatcher;
  /** Takes secrets out of what servers say. */
  readonly redact: Redactor;
  /** Sees each complete reply before it is judged. */
  readonly onReply?: (reply: Reply) => void;
};

/** Thrown into the body when the file's bytes are not those that were judged; the request is aborted before its end. */
class ContentChanged extends Error {}

/** The phases a limit of time applies to. */
type Phase = 'connecting' | 'sending' | 'replying';

class TimedOut extends Error {}

// Large pieces are sent faster, but lie about until they are collected: as many uploads as may be in flight share a
// budget, down to pieces that are worth their effort.
const CHUNKS_BUDGET_BYTES = 256 * 1024;
const SMALLEST_CHUNK_BYTES = 32 * 1024;
const LARGEST_CHUNK_BYTES = 128 * 1024;
const MAX_REPLY_BYTES = 1024 * 1024;
/** Clocks that differ by less are not why a timestamp was refused; NXCloud allows 60 s. */
const CLOCK_TOLERANCE_MS = 30_000;

/** NXCloud's upload call. Keeps the clock correction it learns for all later attempts. */
export class NxcloudClient {
  readonly #options: ClientOptions;
  readonly #url: URL;
  readonly #chunkBytes: number;
  /** Server time minus this machine's time, in milliseconds. */
  #clockOffset = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#url = buildUploadUrl(options.apiUrl);
    const share = Math.floor(CHUNKS_BUDGET_BYTES / options.concurrency);
    this.#chunkBytes = Math.min(LARGEST_CHUNK_BYTES, Math.max(SMALLEST_CHUNK_BYTES, share));
  }

  /**
   * Uploads once. Trouble is a verdict, never an exception; an abort by `signal` rejects with its reason.
   */
  async uploadOnce(content: UploadContent, signal: AbortSignal): Promise<Verdict> {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(content.file, OPEN_FLAGS);
      const stats = fstatSync(descriptor);
      if (!stats.isFile() || stats.size !== content.size) return judgeChange();
      return await this.#send(content, descriptor, signal);
    } catch (error) {
      signal.throwIfAborted();
      return judgeChange(error instanceof ContentChanged ? undefined : describeError(error));
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  async #send(content: UploadContent, descriptor: number, signal: AbortSignal): Promise<Verdict> {
    const { accessKey, signatureAlgorithm, dispatcher, timeout } = this.#options;
    const offset = this.#clockOffset;
    const limit = new PhaseLimit(timeout);
    const form = frameForm(content, this.#options.businessPhone);
    // One chunk ahead at the most: memory stays flat however many uploads are in flight.
    const chunks = streamBody(form, content, descriptor, this.#chunkBytes, limit);
    const body = Readable.from(chunks, { highWaterMark: 1 });
    const signed = {
      accessKey,
      action: 'uploadTemplateFile',
      bizType: '2',
      ts: String(Date.now() + offset),
    };
    const sign = signRequest(signed, this.#options.accessSecret, signatureAlgorithm);
    const ending = AbortSignal.any([signal, limit.signal]);
    try {
      const sent = dispatcher.request({
        origin: this.#url.origin,
        path: this.#url.pathname,
        method: 'POST',
        signal: ending,
        headers: {
          ...signed,
          sign,
          algorithm: signatureAlgorithm,
          'accept-encoding': 'identity',
          'content-type': form.contentType,
          'content-length': String(form.head.length + content.size + form.tail.length),
        },
        body,
      });
      // undici looks at the signal only once it is connected.
      const response = await Promise.race([sent, rejectOnAbort(ending)]);
      const reply: Reply = {
        status: response.statusCode,
        header: (name) => [response.headers[name]].flat()[0],
        body: await readCapped(response),
      };
      this.#options.onReply?.(reply);
      const now = Date.now();
      const redact: Redactor = (text) => this.#options.redact(text.replaceAll(sign, '***'));
      const verdict = judgeReply(reply, content.sha256, now, redact);
      if (verdict.kind === 'clock') return this.#correctClock(verdict, offset, now);
      if (verdict.kind !== 'success') return verdict;
      // Only what was sent to its end is proved to be what was judged.
      if (limit.phase !== 'replying') return refuseReply('it had not the whole file yet');
      return this.#containsSecret(verdict.id, sign)
        ? refuseReply('the ID contains a secret of the request')
        : verdict;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ContentChanged) throw error;
      const trouble = limit.signal.aborted ? limit.signal.reason : error;
      return judgeTrouble(trouble, limit.phase, timeout, this.#options.redact);
    } finally {
      limit.clear();
      body.destroy(); // after an early reply the body is still being read
    }
  }

  /** A server may repeat what it was sent. */
  #containsSecret(id: string, sign: string): boolean {
    const { accessKey, accessSecret } = this.#options;
    return [accessKey, accessSecret, sign].some(
      (secret) => secret.length >= SHORTEST_SECRET && id.includes(secret),
    );
  }

  /** Learns the server's clock from a refused timestamp that was signed with `offset`. */
  #correctClock(verdict: ClockRefusal, offset: number, now: number): Verdict {
    const retry = { kind: 'retry', code: 'nxcloud-clock', cause: 'code 1004', overloaded: false } as const;
    if (verdict.serverTime === undefined) {
      const message = `${verdict.message}: it refuses the request's time and does not tell its own; check this machine's clock`;
      return { ...retry, message };
    }
    const difference = verdict.serverTime - (now + offset);
    if (Math.abs(difference) < CLOCK_TOLERANCE_MS) {
      const message = `${verdict.message}: the clocks agree, so connecting and sending took longer than the 60 s a signature lasts; lower \`concurrency\`, or use a faster connection or a smaller file`;
      return { ...retry, message };
    }
    this.#clockOffset = verdict.serverTime - now;
    const message = `${verdict.message}: this machine's clock differs from NXCloud's by ${Math.round(-this.#clockOffset / 1000)} s; corrected for this run`;
    return { ...retry, message };
  }
}

interface FormFrame {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly contentType: string;
}

/** The multipart form as form-data writes it, cut where the file's bytes go. */
function frameForm(content: UploadContent, businessPhone: string): FormFrame {
  const form = new FormData();
  form.append('messaging_product', 'whatsapp');
  form.append('business_phone', businessPhone);
  form.append('type', content.type);
  const marker = randomBytes(32);
  form.append('file', marker, {
    filename: buildFileName(content.sha256, content.type),
    contentType: content.type,
  });
  const whole = form.getBuffer();
  const at = whole.indexOf(marker);
  const contentType = form.getHeaders()['content-type'] ?? '';
  return { head: whole.subarray(0, at), tail: whole.subarray(at + marker.length), contentType };
}

/**
 * The body, chunk by chunk. Throws before its end when the bytes sent are not the bytes judged. The file was read when it
 * was judged, so reading it again rarely waits for a disk, and a trip through the thread pool would cost more.
 */
async function* streamBody(
  form: FormFrame,
  content: UploadContent,
  descriptor: number,
  chunkBytes: number,
  limit: PhaseLimit,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  limit.enter('sending');
  yield form.head;
  for (let position = 0; position < content.size; ) {
    limit.enter('sending');
    // Who refuses early closes at once: the reply that has come is read before a write fails.
    await setImmediate();
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, content.size - position));
    const bytesRead = readSync(descriptor, chunk, 0, chunk.length, position);
    if (bytesRead === 0) throw new ContentChanged();
    position += bytesRead;
    hash.update(chunk.subarray(0, bytesRead));
    if (position === content.size && hash.digest('hex') !== content.sha256) throw new ContentChanged();
    yield chunk.subarray(0, bytesRead);
  }
  limit.enter('replying');
  yield form.tail;
}

/** One limit of time for each phase of an attempt; entering a phase, again or anew, starts it from zero. */
class PhaseLimit {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #phase: Phase = 'connecting';

  constructor(timeout: number) {
    this.#timer = setTimeout(() => this.#controller.abort(new TimedOut()), timeout);
  }

  get phase(): Phase {
    return this.#phase;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    this.#timer.refresh();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

class ReplyTooLarge extends Error {}

/** The body of a reply. Of a failure's longer one the beginning is enough: there the status decides. */
async function readCapped({ body, statusCode }: Dispatcher.ResponseData): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop destroys the stream and with it the connection.
    if (size > MAX_REPLY_BYTES && statusCode >= 300) break;
    if (size > MAX_REPLY_BYTES) throw new ReplyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A success that cannot be believed. */
function refuseReply(fault: string): Verdict {
  const message = `NXCloud reported success, but ${fault}`;
  return { kind: 'retry', code: 'nxcloud-broken-reply', cause: 'broken reply', message, overloaded: false };
}

function judgeChange(detail?: string): Verdict {
  const message =
    detail === undefined
      ? 'the file changed while the step ran, so it was not sent; run the step again'
      : `the file can no longer be read (${detail}), so it was not sent`;
  const code = detail === undefined ? 'file-changed' : 'file-unreadable';
  return { kind: 'fail', code, cause: 'content', message, isOwnFault: true };
}

/** What an exception of the transport means. All of it is tried again. */
function judgeTrouble(error: unknown, phase: Phase, timeout: number, redact: Redactor): Verdict {
  const { code, cause, message } = describeTrouble(error, phase, timeout, redact);
  return { kind: 'retry', code, cause, message, overloaded: false };
}

const PHASE_TEXT: Readonly<Record<Phase, string>> = {
  connecting: 'no connection to NXCloud',
  sending: 'NXCloud took no more of the file',
  replying: 'no complete reply from NXCloud',
};

function describeTrouble(
  error: unknown,
  phase: Phase,
  timeout: number,
  redact: Redactor,
): { code: string; cause: string; message: string } {
  if (error instanceof TimedOut) {
    return {
      code: 'nxcloud-timeout',
      cause: `timeout ${phase}`,
      message: `${PHASE_TEXT[phase]} within ${timeout / 1000} s (\`timeout\`)`,
    };
  }
  if (error instanceof ReplyTooLarge) {
    return {
      code: 'nxcloud-broken-reply',
      cause: 'broken reply',
      message: 'the reply of NXCloud is larger than 1 MiB',
    };
  }
  const cause = findCode(error);
  const detail = neutralise(redact(describeError(error)), 300);
  if (cause === 'ECONNREFUSED' || cause === 'EHOSTUNREACH' || cause === 'ENETUNREACH') {
    return {
      code: 'connection-refused',
      cause,
      message: `the connection was refused (${detail}); check \`api-url\`, the network and the proxy variables`,
    };
  }
  if (cause === 'ENOTFOUND' || cause === 'EAI_AGAIN') {
    return {
      code: 'host-unknown',
      cause,
      message: `the host name cannot be resolved (${detail}); check \`api-url\`, the network and the proxy variables`,
    };
  }
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(cause)) {
    return {
      code: 'secure-connection',
      cause,
      message: `the secure connection failed (${detail}); if a proxy of yours inspects traffic, give its certificate in NODE_EXTRA_CA_CERTS`,
    };
  }
  if (/proxy/i.test(detail)) {
    return {
      code: 'proxy-failed',
      cause: 'proxy',
      message: `the proxy did not open the way (${detail}); check the proxy variables`,
    };
  }
  if (cause === 'EPIPE' || cause === 'ECONNRESET' || cause === 'UND_ERR_SOCKET') {
    return {
      code: 'connection-closed',
      cause: 'connection closed',
      message: `the server closed the connection ${phase === 'replying' ? 'before its reply was complete' : 'while the file was being sent'} (${detail})`,
    };
  }
  return {
    code: 'connection-broken',
    cause: cause || 'connection',
    message: `the upload broke off (${detail})`,
  };
}

/** The deepest error code of a chain of causes. */
function findCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const deeper = findCode(error.cause);
  return deeper || ('code' in error && typeof error.code === 'string' ? error.code : '');
}
