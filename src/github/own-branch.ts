// Whether a branch is the action's own: every commit since it left its base touches the manifest alone.
import { StepError } from '../errors.ts';
import type { GitHub } from './client.ts';
import { Refusal } from './failure.ts';
import { readUntilShown } from './lag.ts';

export interface BranchPair {
  readonly base: { readonly name: string; readonly oid: string };
  readonly branch: { readonly name: string; readonly oid: string };
  readonly manifestPath: string;
}

const PAGE = 100;
const NAMED_COMMITS = 5;

/**
 * Finds the commit where an own branch left its base.
 * @throws {StepError} when the branch holds anything but changes to the manifest; it names the foreign commits.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function findMergeBase(github: GitHub, pair: BranchPair, signal: AbortSignal): Promise<string> {
  const { base, branch, manifestPath } = pair;
  const remedy = `Move that work to another branch and delete ${branch.name}, or set \`pull-request-branch\` to a branch that is the action's own.`;
  const comparison = await compare(github, base.oid, branch.oid, signal);
  if (comparison === 'unrelated') {
    throw new StepError(`The branch ${branch.name} shares no history with ${base.name}. ${remedy}`);
  }
  const foreign = await findForeignCommits(github, comparison.commits, manifestPath, signal);
  const otherPaths = comparison.paths.filter((path) => path !== manifestPath);
  if (foreign.length === 0 && otherPaths.length === 0) return comparison.mergeBase;
  const source =
    foreign.length > 0
      ? listCommits(foreign)
      : `its merges: ${otherPaths.slice(0, NAMED_COMMITS).join(', ')}`;
  throw new StepError(
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
    for (const { sha, parents, commit } of reply.commits) {
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
    if (reply.commits.length === 0 || commits.length >= reply.total_commits) {
      return { mergeBase: reply.merge_base_commit.sha, commits, paths };
    }
  }
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

/** Those commits that touch anything but the file, oldest first. What merges bring shows in the comparison's paths. */
async function findForeignCommits(
  github: GitHub,
  compared: readonly ComparedCommit[],
  path: string,
  signal: AbortSignal,
): Promise<readonly ComparedCommit[]> {
  const foreign: ComparedCommit[] = [];
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
    foreign.push(...batch.filter((_, index) => !touchesFileAlone(repository[`c${index}`])));
  }
  return foreign;
}

/** GitHub leaves the count out when it takes too long, which one small file never does. */
function touchesFileAlone(commit: InspectedCommit | null | undefined): boolean {
  const before = commit?.parents?.nodes?.[0]?.file?.oid;
  return commit?.changedFilesIfAvailable === 1 && commit.file?.oid !== before;
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
