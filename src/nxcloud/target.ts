// The target: which NXCloud account, number and host a file ID belongs to.
import { createHmac } from 'node:crypto';

/**
 * First 16 hex digits of HMAC-SHA256(access key, host + `\n` + phone digits): it tells targets apart without showing
 * the key or the number. The host carries its port when that is not the default.
 */
export function computeTarget(accessKey: string, apiUrl: URL, phone: string): string {
  return createHmac('sha256', accessKey).update(`${apiUrl.host}\n${phone}`).digest('hex').slice(0, 16);
}
