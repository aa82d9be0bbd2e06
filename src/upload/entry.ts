// The manifest's entry for what was uploaded: pure.
import type { Asset } from '../assets/judge.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { parseStatedExpiry } from '../nxcloud/file-id.ts';
import type { UploadResult } from './upload-all.ts';

/** Gives the entry of an asset; `target` is the account, number and host that it was uploaded to. */
export function buildEntry(
  { sha256, size, type }: Asset,
  { id, at }: UploadResult & { readonly kind: 'uploaded' },
  target: string,
): ManifestEntry {
  const expiry = parseStatedExpiry(id);
  return {
    id,
    sha256,
    size,
    type,
    target,
    uploadedAt: new Date(at).toISOString(),
    ...(expiry === undefined ? {} : { expiresAt: new Date(expiry).toISOString() }),
  };
}
