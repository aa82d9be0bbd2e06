// Pull requests from the action's branch to its base.
import { BranchMoved } from './attempts.ts';
import type { GitHub } from './client.ts';
import { ACTIONS_LOGIN } from './commit.ts';
import { Refusal } from './failure.ts';
import { HEAD_FIELDS, type Head, type HeadReply, completeHead } from './read.ts';

/** A pull request of the repository's own. */
export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly state: 'OPEN' | 'CLOSED' | 'MERGED';
  readonly body: string;
  /** Head commit; of a closed one, the last it had. */
  readonly headOid: string;
}

/** The two branches and the pull requests between them, newest first, at one moment. */
export interface Proposal {
  readonly repositoryId: string;
  readonly defaultBranch: string;
  readonly base: Head | undefined;
  readonly branch: Head | undefined;
  readonly pullRequests: readonly PullRequest[];
}

/** A pull request that is being opened. */
export interface PullRequestText {
  readonly title: string;
  readonly body: string;
}

/** The pull request that this run opened or updated. */
export interface PublishedPullRequest {
  readonly number: number;
  readonly url: string;
  readonly change: 'opened' | 'updated';
}

/** The part of a query that reads a page of the pull requests from `$branchName` to `$baseName`, newest first. */
const PULLS_FIELDS = `pullRequests(
  baseRefName: $baseName, headRefName: $branchName, first: 50, after: $after,
  orderBy: { field: CREATED_AT, direction: DESC }
) {
  nodes { number url state body headRefOid isCrossRepository }
  pageInfo { hasNextPage endCursor }
}`;

/** Reads the base, the branch, both with the file at `path`, and their pull requests. */
export async function readProposal(
  github: GitHub,
  { base, branch, path }: { readonly base: string; readonly branch: string; readonly path: string },
  signal: AbortSignal,
): Promise<Proposal> {
  const { repository } = await github.graphql<ProposalReply>(
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
    base: await completeHead(github, repository.base, path, signal),
    branch: await completeHead(github, repository.branch, path, signal),
    pullRequests: await findOwn(github, base, branch, repository.pullRequests, signal),
  };
}

/** The newest of the repository's own: forks have branches of the same name, and anyone can open many from there. */
async function findOwn(
  github: GitHub,
  base: string,
  branch: string,
  newest: PullsPage,
  signal: AbortSignal,
): Promise<readonly PullRequest[]> {
  let page = newest;
  for (;;) {
    const own = (page.nodes ?? []).filter((node) => node !== null && !node.isCrossRepository);
    if (own.length > 0 || !page.pageInfo.hasNextPage) {
      return own.flatMap((node) => (node === null ? [] : [{ ...node, headOid: node.headRefOid }]));
    }
    const { repository } = await github.graphql<{ repository: { pullRequests: PullsPage } }>(
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
 * Opens a pull request; `isByActions` tells whether GITHUB_TOKEN did.
 * @throws {BranchMoved} when another run opened it, or GitHub does not see the branch's new head yet.
 */
export async function openPullRequest(
  github: GitHub,
  pull: PullRequestText & { readonly base: string; readonly head: string },
  signal: AbortSignal,
): Promise<PublishedPullRequest & { readonly isByActions: boolean }> {
  try {
    const opened = await github.rest<OpenReply>('POST /repos/{owner}/{repo}/pulls', { ...pull }, { signal });
    return {
      number: opened.number,
      url: opened.html_url,
      change: 'opened',
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

/** Gives a pull request another description; false when it is not open any more. */
export async function updateBody(
  github: GitHub,
  number: number,
  body: string,
  signal: AbortSignal,
): Promise<boolean> {
  const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
  const reply = await github.rest<{ readonly state: string }>(
    route,
    { pull_number: number, body },
    { signal },
  );
  return reply.state !== 'closed';
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
  readonly nodes:
    | readonly (
        | (Omit<PullRequest, 'headOid'> & {
            readonly headRefOid: string;
            readonly isCrossRepository: boolean;
          })
        | null
      )[]
    | null;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface OpenReply {
  readonly number: number;
  readonly html_url: string;
  readonly user?: { readonly login: string } | null;
}
