// Title and body of the pull request: pure.
import { compareCodeUnits, type Manifest, type ManifestEntry } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';

/** GitHub's limit, in characters. */
export const MAX_BODY_LENGTH = 65_536;

/** By this a body is known as the action's own: one that a person rewrote is left alone. */
export const BODY_MARKER = '<!-- nxcloud-template-assets: this description is kept up to date -->';

const DEFAULT_TITLE = 'Update NXCloud asset manifest';

/** The first line of the commit message. */
export function buildTitle(commitMessage: string): string {
  return commitMessage.trim().split(/\r?\n/, 1)[0]?.trim() || DEFAULT_TITLE;
}

/** Says what merging changes, as a table; rows that do not fit into GitHub's limit are counted. */
export function buildBody(
  base: Manifest,
  proposed: Manifest,
  manifestPath: string,
  escapeMarkdown: (text: string) => string,
): string {
  const changes = [...listChanges(base, proposed)].sort(([a], [b]) => compareCodeUnits(a, b));
  const head = [
    BODY_MARKER,
    `Merging this records the NXCloud file IDs of these assets in ${escapeMarkdown(manifestPath)}.`,
    '',
    '| Asset | Change | Valid until |',
    '| --- | --- | --- |',
  ].join('\n');
  const rows = changes.map(([path, entry]) => {
    const expiry = entry?.expiresAt ?? '';
    return `\n| ${escapeMarkdown(path)} | ${describeChange(base.get(path), entry)} | ${expiry} |`;
  });
  const reserve = 100;
  let length = head.length + reserve;
  const fitting = rows.findIndex((row) => {
    length += row.length;
    return length > MAX_BODY_LENGTH;
  });
  if (fitting === -1) return `${head}${rows.join('')}\n`;
  return `${head}${rows.slice(0, fitting).join('')}\n\n… and ${rows.length - fitting} more.\n`;
}

function describeChange(before: ManifestEntry | undefined, after: ManifestEntry | undefined): string {
  if (after === undefined) return 'removed';
  if (before === undefined) return 'new';
  return before.sha256 === after.sha256 ? 'renewed' : 'content changed';
}
