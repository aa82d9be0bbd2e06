// The upload call: its address, its signature, and the account, number and host that a file ID of it belongs to.
import { createHmac, hash } from 'node:crypto';

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

export type SignatureAlgorithm = 'md5' | 'sha256';

/** The signed common parameters. `ts` is milliseconds since 1970, 13 digits. */
export interface SignedParameters {
  readonly accessKey: string;
  readonly action: string;
  readonly bizType: string;
  readonly ts: string;
}

/** A plain hash, lower-case hex, of the parameters in ASCII order and the secret; of a multipart body nothing is signed. */
export function signRequest(
  { accessKey, action, bizType, ts }: SignedParameters,
  accessSecret: string,
  algorithm: SignatureAlgorithm,
): string {
  const common = `accessKey=${accessKey}&action=${action}&bizType=${bizType}&ts=${ts}`;
  return hash(algorithm, `${common}&accessSecret=${accessSecret}`);
}
