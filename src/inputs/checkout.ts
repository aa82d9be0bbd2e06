// The checked-out repository: where its root really is, and which paths of the inputs lie inside it.
import { realpathSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { judgeName } from '../assets/asset-type.ts';
import { lstatIfPresent } from '../files/file-system.ts';
import type { Inputs } from './inputs.ts';
import {
  isInsideGitFolder,
  isRooted,
  listPrefixes,
  pathRulesOf,
  toRelativePattern,
  toRepositoryPath,
} from '../files/paths.ts';
import { quoteValue } from '../text/text.ts';

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
  const lexicalRoot = resolve(workspace, inputs.workingDirectory);
  const realWorkspace = findFolder(workspace);
  const found = findFolder(lexicalRoot);
  if (realWorkspace === undefined) {
    return { faults: [`the workspace ${quoteValue(workspace)} (GITHUB_WORKSPACE) is not a folder`] };
  }
  const faults: string[] = [];
  if (found === undefined || toRepositoryPath(realWorkspace, found, rules) === undefined) {
    const what = found === undefined ? 'is not a folder' : 'leads out of the workspace';
    faults.push(`working-directory: ${quoteValue(inputs.workingDirectory)} ${what}; give a folder inside it`);
  }
  // Even without a root the other paths can be told right from wrong by their text.
  const root = found ?? lexicalRoot;
  const patterns = (inputs.files ?? []).map((line) => {
    const negation = /^[!\s]*/.exec(line)?.[0] ?? '';
    const pattern = line.slice(negation.length);
    if (!isRooted(pattern, rules)) return line;
    const relative = toRelativePattern(pattern, [lexicalRoot, root], rules);
    if (relative !== undefined) return negation + relative;
    faults.push(`files: ${quoteValue(line)} leads out of the repository; write it relative to its root`);
    return line;
  });
  const manifestPath = resolveOutputPath('manifest-path', inputs.manifestPath, lexicalRoot, found, faults);
  const reportPath =
    inputs.reportPath === undefined
      ? undefined
      : resolveOutputPath('report-path', inputs.reportPath, lexicalRoot, found, faults);
  if (reportPath && manifestPath && overlap(reportPath, manifestPath)) {
    faults.push(
      `report-path: ${quoteValue(reportPath)} is in the way of the manifest ${quoteValue(manifestPath)}; give another one`,
    );
  }
  return faults.length > 0
    ? { faults }
    : { repository: { root, patterns, manifestPath, reportPath }, faults: [] };
}

/** Whether two paths cannot both be files, at least where case does not count. */
function overlap(a: string, b: string): boolean {
  const [one, other] = [`${a}/`.toLowerCase(), `${b}/`.toLowerCase()];
  return one.startsWith(other) || other.startsWith(one);
}

function findFolder(path: string): string | undefined {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

/** Resolves the path of a file that the action writes; a path that is wrong adds to `faults` and is returned empty. */
function resolveOutputPath(
  name: string,
  value: string,
  lexicalRoot: string,
  root: string | undefined,
  faults: string[],
): string {
  const given = resolve(lexicalRoot, value);
  // A workspace that is reached through a link has two names.
  const path =
    toRepositoryPath(lexicalRoot, given, rules) ??
    (root === undefined ? undefined : toRepositoryPath(root, given, rules));
  const fault =
    path === undefined || path === '' || value.includes('\0')
      ? 'does not lie inside the repository'
      : (findNameFault(value, path) ?? (root === undefined ? undefined : findPathFault(root, path)));
  if (path !== undefined && fault === undefined) return path;
  faults.push(`${name}: ${quoteValue(value)} ${fault}; give the path of a file inside the repository`);
  return '';
}

function findNameFault(value: string, path: string): string | undefined {
  if (/[/\\]$/.test(value)) return 'names a folder';
  if (isInsideGitFolder(path)) return 'lies inside .git';
  return judgeName(path).kind === 'skip' ? undefined : 'has the name of an asset, which it would replace';
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
