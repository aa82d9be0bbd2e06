// What can be known of a file ID. Its shape is observed, not published, so every reading is optional.
import { type AssetType, extensionOf } from '../assets/asset-type.ts';

const MAX_ID_BYTES = 64 * 1024;

const FORBIDDEN_CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
const STATED_EXPIRY = /:e:(\d{10})(?=:)/g;
const HANDLE_LINE = /^\d+:([A-Za-z0-9+/_-]+={0,2}):/;
const SENT_FILE_NAME = /^([0-9a-f]{16})\.(?:jpg|png|mp4|pdf)$/;

/** Why a string cannot be recorded as a file ID, which may span several lines; undefined when it can. */
export function findIdFault(id: string): string | undefined {
  if (id === '') return 'the ID is empty';
  const bytes = Buffer.byteLength(id);
  if (bytes > MAX_ID_BYTES) return `the ID has ${bytes} bytes; at most ${MAX_ID_BYTES} are accepted`;
  return FORBIDDEN_CONTROL.test(id) ? 'the ID contains control characters' : undefined;
}

/** The expiry the ID states, in milliseconds since 1970: the earliest `:e:<unix seconds>:` of all its lines. */
export function parseStatedExpiry(id: string): number | undefined {
  const stated = [...id.matchAll(STATED_EXPIRY)].map(([, seconds]) => Number(seconds) * 1000);
  return stated.length === 0 ? undefined : Math.min(...stated);
}

/** The multipart file name: NXCloud writes it into the ID, where it ties the ID to its content. */
export function buildFileName(sha256: string, type: AssetType): string {
  return `${sha256.slice(0, 16)}.${extensionOf(type)}`;
}

/** Whether the ID names a file of the form we send, but of another content than `sha256`. */
export function contradictsContent(id: string, sha256: string): boolean {
  return id.split('\n').some((line) => {
    const encoded = HANDLE_LINE.exec(line)?.[1];
    if (encoded === undefined) return false;
    const named = SENT_FILE_NAME.exec(Buffer.from(encoded, 'base64').toString('latin1'))?.[1];
    return named !== undefined && named !== sha256.slice(0, 16);
  });
}
