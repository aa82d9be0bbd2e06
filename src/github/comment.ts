// The one comment on the pull request under test that is kept up to date.
import type { GitHub } from './client.ts';
import { isPermissionRefusal } from './refusals.ts';
import { NoAnswer, Refusal } from './failure.ts';

/** GitHub's limit, in characters. */
export const MAX_COMMENT_LENGTH = 65_536;

export interface CommentOptions {
  readonly github: GitHub;
  /** Number of the pull request. */
  readonly pullRequest: number;
  readonly manifestPath: string;
  /** Markdown to show; room for the marker must be left (see `writeComment`). */
  readonly body: string;
  /** False when there is nothing to say: then an existing comment is updated, and none is created. */
  readonly isNews: boolean;
  readonly signal: AbortSignal;
}

/** What became of the comment; `notice` says why it was not written. */
export type CommentResult =
  | { readonly kind: 'created' | 'updated' | 'unchanged' }
  | { readonly kind: 'not-written'; readonly notice: string };

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

/**
 * Creates the comment or updates it in place. Only comments by the token's own account count: anyone can write the
 * marker. Never throws for what GitHub refuses: a comment is no reason to fail a step.
 */
export async function writeComment(options: CommentOptions): Promise<CommentResult> {
  const body = buildComment(options.manifestPath, options.body);
  if (body.length > MAX_COMMENT_LENGTH) throw new RangeError(`The comment has ${body.length} characters.`);
  try {
    return await writeOnce(options, body);
  } catch (error) {
    if (error instanceof NoAnswer && !options.signal.aborted) {
      // It may have been written all the same; looking again tells.
      return await writeOnce(options, body).catch((again: unknown) => giveUp(again));
    }
    return giveUp(error);
  }
}

function giveUp(error: unknown): CommentResult {
  if (isPermissionRefusal(error)) {
    const notice =
      'The comment on the pull request was not written: the token may not do it. Give the job the permission ' +
      '`pull-requests: write`; runs for forks and for Dependabot never get it.';
    return { kind: 'not-written', notice };
  }
  if (error instanceof Refusal || error instanceof NoAnswer) {
    return {
      kind: 'not-written',
      notice: `The comment on the pull request was not written: ${error.message}`,
    };
  }
  throw error;
}

async function writeOnce(
  { github, pullRequest, manifestPath, isNews, signal }: CommentOptions,
  body: string,
): Promise<CommentResult> {
  const { subjectId, comment } = await findComment(github, pullRequest, buildMarker(manifestPath), signal);
  if (comment === undefined) {
    if (!isNews) return { kind: 'unchanged' };
    const input = { subjectId, body };
    const document = 'mutation($input: AddCommentInput!) { addComment(input: $input) { clientMutationId } }';
    await github.graphql(document, { input }, { signal, isRepeatable: false });
    return { kind: 'created' };
  }
  if (comment.body.replaceAll('\r\n', '\n').trim() === body.trim()) return { kind: 'unchanged' };
  const input = { id: comment.id, body };
  const document =
    'mutation($input: UpdateIssueCommentInput!) { updateIssueComment(input: $input) { clientMutationId } }';
  await github.graphql(document, { input }, { signal });
  return { kind: 'updated' };
}

interface FoundComment {
  readonly id: string;
  readonly body: string;
}

async function findComment(
  github: GitHub,
  number: number,
  marker: string,
  signal: AbortSignal,
): Promise<{ readonly subjectId: string; readonly comment: FoundComment | undefined }> {
  let after: string | null = null;
  for (;;) {
    const reply: CommentsReply = await github.graphql<CommentsReply>(
      `query ReadComments($owner: String!, $name: String!, $number: Int!, $after: String) {
        repository(owner: $owner, name: $name) {
          pullRequest(number: $number) {
            id
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
    const { id, comments } = reply.repository.pullRequest;
    const comment = comments.nodes?.find((node) => node?.viewerDidAuthor && node.body.startsWith(marker));
    if (comment || !comments.pageInfo.hasNextPage) return { subjectId: id, comment: comment ?? undefined };
    after = comments.pageInfo.endCursor;
  }
}

interface CommentsReply {
  readonly repository: {
    readonly pullRequest: {
      readonly id: string;
      readonly comments: {
        readonly nodes: readonly ((FoundComment & { readonly viewerDidAuthor: boolean }) | null)[] | null;
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      };
    };
  };
}
