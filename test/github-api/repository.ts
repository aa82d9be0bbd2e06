// A hosted repository: a real git repository, and around it what GitHub adds. Whatever moves a branch goes through
// `moveRefs`, which also does to pull requests what GitHub does.
import type { Facts } from './facts.ts';
import type { CommitDetails, FileChanges, GitRepository, RefMove } from './git-repository.ts';
import { Lag } from './lag.ts';
import {
  buildPullRequest,
  type Comment,
  type PullRequest,
  type PullRequestOptions,
  settle,
} from './pull-request.ts';
import type { Protection } from './protection.ts';
import type { Token } from './token.ts';

export const BRANCH_PREFIX = 'refs/heads/';

export class HostedRepository {
  readonly git: GitRepository;
  readonly owner: string;
  readonly name: string;
  readonly id: string;
  readonly facts: Facts;
  readonly pullRequests: PullRequest[] = [];
  readonly protectedBranches = new Map<string, Protection>();
  /** "Allow GitHub Actions to create and approve pull requests". */
  actionsMayOpenPullRequests = true;
  /** Whether everyone sees it. */
  isPublic = false;
  /** How many reads of what was written through the API still see it as it was before. */
  lagOfReads = 0;
  /** Bytes over which GraphQL tells nothing of a file. */
  maxFileBytes = 10_000_000;
  /** Entries after which a recursive tree is cut, as GitHub does at 100 000. */
  maxTreeEntries = 100_000;
  /** Whether GraphQL counts the files that a commit changes. */
  countsChangedFiles = true;
  /** Whether the list of them over REST is there. */
  listsChangedFiles = true;
  /** Whether blobs come as JSON, whatever is asked for. */
  blobForm: 'raw' | 'json' = 'raw';
  /** Whether trees over REST state the sizes of blobs, which GitHub's description leaves open. */
  hasTreeSizes = true;
  /** Commits that GitHub made itself and signed. */
  readonly signedCommits = new Set<string>();
  readonly #laggingHeads = new Lag<string | undefined>();
  readonly #laggingObjects = new Lag<boolean>();
  /** How many pull requests, or comments of one, there are. */
  readonly #laggingCounts = new Lag<number>();
  #comments = 0;

  constructor(owner: string, name: string, git: GitRepository, facts: Facts) {
    this.facts = facts;
    this.owner = owner;
    this.name = name;
    this.id = `R_${owner}_${name}`;
    this.git = git;
  }

  get fullName(): string {
    return `${this.owner}/${this.name}`;
  }

  /** Commits straight to a branch, as a person's push does; creates the branch when it is missing. */
  async push(branch: string, changes: FileChanges, details: CommitDetails = {}): Promise<string> {
    const before = this.git.head(branch);
    const after = this.git.writeCommit(before, changes, details);
    await this.moveRefs([{ ref: `${BRANCH_PREFIX}${branch}`, before, after }]);
    return after;
  }

  /** Creates a branch at a revision, or moves it there whatever it held. */
  async setBranch(branch: string, revision: string): Promise<void> {
    const after = this.git.resolve(`${revision}^{commit}`);
    if (after === undefined) throw new Error(`There is no ${revision}.`);
    await this.moveRefs([{ ref: `${BRANCH_PREFIX}${branch}`, before: undefined, after }]);
  }

  async deleteBranch(branch: string): Promise<void> {
    await this.moveRefs([{ ref: `${BRANCH_PREFIX}${branch}`, before: undefined, after: undefined }]);
  }

  async head(branch: string): Promise<string | undefined> {
    return this.git.head(branch);
  }

  async readFile(branch: string, path: string): Promise<string | undefined> {
    return this.git.readFile(`${BRANCH_PREFIX}${branch}`, path);
  }

  /** Whether whoever sees it may read it, whatever the token's permissions. */
  get isOpen(): boolean {
    return this.isPublic && this.facts.holds('public repository');
  }

  isShownTo(token: Token): boolean {
    return this.isOpen || token.permissions.contents !== 'none';
  }

  protectionOf(ref: string): Protection | undefined {
    return this.protectedBranches.get(ref.slice(BRANCH_PREFIX.length));
  }

  /** The head as a read through the API sees it: the one before for a while, when reads lag. */
  async readHead(branch: string): Promise<string | undefined> {
    return this.#laggingHeads.read(branch, await this.head(branch));
  }

  /** The same by a full name; only branches lag. */
  async readRef(ref: string): Promise<string | undefined> {
    return ref.startsWith(BRANCH_PREFIX)
      ? await this.readHead(ref.slice(BRANCH_PREFIX.length))
      : this.git.resolve(ref);
  }

  /** What a branch, a full name or an id means to a read through the API. */
  async resolveRead(revision: string): Promise<string | undefined> {
    const head = await this.readHead(revision.replace(BRANCH_PREFIX, ''));
    if (head !== undefined) return head;
    const oid = this.git.resolve(revision);
    return oid !== undefined && this.#laggingObjects.read(oid, true) ? oid : undefined;
  }

  get #lag(): number {
    return this.facts.holds('late reads') ? this.lagOfReads : 0;
  }

  /** Makes a commit as GitHub does for a token. */
  async writeCommitThroughApi(parent: string, changes: FileChanges, details: CommitDetails): Promise<string> {
    const oid = this.git.writeCommit(parent, changes, details);
    this.#laggingObjects.remember(oid, false, this.#lag);
    if (this.facts.holds('commit author')) this.signedCommits.add(oid);
    return oid;
  }

  /** Moves branches in one transaction and lets reads lag behind it. Throws RefusedMove when a `before` is wrong. */
  async moveRefsThroughApi(moves: readonly RefMove[]): Promise<void> {
    const branches = moves.map(({ ref }) => ref.slice(BRANCH_PREFIX.length));
    const heads = await Promise.all(branches.map((branch) => this.head(branch)));
    await this.moveRefs(moves);
    for (const [index, branch] of branches.entries()) {
      this.#laggingHeads.remember(branch, heads[index], this.#lag);
    }
  }

  async moveRefs(moves: readonly RefMove[]): Promise<void> {
    this.git.moveRefs(moves);
    for (const pull of this.pullRequests) {
      const moved = moves.find(
        ({ ref }) => ref === BRANCH_PREFIX + pull.headRef || ref === BRANCH_PREFIX + pull.baseRef,
      );
      if (pull.state === 'OPEN' && moved !== undefined) await this.#settle(pull, moved);
    }
  }

  async #settle(pull: PullRequest, moved: RefMove): Promise<void> {
    const [head, base] = await Promise.all([this.head(pull.headRef), this.head(pull.baseRef)]);
    const exists = head !== undefined && base !== undefined;
    settle(pull, {
      head,
      isEqual: exists && this.git.listCommits(`${base}..${head}`).length === 0,
      isBaseGone: base === undefined,
      isBaseMoved: moved.ref === BRANCH_PREFIX + pull.baseRef,
      facts: this.facts,
    });
  }

  /** The pull requests as a read through the API sees them. */
  readPullRequests(): readonly PullRequest[] {
    return this.pullRequests.slice(0, this.#laggingCounts.read('pulls', this.pullRequests.length));
  }

  /** The comments as a read through the API sees them. */
  readComments(pull: PullRequest): readonly Comment[] {
    return pull.comments.slice(0, this.#laggingCounts.read(pull.id, pull.comments.length));
  }

  findPullRequest(number: number): PullRequest | undefined {
    return this.pullRequests.find((pull) => pull.number === number);
  }

  /** Opens a pull request as a person does. */
  async openPullRequest(options: PullRequestOptions): Promise<PullRequest> {
    const number = this.pullRequests.length + 1;
    const headOid = (await this.head(options.head)) ?? '';
    const opened = buildPullRequest(`PR_${this.id}_${number}`, number, headOid, options);
    this.pullRequests.push(opened);
    return opened;
  }

  /** The same through the API, after which lists of pull requests may lag. */
  async openPullRequestThroughApi(options: PullRequestOptions): Promise<PullRequest> {
    this.#laggingCounts.remember('pulls', this.pullRequests.length, this.#lag);
    return await this.openPullRequest(options);
  }

  closePullRequest(number: number): void {
    const pull = this.findPullRequest(number);
    if (pull === undefined) throw new Error(`There is no pull request ${number}.`);
    pull.state = 'CLOSED';
  }

  /** Merges as the button does; the head branch stays. */
  async mergePullRequest(number: number, method: 'merge' | 'squash'): Promise<string> {
    const pull = this.findPullRequest(number);
    const base = pull === undefined ? undefined : await this.head(pull.baseRef);
    if (pull === undefined || base === undefined) throw new Error(`There is no pull request ${number}.`);
    const mergeBase = this.git.mergeBase(base, pull.headOid) ?? base;
    const changes: Record<string, Buffer | undefined> = {};
    const tree = this.git.readTree(pull.headOid);
    pull.mergedPaths = this.git.listChangedPaths(mergeBase, pull.headOid);
    for (const path of pull.mergedPaths) {
      const item = tree.get(path);
      changes[path] = item === undefined ? undefined : this.git.readBlob(item.oid);
    }
    const mergedOids = method === 'merge' ? [pull.headOid] : [];
    // The state first: the move below would settle the pull request by itself.
    pull.state = 'MERGED';
    return await this.push(pull.baseRef, changes, { message: `Merge #${number}`, mergedOids });
  }

  /** The paths that a pull request changes, or changed when it was merged. */
  async listPullRequestPaths(pull: PullRequest): Promise<readonly string[]> {
    if (pull.mergedPaths !== undefined) return pull.mergedPaths;
    const base = await this.head(pull.baseRef);
    const mergeBase = base === undefined ? undefined : this.git.mergeBase(base, pull.headOid);
    return mergeBase === undefined ? [] : this.git.listChangedPaths(mergeBase, pull.headOid);
  }

  addComment(pull: PullRequest, author: string, body: string): Comment {
    this.#comments += 1;
    const number = this.#comments;
    const comment = { id: `IC_${this.id}_${number}`, number, author, body };
    pull.comments.push(comment);
    return comment;
  }

  /** The same through the API, after which lists of comments may lag. */
  addCommentThroughApi(pull: PullRequest, author: string, body: string): Comment {
    this.#laggingCounts.remember(pull.id, pull.comments.length, this.#lag);
    return this.addComment(pull, author, body);
  }

  findComment(matches: (comment: Comment) => boolean): Comment | undefined {
    return this.pullRequests.flatMap(({ comments }) => comments).find(matches);
  }
}
