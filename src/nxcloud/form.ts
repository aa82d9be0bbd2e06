// The multipart form of one upload, and its body as it is sent.
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import FormData from 'form-data';
import type { Asset } from '../assets/judge.ts';
import { type OpenFile, readJudged } from '../files/open-file.ts';
import { buildFileName } from './file-id.ts';
import type { PhaseLimit } from './troubles.ts';

/** What an upload needs of an asset. */
export type UploadContent = Pick<Asset, 'file' | 'type' | 'sha256' | 'size'>;

/** The multipart form as form-data writes it, cut where the file's bytes go. */
export function frameForm(
  { sha256, type }: UploadContent,
  businessPhone: string,
): { readonly head: Buffer; readonly tail: Buffer; readonly contentType: string } {
  const form = new FormData();
  form.append('messaging_product', 'whatsapp');
  form.append('business_phone', businessPhone);
  form.append('type', type);
  const marker = randomBytes(32);
  form.append('file', marker, { filename: buildFileName(sha256, type), contentType: type });
  const whole = form.getBuffer();
  const at = whole.indexOf(marker);
  const contentType = form.getHeaders()['content-type'] ?? '';
  return { head: whole.subarray(0, at), tail: whole.subarray(at + marker.length), contentType };
}

/** The body; it tells `limit` how far it is, and throws `ContentChanged` before its end when the bytes are others. */
export async function* streamBody(
  form: ReturnType<typeof frameForm>,
  file: OpenFile,
  content: UploadContent,
  pieceBytes: number,
  limit: PhaseLimit,
): AsyncGenerator<Buffer> {
  limit.enter('sending');
  yield form.head;
  for (const piece of readJudged(file, content, pieceBytes)) {
    limit.enter('sending');
    // Who refuses early closes at once: the reply that has come is read before a write fails.
    await setImmediate();
    yield piece;
  }
  limit.enter('replying');
  yield form.tail;
}
