// Stage: write the gallery, with the originals that fit into it.
import type { Asset } from '../assets/judge.ts';
import { writeAtomically } from '../files/file-system.ts';
import { OpenFile, readJudged } from '../files/open-file.ts';
import { isChangedPicture, type Outcome } from '../outcome.ts';
import { chooseEmbedded, describeOrigin, type Embedded } from '../report/gallery/place.ts';
import type { SummaryHead } from '../report/summary.ts';
import { formatTime } from '../report/words.ts';
import { describeError, StepError } from '../text/errors.ts';
import { readPicturesBefore } from './read-before.ts';
import type { Run } from './set-up.ts';

/** Size of the page, in bytes: what people still send each other and a phone still opens. */
const MAX_GALLERY_BYTES = 25_000_000;

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
    try {
      using file = new OpenFile(asset.file);
      const content = Buffer.concat([...readJudged(file, asset, asset.size)]);
      contents.set(asset.path, content.toString('base64'));
    } catch {
      // It has changed since; the page links to it.
    }
  }
  return contents;
}
