// The one comment on the pull request under test that is kept up to date.
import type { PullRequest } from '@octokit/graphql-schema';
import { describeError } from '../text/errors.ts';
import type { GitHub } from './client.ts';
import { RequestFailure } from './failure.ts';
import { isPermissionRefusal } from './refusals.ts';

/** GitHub's limit, in characters. */
export const MAX_COMMENT_LENGTH = 65_536;

/** The hidden line by which a comment is found again. A pull request may have several, each about the file at a path. */
function buildMarker(path: string): string {
  // `--` would end the HTML comment.
  const name = encodeURIComponent(path).replaceAll('-', '%2D');
  return `<!-- nxcloud-template-assets: ${name} -->`;
}

/** The comment's text: the marker, then the Markdown. At most `MAX_COMMENT_LENGTH` characters may come of it. */
export function buildComment(path: string, markdown: string): string {
  return `${buildMarker(path)}\n${markdown}`;
}

/** A pull request, as far as its comment is concerned. */
export interface CommentedPull {
  /** GraphQL's id of the pull request. */
  readonly id: string;
  /** The commit that is its head by now. */
  readonly headOid: string;
  /** The comment of the token's own account: anyone can write the marker. */
  readonly comment: { readonly id: string; readonly body: string } | undefined;
}

/** Creates the comment, or updates it in place where it says something else. */
export async function writeComment(
  github: GitHub,
  { id, comment }: CommentedPull,
  body: string,
): Promise<'created' | 'updated' | 'unchanged'> {
  if (body.length > MAX_COMMENT_LENGTH) throw new RangeError(`The comment has ${body.length} characters.`);
  if (comment === undefined) {
    await github.mutate('addComment', { subjectId: id, body }, { once: true });
    return 'created';
  }
  if (comment.body.replaceAll('\r\n', '\n').trim() === body.trim()) return 'unchanged';
  await github.mutate('updateIssueComment', { id: comment.id, body });
  return 'updated';
}

/** Why a comment was not written, in sentences. */
export function describeUnwritten(error: unknown): string {
  const what = 'The comment on the pull request was not written:';
  if (!isPermissionRefusal(error))
    return `${what} ${error instanceof RequestFailure ? error.message : describeError(error)}`;
  return `${what} the token may not do it. Give the job the permission \`pull-requests: write\`; runs for forks and for Dependabot never get it.`;
}

const FIELDS = `pullRequest(number: $number) {
  id
  headRefOid
  comments(first: 100, after: $after) {
    nodes { id body viewerDidAuthor }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** Finds a pull request's comment about a file. */
export async function findComment(github: GitHub, number: number, path: string): Promise<CommentedPull> {
  const marker = buildMarker(path);
  let after: string | null | undefined = null;
  for (;;) {
    const declarations = '$number: Int!, $after: String';
    const reply: { readonly pullRequest: PullRequest } = await github.query(
      'ReadComments',
      declarations,
      FIELDS,
      { number, after },
    );
    const { id, headRefOid: headOid, comments } = reply.pullRequest;
    const comment = comments.nodes?.find((node) => node?.viewerDidAuthor && node.body.startsWith(marker));
    if (comment || !comments.pageInfo.hasNextPage) return { id, headOid, comment: comment ?? undefined };
    after = comments.pageInfo.endCursor;
  }
}
