// Stage: publish the manifest, in the modes that do.
import type { GitHub } from '../github/client.ts';
import { findClosing, isPullRequestEvent } from '../inputs/event.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { listRunChanges } from '../outcome.ts';
import type { PlanStep } from '../plan.ts';
import { CommitPublisher } from '../publish/commit-publisher.ts';
import { EarlyPublishing } from '../publish/early.ts';
import { resolvePlace } from '../publish/place.ts';
import { ProposalPublisher } from '../publish/proposal-publisher.ts';
import type { Publication, Publisher, PublisherOptions } from '../publish/publisher.ts';
import { findPictureSource } from '../report/pictures.ts';
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
  /** Notes of publications that were given, each once. */
  readonly told: Set<string>;
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
    serverUrl: event.serverUrl,
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
  return { run, store, github, publisher, told: new Set() };
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
  const { run, publisher } = publishing;
  const { reporter, cancelled, publishingEnded } = run;
  const isGaining = steps.some(({ action }) => action === 'upload' || action === 'reuse');
  if (!isGaining || cancelled.aborted) return undefined;
  const { isGuarded, notes } = await publisher.prepare();
  for (const note of notes) reporter.annotate('notice', note);
  // Runs on pull requests are commonly cancelled by the next commit, and a commit of ours would be that.
  if (isPullRequestEvent(run.event) && findClosing(run.event) !== 'merged') return undefined;
  return new EarlyPublishing<Uploads>({
    uploads: steps.filter(({ action }) => action === 'upload').length,
    isGuarded,
    publish: async ({ steps: known, endings }) => {
      // Whether a file is gone is told once, in the end.
      const kept = known.filter(({ action }) => action !== 'remove');
      const result = listRunChanges(kept, endings);
      const publication = await publisher.publish(result, { once: true, signal: publishingEnded });
      reportPublication(publication, publishing);
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
  const { run, store, publisher } = publishing;
  const result = listRunChanges(steps, endings);
  const publication = await publisher.publish(result, { once: false, signal: run.publishingEnded });
  for (const [path, reason] of publication.superseded)
    run.reporter.info(`${path}: ${reason}; its entry there stands`);
  reportPublication(publication, publishing);
  await store.replace(publication.text, publication.manifest);
  return publication;
}

function reportPublication({ commit, pullRequest, notes }: Publication, { run, told }: Publishing): void {
  for (const note of notes) {
    if (!told.has(note)) run.reporter.annotate('notice', note);
    told.add(note);
  }
  if (commit !== undefined) run.reporter.info(`Committed ${commit}`);
  if (pullRequest === undefined) return;
  const { number, change, url } = pullRequest;
  run.reporter.info(`Pull request #${number} was ${change}: ${url}`);
}
