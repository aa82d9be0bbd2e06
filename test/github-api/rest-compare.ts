// Comparing commits over REST.
import { buildReply, type JsonObject } from './openapi.ts';
import type { HostedRepository } from './repository.ts';
import { type RestCall, type RestReply, refusal } from './rest-call.ts';

const MAX_FILES = 300;

export async function compare(call: RestCall): Promise<RestReply> {
  const { repository, operation } = call;
  const { facts } = repository;
  const [base = '', head = ''] = (operation.parameters.basehead ?? '').split('...');
  const [baseOid, headOid] = [await readCommit(repository, base), await readCommit(repository, head)];
  if (baseOid === undefined || headOid === undefined) {
    return facts.holds('unknown commit') ? refusal(404, 'Not Found') : refusal(500, 'Server Error');
  }
  const mergeBase = repository.git.mergeBase(baseOid, headOid);
  if (mergeBase !== undefined) return await showComparison(call, { baseOid, headOid, mergeBase });
  return facts.holds('no common ancestor')
    ? refusal(404, `No common ancestor between ${base} and ${head}.`)
    : refusal(404, 'Not Found');
}

async function readCommit(repository: HostedRepository, revision: string): Promise<string | undefined> {
  const oid = await repository.resolveRead(revision);
  return oid === undefined ? undefined : repository.git.resolve(`${oid}^{commit}`);
}

async function showComparison(
  { repository, operation, query }: RestCall,
  { baseOid, headOid, mergeBase }: Readonly<Record<'baseOid' | 'headOid' | 'mergeBase', string>>,
): Promise<RestReply> {
  const { git } = repository;
  const ahead = git.listCommits(`${baseOid}..${headOid}`);
  const behind = git.listCommits(`${headOid}..${baseOid}`);
  const page = Number(query.get('page') ?? 1);
  const perPage = Number(query.get('per_page') ?? 250);
  const shown = ahead.slice((page - 1) * perPage, page * perPage);
  const example = buildReply(operation, 200, {});
  const exampleCommit = example.base_commit as JsonObject;
  const showCommit = async (oid: string): Promise<JsonObject> => {
    const { message, parents, author } = git.readCommit(oid);
    const who = { name: author, email: 'someone@example.org', date: '2025-06-15T15:06:40Z' };
    return {
      ...exampleCommit,
      sha: oid,
      commit: { ...(exampleCommit.commit as JsonObject), message, author: who, committer: who },
      parents: parents.map((sha) => ({ sha, url: `https://api.github.com/commits/${sha}`, html_url: '' })),
    };
  };
  const files = await listFiles(repository, mergeBase, headOid, (example.files as readonly JsonObject[])[0]);
  const isCut = repository.facts.holds('compared files');
  return {
    status: 200,
    body: {
      ...example,
      status: describeStatus(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      base_commit: await showCommit(baseOid),
      merge_base_commit: await showCommit(mergeBase),
      commits: await Promise.all(shown.map(showCommit)),
      files: !isCut ? files : page === 1 ? files.slice(0, MAX_FILES) : [],
    },
  };
}

function describeStatus(ahead: number, behind: number): string {
  if (ahead > 0) return behind > 0 ? 'diverged' : 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

async function listFiles(
  { git }: HostedRepository,
  from: string,
  to: string,
  example: JsonObject = {},
): Promise<readonly JsonObject[]> {
  return git.listChanges(from, to).map(({ path, oid, status, previousPath }) => ({
    ...example,
    filename: path,
    sha: oid,
    status,
    contents_url: '',
    ...(previousPath === undefined ? {} : { previous_filename: previousPath }),
  }));
}

export async function getCommit(call: RestCall): Promise<RestReply> {
  const { repository, operation } = call;
  const { git } = repository;
  const oid = git.resolve(`${operation.parameters.ref}^{commit}`);
  if (oid === undefined) return refusal(404, 'Not Found');
  const { parents } = git.readCommit(oid);
  const [parent] = parents;
  const { files, ...example } = buildReply(operation, 200, { sha: oid });
  const [exampleFile] = files as readonly JsonObject[];
  const shown = parent === undefined ? [] : await listFiles(repository, parent, oid, exampleFile);
  return {
    status: 200,
    body: {
      ...example,
      parents: parents.map((sha) => ({ sha, url: `https://api.github.com/commits/${sha}` })),
      ...(repository.listsChangedFiles ? { files: shown.slice(0, MAX_FILES) } : {}),
    },
  };
}
