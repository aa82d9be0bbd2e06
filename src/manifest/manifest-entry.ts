// An entry of the manifest: how it is made of an upload, and what each of its fields must be.
import { ASSET_TYPES, type AssetType } from '../assets/asset-type.ts';
import type { Asset } from '../assets/judge.ts';
import { findIdFault, parseStatedExpiry } from '../nxcloud/file-id.ts';

/** One asset's record. Times are ISO 8601 in UTC; `expiresAt` only when the ID states an expiry. */
export interface ManifestEntry {
  /** File ID as NXCloud returned it; may span several lines. */
  readonly id: string;
  /** SHA-256 of the bytes that were sent, 64 lower-case hex digits. */
  readonly sha256: string;
  /** Size in bytes. */
  readonly size: number;
  readonly type: AssetType;
  /** The account, number and host the ID belongs to, 16 hex digits. */
  readonly target: string;
  readonly uploadedAt: string;
  readonly expiresAt?: string;
}

/** The entry of an asset that got this ID at a time in milliseconds since 1970, of the account, number and host `target`. */
export function buildEntry(
  { sha256, size, type }: Asset,
  id: string,
  at: number,
  target: string,
): ManifestEntry {
  const expiry = parseStatedExpiry(id);
  const uploadedAt = new Date(at).toISOString();
  const entry = { id, sha256, size, type, target, uploadedAt };
  return expiry === undefined ? entry : { ...entry, expiresAt: new Date(expiry).toISOString() };
}

/** Each field in the order in which it is written, with what finds the fault of a value, as the rest of a sentence. */
export const ENTRY_FIELDS: Readonly<Record<keyof ManifestEntry, (value: unknown) => string | undefined>> = {
  id: (value) => (typeof value === 'string' ? findIdFault(value) : 'it is not a string'),
  sha256: (value) => (matches(value, /^[0-9a-f]{64}$/) ? undefined : 'it is not 64 lower-case hex digits'),
  size: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? undefined
      : 'it is not a whole number of bytes',
  type: (value) =>
    ASSET_TYPES.some((type) => type === value) ? undefined : `it is not one of ${ASSET_TYPES.join(', ')}`,
  target: (value) => (matches(value, /^[0-9a-f]{16}$/) ? undefined : 'it is not 16 lower-case hex digits'),
  uploadedAt: findTimeFault,
  expiresAt: (value) => (value === undefined ? undefined : findTimeFault(value)),
};

const TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,9})?Z$/;

function findTimeFault(value: unknown): string | undefined {
  return matches(value, TIME) ? undefined : 'it is not a UTC time like 2026-01-31T08:00:00.000Z';
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}
