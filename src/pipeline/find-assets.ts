// Stage: find the assets that the patterns match.
import { discoverAssets, type Discovery, type Skipped } from '../assets/discover.ts';
import { StepError } from '../text/errors.ts';
import { MANY_ASSETS, saveMemory } from './memory.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Run } from './set-up.ts';
import { countOf, neutralise } from '../text/text.ts';

/**
 * Finds the assets and tells what is odd about patterns and names.
 * @throws {StepError} when there are none and the inputs want that to be an error.
 */
export async function findAssets(run: Run, reporter: Reporter, signal: AbortSignal): Promise<Discovery> {
  const { root, patterns, manifestPath, reportPath } = run.repository;
  const discovery = await discoverAssets({
    root,
    patterns,
    includeHiddenFiles: run.inputs.includeHiddenFiles,
    ownPaths: reportPath === undefined ? [manifestPath] : [manifestPath, reportPath],
    signal,
  });
  reportDiscovery(discovery, run, reporter);
  if (discovery.candidates.length >= MANY_ASSETS) saveMemory();
  return discovery;
}

function reportDiscovery(discovery: Discovery, { inputs }: Run, reporter: Reporter): void {
  for (const warning of discovery.warnings) reporter.annotate('warning', warning);
  if (discovery.skipped.length > 0) reporter.annotate('notice', describeSkipped(discovery.skipped));
  if (discovery.candidates.length + discovery.unusable.length > 0 || inputs.ifNoFilesFound === 'ignore')
    return;
  const message = 'No assets were found: check the patterns in `files`.';
  if (inputs.ifNoFilesFound === 'error') throw new StepError('no-assets', message);
  reporter.annotate('warning', message);
}

/** Names the first of each kind. */
function describeSkipped(skipped: readonly Skipped[]): string {
  const kinds = [...Map.groupBy(skipped, ({ what }) => what)].map(([what, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return ` ${what}: ${neutralise(first?.path ?? '')}${more}.`;
  });
  return `${countOf(skipped.length, 'matched file')} skipped.${kinds.join('')}`;
}
