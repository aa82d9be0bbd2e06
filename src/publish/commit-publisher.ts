// Publishes by one commit to a branch.
import type { GitHub } from '../github/client.ts';
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
  type Preparation,
  prepareBranch,
  type Publication,
  type Publisher,
  type PublisherOptions,
  type PublishOptions,
} from './publisher.ts';
import { createRelevance, type Relevance } from './relevance.ts';
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
export async function openCommitPublisher(options: PublisherOptions, place: CommitPlace): Promise<Publisher> {
  const publisher = new CommitPublisher(options, place);
  await explaining(place, publisher.open());
  return publisher;
}

class CommitPublisher implements Publisher {
  manifests: readonly Manifest[] = [];
  readonly #options: PublisherOptions;
  readonly #place: CommitPlace;
  readonly #reader: ManifestReader;
  readonly #sortChanges: Relevance;
  /** What the opening read; later publications read anew. */
  #start: Head | undefined;

  constructor(options: PublisherOptions, place: CommitPlace) {
    this.#options = options;
    this.#place = place;
    this.#reader = new ManifestReader(options);
    this.#sortChanges = createRelevance(options, place.branch);
  }

  async open(): Promise<void> {
    const { github, manifestPath } = this.#options;
    this.#start = await readHead(github, this.#place.branch, manifestPath);
    this.manifests = [(await this.#read(github, this.#start)).manifest];
  }

  async prepare(): Promise<Preparation> {
    return await prepareBranch(this.#options.github, this.#place, 'use `mode: pull-request`');
  }

  async publish(result: RunResult, { once, signal }: PublishOptions): Promise<Publication> {
    const { github, manifestPath: path, commitMessage: message } = this.#options;
    const { branch, isPullRequestHead } = this.#place;
    const options = { start: this.#start, once };
    this.#start = undefined;
    const decide = async (patient: GitHub, head: Head) => await this.#decide(patient, head, result);
    const writing = commitFile(github.within(signal), { branch, path, message }, decide, options);
    const { decision, made } = await explaining(this.#place, writing);
    const { manifest, superseded, text, published } = decision;
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

  async #decide(github: GitHub, head: Head, result: RunResult): Promise<Decision> {
    const remote = await this.#read(github, head);
    const run = describeRun(this.#options, result);
    const open = listOpenChanges(remote.manifest, run);
    const { relevant, superseded } = await this.#sortChanges(github, open, head.oid);
    const merged = applyChanges(remote.manifest, { ...run, changes: relevant });
    if (listChanges(remote.manifest, merged).size === 0) {
      return { manifest: remote.manifest, text: undefined, published: remote.text, superseded };
    }
    const text = writeManifestText(merged, this.#options.manifestPath);
    return { manifest: merged, text, published: text, superseded };
  }

  async #read(github: GitHub, head: Head): Promise<RemoteManifest> {
    return await this.#reader.read(github, head.file, `on the branch ${this.#place.branch}`);
  }
}
