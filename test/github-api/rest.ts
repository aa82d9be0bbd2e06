// The REST half: the operations of the OpenAPI extract over a hosted repository.
import { GitError } from './git-repository.ts';
import { buildReply, type Json, type JsonObject, type Operation } from './openapi.ts';
import type { HostedRepository, PullRequest } from './repository.ts';
import { type Access, PERMISSION_MESSAGE, type Token } from './token.ts';

export interface RestCall {
  readonly operation: Operation;
  readonly repository: HostedRepository;
  readonly token: Token;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly accept: string;
}

/** A reply; `raw` bytes take the place of the JSON body. */
export interface RestReply {
  readonly status: number;
  readonly body?: Json;
  readonly raw?: Buffer;
  /** The media type of the bytes where it is not that of GitHub's raw form. */
  readonly rawType?: string | undefined;
}

const MAX_CONTENTS_BYTES = 1024 * 1024;
const MAX_RAW_BYTES = 100 * 1024 * 1024;

/** A refusal in GitHub's form. */
export function refusal(status: number, message: string, errors?: readonly JsonObject[]): RestReply {
  const body = { message, documentation_url: 'https://docs.github.com/rest', status: String(status) };
  return { status, body: errors === undefined ? body : { ...body, errors } };
}

type Handler = (call: RestCall) => Promise<RestReply>;

interface Route {
  readonly permission: 'contents' | 'pullRequests';
  readonly access: Access;
  readonly handle: Handler;
}

const ROUTES: Readonly<Record<string, Route>> = {
  'git/get-blob': { permission: 'contents', access: 'read', handle: getBlob },
  'git/get-tree': { permission: 'contents', access: 'read', handle: getTree },
  'git/create-ref': { permission: 'contents', access: 'write', handle: createRef },
  'git/delete-ref': { permission: 'contents', access: 'write', handle: deleteRef },
  'repos/compare-commits-with-basehead': { permission: 'contents', access: 'read', handle: compare },
  'repos/get-commit': { permission: 'contents', access: 'read', handle: getCommit },
  'repos/get-content': { permission: 'contents', access: 'read', handle: getContent },
  'pulls/create': { permission: 'pullRequests', access: 'write', handle: createPullRequest },
  'pulls/update': { permission: 'pullRequests', access: 'write', handle: updatePullRequest },
};

/** Answers a call, permissions first. */
export async function answerRest(call: RestCall): Promise<RestReply> {
  const route = ROUTES[call.operation.id];
  if (route === undefined) return refusal(404, 'Not Found');
  const granted = call.token.permissions[route.permission];
  if (granted === 'none' && route.permission === 'contents') return refusal(404, 'Not Found');
  if (granted !== 'write' && granted !== route.access) {
    return refusal(403, call.token.isPersonal ? PERMISSION_MESSAGE.personal : PERMISSION_MESSAGE.integration);
  }
  return await route.handle(call);
}

function reply(call: RestCall, status: number, values: JsonObject): RestReply {
  return { status, body: buildReply(call.operation, status, values) };
}

async function getBlob(call: RestCall): Promise<RestReply> {
  const { repository, operation, accept } = call;
  const oid = operation.parameters.file_sha ?? '';
  if ((await repository.git.typeOf(oid)) !== 'blob') return refusal(404, 'Not Found');
  const raw = await repository.git.readBlob(oid);
  if (raw.length > MAX_RAW_BYTES)
    return refusal(403, 'This blob is too large. At most 100 MB can be fetched.');
  const { blobForm } = repository;
  if (accept === 'application/vnd.github.raw+json' && blobForm.startsWith('raw'))
    return { status: 200, raw, rawType: blobForm === 'raw' ? undefined : 'application/json' };
  const json = reply(call, 200, {
    content: raw.toString('base64'),
    encoding: 'base64',
    sha: oid,
    size: raw.length,
  });
  if (blobForm === 'json') return json;
  return { status: 200, raw: Buffer.from(JSON.stringify(json.body)), rawType: 'application/vnd.github+json' };
}

async function getTree(call: RestCall): Promise<RestReply> {
  const { repository, operation, query } = call;
  const oid = await repository.git.resolve(`${operation.parameters.tree_sha}^{tree}`);
  if (oid === undefined) return refusal(404, 'Not Found');
  const isRecursive = query.has('recursive');
  const items = [...(await repository.git.readTree(oid)).values()].filter(
    ({ path }) => isRecursive || !path.includes('/'),
  );
  const kept = isRecursive ? items.slice(0, repository.maxTreeEntries) : items;
  return {
    status: 200,
    body: {
      sha: oid,
      url: `https://api.github.com/repos/${repository.fullName}/git/trees/${oid}`,
      truncated: kept.length < items.length,
      tree: kept.map(({ path, mode, type, oid: sha, size }) => ({
        path,
        mode,
        type,
        sha,
        ...(repository.hasTreeSizes ? { size } : {}),
      })),
    },
  };
}

async function createRef(call: RestCall): Promise<RestReply> {
  const { repository, body } = call;
  const ref = String(body.ref);
  const sha = String(body.sha);
  if (!/^refs\/heads\/[^/]/.test(ref))
    return refusal(422, 'Reference name must start with refs and have at least two slashes');
  if ((await repository.git.typeOf(sha)) !== 'commit') return refusal(422, 'Object does not exist');
  try {
    await repository.moveRefsThroughApi([{ ref, before: '0'.repeat(40), after: sha }]);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return refusal(
      422,
      (await repository.git.resolve(ref)) === undefined
        ? 'Reference update failed'
        : 'Reference already exists',
    );
  }
  return reply(call, 201, { ref, object: { type: 'commit', sha } });
}

async function deleteRef(call: RestCall): Promise<RestReply> {
  const { repository, operation } = call;
  const ref = `refs/${operation.parameters.ref}`;
  if ((await repository.git.resolve(ref)) === undefined) return refusal(422, 'Reference does not exist');
  await repository.moveRefsThroughApi([{ ref, before: undefined, after: undefined }]);
  return { status: 204 };
}

async function compare(call: RestCall): Promise<RestReply> {
  const { repository, operation, query } = call;
  const { git } = repository;
  const [base = '', head = ''] = (operation.parameters.basehead ?? '').split('...');
  const [baseOid, headOid] = await Promise.all([
    git.resolve(`${base}^{commit}`),
    git.resolve(`${head}^{commit}`),
  ]);
  if (baseOid === undefined || headOid === undefined) return refusal(404, 'Not Found');
  const mergeBase = await git.mergeBase(baseOid, headOid);
  if (mergeBase === undefined) return refusal(404, `No common ancestor between ${base} and ${head}.`);
  const ahead = await git.listCommits(`${baseOid}..${headOid}`);
  const behind = await git.listCommits(`${headOid}..${baseOid}`);
  const page = Number(query.get('page') ?? 1);
  const perPage = Number(query.get('per_page') ?? 250);
  const shown = ahead.slice((page - 1) * perPage, page * perPage);
  const changed = page === 1 ? await git.listChangedPaths(mergeBase, headOid) : [];
  const example = buildReply(operation, 200, {});
  const exampleCommit = example.base_commit as JsonObject;
  const exampleFile = (example.files as readonly JsonObject[])[0] ?? {};
  const showCommit = async (oid: string): Promise<JsonObject> => {
    const { message, parents, author } = await git.readCommit(oid);
    const who = { name: author, email: 'someone@example.org', date: '2025-06-15T15:06:40Z' };
    return {
      ...exampleCommit,
      sha: oid,
      commit: { ...(exampleCommit.commit as JsonObject), message, author: who, committer: who },
      parents: parents.map((sha) => ({ sha, url: `https://api.github.com/commits/${sha}`, html_url: '' })),
    };
  };
  const status =
    ahead.length === 0
      ? behind.length === 0
        ? 'identical'
        : 'behind'
      : behind.length === 0
        ? 'ahead'
        : 'diverged';
  return {
    status: 200,
    body: {
      ...example,
      status,
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      base_commit: await showCommit(baseOid),
      merge_base_commit: await showCommit(mergeBase),
      commits: await Promise.all(shown.map(showCommit)),
      // GitHub lists at most 300 files here.
      files: changed.slice(0, 300).map((filename) => ({ ...exampleFile, filename })),
    },
  };
}

async function getCommit(call: RestCall): Promise<RestReply> {
  const { repository, operation } = call;
  const { git } = repository;
  const oid = await git.resolve(`${operation.parameters.ref}^{commit}`);
  if (oid === undefined) return refusal(404, 'Not Found');
  const { parents } = await git.readCommit(oid);
  const [parent] = parents;
  const changed = parent === undefined ? [] : await git.listChangedPaths(parent, oid);
  const { files, ...example } = buildReply(operation, 200, { sha: oid });
  const [exampleFile] = files as readonly JsonObject[];
  // GitHub's example of a file lacks fields that its schema requires.
  const shown = changed
    .slice(0, 300)
    .map((filename) => ({ ...exampleFile, sha: oid, contents_url: '', filename }));
  return {
    status: 200,
    body: {
      ...example,
      parents: parents.map((sha) => ({ sha, url: `https://api.github.com/commits/${sha}` })),
      ...(repository.listsChangedFiles ? { files: shown } : {}),
    },
  };
}

async function getContent(call: RestCall): Promise<RestReply> {
  const { repository, operation, query, accept } = call;
  const path = operation.parameters.path ?? '';
  const commit = await repository.git.resolve(query.get('ref') ?? 'main');
  const item = commit === undefined ? undefined : (await repository.git.readTree(commit)).get(path);
  if (item === undefined || item.type !== 'blob') return refusal(404, 'Not Found');
  const raw = await repository.git.readBlob(item.oid);
  if (raw.length > MAX_RAW_BYTES) return refusal(403, 'This API returns blobs up to 100 MB in size.');
  if (accept.includes('raw')) return { status: 200, raw };
  // Between 1 MB and 100 MB the description is complete and the content is missing.
  const isLarge = raw.length > MAX_CONTENTS_BYTES;
  return reply(call, 200, {
    type: 'file',
    path,
    name: path.split('/').at(-1) ?? '',
    sha: item.oid,
    size: raw.length,
    encoding: isLarge ? 'none' : 'base64',
    content: isLarge ? '' : raw.toString('base64'),
  });
}

async function createPullRequest(call: RestCall): Promise<RestReply> {
  const { repository, body, token } = call;
  const head = String(body.head).replace(`${repository.owner}:`, '');
  const base = String(body.base);
  if (token.login === 'github-actions[bot]' && !repository.actionsMayOpenPullRequests) {
    return refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.');
  }
  const invalid = (error: JsonObject): RestReply =>
    refusal(422, 'Validation Failed', [{ resource: 'PullRequest', ...error }]);
  const [headOid, baseOid] = await Promise.all([repository.readHead(head), repository.head(base)]);
  if (headOid === undefined) return invalid({ field: 'head', code: 'invalid' });
  if (baseOid === undefined) return invalid({ field: 'base', code: 'invalid' });
  const isTaken = repository.pullRequests.some(
    (pull) => pull.state === 'OPEN' && pull.headRef === head && pull.baseRef === base,
  );
  if (isTaken) {
    return invalid({
      code: 'custom',
      message: `A pull request already exists for ${repository.owner}:${head}.`,
    });
  }
  if ((await repository.git.listCommits(`${baseOid}..${headOid}`)).length === 0) {
    return invalid({ code: 'custom', message: `No commits between ${base} and ${head}` });
  }
  const details = { title: String(body.title), body: String(body.body ?? ''), author: token.login };
  const pull = await repository.openPullRequest({ head, base, ...details });
  return reply(call, 201, showPullRequest(repository, pull));
}

async function updatePullRequest(call: RestCall): Promise<RestReply> {
  const { repository, operation, body } = call;
  const pull = repository.findPullRequest(Number(operation.parameters.pull_number));
  if (pull === undefined) return refusal(404, 'Not Found');
  if (typeof body.title === 'string') pull.title = body.title;
  if (typeof body.body === 'string') pull.body = body.body;
  return reply(call, 200, showPullRequest(repository, pull));
}

function showPullRequest(repository: HostedRepository, pull: PullRequest): JsonObject {
  return {
    number: pull.number,
    html_url: `https://github.com/${repository.fullName}/pull/${pull.number}`,
    state: pull.state === 'OPEN' ? 'open' : 'closed',
    title: pull.title,
    body: pull.body,
    user: { login: pull.author },
    head: { ref: pull.headRef, sha: pull.headOid },
    base: { ref: pull.baseRef },
    // GitHub's example of a team lacks a field that its schema requires.
    requested_teams: [],
  };
}
