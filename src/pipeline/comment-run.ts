// Stage: keep one comment with the result on the pull request under test.
import { describeError } from '../text/errors.ts';
import type { GitHub } from '../github/client.ts';
import { buildComment, MAX_COMMENT_LENGTH, writeComment } from '../github/comment.ts';
import { GitData } from '../github/git-data.ts';
import { findMergeBase } from '../github/own-branch.ts';
import { ManifestReader } from '../github/publisher.ts';
import { readPath } from '../text/json.ts';
import { isSameEntry, type Manifest } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';
import type { Outcome } from '../outcome.ts';
import type { Progress } from './progress.ts';
import type { Reporter } from '../report/reporter.ts';
import { buildIdChanges, buildSummary, type SummaryHead } from '../report/summary.ts';
import type { Run } from './set-up.ts';
import { type GitHubLink, openGitHubLink } from './github-link.ts';

const ALL_CURRENT = '### NXCloud template assets\n\n✅ All assets are current.\n';

/** A part of the comment's room: the result of the run comes first. */
const MAX_ID_CHANGES_BYTES = 16 * 1024;

/** The comment is worth no longer wait, whatever GitHub is busy with. */
const TIME_LIMIT_MS = 60_000;

/** Writes or updates the comment, within a minute. It never fails the step. */
export async function commentOnPullRequest(
  run: Run,
  { store }: Progress,
  outcomes: readonly Outcome[],
  head: SummaryHead,
  reporter: Reporter,
  runSignal: AbortSignal,
): Promise<void> {
  const number = readPath(run.event.payload, 'pull_request', 'number');
  if (typeof number !== 'number') {
    reporter.info('No comment is written: the event is not about a pull request.');
    return;
  }
  if (run.inputs.token === '') {
    reporter.annotate('notice', 'The comment on the pull request was not written: `token` is empty.');
    return;
  }
  const { manifestPath } = run.repository;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('GitHub took longer than a minute')), TIME_LIMIT_MS);
  const signal = AbortSignal.any([runSignal, limit.signal]);
  let link: GitHubLink | undefined;
  try {
    link = await openGitHubLink(run, reporter);
    const checkout = store?.checkout.manifest ?? new Map();
    const idChanges = await listIdChanges(run, checkout, link.github, reporter, signal);
    const isNews =
      !head.isSuccess || idChanges !== '' || outcomes.some(({ status }) => status !== 'unchanged');
    const room = MAX_COMMENT_LENGTH - buildComment(manifestPath, idChanges).length;
    // A text has at most as many characters as bytes.
    const body = isNews ? buildSummary(outcomes, head, room) + idChanges : ALL_CURRENT;
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
    clearTimeout(timer);
    await link?.close();
  }
}

/** A reviewer should see when a pull request changes IDs itself: nobody uploaded those files in this run. */
async function listIdChanges(
  { event, repository }: Run,
  checkout: Manifest,
  github: GitHub,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<string> {
  const base = readPath(event.payload, 'pull_request', 'base', 'sha');
  const head = readPath(event.payload, 'pull_request', 'head', 'sha');
  if (typeof base !== 'string' || typeof head !== 'string') return '';
  const data = new GitData(github);
  const reader = new ManifestReader(data, repository.manifestPath, false);
  const readAt = async (commit: string): Promise<Manifest> =>
    await reader.readPast(await data.readFileAt(commit, repository.manifestPath, signal), commit, signal);
  try {
    const before = await readAt(base);
    const changes = listChanges(before, checkout);
    if (changes.size === 0) return '';
    // A checkout of the head lacks what the base has changed since: that is no change of the pull request.
    const mergeBase = (await findMergeBase(github, base, head, signal)) ?? base;
    const parted = mergeBase === base ? before : await readAt(mergeBase);
    const own = [...changes].filter(([path, entry]) => !isSameEntry(parted.get(path), entry));
    return buildIdChanges(before, new Map(own), MAX_ID_CHANGES_BYTES);
  } catch (error) {
    signal.throwIfAborted();
    reporter.info(`The manifest of the pull request's base could not be read: ${describeError(error)}`);
    return '';
  }
}
