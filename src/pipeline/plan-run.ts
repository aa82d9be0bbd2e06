// Stage: judge the assets, and decide what to do with each.
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { composeRemedy } from '../../media/remedy.ts';
import type { Discovery, Unusable } from '../assets/discover.ts';
import type { Asset, Finding } from '../assets/judge.ts';
import { judgeAssets } from '../assets/judge-all.ts';
import { isPublishing } from '../inputs/inputs.ts';
import { decideRemovals } from '../manifest/removals.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { listPrefixes } from '../files/paths.ts';
import { type CurrencyRules, findUploadReason, type PlanStep, planUploads } from '../plan.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Run } from './set-up.ts';
import { makeShareTest } from '../assets/shard.ts';
import { countOf } from '../text/text.ts';

/**
 * Plans the run with the checkout's manifest and, where there is one, the published one. Everything that is wrong with
 * an asset is annotated.
 */
export async function planRun(
  run: Run,
  discovery: Discovery,
  store: ManifestStore,
  published: readonly Manifest[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly PlanStep[]> {
  const manifests = [...published, store.manifest];
  const steps = await reporter.group('Judge assets', () =>
    makeSteps(run, discovery, manifests, store, reporter, signal),
  );
  for (const step of steps) reportFindings(step, reporter);
  warnOfOtherTargets(run, steps, manifests, reporter);
  return steps;
}

/** Several numbers that share a manifest would renew each other's entries in turn. */
function warnOfOtherTargets(
  run: Run,
  steps: readonly PlanStep[],
  manifests: readonly Manifest[],
  reporter: Reporter,
): void {
  const rules = { ...makeCurrencyRules(run), target: undefined };
  const renewed = steps.filter((step) => {
    if (!('reason' in step) || step.reason !== 'other-target') return false;
    const entries = manifests.map((manifest) => manifest.get(step.path));
    return entries.some((entry) => findUploadReason(step.asset, entry, rules) === undefined);
  });
  if (renewed.length === 0) return;
  reporter.annotate(
    'warning',
    `${countOf(renewed.length, 'asset')} of the manifest ${run.repository.manifestPath} had a valid ID of another account, number or host, which this run's replaces. A manifest holds one ID for each path: give each number a \`manifest-path\` of its own.`,
  );
}

/** When an entry is current in this run. */
export function makeCurrencyRules({ inputs: { maxAge, renewBefore }, target }: Run): CurrencyRules {
  return { target, now: Date.now(), maxAge, renewBefore };
}

async function makeSteps(
  run: Run,
  discovery: Discovery,
  manifests: readonly Manifest[],
  store: ManifestStore,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly PlanStep[]> {
  const { inputs, repository } = run;
  const { root } = repository;
  const judged = await judgeAssets(discovery.candidates, inputs.mediaChecks, signal);
  const nested = isPublishing(run.mode) ? findNestedRepositories(root, discovery.candidates) : [];
  const usable = judged.map((result) => refuseNested(result, nested));
  const assets = usable.filter((result): result is Asset => 'sha256' in result);
  const unusable: readonly Unusable[] = [
    ...discovery.unusable,
    ...usable.filter((result) => 'reason' in result),
  ];
  const isOwn = makeShareTest(inputs.shard);
  // What is not hashed is shared out by its path.
  const ownUnusable = unusable.filter(({ path }) => isOwn(hash('sha256', path)));
  const steps = planUploads({
    assets: assets.filter((asset) => isOwn(asset.sha256)),
    rejected: ownUnusable.map(({ path, reason }) => ({ path, findings: [rejectWith(reason)] })),
    manifests,
    removals: listRemovals(run, store, [...judged, ...discovery.unusable], reporter),
    force: inputs.force,
    ...makeCurrencyRules(run),
  });
  const found = countOf(judged.length + discovery.unusable.length, 'asset');
  const share = inputs.shard === undefined ? '' : ', of this share';
  reporter.info(`${found} found${share}: ${describePlan(steps)}`);
  return steps;
}

/** Folders with assets that are repositories of their own: other checkouts and submodules. */
function findNestedRepositories(
  root: string,
  found: readonly { readonly path: string }[],
): readonly string[] {
  const folders = new Set(found.flatMap(({ path }) => listPrefixes(path).slice(0, -1)));
  return [...folders].filter((folder) => existsSync(join(root, folder, '.git')));
}

/** Assets of another repository would be published under paths that the branch does not have. */
function refuseNested(result: Asset | Unusable, nested: readonly string[]): Asset | Unusable {
  const folder = nested.find((candidate) => result.path.startsWith(`${candidate}/`));
  if (folder === undefined) return result;
  const reason =
    `it lies in ${folder}, a repository of its own, so it cannot be published from here: if that is this repository, ` +
    `checked out with \`path:\`, set \`working-directory: ${folder}\`; if it is another one, exclude it from \`files\``;
  return { path: result.path, reason };
}

function rejectWith(message: string): Finding {
  return { rule: 'unusable', level: 'error', message };
}

function listRemovals(
  { inputs, mode, repository }: Run,
  store: ManifestStore,
  found: readonly { readonly path: string }[],
  reporter: Reporter,
): readonly string[] {
  if (!inputs.prune) return [];
  const { removals, remark } = decideRemovals({
    root: repository.root,
    entries: [...store.checkout.manifest.keys()],
    found: new Set(found.map(({ path }) => path)),
    isBranchAsked: isPublishing(mode),
  });
  if (remark !== undefined) reporter.annotate(remark.level, remark.message);
  return removals;
}

const ACTION_WORDS: Readonly<Record<PlanStep['action'], string>> = {
  upload: 'to upload',
  reuse: 'to reuse',
  keep: 'current',
  reject: 'invalid',
  remove: 'to remove',
};

function describePlan(steps: readonly PlanStep[]): string {
  const counts = Object.entries(ACTION_WORDS).map(
    ([action, word]) => `${steps.filter((step) => step.action === action).length} ${word}`,
  );
  return counts.join(', ');
}

/** Annotates what is wrong with an asset that is rejected or about to be uploaded; unchanged ones were told before. */
function reportFindings(step: PlanStep, reporter: Reporter): void {
  if (step.action === 'keep' || step.action === 'remove') return;
  const findings = step.action === 'reject' ? step.findings : step.asset.findings;
  const command = composeRemedy(step.path, findings, step.asset?.facts);
  for (const [at, { level, message }] of findings.entries()) {
    const isLast = at === findings.length - 1;
    const remedy = command !== undefined && isLast ? `; or run \`${command}\`` : '';
    reporter.annotate(level, message + remedy, step.path);
  }
  if (step.action !== 'reject' && step.reason === 'mismatch') {
    reporter.annotate(
      'warning',
      'the ID in the manifest names another content, so it is not used',
      step.path,
    );
  }
}
