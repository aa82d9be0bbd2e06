// Publishes by one commit to a branch.
import type { Manifest } from '../manifest/manifest.ts';
import { listChanges, mergeChanges } from '../manifest/merge.ts';
import { computeBlobId } from './blob-id.ts';
import type { Attempted } from '../publish/remedies.ts';
import { type BranchHead, GitData, type MadeCommit, type SentCommit } from './git-data.ts';
import type { CommitPlace } from '../publish/place.ts';
import {
  describeHeldRuns,
  doing,
  ManifestReader,
  missingBranch,
  type Publication,
  type Publisher,
  type PublisherOptions,
  type PublishRequest,
  publishWhileMoving,
  writeText,
} from './publisher.ts';
import { Relevance } from '../publish/relevance.ts';

/**
 * Reads what the branch holds and gives its publisher.
 * @throws {StepError} when the branch or its manifest cannot be read.
 */
export async function openCommitPublisher(
  options: PublisherOptions,
  place: CommitPlace,
  signal: AbortSignal,
): Promise<Publisher> {
  const data = new GitData(options.github);
  const branch = new CommitBranch(data, options, place);
  const { remote } = await branch.read(signal);
  return {
    manifest: remote.manifest,
    publish: async (request) => await branch.publish(remote.manifest, request),
  };
}

class CommitBranch {
  readonly #data: GitData;
  readonly #options: PublisherOptions;
  readonly #place: CommitPlace;
  readonly #reader: ManifestReader;

  constructor(data: GitData, options: PublisherOptions, place: CommitPlace) {
    this.#data = data;
    this.#options = options;
    this.#place = place;
    this.#reader = new ManifestReader(data, options.manifestPath, options.force);
  }

  async read(
    signal: AbortSignal,
  ): Promise<{ head: BranchHead; remote: Awaited<ReturnType<ManifestReader['read']>> }> {
    const { branch } = this.#place;
    const { github, manifestPath } = this.#options;
    const deed: Attempted = { action: `read the branch ${branch}`, permission: 'contents: read' };
    const head = await doing(deed, this.#data.readBranch(branch, manifestPath, signal));
    if (head === undefined) throw missingBranch(branch, `${github.owner}/${github.name}`);
    return { head, remote: await doing(deed, this.#reader.read(head.file, branch, signal)) };
  }

  /** Publishes a request; `known` is the manifest it was planned with. */
  async publish(known: Manifest, { changes, findJudged, signal }: PublishRequest): Promise<Publication> {
    const { branch } = this.#place;
    const { github, runCommit, manifestPath: path, commitMessage: message } = this.#options;
    const relevance = new Relevance(github, { changes, findJudged, runCommit });
    const sent: SentCommit[] = [];
    const hasSent = (): boolean => sent.length > 0;
    return await publishWhileMoving({ github, branch, signal, hasSent }, async () => {
      const { head, remote } = await this.read(signal);
      const deed: Attempted = { action: `read the branch ${branch}`, permission: 'contents: read' };
      const { relevant, superseded } = await doing(deed, relevance.sortChanges(head.oid, signal));
      const merged = mergeChanges(remote.manifest, known, relevant);
      if (listChanges(remote.manifest, merged).size === 0) {
        // An earlier attempt of this run may have done it, its reply lost.
        const made =
          sent.length === 0
            ? undefined
            : await doing(deed, this.#data.findSentCommit(head.oid, path, sent, signal));
        return this.#conclude({ ...remote, superseded, made });
      }
      const text = writeText(merged, path);
      sent.push({ parent: head.oid, blob: computeBlobId(text) });
      const commit = this.#data.commitFile({ branch, parent: head.oid, path, text, message }, signal);
      const made = await doing(
        { action: `commit to the branch ${branch}`, permission: 'contents: write', branch },
        commit,
      );
      return this.#conclude({ manifest: merged, text, superseded, made });
    });
  }

  #conclude(
    result: Pick<Publication, 'manifest' | 'text' | 'superseded'> & { made: MadeCommit | undefined },
  ): Publication {
    const { manifest, text, superseded, made } = result;
    const isNoted = this.#place.isPullRequestHead && made?.isByActions === true;
    return {
      manifest,
      text,
      superseded,
      commit: made?.oid,
      pullRequest: undefined,
      notes: isNoted ? [describeHeldRuns('The commit to the pull request was made')] : [],
      failure: undefined,
    };
  }
}
