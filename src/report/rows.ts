// Rows of two columns for summaries, comments and pull requests: the picture, and what there is to say of it.
import { composeRemedy } from '../../media/remedy.ts';
import type { Finding } from '../assets/judge.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import { isChangedPicture, type Outcome } from '../outcome.ts';
import { buildRow, fitTable } from '../text/html-table.ts';
import { escapeExactly, formatBytes, neutralise, shortenId } from '../text/text.ts';
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

/**
 * A table of the rows that fit into `maxBytes`, between `start` and `end`. Where no row has a picture, the words have all
 * the room.
 */
export function buildTable(start: string, rows: readonly Row[], end: string, maxBytes: number): string {
  const hasPictures = rows.some(({ picture }) => picture !== '');
  const cells = rows.map(({ picture, words }) => buildRow(hasPictures ? [picture, words] : [words]));
  return fitTable(start, hasPictures ? HEADER_ROW : '', cells, end, maxBytes);
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

/** An asset's entry as it was and as it is, each under the name that its ID goes by, and what is to be said of it. */
export function describeEntry(
  path: string,
  versions: readonly (readonly [name: string, entry: ManifestEntry | undefined])[],
  change: string,
): string {
  const last = versions.findLast(([, entry]) => entry !== undefined)?.[1];
  const ids = versions.map(([name, entry]) => entry && `${name} ${buildCode(shortenId(entry.id))}`);
  const expiresAt = versions.at(-1)?.[1]?.expiresAt;
  return joinLines([
    buildCode(path),
    last === undefined ? '' : `<sub>${describeAsset(last)}</sub>`,
    change,
    ...ids,
    expiresAt === undefined ? '' : `Valid until ${formatTime(new Date(expiresAt))}`,
  ]);
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
