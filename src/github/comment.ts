// The one comment on the pull request under test that is kept up to date.
import type { GitHub } from './client.ts';
import { NoAnswer, Refusal } from './failure.ts';
import { isPermissionRefusal } from './refusals.ts';

/** GitHub's limit, in characters. */
export const MAX_COMMENT_LENGTH = 65_536;

/** The hidden line by which a comment is found again. One workflow may keep several manifests, each with a comment. */
export function buildMarker(manifestPath: string): string {
  // `--` would end the HTML comment.
  const name = encodeURIComponent(manifestPath).replaceAll('-', '%2D');
  return `<!-- nxcloud-template-assets: ${name} -->`;
}

/** The comment's text: the marker, then the Markdown. At most `MAX_COMMENT_LENGTH` characters may come of it. */
export function buildComment(manifestPath: string, markdown: string): string {
  return `${buildMarker(manifestPath)}\n${markdown}`;
}

/** A pull request, as far as its comment is concerned. */
export interface CommentedPull {
  /** GraphQL's id of the pull request. */
  readonly id: string;
  /** The commit that is its head by now. */
  readonly headOid: string;
  /** The comment of the token's own account: anyone can write the marker. */
  readonly comment: FoundComment | undefined;
}

export interface FoundComment {
  readonly id: string;
  readonly body: string;
}

/**
 * Creates the comment, or updates it in place where it says something else.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function writeComment(
  github: GitHub,
  { id, comment }: CommentedPull,
  body: string,
  signal: AbortSignal,
): Promise<'created' | 'updated' | 'unchanged'> {
  if (body.length > MAX_COMMENT_LENGTH) throw new RangeError(`The comment has ${body.length} characters.`);
  if (comment === undefined) {
    const input = { subjectId: id, body };
    const document = 'mutation($input: AddCommentInput!) { addComment(input: $input) { clientMutationId } }';
    await github.graphql(document, { input }, { signal, isRepeatable: false });
    return 'created';
  }
  if (comment.body.replaceAll('\r\n', '\n').trim() === body.trim()) return 'unchanged';
  const input = { id: comment.id, body };
  const document =
    'mutation($input: UpdateIssueCommentInput!) { updateIssueComment(input: $input) { clientMutationId } }';
  await github.graphql(document, { input }, { signal });
  return 'updated';
}

/** Why a comment was not written, in a sentence; undefined for a defect of the action. */
export function describeUnwritten(error: unknown): string | undefined {
  if (isPermissionRefusal(error)) {
    return (
      'The comment on the pull request was not written: the token may not do it. Give the job the permission ' +
      '`pull-requests: write`; runs for forks and for Dependabot never get it.'
    );
  }
  if (!(error instanceof Refusal || error instanceof NoAnswer)) return undefined;
  return `The comment on the pull request was not written: ${error.message}`;
}

/**
 * Finds the comment with a marker.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function findComment(
  github: GitHub,
  number: number,
  marker: string,
  signal: AbortSignal,
): Promise<CommentedPull> {
  let after: string | null = null;
  for (;;) {
    const reply: CommentsReply = await github.graphql<CommentsReply>(
      `query ReadComments($owner: String!, $name: String!, $number: Int!, $after: String) {
        repository(owner: $owner, name: $name) {
          pullRequest(number: $number) {
            id
            headRefOid
            comments(first: 100, after: $after) {
              nodes { id body viewerDidAuthor }
              pageInfo { hasNextPage endCursor }
            }
          }
        }
      }`,
      { number, after },
      { signal },
    );
    const { id, headRefOid: headOid, comments } = reply.repository.pullRequest;
    const comment = comments.nodes?.find((node) => node?.viewerDidAuthor && node.body.startsWith(marker));
    if (comment || !comments.pageInfo.hasNextPage) return { id, headOid, comment: comment ?? undefined };
    after = comments.pageInfo.endCursor;
  }
}

interface CommentsReply {
  readonly repository: {
    readonly pullRequest: {
      readonly id: string;
      readonly headRefOid: string;
      readonly comments: {
        readonly nodes: readonly ((FoundComment & { readonly viewerDidAuthor: boolean }) | null)[] | null;
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    };
  };
}
