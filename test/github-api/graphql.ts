// The GraphQL half: GitHub's published schema, executed over a hosted repository.
import { schema as published } from '@octokit/graphql-schema';
import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoUnusedVariablesRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { Facts } from './facts.ts';
import { type CommitInfo, GitError, type TreeItem } from './git-repository.ts';
import type { Comment, HostedRepository, PullRequest, RefMove } from './repository.ts';
import { PERMISSION_MESSAGE, type Token } from './token.ts';

/** What a resolver may use. */
export interface GraphqlContext {
  readonly token: Token;
  findRepository(owner: string, name: string): HostedRepository | undefined;
  readonly repositories: readonly HostedRepository[];
  readonly facts: Facts;
}

/** A request after parsing: the operation's name as tests and faults refer to it, and what the schema objects to. */
export interface GraphqlRequest {
  /** The mutation's field, or the query's name. */
  readonly operation: string;
  readonly faults: readonly string[];
  run(context: GraphqlContext): Promise<JsonReply>;
}

export interface JsonReply {
  readonly data?: ExecutionResult['data'] | null;
  readonly errors?: readonly object[];
}

const MAX_TEXT_BYTES = 512_000;
const MAX_PAGE = 100;
const ZERO_OID = '0'.repeat(40);

let schema: GraphQLSchema | undefined;

/** Parses and validates a request body. */
export function readGraphqlRequest(body: unknown): GraphqlRequest {
  // Building takes a good part of a second, so only who needs it pays.
  schema ??= buildSchema(published.idl, { assumeValid: true });
  const usedSchema = schema;
  const { query, variables } = body as { query: string; variables?: Record<string, unknown> };
  const document = parse(query);
  const definition = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  const field = definition?.selectionSet.selections[0];
  const mutation =
    definition?.operation === 'mutation' && field?.kind === Kind.FIELD ? field.name.value : undefined;
  const operation = mutation ?? definition?.name?.value ?? 'unnamed query';
  const rules = specifiedRules.filter((rule) => rule !== NoUnusedVariablesRule);
  const faults = validate(usedSchema, document, rules).map((error) => `${operation}: ${error.message}`);
  return {
    operation,
    faults,
    run: async (context) => {
      const unused = definition === undefined ? [] : findUnusedVariables(usedSchema, document, definition);
      if (unused.length > 0 && context.facts.holds('unused variable')) return { errors: unused };
      const result = await execute({
        schema: usedSchema,
        document,
        rootValue: buildRoot(context),
        variableValues: variables ?? {},
      });
      return showResult(result);
    },
  };
}

function showResult({ data, errors }: ExecutionResult): JsonReply {
  if (errors === undefined) return { data };
  const trouble = errors.find(({ originalError }) => originalError instanceof Trouble);
  if (trouble !== undefined) return { data: null, errors: [{ message: trouble.message }] };
  const shown = errors.map((error) => ({
    ...(typeof error.extensions.type === 'string' ? { type: error.extensions.type } : {}),
    ...error.toJSON(),
    extensions: undefined,
  }));
  return { data, errors: shown };
}

/** GitHub's refusals of variables that are declared and not used. */
function findUnusedVariables(
  usedSchema: GraphQLSchema,
  document: DocumentNode,
  { operation, name }: OperationDefinitionNode,
): readonly object[] {
  const title = name?.value ?? `anonymous ${operation}`;
  const path = name === undefined ? operation : `${operation} ${name.value}`;
  return validate(usedSchema, document, [NoUnusedVariablesRule]).map(({ nodes, locations }) => {
    const [node] = nodes ?? [];
    const variableName = node?.kind === Kind.VARIABLE_DEFINITION ? node.variable.name.value : '';
    return {
      path: [path],
      extensions: { code: 'variableNotUsed', variableName },
      locations,
      message: `Variable $${variableName} is declared by ${title} but not used`,
    };
  });
}

/** What GitHub says when it has no words for what went wrong. */
class Trouble extends Error {
  constructor() {
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    super(
      `Something went wrong while executing your query on ${now}. Please include \`8C40:2BD1A6:3F6A21:71C1B4:6A2F5E10\` when reporting this issue.`,
    );
  }
}

function refuse(type: string | undefined, message: string): never {
  throw new GraphQLError(message, type === undefined ? {} : { extensions: { type } });
}

function needPermission(context: GraphqlContext, ...allowed: readonly boolean[]): void {
  if (!allowed.includes(true))
    refuse(
      'FORBIDDEN',
      context.token.isPersonal ? PERMISSION_MESSAGE.personal : PERMISSION_MESSAGE.integration,
    );
}

function buildRoot(context: GraphqlContext): object {
  const { permissions } = context.token;
  return {
    viewer: () => ({ login: context.token.login }),
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const repository = context.findRepository(owner, name);
      if (repository === undefined || permissions.contents === 'none') {
        return refuse('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
      }
      return showRepository(context, repository);
    },
    createCommitOnBranch: (args: { input: CreateCommitInput }) => createCommit(context, args.input),
    updateRefs: (args: { input: UpdateRefsInput }) => updateRefs(context, args.input),
    addComment: (args: { input: { subjectId: string; body: string } }) => addComment(context, args.input),
    updateIssueComment: (args: { input: { id: string; body: string } }) => updateComment(context, args.input),
  };
}

function showRepository(context: GraphqlContext, repository: HostedRepository): object {
  const needPullRequests = (): void =>
    needPermission(context, context.token.permissions.pullRequests !== 'none');
  return {
    id: repository.id,
    nameWithOwner: repository.fullName,
    defaultBranchRef: async () => await showRef(repository, 'main'),
    ref: async ({ qualifiedName }: { qualifiedName: string }) =>
      await showRef(repository, qualifiedName.replace(/^refs\/heads\//, '')),
    object: async ({ oid, expression }: { oid?: string; expression?: string }) =>
      await showObject(repository, oid ?? expression ?? ''),
    pullRequests: (args: Page & PullRequestFilter) => {
      needPullRequests();
      return listPullRequests(context, repository, args);
    },
    pullRequest: ({ number }: { number: number }) => {
      needPullRequests();
      const pull = repository.findPullRequest(number);
      return pull === undefined
        ? refuse('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`)
        : showPullRequest(context, repository, pull);
    },
  };
}

async function showRef(repository: HostedRepository, branch: string): Promise<object | null> {
  const oid = await repository.readHead(branch);
  if (oid === undefined) return null;
  return {
    id: refId(repository, branch),
    name: branch,
    prefix: 'refs/heads/',
    target: () => showCommit(repository, oid),
  };
}

function refId(repository: HostedRepository, branch: string): string {
  return `REF_${repository.id}_${branch}`;
}

async function showObject(repository: HostedRepository, expression: string): Promise<object | null> {
  const [revision = '', ...rest] = expression.split(':');
  const path = rest.join(':');
  const oid = await repository.git.resolve(revision);
  if (oid === undefined) return null;
  if (path !== '') {
    const item = (await repository.git.readTree(oid)).get(path);
    return item === undefined ? null : showItemObject(repository, item);
  }
  const type = await repository.git.typeOf(oid);
  if (type === 'commit') return await showCommit(repository, oid);
  return type === 'blob' ? showBlob(repository, oid) : null;
}

async function showCommit(repository: HostedRepository, oid: string): Promise<object> {
  const commit = await repository.git.readCommit(oid);
  const [headline = '', ...rest] = commit.message.split('\n');
  return {
    __typename: 'Commit',
    id: `C_${oid}`,
    oid,
    url: `https://github.com/${repository.fullName}/commit/${oid}`,
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join('\n').trim(),
    author: { name: commit.author },
    changedFilesIfAvailable: async () =>
      repository.countsChangedFiles ? (await changedPaths(repository, commit)).length : null,
    file: async ({ path }: { path: string }) => {
      const item = (await repository.git.readTree(commit.tree)).get(path);
      if (item !== undefined) return showTreeEntry(repository, item);
      if (!repository.facts.holds('missing file')) return null;
      return refuse('NOT_FOUND', `Could not resolve file for path '${path}'.`);
    },
    parents: (page: Page) =>
      paginate(commit.parents, page, async (parent) => await showCommit(repository, parent)),
    history: async ({ path, ...page }: Page & { path?: string }) => {
      const oids = [...(await repository.git.listCommits(oid, path))].reverse();
      return paginate(oids, page, async (each) => await showCommit(repository, each));
    },
  };
}

async function changedPaths(repository: HostedRepository, commit: CommitInfo): Promise<readonly string[]> {
  const parent = commit.parents[0];
  if (parent === undefined) return [...(await repository.git.readTree(commit.tree)).keys()];
  return await repository.git.listChangedPaths(parent, commit.oid);
}

function showTreeEntry(repository: HostedRepository, item: TreeItem): object {
  return {
    name: item.path.split('/').at(-1),
    path: item.path,
    oid: item.oid,
    mode: Number.parseInt(item.mode, 8),
    type: item.type,
    size: item.size ?? 0,
    object: () => showItemObject(repository, item),
  };
}

function showItemObject(repository: HostedRepository, item: TreeItem): object {
  if (item.type === 'blob') return showBlob(repository, item.oid, item.size);
  return { __typename: item.type === 'tree' ? 'Tree' : 'Commit', oid: item.oid, id: `O_${item.oid}` };
}

function showBlob(repository: HostedRepository, oid: string, size?: number): object {
  const bytes = async (): Promise<Buffer> => await repository.git.readBlob(oid);
  return {
    __typename: 'Blob',
    id: `B_${oid}`,
    oid,
    byteSize: async () => size ?? (await bytes()).length,
    isBinary: async () => (await bytes()).includes(0),
    isTruncated: async () => (await bytes()).length > MAX_TEXT_BYTES,
    text: async () => (await bytes()).subarray(0, MAX_TEXT_BYTES).toString(),
  };
}

interface PullRequestFilter {
  readonly headRefName?: string;
  readonly baseRefName?: string;
  readonly states?: readonly string[];
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' };
}

function listPullRequests(
  context: GraphqlContext,
  repository: HostedRepository,
  filter: Page & PullRequestFilter,
): object {
  const found = repository.pullRequests.filter(
    (pull) =>
      (filter.headRefName === undefined || filter.headRefName === pull.headRef) &&
      (filter.baseRefName === undefined || filter.baseRefName === pull.baseRef) &&
      (filter.states === undefined || filter.states.includes(pull.state)),
  );
  if (filter.orderBy?.direction === 'DESC') found.reverse();
  return paginate(found, filter, (pull) => showPullRequest(context, repository, pull));
}

function showPullRequest(context: GraphqlContext, repository: HostedRepository, pull: PullRequest): object {
  return {
    id: pull.id,
    number: pull.number,
    url: `https://github.com/${repository.fullName}/pull/${pull.number}`,
    state: pull.state,
    title: pull.title,
    body: pull.body,
    headRefName: pull.headRef,
    baseRefName: pull.baseRef,
    headRefOid: pull.headOid,
    isCrossRepository: pull.isCrossRepository,
    changedFiles: async () => (await repository.listPullRequestPaths(pull)).length,
    files: async (page: Page) =>
      paginate(await repository.listPullRequestPaths(pull), page, (path) => ({ path })),
    comments: (page: Page) => paginate(pull.comments, page, (comment) => showComment(context, comment)),
  };
}

function showComment(context: GraphqlContext, comment: Comment): object {
  return {
    id: comment.id,
    body: comment.body,
    url: `https://github.com/comment/${comment.id}`,
    viewerDidAuthor: comment.author === context.token.login,
  };
}

interface Page {
  readonly first?: number;
  readonly after?: string;
}

function paginate<T>(items: readonly T[], { first, after }: Page, show: (item: T) => unknown): object {
  if (first === undefined)
    refuse(undefined, 'You must provide a `first` or `last` value to properly paginate.');
  if (first > MAX_PAGE) {
    refuse(
      'EXCESSIVE_PAGINATION',
      `Requesting ${first} records exceeds the \`first\` limit of ${MAX_PAGE} records.`,
    );
  }
  const start = after === undefined || after === null ? 0 : Number(Buffer.from(after, 'base64').toString());
  const end = start + first;
  return {
    totalCount: items.length,
    nodes: items.slice(start, end).map(show),
    pageInfo: {
      hasNextPage: end < items.length,
      endCursor:
        items.length === 0 ? null : Buffer.from(String(Math.min(end, items.length))).toString('base64'),
    },
  };
}

interface CreateCommitInput {
  readonly branch: {
    readonly id?: string;
    readonly repositoryNameWithOwner?: string;
    readonly branchName?: string;
  };
  readonly message: { readonly headline: string; readonly body?: string };
  readonly fileChanges?: {
    readonly additions?: readonly { readonly path: string; readonly contents: string }[];
    readonly deletions?: readonly { readonly path: string }[];
  };
  readonly expectedHeadOid: string;
}

async function createCommit(context: GraphqlContext, input: CreateCommitInput): Promise<object> {
  const { repositoryNameWithOwner = '', branchName = '' } = input.branch;
  const [owner = '', name = ''] = repositoryNameWithOwner.split('/');
  const repository = context.findRepository(owner, name);
  if (repository === undefined) {
    return refuse(
      'NOT_FOUND',
      `Could not resolve to a Repository with the name '${repositoryNameWithOwner}'.`,
    );
  }
  needPermission(context, context.token.permissions.contents === 'write');
  const branch = branchName.replace(/^refs\/heads\//, '');
  const head = await repository.head(branch);
  // As seen at github/gh-aw#22564: the mutation creates no branch.
  if (head === undefined) return refuse('NOT_FOUND', 'Branch not found');
  const stale = (): never =>
    refuse(
      'STALE_DATA',
      `Expected branch to point to "${input.expectedHeadOid}" but it did not.  Pull and try again.`,
    );
  if (head !== input.expectedHeadOid) stale();
  refuseProtected(repository, branch);
  const changes: Record<string, Buffer | undefined> = {};
  for (const { path, contents } of input.fileChanges?.additions ?? []) {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(contents))
      refuse('UNPROCESSABLE', `The contents of ${path} are no base64.`);
    changes[path] = Buffer.from(contents, 'base64');
  }
  for (const { path } of input.fileChanges?.deletions ?? []) changes[path] = undefined;
  const { headline, body } = input.message;
  const message = body === undefined || body === '' ? headline : `${headline}\n\n${body}`;
  const oid = await repository.git.writeCommit(head, changes, { message, author: context.token.login });
  await moveOrRefuse(repository, [{ ref: `refs/heads/${branch}`, before: head, after: oid }], stale);
  return { commit: await showCommit(repository, oid), ref: () => showRef(repository, branch) };
}

/**
 * Two refusals as GitHub words them: seen with a classic rule as error type BRANCH_PROTECTION_RULE_VIOLATION, with a
 * ruleset as "Repository rule violations found", whose type is not known.
 */
function refuseProtected(repository: HostedRepository, branch: string): void {
  const protection = repository.protectedBranches.get(branch);
  const reason = 'Changes must be made through a pull request.';
  if (protection === 'classic') {
    refuse('BRANCH_PROTECTION_RULE_VIOLATION', `protected branch '${branch}' check failed:\n ${reason}`);
  }
  if (protection === 'ruleset') refuse('UNPROCESSABLE', `Repository rule violations found\n\n${reason}\n\n`);
}

interface UpdateRefsInput {
  readonly repositoryId: string;
  readonly refUpdates: readonly {
    readonly name: string;
    readonly beforeOid?: string;
    readonly afterOid: string;
    readonly force?: boolean;
  }[];
}

async function updateRefs(context: GraphqlContext, input: UpdateRefsInput): Promise<object> {
  const repository = context.repositories.find(({ id }) => id === input.repositoryId);
  if (repository === undefined)
    return refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${input.repositoryId}'.`);
  needPermission(context, context.token.permissions.contents === 'write');
  const refuseStale = (): never => {
    if (context.facts.holds('wrong beforeOid')) throw new Trouble();
    return refuse('STALE_DATA', 'A reference is not at its expected value.');
  };
  const moves: RefMove[] = [];
  for (const { name, beforeOid, afterOid, force } of input.refUpdates) {
    if (!name.startsWith('refs/heads/')) refuse('UNPROCESSABLE', `${name} is not a branch.`);
    const branch = name.slice('refs/heads/'.length);
    refuseProtected(repository, branch);
    const head = await repository.head(branch);
    if (beforeOid !== undefined && beforeOid !== (head ?? ZERO_OID)) refuseStale();
    const isForward =
      head === undefined ||
      afterOid === ZERO_OID ||
      (await repository.git.mergeBase(head, afterOid)) === head;
    if (!isForward && force !== true) refuse('UNPROCESSABLE', `Update to ${name} is not a fast forward.`);
    moves.push({ ref: name, before: beforeOid, after: afterOid === ZERO_OID ? undefined : afterOid });
  }
  await moveOrRefuse(repository, moves, refuseStale);
  return { clientMutationId: null };
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
    if (!(error instanceof GitError)) throw error;
    refuseMove();
  }
}

function needCommentPermission(context: GraphqlContext): void {
  const { issues, pullRequests } = context.token.permissions;
  needPermission(context, issues === 'write', pullRequests === 'write');
}

function addComment(
  context: GraphqlContext,
  { subjectId, body }: { subjectId: string; body: string },
): object {
  for (const repository of context.repositories) {
    const pull = repository.pullRequests.find(({ id }) => id === subjectId);
    if (pull === undefined) continue;
    needCommentPermission(context);
    refuseLongBody(body);
    const comment = repository.addComment(pull, context.token.login, body);
    return { commentEdge: { node: showComment(context, comment) } };
  }
  return refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${subjectId}'.`);
}

function updateComment(context: GraphqlContext, { id, body }: { id: string; body: string }): object {
  for (const { pullRequests } of context.repositories) {
    const comment = pullRequests.flatMap(({ comments }) => comments).find((each) => each.id === id);
    if (comment === undefined) continue;
    needCommentPermission(context);
    refuseLongBody(body);
    comment.body = body;
    return { issueComment: showComment(context, comment) };
  }
  return refuse('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'.`);
}

function refuseLongBody(body: string): void {
  if (body.length > 65_536) refuse('UNPROCESSABLE', 'Body is too long (maximum is 65536 characters)');
}
