// Stage: publish the manifest, in the modes that do.
import type { GitHub } from '../github/client.ts';
import { findClosing, isPullRequestEvent } from '../inputs/event.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { listRunChanges } from '../outcome.ts';
import { type PlanStep, withoutRemovals } from '../plan.ts';
import { CommitPublisher } from '../publish/commit-publisher.ts';
import { EarlyPublishing } from '../publish/early.ts';
import { resolvePlace } from '../publish/place.ts';
import { ProposalPublisher } from '../publish/proposal-publisher.ts';
import type { Publication, Publisher, PublisherOptions } from '../publish/publisher.ts';
import { findPictureSource } from '../report/pictures.ts';
import type { Reporter } from '../report/reporter.ts';
import { openGitHubLink } from './github-link.ts';
import type { Run } from './set-up.ts';
import type { Uploads } from './upload-planned.ts';

/** What is published, and the way to it. */
export interface Publishing {
  readonly run: Run;
  readonly store: ManifestStore;
  /** Whoever opened it closes it. */
  readonly github: GitHub;
  readonly publisher: Publisher;
  /** Tells what came of a publication. */
  readonly report: (publication: Publication) => void;
}

/**
 * Reads what is published, before anything is uploaded.
 * @throws {StepError} when there is no branch to publish to or it cannot be read.
 */
export async function openPublishing(run: Run, store: ManifestStore): Promise<Publishing> {
  const { inputs, mode, event, repository, reporter } = run;
  const place = resolvePlace({ ...inputs, mode, manifestPath: repository.manifestPath }, event);
  const github = await openGitHubLink(run, run.cancelled);
  const options: PublisherOptions = {
    github,
    manifestPath: repository.manifestPath,
    checkout: store.checkout,
    rules: run.rules,
    force: inputs.force,
    baseCommit: repository.baseCommit,
    runCommit: event.sha,
    isTestMerge: event.ref.startsWith('refs/pull/'),
    commitMessage: inputs.commitMessage,
    commitBefore: findPictureSource(event)?.shaBefore,
    repositoryUrl: `${event.serverUrl}/${event.repository}`,
    warn: (message) => reporter.annotate('warning', message),
  };
  const isCommit = place.kind === 'commit';
  const publisher = isCommit ? new CommitPublisher(options, place) : new ProposalPublisher(options, place);
  try {
    await publisher.open();
  } catch (error) {
    await github.close();
    throw error;
  }
  return { run, store, github, publisher, report: createReport(reporter) };
}

/**
 * Makes sure, before the first upload, that what is uploaded can be recorded, and gives what publishes meanwhile.
 * Undefined when there is nothing to record.
 * @throws {StepError} when it is known that nothing can.
 */
export async function prepareToPublish(
  publishing: Publishing,
  steps: readonly PlanStep[],
): Promise<EarlyPublishing<Uploads> | undefined> {
  const { run, publisher, report } = publishing;
  const { reporter, cancelled, publishingEnded } = run;
  const isGaining = steps.some(({ action }) => action === 'upload' || action === 'reuse');
  if (!isGaining || cancelled.aborted) return undefined;
  const prepared = await publisher.prepare().catch((error: unknown) => {
    if (!cancelled.aborted) throw error;
  });
  // Nothing is uploaded any more; what needs no upload is published all the same.
  if (!prepared) return undefined;
  const { isGuarded, notes } = prepared;
  for (const note of notes) reporter.annotate('notice', note);
  // Runs on pull requests are commonly cancelled by the next commit, and a commit of ours would be that.
  if (isPullRequestEvent(run.event) && findClosing(run.event) !== 'merged') return undefined;
  return new EarlyPublishing<Uploads>({
    uploads: steps.filter(({ action }) => action === 'upload').length,
    isGuarded,
    publish: async ({ steps: known, endings }) => {
      const result = listRunChanges(withoutRemovals(known), endings);
      const publication = await publisher.publish(result, { once: true, signal: publishingEnded });
      report(publication);
      return publication;
    },
    inform: (message) => reporter.info(message),
  });
}

/**
 * Publishes what the run has to say; afterwards the workspace holds what is published.
 * @throws {StepError} that names the remedy.
 */
export async function publishRun(publishing: Publishing, { steps, endings }: Uploads): Promise<Publication> {
  const { run, store, publisher, report } = publishing;
  const result = listRunChanges(steps, endings);
  const publication = await publisher.publish(result, { once: false, signal: run.publishingEnded });
  for (const [path, reason] of publication.superseded)
    run.reporter.info(`${path}: ${reason}; its entry there stands`);
  report(publication);
  await store.replace(publication.text, publication.manifest);
  return publication;
}

/** Gives what tells of the publications of a run: the same note once. */
function createReport(reporter: Reporter): Publishing['report'] {
  const given = new Set<string>();
  return ({ commit, pullRequest, notes }) => {
    for (const note of notes) {
      if (!given.has(note)) reporter.annotate('notice', note);
      given.add(note);
    }
    if (commit !== undefined) reporter.info(`Committed ${commit}`);
    if (pullRequest === undefined) return;
    const { number, change, url } = pullRequest;
    reporter.info(`Pull request #${number} was ${change}: ${url}`);
  };
}
