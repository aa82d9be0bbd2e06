// Stage: write the gallery, with the originals that fit into it.
import type { Asset } from '../assets/judge.ts';
import { writeAtomically } from '../files/atomic-file.ts';
import { OpenFile, readJudged } from '../files/open-file.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { isChangedPicture, type Outcome } from '../outcome.ts';
import { findExpiry } from '../plan.ts';
import { buildGallery } from '../report/gallery/gallery.ts';
import { type GalleryItem, isEmbeddable, measureContent } from '../report/gallery/item.ts';
import { describeOrigin } from '../report/gallery/origin.ts';
import type { SummaryHead } from '../report/summary.ts';
import { describeError, StepError } from '../text/errors.ts';
import type { Run } from './set-up.ts';

/** Size of the page, in bytes: what people still send each other and a phone still opens. */
const MAX_GALLERY_BYTES = 25_000_000;

/**
 * Writes the gallery to a path of the repository; `manifest` tells when IDs end. Never throws.
 * @returns why it could not be written, if it could not
 */
export async function writeGallery(
  run: Run,
  reportPath: string,
  outcomes: readonly Outcome[],
  manifest: Manifest | undefined,
  head: SummaryHead,
): Promise<readonly StepError[]> {
  try {
    const page = await buildPage(run, reportPath, outcomes, manifest, head);
    await writeAtomically(run.repository.root, reportPath, page);
    return [];
  } catch (error) {
    const message = `The gallery ${reportPath} could not be written: ${describeError(error)}. Make room or make its folder writable, or name another \`report-path\`.`;
    return [new StepError('report-unwritable', message)];
  }
}

/** The page with as much inside as it has room for. */
async function buildPage(
  run: Run,
  reportPath: string,
  outcomes: readonly Outcome[],
  manifest: Manifest | undefined,
  { isSuccess, remarks, pictures }: SummaryHead,
): Promise<string> {
  const { event, host, inputs, mode } = run;
  const origin = describeOrigin(event, host.env.GITHUB_RUN_ID ?? '', inputs.businessPhone);
  const head = { isSuccess, remarks, pictures, mode, madeAt: new Date(), origin, reportPath };
  const build = (items: readonly GalleryItem[]): string => buildGallery(items, head, MAX_GALLERY_BYTES);
  const roomBeside = (text: string): number => MAX_GALLERY_BYTES - Buffer.byteLength(text);
  const bare = outcomes.map((outcome) => ({ outcome, expiresAt: findEnd(outcome, manifest) }));
  const items = addContents(bare, roomBeside(build(bare)));
  const page = build(items);
  const before = pictures?.shaBefore;
  if (before === undefined || inputs.token === '' || !outcomes.some(isChangedPicture)) return page;
  const { addPicturesBefore } = await import('./add-before.ts');
  return build(await addPicturesBefore(run, items, before, roomBeside(page)));
}

function findEnd({ path, id }: Outcome, manifest: Manifest | undefined): number | undefined {
  const entry = manifest?.get(path);
  return entry === undefined || entry.id !== id ? undefined : findExpiry(entry);
}

/** The items with the files that fit into the room, the smallest first. */
function addContents(items: readonly GalleryItem[], room: number): readonly GalleryItem[] {
  const assets = items.map(({ outcome }) => outcome.asset).filter(isEmbeddable);
  const contents = new Map<string, string>();
  let left = room;
  for (const asset of assets.sort((a, b) => a.size - b.size)) {
    const length = measureContent(asset.path, asset.size);
    if (length > left) break;
    const content = readContent(asset);
    if (content === undefined) continue;
    contents.set(asset.path, content.toString('base64'));
    left -= length;
  }
  return items.map((item) => ({ ...item, content: contents.get(item.outcome.path) }));
}

/** The content that was judged, or undefined when the file does not hold it any more. */
function readContent(asset: Asset): Buffer | undefined {
  let file: OpenFile | undefined;
  try {
    file = new OpenFile(asset.file);
    return Buffer.concat([...readJudged(file, asset, asset.size)]);
  } catch {
    return undefined;
  } finally {
    file?.close();
  }
}
