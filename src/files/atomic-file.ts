// Writing a file of the workspace so that no reader, and no ending, ever leaves half of it.
import { randomBytes } from 'node:crypto';
// `fs.promises` is loaded with its first use: a run that writes nothing starts the sooner.
import { promises as fs } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findFolderFault } from './file-system.ts';

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

/** Fails when a file cannot be written, and leaves nothing but its folder behind. */
export async function tryWriting(root: string, path: string): Promise<void> {
  const temporary = await writeBeside(root, path, '');
  // What looks into new files, such as a virus scanner, may hold this one: it is written all the same.
  await fs.unlink(temporary).catch(() => undefined);
}

/** Throws when a folder on the way to a path is a link by now. */
export function refuseLinks(root: string, path: string): void {
  const fault = findFolderFault(root, path);
  if (fault !== undefined) throw new Error(`it ${fault}`);
}

/** Writes a file beside another one, on the disk to its end. @returns its path */
async function writeBeside(root: string, path: string, text: string): Promise<string> {
  refuseLinks(root, path);
  const folder = join(root, dirname(path));
  const temporary = join(folder, `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`);
  await fs.mkdir(folder, { recursive: true });
  try {
    await fs.writeFile(temporary, text, { flag: 'wx', flush: true });
  } catch (error) {
    await fs.unlink(temporary).catch(() => undefined);
    throw error;
  }
  return temporary;
}
