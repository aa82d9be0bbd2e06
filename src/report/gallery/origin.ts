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
  const facts: HeadFact[] = [];
  const home = `${event.serverUrl}/${event.repository}`;
  const add = (name: string, text: string, path?: string): void => {
    if (text !== '') facts.push({ name, text, address: path === undefined ? undefined : `${home}${path}` });
  };
  if (event.repository !== '') {
    const pull = valueAt(event.payload, 'pull_request', 'number');
    const head = valueAt(event.payload, 'pull_request', 'head', 'ref');
    add('Repository', event.repository, '');
    if (typeof pull === 'number') add('Pull request', `#${pull}`, `/pull/${pull}`);
    // The branch of a pull request may lie in another repository.
    if (typeof head === 'string') add('Branch', head);
    else addRef(event.ref, add);
    const sha = findPictureSource(event)?.sha ?? '';
    add('Commit', sha.slice(0, SHORT_COMMIT), `/commit/${sha}`);
    const address = locateRun(event, runId);
    if (address !== undefined) facts.push({ name: 'Run', text: runId, address });
  }
  add('Number', phone === '' ? '' : `…${phone.slice(-4)}`);
  return facts;
}

function addRef(ref: string, add: (name: string, text: string, path: string) => void): void {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
  if (name !== undefined) add(kind === 'tags' ? 'Tag' : 'Branch', name, `/tree/${encodePath(name)}`);
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
