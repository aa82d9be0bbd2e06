// The chat bubble of a card, with the asset in its header as WhatsApp shows it.
import { measureCrop } from '../../../media/crop.ts';
import type { Asset } from '../../assets/judge.ts';
import { isChangedPicture, type Outcome } from '../../outcome.ts';
import { escapeExactly, formatBytes } from '../../text/text.ts';
import { locateBlob } from '../pictures.ts';
import { describeFacts } from '../words.ts';
import { type GalleryPlace, isEmbeddable, locateFile } from './place.ts';

/** The gallery's own drawings. */
const PATHS = {
  image: '<path d="M4 5h16v14H4z"/><path d="m4 16 5-5 4 4 3-3 4 4"/><circle cx="15.5" cy="9" r="1"/>',
  video: '<path d="M4 5h16v14H4z"/><path d="m10 9 5 3-5 3z"/>',
  document:
    '<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/><path d="M9 12h6"/><path d="M9 15h6"/><path d="M9 18h3"/>',
  missing: '<path d="M4 5h16v14H4z"/><path d="m9.5 9.5 5 5"/><path d="m14.5 9.5-5 5"/>',
} as const;

/** All drawings, once in the page. */
export const SYMBOLS = `<svg class="symbols" aria-hidden="true">${Object.entries(PATHS)
  .map(([name, path]) => `<symbol id="icon-${name}" viewBox="0 0 24 24">${path}</symbol>`)
  .join('')}</svg>`;

/** One of them, where it is shown. */
function buildIcon(name: keyof typeof PATHS): string {
  return `<svg class="icon" aria-hidden="true"><use href="#icon-${name}"/></svg>`;
}

/** Less of a picture than this is cut off unseen. */
const VISIBLE_CUT = 0.01;

const MESSAGE_LINE = '<span class="message-line"></span>';

/** The asset, or what stands for one that the page does not hold; `name` is that of the file, as HTML. */
export function buildPreview(outcome: Outcome, name: string, place: GalleryPlace): string {
  const { asset, path } = outcome;
  const content = place.embedded.now.get(path);
  if (asset?.type === 'application/pdf') return buildBubble(buildDocument(asset, name, content, place));
  const before = buildBefore(outcome, name, place);
  if (asset === undefined || content === undefined)
    return buildBubble(`<div class="media">${buildTile(asset, name, place)}</div>`) + before;
  const source = `data:${asset.type};base64,${content}`;
  if (asset.type !== 'video/mp4') return buildPicture(asset, name, source) + before;
  return buildBubble(
    `<div class="media"><video controls playsinline preload="none" aria-label="${name}" src="${source}"></video></div>`,
  );
}

function buildBubble(header: string): string {
  return `<div class="bubble">${header}<div class="message" aria-hidden="true">${MESSAGE_LINE.repeat(3)}</div></div>`;
}

function buildPicture({ facts }: Asset, name: string, source: string): string {
  const image = `<img src="${source}" alt="${name}" loading="lazy" decoding="async">`;
  const { width, height } = facts ?? {};
  const crop = width === undefined || height === undefined ? undefined : measureCrop(width, height);
  if (crop === undefined || crop.lost < VISIBLE_CUT) return buildBubble(`<div class="media">${image}</div>`);
  const shape = crop.isWide ? 'is-wide' : 'is-tall';
  const media = `<div class="media has-crop ${shape}"><div class="picture">${image}<div class="crop"></div></div></div>`;
  const share = `${Math.ceil(crop.lost * 100)} %`;
  return `${buildBubble(media)}<label class="switch cut-switch"><input type="checkbox" class="cut" autocomplete="off"><span>Show what is cut off<span class="hidden-text"> of ${name}</span> (${share})</span></label>`;
}

/** The picture that this one replaces; a link to it where the page does not hold it. */
function buildBefore(outcome: Outcome, name: string, { pictures, embedded }: GalleryPlace): string {
  if (!isChangedPicture(outcome)) return '';
  const content = embedded.before.get(outcome.path);
  if (content !== undefined) {
    const image = `<img src="data:${outcome.asset?.type};base64,${content}" alt="${name} before the change" loading="lazy" decoding="async">`;
    return `<figure class="before"><figcaption>Before</figcaption>${image}</figure>`;
  }
  if (pictures?.shaBefore === undefined) return '';
  const address = locateBlob(pictures, pictures.shaBefore, outcome.path);
  return `<p class="before">${buildLink(address, 'See it before the change', name)}</p>`;
}

function buildDocument(asset: Asset, name: string, content: string | undefined, place: GalleryPlace): string {
  const facts = [describeFacts(asset.facts), formatBytes(asset.size), 'PDF'].filter(Boolean).join(' · ');
  const inside = content === undefined ? undefined : `data:${asset.type};base64,${content}`;
  const address = inside ?? locateFile(place, asset);
  const saved = inside === undefined ? '' : ` download="${name}"`;
  const title = address === undefined ? name : `<a href="${escapeExactly(address)}"${saved}>${name}</a>`;
  return `<div class="document">${buildIcon('document')}<span><span class="document-name">${title}</span><span class="document-facts">${facts}</span></span></div>`;
}

/** What stands for an asset that the page does not hold. */
function buildTile(asset: Asset | undefined, name: string, place: GalleryPlace): string {
  const address = asset === undefined ? undefined : locateFile(place, asset);
  const link = address === undefined ? '' : ` ${buildLink(address, 'Open the file', name)}`;
  const symbol = asset === undefined ? 'missing' : asset.type === 'video/mp4' ? 'video' : 'image';
  return `<div class="tile">${buildIcon(symbol)}<span class="tile-text">No preview${explainTile(asset)}${link}</span></div>`;
}

function explainTile(asset: Asset | undefined): string {
  if (asset === undefined) return '';
  if (asset.isLfsPointer) return ': the checkout holds only its Git LFS pointer';
  return isEmbeddable(asset) ? ': the page has no room for it' : ': it is not what its name says';
}

function buildLink(address: string, text: string, name: string): string {
  return `<a href="${escapeExactly(address)}">${text}<span class="hidden-text"> ${name}</span></a>`;
}
