// Title and body of the pull request: pure.
import { buildRow, fitTable } from '../text/html-table.ts';
import type { Manifest, ManifestEntry } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';
import { compareCodeUnits, escapeHtml, shortenId } from '../text/text.ts';

/** GitHub's limit, in characters. */
export const MAX_BODY_LENGTH = 65_536;

/** By this a body is known as the action's own: one that a person rewrote is left alone. */
export const BODY_MARKER = '<!-- nxcloud-template-assets: this description is kept up to date -->';

/** GitHub's limit, in characters. */
const MAX_TITLE_LENGTH = 256;
const DEFAULT_TITLE = 'Update NXCloud asset manifest';

/** The first line of the commit message, cut to what GitHub takes. */
export function buildTitle(commitMessage: string): string {
  const line = commitMessage.trim().split(/\r?\n/, 1)[0]?.trim() || DEFAULT_TITLE;
  const characters = [...line];
  if (characters.length <= MAX_TITLE_LENGTH) return line;
  return `${characters.slice(0, MAX_TITLE_LENGTH - 1).join('')}…`;
}

/** What a row says of an entry that the run did not make; runs differ in it without anything having changed. */
const NOT_MADE = ' <sub>(not made by the last run that changed this)</sub>';

/**
 * Says what merging changes, as a table; rows that do not fit into GitHub's limit are counted. `foreign` are the paths
 * of entries that this run did not make.
 */
export function buildBody(
  base: Manifest,
  proposed: Manifest,
  manifestPath: string,
  foreign: readonly string[],
): string {
  const changes = [...listChanges(base, proposed)].sort(([a], [b]) => compareCodeUnits(a, b));
  const head =
    `${BODY_MARKER}\n<p>Merging this records the NXCloud file IDs of these assets in ` +
    `<code>${escapeHtml(manifestPath)}</code>.</p>\n\n`;
  const rows = changes.map(([path, entry]) =>
    buildRow([
      `<code>${escapeHtml(path)}</code>`,
      describeChange(base.get(path), entry) + (foreign.includes(path) ? NOT_MADE : ''),
      showId(base.get(path)),
      showId(entry),
      entry?.expiresAt ?? '',
    ]),
  );
  // A text has at most as many characters as bytes.
  return fitTable(head, ['Asset', 'Change', 'Old ID', 'New ID', 'Valid until'], rows, MAX_BODY_LENGTH);
}

/** Whether two descriptions say the same of what merging changes. */
export function isSameBody(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => text.replaceAll('\r\n', '\n').replaceAll(NOT_MADE, '').trim());
  return one === other;
}

function showId(entry: ManifestEntry | undefined): string {
  return entry === undefined ? '' : `<code>${escapeHtml(shortenId(entry.id))}</code>`;
}

function describeChange(before: ManifestEntry | undefined, after: ManifestEntry | undefined): string {
  if (after === undefined) return 'removed';
  if (before === undefined) return 'new';
  if (before.sha256 !== after.sha256) return 'content changed';
  return before.id === after.id ? 'details changed' : 'renewed';
}
