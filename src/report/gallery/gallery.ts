// The gallery: one HTML page for the people who make the assets, with all it needs inside.
import { isWarned, type Outcome, STATUSES } from '../../outcome.ts';
import { buildCard, PICTURE_EDITOR } from './card.ts';
import { buildHead, type GalleryHead } from './head.ts';
import { SCRIPT } from './page.ts';

/** Room for the sentence that counts what was left out. */
const END_RESERVE = 200;

/**
 * Builds the page: errors first, then warnings, then by status, and by path among equals. Files that
 * it does not hold are linked. Cards that would make the page longer than `maxBytes` are left out and counted.
 */
export function buildGallery(outcomes: readonly Outcome[], head: GalleryHead, maxBytes: number): string {
  const start = buildHead(outcomes, head);
  const end = `${PICTURE_EDITOR}<script>${SCRIPT}</script>\n</body>\n</html>\n`;
  let room = maxBytes - Buffer.byteLength(start + end) - END_RESERVE;
  const cards: string[] = [];
  for (const outcome of outcomes.toSorted((a, b) => rank(a) - rank(b))) {
    const card = buildCard(outcome, head);
    room -= Buffer.byteLength(card);
    if (room < 0) break;
    cards.push(card);
  }
  const rest = outcomes.length - cards.length;
  const more = rest === 0 ? '' : `<p class="nothing">and ${rest} more, for which this page has no room</p>\n`;
  return `${start}${cards.join('')}</ul>\n${more}</main>\n${end}`;
}

function rank(outcome: Outcome): number {
  if (outcome.status === 'invalid') return -2;
  return isWarned(outcome) ? -1 : STATUSES.indexOf(outcome.status);
}
