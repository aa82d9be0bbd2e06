// Replies that are more than they seem: data beside errors, blobs in JSON, bodies without an end.
import { valueAt } from '../text/json.ts';
import { isAboutFile, NoAnswer } from './failure.ts';

/** What a reply says in place of a file that GraphQL does not show for its size. */
export const LARGE_FILE = 'large';

/**
 * The data of a reply whose errors are all about files that are absent, as GitHub answers `Commit.file` beside a null, or
 * too large to be shown, which `LARGE_FILE` then stands for.
 * @throws the error itself when it says anything else.
 */
export function acceptFileErrors<T>(error: unknown): T {
  const errors = valueAt(error, 'errors');
  if (!Array.isArray(errors)) throw error;
  const data = structuredClone(valueAt(error, 'data'));
  for (const each of errors) {
    if (!isAboutFile(each)) throw error;
    if (valueAt(each, 'type') === 'NOT_FOUND') continue;
    const commit = valueAt(data, ...each.path.slice(0, -1).map(String));
    const isLarge = /\bover 10 ?mb\b/i.test(String(valueAt(each, 'message')));
    if (!isLarge || typeof commit !== 'object' || commit === null) throw error;
    Reflect.set(commit, 'file', LARGE_FILE);
  }
  return data as T;
}

/** The content of a blob from a JSON reply about it; of anything else, nothing. */
export function decodeBlob(reply: Buffer): Buffer {
  try {
    return Buffer.from(String(valueAt(JSON.parse(reply.toString()), 'content')), 'base64');
  } catch {
    return Buffer.alloc(0);
  }
}

/**
 * The bytes of a body.
 * @throws {NoAnswer} when there are more than `maxBytes`.
 */
export async function readBytes(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new NoAnswer(`the reply is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
