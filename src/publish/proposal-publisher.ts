// Publishes by a pull request: keeps a branch of its own that proposes the manifest.
import type { WriteOptions } from '../github/commit.ts';
import { type Branch, deleteBranch, listBranches } from '../github/branches.ts';
import type { GitHub } from '../github/client.ts';
import {
  isTemporaryBranch,
  type ProposalState,
  type ProposedFile,
  proposeFile,
  readState,
} from '../github/propose.ts';
import type { PullRequest } from '../github/pulls.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { listChanges, mergeBranches } from '../manifest/merge.ts';
import { StepError } from '../text/errors.ts';
import { encodePath, nameSome } from '../text/text.ts';
import { decideProposal, listOpenChanges, type ProposalManifests, type RunChanges } from './decide.ts';
import { explainFailure } from './remedies.ts';
import { type PullRequestPlace, refuseForeignBranch, refuseTakenName } from './place.ts';
import { describeHeldRuns, type Preparation, type Publication, Publisher } from './publisher.ts';
import { BODY_MARKER, buildBody, buildTitle, isSameBody } from './pull-request-text.ts';
import { buildManifestText } from './remote-manifest.ts';

const OVERRULED = 'The base and the branch of the pull request changed the same paths, and the base wins';
const NOT_MADE = 'The pull request also holds entries that this run did not make';

/** What a publication says of the branch, and the file that it proposes, if any. */
type Decision = Pick<Publication, 'manifest' | 'text' | 'superseded' | 'notes'> & {
  readonly file: ProposedFile | undefined;
};

/** Publishes to a branch of the action's own, by a pull request. */
export class ProposalPublisher extends Publisher<PullRequestPlace, ProposalState> {
  /** Branches with names like that of the place, as the opening read them; undefined where it could not. */
  #similarBranches: readonly Branch[] | undefined;
  /** The head of the base at the opening. */
  #baseHead = '';

  protected override async read(github: GitHub): Promise<void> {
    this.start = await readState(github, { ...this.place, path: this.options.manifestPath });
    const { base, branch } = await this.#readManifests(github, this.start);
    this.manifests = [...new Set([base, branch])];
    this.#baseHead = this.start.base.oid;
    // Most runs need them only to tidy up.
    this.#similarBranches = await this.#listSimilarBranches(github).catch(() => undefined);
  }

  override async prepare(): Promise<Preparation> {
    this.#similarBranches ??= await this.explain(this.#listSimilarBranches(this.options.github));
    const names = this.#similarBranches.map(({ name }) => name);
    refuseTakenName(this.place.branch, names);
    return await super.prepare();
  }

  protected override async write(
    github: GitHub,
    run: RunChanges,
    options: WriteOptions<ProposalState>,
  ): Promise<Publication> {
    const { manifestPath: path, commitMessage: message } = this.options;
    const decide = async (patient: GitHub, state: ProposalState) => await this.#decide(patient, state, run);
    const proposing = proposeFile(github, { ...this.place, path, message }, decide, options);
    const { decision, made, pullRequest, failure } = await proposing;
    await this.#removeLeftovers(github, made !== undefined);
    const { file, ...published } = decision;
    const { number, change, isByActions } = pullRequest ?? {};
    const held = isByActions ? [describeHeldRuns(`Pull request #${number} was ${change}`)] : [];
    return {
      ...published,
      commit: made?.oid,
      pullRequest,
      notes: [...published.notes, ...held],
      failure: failure === undefined ? undefined : this.#explainKept(failure, github.signal),
    };
  }

  async #listSimilarBranches(github: GitHub): Promise<readonly Branch[]> {
    const { branch } = this.place;
    return await listBranches(github, branch.split('/')[0] ?? branch);
  }

  /**
   * Removes the temporary branches that killed runs left. One of a run at work that was there at the opening is gone by
   * now, as a rule. A run that wrote nothing took no time, so it leaves alone what has no commit of its own yet.
   */
  async #removeLeftovers(github: GitHub, hasWritten: boolean): Promise<void> {
    const leftovers = (this.#similarBranches ?? []).filter(
      ({ name, oid }) => isTemporaryBranch(name, this.place.branch) && (hasWritten || oid !== this.#baseHead),
    );
    this.#similarBranches = [];
    await Promise.all(leftovers.map(({ name }) => deleteBranch(github, name).catch(() => {})));
  }

  /** Reads the manifests of a state, and makes sure that its branch is the action's own. */
  async #readManifests(
    github: GitHub,
    state: ProposalState,
  ): Promise<ProposalManifests & { readonly baseText: string | undefined }> {
    const { place } = this;
    refuseForeignBranch(state, place, this.options.manifestPath);
    const ofBase = await this.reader.read(github, state.base.file, `on the branch ${place.base}`);
    const { manifest: base, text: baseText } = ofBase;
    const nothing = { base, baseText, branch: base, mergeBase: base };
    // What was merged is in the base; whatever became of it there is not proposed again.
    if (state.branch === undefined || isMerged(state)) return nothing;
    const ofBranch = await this.reader.read(github, state.branch.file, `on the branch ${place.branch}`);
    // What cannot be read must not look like a removal of everything.
    if (ofBranch.isGivenUp) return nothing;
    const where = `where ${place.branch} left ${place.base}`;
    const mergeBase = await this.reader.readPast(github, state.mergeBaseFile, where);
    return { base, baseText, branch: ofBranch.manifest, mergeBase };
  }

  async #decide(github: GitHub, state: ProposalState, run: RunChanges): Promise<Decision> {
    const manifests = await this.#readManifests(github, state);
    const { base, baseText, branch, mergeBase } = manifests;
    const open = listOpenChanges(mergeBranches(mergeBase, base, branch), run);
    const { relevant, superseded } = await this.sortChanges(github, open, state.base.oid);
    const proposed = decideProposal(manifests, run, relevant);
    const { manifest, isChange, isNew, notMade, overruled } = proposed;
    if (!isChange) {
      const proposals = [...listChanges(base, branch).keys()];
      // Where a path is not this run's, or not yet, another one may go on with it.
      const isObsolete = proposals.length > 0 && proposals.every((path) => run.changes.has(path));
      const notes = isObsolete ? describeObsolete(state) : [];
      return { file: undefined, manifest: base, text: baseText, superseded, notes };
    }
    const text = buildManifestText(manifest, this.options.manifestPath);
    this.reader.remember(manifest, text);
    const declined = findDeclined(state);
    if (declined !== undefined && !isNew) {
      const note = `Pull request #${declined.number} was closed and there is nothing new, so it is not opened again.`;
      return { file: undefined, manifest, text, superseded, notes: [note] };
    }
    const isOnBranch =
      listChanges(branch, manifest).size === 0 && state.mergeBaseFile?.oid === state.base.file?.oid;
    const description = this.#describe(state, base, manifest, notMade);
    const notes = [
      // Otherwise entries would be gone from the pull request without a word.
      ...describePaths(OVERRULED, overruled),
      // What a reviewer must look at: nobody uploaded those files in this run.
      ...describePaths(NOT_MADE, notMade),
    ];
    return { file: { text, isOnBranch, ...description }, manifest, text, superseded, notes };
  }

  /** What the pull request is to say, and whether another description says the same, or is a person's. */
  #describe(
    state: ProposalState,
    base: Manifest,
    proposed: Manifest,
    notMade: readonly string[],
  ): Pick<ProposedFile, 'title' | 'body' | 'isUpToDate'> {
    const { manifestPath, commitMessage, commitBefore, repositoryUrl } = this.options;
    const pictures = { repositoryUrl, sha: state.base.oid, shaBefore: commitBefore };
    const body = buildBody(base, proposed, manifestPath, notMade, pictures);
    return {
      title: buildTitle(commitMessage),
      body,
      isUpToDate: (current) => !current.includes(BODY_MARKER) || isSameBody(current, body),
    };
  }

  /** Why there is no pull request although its branch is there. */
  #explainKept(error: unknown, signal: AbortSignal): StepError {
    const { base, branch } = this.place;
    const link = `${this.options.repositoryUrl}/compare/${encodePath(base)}...${encodePath(branch)}`;
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
  return latest?.state === 'MERGED' && latest.headRefOid === branch?.oid;
}

/** The last pull request, when a person closed it and the branch has not changed since. */
function findDeclined({ branch, pullRequests }: ProposalState): PullRequest | undefined {
  const [latest] = pullRequests;
  const isOpen = pullRequests.some(({ state }) => state === 'OPEN');
  return !isOpen && latest?.state === 'CLOSED' && latest.headRefOid === branch?.oid ? latest : undefined;
}

/** The branch cannot become equal to its base: GitHub would close the pull request as if it were merged. */
function describeObsolete({ pullRequests }: ProposalState): readonly string[] {
  const open = pullRequests.find(({ state }) => state === 'OPEN');
  if (open === undefined) return [];
  return [
    `Pull request #${open.number} proposes entries that are out of date, and there is nothing to propose any more: close it.`,
  ];
}

function describePaths(what: string, paths: readonly string[]): readonly string[] {
  return paths.length === 0 ? [] : [`${what}: ${nameSome(paths)}`];
}
