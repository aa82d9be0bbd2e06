// Stage: judge the assets, and decide what to do with each.
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Candidate, Discovery, Unusable } from '../assets/discover.ts';
import type { Asset } from '../assets/judge.ts';
import { judgeAssets } from '../assets/judge-all.ts';
import { makeShareTest } from '../assets/shard.ts';
import { listPrefixes } from '../files/paths.ts';
import { isPublishing } from '../inputs/inputs.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { decideRemovals } from '../manifest/removals.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { listOtherTargets, type PlanStep, planUploads } from '../plan.ts';
import { listAnnotations } from '../report/annotations.ts';
import { describePlan } from '../report/words.ts';
import { countOf } from '../text/text.ts';
import type { Run } from './set-up.ts';

/**
 * Plans the run with the checkout's manifest and those that are published. Everything that is wrong with an asset is
 * annotated.
 */
export async function planRun(
  run: Run,
  discovery: Discovery,
  store: ManifestStore,
  published: readonly Manifest[],
): Promise<readonly PlanStep[]> {
  const { reporter } = run;
  const manifests = [...published, store.manifest];
  const steps = await reporter.group('Judge assets', () => makeSteps(run, discovery, store, manifests));
  for (const step of steps)
    for (const { level, message } of listAnnotations(step)) reporter.annotate(level, message, step.path);
  // Several numbers that share a manifest would renew each other's entries in turn.
  const replaced = listOtherTargets(steps, manifests, run.rules).length;
  if (replaced > 0)
    reporter.annotate(
      'warning',
      `${countOf(replaced, 'asset')} of the manifest ${run.repository.manifestPath} had a valid ID of another account, number or host, which this run's replaces. A manifest holds one ID for each path: give each number a \`manifest-path\` of its own.`,
    );
  return steps;
}

async function makeSteps(
  run: Run,
  { candidates, unusable }: Discovery,
  store: ManifestStore,
  manifests: readonly Manifest[],
): Promise<readonly PlanStep[]> {
  const { inputs, repository, mode, reporter } = run;
  const { root } = repository;
  const nested = isPublishing(mode) ? findNestedRepositories(root, candidates) : [];
  const judged = await judgeAssets(candidates, inputs.mediaChecks, run.cancelled);
  const found = [...unusable, ...judged.map((result) => refuseNested(result, nested))];
  const isOwn = makeShareTest(inputs.shard);
  // What is not hashed is shared out by its path.
  const own = found.filter((item) => isOwn('sha256' in item ? item.sha256 : hash('sha256', item.path)));
  const steps = planUploads({
    assets: own.filter((item) => 'sha256' in item),
    rejected: own.filter((item) => 'reason' in item),
    manifests,
    removals: listRemovals(run, store, found),
    force: inputs.force,
    ...run.rules,
  });
  const share = inputs.shard === undefined ? '' : ', of this share';
  reporter.info(`${countOf(found.length, 'asset')} found${share}: ${describePlan(steps)}`);
  return steps;
}

/** Folders with assets that are repositories of their own: other checkouts and submodules. */
function findNestedRepositories(root: string, candidates: readonly Candidate[]): readonly string[] {
  const folders = new Set(candidates.flatMap(({ path }) => listPrefixes(path).slice(0, -1)));
  return [...folders].filter((folder) => existsSync(join(root, folder, '.git')));
}

/** An asset, or why there is none. */
type Judged = Asset | Unusable;

/** Assets of another repository would be published under paths that the branch does not have. */
function refuseNested(result: Judged, nested: readonly string[]): Judged {
  const folder = nested.find((candidate) => result.path.startsWith(`${candidate}/`));
  if (folder === undefined) return result;
  const reason =
    `it lies in ${folder}, a repository of its own, so it cannot be published from here: if that is this repository, ` +
    `checked out with \`path:\`, set \`working-directory: ${folder}\`; if it is another one, exclude it from \`files\``;
  return { path: result.path, reason };
}

function listRemovals(run: Run, store: ManifestStore, found: readonly Judged[]): readonly string[] {
  if (!run.inputs.prune) return [];
  const { removals, remark } = decideRemovals({
    root: run.repository.root,
    entries: [...store.checkout.manifest.keys()],
    found: new Set(found.map(({ path }) => path)),
    isBranchAsked: isPublishing(run.mode),
  });
  if (remark !== undefined) run.reporter.annotate(remark.level, remark.message);
  return removals;
}
