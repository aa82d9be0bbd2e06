// The beginning of the gallery: policy, verdict, where the run took place, and the bar of filters.
import { hash } from 'node:crypto';
import { groupOutcomes, type Outcome } from '../../outcome.ts';
import { countOf, escapeExactly, escapeHtml } from '../../text/text.ts';
import type { SummaryHead } from '../summary.ts';
import { describeCounts, formatProse, STATUS_TITLES } from '../words.ts';
import { SYMBOLS } from './icons.ts';
import type { GalleryPlace, HeadFact } from './origin.ts';
import { SCRIPT, STYLE } from './page.ts';

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

/** The page up to the first card. */
export function buildHead(outcomes: readonly Outcome[], head: GalleryHead): string {
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
    buildChip(kind, kind === 'warned' ? 'Warnings' : STATUS_TITLES[kind], members.length),
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
