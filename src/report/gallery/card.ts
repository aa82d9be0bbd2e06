// A card of the gallery: the asset in a chat bubble as WhatsApp shows it, and what there is to say of it.
import { measureCrop } from '../../../media/crop.ts';
import type { Asset } from '../../assets/judge.ts';
import type { Outcome } from '../../outcome.ts';
import { escapeExactly, escapeHtml, formatBytes, neutralise } from '../../text/text.ts';
import { describeFacts, STATUS_TITLES } from '../summary.ts';

/** A path and how it ended, with the end of its ID in milliseconds since 1970 where that is known. */
export interface GalleryItem {
  readonly outcome: Outcome;
  readonly expiresAt: number | undefined;
}

/** Largest original that is embedded, in bytes. */
export const MAX_ORIGINAL_BYTES = 200 * 1024;
/** What tags take besides content and name. */
const TAG_BYTES = 512;
/** Less of a picture than this is cut off unseen. */
const VISIBLE_CUT = 0.01;

/** Whether an asset is shown itself, given room: a small image or video that is what its name says. */
export function isEmbeddable(asset: Asset | undefined): asset is Asset {
  if (asset === undefined || asset.isLfsPointer || asset.type === 'application/pdf') return false;
  // Without facts, a finding says that the content is of another type.
  const isReal = asset.facts !== undefined || asset.findings.length === 0;
  return isReal && asset.size <= MAX_ORIGINAL_BYTES;
}

/** The bytes by which an embedded original lengthens the page, at most: its content, its tags and its name in them. */
export function measureOriginal({ path, size }: Pick<Asset, 'path' | 'size'>): number {
  return 4 * Math.ceil(size / 3) + TAG_BYTES + 2 * Buffer.byteLength(escapeHtml(path));
}

/** The card of an item; `original` is its content, base64, where that is shown. */
export function buildCard({ outcome, expiresAt }: GalleryItem, original: string | undefined): string {
  const { path, status, asset, reason, findings } = outcome;
  const name = neutralise(path);
  const cut = name.lastIndexOf('/') + 1;
  const folder = cut === 0 ? '' : `<span class="folder">${escapeExactly(name.slice(0, cut))}</span>`;
  const facts =
    asset === undefined
      ? ''
      : `<p class="facts">${[asset.type, describeFacts(asset.facts), formatBytes(asset.size)].filter(Boolean).join(' · ')}</p>\n`;
  const found = findings.map(
    ({ level, message }) =>
      `<li class="finding finding-${level}"><b class="finding-level">${level === 'error' ? 'Error' : 'Warning'}</b>${escapeHtml(message)}</li>`,
  );
  return `<li class="card is-${status}" data-status="${status}">
<div class="chat">${buildPreview(outcome, name.slice(cut), original)}</div>
<div class="about">
<div class="title"><h2>${folder}${escapeExactly(name.slice(cut))}</h2><span class="badge">${STATUS_TITLES[status]}</span></div>
${facts}${reason === '' ? '' : `<p class="reason">${escapeHtml(reason)}</p>\n`}${
  found.length === 0 ? '' : `<ul class="findings">${found.join('')}</ul>\n`
}${buildId(outcome, name, expiresAt)}</div>
</li>
`;
}

/** The chat bubble with the asset in its header. */
function buildPreview({ asset }: Outcome, name: string, original: string | undefined): string {
  if (asset?.type === 'application/pdf') {
    const facts = [describeFacts(asset.facts), formatBytes(asset.size), 'PDF'].filter(Boolean).join(' · ');
    const tile = `${icon('document')}<span><span class="document-name">${escapeExactly(name)}</span><span class="document-facts">${facts}</span></span>`;
    return buildBubble(`<div class="document">${tile}</div>`);
  }
  if (asset === undefined || original === undefined)
    return buildBubble(`<div class="media">${buildTile(asset)}</div>`);
  const source = `data:${asset.type};base64,${original}`;
  const label = escapeExactly(name);
  if (asset.type === 'video/mp4') {
    return buildBubble(
      `<div class="media"><video controls playsinline preload="none" aria-label="${label}" src="${source}"></video></div>`,
    );
  }
  const image = `<img src="${source}" alt="${label}" loading="lazy" decoding="async">`;
  const { width, height } = asset.facts ?? {};
  const crop = width === undefined || height === undefined ? undefined : measureCrop(width, height);
  if (crop === undefined || crop.lost < VISIBLE_CUT) return buildBubble(`<div class="media">${image}</div>`);
  const shape = crop.isWide ? 'is-wide' : 'is-tall';
  const media = `<div class="media has-crop ${shape}"><div class="picture">${image}<div class="crop"></div></div></div>`;
  const share = `${Math.ceil(crop.lost * 100)} %`;
  return `${buildBubble(media)}<label class="switch cut-switch"><input type="checkbox" class="cut" autocomplete="off"><span>Show what is cut off<span class="hidden-text"> of ${label}</span> (${share})</span></label>`;
}

const MESSAGE_LINE = '<span class="message-line"></span>';

function buildBubble(header: string): string {
  return `<div class="bubble">${header}<div class="message" aria-hidden="true">${MESSAGE_LINE.repeat(3)}</div></div>`;
}

/** What stands for an asset that is not shown. */
function buildTile(asset: Asset | undefined): string {
  const symbol = asset === undefined ? 'missing' : asset.type === 'video/mp4' ? 'video' : 'image';
  return `<div class="tile">${icon(symbol)}<span>${explainTile(asset)}</span></div>`;
}

function explainTile(asset: Asset | undefined): string {
  if (asset === undefined) return 'No preview';
  if (asset.isLfsPointer) return 'No preview: the checkout holds only its Git LFS pointer';
  if (asset.size > MAX_ORIGINAL_BYTES) {
    return `No preview: ${formatBytes(asset.size)}, and only files of up to ${formatBytes(MAX_ORIGINAL_BYTES)} are embedded`;
  }
  return isEmbeddable(asset)
    ? 'No preview: the page has no room for it'
    : 'No preview: it is not what its name says';
}

function buildId({ id, status }: Outcome, name: string, expiresAt: number | undefined): string {
  // The branch holds another file by now, and so another ID.
  if (id === undefined || status === 'superseded') return '';
  const button = `<button type="button" class="copy needs-script" aria-label="Copy ID of ${escapeExactly(name)}">Copy ID</button>`;
  const handle = `<div class="handle"><div><span class="handle-label">File ID</span><code>${escapeExactly(id)}</code></div>${button}</div>\n`;
  if (expiresAt === undefined) return handle;
  const time = new Date(expiresAt);
  return `${handle}<p class="expiry">Expires <time datetime="${time.toISOString()}">${formatTime(time)}</time></p>\n`;
}

/** `23 Nov 2026, 05:33 UTC`. */
export function formatTime(time: Date): string {
  const text = time.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return `${text} UTC`;
}

const PATHS = {
  image: '<path d="M4 5h16v14H4z"/><path d="m4 16 5-5 4 4 3-3 4 4"/><circle cx="15.5" cy="9" r="1"/>',
  video: '<path d="M4 5h16v14H4z"/><path d="m10 9 5 3-5 3z"/>',
  document:
    '<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/><path d="M9 12h6"/><path d="M9 15h6"/><path d="M9 18h3"/>',
  missing: '<path d="M4 5h16v14H4z"/><path d="m9.5 9.5 5 5"/><path d="m14.5 9.5-5 5"/>',
} as const;

/** The icons, for once in a page. */
export const SYMBOLS = `<svg class="symbols" aria-hidden="true">${Object.entries(PATHS)
  .map(([name, path]) => `<symbol id="icon-${name}" viewBox="0 0 24 24">${path}</symbol>`)
  .join('')}</svg>`;

function icon(name: keyof typeof PATHS): string {
  return `<svg class="icon" aria-hidden="true"><use href="#icon-${name}"/></svg>`;
}
