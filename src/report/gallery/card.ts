// One card of the gallery: the asset in its chat bubble, what was found, what mends it, what became of it, and its ID.
import { measureCrop } from '../../../media/rules.ts';
import { composeRemedy } from '../../../media/remedy.ts';
import type { Asset } from '../../assets/judge.ts';
import { isChangedPicture, isWarned, type Outcome } from '../../outcome.ts';
import { findExpiry } from '../../plan.ts';
import { encodePath, escapeExactly, escapeHtml, formatBytes } from '../../text/text.ts';
import { locateBlob } from '../pictures.ts';
import { describeAsset, describeFacts, formatProse, formatTime, titleOf } from '../words.ts';
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

/** Less of a picture than this is cut off unseen. */
const VISIBLE_CUT = 0.01;

/** What a header in WhatsApp's shape, size, colour and depth heals; pictures that are damaged it does not. */
const HEALED_BY_EXPORT = /^image-(?:size|bits|colour|reduced-colour|crop)$/;

/** Where the script puts a picture with the frame that decides what is kept. */
export const PICTURE_EDITOR = `<template id="/picture-editor">
<p>Drag the frame, or use the arrow keys, to what the header shall show.</p>
<div class="stage"><div class="frame" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100"></div></div>
<p class="fix-size"></p>
<button type="button" class="button download">Download as 1200 × 628 JPEG</button>
<p class="fix-done" role="status"></p>
</template>
`;

/** The card of a path, which has the percent-encoded path for an address of its own. Names are passed on as HTML. */
export function buildCard(outcome: Outcome, place: GalleryPlace): string {
  const { path, status, reason, asset } = outcome;
  const label = escapeHtml(path);
  const cut = label.lastIndexOf('/') + 1;
  const name = label.slice(cut);
  const folder = cut === 0 ? '' : `<span class="folder">${label.slice(0, cut)}</span>`;
  const address = escapeExactly(encodePath(path));
  const about = [
    asset === undefined ? '' : `<p class="facts">${describeAsset(asset)}</p>\n`,
    reason === '' ? '' : `<p class="reason">${formatProse(reason)}</p>\n`,
    buildFindings(outcome),
    buildFix(outcome, label, place.embedded.now.has(path)),
    buildId(outcome, label),
  ];
  return `<li class="card is-${status}" id="${address}" data-status="${status}"${isWarned(outcome) ? ' data-warned' : ''}>
<div class="chat">${buildPreview(outcome, name, place)}</div>
<div class="about">
<div class="title"><h2><a href="#${address}">${folder}${name}</a></h2><span class="badge">${titleOf(status)}</span></div>
${about.join('')}</div>
</li>
`;
}

function buildFindings({ findings }: Outcome): string {
  if (findings.length === 0) return '';
  const lines = findings.map(
    ({ level, message }) =>
      `<li class="finding finding-${level}"><b class="finding-level">${level === 'error' ? 'Error' : 'Warning'}</b>${formatProse(message)}</li>`,
  );
  return `<ul class="findings">${lines.join('')}</ul>\n`;
}

/** What mends an asset at once: a picture in the browser, anything else by one command; empty where nothing does. */
function buildFix({ asset, findings, path }: Outcome, label: string, isEmbedded: boolean): string {
  if (isEmbedded && findings.some(({ rule }) => HEALED_BY_EXPORT.test(rule)))
    return `<details class="fix needs-script" data-path="${label}"><summary>Fix it here<span class="hidden-text">: ${label}</span></summary></details>\n`;
  const command = composeRemedy(path, findings, asset?.facts);
  return command === undefined ? '' : buildCopyable('Command that mends it', command, 'command', label);
}

function buildId({ entry, status }: Outcome, label: string): string {
  // The branch holds another file by now, and so another ID.
  if (entry === undefined || status === 'superseded') return '';
  const handle = buildCopyable('File ID', entry.id, 'ID', label);
  const expiresAt = findExpiry(entry);
  if (expiresAt === undefined) return handle;
  const time = new Date(expiresAt);
  return `${handle}<p class="expiry">Expires <time datetime="${time.toISOString()}">${formatTime(time)}</time></p>\n`;
}

/** A text with a button that copies it to the letter; `what` is its name on the button, `label` the asset's path. */
function buildCopyable(title: string, text: string, what: string, label: string): string {
  const button = `<button type="button" class="button copy needs-script" data-what="${what}" aria-label="Copy ${what} of ${label}">Copy ${what}</button>`;
  return `<div class="handle is-${what.toLowerCase()}"><div><span class="handle-label">${title}</span><code>${escapeExactly(text)}</code></div>${button}</div>\n`;
}

/** The asset, or what stands for one that the page does not hold; `name` is that of the file, as HTML. */
function buildPreview(outcome: Outcome, name: string, place: GalleryPlace): string {
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
  return `<div class="bubble">${header}<div class="message" aria-hidden="true">${'<span class="message-line"></span>'.repeat(3)}</div></div>`;
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

/** One of them, where it is shown. */
function buildIcon(name: keyof typeof PATHS): string {
  return `<svg class="icon" aria-hidden="true"><use href="#icon-${name}"/></svg>`;
}
