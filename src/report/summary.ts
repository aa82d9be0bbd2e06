// The job summary: verdict, counts, one table per status. HTML throughout, so that one escaping rule holds.
import { buildRow, escapeProse, fitTable } from '../text/html-table.ts';
import type { MediaFacts } from '../../media/facts.ts';
import type { Manifest, ManifestEntry } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';
import { type Outcome, STATUSES, type Status, withStatus } from '../outcome.ts';
import { buildPicture, type PictureSource } from './pictures.ts';
import { compareCodeUnits, escapeHtml, formatBytes, formatSeconds, shortenId } from '../text/text.ts';

/** The name of each status, for people. */
export const STATUS_TITLES: Readonly<Record<Status, string>> = {
  invalid: 'Invalid',
  pending: 'Pending',
  uploaded: 'Uploaded',
  reused: 'Reused',
  removed: 'Removed',
  superseded: 'Superseded',
  unchanged: 'Unchanged',
};

/** What stands around the tables. */
export interface SummaryHead {
  /** Whether the step succeeds. */
  readonly isSuccess: boolean;
  /** Why the run was cut short or reduced, in sentences; may be empty. */
  readonly remarks: readonly string[];
  /** Where the pictures are; undefined shows none. */
  readonly pictures: PictureSource | undefined;
}

/**
 * Builds the summary as GitHub-flavoured Markdown of at most `maxBytes`; rows that do not fit are counted as
 * "and N more", tables of which nothing fits by the line of counts alone. The remarks always stand.
 */
export function buildSummary(outcomes: readonly Outcome[], head: SummaryHead, maxBytes: number): string {
  const remarks = head.remarks.map(buildRemark).join('');
  let text = `### NXCloud template assets\n\n${head.isSuccess ? '✅' : '❌'} ${describeCounts(outcomes)}\n\n${remarks}`;
  for (const status of STATUSES) {
    if (status !== 'unchanged')
      text += buildTable(outcomes, status, head.pictures, maxBytes - Buffer.byteLength(text));
  }
  return text;
}

/** What GitHub refuses can take several lines. */
function buildRemark(remark: string): string {
  return `<p>${remark.split('\n').map(escapeProse).join('<br>')}</p>\n\n`;
}

/** `2 invalid, 3 uploaded, 15 unchanged`; `no assets` when there is none. */
export function describeCounts(outcomes: readonly Outcome[]): string {
  const counts = STATUSES.map((status) => [withStatus(outcomes, status).length, status] as const);
  const shown = counts.filter(([count]) => count > 0).map(([count, status]) => `${count} ${status}`);
  return shown.length === 0 ? 'no assets' : shown.join(', ');
}

/**
 * A table of the entries that a pull request changes in the manifest itself, of at most `maxBytes`; empty when it
 * changes none.
 */
export function buildEntryChanges(before: Manifest, after: Manifest, maxBytes: number): string {
  const changes = [...listChanges(before, after)].sort(([a], [b]) => compareCodeUnits(a, b));
  if (changes.length === 0) return '';
  const title =
    `#### Entries changed by this pull request (${changes.length})\n\n` +
    'Its manifest differs from the base in these entries. Check that new IDs were uploaded, not pasted.\n\n';
  const rows = changes.map(([path, entry]) => {
    const old = before.get(path);
    const ids = [old, entry].map((each) => (each === undefined ? '' : shortenId(each.id)));
    const code = [path, ...ids].map((text) => `<code>${escapeHtml(text)}</code>`);
    return buildRow([...code, escapeProse(describeEntryChange(old, entry))]);
  });
  return fitTable(title, ['Path', 'ID at the base', 'ID in the pull request', 'Changed'], rows, maxBytes);
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

function describeEntryChange(before: ManifestEntry | undefined, after: ManifestEntry | undefined): string {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  const fields = Object.entries(FIELD_NAMES) as [keyof ManifestEntry, string][];
  return fields
    .filter(([field]) => before[field] !== after[field])
    .map(([, name]) => name)
    .join(', ');
}

function buildTable(
  outcomes: readonly Outcome[],
  status: Exclude<Status, 'unchanged'>,
  pictures: PictureSource | undefined,
  maxBytes: number,
): string {
  const members = withStatus(outcomes, status);
  if (members.length === 0) return '';
  const title = `#### ${STATUS_TITLES[status]} (${members.length})\n\n`;
  const rows = members.map((outcome) => buildRow(describeOutcome(outcome, pictures)));
  const columns = ['', 'Path', 'Size', 'Type', 'Why', 'File ID'];
  return fitTable(title, columns, rows, maxBytes);
}

function describeOutcome(outcome: Outcome, pictures: PictureSource | undefined): readonly string[] {
  const { path, asset, reason, findings, id } = outcome;
  const why = [reason, ...findings.map((finding) => finding.message)].filter((text) => text !== '');
  return [
    pictures === undefined ? '' : buildPictures(outcome, pictures),
    `<code>${escapeHtml(path)}</code>`,
    asset === undefined ? '' : formatBytes(asset.size),
    asset === undefined
      ? ''
      : [asset.type, describeFacts(asset.facts, escapeProse)].filter(Boolean).join('<br>'),
    why.map(escapeProse).join('<br>'),
    id === undefined ? '' : `<code>${escapeHtml(shortenId(id))}</code>`,
  ];
}

/** The image as it is, behind the one it replaces; empty for what is no image. */
function buildPictures({ path, asset, isChanged }: Outcome, pictures: PictureSource): string {
  if (asset === undefined || !asset.type.startsWith('image/')) return '';
  const now = buildPicture(pictures, pictures.sha, path, `${path}, ${formatBytes(asset.size)}`);
  if (!isChanged || pictures.shaBefore === undefined) return now;
  return `${buildPicture(pictures, pictures.shaBefore, path, `${path} before`)} → ${now}`;
}

/** `1200 × 628, H.264, 12.0 s`: what of the facts helps to recognise a file, as HTML. */
export function describeFacts(facts: MediaFacts | undefined, escapeText = escapeHtml): string {
  if (facts === undefined) return '';
  const { width, height, videoCodec, durationSeconds } = facts;
  const parts = [
    width === undefined || height === undefined ? '' : `${width} × ${height}`,
    videoCodec ?? '',
    durationSeconds === undefined ? '' : formatSeconds(durationSeconds * 1000),
  ];
  return escapeText(parts.filter((part) => part !== '').join(', '));
}
