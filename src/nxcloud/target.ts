// Where uploads go: the address of the call, and the account, number and host that a file ID belongs to.
import { createHmac } from 'node:crypto';

/** The path of the upload call below the address of the API. */
export const UPLOAD_PATH = '/api/wa/uploadTemplateFile';

/** The address uploads go to. */
export function buildUploadUrl(apiUrl: URL): URL {
  return new URL(apiUrl.pathname.replace(/\/+$/, '') + UPLOAD_PATH, apiUrl);
}

/** First 16 hex digits of HMAC-SHA256(access key, host with any unusual port + `\n` + phone digits): neither shows. */
export function computeTarget(accessKey: string, apiUrl: URL, phone: string): string {
  return createHmac('sha256', accessKey).update(`${apiUrl.host}\n${phone}`).digest('hex').slice(0, 16);
}
