// Rows of two columns for summaries, comments and pull requests: the picture, and what there is to say of it.
import { composeRemedy } from '../../media/remedy.ts';
import type { Finding } from '../assets/judge.ts';
import type { Manifest, ManifestEntry } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';
import { isChangedPicture, type Outcome } from '../outcome.ts';
import { compareCodeUnits, escapeExactly, formatBytes, neutralise, shortenId } from '../text/text.ts';
import { buildPicture, type PictureSource } from './pictures.ts';
import { describeAsset, formatProse, formatTime } from './words.ts';

/** A row: HTML of what it shows, empty for what is no picture, and of what it says. */
export interface Row {
  readonly picture: string;
  readonly words: string;
}

/** Without a set width, a picture would get what the words leave, which is next to nothing. */
const HEADER_ROW = '<tr><th width="180">Picture</th><th align="left">Asset</th></tr>\n';

const SIGNS: Readonly<Record<Finding['level'], string>> = { error: '❌', warning: '⚠️' };

/** Room for the line that counts what was left out. */
const TABLE_RESERVE = 100;

/**
 * A table of the rows that fit into `maxBytes`, between `start` and `end`; the rest is counted. Empty where the frame does
 * not fit. Where no row has a picture, the words have all the room.
 */
export function buildTable(start: string, rows: readonly Row[], end: string, maxBytes: number): string {
  const hasPictures = rows.some(({ picture }) => picture !== '');
  let text = `${start}<table>\n${hasPictures ? HEADER_ROW : ''}`;
  let room = maxBytes - TABLE_RESERVE - Buffer.byteLength(text + end);
  if (room < 0) return '';
  for (const [index, { picture, words }] of rows.entries()) {
    const row = `<tr>${hasPictures ? `<td>${picture}</td>` : ''}<td>${words}</td></tr>\n`;
    room -= Buffer.byteLength(row);
    // Markdown would not be rendered here.
    if (room < 0) return `${text}</table>\n<p>and ${rows.length - index} more</p>\n${end}`;
    text += row;
  }
  return `${text}</table>\n${end}`;
}

/** An asset that is not simply current. The table's title tells its status. */
export function buildAssetRow(outcome: Outcome, pictures: PictureSource | undefined): Row {
  const { path, asset, reason, findings, entry } = outcome;
  const command = composeRemedy(path, findings, asset?.facts);
  const lines = [
    buildCode(path),
    asset === undefined ? '' : `<sub>${describeAsset(asset)}</sub>`,
    ...describeFindings(findings),
    command === undefined ? '' : `Or run ${buildCode(command)}`,
    formatProse(reason),
    entry === undefined ? '' : `File ID ${buildCode(shortenId(entry.id))}`,
  ];
  return { picture: buildPictures(outcome, pictures), words: joinLines(lines) };
}

/** A line for each finding. A remedy that mends several is told once. */
function describeFindings(findings: readonly Finding[]): readonly string[] {
  const told = new Set<string>();
  return findings.map(({ level, message, problem = message, remedy = '' }) => {
    const text = told.has(remedy) ? problem : message;
    told.add(remedy);
    return `${SIGNS[level]} ${formatProse(text)}`;
  });
}

/**
 * A row for each entry that differs, in order: both IDs under the names they go by there, and between path and IDs the
 * words of `describe`, which gives the picture as well.
 */
export function buildEntryRows(
  before: Manifest,
  after: Manifest,
  [oldName, newName]: readonly [string, string],
  describe: (path: string, old: ManifestEntry | undefined, entry: ManifestEntry | undefined) => Row,
): readonly Row[] {
  const changes = [...listChanges(before, after)].sort(([a], [b]) => compareCodeUnits(a, b));
  return changes.map(([path, entry]) => {
    const old = before.get(path);
    const shown = entry ?? old;
    const { picture, words } = describe(path, old, entry);
    const lines = [
      buildCode(path),
      shown && `<sub>${describeAsset(shown)}</sub>`,
      words,
      old && `${oldName} ${buildCode(shortenId(old.id))}`,
      entry && `${newName} ${buildCode(shortenId(entry.id))}`,
      entry?.expiresAt && `Valid until ${formatTime(new Date(entry.expiresAt))}`,
    ];
    return { picture, words: joinLines(lines) };
  });
}

function joinLines(lines: readonly (string | undefined)[]): string {
  return lines.filter(Boolean).join('<br>');
}

/** Text to be taken to the letter, as HTML that breaks anywhere: a long name must not push its table off a phone. */
export function buildCode(text: string): string {
  const pieces = neutralise(text).match(/[^/_\s-]{1,20}[/_\s-]?|[/_\s-]/gu) ?? [];
  const html = pieces.map(escapeExactly).join('<wbr>');
  // Lines break at blanks anyway.
  return `<code>${html.replaceAll(' <wbr>', ' ')}</code>`;
}

/** The picture as it is, below the one it replaces; empty for what is no picture. */
function buildPictures(outcome: Outcome, source: PictureSource | undefined): string {
  const { path, asset } = outcome;
  if (source === undefined || asset === undefined || !asset.type.startsWith('image/')) return '';
  const alt = `${path}, ${formatBytes(asset.size)}`;
  return showChange(source, path, alt, isChangedPicture(outcome), asset.facts);
}

/** The picture at a path, below the one before where it has changed, and that is known. */
export function showChange(
  source: PictureSource,
  path: string,
  alt: string,
  isChanged: boolean,
  size?: { readonly width?: number; readonly height?: number },
): string {
  const now = buildPicture(source, source.sha, path, alt, size);
  if (!isChanged || source.shaBefore === undefined) return now;
  const before = buildPicture(source, source.shaBefore, path, `${path} before`);
  return `<sub>Before</sub><br>${before}<br><sub>Now</sub><br>${now}`;
}

/** A table of at most `maxBytes` of the entries that a pull request changes in the manifest itself; empty without any. */
export function buildEntryChanges(before: Manifest, after: Manifest, maxBytes: number): string {
  const names = ['ID at the base', 'ID in the pull request'] as const;
  const rows = buildEntryRows(before, after, names, (_, old, entry) => ({
    picture: '',
    words: describeChange(old, entry),
  }));
  if (rows.length === 0) return '';
  const title =
    `#### Entries changed by this pull request (${rows.length})\n\n` +
    'Its manifest differs from the base in these entries. Check that new IDs were uploaded, not pasted.\n\n';
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
