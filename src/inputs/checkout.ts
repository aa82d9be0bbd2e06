// The checked-out repository: where its root really is, which commit it holds as far as `.git` says so, and which paths of
// the inputs lie inside it. No git is asked: a few small files tell.
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { classifyName } from '../assets/asset-type.ts';
import { makeRelative } from '../assets/patterns.ts';
import { findPathFault, resolveRealPath } from '../files/file-system.ts';
import { findGitFolder, type GitFolder, readInside } from '../files/git-folder.ts';
import { isInsideGitFolder, listPrefixes, toRepositoryPath } from '../files/paths.ts';
import type { Redactor } from '../text/redact.ts';
import { quoteValue } from '../text/text.ts';
import { InputFaults, WrongValue } from './parsers.ts';
import type { Inputs } from './inputs.ts';

/** HEAD and the refs it may lead through: git follows no longer chain. */
const MAX_REFS = 5;
const MAX_REF_BYTES = 4096;
/** Some 300 000 refs. */
const MAX_PACKED_BYTES = 32 * 1024 * 1024;

/** The repository with all paths of the run resolved. */
export interface Repository {
  /** Absolute real path of the root. */
  readonly root: string;
  /** The commit that `.git` says the workspace holds. */
  readonly baseCommit: string | undefined;
  /** Pattern lines relative to the root. */
  readonly patterns: readonly string[];
  /** Repository-relative POSIX path. */
  readonly manifestPath: string;
  /** Repository-relative POSIX path, or undefined. */
  readonly reportPath: string | undefined;
}

/**
 * Finds the root and resolves the paths of the inputs that are right otherwise, and tells what is wrong with them. There
 * is no repository where the root or the manifest's path is wrong.
 */
export function locateRepository(
  workspace: string,
  { files = [], manifestPath = '', workingDirectory = '', reportPath }: Partial<Inputs>,
  redact: Redactor,
): { readonly repository?: Repository; readonly faults: readonly string[] } {
  const realWorkspace = findFolder(workspace);
  if (realWorkspace === undefined)
    return { faults: [`the workspace ${quoteValue(workspace)} (GITHUB_WORKSPACE) is not a folder`] };
  const faults = new InputFaults(redact);
  const given = resolve(workspace, workingDirectory);
  // Even without a root the other paths can be told right from wrong by their text.
  const real = findFolder(given);
  const root = faults.collect('working-directory', () =>
    checkRoot(real, realWorkspace, workingDirectory, redact),
  );
  const patterns = files.flatMap(
    (line) => faults.collect('files', () => resolvePattern(line, given, real)) ?? [],
  );
  const manifest = faults.collect('manifest-path', () => resolveOutput(manifestPath, given, real));
  const report = faults.collect(
    'report-path',
    () => reportPath && checkReport(resolveOutput(reportPath, given, real), manifest),
  );
  if (root === undefined || manifest === undefined) return { faults: faults.list };
  const paths = { root, patterns, manifestPath: manifest, reportPath: report };
  return { repository: { ...paths, baseCommit: readBaseCommit(root) }, faults: faults.list };
}

function findFolder(path: string): string | undefined {
  try {
    const real = resolveRealPath(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

function checkRoot(real: string | undefined, workspace: string, value: string, redact: Redactor): string {
  if (real === undefined) throw new WrongValue('is not a folder; give one inside the workspace', value);
  const path = toRepositoryPath(workspace, real);
  if (path === undefined)
    throw new WrongValue('leads out of the workspace; give one inside the workspace', value);
  // Paths below a folder of a checkout are not those of the repository.
  const folders = ['', ...(path === '' ? [] : listPrefixes(path))].reverse();
  const outer = folders.find((folder) => existsSync(join(workspace, folder, '.git')));
  if (outer === undefined || outer === path) return real;
  const inner = outer === '' ? path : path.slice(outer.length + 1);
  const quote = (text: string): string => quoteValue(redact(text));
  throw new WrongValue(
    `leads to ${quote(inner)}, a folder of the repository: set it to ${quote(outer || '.')}, the repository's root, ` +
      `and begin the paths in \`files\` and \`manifest-path\` with ${quote(`${inner}/`)}`,
    value,
  );
}

function resolvePattern(line: string, given: string, real = given): string {
  const path = makeRelative(line, [given, real]);
  if (path !== undefined) return path;
  throw new WrongValue('leads out of the repository; write it relative to its root', line);
}

/** Resolves the path of a file that the action writes; `real` is where the root `given` really is, if it is a folder. */
function resolveOutput(value: string, given: string, real: string | undefined): string {
  const absolute = resolve(given, value);
  // A workspace that is reached through a link has two names.
  const path = toRepositoryPath(given, absolute) ?? (real && toRepositoryPath(real, absolute));
  const fault =
    !path || value.includes('\0')
      ? 'does not lie inside the repository'
      : (findNameFault(value, path) ?? (real && findPathFault(real, path)));
  if (path && !fault) return path;
  throw new WrongValue(`${fault}; give the path of a file inside the repository`, value);
}

function findNameFault(value: string, path: string): string | undefined {
  if (/[/\\]$/.test(value)) return 'names a folder';
  if (isInsideGitFolder(path)) return 'lies inside .git';
  return classifyName(path) === undefined ? undefined : 'has the name of an asset, which it would replace';
}

/** Makes sure that the report and the manifest can both be files, also where case does not count. */
function checkReport(report: string, manifest: string | undefined): string {
  const [one, other] = [`${report}/`.toLowerCase(), `${manifest}/`.toLowerCase()];
  if (manifest === undefined || !(one.startsWith(other) || other.startsWith(one))) return report;
  throw new WrongValue('is in the way of the manifest; give another one', report);
}

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
  const hasOddPart = ref.split('/').some((part) => /^(?:\.|$)/.test(part));
  return ref.startsWith('refs/') && !/[\\\0]/.test(ref) && !hasOddPart;
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
