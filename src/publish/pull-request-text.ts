// Title and body of the pull request: pure.
import { buildRow, fitTable } from '../text/html-table.ts';
import type { Manifest, ManifestEntry } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';
import { compareCodeUnits, escapeHtml } from '../text/text.ts';

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

/** Says what merging changes, as a table; rows that do not fit into GitHub's limit are counted. */
export function buildBody(base: Manifest, proposed: Manifest, manifestPath: string): string {
  const changes = [...listChanges(base, proposed)].sort(([a], [b]) => compareCodeUnits(a, b));
  const head =
    `${BODY_MARKER}\n<p>Merging this records the NXCloud file IDs of these assets in ` +
    `<code>${escapeHtml(manifestPath)}</code>.</p>\n\n`;
  const rows = changes.map(([path, entry]) =>
    buildRow([
      `<code>${escapeHtml(path)}</code>`,
      describeChange(base.get(path), entry),
      entry?.expiresAt ?? '',
    ]),
  );
  // A text has at most as many characters as bytes.
  return fitTable(head, ['Asset', 'Change', 'Valid until'], rows, MAX_BODY_LENGTH);
}

function describeChange(before: ManifestEntry | undefined, after: ManifestEntry | undefined): string {
  if (after === undefined) return 'removed';
  if (before === undefined) return 'new';
  return before.sha256 === after.sha256 ? 'renewed' : 'content changed';
}
