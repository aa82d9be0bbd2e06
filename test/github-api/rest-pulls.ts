// Pull requests over REST.
import type { JsonObject } from './openapi.ts';
import { findLongBody, type PullRequest } from './pull-request.ts';
import type { HostedRepository } from './repository.ts';
import { invalid, type RestCall, type RestReply, refusal, reply } from './rest-call.ts';
import { ACTIONS_LOGIN, wordPermission } from './token.ts';

export async function createPullRequest(call: RestCall): Promise<RestReply> {
  const { repository, body, token } = call;
  const { facts } = repository;
  const head = String(body.head).replace(`${repository.owner}:`, '');
  const base = String(body.base);
  if (token.login === ACTIONS_LOGIN && !repository.actionsMayOpenPullRequests) {
    const words = 'GitHub Actions is not permitted to create or approve pull requests.';
    return refusal(403, facts.holds('Actions may not propose') ? words : wordPermission(token));
  }
  const fault = (await findFault(repository, head, base)) ?? findLongText(call);
  if (fault !== undefined) return invalid({ resource: 'PullRequest', ...fault });
  const details = { title: String(body.title), body: String(body.body ?? ''), author: token.login };
  const pull = await repository.openPullRequestThroughApi({ head, base, ...details });
  return reply(call, 201, showPullRequest(repository, pull));
}

async function findFault(
  repository: HostedRepository,
  head: string,
  base: string,
): Promise<JsonObject | undefined> {
  const { facts } = repository;
  const [headOid, baseOid] = [await repository.readHead(head), await repository.head(base)];
  if (headOid === undefined) return { field: 'head', code: 'invalid' };
  if (baseOid === undefined) return { field: 'base', code: 'invalid' };
  const isTaken = repository.pullRequests.some(
    (pull) => pull.state === 'OPEN' && pull.headRef === head && pull.baseRef === base,
  );
  if (isTaken) {
    if (!facts.holds('second pull request')) return { field: 'head', code: 'already_exists' };
    return { code: 'custom', message: `A pull request already exists for ${repository.owner}:${head}.` };
  }
  if (repository.git.listCommits(`${baseOid}..${headOid}`).length > 0) return undefined;
  if (!facts.holds('no commits')) return { field: 'head', code: 'invalid' };
  return { code: 'custom', message: `No commits between ${base} and ${head}` };
}

function findLongText({ repository, body }: RestCall): JsonObject | undefined {
  const message = findLongBody(repository.facts, String(body.body ?? ''));
  return message === undefined ? undefined : { code: 'custom', field: 'body', message };
}

export async function getPullRequest(call: RestCall): Promise<RestReply> {
  const pull = findPullRequest(call);
  return pull === undefined
    ? refusal(404, 'Not Found')
    : reply(call, 200, showPullRequest(call.repository, pull));
}

export async function updatePullRequest(call: RestCall): Promise<RestReply> {
  const { repository, body } = call;
  const pull = findPullRequest(call);
  if (pull === undefined) return refusal(404, 'Not Found');
  const fault = findLongText(call);
  if (fault !== undefined) return invalid({ resource: 'PullRequest', ...fault });
  if (body.state === 'closed' && pull.state === 'OPEN') repository.closePullRequest(pull.number);
  if (typeof body.title === 'string') pull.title = body.title;
  if (typeof body.body === 'string') pull.body = body.body;
  return reply(call, 200, showPullRequest(repository, pull));
}

function findPullRequest({ repository, operation }: RestCall): PullRequest | undefined {
  return repository.findPullRequest(Number(operation.parameters.pull_number));
}

function showPullRequest(repository: HostedRepository, pull: PullRequest): JsonObject {
  return {
    number: pull.number,
    html_url: `https://github.com/${repository.fullName}/pull/${pull.number}`,
    state: pull.state === 'OPEN' ? 'open' : 'closed',
    merged: pull.state === 'MERGED',
    title: pull.title,
    body: pull.body,
    user: { login: pull.author },
    head: { ref: pull.headRef, sha: pull.headOid },
    base: { ref: pull.baseRef },
    // GitHub's example of a team lacks a field that its schema requires.
    requested_teams: [],
  };
}
