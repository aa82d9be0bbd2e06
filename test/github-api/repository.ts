// A hosted repository: a real git repository, and around it what GitHub adds. Whatever moves a branch goes through
// `moveRefs`, which also does to pull requests what GitHub does.
import type { Facts } from './facts.ts';
import type { CommitDetails, FileChanges, GitRepository } from './git-repository.ts';

/** How a branch is protected: by a classic rule or by a ruleset. GitHub words the two refusals differently. */
export type Protection = 'classic' | 'ruleset';

export interface Comment {
  readonly id: string;
  readonly author: string;
  body: string;
}

export interface PullRequest {
  readonly id: string;
  readonly number: number;
  readonly headRef: string;
  readonly baseRef: string;
  readonly author: string;
  readonly isCrossRepository: boolean;
  readonly comments: Comment[];
  title: string;
  body: string;
  state: 'OPEN' | 'CLOSED' | 'MERGED';
  headOid: string;
  /** What it changed when it was merged. */
  mergedPaths?: readonly string[];
}

export interface RefMove {
  /** Fully qualified, `refs/heads/main`. */
  readonly ref: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const BRANCH_PREFIX = 'refs/heads/';

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
  /** How many reads of a branch still see the head before the last write through the API. */
  lagOfReads = 0;
  /** Entries after which a recursive tree is cut, as GitHub does at 100 000. */
  maxTreeEntries = 100_000;
  /** Whether GraphQL counts the files that a commit changes. */
  countsChangedFiles = true;
  /** Whether the list of them over REST is there. */
  listsChangedFiles = true;
  /** Whether blobs come as JSON, whatever is asked for. */
  blobForm: 'raw' | 'json' | 'json of GitHub’s' | 'raw, called JSON' = 'raw';
  /** Whether trees over REST state the sizes of blobs, which GitHub's description leaves open. */
  hasTreeSizes = true;
  readonly #lagging = new Map<string, { oid: string | undefined; reads: number }>();
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
    const before = await this.git.head(branch);
    const after = await this.git.writeCommit(before, changes, details);
    await this.moveRefs([{ ref: `${BRANCH_PREFIX}${branch}`, before, after }]);
    return after;
  }

  /** Creates a branch at a revision, or moves it there whatever it held. */
  async setBranch(branch: string, revision: string): Promise<void> {
    const after = await this.git.resolve(`${revision}^{commit}`);
    if (after === undefined) throw new Error(`There is no ${revision}.`);
    await this.moveRefs([{ ref: `${BRANCH_PREFIX}${branch}`, before: undefined, after }]);
  }

  async deleteBranch(branch: string): Promise<void> {
    await this.moveRefs([{ ref: `${BRANCH_PREFIX}${branch}`, before: undefined, after: undefined }]);
  }

  async head(branch: string): Promise<string | undefined> {
    return await this.git.head(branch);
  }

  async readFile(branch: string, path: string): Promise<string | undefined> {
    return await this.git.readFile(`${BRANCH_PREFIX}${branch}`, path);
  }

  /** The head as a read through the API sees it: the one before for a while, when reads lag. */
  async readHead(branch: string): Promise<string | undefined> {
    const lagging = this.#lagging.get(branch);
    if (lagging !== undefined && lagging.reads > 0) {
      lagging.reads -= 1;
      return lagging.oid;
    }
    return await this.head(branch);
  }

  /** Moves branches in one transaction and lets reads lag behind it. Throws GitError when a `before` is wrong. */
  async moveRefsThroughApi(moves: readonly RefMove[]): Promise<void> {
    const branches = moves.map(({ ref }) => ref.slice(BRANCH_PREFIX.length));
    const heads = await Promise.all(branches.map((branch) => this.head(branch)));
    await this.moveRefs(moves);
    for (const [index, branch] of branches.entries()) {
      this.#lagging.set(branch, { oid: heads[index], reads: this.lagOfReads });
    }
  }

  async moveRefs(moves: readonly RefMove[]): Promise<void> {
    await this.git.moveRefs(moves);
    for (const pull of this.pullRequests) {
      const moved = moves.find(
        ({ ref }) => ref === BRANCH_PREFIX + pull.headRef || ref === BRANCH_PREFIX + pull.baseRef,
      );
      if (pull.state === 'OPEN' && moved !== undefined) await this.#settle(pull, moved);
    }
  }

  /** What GitHub does to an open pull request once one of its branches has moved. */
  async #settle(pull: PullRequest, moved: RefMove): Promise<void> {
    const [head, base] = await Promise.all([this.head(pull.headRef), this.head(pull.baseRef)]);
    if (head === undefined || base === undefined) {
      pull.state = 'CLOSED';
      return;
    }
    pull.headOid = head;
    const beyond = await this.git.listCommits(`${base}..${head}`);
    if (beyond.length > 0) return;
    pull.state = moved.ref === BRANCH_PREFIX + pull.baseRef ? 'MERGED' : 'CLOSED';
  }

  findPullRequest(number: number): PullRequest | undefined {
    return this.pullRequests.find((pull) => pull.number === number);
  }

  /** Opens a pull request as a person does. */
  async openPullRequest(pull: {
    head: string;
    base: string;
    title?: string;
    body?: string;
    author?: string;
    isCrossRepository?: boolean;
  }): Promise<PullRequest> {
    const number = this.pullRequests.length + 1;
    const opened: PullRequest = {
      id: `PR_${this.id}_${number}`,
      number,
      headRef: pull.head,
      baseRef: pull.base,
      author: pull.author ?? 'someone',
      isCrossRepository: pull.isCrossRepository ?? false,
      comments: [],
      title: pull.title ?? 'A pull request',
      body: pull.body ?? '',
      state: 'OPEN',
      headOid: (await this.head(pull.head)) ?? '',
    };
    this.pullRequests.push(opened);
    return opened;
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
    const mergeBase = (await this.git.mergeBase(base, pull.headOid)) ?? base;
    const changes: Record<string, Buffer | undefined> = {};
    const tree = await this.git.readTree(pull.headOid);
    pull.mergedPaths = await this.git.listChangedPaths(mergeBase, pull.headOid);
    for (const path of pull.mergedPaths) {
      const item = tree.get(path);
      changes[path] = item === undefined ? undefined : await this.git.readBlob(item.oid);
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
    const mergeBase = base === undefined ? undefined : await this.git.mergeBase(base, pull.headOid);
    return mergeBase === undefined ? [] : await this.git.listChangedPaths(mergeBase, pull.headOid);
  }

  addComment(pull: PullRequest, author: string, body: string): Comment {
    this.#comments += 1;
    const comment = { id: `IC_${this.id}_${this.#comments}`, author, body };
    pull.comments.push(comment);
    return comment;
  }
}
