// The gallery: one HTML page for the people who make the assets, with all it needs inside.
import { createHash } from 'node:crypto';
import { type Outcome, STATUSES, type Status, withStatus } from '../../outcome.ts';
import { escapeExactly, escapeHtml } from '../../text/text.ts';
import { buildCard, formatTime, type GalleryItem, SYMBOLS } from './card.ts';
import type { GalleryPage } from './page.ts';
import { describeCounts, STATUS_TITLES } from '../summary.ts';

/** What stands above the cards. */
export interface GalleryHead {
  readonly isSuccess: boolean;
  /** The mode in force. */
  readonly mode: string;
  readonly madeAt: Date;
  /** Why the run failed, was cut short or reduced, in sentences; may be empty. */
  readonly remarks: readonly string[];
}

/** Originals by path, base64. */
export type Originals = ReadonlyMap<string, string>;

/** Room for the sentence that counts what was left out. */
const END_RESERVE = 200;
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
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeExactly(buildPolicy(page))}">
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
${head.remarks.map(buildRemark).join('')}</header>
${buildTools(outcomes)}<main>
<p class="nothing" id="nothing"${outcomes.length === 0 ? '' : ' hidden'}>${outcomes.length === 0 ? 'No assets.' : 'No asset matches.'}</p>
<ul class="cards">
`;
}

/** What the page may load: nothing but what it holds. */
function buildPolicy({ style, script }: GalleryPage): string {
  return [
    "default-src 'none'",
    'img-src data:',
    'media-src data:',
    `style-src ${hashSource(style)}`,
    `script-src ${hashSource(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Search and filters. */
function buildTools(outcomes: readonly Outcome[]): string {
  const chips = STATUSES.filter((status) => withStatus(outcomes, status).length > 0).map((status) =>
    buildChip(status, STATUS_TITLES[status], withStatus(outcomes, status).length),
  );
  return `<section class="tools" aria-label="Filter">
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

/** What GitHub refuses can take several lines. */
function buildRemark(remark: string): string {
  return `<p class="remark">${remark
    .split('\n')
    .map((line) => escapeHtml(line))
    .join('<br>')}</p>\n`;
}
