// The chat bubble of a card, with the asset in its header as WhatsApp shows it.
import { measureCrop } from '../../../media/crop.ts';
import type { Asset } from '../../assets/judge.ts';
import { isChangedPicture } from '../../outcome.ts';
import { escapeExactly, formatBytes } from '../../text/text.ts';
import { locateBlob } from '../pictures.ts';
import { describeFacts } from '../words.ts';
import { buildIcon } from './icons.ts';
import { type GalleryItem, isEmbeddable } from './item.ts';
import { type GalleryPlace, locateFile } from './origin.ts';

/** Less of a picture than this is cut off unseen. */
const VISIBLE_CUT = 0.01;

const MESSAGE_LINE = '<span class="message-line"></span>';

/** The asset, or what stands for one that the page does not hold; `name` is that of the file, neutralised. */
export function buildPreview(item: GalleryItem, name: string, place: GalleryPlace): string {
  const { outcome, content } = item;
  const { asset } = outcome;
  if (asset?.type === 'application/pdf') return buildBubble(buildDocument(asset, name, content, place));
  if (asset === undefined || content === undefined)
    return (
      buildBubble(`<div class="media">${buildTile(asset, name, place)}</div>`) +
      buildBefore(item, name, place)
    );
  const source = `data:${asset.type};base64,${content}`;
  if (asset.type === 'video/mp4') {
    return buildBubble(
      `<div class="media"><video controls playsinline preload="none" aria-label="${escapeExactly(name)}" src="${source}"></video></div>`,
    );
  }
  return buildPicture(asset, name, source) + buildBefore(item, name, place);
}

function buildBubble(header: string): string {
  return `<div class="bubble">${header}<div class="message" aria-hidden="true">${MESSAGE_LINE.repeat(3)}</div></div>`;
}

function buildPicture(asset: Asset, name: string, source: string): string {
  const label = escapeExactly(name);
  const image = `<img src="${source}" alt="${label}" loading="lazy" decoding="async">`;
  const { width, height } = asset.facts ?? {};
  const crop = width === undefined || height === undefined ? undefined : measureCrop(width, height);
  if (crop === undefined || crop.lost < VISIBLE_CUT) return buildBubble(`<div class="media">${image}</div>`);
  const shape = crop.isWide ? 'is-wide' : 'is-tall';
  const media = `<div class="media has-crop ${shape}"><div class="picture">${image}<div class="crop"></div></div></div>`;
  const share = `${Math.ceil(crop.lost * 100)} %`;
  return `${buildBubble(media)}<label class="switch cut-switch"><input type="checkbox" class="cut" autocomplete="off"><span>Show what is cut off<span class="hidden-text"> of ${label}</span> (${share})</span></label>`;
}

/** The picture that this one replaces; a link to it where the page does not hold it. */
function buildBefore(
  { outcome, contentBefore }: GalleryItem,
  name: string,
  { pictures }: GalleryPlace,
): string {
  if (!isChangedPicture(outcome)) return '';
  const label = escapeExactly(name);
  if (contentBefore !== undefined) {
    const image = `<img src="data:${outcome.asset?.type};base64,${contentBefore}" alt="${label} before the change" loading="lazy" decoding="async">`;
    return `<figure class="before"><figcaption>Before</figcaption>${image}</figure>`;
  }
  if (pictures?.shaBefore === undefined) return '';
  const address = locateBlob(pictures, pictures.shaBefore, outcome.path);
  return `<p class="before">${buildLink(address, 'See it before the change', label)}</p>`;
}

function buildDocument(asset: Asset, name: string, content: string | undefined, place: GalleryPlace): string {
  const label = escapeExactly(name);
  const facts = [describeFacts(asset.facts), formatBytes(asset.size), 'PDF'].filter(Boolean).join(' · ');
  const inside = content === undefined ? undefined : `data:${asset.type};base64,${content}`;
  const address = inside ?? locateFile(place, asset);
  const saved = inside === undefined ? '' : ` download="${label}"`;
  const title = address === undefined ? label : `<a href="${escapeExactly(address)}"${saved}>${label}</a>`;
  return `<div class="document">${buildIcon('document')}<span><span class="document-name">${title}</span><span class="document-facts">${facts}</span></span></div>`;
}

/** What stands for an asset that the page does not hold. */
function buildTile(asset: Asset | undefined, name: string, place: GalleryPlace): string {
  const address = asset === undefined ? undefined : locateFile(place, asset);
  const link = address === undefined ? '' : ` ${buildLink(address, 'Open the file', escapeExactly(name))}`;
  const symbol = asset === undefined ? 'missing' : asset.type === 'video/mp4' ? 'video' : 'image';
  return `<div class="tile">${buildIcon(symbol)}<span class="tile-text">${explainTile(asset)}${link}</span></div>`;
}

function explainTile(asset: Asset | undefined): string {
  if (asset === undefined) return 'No preview';
  if (asset.isLfsPointer) return 'No preview: the checkout holds only its Git LFS pointer';
  return isEmbeddable(asset)
    ? 'No preview: the page has no room for it'
    : 'No preview: it is not what its name says';
}

function buildLink(address: string, text: string, label: string): string {
  return `<a href="${escapeExactly(address)}">${text}<span class="hidden-text"> ${label}</span></a>`;
}
