// The pipeline, in order. Each stage is a file of its own.
import { join } from 'node:path';
import type { Cancellation } from './cancellation.ts';
import type { Host } from '../inputs/host.ts';
import { isPublishing } from '../inputs/inputs.ts';
import { ManifestStore } from '../manifest/store.ts';
import { noteFailure, type Progress } from './progress.ts';
import type { Reporter } from '../report/reporter.ts';
import { type Run, setUpRun } from './set-up.ts';
import { findAssets } from './find-assets.ts';
import { planRun } from './plan-run.ts';
import { reportRun } from './report-run.ts';
import { recordKnown, uploadPlanned } from './upload-planned.ts';

/** Runs the pipeline from the inputs to its ending. Never throws; the ending is in the reporter's hands. */
export async function runStep(host: Host, reporter: Reporter, cancellation: Cancellation): Promise<void> {
  const progress: Progress = { found: [], results: new Map(), failures: [] };
  try {
    progress.run = setUpRun(host, reporter);
    await runPipeline(progress.run, progress, reporter, cancellation);
  } catch (error) {
    noteFailure(progress, error);
  }
  await reportRun(progress, reporter, cancellation);
}

async function runPipeline(
  run: Run,
  progress: Progress,
  reporter: Reporter,
  { cancelled, publishingEnded }: Cancellation,
): Promise<void> {
  const { root, manifestPath } = run.repository;
  const discovery = await findAssets(run, reporter, cancelled);
  progress.found = discovery.candidates.map(({ path }) => path);
  const store = ManifestStore.open({
    file: join(root, manifestPath),
    place: manifestPath,
    force: run.inputs.force,
    warn: (message) => reporter.annotate('warning', message),
  });
  progress.store = store;
  // Loaded by need: a run that publishes nothing starts the sooner.
  const stage = isPublishing(run.mode) ? await import('./publish-run.ts') : undefined;
  const publishing = await stage?.openPublishing(run, reporter, cancelled);
  try {
    const steps = await planRun(run, discovery, store, publishing?.publisher.manifest, reporter, cancelled);
    progress.steps = steps;
    if (run.mode === 'check') return;

    recordKnown(run, steps, store);
    await keepFailure(progress, () => uploadPlanned(run, progress, store, reporter, cancelled));
    await keepFailure(progress, () => store.flush());
    if (stage !== undefined && publishing !== undefined) {
      await keepFailure(progress, () =>
        stage.publishRun(publishing, progress, store, reporter, publishingEnded),
      );
    }
  } finally {
    await publishing?.close();
  }
}

/** One failed stage never holds back the next: what succeeded is recorded, published and reported. */
async function keepFailure(progress: Progress, stage: () => Promise<void>): Promise<void> {
  try {
    await stage();
  } catch (error) {
    noteFailure(progress, error);
  }
}
