// Where a run took place, for the head of the gallery, and where its files can be seen.
import { posix } from 'node:path';
import type { Asset } from '../../assets/judge.ts';
import { locateRun, type RunEvent } from '../../inputs/event.ts';
import { valueAt } from '../../text/json.ts';
import { encodePath } from '../../text/text.ts';
import type { Embedded } from './embedded.ts';
import { findPictureSource, locateBlob, type PictureSource } from '../pictures.ts';

/** Something that the head names, with the address that it leads to where it has one. */
export interface HeadFact {
  readonly name: string;
  readonly text: string;
  readonly address?: string | undefined;
}

/** Where the files of a run lie, and those that the page holds itself. */
export interface GalleryPlace {
  readonly embedded: Embedded;
  /** The commit on GitHub with the files, and the one before; undefined when the run has none. */
  readonly pictures: PictureSource | undefined;
  /** Repository-relative path of the gallery itself. */
  readonly reportPath: string;
}

const SHORT_COMMIT = 7;

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
    { name: 'Commit', text: sha.slice(0, SHORT_COMMIT), address: `${home}/commit/${sha}` },
    { name: 'Run', text: run === undefined ? '' : runId, address: run },
  ];
  return [...(event.repository === '' ? [] : facts), number].filter(({ text }) => text !== '');
}

/**
 * The address of an asset's file: at its commit on GitHub, or relative to the gallery when there is none. Undefined for
 * a Git LFS pointer beside the gallery, where its content is not.
 */
export function locateFile(
  { pictures, reportPath }: GalleryPlace,
  { path, isLfsPointer }: Pick<Asset, 'path' | 'isLfsPointer'>,
): string | undefined {
  if (pictures !== undefined) return locateBlob(pictures, pictures.sha, path);
  return isLfsPointer ? undefined : encodePath(posix.relative(posix.dirname(reportPath), path));
}
