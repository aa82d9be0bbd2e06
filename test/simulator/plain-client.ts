// A client written for these tests alone, so that a mistake in the product's client cannot hide behind it.
import { createHash } from 'node:crypto';
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { demoAccount } from '../../simulator/server.ts';

/** A part of a multipart body; with a file name it is a file. */
export type Part = { name: string; value: Buffer | string; fileName?: string; contentType?: string };

/** An upload that can be spoiled before it is sent. */
export type UploadDraft = {
  method: string;
  path: string;
  /** Undefined values are not sent. */
  headers: Record<string, string | string[] | undefined>;
  parts: Part[];
  /** Changes the bytes of the body after it was put together. */
  mangle?: (body: Buffer) => Buffer;
};

/** A reply that arrived whole. */
export type Reply = { status: number; headers: IncomingHttpHeaders; body: string };

/** A JPEG as far as a look at its first bytes can tell. */
export function createContent(text = 'content', size = 0): Buffer {
  const content = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(text)]);
  return size > content.length ? Buffer.concat([content, Buffer.alloc(size - content.length)]) : content;
}

/** The name NXCloud is told for a content. */
export function nameContent(content: Buffer, extension = 'jpg'): string {
  return `${createHash('sha256').update(content).digest('hex').slice(0, 16)}.${extension}`;
}

/** Signs by the vendor's documentation, step by step. */
export function sign(ts: string, secret = demoAccount.accessSecret, algorithm = 'md5'): string {
  const text = `accessKey=${demoAccount.accessKey}&action=uploadTemplateFile&bizType=2&ts=${ts}&accessSecret=${secret}`;
  return createHash(algorithm).update(text).digest('hex');
}

/** An upload without mistakes. */
export function draftUpload(content: Buffer = createContent(), now: number = Date.now()): UploadDraft {
  const ts = String(now);
  return {
    method: 'POST',
    path: '/api/wa/uploadTemplateFile',
    headers: {
      accessKey: demoAccount.accessKey,
      ts,
      bizType: '2',
      action: 'uploadTemplateFile',
      sign: sign(ts),
    },
    parts: [
      { name: 'messaging_product', value: 'whatsapp' },
      { name: 'business_phone', value: demoAccount.phones[0] ?? '' },
      { name: 'type', value: 'image/jpeg' },
      { name: 'file', value: content, fileName: nameContent(content), contentType: 'image/jpeg' },
    ],
  };
}

/** Puts the body together; the boundary is always the same. */
export function buildBody(draft: UploadDraft): Buffer {
  const chunks: (Buffer | string)[] = [];
  for (const { name, value, fileName, contentType } of draft.parts) {
    const file = fileName === undefined ? '' : `; filename="${fileName}"`;
    const type = contentType === undefined ? '' : `\r\nContent-Type: ${contentType}`;
    chunks.push(
      `--frontier\r\nContent-Disposition: form-data; name="${name}"${file}${type}\r\n\r\n`,
      value,
      '\r\n',
    );
  }
  chunks.push('--frontier--\r\n');
  const body = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
  return draft.mangle?.(body) ?? body;
}

/** Sends an upload and reads the whole reply; rejects like the socket does. */
export function sendUpload(
  origin: string,
  draft: UploadDraft,
  options: { agent?: Agent; ca?: string; signal?: AbortSignal } = {},
): Promise<Reply> {
  const body = buildBody(draft);
  const headers = {
    'content-type': 'multipart/form-data; boundary=frontier',
    'content-length': String(body.length),
    ...draft.headers,
  };
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const send = origin.startsWith('https:') ? requestTls : request;
    const sent = send(
      origin + draft.path,
      { method: draft.method, headers: given, ...options },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
