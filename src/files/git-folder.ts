// The folder in which git keeps what it knows of a checkout. No git is asked: a few small files tell.
import { join, resolve } from 'node:path';
import { lstatIfPresent, resolveRealPath } from './file-system.ts';
import { OpenFile } from './open-file.ts';

const MAX_NAME_BYTES = 4096;

/** Where git keeps it: linked work trees share most of it with the repository they belong to. */
export interface GitFolder {
  readonly own: string;
  readonly shared: string;
}

/** The git folder of a checkout's root, also where `.git` is a file; undefined without one. Throws as `readInside` does. */
export function findGitFolder(root: string): GitFolder | undefined {
  const isFolder = lstatIfPresent(join(root, '.git'))?.isDirectory();
  const named = isFolder ? '.git' : parseGitFile(readInside(root, '.git', MAX_NAME_BYTES) ?? '');
  if (named === undefined) return undefined;
  const own = resolve(root, named);
  const common = readInside(own, 'commondir', MAX_NAME_BYTES);
  return { own, shared: common === undefined ? own : resolve(own, common.trimEnd()) };
}

/** The folder that a `.git` file names, as it is written there. */
export function parseGitFile(text: string): string | undefined {
  return /^gitdir: ([^\r\n]+)[\r\n]*$/.exec(text)?.[1];
}

/** The text of a file below a folder, undefined without one; throws when it is too long, or a link leads there. */
export function readInside(folder: string, name: string, maxBytes: number): string | undefined {
  const path = join(folder, name);
  const stats = lstatIfPresent(path);
  if (stats === undefined || stats.isDirectory()) return undefined;
  using file = new OpenFile(join(resolveRealPath(folder), name));
  if (file.size > maxBytes) throw new Error('too long');
  return file.read(0, file.size).toString();
}
