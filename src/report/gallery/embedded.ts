// Which files the gallery holds itself.
import type { Asset } from '../../assets/judge.ts';
import type { Outcome } from '../../outcome.ts';
import { escapeHtml } from '../../text/text.ts';

/** Files that the page holds, base64 by path: as they are, and as they were before the run's change. */
export interface Embedded {
  readonly now: ReadonlyMap<string, string>;
  readonly before: ReadonlyMap<string, string>;
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

/** Of the assets that can be shown, those whose files fit into `room` bytes of the page, the smallest first. */
export function chooseEmbedded(outcomes: readonly Outcome[], room: number): readonly Asset[] {
  let left = room;
  const assets = outcomes.map(({ asset }) => asset).filter(isEmbeddable);
  const sorted = assets.sort((a, b) => a.size - b.size);
  return sorted.filter(({ path, size }) => {
    left -= measureContent(path, size);
    return left >= 0;
  });
}
