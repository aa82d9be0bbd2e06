// The checked-out repository: where its root really is, and which paths of the inputs lie inside it.
import { realpathSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { classifyName } from '../assets/asset-type.ts';
import { makeRelative } from '../assets/patterns.ts';
import { lstatIfPresent } from '../files/file-system.ts';
import { isInsideGitFolder, listPrefixes, pathRulesOf, toRepositoryPath } from '../files/paths.ts';
import { quoteValue } from '../text/text.ts';
import type { Inputs } from './inputs.ts';

const rules = pathRulesOf(process.platform);

/** The repository with all paths of the run resolved. */
export interface Repository {
  /** Absolute real path of the root. */
  readonly root: string;
  /** Pattern lines relative to the root. */
  readonly patterns: readonly string[];
  /** Repository-relative POSIX path. */
  readonly manifestPath: string;
  /** Repository-relative POSIX path, or undefined. */
  readonly reportPath: string | undefined;
}

/** Patterns are undefined when the input is wrong, which is told elsewhere. */
type PathInputs = Pick<Inputs, 'manifestPath' | 'workingDirectory' | 'reportPath'> & {
  readonly files: readonly string[] | undefined;
};

/** Where the root is given, and where it really is; undefined when it is no folder. */
interface Root {
  readonly given: string;
  readonly real: string | undefined;
}

/**
 * Finds the root and resolves the paths of the inputs against it. Nothing is written. All wrong paths are returned
 * together, in the form of `parseInputs`.
 */
export function locateRepository(
  workspace: string,
  inputs: PathInputs,
):
  | { readonly repository: Repository; readonly faults: readonly [] }
  | { readonly faults: readonly string[] } {
  const realWorkspace = findFolder(workspace);
  if (realWorkspace === undefined) {
    return { faults: [`the workspace ${quoteValue(workspace)} (GITHUB_WORKSPACE) is not a folder`] };
  }
  const given = resolve(workspace, inputs.workingDirectory);
  const root: Root = { given, real: findFolder(given) };
  // Even without a root the other paths can be told right from wrong by their text.
  const files = (inputs.files ?? []).map((line) => resolvePattern(line, root));
  const manifest = resolveOutput('manifest-path', inputs.manifestPath, root);
  const report =
    inputs.reportPath === undefined
      ? { path: undefined }
      : resolveOutput('report-path', inputs.reportPath, root, manifest.path);
  const faults = [
    findRootFault(root, realWorkspace, inputs.workingDirectory),
    ...files,
    manifest,
    report,
  ].flatMap((found) => found?.fault ?? []);
  if (faults.length > 0 || root.real === undefined || manifest.path === undefined) return { faults };
  const patterns = files.flatMap(({ path }) => path ?? []);
  return {
    repository: { root: root.real, patterns, manifestPath: manifest.path, reportPath: report.path },
    faults: [],
  };
}

/** A path or pattern relative to the root, or what is wrong with it. */
interface Resolved {
  readonly path?: string | undefined;
  readonly fault?: string;
}

function findFolder(path: string): string | undefined {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

function findRootFault({ real }: Root, workspace: string, value: string): Resolved | undefined {
  if (real !== undefined && toRepositoryPath(workspace, real, rules) !== undefined) return undefined;
  const what = real === undefined ? 'is not a folder' : 'leads out of the workspace';
  return { fault: `working-directory: ${quoteValue(value)} ${what}; give a folder inside it` };
}

function resolvePattern(line: string, { given, real = given }: Root): Resolved {
  const path = makeRelative(line, [given, real], rules);
  if (path !== undefined) return { path };
  return { fault: `files: ${quoteValue(line)} leads out of the repository; write it relative to its root` };
}

/** Resolves the path of a file that the action writes, which must not be in the way of another one. */
function resolveOutput(name: string, value: string, { given, real }: Root, other?: string): Resolved {
  const absolute = resolve(given, value);
  // A workspace that is reached through a link has two names.
  const path =
    toRepositoryPath(given, absolute, rules) ??
    (real === undefined ? undefined : toRepositoryPath(real, absolute, rules));
  const fault =
    path === undefined || path === '' || value.includes('\0')
      ? 'does not lie inside the repository'
      : (findNameFault(value, path) ?? (real === undefined ? undefined : findPathFault(real, path)));
  if (path === undefined || fault !== undefined) {
    return { fault: `${name}: ${quoteValue(value)} ${fault}; give the path of a file inside the repository` };
  }
  if (other === undefined || !isInTheWay(path, other)) return { path };
  const manifest = quoteValue(other);
  return {
    path,
    fault: `${name}: ${quoteValue(path)} is in the way of the manifest ${manifest}; give another one`,
  };
}

/** Whether two paths cannot both be files, at least where case does not count. */
function isInTheWay(a: string, b: string): boolean {
  const [one, other] = [`${a}/`.toLowerCase(), `${b}/`.toLowerCase()];
  return one.startsWith(other) || other.startsWith(one);
}

function findNameFault(value: string, path: string): string | undefined {
  if (/[/\\]$/.test(value)) return 'names a folder';
  if (isInsideGitFolder(path)) return 'lies inside .git';
  return classifyName(path).kind === 'skip' ? undefined : 'has the name of an asset, which it would replace';
}

/** Files are replaced, never written through links: a link on the way could lead anywhere. */
function findPathFault(root: string, path: string): string | undefined {
  for (const prefix of listPrefixes(path)) {
    let stats: Stats | undefined;
    try {
      stats = lstatIfPresent(join(root, prefix));
    } catch (error) {
      return `cannot be reached (${(error as NodeJS.ErrnoException).code})`;
    }
    if (stats === undefined) return undefined;
    if (stats.isSymbolicLink()) return `leads through the symbolic link ${quoteValue(prefix)}`;
    if (prefix === path && !stats.isFile()) return 'is not a regular file';
    if (prefix !== path && !stats.isDirectory())
      return `leads through ${quoteValue(prefix)}, which is not a folder`;
  }
  return undefined;
}
