// Mutations over GraphQL: a commit, moves of branches, comments.
import { RefusedMove, type RefMove } from './git-repository.ts';
import { type GraphqlContext, needPermission, refuse, Trouble } from './graphql-call.ts';
import { showComment, showCommit, showRef } from './graphql-read.ts';
import { type Act, findRefusals, wordViolations } from './protection.ts';
import { findLongBody } from './pull-request.ts';
import { BRANCH_PREFIX, type HostedRepository } from './repository.ts';

const ZERO_OID = '0'.repeat(40);

export interface CreateCommitInput {
  readonly branch: { readonly repositoryNameWithOwner?: string; readonly branchName?: string };
  readonly message: { readonly headline: string; readonly body?: string };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions?: readonly { readonly path: string }[];
  };
  readonly expectedHeadOid: string;
}

export async function createCommit(context: GraphqlContext, input: CreateCommitInput): Promise<object> {
  const { facts, token } = context;
  const repository = findNamed(context, input.branch.repositoryNameWithOwner ?? '');
  needPermission(context, token.permissions.contents === 'write');
  const branch = (input.branch.branchName ?? '').replace(BRANCH_PREFIX, '');
  const head = await repository.head(branch);
  const stale = (): never =>
    refuse(
      facts.holds('stale head') ? 'STALE_DATA' : 'UNPROCESSABLE',
      `Expected branch to point to "${input.expectedHeadOid}" but it did not.  Pull and try again.`,
    );
  if (head === undefined)
    return facts.holds('missing branch') ? refuse('NOT_FOUND', 'Branch not found') : stale();
  if (head !== input.expectedHeadOid) stale();
  refuseProtected(context, repository, branch, 'update');
  const { headline, body } = input.message;
  const message = body === undefined || body === '' ? headline : `${headline}\n\n${body}`;
  const author = facts.holds('commit author') ? token.login : 'GitHub';
  const changes = readChanges(input);
  const oid = await repository.writeCommitThroughApi(head, changes, { message, author });
  await moveOrRefuse(repository, [{ ref: `${BRANCH_PREFIX}${branch}`, before: head, after: oid }], stale);
  return { commit: await showCommit(repository, oid), ref: () => showRef(repository, branch) };
}

function findNamed(context: GraphqlContext, fullName: string): HostedRepository {
  const [owner = '', name = ''] = fullName.split('/');
  const found = context.findRepository(owner, name);
  return found ?? refuse('NOT_FOUND', `Could not resolve to a Repository with the name '${fullName}'.`);
}

function readChanges({ fileChanges }: CreateCommitInput): Record<string, Buffer | undefined> {
  const changes: Record<string, Buffer | undefined> = {};
  for (const { path, contents } of fileChanges?.additions ?? []) {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(contents))
      refuse('UNPROCESSABLE', `The contents of ${path} are no base64.`);
    changes[path] = Buffer.from(contents, 'base64');
  }
  for (const { path } of fileChanges?.deletions ?? []) changes[path] = undefined;
  return changes;
}

function refuseProtected(
  { facts, token }: GraphqlContext,
  repository: HostedRepository,
  branch: string,
  act: Act,
): void {
  const protection = repository.protectedBranches.get(branch);
  const lines = findRefusals(protection, act, token.login);
  if (lines.length === 0) return;
  if (protection !== 'classic')
    refuse(facts.holds('ruleset') ? 'FORBIDDEN' : 'UNPROCESSABLE', wordViolations(lines));
  refuse(
    facts.holds('classic protection') ? 'BRANCH_PROTECTION_RULE_VIOLATION' : 'FORBIDDEN',
    `protected branch '${branch}' check failed:\n ${lines.join('\n ')}`,
  );
}

interface RefUpdate {
  readonly name: string;
  readonly beforeOid?: string;
  readonly afterOid: string;
  readonly force?: boolean;
}

export interface UpdateRefsInput {
  readonly repositoryId: string;
  readonly refUpdates: readonly RefUpdate[];
}

export async function updateRefs(context: GraphqlContext, input: UpdateRefsInput): Promise<object> {
  const { facts, token } = context;
  if (!facts.holds('no preview')) refuse(undefined, "Field 'updateRefs' doesn't exist on type 'Mutation'");
  const repository = context.repositories.find(({ id }) => id === input.repositoryId);
  if (repository === undefined)
    return refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${input.repositoryId}'.`);
  needPermission(context, token.permissions.contents === 'write');
  const updates = input.refUpdates;
  const groups = facts.holds('several moves') ? [updates] : updates.map((update) => [update]);
  for (const group of groups) await moveTogether(context, repository, group);
  return { clientMutationId: null };
}

async function moveTogether(
  context: GraphqlContext,
  repository: HostedRepository,
  updates: readonly RefUpdate[],
): Promise<void> {
  const moves: RefMove[] = [];
  for (const update of updates) moves.push(await checkUpdate(context, repository, update));
  await moveOrRefuse(repository, moves, () => refuseStale(context));
}

async function checkUpdate(
  context: GraphqlContext,
  repository: HostedRepository,
  { name, beforeOid, afterOid, force = false }: RefUpdate,
): Promise<RefMove> {
  const { facts } = context;
  if (!name.startsWith(BRANCH_PREFIX)) refuse('UNPROCESSABLE', `${name} is not a branch.`);
  const branch = name.slice(BRANCH_PREFIX.length);
  const head = await repository.head(branch);
  if (beforeOid !== undefined && beforeOid !== (head ?? ZERO_OID)) refuseStale(context);
  const isDeletion = afterOid === ZERO_OID;
  const isForward = head === undefined || isDeletion || repository.git.mergeBase(head, afterOid) === head;
  refuseProtected(
    context,
    repository,
    branch,
    head === undefined ? 'create' : isDeletion ? 'delete' : isForward ? 'update' : 'force',
  );
  if (!force && isDeletion && facts.holds('plain deletion')) throw new Trouble();
  if (!force && !isForward && facts.holds('fast forward')) throw new Trouble();
  return { ref: name, before: beforeOid, after: isDeletion ? undefined : afterOid };
}

function refuseStale({ facts }: GraphqlContext): never {
  if (facts.holds('wrong beforeOid')) throw new Trouble();
  return refuse('STALE_DATA', 'A reference is not at its expected value.');
}

/** git itself compares the expected values, so that two requests at once cannot both win. */
async function moveOrRefuse(
  repository: HostedRepository,
  moves: readonly RefMove[],
  refuseMove: () => never,
): Promise<void> {
  try {
    await repository.moveRefsThroughApi(moves);
  } catch (error) {
    if (!(error instanceof RefusedMove)) throw error;
    refuseMove();
  }
}

function needCommentPermission(context: GraphqlContext): void {
  const { issues, pullRequests } = context.token.permissions;
  needPermission(
    context,
    issues === 'write',
    pullRequests === 'write' && context.facts.holds('comment permission'),
  );
}

function refuseLongBody({ facts }: GraphqlContext, body: string): void {
  const message = findLongBody(facts, body);
  if (message !== undefined) refuse('UNPROCESSABLE', message);
}

export function addComment(
  context: GraphqlContext,
  { subjectId, body }: { readonly subjectId: string; readonly body: string },
): object {
  for (const repository of context.repositories) {
    const pull = repository.pullRequests.find(({ id }) => id === subjectId);
    if (pull === undefined) continue;
    needCommentPermission(context);
    refuseLongBody(context, body);
    const comment = repository.addCommentThroughApi(pull, context.token.login, body);
    return { commentEdge: { node: showComment(context, comment) } };
  }
  return refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${subjectId}'.`);
}

export function updateComment(
  context: GraphqlContext,
  { id, body }: { readonly id: string; readonly body: string },
): object {
  for (const repository of context.repositories) {
    const comment = repository.findComment((each) => each.id === id);
    if (comment === undefined) continue;
    needCommentPermission(context);
    refuseLongBody(context, body);
    comment.body = body;
    return { issueComment: showComment(context, comment) };
  }
  return refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'.`);
}
