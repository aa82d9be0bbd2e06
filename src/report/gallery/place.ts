// Where a run took place, for the head of the gallery; where its files can be seen, and which of them the page holds.
import { posix } from 'node:path';
import type { Asset } from '../../assets/judge.ts';
import { locateRun, type RunEvent } from '../../inputs/event.ts';
import type { Outcome } from '../../outcome.ts';
import { valueAt } from '../../text/json.ts';
import { encodePath, escapeHtml } from '../../text/text.ts';
import { findPictureSource, locateBlob, type PictureSource } from '../pictures.ts';

/** Something that the head names, with the address that it leads to where it has one. */
export interface HeadFact {
  readonly name: string;
  readonly text: string;
  readonly address?: string | undefined;
}

/** Files that the page holds, base64 by path: as they are, and as they were before the run's change. */
export interface Embedded {
  readonly now: ReadonlyMap<string, string>;
  readonly before: ReadonlyMap<string, string>;
}

/** Where the files of a run lie, and those that the page holds itself. */
export interface GalleryPlace {
  readonly embedded: Embedded;
  /** The commit on GitHub with the files, and the one before; undefined when the run has none. */
  readonly pictures: PictureSource | undefined;
  /** Repository-relative path of the gallery itself. */
  readonly reportPath: string;
}

/**
 * What names the run: repository, pull request, branch or tag, commit, run and number, as far as known. Of `phone` only
 * the last four digits are told.
 */
export function describeOrigin(event: RunEvent, runId: string, phone: string): readonly HeadFact[] {
  const number = { name: 'Number', text: phone === '' ? '' : `…${phone.slice(-4)}` };
  const home = `${event.serverUrl}/${event.repository}`;
  const pull = valueAt(event.payload, 'pull_request', 'number');
  const head = valueAt(event.payload, 'pull_request', 'head', 'ref');
  const [, kind, ref = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(event.ref) ?? [];
  const sha = findPictureSource(event)?.sha ?? '';
  const run = locateRun(event, runId);
  const facts: readonly HeadFact[] = [
    { name: 'Repository', text: event.repository, address: home },
    {
      name: 'Pull request',
      text: typeof pull === 'number' ? `#${pull}` : '',
      address: `${home}/pull/${pull}`,
    },
    // The branch of a pull request may lie in another repository.
    typeof head === 'string'
      ? { name: 'Branch', text: head }
      : { name: kind === 'tags' ? 'Tag' : 'Branch', text: ref, address: `${home}/tree/${encodePath(ref)}` },
    { name: 'Commit', text: sha.slice(0, 7), address: `${home}/commit/${sha}` },
    { name: 'Run', text: run === undefined ? '' : runId, address: run },
  ];
  return [...(event.repository === '' ? [] : facts), number].filter(({ text }) => text !== '');
}

/**
 * The address of an asset's file: at its commit on GitHub, or relative to the gallery when there is none. Undefined for
 * a Git LFS pointer beside the gallery, where its content is not.
 */
export function locateFile({ pictures, reportPath }: GalleryPlace, asset: Asset): string | undefined {
  const { path, isLfsPointer } = asset;
  if (pictures !== undefined) return locateBlob(pictures, pictures.sha, path);
  return isLfsPointer ? undefined : encodePath(posix.relative(posix.dirname(reportPath), path));
}

/** What tags take besides content and name. */
const TAG_BYTES = 1024;

/** Whether an asset can be shown itself: the checkout holds it, and it is what its name says. */
export function isEmbeddable(asset: Asset | undefined): asset is Asset {
  if (asset === undefined || asset.isLfsPointer) return false;
  // Without facts, a finding says that the content is of another type.
  return asset.facts !== undefined || asset.findings.length === 0;
}

/** The bytes by which a file inside lengthens the page, at most: its content, its tags and its name in them. */
export function measureContent(path: string, size: number): number {
  return 4 * Math.ceil(size / 3) + TAG_BYTES + 3 * Buffer.byteLength(escapeHtml(path));
}

/** Of the assets that can be shown, those whose files fit into `room` bytes of the page, the smallest first. */
export function chooseEmbedded(outcomes: readonly Outcome[], room: number): readonly Asset[] {
  let left = room;
  const assets = outcomes.map(({ asset }) => asset).filter(isEmbeddable);
  const sorted = assets.sort((a, b) => a.size - b.size);
  return sorted.filter(({ path, size }) => {
    left -= measureContent(path, size);
    return left >= 0;
  });
}
