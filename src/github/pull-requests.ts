// Pull requests through GitHub's API.
import type { GitHub } from './client.ts';
import { Refusal } from './failure.ts';
import {
  ACTIONS_LOGIN,
  type BranchHead,
  BranchMoved,
  HEAD_FIELDS,
  type HeadReply,
  readHead,
} from './git-data.ts';

/** A pull request from the action's branch to its base. */
export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly state: 'OPEN' | 'CLOSED' | 'MERGED';
  readonly body: string;
  /** Head commit; of a closed one, the last it had. */
  readonly headOid: string;
  /** The path it changes, when that is a single one. */
  readonly onlyPath: string | undefined;
}

/** The two branches and the pull requests between them, newest first. */
export interface Proposal {
  readonly repositoryId: string;
  readonly defaultBranch: string;
  readonly base: BranchHead | undefined;
  readonly branch: BranchHead | undefined;
  readonly pullRequests: readonly PullRequest[];
}

export interface OpenedPullRequest {
  readonly number: number;
  readonly url: string;
  /** Whether GITHUB_TOKEN opened it. */
  readonly isByActions: boolean;
}

/** The part of a query that reads a page of the pull requests from `$branchName` to `$baseName`, newest first. */
const PULLS_FIELDS = `pullRequests(
  baseRefName: $baseName, headRefName: $branchName, first: 50, after: $after,
  orderBy: { field: CREATED_AT, direction: DESC }
) {
  nodes { number url state body headRefOid isCrossRepository changedFiles files(first: 1) { nodes { path } } }
  pageInfo { hasNextPage endCursor }
}`;

export class PullRequests {
  readonly #github: GitHub;

  constructor(github: GitHub) {
    this.#github = github;
  }

  /** Reads the base, the branch, both with the file at `path`, and their pull requests, at one moment. */
  async readProposal(base: string, branch: string, path: string, signal: AbortSignal): Promise<Proposal> {
    const { repository } = await this.#github.graphql<ProposalReply>(
      `query ReadProposal(
        $owner: String!, $name: String!, $base: String!, $branch: String!, $baseName: String!, $branchName: String!,
        $path: String!, $after: String
      ) {
        repository(owner: $owner, name: $name) {
          id
          defaultBranchRef { name }
          base: ref(qualifiedName: $base) { ${HEAD_FIELDS} }
          branch: ref(qualifiedName: $branch) { ${HEAD_FIELDS} }
          ${PULLS_FIELDS}
        }
      }`,
      {
        base: `refs/heads/${base}`,
        branch: `refs/heads/${branch}`,
        baseName: base,
        branchName: branch,
        path,
      },
      { signal },
    );
    return {
      repositoryId: repository.id,
      defaultBranch: repository.defaultBranchRef?.name ?? '',
      base: readHead(repository.base),
      branch: readHead(repository.branch),
      pullRequests: await this.#findOwn(base, branch, repository.pullRequests, signal),
    };
  }

  /** The newest of the repository's own: forks have branches of the same name, and anyone can open many from there. */
  async #findOwn(
    base: string,
    branch: string,
    newest: PullsPage,
    signal: AbortSignal,
  ): Promise<readonly PullRequest[]> {
    let page = newest;
    for (;;) {
      const nodes = (page.nodes ?? []).filter((node) => node !== null);
      const own = nodes.filter((node) => !node.isCrossRepository);
      if (own.length > 0 || !page.pageInfo.hasNextPage) return own.map(readPullRequest);
      const { repository } = await this.#github.graphql<{ repository: { pullRequests: PullsPage } }>(
        `query ReadOlderPullRequests(
          $owner: String!, $name: String!, $baseName: String!, $branchName: String!, $after: String
        ) {
          repository(owner: $owner, name: $name) { ${PULLS_FIELDS} }
        }`,
        { baseName: base, branchName: branch, after: page.pageInfo.endCursor },
        { signal },
      );
      page = repository.pullRequests;
    }
  }

  /**
   * Opens a pull request.
   * @throws {BranchMoved} when another run opened it, or GitHub does not see the branch's new head yet.
   */
  async open(
    pull: { readonly base: string; readonly head: string; readonly title: string; readonly body: string },
    signal: AbortSignal,
  ): Promise<OpenedPullRequest> {
    try {
      const opened = await this.#github.rest<OpenReply>('POST /repos/{owner}/{repo}/pulls', pull, { signal });
      return {
        number: opened.number,
        url: opened.html_url,
        isByActions: opened.user?.login === ACTIONS_LOGIN,
      };
    } catch (error) {
      const isUnsettled =
        error instanceof Refusal &&
        error.status === 422 &&
        /already exists|no commits between|\bhead invalid\b|head sha/i.test(error.message);
      if (!isUnsettled) throw error;
      throw new BranchMoved(error.message, { cause: error });
    }
  }

  /** Whether the pull request is still open. */
  async updateBody(number: number, body: string, signal: AbortSignal): Promise<boolean> {
    const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
    const { state } = await this.#github.rest<UpdateReply>(route, { pull_number: number, body }, { signal });
    return state !== 'closed';
  }
}

interface UpdateReply {
  /** `open` or `closed`; a merged one is closed. */
  readonly state: string;
}

interface ProposalReply {
  readonly repository: {
    readonly id: string;
    readonly defaultBranchRef: { readonly name: string } | null;
    readonly base: HeadReply | null;
    readonly branch: HeadReply | null;
    readonly pullRequests: PullsPage;
  };
}

interface PullsPage {
  readonly nodes: readonly (PullNode | null)[] | null;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface PullNode extends Omit<PullRequest, 'headOid' | 'onlyPath'> {
  readonly headRefOid: string;
  readonly isCrossRepository: boolean;
  readonly changedFiles: number;
  readonly files: { readonly nodes: readonly ({ readonly path: string } | null)[] | null } | null;
}

function readPullRequest({
  number,
  url,
  state,
  body,
  headRefOid,
  changedFiles,
  files,
}: PullNode): PullRequest {
  const onlyPath = changedFiles === 1 ? files?.nodes?.[0]?.path : undefined;
  return { number, url, state, body, headOid: headRefOid, onlyPath };
}

interface OpenReply {
  readonly number: number;
  readonly html_url: string;
  readonly user?: { readonly login: string } | null;
}
