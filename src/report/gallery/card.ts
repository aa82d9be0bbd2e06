// One card of the gallery: the asset in its chat bubble, what was found, what became of it, and its ID.
import type { Finding } from '../../assets/judge.ts';
import { isWarned, type Outcome } from '../../outcome.ts';
import { encodePath, escapeExactly, neutralise } from '../../text/text.ts';
import { describeAsset, formatProse, formatTime, STATUS_TITLES } from '../words.ts';
import { buildCopyable } from './copyable.ts';
import { buildFix } from './fix.ts';
import type { GalleryItem } from './item.ts';
import type { GalleryPlace } from './origin.ts';
import { buildPreview } from './preview.ts';

/** The card of an item, which has the percent-encoded path for an address of its own. */
export function buildCard(item: GalleryItem, place: GalleryPlace): string {
  const { outcome } = item;
  const { path, status, reason, findings } = outcome;
  const name = neutralise(path);
  const cut = name.lastIndexOf('/') + 1;
  const folder = cut === 0 ? '' : `<span class="folder">${escapeExactly(name.slice(0, cut))}</span>`;
  const title = `${folder}${escapeExactly(name.slice(cut))}`;
  const address = escapeExactly(encodePath(path));
  const warned = isWarned(outcome) ? ' data-warned' : '';
  return `<li class="card is-${status}" id="${address}" data-status="${status}"${warned}>
<div class="chat">${buildPreview(item, name.slice(cut), place)}</div>
<div class="about">
<div class="title"><h2><a href="#${address}">${title}</a></h2><span class="badge">${STATUS_TITLES[status]}</span></div>
${buildFacts(outcome)}${reason === '' ? '' : `<p class="reason">${formatProse(reason)}</p>\n`}${
  findings.length === 0 ? '' : `<ul class="findings">${findings.map(buildFinding).join('')}</ul>\n`
}${buildFix(item, name)}${buildId(item, name)}</div>
</li>
`;
}

function buildFacts({ asset }: Outcome): string {
  return asset === undefined ? '' : `<p class="facts">${describeAsset(asset)}</p>\n`;
}

function buildFinding({ level, message }: Finding): string {
  return `<li class="finding finding-${level}"><b class="finding-level">${level === 'error' ? 'Error' : 'Warning'}</b>${formatProse(message)}</li>`;
}

function buildId({ outcome: { id, status }, expiresAt }: GalleryItem, name: string): string {
  // The branch holds another file by now, and so another ID.
  if (id === undefined || status === 'superseded') return '';
  const handle = buildCopyable('File ID', id, 'ID', name);
  if (expiresAt === undefined) return handle;
  const time = new Date(expiresAt);
  return `${handle}<p class="expiry">Expires <time datetime="${time.toISOString()}">${formatTime(time)}</time></p>\n`;
}
