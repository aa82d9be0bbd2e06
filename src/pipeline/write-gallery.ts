// Stage: write the gallery, with the originals that fit into it.
import type { Asset } from '../assets/judge.ts';
import { parseLfsPointer } from '../assets/lfs-pointer.ts';
import { writeAtomically } from '../files/atomic-file.ts';
import { OpenFile, readJudged } from '../files/open-file.ts';
import type { GitHub } from '../github/client.ts';
import { readCommit, readFile } from '../github/read.ts';
import { isChangedPicture, type Outcome } from '../outcome.ts';
import { chooseEmbedded, describeOrigin, type Embedded, measureContent } from '../report/gallery/place.ts';
import type { SummaryHead } from '../report/summary.ts';
import { formatTime } from '../report/words.ts';
import { describeError, StepError } from '../text/errors.ts';
import { openGitHubLink } from './github-link.ts';
import type { Run } from './set-up.ts';

/** Size of the page, in bytes: what people still send each other and a phone still opens. */
const MAX_GALLERY_BYTES = 25_000_000;

/** Of pictures before the change; each takes two requests, of which a workflow's token has 1 000 an hour. */
const MOST_PICTURES = 20;
const TIME_LIMIT_MS = 30_000;
const SYMBOLIC_LINK = 0o120000;

/** Writes the gallery to a path of the repository, or tells why it could not be written. Never throws. */
export async function writeGallery(
  run: Run,
  reportPath: string,
  outcomes: readonly Outcome[],
  head: SummaryHead,
): Promise<StepError | undefined> {
  try {
    const page = await buildPage(run, reportPath, outcomes, head);
    await writeAtomically(run.repository.root, reportPath, page);
    return undefined;
  } catch (error) {
    const message = `The gallery ${reportPath} could not be written: ${describeError(error)}. Make room or make its folder writable, or name another \`report-path\`.`;
    return new StepError('report-unwritable', message);
  }
}

/** The page with as much inside as it has room for. */
async function buildPage(
  run: Run,
  reportPath: string,
  outcomes: readonly Outcome[],
  summary: SummaryHead,
): Promise<string> {
  // Reads files of the bundle, which may be missing.
  const { buildGallery } = await import('../report/gallery/gallery.ts');
  const { event, host, inputs, mode } = run;
  const facts = [
    ...describeOrigin(event, host.env.GITHUB_RUN_ID ?? '', inputs.businessPhone),
    { name: 'Mode', text: mode },
    { name: 'Made', text: formatTime(new Date()) },
  ];
  const head = { ...summary, facts, reportPath };
  const build = (now: Embedded['now'], before: Embedded['before']): string =>
    buildGallery(outcomes, { ...head, embedded: { now, before } }, MAX_GALLERY_BYTES);
  const roomBeside = (text: string): number => MAX_GALLERY_BYTES - Buffer.byteLength(text);
  const none = new Map<string, string>();
  const now = readContents(chooseEmbedded(outcomes, roomBeside(build(none, none))));
  const page = build(now, none);
  const changed = outcomes.filter(isChangedPicture);
  const commit = head.pictures?.shaBefore;
  if (commit === undefined || inputs.token === '' || changed.length === 0) return page;
  return build(now, await readPicturesBefore(run, changed, commit, roomBeside(page)));
}

/** The contents that were judged, base64 by path, as far as the files still hold them. */
function readContents(assets: readonly Asset[]): Embedded['now'] {
  const contents = new Map<string, string>();
  for (const asset of assets) {
    let file: OpenFile | undefined;
    try {
      file = new OpenFile(asset.file);
      const content = Buffer.concat([...readJudged(file, asset, asset.size)]);
      contents.set(asset.path, content.toString('base64'));
    } catch {
      // It has changed since; the page links to it.
    } finally {
      file?.close();
    }
  }
  return contents;
}

/**
 * What the commit `sha` at GitHub has in the place of changed pictures, base64 by path, as far as it fits into `room`
 * bytes of the page. What cannot be had is left out. Never throws.
 */
async function readPicturesBefore(
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
