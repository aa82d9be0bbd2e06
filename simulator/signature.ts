// NXCloud's request signature as the service computes it, written apart from the client's own.
import { createHash } from 'node:crypto';

/** The signed values; `body` is the exact text of a JSON call and absent for multipart calls. */
export type SignedValues = {
  readonly accessKey: string;
  readonly action: string;
  readonly bizType: string;
  readonly ts: string;
  readonly body?: string;
};

/** The signature a request with these values must carry, in lower-case hex. */
export function computeExpectedSignature(
  values: SignedValues,
  accessSecret: string,
  algorithm: 'md5' | 'sha256',
): string {
  const { accessKey, action, bizType, ts, body } = values;
  const signed = [
    `accessKey=${accessKey}`,
    `action=${action}`,
    `bizType=${bizType}`,
    `ts=${ts}`,
    ...(body === undefined ? [] : [`body=${body}`]),
    `accessSecret=${accessSecret}`,
  ];
  return createHash(algorithm).update(signed.join('&'), 'utf8').digest('hex');
}
