// NXCloud's request signature, as published by the vendor.
import { hash } from 'node:crypto';

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
