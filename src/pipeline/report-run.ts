// Stage: tell how the run ended, in outputs, annotations, gallery, summary and comment.
import { join } from 'node:path';
import type { Candidate } from '../assets/discover.ts';
import type { Judged } from '../assets/judge.ts';
import { isPublishing } from '../inputs/inputs.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { concludeRun, concludeUnplanned, findFailures, type Outcome, withStatus } from '../outcome.ts';
import { withoutRemovals } from '../plan.ts';
import type { Publication } from '../publish/publisher.ts';
import { buildOutputs } from '../report/outputs.ts';
import { findPictureSource } from '../report/pictures.ts';
import { describeRenewed, describeUnkept, listAnnotations } from '../report/remarks.ts';
import type { Reporter } from '../report/reporter.ts';
import { buildSummary, type SummaryHead } from '../report/summary.ts';
import { describeFailure, type Failure, StepError } from '../text/errors.ts';
import type { Run } from './set-up.ts';
import type { Uploads } from './upload-planned.ts';

/** GitHub drops a summary of more than 1 MiB whole. */
const MAX_SUMMARY_BYTES = 1024 * 1024 - 16 * 1024;

const TRUNCATED =
  'The outputs are larger than what GitHub passes on: the largest are empty, and `truncated` is true. Read the manifest file instead.';

/** What is known of a run when it ends. */
export interface Ending extends Partial<Uploads> {
  /** Undefined when the inputs were wrong. */
  readonly run?: Run;
  readonly store?: ManifestStore;
  /** What was found of the run's share, judged or not yet. */
  readonly found: readonly (Candidate | Judged)[];
  /** The last publication while uploads went on. */
  readonly early?: Publication | undefined;
  readonly publication?: Publication;
  /** What failed the step; anything but a StepError is a defect of the action. */
  readonly failures: readonly unknown[];
}

/** Sets the outputs first, then tells people, and ends the step. */
export async function reportRun(ending: Ending, reporter: Reporter, cancelled: AbortSignal): Promise<void> {
  const { run } = ending;
  const outcomes = concludeEnding(ending);
  const isCheck = run?.mode === 'check';
  const requireCurrent = run?.inputs.requireCurrent === true;
  const failures = [...ending.failures, ...findFailures(outcomes, isCheck, requireCurrent)];
  if (isCheck && requireCurrent)
    for (const { path, reason } of withStatus(outcomes, 'pending'))
      reporter.annotate('error', `it has no current file ID (${reason})`, path);
  // What is wrong with a file is told with the plan, where there is one.
  if (ending.steps === undefined)
    for (const outcome of withStatus(outcomes, 'invalid'))
      for (const { level, message } of listAnnotations({ ...outcome, action: 'reject' }))
        reporter.annotate(level, message, outcome.path);
  const unset = setOutputs(ending, outcomes, reporter);
  if (unset !== undefined) failures.push(new StepError('outputs-unwritable', unset));
  const writing = run && writeReports(run, ending, outcomes, failures);
  const unwritten: unknown = await writing?.catch((error: unknown) => error);
  if (unwritten !== undefined) failures.push(unwritten);
  // A signal that came so late changed nothing but the ending.
  if (cancelled.aborted) failures.push(cancelled.reason);
  const reportPath = unwritten === undefined ? run?.repository.reportPath : undefined;
  reporter.conclude({
    mode: run?.mode ?? '',
    outcomes,
    failures: describeFailures(failures, run),
    gallery: run && reportPath && join(run.inputs.workingDirectory, reportPath),
  });
}

function concludeEnding({ run, found, steps, endings = new Map(), publication }: Ending): readonly Outcome[] {
  if (run === undefined || steps === undefined) return concludeUnplanned(found);
  const isOpen = isPublishing(run.mode) && publication === undefined;
  const known = isOpen ? withoutRemovals(steps) : steps;
  return concludeRun(known, endings, run.mode === 'check', publication);
}

/** Each failure once, without secrets: failures are shown in places that nobody masks, such as comments. */
function describeFailures(failures: readonly unknown[], run: Run | undefined): readonly Failure[] {
  const described = failures.map((failure) => describeFailure(failure, run?.redact));
  return [...new Map(described.map((failure) => [failure.sentence, failure])).values()];
}

/** @returns why outputs did not arrive, if they did not */
function setOutputs(ending: Ending, outcomes: readonly Outcome[], reporter: Reporter): string | undefined {
  const { run, store, early, publication } = ending;
  const mode = run?.mode ?? '';
  const pullRequest = publication?.pullRequest ?? early?.pullRequest;
  const texts = {
    'manifest-path': run?.repository.manifestPath ?? '',
    changed: String(mode !== 'check' && store?.hasChanged === true),
    'commit-sha': publication?.commit ?? early?.commit ?? '',
    'pull-request-number': String(pullRequest?.number ?? ''),
    'pull-request-url': run?.redact(pullRequest?.url ?? '') ?? '',
    mode,
  };
  const outputs = buildOutputs(outcomes, texts, reporter.maxOutputCharacters);
  if (outputs.truncated === 'true') reporter.annotate('warning', TRUNCATED);
  return reporter.setOutputs(outputs);
}

/** Writes gallery, summary and comment, as far as the inputs ask for them; gives what fails the step of it. */
async function writeReports(
  run: Run,
  ending: Ending,
  outcomes: readonly Outcome[],
  failures: readonly unknown[],
): Promise<StepError | undefined> {
  const { inputs, repository, reporter } = run;
  const remarks = makeRemarks(run, ending, outcomes);
  const makeHead = (all: readonly unknown[]): SummaryHead => ({
    isSuccess: all.length === 0,
    remarks: [...describeFailures(all, run).map(({ sentence }) => sentence), ...remarks],
    pictures: findPictureSource(run.event),
  });
  let unwritten: StepError | undefined;
  if (repository.reportPath !== undefined) {
    const { writeGallery } = await import('./write-gallery.ts');
    unwritten = await writeGallery(run, repository.reportPath, outcomes, makeHead(failures));
  }
  const head = makeHead(unwritten === undefined ? failures : [...failures, unwritten]);
  if (inputs.summary) reporter.writeSummary(buildSummary(outcomes, head, MAX_SUMMARY_BYTES));
  if (inputs.comment) {
    const { commentOnPullRequest } = await import('./comment-run.ts');
    const ownCommit = ending.publication?.commit ?? ending.early?.commit;
    await commentOnPullRequest(run, { outcomes, head, ownCommit, checkout: ending.store?.checkout });
  }
  return unwritten;
}

/** Sentences for the summary that do not fail the step. */
function makeRemarks(run: Run, ending: Ending, outcomes: readonly Outcome[]): readonly string[] {
  const { mode, inputs, repository, host, reporter } = run;
  const { store, publication } = ending;
  const remarks = [...(publication?.notes ?? []), describeRenewed(outcomes, inputs) ?? []].flat();
  if (mode !== 'output' || store === undefined || store.checkout.text !== undefined) return remarks;
  const remark = describeUnkept(outcomes, repository.manifestPath, host.keepAdvice);
  if (remark === undefined) return remarks;
  reporter.annotate('notice', remark);
  return [...remarks, remark];
}
