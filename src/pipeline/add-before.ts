// Adds the pictures that changed ones replace, so that the gallery shows both.
import { parseLfsPointer } from '../assets/lfs-pointer.ts';
import type { GitHub } from '../github/client.ts';
import { readCommit, readFile } from '../github/read.ts';
import { isChangedPicture } from '../outcome.ts';
import { type GalleryItem, measureContent } from '../report/gallery/item.ts';
import type { Reporter } from '../report/reporter.ts';
import { describeError } from '../text/errors.ts';
import { openGitHubLink } from './github-link.ts';
import type { Run } from './set-up.ts';

/** Each takes two requests, of which a workflow's token has 1 000 an hour. */
const MOST_PICTURES = 20;
const TIME_LIMIT_MS = 30_000;
const SYMBOLIC_LINK = 0o120000;

/**
 * The items with what the commit `sha` at GitHub has in the place of changed pictures, as far as it fits into `room`
 * bytes of the page. What cannot be had is left out. Never throws.
 */
export async function addPicturesBefore(
  run: Run,
  items: readonly GalleryItem[],
  sha: string,
  room: number,
  reporter: Reporter,
  cancelled: AbortSignal,
): Promise<readonly GalleryItem[]> {
  const pictures = new Map<string, string>();
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(TIME_LIMIT_MS)]);
  const paths = items.filter(({ outcome }) => isChangedPicture(outcome)).map(({ outcome }) => outcome.path);
  let left = room;
  let github: GitHub | undefined;
  try {
    github = await openGitHubLink(run, reporter, signal);
    for (const path of paths.slice(0, MOST_PICTURES)) {
      const file = (await readCommit(github, sha, path))?.file;
      if (file?.type !== 'blob' || file.mode === SYMBOLIC_LINK) continue;
      const length = measureContent(path, file.size);
      if (length > left) continue;
      const content = await readFile(github, file);
      if (parseLfsPointer(content, file.size) !== undefined) continue;
      pictures.set(path, content.toString('base64'));
      left -= length;
    }
  } catch (error) {
    reporter.info(`The gallery only links to pictures before the change: ${describeError(error)}`);
  } finally {
    await github?.close();
  }
  return items.map((item) => {
    const contentBefore = pictures.get(item.outcome.path);
    return contentBefore === undefined ? item : { ...item, contentBefore };
  });
}
