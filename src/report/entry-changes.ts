// The entries that a pull request changes in the manifest itself, for its reviewers.
import type { Manifest, ManifestEntry } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';
import { compareCodeUnits } from '../text/text.ts';
import { buildTable, describeEntry } from './rows.ts';

/** A table of the entries that differ, of at most `maxBytes`; empty when none does. */
export function buildEntryChanges(before: Manifest, after: Manifest, maxBytes: number): string {
  const changes = [...listChanges(before, after)].sort(([a], [b]) => compareCodeUnits(a, b));
  if (changes.length === 0) return '';
  const title =
    `#### Entries changed by this pull request (${changes.length})\n\n` +
    'Its manifest differs from the base in these entries. Check that new IDs were uploaded, not pasted.\n\n';
  const rows = changes.map(([path, entry]) => {
    const old = before.get(path);
    const versions = [
      ['ID at the base', old],
      ['ID in the pull request', entry],
    ] as const;
    return { picture: '', words: describeEntry(path, versions, describeChange(old, entry)) };
  });
  return buildTable(title, rows, '\n', maxBytes);
}

const FIELD_NAMES: Readonly<Record<keyof ManifestEntry, string>> = {
  id: 'ID',
  sha256: 'content',
  size: 'size',
  type: 'type',
  target: 'account or number',
  uploadedAt: 'time of upload',
  expiresAt: 'expiry',
};

function describeChange(before: ManifestEntry | undefined, after: ManifestEntry | undefined): string {
  if (before === undefined) return 'Added';
  if (after === undefined) return 'Removed';
  const fields = Object.entries(FIELD_NAMES) as [keyof ManifestEntry, string][];
  const changed = fields.filter(([field]) => before[field] !== after[field]).map(([, name]) => name);
  return `Changed: ${changed.join(', ')}`;
}
