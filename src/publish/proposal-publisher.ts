// Publishes by a pull request: keeps a branch of its own that proposes the manifest.
import { deleteBranch, listBranches } from '../github/branches.ts';
import {
  type BasedState,
  isTemporaryBranch,
  type ProposalState,
  type ProposedFile,
  type ProposedResult,
  proposeFile,
  readState,
} from '../github/propose.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { listChanges } from '../manifest/merge.ts';
import type { RunResult } from '../outcome.ts';
import { StepError } from '../text/errors.ts';
import { nameSome } from '../text/text.ts';
import { decideProposal, joinProposal, listOpenChanges, type ProposalManifests } from './decide.ts';
import { explainFailure } from './remedies.ts';
import { refuseForeignBranch, refuseTakenName } from './own-branch.ts';
import type { PullRequestPlace } from './place.ts';
import {
  describeHeldRuns,
  describeRun,
  explaining,
  missingBranch,
  type Preparation,
  type Publication,
  type Publisher,
  type PublisherOptions,
  prepareBranch,
} from './publisher.ts';
import { BODY_MARKER, buildBody, buildTitle, isSameBody } from './pull-request-text.ts';
import { createRelevance, type SortedChanges } from './relevance.ts';
import { ManifestReader, writeManifestText } from './remote-manifest.ts';

/** What a publication says of the branch, and the file that it proposes, if any. */
interface Decision {
  readonly file: ProposedFile | undefined;
  readonly manifest: Manifest;
  readonly text: string | undefined;
  readonly superseded: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/**
 * Reads what the base and the pull request's branch hold and gives their publisher.
 * @throws {StepError} when a branch or manifest cannot be read, or the branch is not the action's own.
 */
export async function openProposalPublisher(
  options: PublisherOptions,
  place: PullRequestPlace,
  signal: AbortSignal,
): Promise<Publisher> {
  const publisher = new ProposalPublisher(options, place);
  await publisher.open(signal);
  return publisher;
}

class ProposalPublisher implements Publisher {
  manifests: readonly Manifest[] = [];
  readonly #options: PublisherOptions;
  readonly #place: PullRequestPlace;
  readonly #reader: ManifestReader;
  readonly #sortChanges: ReturnType<typeof createRelevance>;
  /** What the opening read; later attempts read anew. */
  #state: BasedState | undefined;

  constructor(options: PublisherOptions, place: PullRequestPlace) {
    this.#options = options;
    this.#place = place;
    this.#reader = new ManifestReader({ ...options, path: options.manifestPath });
    this.#sortChanges = createRelevance({ ...options, branch: place.base });
  }

  async open(signal: AbortSignal): Promise<void> {
    const { github, manifestPath: path, commitMessage: message } = this.#options;
    const state = await explaining(this.#place, readState(github, { ...this.#place, path, message }, signal));
    const { base } = state;
    if (base === undefined) throw missingBranch(this.#place.base, github);
    const reading = this.#readManifests({ ...state, base }, signal);
    const { base: ofBase, branch } = await explaining(this.#place, reading);
    this.manifests = branch === undefined ? [ofBase] : [ofBase, branch];
    this.#state = { ...state, base };
  }

  async prepare(signal: AbortSignal): Promise<Preparation> {
    const { github } = this.#options;
    const { branch } = this.#place;
    const advice = 'choose a `pull-request-branch` that it does not cover';
    const preparation = await prepareBranch(github, this.#place, advice, signal);
    const names = await explaining(this.#place, listBranches(github, branch.split('/')[0] ?? branch, signal));
    refuseTakenName(branch, names);
    const left = names.filter((name) => isTemporaryBranch(name, branch));
    await Promise.all(left.map((name) => deleteBranch(github, name, signal).catch(() => {})));
    return preparation;
  }

  async publish(
    result: RunResult,
    write: { readonly once: boolean; readonly signal: AbortSignal },
  ): Promise<Publication> {
    const { github, manifestPath: path, commitMessage: message } = this.#options;
    const start = this.#state;
    this.#state = undefined;
    const decide = async (state: BasedState): Promise<Decision> =>
      await this.#decide(state, result, write.signal);
    const proposed = await explaining(
      this.#place,
      proposeFile(github, { ...this.#place, path, message }, start, decide, write),
    );
    return this.#conclude(proposed, write.signal);
  }

  /** Reads the manifests of a state, and makes sure that its branch is the action's own. */
  async #readManifests(state: BasedState, signal: AbortSignal): Promise<ProposalManifests> {
    const { base: baseName, branch: branchName } = this.#place;
    refuseForeignBranch(state, this.#place, this.#options.manifestPath);
    const { manifest: base } = await this.#reader.read(state.base.file, `on the branch ${baseName}`, signal);
    if (state.branch === undefined) return { base, branch: undefined, parted: base };
    const remote = await this.#reader.read(state.branch.file, `on the branch ${branchName}`, signal);
    const parted = await this.#reader.readPast(
      state.partedFile,
      `where ${branchName} left ${baseName}`,
      signal,
    );
    // What was merged is in the base; whatever became of it there is not proposed again. And what cannot be read must
    // not look like a removal of everything.
    const proposesNothing = isMerged(state) || remote.isGivenUp;
    return { base, branch: proposesNothing ? undefined : remote.manifest, parted };
  }

  async #decide(state: BasedState, result: RunResult, signal: AbortSignal): Promise<Decision> {
    const manifests = await this.#readManifests(state, signal);
    const run = describeRun(this.#options, result);
    const open = listOpenChanges(joinProposal(manifests), run);
    const sorted = await this.#sortChanges(open, state.base.oid, signal);
    const proposed = decideProposal(manifests, run, sorted.relevant);
    const { manifest, isChange, isNew, foreign, overruled } = proposed;
    if (!isChange) return await this.#decideNothing(state, manifests.base, sorted, signal);
    const text = writeManifestText(manifest, this.#options.manifestPath);
    this.#reader.remember(manifest, text);
    const decided = { manifest, text, superseded: sorted.superseded };
    const declined = findDeclined(state);
    if (declined !== undefined && !isNew) {
      const note = `Pull request #${declined.number} was closed and there is nothing new, so it is not opened again.`;
      return { ...decided, file: undefined, notes: [note] };
    }
    const isSaid =
      manifests.branch !== undefined &&
      listChanges(manifests.branch, manifest).size === 0 &&
      state.partedFile?.oid === state.base.file?.oid;
    const pictures = {
      repositoryUrl: `${this.#options.serverUrl}/${this.#options.github.owner}/${this.#options.github.name}`,
      sha: state.base.oid,
      shaBefore: this.#options.commitBefore,
    };
    const body = buildBody(manifests.base, manifest, this.#options.manifestPath, foreign, pictures);
    const isUpToDate = (current: string): boolean =>
      !current.includes(BODY_MARKER) || isSameBody(current, body);
    const title = buildTitle(this.#options.commitMessage);
    return {
      ...decided,
      file: { text, isSaid, title, body, isUpToDate },
      notes: [...describeOverruled(overruled), ...describeForeign(foreign)],
    };
  }

  /** The base says it all. */
  async #decideNothing(
    { base }: BasedState,
    manifest: Manifest,
    { superseded }: SortedChanges,
    signal: AbortSignal,
  ): Promise<Decision> {
    const { text } = await this.#reader.read(base.file, `on the branch ${this.#place.base}`, signal);
    return { file: undefined, manifest, text, superseded, notes: [] };
  }

  #conclude(
    { decision, made, pullRequest, failure }: ProposedResult<Decision>,
    signal: AbortSignal,
  ): Publication {
    const { manifest, text, superseded, notes } = decision;
    const { number, change, isByActions } = pullRequest ?? {};
    const held = isByActions ? [describeHeldRuns(`Pull request #${number} was ${change}`)] : [];
    return {
      manifest,
      text,
      superseded,
      commit: made?.oid,
      pullRequest,
      notes: [...notes, ...held],
      failure: failure === undefined ? undefined : this.#explainKept(failure, signal),
    };
  }

  /** Why there is no pull request although its branch is there. */
  #explainKept(error: unknown, signal: AbortSignal): StepError {
    const { base, branch } = this.#place;
    const { github, serverUrl } = this.#options;
    const link = `${serverUrl}/${github.owner}/${github.name}/compare/${encodeRef(base)}...${encodeRef(branch)}`;
    const action = `open or update a pull request from ${branch} to ${base}`;
    const explained = explainFailure(error, { action, permission: 'pull-requests: write' });
    const isTold = explained instanceof StepError && !signal.aborted;
    const why = isTold ? explained.message : 'The run is ending.';
    const code = isTold ? explained.code : 'publishing-cut-short';
    return new StepError(code, `${why} The branch ${branch} is pushed and kept: ${link}`, { cause: error });
  }
}

/** Whether the branch is what its last pull request merged. */
function isMerged({ branch, pullRequests: [latest] }: ProposalState): boolean {
  return latest?.state === 'MERGED' && latest.headOid === branch?.oid;
}

/** The last pull request, when a person closed it and the branch has not changed since. */
function findDeclined({
  branch,
  pullRequests,
}: ProposalState): ProposalState['pullRequests'][number] | undefined {
  const [latest] = pullRequests;
  const isOpen = pullRequests.some(({ state }) => state === 'OPEN');
  return !isOpen && latest?.state === 'CLOSED' && latest.headOid === branch?.oid ? latest : undefined;
}

/** Tells where the base wins, as otherwise entries would be gone from the pull request without a word. */
function describeOverruled(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  return [
    `The base and the branch of the pull request changed the same paths, and the base wins: ${nameSome(paths)}`,
  ];
}

/** What a reviewer must look at: nobody uploaded those files in this run. */
function describeForeign(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  return [`The pull request also holds entries that this run did not make: ${nameSome(paths)}`];
}

/** A branch's name as a part of a link; its slashes stay. */
function encodeRef(branch: string): string {
  return encodeURIComponent(branch).replaceAll('%2F', '/');
}
