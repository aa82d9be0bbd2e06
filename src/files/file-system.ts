// What stands at a path, and replacing it so that no reader, and no ending, ever finds half a file. Looks are synchronous: a
// single one is several times faster than a trip through the thread pool.
import { randomBytes } from 'node:crypto';
// `fs.promises` is loaded with its first use: a run that writes nothing starts the sooner.
import { lstatSync, promises as fs, realpathSync, type Stats } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { findErrorCode } from '../text/errors.ts';
import { quoteValue } from '../text/text.ts';
import { listPrefixes } from './paths.ts';

/** What stands at a path itself, not what it links to; undefined when nothing does. Throws where no look is possible. */
export function lstatIfPresent(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (findErrorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The real path of what may be reached by links; throws where nothing is. */
export function resolveRealPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (sep === '/') throw error;
    // Windows' own way fails on some drives, and under Wine for long paths.
    return realpathSync(path);
  }
}

/** As `resolveRealPath`; undefined where nothing is. */
export function findRealPath(path: string): string | undefined {
  try {
    return resolveRealPath(path);
  } catch {
    return undefined;
  }
}

/** Why no file can be written at a path, as the rest of a sentence: a link on the way could lead anywhere. */
export function findPathFault(root: string, path: string): string | undefined {
  return findFolderFault(root, path) ?? findFault(root, path, 'isFile', 'is not a regular file');
}

/** As `findPathFault`, of the folders on the way alone. */
export function findFolderFault(root: string, path: string): string | undefined {
  for (const folder of listPrefixes(path).slice(0, -1)) {
    const what = `leads through ${quoteValue(folder)}, which is not a folder`;
    const fault = findFault(root, folder, 'isDirectory', what);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function findFault(
  root: string,
  path: string,
  kind: 'isFile' | 'isDirectory',
  otherwise: string,
): string | undefined {
  try {
    const stats = lstatIfPresent(join(root, path));
    if (stats?.isSymbolicLink()) return `leads through the symbolic link ${quoteValue(path)}`;
    return stats === undefined || stats[kind]() ? undefined : otherwise;
  } catch (error) {
    return `cannot be reached (${findErrorCode(error)})`;
  }
}

/** Writes beside the file and renames: readers see old or new. `beforeRename` may take a last look at what is replaced. */
export async function writeAtomically(
  root: string,
  path: string,
  text: string,
  beforeRename: () => void = () => undefined,
): Promise<void> {
  const temporary = await writeBeside(root, path, text);
  try {
    refuseLinks(root, path);
    beforeRename();
    await fs.rename(temporary, join(root, path));
  } catch (error) {
    await fs.unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Fails when a file of so many bytes cannot be written, and leaves nothing but its folder behind. */
export async function tryWriting(root: string, path: string, bytes: number): Promise<void> {
  const temporary = await writeBeside(root, path, Buffer.alloc(bytes, ' '));
  // What looks into new files, such as a virus scanner, may hold this one: it is written all the same.
  await fs.unlink(temporary).catch(() => undefined);
}

/** Throws when a folder on the way to a path is a link by now. */
export function refuseLinks(root: string, path: string): void {
  const fault = findFolderFault(root, path);
  if (fault !== undefined) throw new Error(`it ${fault}`);
}

/** Writes a file beside another one, on the disk to its end. @returns its path */
async function writeBeside(root: string, path: string, text: string | Buffer): Promise<string> {
  refuseLinks(root, path);
  const folder = join(root, dirname(path));
  // Without the file's own name, which may be as long as names can be.
  const temporary = join(folder, `.nxcloud-${randomBytes(8).toString('hex')}.tmp`);
  await fs.mkdir(folder, { recursive: true });
  try {
    await fs.writeFile(temporary, text, { flag: 'wx', flush: true });
  } catch (error) {
    await fs.unlink(temporary).catch(() => undefined);
    throw error;
  }
  return temporary;
}
