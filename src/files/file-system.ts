// What stands at a path, and how a judged file is opened. Looks are synchronous: a single one is several times faster
// than a trip through the thread pool.
import { constants, lstatSync, type Stats } from 'node:fs';

/**
 * Flags to open a file that was judged: a FIFO that took its place must not block, a link must not be followed. Both are
 * unknown to Windows.
 */
export const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

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
