// Publishes by one commit to a branch.
import { commitFile, type WriteOptions } from '../github/commit.ts';
import type { GitHub } from '../github/client.ts';
import { type Head, readHead } from '../github/read.ts';
import { listChanges } from '../manifest/merge.ts';
import { applyChanges, listOpenChanges, type RunChanges } from './decide.ts';
import type { CommitPlace } from './place.ts';
import { describeHeldRuns, type Publication, Publisher } from './publisher.ts';
import { type RemoteManifest, buildManifestText } from './remote-manifest.ts';

/** What the branch is to hold, and the text to commit; undefined when it holds that already. */
type Decision = Pick<Publication, 'manifest' | 'text' | 'superseded'> & {
  readonly newText: string | undefined;
};

/** Publishes to a branch. */
export class CommitPublisher extends Publisher<CommitPlace, Head> {
  protected override async read(github: GitHub): Promise<void> {
    this.start = await readHead(github, this.place.branch, this.options.manifestPath);
    this.manifests = [(await this.#readManifest(github, this.start)).manifest];
  }

  protected override async write(
    github: GitHub,
    run: RunChanges,
    options: WriteOptions<Head>,
  ): Promise<Publication> {
    const { manifestPath: path, commitMessage: message } = this.options;
    const { branch, isPullRequestHead } = this.place;
    const decide = async (patient: GitHub, head: Head) => await this.#decide(patient, head, run);
    const { decision, made } = await commitFile(github, { branch, path, message }, decide, options);
    const { newText, ...published } = decision;
    if (newText !== undefined) this.reader.remember(published.manifest, newText);
    const isHeld = isPullRequestHead && made?.isByActions === true;
    return {
      ...published,
      commit: made?.oid,
      pullRequest: undefined,
      notes: isHeld ? [describeHeldRuns('The commit to the pull request was made')] : [],
      failure: undefined,
    };
  }

  async #decide(github: GitHub, head: Head, run: RunChanges): Promise<Decision> {
    const { manifest: old, text: oldText } = await this.#readManifest(github, head);
    const open = listOpenChanges(old, run);
    const { relevant, superseded } = await this.sortChanges(github, open, head.oid);
    const manifest = applyChanges(old, { ...run, changes: relevant });
    if (listChanges(old, manifest).size === 0)
      return { manifest: old, text: oldText, superseded, newText: undefined };
    const newText = buildManifestText(manifest, this.options.manifestPath);
    return { manifest, text: newText, superseded, newText };
  }

  async #readManifest(github: GitHub, head: Head): Promise<RemoteManifest> {
    return await this.reader.read(github, head.file, `on the branch ${this.place.branch}`);
  }
}
