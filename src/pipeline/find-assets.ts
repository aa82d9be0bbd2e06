// Stage: find the assets that the patterns match.
import { discoverAssets, type Discovery } from '../assets/discover.ts';
import { describeSkipped } from '../report/remarks.ts';
import { StepError } from '../text/errors.ts';
import { MANY_ASSETS, saveMemory } from './memory.ts';
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
