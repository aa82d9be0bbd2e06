// The pipeline, in order. Each stage is a file of its own, takes values and gives a value.
import type { Host } from '../inputs/host.ts';
import { isPublishing } from '../inputs/inputs.ts';
import { ManifestStore } from '../manifest/store.ts';
import type { PlanStep } from '../plan.ts';
import { requireNode } from '../text/node-version.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Cancellation } from './cancellation.ts';
import type { Ending } from './ending.ts';
import { Failures } from './failures.ts';
import { findAssets } from './find-assets.ts';
import { planRun } from './plan-run.ts';
import { reportRun } from './report-run.ts';
import { type Run, setUpRun } from './set-up.ts';
import { recordKnown, uploadPlanned } from './upload-planned.ts';

/** Runs the pipeline from the inputs to its ending. Never throws; the ending is in the reporter's hands. */
export async function runStep(host: Host, reporter: Reporter, cancellation: Cancellation): Promise<void> {
  const failures = new Failures();
  // Every ending, however early, reports what is known by then.
  let ending: Ending = { found: [], results: new Map() };
  const learn = (more: Partial<Ending>): void => {
    ending = { ...ending, ...more };
  };
  try {
    requireNode(process.versions.node);
    const run = setUpRun(host, reporter);
    failures.redactWith(run.redact);
    learn({ run });
    await runPipeline(run, { failures, learn, reporter, cancellation });
  } catch (error) {
    failures.add(error);
  }
  await reportRun(ending, failures, reporter, cancellation);
}

/** What goes along with a run through all of its stages. */
interface Course {
  readonly failures: Failures;
  /** Takes note of what the ending reports. */
  readonly learn: (more: Partial<Ending>) => void;
  readonly reporter: Reporter;
  readonly cancellation: Cancellation;
}

async function runPipeline(run: Run, course: Course): Promise<void> {
  const { failures, learn, reporter, cancellation } = course;
  const { cancelled } = cancellation;
  const discovery = await findAssets(run, reporter, cancelled);
  learn({ found: discovery.candidates.map(({ path }) => path) });
  const store = openStore(run, reporter);
  learn({ store });
  // Loaded by need: a run that publishes nothing starts the sooner.
  const stage = isPublishing(run.mode) ? await import('./publish-run.ts') : undefined;
  const publishing = await stage?.openPublishing(run, store, reporter, cancelled);
  try {
    const published = publishing?.publisher.manifests ?? [];
    const steps = await planRun(run, discovery, store, published, reporter, cancelled);
    // Where it publishes, the branch says in the end what is removed.
    const known = (all: readonly PlanStep[]) => (publishing === undefined ? all : withoutRemovals(all));
    learn({ steps: known(steps) });
    if (run.mode === 'check') return;

    recordKnown(run, steps, store);
    const early = publishing && (await stage?.prepareToPublish(publishing, steps, cancellation));
    const uploads = await uploadPlanned(run, steps, store, reporter, {
      signal: cancelled,
      stop: early?.refused,
      onSuccess: early?.noteSuccess,
    });
    learn({ ...uploads, steps: known(uploads.steps), early: await early?.settle() });
    for (const failure of uploads.failures) failures.add(failure);
    await keepFailure(failures, () => store.flush());
    if (early?.refused.aborted) throw early.refused.reason;
    if (publishing === undefined || stage === undefined) return;
    const publication = await stage.publishRun(publishing, uploads, cancellation.publishingEnded);
    learn({ steps: uploads.steps, publication });
    if (publication.failure !== undefined) throw publication.failure;
  } finally {
    await keepFailure(failures, () => store.flush());
    await publishing?.close();
  }
}

function withoutRemovals(steps: readonly PlanStep[]): readonly PlanStep[] {
  return steps.filter(({ action }) => action !== 'remove');
}

function openStore({ inputs, repository }: Run, reporter: Reporter): ManifestStore {
  const { root, manifestPath } = repository;
  return new ManifestStore({
    root,
    place: manifestPath,
    force: inputs.force,
    warn: (message) => reporter.annotate('warning', message),
  });
}

/** One failed stage never holds back the next: what succeeded is recorded, published and reported. */
async function keepFailure(failures: Failures, stage: () => Promise<void>): Promise<void> {
  try {
    await stage();
  } catch (error) {
    failures.add(error);
  }
}
