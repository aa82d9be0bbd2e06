// What stands at a path. Looks are synchronous: a single one is several times faster than a trip through the thread pool.
import { lstatSync, type Stats } from 'node:fs';

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
