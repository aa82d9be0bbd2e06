// Writing a file of the workspace so that no reader, and no ending, ever leaves half of it.
import { randomBytes } from 'node:crypto';
// `fs.promises` is loaded with its first use: a run that writes nothing starts the sooner.
import { promises as fs } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findFolderFault } from './file-system.ts';

/**
 * Writes beside the file and renames, so that readers see the old text or the new one, whatever happens. `path` is relative
 * to `root`, and never leads through a link. `beforeRename` may take a last look at what is about to be replaced: writing
 * and syncing can take long.
 */
export async function writeAtomically(
  root: string,
  path: string,
  text: string,
  beforeRename: () => void = () => undefined,
): Promise<void> {
  await writeBeside(root, path, text, async (temporary) => {
    refuseLinks(root, path);
    beforeRename();
    await fs.rename(temporary, join(root, path));
  });
}

/** Fails when a file cannot be written, and leaves nothing but its folder behind. */
export async function tryWriting(root: string, path: string): Promise<void> {
  await writeBeside(root, path, '', async () => undefined);
}

/**
 * Makes sure that no folder on the way to a path is a link by now.
 * @throws when one is
 */
export function refuseLinks(root: string, path: string): void {
  const fault = findFolderFault(root, path);
  if (fault !== undefined) throw new Error(`it ${fault}`);
}

/** Writes a file beside another one, for as long as it is used. */
async function writeBeside(
  root: string,
  path: string,
  text: string,
  use: (temporary: string) => Promise<void>,
): Promise<void> {
  refuseLinks(root, path);
  const folder = join(root, dirname(path));
  const temporary = join(folder, `.${basename(path)}.${randomBytes(8).toString('hex')}.tmp`);
  await fs.mkdir(folder, { recursive: true });
  try {
    const handle = await fs.open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await use(temporary);
  } finally {
    // Once it has been renamed there is none.
    await fs.unlink(temporary).catch(() => undefined);
  }
}
