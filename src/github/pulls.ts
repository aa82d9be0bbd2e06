// Pull requests from the action's branch to its base.
import type { PullRequest as PullRequestReply, Repository } from '@octokit/graphql-schema';
import { ACTIONS_LOGIN, BranchMoved } from './commit.ts';
import type { GitHub } from './client.ts';
import { Refusal } from './failure.ts';
import { completeHead, HEAD_FIELDS, HEAD_FIELDS_WITH_TEXT, type Head, refuseMissing } from './read.ts';

/** A pull request of the repository's own; the head of a closed one is the last it had. */
export type PullRequest = Pick<PullRequestReply, 'number' | 'url' | 'state' | 'body' | 'headRefOid'>;

/** The two branches and the pull requests between them, newest first, at one moment. */
export interface Proposal {
  readonly repositoryId: string;
  readonly defaultBranch: string;
  readonly base: Head;
  readonly branch: Head | undefined;
  readonly pullRequests: readonly PullRequest[];
}

/** The pull request that this run opened or updated. */
export interface PublishedPullRequest {
  readonly number: number;
  readonly url: string;
  readonly change: 'opened' | 'updated';
  /** Whether GITHUB_TOKEN did it. */
  readonly isByActions: boolean;
}

const DECLARATIONS =
  '$base: String!, $branch: String!, $baseName: String!, $branchName: String!, $path: String!, $after: String';
const FIELDS = `
  id
  defaultBranchRef { name }
  base: ref(qualifiedName: $base) { ${HEAD_FIELDS} }
  branch: ref(qualifiedName: $branch) { ${HEAD_FIELDS_WITH_TEXT} }
  pullRequests(
    baseRefName: $baseName, headRefName: $branchName, first: 50, after: $after,
    orderBy: { field: CREATED_AT, direction: DESC }
  ) {
    nodes { number url state body headRefOid isCrossRepository }
    pageInfo { hasNextPage endCursor }
  }`;

type ProposalReply = Pick<Repository, 'id' | 'defaultBranchRef' | 'pullRequests'> &
  Readonly<Record<'base' | 'branch', Repository['ref']>>;

/**
 * Reads the base, the branch, both with the file at `path`, and their pull requests: of forks, which have branches of
 * the same name, anyone can open many, so pages are turned until there is one of the repository's own.
 * @throws {StepError} when there is no base.
 */
export async function readProposal(
  github: GitHub,
  { base, branch, path }: { readonly base: string; readonly branch: string; readonly path: string },
): Promise<Proposal> {
  const refs = { base: `refs/heads/${base}`, branch: `refs/heads/${branch}` };
  let after: string | null | undefined = null;
  for (;;) {
    const variables = { ...refs, baseName: base, branchName: branch, path, after };
    const reply: ProposalReply = await github.query('ReadProposal', DECLARATIONS, FIELDS, variables);
    const { nodes, pageInfo } = reply.pullRequests;
    const own = (nodes ?? []).flatMap((node) => (node === null || node.isCrossRepository ? [] : [node]));
    after = pageInfo.endCursor;
    if (own.length === 0 && pageInfo.hasNextPage) continue;
    return {
      repositoryId: reply.id,
      defaultBranch: reply.defaultBranchRef?.name ?? '',
      base: (await completeHead(github, reply.base, path)) ?? refuseMissing(github, base),
      branch: await completeHead(github, reply.branch, path),
      pullRequests: own,
    };
  }
}

/**
 * Opens a pull request.
 * @throws {BranchMoved} when another run opened it, or GitHub does not see the branch's new head yet.
 */
export async function openPullRequest(
  github: GitHub,
  pull: Readonly<Record<'base' | 'head' | 'title' | 'body', string>>,
): Promise<PublishedPullRequest> {
  try {
    const { number, html_url: url, user } = await github.rest('POST /repos/{owner}/{repo}/pulls', pull);
    return { number, url, change: 'opened', isByActions: user?.login === ACTIONS_LOGIN };
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
export async function updateBody(github: GitHub, number: number, body: string): Promise<boolean> {
  const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
  const { state } = await github.rest(route, { pull_number: number, body });
  return state !== 'closed';
}
