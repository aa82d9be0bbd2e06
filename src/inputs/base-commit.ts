// Which commit the workspace holds, as far as `.git` says so. No git is asked: a few small files tell.
import { findGitFolder, type GitFolder, readInside } from '../files/git-folder.ts';

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

/** A work tree has a HEAD of its own, and shares the refs. */
function readHead({ own, shared }: GitFolder): string | undefined {
  let text = readInside(own, 'HEAD', MAX_REF_BYTES);
  for (let refs = 0; text !== undefined && refs < MAX_REFS; refs += 1) {
    const target = parseRef(text);
    if (target === undefined) return undefined;
    if ('oid' in target) return target.oid;
    text =
      readInside(shared, target.ref, MAX_REF_BYTES) ??
      findPackedRef(readInside(shared, 'packed-refs', MAX_PACKED_BYTES) ?? '', target.ref);
  }
  return undefined;
}
