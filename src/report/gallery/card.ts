// One card of the gallery: the asset in its chat bubble, what was found, what mends it, what became of it, and its ID.
import { composeRemedy } from '../../../media/remedy.ts';
import { isWarned, type Outcome } from '../../outcome.ts';
import { findExpiry } from '../../plan.ts';
import { encodePath, escapeExactly, escapeHtml } from '../../text/text.ts';
import { describeAsset, formatProse, formatTime, titleOf } from '../words.ts';
import type { GalleryPlace } from './place.ts';
import { buildPreview } from './preview.ts';

/** What a header in WhatsApp's shape, size, colour and depth heals; pictures that are damaged it does not. */
const HEALED_BY_EXPORT = /^image-(?:size|bits|colour|reduced-colour|crop)$/;

/** Where the script puts a picture with the frame that decides what is kept. */
export const PICTURE_EDITOR = `<template id="picture-editor">
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
