// Queries over GraphQL: a repository's branches, commits, files and pull requests.
import { type GraphqlContext, needPermission, type Page, paginate, refuse } from './graphql-call.ts';
import type { TreeItem } from './history.ts';
import type { CommitInfo } from './object-store.ts';
import type { Comment, PullRequest } from './pull-request.ts';
import { BRANCH_PREFIX, type HostedRepository } from './repository.ts';

/** Bytes after which a text is cut. */
const MAX_TEXT_BYTES = 512_000;

/** The repository field of a query. */
export function readRepository(context: GraphqlContext, owner: string, name: string): object {
  const repository = context.findRepository(owner, name);
  if (repository?.isShownTo(context.token) === true) return showRepository(context, repository);
  // What is hidden and what does not exist are told alike.
  if (!context.facts.holds('hidden repository')) needPermission(context);
  return refuse('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
}

function showRepository(context: GraphqlContext, repository: HostedRepository): object {
  const needPullRequests = (): void =>
    needPermission(context, repository.isOpen, context.token.permissions.pullRequests !== 'none');
  const orMissing = async (found: Promise<object | null>): Promise<object | null> =>
    (await found) ?? (repository.facts.holds('missing object') ? null : refuse('NOT_FOUND', 'Not Found'));
  return {
    id: repository.id,
    isPrivate: !repository.isPublic,
    nameWithOwner: repository.fullName,
    defaultBranchRef: async () => await showRef(repository, 'main'),
    ref: async ({ qualifiedName }: { qualifiedName: string }) =>
      await orMissing(showRef(repository, qualifiedName.replace(BRANCH_PREFIX, ''))),
    refs: async (args: Page & { refPrefix: string }) => await listRefs(repository, args),
    object: async ({ oid, expression }: { oid?: string; expression?: string }) =>
      await orMissing(showObject(repository, oid ?? expression ?? '')),
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

/** A branch as a ref. */
export async function showRef(
  repository: HostedRepository,
  branch: string,
  prefix = BRANCH_PREFIX,
): Promise<object | null> {
  const oid = await repository.readHead(branch);
  if (oid === undefined) return null;
  const shownPrefix = repository.facts.holds('ref names') ? prefix : BRANCH_PREFIX;
  return {
    id: `REF_${repository.id}_${branch}`,
    name: `${BRANCH_PREFIX}${branch}`.slice(shownPrefix.length),
    prefix: shownPrefix,
    target: () => showCommit(repository, oid),
  };
}

async function listRefs(repository: HostedRepository, args: Page & { refPrefix: string }): Promise<object> {
  const found = repository.git.listRefs().filter((ref) => ref.startsWith(args.refPrefix));
  return paginate(repository.facts, found, args, (ref) =>
    showRef(repository, ref.slice(BRANCH_PREFIX.length), args.refPrefix),
  );
}

async function showObject(repository: HostedRepository, expression: string): Promise<object | null> {
  const [revision = '', ...rest] = expression.split(':');
  const path = rest.join(':');
  const oid = await repository.resolveRead(revision);
  if (oid === undefined) return null;
  if (path !== '') {
    const item = repository.git.readTree(oid).get(path);
    return item === undefined ? null : showItemObject(repository, item);
  }
  const type = repository.git.typeOf(oid);
  if (type === 'commit') return await showCommit(repository, oid);
  return type === 'blob' ? showBlob(repository, oid) : null;
}

/** A commit as an object of git. */
export async function showCommit(repository: HostedRepository, oid: string): Promise<object> {
  const commit = repository.git.readCommit(oid);
  const { facts, git, signedCommits } = repository;
  return {
    __typename: 'Commit',
    id: `C_${oid}`,
    oid,
    message: commit.message,
    author: { name: commit.author },
    signature: signedCommits.has(oid) ? { __typename: 'UnknownSignature', isValid: true } : null,
    changedFilesIfAvailable: async () =>
      repository.countsChangedFiles ? (await changedPaths(repository, commit)).length : null,
    file: async ({ path }: { path: string }) =>
      showFile(repository, path, git.readTree(commit.tree).get(path)),
    parents: (page: Page) =>
      paginate(facts, commit.parents, page, async (parent) => await showCommit(repository, parent)),
    history: async ({ path, ...page }: Page & { path?: string }) => {
      const oids = [...git.listCommits(oid, path)].reverse();
      return paginate(facts, oids, page, async (each) => await showCommit(repository, each));
    },
  };
}

async function changedPaths(repository: HostedRepository, commit: CommitInfo): Promise<readonly string[]> {
  const parent = commit.parents[0];
  if (parent === undefined) return [...repository.git.readTree(commit.tree).keys()];
  return repository.git.listChangedPaths(parent, commit.oid);
}

function showFile(repository: HostedRepository, path: string, item: TreeItem | undefined): object | null {
  const { facts } = repository;
  if (item === undefined) {
    if (!facts.holds('missing file')) return null;
    return refuse('NOT_FOUND', `Could not resolve file for path '${path}'.`);
  }
  if ((item.size ?? 0) > repository.maxFileBytes && facts.holds('large file'))
    refuse('UNPROCESSABLE', 'Could not resolve file over 10mb.');
  return {
    name: item.path.split('/').at(-1),
    path: item.path,
    oid: item.oid,
    mode: Number.parseInt(item.mode, facts.holds('entry mode') ? 8 : 10),
    type: item.type,
    size: item.size ?? 0,
    object: () => showItemObject(repository, item),
  };
}

function showItemObject(repository: HostedRepository, item: TreeItem): object {
  if (item.type === 'blob') return showBlob(repository, item.oid, item.size);
  return { __typename: item.type === 'tree' ? 'Tree' : 'Commit', oid: item.oid, id: `O_${item.oid}` };
}

function showBlob({ git, facts }: HostedRepository, oid: string, size?: number): object {
  const byteSize = async (): Promise<number> => size ?? git.readBlob(oid).length;
  const isTruncated = async (): Promise<boolean> =>
    facts.holds('cut text') && (await byteSize()) > MAX_TEXT_BYTES;
  const text = async (): Promise<string> => {
    const bytes = git.readBlob(oid);
    return ((await isTruncated()) ? bytes.subarray(0, MAX_TEXT_BYTES) : bytes).toString();
  };
  return { __typename: 'Blob', id: `B_${oid}`, oid, byteSize, isTruncated, text };
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
  const found = repository
    .readPullRequests()
    .filter(
      (pull) =>
        (filter.headRefName === undefined || filter.headRefName === pull.headRef) &&
        (filter.baseRefName === undefined || filter.baseRefName === pull.baseRef) &&
        (filter.states === undefined || filter.states.includes(pull.state)),
    );
  if (filter.orderBy?.direction === 'DESC') found.reverse();
  return paginate(repository.facts, found, filter, (pull) => showPullRequest(context, repository, pull));
}

function showPullRequest(context: GraphqlContext, repository: HostedRepository, pull: PullRequest): object {
  const { facts } = repository;
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
      paginate(facts, await repository.listPullRequestPaths(pull), page, (path) => ({ path })),
    comments: (page: Page) =>
      paginate(facts, repository.readComments(pull), page, (comment) => showComment(context, comment)),
  };
}

/** A comment of a pull request. */
export function showComment(context: GraphqlContext, comment: Comment): object {
  return {
    id: comment.id,
    databaseId: comment.number,
    body: comment.body,
    url: `https://github.com/comment/${comment.number}`,
    viewerDidAuthor: comment.author === context.token.login,
  };
}
