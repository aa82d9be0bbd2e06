// Manifest entries by content, and when they are current: what the tests of publishing speak of.
import { createHash } from 'node:crypto';
import { type ManifestEntry, serializeManifest } from '../../src/manifest/manifest.ts';
import type { CurrencyRules } from '../../src/plan.ts';

/** The target of every entry here, and the time of every run. */
const TARGET = '9f0c2b7a51de4c88';
const NOW = Date.UTC(2026, 10, 23, 12);

/** The rules of a run for that target at that time, without a limit of age. */
export const RULES: CurrencyRules = { target: TARGET, now: NOW, maxAge: undefined, renewBefore: 0 };

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The entry of some content; `upload` tells uploads of the same content apart, later ones being newer. */
export function entryOf(content: string, upload = 0): ManifestEntry {
  return {
    id: `4:${sha256(content).slice(0, 8)}:${upload}`,
    sha256: sha256(content),
    size: Buffer.byteLength(content),
    type: 'image/png',
    target: TARGET,
    uploadedAt: new Date(Date.UTC(2026, 10, 23, 0, upload)).toISOString(),
  };
}

/** The text of a manifest with these entries. */
export function manifestText(entries: Readonly<Record<string, ManifestEntry>>): string {
  return serializeManifest(new Map(Object.entries(entries)));
}
