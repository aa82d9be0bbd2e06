// The gallery: one HTML page for the people who make the assets, with all it needs inside.
import { buildCard } from './card.ts';
import { PICTURE_EDITOR } from './fix.ts';
import { buildHead, type GalleryHead } from './head.ts';
import { type GalleryItem, sortItems } from './item.ts';
import type { GalleryPage } from './page.ts';

/** Room for the sentence that counts what was left out. */
const END_RESERVE = 200;

/**
 * Builds the page: errors first, then warnings, then by path. Files whose content an item lacks are linked. Cards that
 * would make the page longer than `maxBytes` are left out and counted.
 */
export function buildGallery(
  items: readonly GalleryItem[],
  head: GalleryHead,
  page: GalleryPage,
  maxBytes: number,
): string {
  const outcomes = items.map(({ outcome }) => outcome);
  const start = buildHead(outcomes, head, page);
  const end = `${PICTURE_EDITOR}<script>${page.script}</script>\n</body>\n</html>\n`;
  let room = maxBytes - Buffer.byteLength(start + end) - END_RESERVE;
  const cards: string[] = [];
  for (const item of sortItems(items)) {
    const card = buildCard(item, head.place);
    room -= Buffer.byteLength(card);
    if (room < 0) break;
    cards.push(card);
  }
  const rest = items.length - cards.length;
  const more = rest === 0 ? '' : `<p class="nothing">and ${rest} more, for which this page has no room</p>\n`;
  return `${start}${cards.join('')}</ul>\n${more}</main>\n${end}`;
}
