// What the gallery shows of one path, and which files it can hold.
import type { Asset } from '../../assets/judge.ts';
import type { Outcome } from '../../outcome.ts';
import { escapeHtml } from '../../text/text.ts';

/** A path and how it ended. */
export interface GalleryItem {
  readonly outcome: Outcome;
  /** The end of its ID in milliseconds since 1970, where that is known. */
  readonly expiresAt: number | undefined;
  /** The file, base64, where it has room in the page. */
  readonly content?: string | undefined;
  /** The picture that it replaces, base64, where it could be had. */
  readonly contentBefore?: string | undefined;
}

/** What tags take besides content and name. */
const TAG_BYTES = 1024;

/** Whether an asset can be shown itself: the checkout holds it, and it is what its name says. */
export function isEmbeddable(asset: Asset | undefined): asset is Asset {
  if (asset === undefined || asset.isLfsPointer) return false;
  // Without facts, a finding says that the content is of another type.
  return asset.facts !== undefined || asset.findings.length === 0;
}

/** The bytes by which a file inside lengthens the page, at most: its content, its tags and its name in them. */
export function measureContent(path: string, size: number): number {
  return 4 * Math.ceil(size / 3) + TAG_BYTES + 3 * Buffer.byteLength(escapeHtml(path));
}
