// Comments of pull requests over REST.
import { type JsonObject, readExampleItem } from './openapi.ts';
import { type Comment, findLongBody } from './pull-request.ts';
import { invalid, type RestCall, type RestReply, refusal, reply } from './rest-call.ts';

export async function listComments(call: RestCall): Promise<RestReply> {
  const { repository, operation, query } = call;
  const pull = repository.findPullRequest(Number(operation.parameters.issue_number));
  if (pull === undefined) return refusal(404, 'Not Found');
  const page = Number(query.get('page') ?? 1);
  const perPage = Math.min(100, Number(query.get('per_page') ?? 30));
  const example = readExampleItem(operation, 200);
  const shown = repository.readComments(pull).slice((page - 1) * perPage, page * perPage);
  return {
    status: 200,
    body: shown.map((comment) => ({
      ...example,
      ...showComment(comment),
      user: { ...(example.user as JsonObject), login: comment.author },
    })),
  };
}

export async function createComment(call: RestCall): Promise<RestReply> {
  const { repository, operation, token, body } = call;
  const pull = repository.findPullRequest(Number(operation.parameters.issue_number));
  if (pull === undefined) return refusal(404, 'Not Found');
  const text = String(body.body);
  const fault = findLongBody(repository.facts, text);
  if (fault !== undefined) return refuseText(fault);
  const comment = repository.addCommentThroughApi(pull, token.login, text);
  return reply(call, 201, { ...showComment(comment), user: { login: comment.author } });
}

export async function updateComment(call: RestCall): Promise<RestReply> {
  const { repository, operation, body } = call;
  const comment = repository.findComment(({ number }) => number === Number(operation.parameters.comment_id));
  if (comment === undefined) return refusal(404, 'Not Found');
  const text = String(body.body);
  const fault = findLongBody(repository.facts, text);
  if (fault !== undefined) return refuseText(fault);
  comment.body = text;
  return reply(call, 200, { ...showComment(comment), user: { login: comment.author } });
}

function refuseText(message: string): RestReply {
  return invalid({ resource: 'IssueComment', code: 'custom', field: 'body', message });
}

function showComment({ id, number, body }: Comment): JsonObject {
  return { id: number, node_id: id, html_url: `https://github.com/comment/${number}`, body };
}
