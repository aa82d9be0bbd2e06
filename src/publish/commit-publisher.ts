// Publishes by one commit to a branch.
import type { WriteOptions } from '../github/attempts.ts';
import { commitFile } from '../github/commit.ts';
import { type Head, readHead } from '../github/read.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';
import type { RunResult } from '../outcome.ts';
import { applyChanges, listOpenChanges } from './decide.ts';
import type { CommitPlace } from './place.ts';
import {
  describeHeldRuns,
  describeRun,
  explaining,
  missingBranch,
  type Preparation,
  prepareBranch,
  type Publication,
  type Publisher,
  type PublisherOptions,
} from './publisher.ts';
import { createRelevance } from './relevance.ts';
import { ManifestReader, type RemoteManifest, writeManifestText } from './remote-manifest.ts';

/** What to write, and what comes of it. */
type Decision = Pick<Publication, 'manifest' | 'superseded'> & {
  /** Undefined when the branch says it already. */
  readonly text: string | undefined;
  readonly published: string | undefined;
};

/**
 * Reads what the branch holds and gives its publisher.
 * @throws {StepError} when the branch or its manifest cannot be read.
 */
export async function openCommitPublisher(
  options: PublisherOptions,
  place: CommitPlace,
  signal: AbortSignal,
): Promise<Publisher> {
  const publisher = new CommitPublisher(options, place);
  await explaining(place, publisher.open(signal));
  return publisher;
}

class CommitPublisher implements Publisher {
  manifests: readonly Manifest[] = [];
  readonly #options: PublisherOptions;
  readonly #place: CommitPlace;
  readonly #reader: ManifestReader;
  readonly #sortChanges: ReturnType<typeof createRelevance>;
  /** What it wrote itself need not be read again; after a failure the branch may be anywhere. */
  #known: Head | undefined;

  constructor(options: PublisherOptions, place: CommitPlace) {
    this.#options = options;
    this.#place = place;
    this.#reader = new ManifestReader({ ...options, path: options.manifestPath });
    this.#sortChanges = createRelevance({ ...options, branch: place.branch });
  }

  async open(signal: AbortSignal): Promise<void> {
    const { github, manifestPath } = this.#options;
    const { branch } = this.#place;
    this.#known = await readHead(github, branch, manifestPath, signal);
    if (this.#known === undefined) throw missingBranch(branch, github);
    this.manifests = [(await this.#read(this.#known, signal)).manifest];
  }

  async prepare(signal: AbortSignal): Promise<Preparation> {
    return await prepareBranch(this.#options.github, this.#place, 'use `mode: pull-request`', signal);
  }

  async publish(result: RunResult, write: WriteOptions): Promise<Publication> {
    const { github, manifestPath: path, commitMessage: message } = this.#options;
    const { branch, isPullRequestHead } = this.#place;
    const start = this.#known;
    this.#known = undefined;
    const decide = (head: Head): Promise<Decision> => this.#decide(head, result, write.signal);
    const writing = commitFile(github, { branch, path, message }, start, decide, write);
    const { decision, head, made } = await explaining(this.#place, writing);
    const { manifest, superseded, text, published } = decision;
    this.#known = head;
    if (text !== undefined) this.#reader.remember(manifest, text);
    const isHeld = isPullRequestHead && made?.isByActions === true;
    return {
      manifest,
      text: published,
      superseded,
      commit: made?.oid,
      pullRequest: undefined,
      notes: isHeld ? [describeHeldRuns('The commit to the pull request was made')] : [],
      failure: undefined,
    };
  }

  async #decide(head: Head, result: RunResult, signal: AbortSignal): Promise<Decision> {
    const remote = await this.#read(head, signal);
    const run = describeRun(this.#options, result);
    const open = listOpenChanges(remote.manifest, run);
    const { relevant, superseded } = await this.#sortChanges(open, head.oid, signal);
    const merged = applyChanges(remote.manifest, { ...run, changes: relevant });
    if (listChanges(remote.manifest, merged).size === 0) {
      return { manifest: remote.manifest, text: undefined, published: remote.text, superseded };
    }
    const text = writeManifestText(merged, this.#options.manifestPath);
    return { manifest: merged, text, published: text, superseded };
  }

  async #read(head: Head, signal: AbortSignal): Promise<RemoteManifest> {
    return await this.#reader.read(head.file, `on the branch ${this.#place.branch}`, signal);
  }
}
