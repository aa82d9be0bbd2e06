// References, branches and their rules over REST.
import { RefusedMove } from './git-repository.ts';
import { type JsonObject, readExampleItem } from './openapi.ts';
import { findRefusals, listRules, wordViolations } from './protection.ts';
import type { HostedRepository } from './repository.ts';
import { type RestCall, type RestReply, refusal, reply } from './rest-call.ts';

function describeRef(ref: string, sha: string): JsonObject {
  return { ref, object: { type: 'commit', sha, url: `https://api.github.com/commits/${sha}` } };
}

export async function getRef(call: RestCall): Promise<RestReply> {
  const { repository, operation } = call;
  const ref = `refs/${operation.parameters.ref}`;
  const sha = await repository.readRef(ref);
  if (sha !== undefined) return reply(call, 200, describeRef(ref, sha));
  return repository.facts.holds('missing ref') ? refusal(404, 'Not Found') : refusal(403, 'Forbidden');
}

export async function listMatchingRefs(call: RestCall): Promise<RestReply> {
  const { repository, operation } = call;
  const prefix = `refs/${operation.parameters.ref}`;
  const found: JsonObject[] = [];
  const example = readExampleItem(operation, 200);
  for (const ref of repository.git.listRefs()) {
    const sha = ref.startsWith(prefix) ? await repository.readRef(ref) : undefined;
    if (sha !== undefined) found.push({ ...example, ...describeRef(ref, sha) });
  }
  const isAbsent = found.length === 0 && !repository.facts.holds('matching refs');
  return isAbsent ? refusal(404, 'Not Found') : { status: 200, body: found };
}

export async function createRef(call: RestCall): Promise<RestReply> {
  const { repository, body, token } = call;
  const { facts } = repository;
  const ref = String(body.ref);
  const sha = String(body.sha);
  if (!/^refs\/heads\/[^/]/.test(ref))
    return refusal(422, 'Reference name must start with refs and have at least two slashes');
  if (repository.git.typeOf(sha) !== 'commit')
    return refusal(422, facts.holds('unknown object') ? 'Object does not exist' : 'Reference update failed');
  const lines = findRefusals(repository.protectionOf(ref), 'create', token.login);
  if (lines.length > 0) {
    return refusal(
      422,
      facts.holds('restricted creation') ? 'Reference update failed' : wordViolations(lines),
    );
  }
  try {
    await repository.moveRefsThroughApi([{ ref, before: '0'.repeat(40), after: sha }]);
  } catch (error) {
    if (!(error instanceof RefusedMove)) throw error;
    return refusal(422, await wordCreation(repository, ref));
  }
  return reply(call, 201, describeRef(ref, sha));
}

async function wordCreation(repository: HostedRepository, ref: string): Promise<string> {
  const exists = repository.git.resolve(ref) !== undefined;
  const holds = repository.facts.holds(exists ? 'existing ref' : 'ref in the way');
  return exists === holds ? 'Reference already exists' : 'Reference update failed';
}

export async function deleteRef(call: RestCall): Promise<RestReply> {
  const { repository, operation, token } = call;
  const ref = `refs/${operation.parameters.ref}`;
  if (repository.git.resolve(ref) === undefined) {
    return repository.facts.holds('deleted ref')
      ? refusal(422, 'Reference does not exist')
      : refusal(404, 'Not Found');
  }
  const lines = findRefusals(repository.protectionOf(ref), 'delete', token.login);
  if (lines.length > 0) return refusal(422, wordViolations(lines));
  await repository.moveRefsThroughApi([{ ref, before: undefined, after: undefined }]);
  return { status: 204 };
}

export async function getBranch(call: RestCall): Promise<RestReply> {
  const { repository, operation } = call;
  const name = operation.parameters.branch ?? '';
  const sha = await repository.readHead(name);
  if (sha === undefined) return refusal(404, 'Branch not found');
  const isProtected = repository.protectedBranches.has(name);
  const isShown = isProtected && repository.facts.holds('protected branch');
  return reply(call, 200, { name, commit: { sha }, protected: isShown });
}

export async function getBranchRules(call: RestCall): Promise<RestReply> {
  const { repository, operation, query, token } = call;
  const protection = repository.protectedBranches.get(operation.parameters.branch ?? '');
  const perPage = Math.min(100, Number(query.get('per_page') ?? 30));
  const isPassed = typeof protection === 'object' && protection.passedBy === token.login;
  const isLeftOut = isPassed && !repository.facts.holds('branch rules');
  const source = { ruleset_source_type: 'Repository', ruleset_source: repository.fullName, ruleset_id: 42 };
  const rules = isLeftOut ? [] : listRules(protection).map((type) => ({ type, ...source }));
  return { status: 200, body: rules.slice(0, perPage) };
}
