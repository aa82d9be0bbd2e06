// Reads what pictures showed before the change, for the gallery.
import { parseLfsPointer } from '../assets/lfs-pointer.ts';
import type { GitHub } from '../github/client.ts';
import { readCommit, readFile } from '../github/read.ts';
import type { Outcome } from '../outcome.ts';
import { type Embedded, measureContent } from '../report/gallery/place.ts';
import { describeError } from '../text/errors.ts';
import { openGitHubLink } from './github-link.ts';
import type { Run } from './set-up.ts';

/** Of pictures before the change; each takes two requests, of which a workflow's token has 1 000 an hour. */
const MOST_PICTURES = 20;
const TIME_LIMIT_MS = 30_000;
const SYMBOLIC_LINK = 0o120000;

/**
 * What the commit `sha` at GitHub has in the place of changed pictures, base64 by path, as far as it fits into `room`
 * bytes of the page. What cannot be had is left out. Never throws.
 */
export async function readPicturesBefore(
  run: Run,
  changed: readonly Outcome[],
  sha: string,
  room: number,
): Promise<Embedded['before']> {
  const pictures = new Map<string, string>();
  const signal = AbortSignal.any([run.cancelled, AbortSignal.timeout(TIME_LIMIT_MS)]);
  let left = room;
  let github: GitHub | undefined;
  try {
    github = await openGitHubLink(run, signal);
    for (const { path } of changed.slice(0, MOST_PICTURES)) {
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
    run.reporter.info(`The gallery only links to pictures before the change: ${describeError(error)}`);
  } finally {
    await github?.close();
  }
  return pictures;
}
