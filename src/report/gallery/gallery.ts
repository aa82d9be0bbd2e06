// The gallery: one HTML page for the people who make the assets, with all it needs inside.
import { createHash } from 'node:crypto';
import type { Asset } from '../../assets/judge.ts';
import { measureCrop } from '../../../media/crop.ts';
import { type Outcome, STATUSES, type Status, withStatus } from '../../outcome.ts';
import { escapeExactly, escapeHtml, formatBytes, neutralise } from '../../text/text.ts';
import type { GalleryPage } from './page.ts';
import { describeCounts, describeFacts, STATUS_TITLES } from '../summary.ts';

/** What stands above the cards. */
export interface GalleryHead {
  readonly isSuccess: boolean;
  /** The mode in force. */
  readonly mode: string;
  readonly madeAt: Date;
  /** Why the run failed, was cut short or reduced, in sentences; may be empty. */
  readonly remarks: readonly string[];
}

/** A path and how it ended, with the end of its ID in milliseconds since 1970 where that is known. */
export interface GalleryItem {
  readonly outcome: Outcome;
  readonly expiresAt: number | undefined;
}

/** Originals by path, base64. */
export type Originals = ReadonlyMap<string, string>;

/** Largest original that is embedded, in bytes. */
export const MAX_ORIGINAL_BYTES = 200 * 1024;
/** What tags take besides content and name. */
const TAG_BYTES = 512;
/** Room for the sentence that counts what was left out. */
const END_RESERVE = 200;
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

/**
 * Builds the page: problems first, then by path. What is not in `originals` becomes a tile. Cards that would make the
 * page longer than `maxBytes` are left out and counted.
 */
export function buildGallery(
  items: readonly GalleryItem[],
  head: GalleryHead,
  page: GalleryPage,
  originals: Originals,
  maxBytes: number,
): string {
  const outcomes = items.map(({ outcome }) => outcome);
  const start = buildStart(outcomes, head, page);
  const end = `<script>${page.script}</script>\n</body>\n</html>\n`;
  let room = maxBytes - Buffer.byteLength(start + end) - END_RESERVE;
  const sorted = [...items].sort((a, b) => rank(a) - rank(b));
  const cards: string[] = [];
  for (const item of sorted) {
    const card = buildCard(item, originals.get(item.outcome.path));
    room -= Buffer.byteLength(card);
    if (room < 0) break;
    cards.push(card);
  }
  const rest = sorted.length - cards.length;
  const more = rest === 0 ? '' : `<p class="nothing">and ${rest} more, for which this page has no room</p>\n`;
  return `${start}${cards.join('')}</ul>\n${more}</main>\n${end}`;
}

function rank({ outcome }: GalleryItem): number {
  return STATUSES.indexOf(outcome.status);
}

function buildStart(outcomes: readonly Outcome[], head: GalleryHead, page: GalleryPage): string {
  const counts = describeCounts(outcomes);
  const policy = [
    "default-src 'none'",
    'img-src data:',
    'media-src data:',
    `style-src ${hashSource(page.style)}`,
    `script-src ${hashSource(page.script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const remarks = head.remarks.map(buildRemark).join('');
  const chips = STATUSES.filter((status) => withStatus(outcomes, status).length > 0).map((status) =>
    buildChip(status, STATUS_TITLES[status], withStatus(outcomes, status).length),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeExactly(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>NXCloud template assets: ${counts}</title>
<style>${page.style}</style>
</head>
<body>
${SYMBOLS}
<header class="head">
<h1>NXCloud template assets</h1>
<p class="verdict is-${head.isSuccess ? 'success' : 'failure'}">${head.isSuccess ? '✓' : '✗'} ${counts}</p>
<p class="made">Mode ${escapeHtml(head.mode)}, ${formatTime(head.madeAt)}</p>
${remarks}</header>
<section class="tools" aria-label="Filter">
<div class="tools-inside">
<div class="search needs-script"><label class="hidden-text" for="search">Search by path</label>
<input type="search" id="search" placeholder="Search by path" autocomplete="off" spellcheck="false"></div>
<fieldset class="chips needs-script"><legend class="hidden-text">Status</legend>
${[buildChip('', 'All', outcomes.length), ...chips].join('\n')}
</fieldset>
<label class="switch all-cuts"><input type="checkbox" id="all-cuts" autocomplete="off">Show what is cut off</label>
<p class="shown" id="shown" role="status"></p>
<p class="hidden-text" id="said" role="status"></p>
</div>
</section>
<main>
<p class="nothing" id="nothing"${outcomes.length === 0 ? '' : ' hidden'}>${outcomes.length === 0 ? 'No assets.' : 'No asset matches.'}</p>
<ul class="cards">
`;
}

/** A radio button; the empty value stands for every status. */
function buildChip(value: Status | '', title: string, count: number): string {
  const checked = value === '' ? ' checked' : '';
  return `<label class="chip"><input type="radio" name="status" value="${value}" autocomplete="off"${checked}><span class="chip-label">${title} <b class="chip-count">${count}</b></span></label>`;
}

/** The source expression by which a policy allows exactly this inline text. */
function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function buildCard({ outcome, expiresAt }: GalleryItem, original: string | undefined): string {
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

/** What GitHub refuses can take several lines. */
function buildRemark(remark: string): string {
  return `<p class="remark">${remark
    .split('\n')
    .map((line) => escapeHtml(line))
    .join('<br>')}</p>\n`;
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
function formatTime(time: Date): string {
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

const SYMBOLS = `<svg class="symbols" aria-hidden="true">${Object.entries(PATHS)
  .map(([name, path]) => `<symbol id="icon-${name}" viewBox="0 0 24 24">${path}</symbol>`)
  .join('')}</svg>`;

function icon(name: keyof typeof PATHS): string {
  return `<svg class="icon" aria-hidden="true"><use href="#icon-${name}"/></svg>`;
}
