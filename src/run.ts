// The pipeline, in order: set up, discover, judge, plan, upload, record, report.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { discoverAssets, type Discovery } from './assets/discover.ts';
import type { Asset, Finding } from './assets/judge.ts';
import { judgeAssets } from './assets/judge-all.ts';
import { describeError, StepError } from './errors.ts';
import type { Shard } from './inputs.ts';
import { findGonePaths, isSparseCheckout } from './manifest/gone.ts';
import type { ManifestEntry } from './manifest/manifest.ts';
import { ManifestStore } from './manifest/store.ts';
import { openDispatcher } from './network.ts';
import { readStatedExpiry } from './nxcloud/file-id.ts';
import { concludeRun, type Outcome, withStatus } from './outcome.ts';
import { type PlanStep, planUploads, type ReuseStep, type UploadStep } from './plan.ts';
import { buildOutputs } from './report/outputs.ts';
import { findPictureSource } from './report/pictures.ts';
import type { Reporter } from './report/reporter.ts';
import { buildSummary, describeCounts } from './report/summary.ts';
import { type Run, setUpRun } from './setup.ts';
import { countOf, formatBytes, formatSeconds } from './text.ts';
import { type UploadResult, uploadAll } from './upload/upload-all.ts';

/** GitHub drops a summary of more than 1 MiB whole. */
const MAX_SUMMARY_BYTES = 1024 * 1024 - 16 * 1024;

/** What is known of the run so far: every ending, however early, reports from it. */
interface Progress {
  run?: Run;
  store?: ManifestStore;
  steps: readonly PlanStep[];
  readonly results: Map<string, UploadResult>;
  /** Sentences about the run as a whole; any of them fails the step. */
  readonly failures: string[];
}

/** Runs the step from the environment to its ending. Never throws; the ending is in the reporter's hands. */
export async function runStep(
  env: NodeJS.ProcessEnv,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const progress: Progress = { steps: [], results: new Map(), failures: [] };
  try {
    progress.run = await setUpRun(env, reporter);
    await runPipeline(progress.run, progress, reporter, signal);
  } catch (error) {
    progress.failures.push(describeFailure(error));
  }
  await report(progress, reporter);
}

function describeFailure(error: unknown): string {
  if (error instanceof StepError) return error.message;
  const place = error instanceof Error ? (error.stack?.split('\n')[1]?.trim() ?? '') : '';
  return `This is a defect of the action, please report it: ${describeError(error)} ${place}`;
}

async function runPipeline(
  run: Run,
  progress: Progress,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { inputs, mode, repository } = run;
  const store = await ManifestStore.open({
    file: join(repository.root, repository.manifestPath),
    place: repository.manifestPath,
    force: inputs.force,
    warn: (message) => reporter.annotate('warning', message),
  });
  progress.store = store;
  progress.steps = await reporter.group('Find and judge assets', () => planRun(run, store, reporter, signal));
  for (const step of progress.steps) reportFindings(step, reporter);
  if (mode === 'check') return;

  const hasUploads = progress.steps.some((step) => step.action === 'upload');
  recordKnown(progress.steps, store);
  try {
    if (hasUploads)
      await reporter.group('Upload', () => uploadPlanned(run, progress, store, reporter, signal));
  } finally {
    await store.flush();
  }
  signal.throwIfAborted();
}

/** Finds and judges the assets, and decides what to do with each. */
async function planRun(
  run: Run,
  store: ManifestStore,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly PlanStep[]> {
  const { inputs, repository } = run;
  const { root, patterns, manifestPath, reportPath } = repository;
  process.chdir(root);
  const discovery = await discoverAssets({
    root,
    patterns,
    includeHiddenFiles: inputs.includeHiddenFiles,
    ownPaths: reportPath === undefined ? [manifestPath] : [manifestPath, reportPath],
    signal,
  });
  reportDiscovery(discovery, run, reporter);
  const judged = await judgeAssets(discovery.candidates, inputs.mediaChecks, signal);
  const assets = judged.filter((result): result is Asset => 'sha256' in result);
  const unusable = [...discovery.unusable, ...judged.filter((result) => 'reason' in result)];
  const isOwn = makeShareTest(inputs.shard);
  const rejected = unusable.map(({ path, reason }) => ({ path, findings: [rejectWith(reason)] }));
  const steps = planUploads({
    assets: assets.filter((asset) => isOwn(asset.sha256)),
    rejected: rejected.filter(({ path }) => isOwn(createHash('sha256').update(path).digest('hex'))),
    manifest: store.manifest,
    gone: await findGone(run, store, judged, reporter),
    force: inputs.force,
    target: run.target,
    now: Date.now(),
    maxAge: inputs.maxAge,
    renewBefore: inputs.renewBefore,
  });
  const counts = describePlan(steps);
  reporter.info(`${countOf(judged.length + discovery.unusable.length, 'asset')} found: ${counts}`);
  return steps;
}

function rejectWith(message: string): Finding {
  return { rule: 'unusable', level: 'error', message };
}

function reportDiscovery(discovery: Discovery, { inputs }: Run, reporter: Reporter): void {
  for (const warning of discovery.warnings) reporter.annotate('warning', warning);
  if (discovery.skippedCount > 0) {
    const files = countOf(discovery.skippedCount, 'matched file');
    reporter.annotate('notice', `${files} skipped: not of a supported type, or not a regular file.`);
  }
  if (discovery.candidates.length + discovery.unusable.length > 0 || inputs.ifNoFilesFound === 'ignore')
    return;
  const message = 'No assets were found: check the patterns in `files`.';
  if (inputs.ifNoFilesFound === 'error') throw new StepError(message);
  reporter.annotate('warning', message);
}

/** Whether a content belongs to this job's share: first 8 hex digits of its SHA-256 modulo the number of shares. */
function makeShareTest(shard: Shard | undefined): (sha256: string) => boolean {
  if (shard === undefined) return () => true;
  return (sha256) => Number.parseInt(sha256.slice(0, 8), 16) % shard.count === shard.index - 1;
}

async function findGone(
  { inputs, mode, repository }: Run,
  store: ManifestStore,
  found: readonly { readonly path: string }[],
  reporter: Reporter,
): Promise<readonly string[]> {
  if (!inputs.prune || mode === 'check') return [];
  const present = new Set(found.map(({ path }) => path));
  const paths = [...store.checkout.manifest.keys()].filter((path) => !present.has(path));
  const gone = await findGonePaths(repository.root, paths);
  if (gone.length === 0 || mode !== 'output' || !(await isSparseCheckout(repository.root))) return gone;
  reporter.annotate('notice', 'The checkout is sparse, so no entry is removed from the manifest.');
  return [];
}

function describePlan(steps: readonly PlanStep[]): string {
  const words = {
    upload: 'to upload',
    reuse: 'to reuse',
    keep: 'current',
    reject: 'invalid',
    remove: 'to remove',
  };
  const counts = Object.entries(words).map(
    ([action, word]) => [steps.filter((step) => step.action === action).length, word] as const,
  );
  return counts.map(([count, word]) => `${count} ${word}`).join(', ');
}

/** Annotates what is wrong with an asset that is rejected or about to be uploaded; unchanged ones were told before. */
function reportFindings(step: PlanStep, reporter: Reporter): void {
  if (step.action === 'keep' || step.action === 'remove') return;
  const findings = step.action === 'reject' ? step.findings : step.asset.findings;
  for (const { level, message } of findings) reporter.annotate(level, message, step.path);
  if (step.action !== 'reject' && step.reason === 'mismatch') {
    reporter.annotate(
      'warning',
      'the ID in the manifest names another content, so it is not used',
      step.path,
    );
  }
}

/** Records what needs no request: IDs taken over from current entries, and removals. */
function recordKnown(steps: readonly PlanStep[], store: ManifestStore): void {
  for (const step of steps) {
    if (step.action === 'reuse' && step.from.entry !== undefined) store.set(step.path, step.from.entry);
    else if (step.action === 'remove') store.set(step.path, undefined);
  }
}

async function uploadPlanned(
  run: Run,
  progress: Progress,
  store: ManifestStore,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { inputs, target = '' } = run;
  const items = progress.steps
    .filter((step): step is UploadStep => step.action === 'upload')
    .map((step) => step.asset);
  const waiting = Map.groupBy(
    progress.steps.filter(
      (step): step is ReuseStep => step.action === 'reuse' && step.from.entry === undefined,
    ),
    (step) => step.from.path,
  );
  const record = (asset: Asset, result: UploadResult): void => {
    progress.results.set(asset.path, result);
    const place = `[${progress.results.size}/${items.length}] ${asset.path}`;
    if (result.kind === 'failed') {
      reporter.info(`${place} failed`);
      reporter.annotate('error', result.message, asset.path);
    }
    if (result.kind !== 'uploaded') return;
    const entry = buildEntry(asset, result, target);
    for (const path of [asset.path, ...(waiting.get(asset.path) ?? []).map((step) => step.path)])
      store.set(path, entry);
    reporter.info(`${place} uploaded, ${formatBytes(asset.size)}, ${formatSeconds(result.durationMs)}`);
  };
  const { NxcloudClient } = await import('./nxcloud/client.ts');
  const dispatcher = await openDispatcher(inputs.apiUrl, run.proxy);
  const client = new NxcloudClient({ ...inputs, dispatcher, redact: run.redact });
  try {
    const { stopMessage } = await uploadAll({
      items,
      concurrency: inputs.concurrency,
      retries: inputs.retries,
      uploadOnce: (asset, uploadSignal) => client.uploadOnce(asset, uploadSignal),
      onResult: record,
      onRetry: (asset, message) => reporter.info(`${asset.path}: ${message}`),
      signal,
      random: Math.random,
    });
    if (stopMessage !== undefined) progress.failures.push(stopMessage);
  } finally {
    await dispatcher.destroy();
  }
}

function buildEntry(
  asset: Asset,
  result: UploadResult & { kind: 'uploaded' },
  target: string,
): ManifestEntry {
  const { sha256, size, type } = asset;
  const expiry = readStatedExpiry(result.id);
  const expiresAt = expiry === undefined ? {} : { expiresAt: new Date(expiry).toISOString() };
  return {
    id: result.id,
    sha256,
    size,
    type,
    target,
    uploadedAt: new Date(result.at).toISOString(),
    ...expiresAt,
  };
}

/** Sets the outputs, writes the summary and ends the step. */
async function report({ run, store, steps, results, failures }: Progress, reporter: Reporter): Promise<void> {
  const mode = run?.mode ?? '';
  const outcomes = concludeRun(steps, results, mode === 'check');
  failures.push(...judgeOutcomes(outcomes, run, reporter));
  const remarks = [...failures, ...(run === undefined ? [] : makeRemarks(run, outcomes, store, reporter))];
  const areOutputsSet = reporter.setOutputs(
    buildOutputs(outcomes, {
      mode,
      manifestPath: run?.repository.manifestPath ?? '',
      hasChanged: store?.hasChanged ?? false,
      commitSha: '',
      pullRequestNumber: '',
      pullRequestUrl: '',
    }),
  );
  if (run?.inputs.summary) {
    const head = { isSuccess: failures.length === 0, remarks, pictures: findPictureSource(run.event) };
    await reporter.writeSummary(buildSummary(outcomes, head, MAX_SUMMARY_BYTES));
  }
  reporter.info(describeCounts(outcomes));
  reporter.finish();
  if (failures.length > 0 || !areOutputsSet) reporter.fail(failures.join(' '));
}

/** Why the outcomes fail the step, if they do. */
function judgeOutcomes(
  outcomes: readonly Outcome[],
  run: Run | undefined,
  reporter: Reporter,
): readonly string[] {
  const invalid = withStatus(outcomes, 'invalid').length;
  const pending = withStatus(outcomes, 'pending');
  const reasons: string[] = [];
  if (invalid > 0) reasons.push(`${countOf(invalid, 'asset')} invalid.`);
  if (pending.length === 0) return reasons;
  if (run?.mode !== 'check') reasons.push(`${countOf(pending.length, 'asset')} pending.`);
  else if (run.inputs.requireCurrent) {
    for (const { path, reason } of pending)
      reporter.annotate('error', `it has no current file ID (${reason})`, path);
    reasons.push(`${countOf(pending.length, 'asset')} pending, and \`require-current\` is true.`);
  }
  return reasons;
}

/** Sentences for the summary that do not fail the step. */
function makeRemarks(
  run: Run,
  outcomes: readonly Outcome[],
  store: ManifestStore | undefined,
  reporter: Reporter,
): readonly string[] {
  const hasGained = withStatus(outcomes, 'uploaded').length > 0;
  if (run.mode !== 'output' || !hasGained || store === undefined || store.checkout.text !== undefined)
    return [];
  const remark =
    `The checkout held no ${run.repository.manifestPath}: the next run uploads again unless this file is kept. ` +
    'Use `mode: commit` to commit it.';
  reporter.annotate('notice', remark);
  return [remark];
}
