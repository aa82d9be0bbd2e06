// NXCloud's request signature, as published by the vendor.
import { createHash } from 'node:crypto';

export type SignatureAlgorithm = 'md5' | 'sha256';

/** The signed common parameters. `ts` is milliseconds since 1970, 13 digits. */
export interface SignedParameters {
  readonly accessKey: string;
  readonly action: string;
  readonly bizType: string;
  readonly ts: string;
}

/**
 * `hex(hash("accessKey=…&action=…&bizType=…&ts=…" [+ "&body=" + body] + "&accessSecret=…"))`, lower case, names in
 * ASCII order, a plain hash. Of a multipart request nothing of the body is signed: leave `body` out.
 */
export function signRequest(
  parameters: SignedParameters,
  accessSecret: string,
  algorithm: SignatureAlgorithm,
  body?: string,
): string {
  const { accessKey, action, bizType, ts } = parameters;
  const common = `accessKey=${accessKey}&action=${action}&bizType=${bizType}&ts=${ts}`;
  const signed = body === undefined ? common : `${common}&body=${body}`;
  return createHash(algorithm).update(`${signed}&accessSecret=${accessSecret}`).digest('hex');
}
