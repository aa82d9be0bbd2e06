// Blobs, trees, commits and files over REST.
import { isObject } from './openapi.ts';
import { type RestCall, type RestReply, refusal, reply } from './rest-call.ts';

const MAX_CONTENTS_BYTES = 1024 * 1024;
const MAX_RAW_BYTES = 100 * 1024 * 1024;

export async function createBlob(call: RestCall): Promise<RestReply> {
  const { content, encoding } = call.body;
  const bytes = Buffer.from(String(content), encoding === 'base64' ? 'base64' : 'utf8');
  const sha = call.repository.git.writeBlob(bytes);
  return reply(call, 201, { sha, url: `https://api.github.com/repos/octo/assets/git/blobs/${sha}` });
}

/** Makes a tree of one level: each entry is a text, or an object that exists. */
export function createTree(call: RestCall): RestReply {
  const { git } = call.repository;
  const entries = Array.isArray(call.body.tree) ? call.body.tree.filter(isObject) : [];
  const tree = entries.map(({ path, mode, sha, content }) => {
    const oid = typeof content === 'string' ? git.writeBlob(Buffer.from(content)) : String(sha);
    return [String(path), { mode: String(mode), oid }] as const;
  });
  const sha = git.writeTree(new Map(tree));
  return reply(call, 201, { sha, truncated: false });
}

export function createCommit(call: RestCall): RestReply {
  const { repository, body, token } = call;
  const parents = Array.isArray(body.parents) ? body.parents.map(String) : [];
  const details = { message: String(body.message), author: token.login };
  return reply(call, 201, { sha: repository.git.writeCommitOfTree(String(body.tree), parents, details) });
}

export async function getBlob(call: RestCall): Promise<RestReply> {
  const { repository, operation, accept } = call;
  const oid = operation.parameters.file_sha ?? '';
  if (repository.git.typeOf(oid) !== 'blob') return refusal(404, 'Not Found');
  const raw = repository.git.readBlob(oid);
  if (raw.length > MAX_RAW_BYTES)
    return refusal(403, 'This blob is too large. At most 100 MB can be fetched.');
  const { blobForm, facts } = repository;
  const wantsRaw = accept === 'application/vnd.github.raw+json' && facts.holds('raw blob');
  if (wantsRaw && blobForm === 'raw') return { status: 200, raw };
  const content = raw.toString('base64');
  return reply(call, 200, { content, encoding: 'base64', sha: oid, size: raw.length });
}

export async function getTree(call: RestCall): Promise<RestReply> {
  const { repository, operation, query } = call;
  const oid = repository.git.resolve(`${operation.parameters.tree_sha}^{tree}`);
  if (oid === undefined) return refusal(404, 'Not Found');
  const isRecursive = query.has('recursive');
  const items = [...repository.git.readTree(oid).values()].filter(
    ({ path }) => isRecursive || !path.includes('/'),
  );
  const isCut = isRecursive && repository.facts.holds('cut tree');
  const kept = isCut ? items.slice(0, repository.maxTreeEntries) : items;
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

export async function getContent(call: RestCall): Promise<RestReply> {
  const { repository, operation, query, accept } = call;
  const { facts } = repository;
  const path = operation.parameters.path ?? '';
  const commit = await repository.resolveRead(query.get('ref') ?? 'main');
  const item = commit === undefined ? undefined : repository.git.readTree(commit).get(path);
  if (item === undefined || item.type !== 'blob')
    return facts.holds('missing ref') ? refusal(404, 'Not Found') : refusal(403, 'Forbidden');
  const raw = repository.git.readBlob(item.oid);
  const isLarge = raw.length > MAX_CONTENTS_BYTES;
  if (raw.length > MAX_RAW_BYTES) return refusal(403, 'This API returns blobs up to 100 MB in size.');
  if (accept.includes('raw'))
    return isLarge && !facts.holds('raw content')
      ? refusal(403, 'This API returns blobs up to 1 MB in size.')
      : { status: 200, raw };
  // Between 1 MB and 100 MB the description is complete and the content is missing.
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
