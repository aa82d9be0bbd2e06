// Stage: tell how the run ended, in outputs, annotations, summary and comment.
import { concludeRun, concludeUnplanned, type Outcome, withStatus } from '../outcome.ts';
import { buildOutputs, type RunFacts } from '../report/outputs.ts';
import { findPictureSource } from '../report/pictures.ts';
import type { Reporter } from '../report/reporter.ts';
import { buildSummary, type SummaryHead } from '../report/summary.ts';
import { describeCounts } from '../report/words.ts';
import { StepError } from '../text/errors.ts';
import { countOf } from '../text/text.ts';
import type { Cancellation } from './cancellation.ts';
import type { Ending } from './ending.ts';
import type { Failures } from './failures.ts';
import type { Run } from './set-up.ts';

/** GitHub drops a summary of more than 1 MiB whole. */
const MAX_SUMMARY_BYTES = 1024 * 1024 - 16 * 1024;

const TRUNCATED =
  'The outputs are larger than what GitHub passes on: the largest are empty, and `truncated` is true. Read the manifest file instead.';

/** Sets the outputs first, then tells people, and ends the step. */
export async function reportRun(
  ending: Ending,
  failures: Failures,
  reporter: Reporter,
  { cancelled, publishingEnded }: Cancellation,
): Promise<void> {
  const { run, steps, results, publication } = ending;
  const outcomes =
    steps === undefined
      ? concludeUnplanned(ending.found)
      : concludeRun(steps, results, run?.mode === 'check', publication);
  for (const failure of judgeOutcomes(outcomes, run, reporter)) failures.add(failure);
  reportOutputs(ending, outcomes, failures, reporter);
  if (run !== undefined) {
    const remarks = makeRemarks(ending, outcomes, reporter);
    await writeReport(run, ending, outcomes, failures, remarks, { reporter, cancelled });
    const head: SummaryHead = {
      isSuccess: failures.messages.length === 0,
      remarks: [...failures.messages, ...remarks],
      pictures: findPictureSource(run.event),
    };
    if (run.inputs.summary) reporter.writeSummary(buildSummary(outcomes, head, MAX_SUMMARY_BYTES));
    if (run.inputs.comment) {
      const { commentOnPullRequest } = await import('./comment-run.ts');
      await commentOnPullRequest(run, ending, outcomes, head, reporter, publishingEnded);
    }
  }
  // A signal that came so late changed nothing but the ending.
  if (cancelled.aborted) failures.add(cancelled.reason);
  reporter.info(describeCounts(outcomes));
  reporter.finish();
  if (failures.messages.length > 0) reporter.fail(failures.messages.join(' '));
}

function reportOutputs(
  { run, store, early, publication }: Ending,
  outcomes: readonly Outcome[],
  failures: Failures,
  reporter: Reporter,
): void {
  const mode = run?.mode ?? '';
  const pullRequest = publication?.pullRequest ?? early?.pullRequest;
  const facts: RunFacts = {
    mode,
    manifestPath: run?.repository.manifestPath ?? '',
    hasChanged: mode !== 'check' && (store?.hasChanged ?? false),
    commitSha: publication?.commit ?? early?.commit ?? '',
    pullRequestNumber: String(pullRequest?.number ?? ''),
    pullRequestUrl: pullRequest?.url ?? '',
  };
  const outputs = buildOutputs(outcomes, facts, reporter.maxOutputCharacters);
  if (outputs.truncated === 'true') reporter.annotate('warning', TRUNCATED);
  const failure = reporter.setOutputs(outputs);
  if (failure !== undefined) failures.add(new StepError('outputs-unwritable', failure));
}

/** Writes the gallery where the inputs ask for one; loading it is left to runs that do. */
async function writeReport(
  run: Run,
  { store }: Ending,
  outcomes: readonly Outcome[],
  failures: Failures,
  remarks: readonly string[],
  means: { readonly reporter: Reporter; readonly cancelled: AbortSignal },
): Promise<void> {
  const { reportPath } = run.repository;
  if (reportPath === undefined) return;
  const { writeGallery } = await import('./write-gallery.ts');
  const verdict = {
    isSuccess: failures.messages.length === 0,
    remarks: [...failures.messages, ...remarks],
  };
  const failure = await writeGallery(run, reportPath, outcomes, store?.manifest, verdict, means);
  if (failure !== undefined) failures.add(new StepError('report-unwritable', failure));
}

/** Why the outcomes fail the step, if they do. */
function judgeOutcomes(
  outcomes: readonly Outcome[],
  run: Run | undefined,
  reporter: Reporter,
): readonly StepError[] {
  const invalid = withStatus(outcomes, 'invalid').length;
  const pending = withStatus(outcomes, 'pending');
  const reasons: StepError[] = [];
  if (invalid > 0) reasons.push(new StepError('assets-invalid', `${countOf(invalid, 'asset')} invalid.`));
  if (pending.length === 0) return reasons;
  if (run?.mode !== 'check')
    reasons.push(new StepError('assets-pending', `${countOf(pending.length, 'asset')} pending.`));
  else if (run.inputs.requireCurrent) {
    for (const { path, reason } of pending)
      reporter.annotate('error', `it has no current file ID (${reason})`, path);
    const message = `${countOf(pending.length, 'asset')} pending, and \`require-current\` is true.`;
    reasons.push(new StepError('assets-not-current', message));
  }
  return reasons;
}

/** Sentences for the summary that do not fail the step. */
function makeRemarks(
  { run, store, publication }: Ending,
  outcomes: readonly Outcome[],
  reporter: Reporter,
): readonly string[] {
  const notes = [...(publication?.notes ?? []), ...describeRenewed(run, outcomes)];
  const hasGained = outcomes.some(({ status }) => status === 'uploaded' || status === 'reused');
  if (run?.mode !== 'output' || !hasGained || store === undefined || store.checkout.text !== undefined)
    return notes;
  const remark =
    `The checkout held no ${run.repository.manifestPath}: the next run uploads again unless this file is kept. ` +
    run.host.keepAdvice;
  reporter.annotate('notice', remark);
  return [...notes, remark];
}

/** Tells of the assets for which only time asked for another ID, and what ends that. */
function describeRenewed(run: Run | undefined, outcomes: readonly Outcome[]): readonly string[] {
  const count = outcomes.filter(({ isRenewed }) => isRenewed).length;
  if (run === undefined || count === 0) return [];
  const { maxAge, renewBefore } = run.inputs;
  const settings = [
    ...(renewBefore === undefined ? [] : ['`renew-before: never`']),
    ...(maxAge === undefined ? [] : ['no `max-age`']),
  ];
  const which = `${countOf(count, 'asset')} needed another ID only because the old one had run out.`;
  return [`${which} To keep IDs for as long as the files stay the same, set ${settings.join(' and ')}.`];
}
