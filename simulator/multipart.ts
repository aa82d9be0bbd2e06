// Reads a multipart body step by step, so that a fault can strike before, in the middle of or after it.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';

/** A text part. */
export type ReceivedField = { readonly name: string; readonly value: string };

/** A file part; `size` and `sha256` are final once the body was read to its end. */
export type ReceivedFile = {
  readonly name: string;
  readonly fileName: string;
  readonly contentType: string;
  /** The first bytes, for the check of the real type. */
  readonly start: Buffer;
  readonly size: number;
  readonly sha256: string;
};

/** How far to read: to the head of the first file part, to half of the declared length, or to the end. */
export type ReadingGoal = 'file-head' | 'half' | 'end';

/** A body that is being read. */
export type BodyReading = {
  readonly fields: readonly ReceivedField[];
  readonly files: readonly ReceivedFile[];
  /** Bytes of the whole body read so far. */
  readonly bytes: number;
  /** What is wrong with the body's form; only complete after its end. */
  readonly flaws: readonly string[];
  /** Reads on to the goal; rejects when the client leaves. `bytesPerSecond` slows the reading down. */
  readTo(goal: ReadingGoal, bytesPerSecond?: number): Promise<void>;
};

/** A PDF's header may begin at any of the first 1024 bytes, and has five. */
const startLength = 1028;
const edgeLength = 256;

type GrowingFile = { -readonly [key in keyof ReceivedFile]: ReceivedFile[key] };

/**
 * Starts to read the body of a request; nothing is consumed before `readTo` is called. `wait` lets the milliseconds pass
 * that a slow reading takes.
 */
export function startReading(
  request: IncomingMessage,
  wait: (milliseconds: number) => Promise<unknown>,
): BodyReading {
  const fields: ReceivedField[] = [];
  const files: GrowingFile[] = [];
  const flaws: string[] = [];
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  const boundary = /boundary=([^;\s"]+|"[^"]+")/i.exec(request.headers['content-type'] ?? '')?.[1];
  const parser = openParser(request, fields, files, flaws);
  const chunks = request[Symbol.asyncIterator]();
  let bytes = 0;
  let ended = false;
  let opening = Buffer.alloc(0);
  let closing = Buffer.alloc(0);

  const isReached = (goal: ReadingGoal): boolean =>
    ended || (goal === 'file-head' && files.length > 0) || (goal === 'half' && bytes >= declared / 2);

  async function readChunk(): Promise<number> {
    const { value, done } = await chunks.next();
    if (done) {
      ended = true;
      await parser?.finish();
      checkEdges(boundary?.replaceAll('"', ''), opening, closing, flaws);
      return 0;
    }
    const chunk: Buffer = value;
    bytes += chunk.length;
    if (opening.length < edgeLength) opening = Buffer.concat([opening, chunk.subarray(0, edgeLength)]);
    closing = Buffer.concat([closing, chunk.subarray(-edgeLength)]).subarray(-edgeLength);
    await parser?.write(chunk);
    return chunk.length;
  }

  return {
    fields,
    files,
    flaws,
    get bytes() {
      return bytes;
    },
    async readTo(goal, bytesPerSecond) {
      const pause = (count: number) =>
        bytesPerSecond === undefined ? undefined : wait((count / bytesPerSecond) * 1000);
      await pause(bytes);
      while (!isReached(goal)) await pause(await readChunk());
    },
  };
}

type Parser = { write(chunk: Buffer): Promise<void>; finish(): Promise<void> };

function openParser(
  request: IncomingMessage,
  fields: ReceivedField[],
  files: GrowingFile[],
  flaws: string[],
): Parser | undefined {
  if (!/^multipart\/form-data;/i.test(request.headers['content-type'] ?? '')) {
    flaws.push('the content type is not multipart/form-data');
    return undefined;
  }
  let parser: busboy.Busboy;
  try {
    parser = busboy({ headers: request.headers, preservePath: true });
  } catch (error) {
    flaws.push(`the multipart body cannot be read: ${String(error)}`);
    return undefined;
  }
  let broken = false;
  parser.on('error', (error) => {
    broken = true;
    flaws.push(`the multipart body cannot be read: ${String(error)}`);
  });
  parser.on('field', (name, value) => fields.push({ name, value }));
  parser.on('file', (name, stream, { filename, mimeType }) => {
    const hash = createHash('sha256');
    const file: GrowingFile = {
      name,
      fileName: filename ?? '',
      contentType: mimeType,
      start: Buffer.alloc(0),
      size: 0,
      sha256: '',
    };
    files.push(file);
    stream.on('data', (data: Buffer) => {
      hash.update(data);
      if (file.start.length < startLength)
        file.start = Buffer.concat([file.start, data]).subarray(0, startLength);
      file.size += data.length;
    });
    stream.on('end', () => {
      file.sha256 = hash.digest('hex');
    });
    // The parser reports the same failure itself.
    stream.on('error', () => undefined);
  });
  const closed = new Promise<void>((resolve) => parser.once('close', () => resolve()));
  return {
    async write(chunk) {
      if (broken) return;
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain').catch(() => undefined), closed]);
    },
    async finish() {
      if (!broken) parser.end();
      await closed;
    },
  };
}

// A parser skips what stands before the first and after the last boundary, so a wrong length could hide there.
function checkEdges(boundary: string | undefined, opening: Buffer, closing: Buffer, flaws: string[]): void {
  if (boundary === undefined) return;
  if (!opening.toString('latin1').startsWith(`--${boundary}\r\n`)) {
    flaws.push('the body does not begin with its boundary');
  }
  if (!/^(\r\n)?$/.test(closing.toString('latin1').split(`\r\n--${boundary}--`)[1] ?? 'no end')) {
    flaws.push('the body does not end with its closing boundary');
  }
}
