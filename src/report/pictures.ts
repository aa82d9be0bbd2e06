// Where GitHub shows the pictures of a run, for summaries and comments.
import { valueAt } from '../text/json.ts';
import type { RunEvent } from '../inputs/event.ts';
import { encodePath, escapeExactly, escapeHtml } from '../text/text.ts';

/** The commits that hold the pictures of a run. */
export interface PictureSource {
  /** `https://github.com/owner/name`, of the server the run belongs to. */
  readonly repositoryUrl: string;
  /** Commit with the files as they are. */
  readonly sha: string;
  /** Commit with the files as they were; undefined when there is none. */
  readonly shaBefore: string | undefined;
}

const OBJECT_ID = /^[0-9a-f]{40,64}$/;

/** The commits of an event: a pull request's head and base, or the pushed commit and the one before it. */
export function findPictureSource(event: RunEvent): PictureSource | undefined {
  const sha = valueAt(event.payload, 'pull_request', 'head', 'sha') ?? event.sha;
  const before = valueAt(event.payload, 'pull_request', 'base', 'sha') ?? valueAt(event.payload, 'before');
  if (typeof sha !== 'string' || !OBJECT_ID.test(sha) || event.repository === '') return undefined;
  const hasBefore = typeof before === 'string' && OBJECT_ID.test(before) && !/^0+$/.test(before);
  const repositoryUrl = `${event.serverUrl}/${event.repository}`;
  return { repositoryUrl, sha, shaBefore: hasBefore ? before : undefined };
}

/** The address of a repository's file at a commit. */
export function locateBlob({ repositoryUrl }: PictureSource, sha: string, path: string): string {
  return `${repositoryUrl}/blob/${sha}/${encodePath(path)}`;
}

/** Pixels of the column of pictures, and what a tall one may take. */
const MOST_WIDTH = 150;
const MOST_HEIGHT = 200;

/** An HTML picture of a repository file at a commit; `alt` is shown where pictures are not, `size` its pixels, if known. */
export function buildPicture(
  source: PictureSource,
  sha: string,
  path: string,
  alt: string,
  { width = MOST_WIDTH, height = 1 }: { readonly width?: number; readonly height?: number } = {},
): string {
  const address = `${locateBlob(source, sha, path)}?raw=true`;
  const shown = Math.max(1, Math.round(Math.min(MOST_WIDTH, width, (MOST_HEIGHT * width) / height)));
  // Cut text would be a broken address; a long name keeps its row without a picture.
  if (address.length > 2000) return '';
  return `<img src="${escapeExactly(address)}" alt="${escapeHtml(alt)}" width="${shown}">`;
}
