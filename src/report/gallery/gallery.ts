// The gallery: one HTML page for the people who make the assets, with all it needs inside.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { groupOutcomes, isWarned, type Outcome, STATUSES } from '../../outcome.ts';
import { countOf, escapeExactly, escapeHtml } from '../../text/text.ts';
import type { SummaryHead } from '../summary.ts';
import { describeCounts, formatProse, titleOf } from '../words.ts';
import { buildCard, PICTURE_EDITOR, SYMBOLS } from './card.ts';
import type { GalleryPlace, HeadFact } from './place.ts';

/** The page's own style sheets and scripts, in a folder beside the sources as beside the bundle. */
const readParts = (names: readonly string[]): string =>
  names.map((name) => readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8')).join('\n');

/** A later one may overrule an earlier one, and use what it defines. */
const STYLES = ['page.css', 'cards.css', 'preview.css', 'fix.css', 'list.css', 'narrow.css', 'print.css'];

export const STYLE = readParts(STYLES);
export const SCRIPT = readParts(['page.js', 'fix.js']);

/** What stands above the cards, and where the files lie. */
export interface GalleryHead extends SummaryHead, GalleryPlace {
  /** What names the run. */
  readonly facts: readonly HeadFact[];
}

/** So many cards are looked through; of more a list gives the overview first. */
const MOST_CARDS = 100;

const POLICY = [
  "default-src 'none'",
  'img-src data:',
  'media-src data:',
  `style-src ${hashSource(STYLE)}`,
  `script-src ${hashSource(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The source expression by which a policy allows exactly this inline text. */
function hashSource(text: string): string {
  return `'sha256-${hash('sha256', text, 'base64')}'`;
}

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

/** The page up to the first card. */
function buildHead(outcomes: readonly Outcome[], head: GalleryHead): string {
  const counts = describeCounts(outcomes);
  const remarks = head.remarks.map((remark) => `<p class="remark">${formatProse(remark)}</p>\n`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeExactly(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>NXCloud template assets: ${counts}</title>
<style>${STYLE}</style>
</head>
<body>
${SYMBOLS}
<header class="head">
<h1>NXCloud template assets</h1>
<p class="verdict is-${head.isSuccess ? 'success' : 'failure'}">${head.isSuccess ? '✓' : '✗'} ${counts}</p>
<dl class="origin">${head.facts.map(buildFact).join('\n')}</dl>
${remarks}</header>
${buildTools(outcomes)}<main>
<p class="nothing" id="nothing"${outcomes.length === 0 ? '' : ' hidden'}>${outcomes.length === 0 ? 'No assets.' : 'No asset matches.'}</p>
<ul class="cards">
`;
}

function buildFact({ name, text, address }: HeadFact): string {
  const shown = escapeHtml(text);
  const value = address === undefined ? shown : `<a href="${escapeExactly(address)}">${shown}</a>`;
  return `<div><dt>${name}</dt> <dd>${value}</dd></div>`;
}

function buildTools(outcomes: readonly Outcome[]): string {
  const chips = groupOutcomes(outcomes).map(([kind, members]) =>
    buildChip(kind, kind === 'warned' ? 'Warnings' : titleOf(kind), members.length),
  );
  const asList = outcomes.length > MOST_CARDS ? ' checked' : '';
  return `<section class="tools" aria-label="Filter">
<div class="tools-inside">
<div class="search needs-script"><label class="hidden-text" for="search">Search by path</label>
<input type="search" id="search" placeholder="Search by path" autocomplete="off" spellcheck="false"></div>
<p class="shown" id="shown" role="status">${countOf(outcomes.length, 'asset')}</p>
<div class="choices">
<fieldset class="chips needs-script"><legend class="hidden-text">Status</legend>
${[buildChip('', 'All', outcomes.length), ...chips].join('\n')}
</fieldset>
<label class="switch list-switch"><input type="checkbox" id="as-list" autocomplete="off"${asList}>List</label>
<label class="switch all-cuts"><input type="checkbox" id="all-cuts" autocomplete="off">Show what is cut off</label>
</div>
<p class="hidden-text" id="said" role="status"></p>
</div>
</section>
`;
}

/** A radio button; the empty value stands for every asset. */
function buildChip(value: string, title: string, count: number): string {
  const checked = value === '' ? ' checked' : '';
  return `<label class="chip"><input type="radio" name="status" value="${value}" autocomplete="off"${checked}><span class="chip-label">${title} <b class="chip-count">${count}</b></span></label>`;
}
