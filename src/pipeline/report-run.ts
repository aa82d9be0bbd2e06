// Stage: tell how the run ended, in outputs, annotations, gallery, summary and comment.
import { join } from 'node:path';
import { isPublishing } from '../inputs/inputs.ts';
import { concludeRun, concludeUnplanned, findFailures, type Outcome, withStatus } from '../outcome.ts';
import { buildOutputs } from '../report/outputs.ts';
import { findPictureSource } from '../report/pictures.ts';
import { describeRenewed, describeUnkept, listAnnotations } from '../report/remarks.ts';
import type { Reporter } from '../report/reporter.ts';
import { buildSummary, type SummaryHead } from '../report/summary.ts';
import { describeFailure, StepError } from '../text/errors.ts';
import type { Cancellation } from './cancellation.ts';
import type { Ending } from './ending.ts';
import type { Run } from './set-up.ts';

/** GitHub drops a summary of more than 1 MiB whole. */
const MAX_SUMMARY_BYTES = 1024 * 1024 - 16 * 1024;

const TRUNCATED =
  'The outputs are larger than what GitHub passes on: the largest are empty, and `truncated` is true. Read the manifest file instead.';

/** Sets the outputs first, then tells people, and ends the step. */
export async function reportRun(
  ending: Ending,
  reporter: Reporter,
  { cancelled, publishingEnded }: Cancellation,
): Promise<void> {
  const { run } = ending;
  const outcomes = concludeEnding(ending);
  const isCheck = run?.mode === 'check';
  const requireCurrent = run?.inputs.requireCurrent === true;
  const failures = [...ending.failures, ...findFailures(outcomes, isCheck, requireCurrent)];
  if (isCheck && requireCurrent) annotatePending(outcomes, reporter);
  // What is wrong with a file is told with the plan, where there is one.
  if (ending.steps === undefined)
    for (const outcome of withStatus(outcomes, 'invalid'))
      for (const { level, message } of listAnnotations({ ...outcome, action: 'reject' }))
        reporter.annotate(level, message, outcome.path);
  failures.push(...reportOutputs(ending, outcomes, reporter));
  const unwritten =
    run === undefined ? [] : await writeReports(run, ending, outcomes, failures, publishingEnded);
  failures.push(...unwritten);
  // A signal that came so late changed nothing but the ending.
  if (cancelled.aborted) failures.push(cancelled.reason);
  reporter.conclude({
    mode: run?.mode ?? '',
    outcomes,
    failures: describeFailures(failures, run),
    gallery: unwritten.length === 0 ? findGallery(run) : undefined,
  });
}

/** Where the gallery lies, from the workspace on. */
function findGallery(run: Run | undefined): string | undefined {
  const path = run?.repository.reportPath;
  return run === undefined || path === undefined ? undefined : join(run.inputs.workingDirectory, path);
}

/** Each failure once, without secrets: failures are shown in places that nobody masks, such as comments. */
function describeFailures(failures: readonly unknown[], run: Run | undefined): readonly string[] {
  const sentences = failures.map(describeFailure);
  return [...new Set(run === undefined ? sentences : sentences.map(run.redact))];
}

/**
 * Writes gallery, summary and comment, as far as the inputs ask for them.
 * @returns what fails the step of it
 */
async function writeReports(
  run: Run,
  ending: Ending,
  outcomes: readonly Outcome[],
  failures: readonly unknown[],
  publishingEnded: AbortSignal,
): Promise<readonly StepError[]> {
  const remarks = makeRemarks(run, ending, outcomes);
  const makeHead = (all: readonly unknown[]): SummaryHead => ({
    isSuccess: all.length === 0,
    remarks: [...describeFailures(all, run), ...remarks],
    pictures: findPictureSource(run.event),
  });
  const { reportPath } = run.repository;
  let unwritten: readonly StepError[] = [];
  if (reportPath !== undefined) {
    const { writeGallery } = await import('./write-gallery.ts');
    unwritten = await writeGallery(run, reportPath, outcomes, makeHead(failures));
  }
  const head = makeHead([...failures, ...unwritten]);
  if (run.inputs.summary) run.reporter.writeSummary(buildSummary(outcomes, head, MAX_SUMMARY_BYTES));
  if (run.inputs.comment) {
    const { commentOnPullRequest } = await import('./comment-run.ts');
    await commentOnPullRequest(run, ending, outcomes, head, run.reporter, publishingEnded);
  }
  return unwritten;
}

function concludeEnding({ run, found, steps, results = new Map(), publication }: Ending): readonly Outcome[] {
  if (run === undefined || steps === undefined) return concludeUnplanned(found);
  // Where it publishes, the branch says in the end what is removed.
  const isOpen = isPublishing(run.mode) && publication === undefined;
  const known = isOpen ? steps.filter(({ action }) => action !== 'remove') : steps;
  return concludeRun(known, results, run.mode === 'check', publication);
}

function annotatePending(outcomes: readonly Outcome[], reporter: Reporter): void {
  for (const { path, reason } of withStatus(outcomes, 'pending'))
    reporter.annotate('error', `it has no current file ID (${reason})`, path);
}

/** @returns why outputs did not arrive, if they did not */
function reportOutputs(
  { run, store, early, publication }: Ending,
  outcomes: readonly Outcome[],
  reporter: Reporter,
): readonly StepError[] {
  const mode = run?.mode ?? '';
  const pullRequest = publication?.pullRequest ?? early?.pullRequest;
  const texts = {
    'manifest-path': run?.repository.manifestPath ?? '',
    changed: String(mode !== 'check' && store?.hasChanged === true),
    'commit-sha': publication?.commit ?? early?.commit ?? '',
    'pull-request-number': String(pullRequest?.number ?? ''),
    'pull-request-url': pullRequest?.url ?? '',
    mode,
  };
  const outputs = buildOutputs(outcomes, texts, reporter.maxOutputCharacters);
  if (outputs.truncated === 'true') reporter.annotate('warning', TRUNCATED);
  const failure = reporter.setOutputs(outputs);
  return failure === undefined ? [] : [new StepError('outputs-unwritable', failure)];
}

/** Sentences for the summary that do not fail the step. */
function makeRemarks(
  run: Run,
  { store, publication }: Ending,
  outcomes: readonly Outcome[],
): readonly string[] {
  const notes = [...(publication?.notes ?? []), describeRenewed(outcomes, run.inputs) ?? []].flat();
  if (run.mode !== 'output' || store === undefined || store.checkout.text !== undefined) return notes;
  const remark = describeUnkept(outcomes, run.repository.manifestPath, run.host.keepAdvice);
  if (remark === undefined) return notes;
  run.reporter.annotate('notice', remark);
  return [...notes, remark];
}
