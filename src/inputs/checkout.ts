// The checked-out repository: where its root really is, and which paths of the inputs lie inside it.
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { classifyName } from '../assets/asset-type.ts';
import { makeRelative } from '../assets/patterns.ts';
import { findPathFault } from '../files/file-system.ts';
import { isInsideGitFolder, listPrefixes, pathRulesOf, toRepositoryPath } from '../files/paths.ts';
import type { Redactor } from '../text/redact.ts';
import { quoteValue } from '../text/text.ts';
import { describeFault, type InputFault } from './input-fault.ts';
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
  redact: Redactor = (text) => text,
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
  ].flatMap((found) => (found?.fault === undefined ? [] : describeFault(found.fault, redact)));
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
  readonly fault?: InputFault;
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
  const what =
    real === undefined
      ? 'is not a folder; give one inside the workspace'
      : toRepositoryPath(workspace, real, rules) === undefined
        ? 'leads out of the workspace; give one inside the workspace'
        : findSubfolderFault(real, workspace);
  return what === undefined ? undefined : { fault: { name: 'working-directory', value, what } };
}

/** Paths below a folder of a checkout are not those of the repository. */
function findSubfolderFault(root: string, workspace: string): string | undefined {
  const path = toRepositoryPath(workspace, root, rules) ?? '';
  const folders = ['', ...(path === '' ? [] : listPrefixes(path))].reverse();
  const outer = folders.find((folder) => existsSync(join(workspace, folder, '.git')));
  if (outer === undefined || outer === path) return undefined;
  const inner = outer === '' ? path : path.slice(outer.length + 1);
  return (
    `leads to ${quoteValue(inner)}, a folder of the repository: set it to ${quoteValue(outer || '.')}, the repository's root, ` +
    `and begin the paths in \`files\` and \`manifest-path\` with ${quoteValue(`${inner}/`)}`
  );
}

function resolvePattern(line: string, { given, real = given }: Root): Resolved {
  const path = makeRelative(line, [given, real], rules);
  if (path !== undefined) return { path };
  const what = 'leads out of the repository; write it relative to its root';
  return { fault: { name: 'files', value: line, what } };
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
    return { fault: { name, value, what: `${fault}; give the path of a file inside the repository` } };
  }
  if (other === undefined || !isInTheWay(path, other)) return { path };
  const what = `is in the way of the manifest ${quoteValue(other)}; give another one`;
  return { path, fault: { name, value: path, what } };
}

/** Whether two paths cannot both be files, at least where case does not count. */
function isInTheWay(a: string, b: string): boolean {
  const [one, other] = [`${a}/`.toLowerCase(), `${b}/`.toLowerCase()];
  return one.startsWith(other) || other.startsWith(one);
}

function findNameFault(value: string, path: string): string | undefined {
  if (/[/\\]$/.test(value)) return 'names a folder';
  if (isInsideGitFolder(path)) return 'lies inside .git';
  return classifyName(path) === undefined ? undefined : 'has the name of an asset, which it would replace';
}
