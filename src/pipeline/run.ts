// The pipeline, in order. Each stage takes values and gives a value.
import { selectShare } from '../assets/shard.ts';
import type { Host } from '../inputs/host.ts';
import { isPublishing } from '../inputs/inputs.ts';
import { ManifestStore } from '../manifest/store.ts';
import type { Reporter } from '../report/reporter.ts';
import { findAssets, judgeFound } from './find-assets.ts';
import { planRun } from './plan-run.ts';
import { type Cancellation, requireNode } from './process.ts';
import { type Ending, reportRun } from './report-run.ts';
import { type Run, setUpRun } from './set-up.ts';
import { recordKnown, uploadPlanned } from './upload-planned.ts';

/** Runs the pipeline from the inputs to its ending. Never throws; the ending is in the reporter's hands. */
export async function runStep(host: Host, reporter: Reporter, cancellation: Cancellation): Promise<void> {
  // Every ending, however early, reports what is known by then.
  let ending: Ending = { found: [], failures: [] };
  const learn = (more: Partial<Ending>): void => {
    ending = { ...ending, ...more };
  };
  const fail = (error: unknown): void => learn({ failures: [...ending.failures, error] });
  try {
    const remedy = 'use a runner that has node24, which old ones and those for Linux on 32-bit ARM have not';
    requireNode(process.versions.node, remedy);
    const run = setUpRun(host, reporter, cancellation);
    learn({ run });
    await runPipeline(run, learn, fail);
  } catch (error) {
    fail(error);
  }
  await reportRun(ending, reporter, cancellation.cancelled);
}

/** Tells by `learn` what the ending reports, and by `fail` what fails the step without ending it. */
async function runPipeline(
  run: Run,
  learn: (more: Partial<Ending>) => void,
  fail: (error: unknown) => void,
): Promise<void> {
  const discovery = await findAssets(run);
  learn({ found: selectShare([...discovery.unusable, ...discovery.candidates], run.inputs.shard) });
  const judged = await judgeFound(run, discovery);
  learn({ found: selectShare(judged, run.inputs.shard) });
  const store = openStore(run);
  learn({ store });
  // Loaded by need: a run that publishes nothing starts the sooner.
  const stage = isPublishing(run.mode) ? await import('./publish-run.ts') : undefined;
  const publishing = await stage?.openPublishing(run, store);
  try {
    const steps = planRun(run, judged, store, publishing?.publisher.manifests ?? []);
    learn({ steps });
    if (run.mode === 'check') return;

    recordKnown(run, steps, store);
    const early = publishing && (await stage?.prepareToPublish(publishing, steps));
    const uploads = await uploadPlanned(run, steps, store, early);
    learn({ ...uploads, early: await early?.settle() });
    if (uploads.stop !== undefined) fail(uploads.stop);
    // One failed stage never holds back the next: what succeeded is recorded, published and reported.
    await store.flush().catch(fail);
    if (early?.refused.aborted) throw early.refused.reason;
    if (publishing === undefined || stage === undefined) return;
    const publication = await stage.publishRun(publishing, uploads);
    learn({ publication });
    if (publication.failure !== undefined) throw publication.failure;
  } finally {
    await store.flush().catch(fail);
    await publishing?.github.close();
  }
}

/** Opens the manifest of the checkout. */
export function openStore({ inputs, repository, reporter }: Run): ManifestStore {
  const { root, manifestPath: place } = repository;
  const warn = (message: string): void => reporter.annotate('warning', message);
  return new ManifestStore({ root, place, force: inputs.force, warn });
}
