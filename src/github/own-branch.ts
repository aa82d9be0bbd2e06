// Whether a branch is the action's own: no commit since it left its base touches anything but the manifest.
import { StepError } from '../text/errors.ts';
import type { GitHub } from './client.ts';
import { noneIfMissing, Refusal } from './failure.ts';
import { readUntilShown } from './lag.ts';

export interface BranchPair {
  readonly base: { readonly name: string; readonly oid: string };
  readonly branch: { readonly name: string; readonly oid: string };
  readonly manifestPath: string;
}

const PAGE = 100;
const NAMED_COMMITS = 5;

/** How an own branch stands to its base. */
export interface OwnBranch {
  /** The commit where it left its base. */
  readonly mergeBase: string;
  /** Whether a commit since then touches the manifest: empty ones, and merges, could be anyone's. */
  readonly hasOwnCommit: boolean;
}

/**
 * Looks at what an own branch holds.
 * @throws {StepError} when that is anything but changes to the manifest; it names the foreign commits.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function inspectOwnBranch(
  github: GitHub,
  pair: BranchPair,
  signal: AbortSignal,
): Promise<OwnBranch> {
  const { base, branch, manifestPath } = pair;
  const remedy = `Move that work to another branch and delete ${branch.name}, or set \`pull-request-branch\` to a branch that is the action's own.`;
  const comparison = await compare(github, base.oid, branch.oid, signal);
  if (comparison === 'unrelated') {
    throw new StepError(
      'branch-unrelated',
      `The branch ${branch.name} shares no history with ${base.name}. ${remedy}`,
    );
  }
  const touches = await inspectCommits(github, comparison.commits, manifestPath, signal);
  const commits = [...touches.keys()];
  const foreign = commits.filter((commit) => touches.get(commit) === 'other');
  const undecided = commits.filter((commit) => touches.get(commit) === undefined);
  const otherPaths = comparison.paths.filter((path) => path !== manifestPath);
  if (foreign.length === 0 && undecided.length > 0) {
    throw new StepError(
      'branch-undecided',
      `GitHub does not say which files these commits of the branch ${branch.name} change, so it cannot be decided whether it is the action's own: ${listCommits(undecided)}. Run the job again later. ${remedy}`,
    );
  }
  if (foreign.length === 0 && otherPaths.length === 0) {
    return { mergeBase: comparison.mergeBase, hasOwnCommit: [...touches.values()].includes('manifest') };
  }
  const source =
    foreign.length > 0
      ? listCommits(foreign)
      : `its merges: ${otherPaths.slice(0, NAMED_COMMITS).join(', ')}`;
  throw new StepError(
    'branch-foreign',
    `The branch ${branch.name} holds more than changes to ${manifestPath}, so it is left alone. The rest comes from ${source}. ${remedy}`,
  );
}

function listCommits(commits: readonly ComparedCommit[]): string {
  const named = commits
    .slice(0, NAMED_COMMITS)
    .map(({ oid, headline, author }) => `${oid.slice(0, 9)} "${headline}" by ${author}`);
  const more = commits.length > NAMED_COMMITS ? ' and others' : '';
  return `${named.join(', ')}${more}`;
}

/** How a branch stands to its base. */
interface Comparison {
  readonly mergeBase: string;
  /** Commits of the branch since the merge base, oldest first. */
  readonly commits: readonly ComparedCommit[];
  /** Paths that differ between the merge base and the branch, at most 300. */
  readonly paths: readonly string[];
}

interface ComparedCommit {
  readonly oid: string;
  readonly isMerge: boolean;
  /** First line of its message. */
  readonly headline: string;
  readonly author: string;
}

/** Compares two commits; `unrelated` when they have no common ancestor. */
async function compare(
  github: GitHub,
  base: string,
  head: string,
  signal: AbortSignal,
): Promise<Comparison | 'unrelated'> {
  const commits: ComparedCommit[] = [];
  const paths: string[] = [];
  for (let page = 1; ; page += 1) {
    const reply = await readUntilShown(github, `the commits ${base} and ${head}`, signal, () =>
      comparePage(github, `${base}...${head}`, page, signal),
    );
    if (reply === 'unrelated') return reply;
    const known = new Set(commits.map(({ oid }) => oid));
    const more = reply.commits.filter(({ sha }) => !known.has(sha));
    for (const { sha, parents, commit } of more) {
      const headline = commit.message.split('\n', 1)[0] ?? '';
      commits.push({
        oid: sha,
        isMerge: parents.length > 1,
        headline,
        author: commit.author?.name ?? 'someone',
      });
    }
    for (const { filename, previous_filename } of reply.files ?? []) {
      paths.push(filename, ...(previous_filename === undefined ? [] : [previous_filename]));
    }
    if (more.length === 0 || commits.length >= reply.total_commits) {
      return { mergeBase: reply.merge_base_commit.sha, commits, paths };
    }
  }
}

/**
 * The commit where two lines of history parted; undefined when there is none, or GitHub does not find them.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function findMergeBase(
  github: GitHub,
  base: string,
  head: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const reply = await comparePage(github, `${base}...${head}`, 1, signal);
  return reply === undefined || reply === 'unrelated' ? undefined : reply.merge_base_commit.sha;
}

/** GitHub answers 404 to both: no common ancestor, and a commit that it does not find; then undefined is given. */
async function comparePage(
  github: GitHub,
  basehead: string,
  page: number,
  signal: AbortSignal,
): Promise<CompareReply | 'unrelated' | undefined> {
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  try {
    return await github.rest<CompareReply>(route, { basehead, per_page: PAGE, page }, { signal });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    return /no common ancestor/i.test(error.message) ? 'unrelated' : undefined;
  }
}

/** What a commit changes: the manifest alone, nothing at all, or anything else. */
type Touch = 'manifest' | 'nothing' | 'other';

/**
 * What each commit changes, oldest first; undefined where GitHub does not say. Merges are left out: what they bring
 * shows in the comparison's paths.
 */
async function inspectCommits(
  github: GitHub,
  compared: readonly ComparedCommit[],
  path: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<ComparedCommit, Touch | undefined>> {
  const touches = new Map<ComparedCommit, Touch | undefined>();
  const commits = compared.filter(({ isMerge }) => !isMerge);
  for (let start = 0; start < commits.length; start += PAGE) {
    const batch = commits.slice(start, start + PAGE);
    const oids = Object.fromEntries(batch.map(({ oid }, index) => [`c${index}`, oid]));
    const declarations = Object.keys(oids).map((name) => `$${name}: GitObjectID!`);
    const fields = Object.keys(oids).map((name) => `${name}: object(oid: $${name}) { ...Touched }`);
    const { repository } = await github.graphql<InspectReply>(
      `query InspectCommits($owner: String!, $name: String!, $path: String!, ${declarations.join(', ')}) {
        repository(owner: $owner, name: $name) { ${fields.join(' ')} }
      }
      fragment Touched on Commit {
        changedFilesIfAvailable
        file(path: $path) { oid }
        parents(first: 1) { nodes { file(path: $path) { oid } } }
      }`,
      { path, ...oids },
      { signal },
    );
    for (const [index, commit] of batch.entries()) {
      const touch =
        judgeTouch(repository[`c${index}`]) ?? (await readTouch(github, commit.oid, path, signal));
      touches.set(commit, touch);
    }
  }
  return touches;
}

/** Undefined when GitHub leaves the count of files out, as it may when counting takes too long. */
function judgeTouch(commit: InspectedCommit | null | undefined): Touch | undefined {
  const count = commit?.changedFilesIfAvailable ?? undefined;
  if (count === undefined) return undefined;
  if (count === 0) return 'nothing';
  const before = commit?.parents?.nodes?.[0]?.file?.oid;
  return count === 1 && commit?.file?.oid !== before ? 'manifest' : 'other';
}

/** As the list of the commit's files tells; undefined when that is missing too. */
async function readTouch(
  github: GitHub,
  oid: string,
  path: string,
  signal: AbortSignal,
): Promise<Touch | undefined> {
  const route = 'GET /repos/{owner}/{repo}/commits/{ref}';
  const files = (await noneIfMissing(github.rest<CommitReply>(route, { ref: oid }, { signal })))?.files;
  if (files === undefined) return undefined;
  if (files.length === 0) return 'nothing';
  return files.every(({ filename }) => filename === path) ? 'manifest' : 'other';
}

interface CompareReply {
  readonly merge_base_commit: { readonly sha: string };
  readonly total_commits: number;
  readonly commits: readonly {
    readonly sha: string;
    readonly parents: readonly { readonly sha: string }[];
    readonly commit: { readonly message: string; readonly author: { readonly name?: string } | null };
  }[];
  readonly files?: readonly { readonly filename: string; readonly previous_filename?: string }[];
}

interface CommitReply {
  readonly files?: readonly { readonly filename: string }[];
}

interface InspectReply {
  readonly repository: Readonly<Record<string, InspectedCommit | null>>;
}

interface InspectedCommit {
  readonly changedFilesIfAvailable?: number | null;
  readonly file?: { readonly oid: string } | null;
  readonly parents?: {
    readonly nodes: readonly ({ readonly file: { readonly oid: string } | null } | null)[] | null;
  };
}
