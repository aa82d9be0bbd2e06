// Which commit the workspace holds, as far as `.git` says so. No git is asked: a few small files tell.
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lstatIfPresent } from '../files/file-system.ts';
import { OpenFile } from '../files/open-file.ts';

/** HEAD and the refs it may lead through: git follows no longer chain. */
const MAX_REFS = 5;
const MAX_REF_BYTES = 4096;
/** Some 300 000 refs. */
const MAX_PACKED_BYTES = 32 * 1024 * 1024;

/**
 * The id of the commit that is checked out at the root of a repository: HEAD, the loose ref it names, or that of
 * `packed-refs`, also where `.git` is a file, as in worktrees and submodules. Undefined for anything else: no
 * repository, refs kept in another form, no commit yet, SHA-256 ids, which GitHub does not know. Never throws.
 */
export function readBaseCommit(root: string): string | undefined {
  try {
    const folder = findGitFolder(root);
    return folder === undefined ? undefined : readHead(folder);
  } catch {
    return undefined;
  }
}

/** Where the text of a ref leads: to a commit, or to another ref; undefined when it says neither. */
export function parseRef(text: string): { readonly oid: string } | { readonly ref: string } | undefined {
  const line = text.trimEnd();
  if (isCommitId(line)) return { oid: line };
  const ref = /^ref:\s*(\S+)$/.exec(line)?.[1];
  return ref !== undefined && isInnerRef(ref) ? { ref } : undefined;
}

/** The folder that a `.git` file names, as it is written there. */
export function parseGitFile(text: string): string | undefined {
  return /^gitdir: ([^\r\n]+)[\r\n]*$/.exec(text)?.[1];
}

/** The commit that a `packed-refs` file has for a ref. */
export function findPackedRef(packed: string, ref: string): string | undefined {
  const end = packed.indexOf(` ${ref}\n`);
  const start = packed.lastIndexOf('\n', end) + 1;
  const oid = packed.slice(start, Math.max(end, start));
  return isCommitId(oid) ? oid : undefined;
}

function isCommitId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Whether a ref lies among the refs; reftable names `refs/heads/.invalid`. */
function isInnerRef(ref: string): boolean {
  return (
    ref.startsWith('refs/') && !/[\\\0]/.test(ref) && !ref.split('/').some((part) => /^(?:\.|$)/.test(part))
  );
}

function findGitFolder(root: string): string | undefined {
  const path = join(root, '.git');
  if (lstatIfPresent(path)?.isDirectory()) return path;
  const folder = parseGitFile(readInside(root, '.git', MAX_REF_BYTES) ?? '');
  return folder === undefined ? undefined : resolve(root, folder);
}

function readHead(folder: string): string | undefined {
  const common = readInside(folder, 'commondir', MAX_REF_BYTES);
  // A worktree has a HEAD of its own, and shares the refs.
  const shared = common === undefined ? folder : resolve(folder, common.trimEnd());
  let text = readInside(folder, 'HEAD', MAX_REF_BYTES);
  for (let refs = 0; text !== undefined && refs < MAX_REFS; refs += 1) {
    const target = parseRef(text);
    if (target === undefined) return undefined;
    if ('oid' in target) return target.oid;
    text = readInside(shared, target.ref, MAX_REF_BYTES) ?? readPacked(shared, target.ref);
  }
  return undefined;
}

function readPacked(folder: string, ref: string): string | undefined {
  return findPackedRef(readInside(folder, 'packed-refs', MAX_PACKED_BYTES) ?? '', ref);
}

/**
 * The text of a file below a folder; undefined when there is none. Git leaves empty folders where refs were.
 * @throws when it is too long, or a link leads there.
 */
function readInside(folder: string, name: string, maxBytes: number): string | undefined {
  const path = join(folder, name);
  const stats = lstatIfPresent(path);
  if (stats === undefined || stats.isDirectory()) return undefined;
  const file = new OpenFile(join(realpathSync.native(folder), name));
  try {
    if (file.size > maxBytes) throw new Error('too long');
    return file.read(0, file.size).toString();
  } finally {
    file.close();
  }
}
