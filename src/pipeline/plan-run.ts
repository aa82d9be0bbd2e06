// Stage: decide what to do with each asset and each entry.
import type { Judged } from '../assets/judge.ts';
import { selectShare } from '../assets/shard.ts';
import { isPublishing } from '../inputs/inputs.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { decideRemovals, type Removals } from '../manifest/removals.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { listOtherTargets, type PlanStep, planUploads } from '../plan.ts';
import { listAnnotations } from '../report/remarks.ts';
import { describePlan } from '../report/words.ts';
import { countOf } from '../text/text.ts';
import type { Run } from './set-up.ts';

/** Plans the run by the checkout's manifest and those that are published, and annotates what is wrong with assets. */
export function planRun(
  run: Run,
  found: readonly Judged[],
  store: ManifestStore,
  published: readonly Manifest[],
): readonly PlanStep[] {
  const { reporter, inputs, mode, repository, rules } = run;
  const { removals, remark }: Removals = inputs.prune
    ? decideRemovals({
        root: repository.root,
        entries: [...store.checkout.manifest.keys()],
        found: new Set(found.map(({ path }) => path)),
        isBranchAsked: isPublishing(mode),
      })
    : { removals: [] };
  if (remark !== undefined) reporter.annotate(remark.level, remark.message);
  const manifests = [...published, store.manifest];
  const own = selectShare(found, inputs.shard);
  const steps = planUploads({
    assets: own.filter((file) => 'sha256' in file),
    rejected: own.filter((file) => 'reason' in file),
    manifests,
    removals,
    force: inputs.force,
    ...rules,
  });
  const share = inputs.shard === undefined ? '' : ', of this share';
  reporter.info(`${countOf(found.length, 'asset')} found${share}: ${describePlan(steps)}`);
  for (const step of steps)
    for (const { level, message } of listAnnotations(step)) reporter.annotate(level, message, step.path);
  // Several numbers that share a manifest would renew each other's entries in turn.
  const replaced = listOtherTargets(steps, manifests, rules).length;
  if (replaced > 0)
    reporter.annotate(
      'warning',
      `For ${countOf(replaced, 'asset')} the manifest ${repository.manifestPath} holds a valid ID of another account, number or host, which an upload replaces. A manifest holds one ID for each path: give each number a \`manifest-path\` of its own.`,
    );
  return steps;
}
