// Stage: publish the manifest, in the modes that do.
import { join } from 'node:path';
import { openPublisher } from '../github/open-publisher.ts';
import { resolvePlace } from '../github/place.ts';
import type { Publisher } from '../github/publisher.ts';
import { isSameEntry, type Manifest, type ManifestEntry } from '../manifest/manifest.ts';
import type { ManifestChanges } from '../manifest/merge.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { concludeRun } from '../outcome.ts';
import type { PlanStep } from '../plan.ts';
import type { Progress } from '../progress.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Run } from '../setup.ts';
import { openGitHubLink } from './github-link.ts';

/** A publisher for the place of the run, with what keeps it open. */
export interface Publishing {
  readonly publisher: Publisher;
  readonly root: string;
  readonly close: () => Promise<void>;
}

/**
 * Reads what is published, before anything is uploaded.
 * @throws {StepError} when there is no branch to publish to or it cannot be read.
 */
export async function openPublishing(run: Run, reporter: Reporter, signal: AbortSignal): Promise<Publishing> {
  const { inputs, mode, event, repository } = run;
  const place = resolvePlace({ ...inputs, mode }, event);
  const link = await openGitHubLink(run, reporter);
  try {
    const publisher = await openPublisher(
      {
        github: link.github,
        manifestPath: repository.manifestPath,
        force: inputs.force,
        runCommit: event.sha,
        commitMessage: inputs.commitMessage,
        serverUrl: event.serverUrl,
      },
      place,
      signal,
    );
    return { publisher, root: repository.root, close: link.close };
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** Publishes what the run changed; afterwards the workspace holds what is published. */
export async function publishRun(
  { publisher, root }: Publishing,
  steps: readonly PlanStep[],
  progress: Progress,
  store: ManifestStore,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const assets = new Map(
    steps.flatMap((step) => ('asset' in step && step.asset !== undefined ? [[step.path, step.asset]] : [])),
  );
  const publication = await publisher.publish({
    changes: listRunChanges(steps, progress, store.manifest, publisher.manifest),
    findJudged: (path) => {
      const asset = assets.get(path);
      return asset?.isLink ? { ...asset, link: join(root, path) } : asset;
    },
    signal,
  });
  progress.publication = publication;
  for (const [path, reason] of publication.superseded)
    reporter.info(`${path}: ${reason}; its entry there stands`);
  for (const note of publication.notes) reporter.annotate('notice', note);
  if (publication.commit !== undefined) reporter.info(`Committed ${publication.commit}`);
  if (publication.failure !== undefined) progress.failures.push(publication.failure.message);
  await store.replace(publication.text, publication.manifest);
}

/** What this run found out of its own paths, where that differs from what is published. */
function listRunChanges(
  steps: readonly PlanStep[],
  { results }: Progress,
  ours: Manifest,
  published: Manifest,
): ManifestChanges {
  const changes = new Map<string, ManifestEntry | undefined>();
  for (const { path, status } of concludeRun(steps, results, false)) {
    if (status === 'invalid' || status === 'pending') continue;
    const entry = ours.get(path);
    if (!isSameEntry(entry, published.get(path))) changes.set(path, entry);
  }
  return changes;
}
