// The gallery: one HTML page for the people who make the assets, with all it needs inside.
import { isWarned, STATUSES } from '../../outcome.ts';
import { buildCard, PICTURE_EDITOR } from './card.ts';
import { buildHead, type GalleryHead } from './head.ts';
import type { GalleryItem } from './item.ts';
import { SCRIPT } from './page.ts';

/** Room for the sentence that counts what was left out. */
const END_RESERVE = 200;

/**
 * Builds the page: errors first, then warnings, then by status, and by path among equals. Files whose content an item
 * lacks are linked. Cards that would make the page longer than `maxBytes` are left out and counted.
 */
export function buildGallery(items: readonly GalleryItem[], head: GalleryHead, maxBytes: number): string {
  const outcomes = items.map(({ outcome }) => outcome);
  const start = buildHead(outcomes, head);
  const end = `${PICTURE_EDITOR}<script>${SCRIPT}</script>\n</body>\n</html>\n`;
  let room = maxBytes - Buffer.byteLength(start + end) - END_RESERVE;
  const cards: string[] = [];
  for (const item of items.toSorted((a, b) => rank(a) - rank(b))) {
    const card = buildCard(item, head);
    room -= Buffer.byteLength(card);
    if (room < 0) break;
    cards.push(card);
  }
  const rest = items.length - cards.length;
  const more = rest === 0 ? '' : `<p class="nothing">and ${rest} more, for which this page has no room</p>\n`;
  return `${start}${cards.join('')}</ul>\n${more}</main>\n${end}`;
}

function rank({ outcome }: GalleryItem): number {
  if (outcome.status === 'invalid') return -2;
  return isWarned(outcome) ? -1 : STATUSES.indexOf(outcome.status);
}
