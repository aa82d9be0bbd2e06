// What stands at a path. Looks are synchronous: a single one is several times faster than a trip through the thread pool.
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { quoteValue } from '../text/text.ts';
import { listPrefixes } from './paths.ts';

/**
 * What stands at a path itself, not what it links to; undefined when there is nothing, also because a part of the path
 * is no folder.
 * @throws when the path cannot be looked at
 */
export function lstatIfPresent(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * Why a file of the repository cannot be written at a path, as the rest of a sentence; undefined when it can. Files are
 * replaced, never written through links: a link on the way could lead anywhere.
 */
export function findPathFault(root: string, path: string): string | undefined {
  for (const prefix of listPrefixes(path)) {
    let stats: Stats | undefined;
    try {
      stats = lstatIfPresent(join(root, prefix));
    } catch (error) {
      return `cannot be reached (${(error as NodeJS.ErrnoException).code})`;
    }
    if (stats === undefined) return undefined;
    if (stats.isSymbolicLink()) return `leads through the symbolic link ${quoteValue(prefix)}`;
    if (prefix === path && !stats.isFile()) return 'is not a regular file';
    if (prefix !== path && !stats.isDirectory())
      return `leads through ${quoteValue(prefix)}, which is not a folder`;
  }
  return undefined;
}
