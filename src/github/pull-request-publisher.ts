// Publishes by a pull request: keeps a branch of its own with one file changed, and a pull request for it.
import { randomBytes } from 'node:crypto';
import { StepError } from '../text/errors.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { listChanges, listOverruled, mergeBranches, mergeChanges } from '../manifest/merge.ts';
import { computeBlobId } from './blob-id.ts';
import type { Attempted } from '../publish/remedies.ts';
import { isUnrelatedToHead } from './refusals.ts';
import { Refusal } from './failure.ts';
import {
  type BranchHead,
  BranchMoved,
  type FileAt,
  GitData,
  type MadeCommit,
  type SentCommit,
  ZERO_OID,
} from './git-data.ts';
import { inspectOwnBranch } from './own-branch.ts';
import { nameOwnBranch, type PullRequestPlace } from '../publish/place.ts';
import {
  describeHeldRuns,
  doing,
  ManifestReader,
  missingBranch,
  type Publication,
  type PublishedPullRequest,
  type Publisher,
  type PublisherOptions,
  type PublishRequest,
  publishWhileMoving,
  type RemoteManifest,
  writeText,
} from './publisher.ts';
import { BODY_MARKER, buildBody, buildTitle } from '../publish/pull-request-text.ts';
import { type PullRequest, PullRequests } from './pull-requests.ts';
import { Relevance } from '../publish/relevance.ts';

const NAMED_PATHS = 5;
/** What GitHub's reads usually lag behind its writes, and then some. */
const LAG_MS = 3000;

/**
 * Reads what the base and the pull request's branch hold and gives their publisher.
 * @throws {StepError} when a branch or manifest cannot be read, or the branch is not the action's own.
 */
export async function openPullRequestPublisher(
  options: PublisherOptions,
  place: PullRequestPlace,
  signal: AbortSignal,
): Promise<Publisher> {
  const publisher = new PullRequestBranch(options, place);
  const { proposed } = await publisher.read(signal);
  return {
    manifest: proposed,
    publish: async (request) => await publisher.publish(proposed, request),
  };
}

/** The base, the branch, and what the branch proposes, at one moment. */
interface State {
  readonly repositoryId: string;
  readonly baseOid: string;
  readonly base: RemoteManifest;
  /** Undefined when there is no such branch. */
  readonly branch: BranchState | undefined;
  /** The base's manifest with what the branch adds to it. */
  readonly proposed: Manifest;
  readonly openPullRequest: PullRequest | undefined;
  /** The last pull request, when a person closed it and the branch has not changed since. */
  readonly declined: PullRequest | undefined;
}

interface BranchState {
  readonly oid: string;
  readonly remote: RemoteManifest;
  /** Whether it must be built anew on the base, whose manifest changed since they parted. */
  readonly isOutdated: boolean;
  /** Paths that the base changed otherwise since. */
  readonly overruled: readonly string[];
}

/** What the attempts of one publication have done so far. */
interface Deeds {
  made: MadeCommit | undefined;
  /** What is known of the publication once the branch holds it. */
  pushed: Publication | undefined;
  readonly sent: SentCommit[];
}

class PullRequestBranch {
  readonly #data: GitData;
  readonly #pulls: PullRequests;
  readonly #reader: ManifestReader;
  readonly #options: PublisherOptions;
  readonly #place: PullRequestPlace;
  readonly #reading: Attempted;
  readonly #writing: Attempted;

  constructor(options: PublisherOptions, place: PullRequestPlace) {
    this.#data = new GitData(options.github);
    this.#pulls = new PullRequests(options.github);
    this.#reader = new ManifestReader(this.#data, options.manifestPath, options.force);
    this.#options = options;
    this.#place = place;
    const { base, branch } = place;
    this.#reading = { action: `read the branches ${base} and ${branch}`, permission: 'contents: read' };
    this.#writing = {
      action: `write the branch ${branch}`,
      permission: 'contents: write',
      branch,
      isProposed: true,
    };
  }

  async read(signal: AbortSignal): Promise<State> {
    return await doing(this.#reading, this.#read(signal));
  }

  async #read(signal: AbortSignal): Promise<State> {
    const { base: baseName, branch: branchName } = this.#place;
    const { github, manifestPath } = this.#options;
    const read = await this.#pulls.readProposal(baseName, branchName, manifestPath, signal);
    if (read.base === undefined) throw missingBranch(baseName, `${github.owner}/${github.name}`);
    if (branchName === read.defaultBranch) {
      throw new StepError(
        'branch-is-default',
        `\`pull-request-branch\` is ${branchName}, the repository's default branch. Choose a branch that is the action's own.`,
      );
    }
    const base = await this.#reader.read(read.base.file, baseName, signal);
    const [latest] = read.pullRequests;
    const state = {
      repositoryId: read.repositoryId,
      baseOid: read.base.oid,
      base,
      openPullRequest: read.pullRequests.find((pull) => pull.state === 'OPEN'),
    };
    if (read.branch === undefined) {
      return { ...state, branch: undefined, proposed: base.manifest, declined: undefined };
    }
    const isUntouched = latest?.headOid === read.branch.oid;
    const pair = {
      base: { name: baseName, oid: read.base.oid },
      branch: { name: branchName, oid: read.branch.oid },
      manifestPath,
    };
    const { mergeBase, hasOwnCommit } = await inspectOwnBranch(github, pair, signal);
    // Behind its base without a commit of its own: by what it holds it could be anyone's.
    const isBlank = !hasOwnCommit && mergeBase !== read.base.oid;
    const isKnown =
      branchName === nameOwnBranch(baseName, manifestPath) ||
      read.pullRequests.some((pull) => isTrace(pull, manifestPath));
    if (isBlank && !isKnown) {
      throw new StepError(
        'branch-not-own',
        `The branch ${branchName} has no commit of its own and no pull request of the action's, so it may be someone else's and is left alone. Delete it if nobody needs it, or set \`pull-request-branch\` to a branch that is the action's own.`,
      );
    }
    const partedFile = await this.#readPartedFile(mergeBase, read.base, read.branch, signal);
    const remote = await this.#reader.read(read.branch.file, branchName, signal);
    // What was merged is in the base; whatever became of it there is not proposed again.
    const isMerged = isUntouched && latest?.state === 'MERGED';
    // What cannot be read must not look like a removal of everything.
    const proposesNothing = isMerged || remote.isGivenUp;
    const parted = await this.#reader.readPast(partedFile, baseName, signal);
    return {
      ...state,
      branch: {
        oid: read.branch.oid,
        remote,
        isOutdated: partedFile?.oid !== read.base.file?.oid,
        overruled: proposesNothing ? [] : listOverruled(parted, base.manifest, remote.manifest),
      },
      proposed: proposesNothing ? base.manifest : mergeBranches(parted, base.manifest, remote.manifest),
      declined: isUntouched && latest?.state === 'CLOSED' ? latest : undefined,
    };
  }

  /** The manifest's file where the branch left its base. */
  async #readPartedFile(
    mergeBase: string,
    base: BranchHead,
    branch: BranchHead,
    signal: AbortSignal,
  ): Promise<FileAt | undefined> {
    if (mergeBase === base.oid) return base.file;
    if (mergeBase === branch.oid) return branch.file;
    return await this.#data.readFileAt(mergeBase, this.#options.manifestPath, signal);
  }

  /** Publishes a request; `known` is the manifest it was planned with. */
  async publish(known: Manifest, { changes, findJudged, signal }: PublishRequest): Promise<Publication> {
    const { github, runCommit } = this.#options;
    const { branch } = this.#place;
    const relevance = new Relevance(github, { changes, findJudged, runCommit });
    const deeds: Deeds = { made: undefined, pushed: undefined, sent: [] };
    const hasSent = (): boolean => deeds.sent.length > 0;
    const attempt = this.#prepare(known, relevance, deeds, signal);
    try {
      return await publishWhileMoving({ github, branch, signal, hasSent }, attempt);
    } catch (error) {
      if (!(error instanceof StepError) || deeds.pushed === undefined) throw error;
      return { ...deeds.pushed, failure: this.#explainKept(error, signal) };
    }
  }

  /** Gives the attempt to publish, to be repeated while branches move. */
  #prepare(
    known: Manifest,
    relevance: Relevance,
    deeds: Deeds,
    signal: AbortSignal,
  ): () => Promise<Publication> {
    return async () => {
      const state = await this.read(signal);
      const sorted = await doing(this.#reading, relevance.sortChanges(state.baseOid, signal));
      const merged = mergeChanges(state.proposed, known, sorted.relevant);
      const nothing = {
        superseded: sorted.superseded,
        commit: deeds.made?.oid,
        pullRequest: undefined,
        notes: [],
        failure: undefined,
      };
      if (listChanges(state.base.manifest, merged).size === 0) {
        return { ...nothing, manifest: state.base.manifest, text: state.base.text };
      }
      const isNew = listChanges(state.proposed, merged).size > 0;
      const text = writeText(merged, this.#options.manifestPath);
      if (state.declined !== undefined && state.openPullRequest === undefined && !isNew) {
        const note = `Pull request #${state.declined.number} was closed and there is nothing new, so it is not opened again.`;
        return { ...nothing, manifest: merged, text, notes: [note] };
      }
      await doing(this.#writing, this.#writeBranch(state, merged, text, deeds, signal));
      const pull = state.openPullRequest;
      deeds.pushed = {
        ...nothing,
        manifest: merged,
        text,
        commit: deeds.made?.oid,
        pullRequest: pull && deeds.made && showPullRequest(pull, 'updated'),
      };
      const kept = await this.#keepPullRequest(state, merged, deeds, signal);
      const notes = [...describeOverruled(state.branch?.overruled ?? []), ...kept.notes];
      return { ...nothing, manifest: merged, text, ...kept, notes };
    };
  }

  /** Makes the branch hold this manifest, by at most one commit. */
  async #writeBranch(
    state: State,
    merged: Manifest,
    text: string,
    deeds: Deeds,
    signal: AbortSignal,
  ): Promise<void> {
    const { branch } = this.#place;
    const { manifestPath: path, commitMessage: message } = this.#options;
    const current = state.branch;
    if (current?.isOutdated === true) {
      deeds.made = await this.#rebuild(state, current.oid, text, deeds, signal);
      return;
    }
    if (
      current !== undefined &&
      !current.remote.isGivenUp &&
      listChanges(current.remote.manifest, merged).size === 0
    ) {
      // An earlier attempt of this run may have done it, its reply lost.
      if (deeds.sent.length > 0)
        deeds.made ??= await this.#data.findSentCommit(current.oid, path, deeds.sent, signal);
      return;
    }
    if (current === undefined) await this.#data.createBranch(branch, state.baseOid, signal);
    const parent = current?.oid ?? state.baseOid;
    deeds.sent.push({ parent, blob: computeBlobId(text) });
    try {
      deeds.made = await this.#data.commitFile({ branch, parent, path, text, message }, signal);
    } catch (error) {
      if (current === undefined && !(error instanceof BranchMoved)) await this.#dropFresh(state);
      throw error;
    }
  }

  /** A branch without a commit of its own says nothing. Who has committed to it meanwhile keeps it. */
  async #dropFresh({ repositoryId, baseOid }: State): Promise<void> {
    const drop = { branch: this.#place.branch, before: baseOid, after: ZERO_OID, force: false };
    await tidy((signal) => this.#data.moveBranches(repositoryId, [drop], signal));
  }

  /**
   * Builds the branch anew on the base. Resetting it there first would close its open pull request, so the commit is
   * made on a temporary branch, and the branch moves to it in one step.
   */
  async #rebuild(
    state: State,
    before: string,
    text: string,
    deeds: Deeds,
    signal: AbortSignal,
  ): Promise<MadeCommit> {
    const { branch } = this.#place;
    const { manifestPath: path, commitMessage: message } = this.#options;
    const temporary = `${branch}-rebuild-${randomBytes(4).toString('hex')}`;
    try {
      await this.#createTemporary(temporary, state.baseOid, signal);
      const made = await this.#data.commitFile(
        { branch: temporary, parent: state.baseOid, path, text, message },
        signal,
      );
      deeds.sent.push({ parent: state.baseOid, blob: computeBlobId(text) });
      await this.#moveTo(made.oid, temporary, before, state.repositoryId, signal);
      return made;
    } catch (error) {
      await tidy((tidySignal) => this.#data.deleteBranch(temporary, tidySignal));
      throw error;
    }
  }

  /** Moves the branch to a commit, and drops the temporary branch that held it, in one step. */
  async #moveTo(
    commit: string,
    temporary: string,
    before: string,
    repositoryId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { branch } = this.#place;
    const moves = [
      { branch, before, after: commit, force: true },
      { branch: temporary, before: commit, after: ZERO_OID, force: false },
    ];
    try {
      await this.#data.moveBranches(repositoryId, moves, signal);
    } catch (error) {
      if (!(error instanceof Refusal) || isUnrelatedToHead(error)) throw error;
      // GitHub does not say in what words it refuses a wrong `beforeOid`: the branch itself tells. It may have been moved
      // by a request whose reply was lost, and reads lag behind.
      const read = () => this.#data.readBranch(branch, this.#options.manifestPath, signal);
      let now = await read();
      if (now?.oid === before) {
        await this.#options.github.pause(LAG_MS, signal);
        now = await read();
      }
      if (now?.oid === commit) return;
      throw now?.oid === before ? error : new BranchMoved(error.message, { cause: error });
    }
  }

  /** Nobody else knows the random name: a branch that is there already is ours, the reply to its creation lost. */
  async #createTemporary(branch: string, commit: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#data.createBranch(branch, commit, signal);
    } catch (error) {
      if (!(error instanceof BranchMoved)) throw error;
    }
  }

  /** Updates the open pull request, or opens one. Its failure does not take back the commit. */
  async #keepPullRequest(
    { base, openPullRequest }: State,
    merged: Manifest,
    { made }: Deeds,
    signal: AbortSignal,
  ): Promise<Pick<Publication, 'pullRequest' | 'notes' | 'failure' | 'commit'>> {
    const body = buildBody(base.manifest, merged, this.#options.manifestPath);
    const commit = made?.oid;
    const before = openPullRequest && made && showPullRequest(openPullRequest, 'updated');
    try {
      if (openPullRequest === undefined) {
        return { commit, failure: undefined, ...(await this.#openPullRequest(body, signal)) };
      }
      const hasUpdated = isOwnAndOld(openPullRequest.body, body);
      if (hasUpdated && !(await this.#updateBody(openPullRequest.number, body, signal))) {
        // It was merged or closed since it was read, and the commit came too late for it.
        return { commit, failure: undefined, ...(await this.#openPullRequest(body, signal)) };
      }
      const pullRequest = hasUpdated ? showPullRequest(openPullRequest, 'updated') : before;
      const notes = made?.isByActions
        ? [describeHeldRuns(`Pull request #${openPullRequest.number} was updated`)]
        : [];
      return { commit, failure: undefined, pullRequest, notes };
    } catch (error) {
      if (!(error instanceof StepError) && !signal.aborted) throw error;
      return { commit, failure: this.#explainKept(error, signal), pullRequest: before, notes: [] };
    }
  }

  async #openPullRequest(
    body: string,
    signal: AbortSignal,
  ): Promise<Pick<Publication, 'pullRequest' | 'notes'>> {
    const { base, branch: head } = this.#place;
    const title = buildTitle(this.#options.commitMessage);
    const action = `open a pull request from ${head} to ${base}`;
    const opening = this.#pulls.open({ base, head, title, body }, signal);
    const opened = await doing({ action, permission: 'pull-requests: write' }, opening);
    const notes = opened.isByActions ? [describeHeldRuns(`Pull request #${opened.number} was opened`)] : [];
    return { pullRequest: showPullRequest(opened, 'opened'), notes };
  }

  /** Whether the pull request is still open. */
  async #updateBody(number: number, body: string, signal: AbortSignal): Promise<boolean> {
    const deed: Attempted = { action: `update pull request #${number}`, permission: 'pull-requests: write' };
    return await doing(deed, this.#pulls.updateBody(number, body, signal));
  }

  #explainKept(error: unknown, signal: AbortSignal): StepError {
    const { base, branch } = this.#place;
    const { github, serverUrl } = this.#options;
    const link = `${serverUrl}/${github.owner}/${github.name}/compare/${encodeRef(base)}...${encodeRef(branch)}`;
    const isTold = error instanceof StepError && !signal.aborted;
    const why = isTold ? error.message : 'The run is ending.';
    const code = isTold ? error.code : 'publishing-cut-short';
    return new StepError(code, `${why} The branch ${branch} is pushed and kept: ${link}`, { cause: error });
  }
}

/** Tells where the base wins, as otherwise entries would be gone from the pull request without a word. */
function describeOverruled(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  const named = paths.slice(0, NAMED_PATHS).join(', ');
  const more = paths.length > NAMED_PATHS ? ' and others' : '';
  return [
    `The base and the branch of the pull request changed the same paths, and the base wins: ${named}${more}`,
  ];
}

/** A branch's name as a part of a link; its slashes stay. */
function encodeRef(branch: string): string {
  return encodeURIComponent(branch).replaceAll('%2F', '/');
}

/** Tidies up after a failure, also when the run is being cancelled: a moment is left for it then. */
async function tidy(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  try {
    await work(AbortSignal.timeout(2_000));
  } catch {
    // The error that led here is the one to report.
  }
}

function showPullRequest(
  { number, url }: { readonly number: number; readonly url: string },
  change: PublishedPullRequest['change'],
): PublishedPullRequest {
  return { number, url, change };
}

/** Whether a pull request shows that its branch was the action's: by its words, or by changing the manifest alone. */
function isTrace({ body, onlyPath }: PullRequest, manifestPath: string): boolean {
  return body.includes(BODY_MARKER) || onlyPath === manifestPath;
}

/** Whether a description is still the action's own and says something else than it should. */
function isOwnAndOld(current: string, wanted: string): boolean {
  return current.includes(BODY_MARKER) && current.replaceAll('\r\n', '\n').trim() !== wanted.trim();
}
