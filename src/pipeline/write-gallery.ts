// Stage: write the gallery, with the originals that fit into it.
import type { Asset } from '../assets/judge.ts';
import { writeAtomically } from '../files/atomic-file.ts';
import { describeError } from '../text/errors.ts';
import { OpenFile, readJudged } from '../files/open-file.ts';
import type { ManifestStore } from '../manifest/store.ts';
import type { Outcome } from '../outcome.ts';
import { findExpiry } from '../plan.ts';
import { type GalleryItem, isEmbeddable, measureOriginal } from '../report/gallery/card.ts';
import { buildGallery, type GalleryHead } from '../report/gallery/gallery.ts';
import { readPage } from '../report/gallery/page.ts';

/** Size of the page, in bytes: what people still send each other and a phone still opens. */
const MAX_GALLERY_BYTES = 25_000_000;

/**
 * Writes the gallery to a path of the repository. Never throws.
 * @returns why it could not be written, or undefined when it is
 */
export async function writeGallery(
  root: string,
  reportPath: string,
  outcomes: readonly Outcome[],
  store: ManifestStore | undefined,
  head: GalleryHead,
): Promise<string | undefined> {
  const items = outcomes.map((outcome) => ({ outcome, expiresAt: findEnd(outcome, store) }));
  try {
    const page = readPage();
    const bare = buildGallery(items, head, page, new Map(), MAX_GALLERY_BYTES);
    const originals = readOriginals(items, MAX_GALLERY_BYTES - Buffer.byteLength(bare));
    const text = originals.size === 0 ? bare : buildGallery(items, head, page, originals, MAX_GALLERY_BYTES);
    await writeAtomically(root, reportPath, text);
    return undefined;
  } catch (error) {
    return `The gallery ${reportPath} could not be written: ${describeError(error)}. Make room or make its folder writable, or name another \`report-path\`.`;
  }
}

function findEnd({ path, id }: Outcome, store: ManifestStore | undefined): number | undefined {
  const entry = store?.manifest.get(path);
  return entry === undefined || entry.id !== id ? undefined : findExpiry(entry);
}

/** The originals that fit into the room, in order of the outcomes; smaller ones may pass a large one that does not. */
function readOriginals(items: readonly GalleryItem[], room: number): ReadonlyMap<string, string> {
  const originals = new Map<string, string>();
  let left = room;
  for (const { asset } of items.map(({ outcome }) => outcome)) {
    if (!isEmbeddable(asset) || measureOriginal(asset) > left) continue;
    const content = readOriginal(asset);
    if (content === undefined) continue;
    originals.set(asset.path, content.toString('base64'));
    left -= measureOriginal(asset);
  }
  return originals;
}

/** The content that was judged, or undefined when the file does not hold it any more. */
function readOriginal(asset: Asset): Buffer | undefined {
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
