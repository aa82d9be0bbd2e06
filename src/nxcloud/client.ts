// One attempt to upload one file: sign, stream the form, hash what is sent, read the reply.
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ContentChanged, OpenFile } from '../files/open-file.ts';
import { describeError, findErrorCode } from '../text/errors.ts';
import { makeRedactor, type Redactor, SHORTEST_SECRET } from '../text/redact.ts';
import { buildUploadUrl, type SignatureAlgorithm, signRequest } from './call.ts';
import {
  type ClockRefusal,
  decideOnReply,
  describeBrokenReply,
  type Reply,
  type Trouble,
  type Verdict,
} from './answers.ts';
import { frameForm, streamBody, type UploadContent } from './form.ts';
import { describeTrouble, PhaseLimit, ReplyTooLarge } from './troubles.ts';

/** What the client needs of the inputs, and the transport. */
export interface ClientOptions {
  readonly accessKey: string;
  readonly accessSecret: string;
  readonly businessPhone: string;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly apiUrl: URL;
  /** Milliseconds for each phase of an attempt. */
  readonly timeout: number;
  readonly concurrency: number;
  readonly dispatcher: Dispatcher;
  /** Takes secrets out of what servers say. */
  readonly redact: Redactor;
  /** Takes every signature that is made: `redact` knows them. */
  readonly signatures: Set<string>;
  /** Sees each complete reply before it is decided on. */
  readonly onReply?: (reply: Reply) => void;
}

// Large pieces are sent faster, but lie about until they are collected: as many uploads as may be in flight share a
// budget, down to pieces that are worth their effort.
const PIECES_BUDGET_BYTES = 256 * 1024;
const SMALLEST_PIECE_BYTES = 32 * 1024;
const LARGEST_PIECE_BYTES = 128 * 1024;
const MAX_REPLY_BYTES = 1024 * 1024;
/** Clocks that differ by less are not why a timestamp was refused; NXCloud allows 60 s. */
const CLOCK_TOLERANCE_MS = 30_000;

/** More is no clock that runs wrong, but one that was never set, or a reply that cannot be believed. */
const MAX_CLOCK_CORRECTION_MS = 24 * 3_600_000;

/** NXCloud's upload call. Keeps the clock correction it learns for all later attempts. */
export class NxcloudClient {
  readonly #options: ClientOptions;
  readonly #url: URL;
  readonly #pieceBytes: number;
  /** Server time minus this machine's time, in milliseconds. */
  #clockOffset = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#url = buildUploadUrl(options.apiUrl);
    const share = Math.floor(PIECES_BUDGET_BYTES / options.concurrency);
    this.#pieceBytes = Math.min(LARGEST_PIECE_BYTES, Math.max(SMALLEST_PIECE_BYTES, share));
  }

  /** Uploads once. Trouble is a verdict, never an exception; an abort by `signal` rejects with its reason. */
  async uploadOnce(content: UploadContent, signal: AbortSignal): Promise<Verdict> {
    try {
      using file = new OpenFile(content.file);
      if (file.size !== content.size) throw new ContentChanged();
      return await this.#send(content, file, signal);
    } catch (error) {
      signal.throwIfAborted();
      return decideOnFileError(error);
    }
  }

  /** @throws {ContentChanged} and the signal's reason */
  async #send(content: UploadContent, file: OpenFile, signal: AbortSignal): Promise<Verdict> {
    const { timeout, redact } = this.#options;
    const limit = new PhaseLimit(timeout);
    const form = frameForm(content, this.#options.businessPhone);
    // One piece ahead at the most: memory stays flat however many uploads are in flight.
    const pieces = streamBody(form, file, content, this.#pieceBytes, limit);
    const body = Readable.from(pieces, { highWaterMark: 1 });
    try {
      const offset = this.#clockOffset;
      const headers = {
        ...this.#sign(offset),
        'content-type': form.contentType,
        'content-length': String(form.head.length + content.size + form.tail.length),
      };
      const reply = await this.#request(headers, body, AbortSignal.any([signal, limit.signal]));
      this.#options.onReply?.(reply);
      const now = Date.now();
      const verdict = decideOnReply(reply, content.sha256, now, redact);
      if (verdict.kind === 'clock') return this.#correctClock(verdict, offset, now);
      if (verdict.kind !== 'success') return verdict;
      // Only what was sent to its end is proved to be what was judged.
      if (limit.phase !== 'replying') return retry(describeBrokenReply('it had not the whole file yet'));
      if (!this.#containsSecret(verdict.id)) return verdict;
      return retry(describeBrokenReply('the ID contains a secret of the request'));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ContentChanged) throw error;
      const trouble = limit.signal.aborted ? limit.signal.reason : error;
      return retry(describeTrouble(trouble, limit.phase, timeout, redact));
    } finally {
      limit.clear();
      body.destroy(); // after an early reply the body is still being read
    }
  }

  /** The signed headers of an attempt at this moment. */
  #sign(offset: number): Readonly<Record<string, string>> {
    const { accessKey, accessSecret, signatureAlgorithm, signatures } = this.#options;
    const signed = { accessKey, action: 'uploadTemplateFile', bizType: '2', ts: String(Date.now() + offset) };
    const sign = signRequest(signed, accessSecret, signatureAlgorithm);
    signatures.add(sign);
    return { ...signed, sign, algorithm: signatureAlgorithm, 'accept-encoding': 'identity' };
  }

  async #request(
    headers: Readonly<Record<string, string>>,
    content: Readable,
    signal: AbortSignal,
  ): Promise<Reply> {
    const { origin, pathname: path } = this.#url;
    const { dispatcher } = this.#options;
    const sent = dispatcher.request({ origin, path, method: 'POST', signal, headers, body: content });
    // undici looks at the signal only once it is connected.
    const response = await Promise.race([sent, rejectOnAbort(signal)]);
    const header: Reply['header'] = (name) => [response.headers[name]].flat()[0];
    const body = inflate(response.statusCode, await readCapped(response), header('content-encoding') ?? '');
    return { status: response.statusCode, header, body };
  }

  /** A server may repeat what it was sent. */
  #containsSecret(id: string): boolean {
    const { accessKey, accessSecret, signatures } = this.#options;
    const secrets = [accessKey, accessSecret].filter(({ length }) => length >= SHORTEST_SECRET);
    return makeRedactor(secrets, '', signatures)(id) !== id;
  }

  /** Learns the server's clock from a refused timestamp that was signed with `offset`. */
  #correctClock({ serverTime, message }: ClockRefusal, offset: number, now: number): Verdict {
    const because = (text: string): Verdict =>
      retry({ code: 'nxcloud-clock', cause: 'code 1004', message: `${message}: ${text}` });
    if (serverTime === undefined)
      return because("it refuses the request's time and does not tell its own; check this machine's clock");
    if (Math.abs(serverTime - (now + offset)) < CLOCK_TOLERANCE_MS)
      return because(
        'the clocks agree, so connecting and sending took longer than the 60 s a signature lasts; lower `concurrency`, or use a faster connection or a smaller file',
      );
    const difference = `this machine's clock differs from NXCloud's by ${Math.round((now - serverTime) / 1000)} s`;
    if (Math.abs(serverTime - now) > MAX_CLOCK_CORRECTION_MS)
      return because(`${difference}, and no more than 24 h are corrected; set the clock`);
    this.#clockOffset = serverTime - now;
    return because(`${difference}; corrected for this run`);
  }
}

function retry(trouble: Trouble): Verdict {
  return { kind: 'retry', ...trouble, overloaded: false };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

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

/** A body as it was before something on the way packed it unasked; what cannot be unpacked stays, and is no result. */
function inflate(status: number, body: Buffer, encoding: string): Buffer {
  if (!/^(?:x-)?(?:gzip|deflate|br)$/i.test(encoding)) return body;
  const { brotliDecompressSync, unzipSync } = process.getBuiltinModule('node:zlib');
  const unpack = encoding.toLowerCase() === 'br' ? brotliDecompressSync : unzipSync;
  try {
    return unpack(body, { maxOutputLength: MAX_REPLY_BYTES });
  } catch (error) {
    if (status < 300 && findErrorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw new ReplyTooLarge();
    return body;
  }
}

/** The verdict on a file that is not what was judged, or cannot be opened. */
function decideOnFileError(error: unknown): Verdict {
  const failure = { kind: 'fail', cause: 'content', isOwnFault: true } as const;
  if (error instanceof ContentChanged) {
    const message = 'the file changed while the step ran, so it was not sent; run the step again';
    return { ...failure, code: 'file-changed', message };
  }
  const message = `the file can no longer be read (${describeError(error)}), so it was not sent`;
  return { ...failure, code: 'file-unreadable', message };
}
