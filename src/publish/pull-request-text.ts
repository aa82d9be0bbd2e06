// Title and body of the pull request: pure.
import { buildCode, buildEntryRows, buildTable, showChange } from '../report/rows.ts';
import type { PictureSource } from '../report/pictures.ts';
import type { Manifest, ManifestEntry } from '../manifest/manifest.ts';

/** GitHub's limit, in characters. */
export const MAX_BODY_LENGTH = 65_536;

/** By this a body is known as the action's own: one that a person rewrote is left alone. */
export const BODY_MARKER = '<!-- nxcloud-template-assets: this description is kept up to date -->';

/** GitHub's limit, in characters. */
const MAX_TITLE_LENGTH = 256;

/** The first line of the commit message, cut to what GitHub takes. */
export function buildTitle(commitMessage: string): string {
  const [first = ''] = commitMessage.trim().split('\n', 1);
  const line = first.trimEnd();
  const characters = [...line];
  if (characters.length <= MAX_TITLE_LENGTH) return line;
  return `${characters.slice(0, MAX_TITLE_LENGTH - 1).join('')}…`;
}

/** The cell with a row's picture, which shows the same at every commit where the rest of the row is the same. */
const PICTURE_CELL = /(?<=<tr>)<td>.*?<\/td>(?=<td>)/g;

/** What a row says of an entry that the run did not make; runs differ in it without anything having changed. */
const NOT_MADE = ' <sub>(not made by the last run that changed this)</sub>';

/**
 * Says what merging changes, as a table; rows that do not fit into GitHub's limit are counted. `notMade` are the paths
 * of entries that this run did not make, `pictures` the base and what came before this run.
 */
export function buildBody(
  base: Manifest,
  proposed: Manifest,
  manifestPath: string,
  notMade: readonly string[],
  pictures: PictureSource,
): string {
  const head =
    `${BODY_MARKER}\n<p>Merging this records the NXCloud file IDs of these assets in ` +
    `${buildCode(manifestPath)}.</p>\n\n`;
  const rows = buildEntryRows(base, proposed, ['Old ID', 'New ID'], (path, old, entry) => {
    const isMade = !notMade.includes(path);
    const change = describeChange(old, entry);
    // What came before this run is not what came before another one.
    const isShownBefore = change === CHANGED && isMade;
    const picture = entry?.type.startsWith('image/') ? showChange(pictures, path, path, isShownBefore) : '';
    return { picture, words: change + (isMade ? '' : NOT_MADE) };
  });
  // A text has at most as many characters as bytes.
  return buildTable(head, rows, '\n', MAX_BODY_LENGTH);
}

/** Whether two descriptions say the same of what merging changes. */
export function isSameBody(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) =>
    text.replaceAll('\r\n', '\n').replaceAll(PICTURE_CELL, '').replaceAll(NOT_MADE, '').trim(),
  );
  return one === other;
}

const CHANGED = 'Content changed';

function describeChange(before: ManifestEntry | undefined, after: ManifestEntry | undefined): string {
  if (after === undefined) return 'Removed';
  if (before === undefined) return 'New';
  if (before.sha256 !== after.sha256) return CHANGED;
  return before.id === after.id ? 'Details changed' : 'Renewed';
}
