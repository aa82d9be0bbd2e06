// Stage: keep one comment with the result on the pull request under test.
import type { GitHub } from '../github/client.ts';
import {
  buildComment,
  describeUnwritten,
  findComment,
  MAX_COMMENT_LENGTH,
  writeComment,
} from '../github/comment.ts';
import { compareCommits } from '../github/compare.ts';
import { readCommit } from '../github/read.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ManifestStore } from '../manifest/store.ts';
import type { Outcome } from '../outcome.ts';
import { ManifestReader } from '../publish/remote-manifest.ts';
import { buildEntryChanges } from '../report/rows.ts';
import { buildSummary, type SummaryHead } from '../report/summary.ts';
import { describeCounts, formatProse } from '../report/words.ts';
import { describeError } from '../text/errors.ts';
import { escapeExactly } from '../text/text.ts';
import { locateRun } from '../inputs/event.ts';
import { valueAt } from '../text/json.ts';
import { openGitHubLink } from './github-link.ts';
import type { Run } from './set-up.ts';

/** A part of the comment's room: the result of the run comes first. */
const MAX_ENTRY_CHANGES_BYTES = 16 * 1024;

/** The comment is worth no longer wait, whatever GitHub is busy with. */
const TIME_LIMIT_MS = 60_000;

/** The pull request of the event, at the moment of the event. */
interface PullUnderTest {
  readonly number: number;
  readonly base: string;
  readonly head: string;
}

/** What there is to say, and to compare with. */
interface Result {
  readonly outcomes: readonly Outcome[];
  readonly head: SummaryHead;
  /** The commit that the run made, if it made one. */
  readonly ownCommit: string | undefined;
  /** Undefined when the run ended before its manifest was read. */
  readonly checkout: ManifestStore['checkout'] | undefined;
}

/** Writes or updates the comment, within a minute. It never fails the step. */
export async function commentOnPullRequest(run: Run, result: Result): Promise<void> {
  const { reporter } = run;
  const pull = findPullUnderTest(run.event.payload);
  if (pull === undefined) {
    reporter.info('No comment is written: the event is not about a pull request.');
    return;
  }
  if (run.inputs.token === '') {
    reporter.annotate('notice', 'The comment on the pull request was not written: `token` is empty.');
    return;
  }
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('GitHub took longer than a minute')), TIME_LIMIT_MS);
  let github: GitHub | undefined;
  try {
    github = await openGitHubLink(run, AbortSignal.any([run.publishingEnded, limit.signal]));
    reporter.info(`The comment on the pull request: ${await keepComment(github, run, pull, result)}.`);
  } catch (error) {
    reporter.annotate('notice', describeUnwritten(error));
  } finally {
    clearTimeout(timer);
    await github?.close();
  }
}

function findPullUnderTest(payload: unknown): PullUnderTest | undefined {
  const number = valueAt(payload, 'pull_request', 'number');
  const [base, head] = ['base', 'head'].map((side) => valueAt(payload, 'pull_request', side, 'sha'));
  if (typeof number !== 'number' || typeof base !== 'string' || typeof head !== 'string') return undefined;
  return { number, base, head };
}

/** @returns what became of the comment, as the rest of a sentence */
async function keepComment(
  github: GitHub,
  run: Run,
  pull: PullUnderTest,
  { outcomes, head, ownCommit, checkout }: Result,
): Promise<string> {
  const { manifestPath } = run.repository;
  const found = await findComment(github, pull.number, manifestPath);
  if (found.headOid !== pull.head && found.headOid !== ownCommit && found.comment !== undefined)
    return `left to a newer run, since the pull request is at ${found.headOid} by now`;
  const entryChanges = await describeEntryChanges(github, run, pull, checkout);
  const isNews =
    !head.isSuccess || entryChanges !== '' || outcomes.some(({ status }) => status !== 'unchanged');
  if (!isNews && found.comment === undefined) return 'none is needed, all assets are current';
  const about = describeOrigin(run, ownCommit ?? pull.head);
  const room = MAX_COMMENT_LENGTH - buildComment(manifestPath, entryChanges + about).length;
  // A text has at most as many characters as bytes.
  const body = isNews
    ? buildSummary(outcomes, head, room) + entryChanges
    : `### NXCloud template assets\n\n✅ All assets are current: ${describeCounts(outcomes)}.\n\n`;
  return await writeComment(github, found, buildComment(manifestPath, body + about));
}

/** The commit that the comment is about, and the way to the log. */
function describeOrigin({ event, host }: Run, commit: string): string {
  const address = locateRun(event, host.env.GITHUB_RUN_ID ?? '');
  const link = address === undefined ? '' : ` <a href="${escapeExactly(address)}">Log of the run</a>`;
  return `<sub>About commit ${commit}.${link}</sub>\n`;
}

/**
 * Shows a reviewer the entries that the pull request changes itself: nobody uploaded those files in this run. What
 * cannot be found out is said, so that silence means that there is none.
 */
async function describeEntryChanges(
  github: GitHub,
  { redact, repository: { manifestPath } }: Run,
  { base, head }: PullUnderTest,
  checkout: Result['checkout'] = { manifest: new Map(), text: undefined },
): Promise<string> {
  const reader = new ManifestReader({ manifestPath, force: false, checkout });
  const readAt = async (commit: string): Promise<Manifest> => {
    const found = await readCommit(github, commit, manifestPath);
    if (found === undefined) throw new Error(`GitHub does not find the commit ${commit}`);
    return (await reader.read(github, found.file, `at the commit ${commit}`)).manifest;
  };
  try {
    // A checkout of the head lacks what the base has changed since: that is no change of the pull request.
    const comparison = await compareCommits(github, base, head);
    if (comparison === undefined || comparison === 'unrelated')
      throw new Error(`GitHub does not find where ${head} left ${base}`);
    const before = await readAt(comparison.mergeBase);
    return buildEntryChanges(before, await readAt(head), MAX_ENTRY_CHANGES_BYTES);
  } catch (error) {
    github.signal.throwIfAborted();
    return `<p>⚠️ Whether this pull request changes entries of the manifest itself could not be found out: ${formatProse(redact(describeError(error)))}</p>\n\n`;
  }
}
