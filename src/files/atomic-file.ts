// Writing a file of the workspace so that no reader, and no ending, ever leaves half of it.
import { randomBytes } from 'node:crypto';
// `fs.promises` is loaded with its first use: a run that writes nothing starts the sooner.
import { promises as fs } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes beside the file and renames, so that readers see the old text or the new one, whatever happens. `beforeRename` may
 * take a last look at what is about to be replaced: writing and syncing can take long.
 */
export async function writeAtomically(
  file: string,
  text: string,
  beforeRename: () => void = () => undefined,
): Promise<void> {
  const folder = dirname(file);
  const temporary = join(folder, `.${basename(file)}.${randomBytes(8).toString('hex')}.tmp`);
  await fs.mkdir(folder, { recursive: true });
  try {
    const handle = await fs.open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    beforeRename();
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}
