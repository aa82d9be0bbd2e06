// What stands at a path. Looks are synchronous: a single one is several times faster than a trip through the thread pool.
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { quoteValue } from '../text/text.ts';
import { listPrefixes } from './paths.ts';

/** What stands at a path itself, not what it links to; undefined when nothing does. Throws where no look is possible. */
export function lstatIfPresent(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Why no file can be written at a path, as the rest of a sentence: a link on the way could lead anywhere. */
export function findPathFault(root: string, path: string): string | undefined {
  return (
    findFolderFault(root, path) ??
    findFault(root, path, (stats) => !stats.isFile() && 'is not a regular file')
  );
}

/** As `findPathFault`, of the folders on the way alone. */
export function findFolderFault(root: string, path: string): string | undefined {
  for (const folder of listPrefixes(path).slice(0, -1)) {
    const what = `leads through ${quoteValue(folder)}, which is not a folder`;
    const fault = findFault(root, folder, (stats) => !stats.isDirectory() && what);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function findFault(root: string, path: string, judge: (stats: Stats) => string | false): string | undefined {
  try {
    const stats = lstatIfPresent(join(root, path));
    if (stats?.isSymbolicLink()) return `leads through the symbolic link ${quoteValue(path)}`;
    return (stats && judge(stats)) || undefined;
  } catch (error) {
    return `cannot be reached (${(error as NodeJS.ErrnoException).code})`;
  }
}
