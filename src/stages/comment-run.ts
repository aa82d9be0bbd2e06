// Stage: keep one comment with the result on the pull request under test.
import { MAX_COMMENT_LENGTH, buildComment, writeComment } from '../github/comment.ts';
import { readPath } from '../json.ts';
import type { Outcome } from '../outcome.ts';
import type { Progress } from '../progress.ts';
import type { Reporter } from '../report/reporter.ts';
import { buildSummary, type SummaryHead } from '../report/summary.ts';
import type { Run } from '../setup.ts';
import { describeError } from '../errors.ts';
import { openGitHubLink } from './github-link.ts';

/** Writes or updates the comment, where the inputs ask for one. It never fails the step. */
export async function commentOnPullRequest(
  { store }: Progress,
  run: Run,
  outcomes: readonly Outcome[],
  head: SummaryHead,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  if (!run.inputs.comment) return;
  const number = readPath(run.event.payload, 'pull_request', 'number');
  if (typeof number !== 'number') {
    reporter.info('No comment is written: the event is not about a pull request.');
    return;
  }
  const { manifestPath } = run.repository;
  const isNews = !head.isSuccess || outcomes.some(({ status }) => status !== 'unchanged');
  const room = MAX_COMMENT_LENGTH - buildComment(manifestPath, '').length;
  // Characters are at most as many as bytes.
  const body = isNews ? buildSummary(outcomes, head, room) : ALL_CURRENT;
  const link = await openGitHubLink(run, reporter);
  try {
    const result = await writeComment({
      github: link.github,
      pullRequest: number,
      manifestPath,
      body,
      isNews,
      signal,
    });
    if (result.kind === 'not-written') reporter.annotate('notice', result.notice);
    else reporter.info(`The comment on the pull request: ${result.kind}.`);
  } catch (error) {
    reporter.annotate('notice', `The comment on the pull request was not written: ${describeError(error)}`);
  } finally {
    await link.close();
  }
}

const ALL_CURRENT = '### NXCloud template assets\n\n✅ All assets are current.\n';
