// Stage: publish the manifest, in the modes that do.
import { existsSync, realpathSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { StepError } from '../text/errors.ts';
import { openPublisher } from '../github/open-publisher.ts';
import { resolvePlace } from '../publish/place.ts';
import type { Publication, Publisher } from '../github/publisher.ts';
import { isSameEntry, type Manifest, type ManifestEntry } from '../manifest/manifest.ts';
import type { ManifestChanges } from '../manifest/merge.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { concludeRun } from '../outcome.ts';
import type { PlanStep } from '../plan.ts';
import { noteFailure, type Progress } from './progress.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Run } from './set-up.ts';
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
  refuseSubfolder(run);
  const place = resolvePlace({ ...inputs, mode, manifestPath: repository.manifestPath }, event);
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

/**
 * Paths below a folder of the checkout are not those on the branch.
 * @throws {StepError} when the root is no repository, but a folder above it in the workspace is.
 */
function refuseSubfolder({ host, mode, repository: { root } }: Run): void {
  if (existsSync(join(root, '.git'))) return;
  const workspace = realpathSync.native(host.workspace);
  const depth = relative(workspace, root).split(sep).filter(Boolean).length;
  const parents = Array.from({ length: depth }, (_, index) => resolve(root, ...Array(index + 1).fill('..')));
  const parent = parents.find((folder) => existsSync(join(folder, '.git')));
  if (parent === undefined) return;
  const inner = relative(parent, root).split(sep).join('/');
  const outer = relative(workspace, parent).split(sep).join('/') || '.';
  throw new StepError(
    'subfolder',
    `\`working-directory\` leads to ${inner}, a folder of the repository ${outer}, so paths would not be those on the branch. With \`mode: ${mode}\` set it to ${outer}, and begin the paths in \`files\` and \`manifest-path\` with ${inner}/.`,
  );
}

/** Publishes what the run changed; afterwards the workspace holds what is published. */
export async function publishRun(
  { publisher, root }: Publishing,
  progress: Progress,
  store: ManifestStore,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { steps = [] } = progress;
  const assets = new Map(
    steps.flatMap((step) => ('asset' in step && step.asset !== undefined ? [[step.path, step.asset]] : [])),
  );
  let publication: Publication;
  try {
    publication = await publisher.publish({
      changes: listRunChanges(steps, progress, store.manifest, publisher.manifest),
      findJudged: (path) => {
        const asset = assets.get(path);
        return asset?.isLink ? { ...asset, link: join(root, path) } : asset;
      },
      signal,
    });
  } catch (error) {
    // Whether the branch lacks those files is not known, so their entries stay.
    progress.steps = steps.filter(({ action }) => action !== 'remove');
    throw error;
  }
  progress.publication = publication;
  for (const [path, reason] of publication.superseded)
    reporter.info(`${path}: ${reason}; its entry there stands`);
  for (const note of publication.notes) reporter.annotate('notice', note);
  if (publication.commit !== undefined) reporter.info(`Committed ${publication.commit}`);
  if (publication.pullRequest !== undefined) {
    const { number, change, url } = publication.pullRequest;
    reporter.info(`Pull request #${number} was ${change}: ${url}`);
  }
  if (publication.failure !== undefined) noteFailure(progress, publication.failure);
  await store.replace(publication.text, publication.manifest);
}

/** What this run found out of its own paths, where that differs from what is published, and what it takes for removed. */
function listRunChanges(
  steps: readonly PlanStep[],
  { results }: Progress,
  ours: Manifest,
  published: Manifest,
): ManifestChanges {
  const changes = new Map<string, ManifestEntry | undefined>();
  for (const { path, status } of concludeRun(steps, results, false)) {
    if (status === 'invalid' || status === 'pending') continue;
    const isRemoved = status === 'removed';
    const entry = isRemoved ? undefined : ours.get(path);
    // Whether the file is gone is for the branch to say, even where its manifest has no entry.
    if (isRemoved || !isSameEntry(entry, published.get(path))) changes.set(path, entry);
  }
  return changes;
}
