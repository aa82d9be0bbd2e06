// Stages: find the assets that the patterns match, and judge them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Candidate, discoverAssets, type Discovery } from '../assets/discover.ts';
import type { Judged } from '../assets/judge.ts';
import { judgeAssets } from '../assets/judge-all.ts';
import { listPrefixes } from '../files/paths.ts';
import { isPublishing } from '../inputs/inputs.ts';
import { describeSkipped } from '../report/remarks.ts';
import { StepError } from '../text/errors.ts';
import { MANY_ASSETS, saveMemory } from './process.ts';
import type { Run } from './set-up.ts';

/**
 * Finds the assets and tells what is odd about patterns and names.
 * @throws {StepError} when there are none and the inputs want that to be an error.
 */
export async function findAssets({ repository, inputs, reporter, cancelled }: Run): Promise<Discovery> {
  const { root, patterns, manifestPath, reportPath } = repository;
  const discovery = await discoverAssets({
    root,
    patterns,
    includeHiddenFiles: inputs.includeHiddenFiles,
    ownPaths: reportPath === undefined ? [manifestPath] : [manifestPath, reportPath],
    signal: cancelled,
  });
  const { candidates, unusable, skipped, warnings } = discovery;
  for (const warning of warnings) reporter.annotate('warning', warning);
  if (skipped.length > 0) reporter.annotate('notice', describeSkipped(skipped));
  if (candidates.length >= MANY_ASSETS) saveMemory();
  if (candidates.length + unusable.length > 0 || inputs.ifNoFilesFound === 'ignore') return discovery;
  const message = 'No assets were found: check the patterns in `files`.';
  if (inputs.ifNoFilesFound === 'error') throw new StepError('no-assets', message);
  reporter.annotate('warning', message);
  return discovery;
}

/** Judges every file before the first request. Throws the signal's reason. */
export async function judgeFound(
  { inputs, repository, mode, reporter, cancelled }: Run,
  { candidates, unusable }: Discovery,
): Promise<readonly Judged[]> {
  const nested = isPublishing(mode) ? findNestedRepositories(repository.root, candidates) : [];
  const judged = await reporter.group('Judge assets', () =>
    judgeAssets(candidates, inputs.mediaChecks, cancelled),
  );
  return [...unusable, ...judged.map((result) => refuseNested(result, nested))];
}

/** Folders with assets that are repositories of their own: other checkouts and submodules. */
function findNestedRepositories(root: string, candidates: readonly Candidate[]): readonly string[] {
  const folders = new Set(candidates.flatMap(({ path }) => listPrefixes(path).slice(0, -1)));
  return [...folders].filter((folder) => existsSync(join(root, folder, '.git')));
}

/** Assets of another repository would be published under paths that the branch does not have. */
function refuseNested(result: Judged, nested: readonly string[]): Judged {
  const folder = nested.find((candidate) => result.path.startsWith(`${candidate}/`));
  if (folder === undefined) return result;
  const reason =
    `it lies in ${folder}, a repository of its own, so it cannot be published from here: if that is this repository, ` +
    `checked out with \`path:\`, set \`working-directory: ${folder}\`; if it is another one, exclude it from \`files\``;
  return { path: result.path, reason };
}
