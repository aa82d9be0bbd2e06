// Manifest entries for tests.
import type { ManifestEntry } from '../../src/manifest/manifest.ts';

/** An entry of a picture whose ID states no expiry; overrides come on top. */
export function makeEntry(overrides: Partial<ManifestEntry> = {}): ManifestEntry {
  return {
    id: '4:Pz8xxxW8',
    sha256: 'ab'.repeat(32),
    size: 48_213,
    type: 'image/jpeg',
    target: '9f0c2b7a51de4c88',
    uploadedAt: '2026-11-23T05:33:00.000Z',
    ...overrides,
  };
}
