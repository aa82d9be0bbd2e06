// One card of the gallery: the asset in its chat bubble, what was found, what mends it, what became of it, and its ID.
import { composeRemedy } from '../../../media/remedy.ts';
import { isWarned } from '../../outcome.ts';
import { encodePath, escapeExactly, neutralise } from '../../text/text.ts';
import { describeAsset, formatProse, formatTime, STATUS_TITLES } from '../words.ts';
import type { GalleryItem } from './item.ts';
import type { GalleryPlace } from './origin.ts';
import { buildPreview } from './preview.ts';

/** What a header in WhatsApp's shape, size, colour and depth heals; pictures that are damaged it does not. */
const HEALED_BY_EXPORT: ReadonlySet<string> = new Set([
  'image-size',
  'image-bits',
  'image-colour',
  'image-reduced-colour',
  'image-crop',
]);

/** Where the script puts a picture with the frame that decides what is kept. */
export const PICTURE_EDITOR = `<template id="picture-editor">
<p>Drag the frame, or use the arrow keys, to what the header shall show.</p>
<div class="stage"><div class="frame" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100"></div></div>
<p class="fix-size"></p>
<button type="button" class="button download">Download as 1200 × 628 JPEG</button>
<p class="fix-done" role="status"></p>
</template>
`;

/** The card of an item, which has the percent-encoded path for an address of its own. */
export function buildCard(item: GalleryItem, place: GalleryPlace): string {
  const { outcome } = item;
  const { path, status, reason, asset } = outcome;
  const name = neutralise(path);
  const cut = name.lastIndexOf('/') + 1;
  const folder = cut === 0 ? '' : `<span class="folder">${escapeExactly(name.slice(0, cut))}</span>`;
  const title = `${folder}${escapeExactly(name.slice(cut))}`;
  const address = escapeExactly(encodePath(path));
  const about = [
    asset === undefined ? '' : `<p class="facts">${describeAsset(asset)}</p>\n`,
    reason === '' ? '' : `<p class="reason">${formatProse(reason)}</p>\n`,
    buildFindings(item),
    buildFix(item, name),
    buildId(item, name),
  ];
  return `<li class="card is-${status}" id="${address}" data-status="${status}"${isWarned(outcome) ? ' data-warned' : ''}>
<div class="chat">${buildPreview(item, name.slice(cut), place)}</div>
<div class="about">
<div class="title"><h2><a href="#${address}">${title}</a></h2><span class="badge">${STATUS_TITLES[status]}</span></div>
${about.join('')}</div>
</li>
`;
}

function buildFindings({ outcome: { findings } }: GalleryItem): string {
  if (findings.length === 0) return '';
  const lines = findings.map(
    ({ level, message }) =>
      `<li class="finding finding-${level}"><b class="finding-level">${level === 'error' ? 'Error' : 'Warning'}</b>${formatProse(message)}</li>`,
  );
  return `<ul class="findings">${lines.join('')}</ul>\n`;
}

/** What mends an asset at once: a picture in the browser, anything else by one command; empty where nothing does. */
function buildFix({ outcome, content }: GalleryItem, name: string): string {
  const { asset, findings, path } = outcome;
  if (content !== undefined && findings.some(({ rule }) => HEALED_BY_EXPORT.has(rule))) {
    const label = escapeExactly(name);
    return `<details class="fix needs-script" data-path="${label}"><summary>Fix it here<span class="hidden-text">: ${label}</span></summary></details>\n`;
  }
  const command = composeRemedy(path, findings, asset?.facts);
  return command === undefined ? '' : buildCopyable('Command that mends it', command, 'command', name);
}

function buildId({ outcome: { id, status }, expiresAt }: GalleryItem, name: string): string {
  // The branch holds another file by now, and so another ID.
  if (id === undefined || status === 'superseded') return '';
  const handle = buildCopyable('File ID', id, 'ID', name);
  if (expiresAt === undefined) return handle;
  const time = new Date(expiresAt);
  return `${handle}<p class="expiry">Expires <time datetime="${time.toISOString()}">${formatTime(time)}</time></p>\n`;
}

/** A text with a button that copies it to the letter; `what` is its name on the button, `name` that of the asset. */
function buildCopyable(label: string, text: string, what: string, name: string): string {
  const button = `<button type="button" class="button copy needs-script" data-what="${what}" aria-label="Copy ${what} of ${escapeExactly(name)}">Copy ${what}</button>`;
  return `<div class="handle is-${what.toLowerCase()}"><div><span class="handle-label">${label}</span><code>${escapeExactly(text)}</code></div>${button}</div>\n`;
}
