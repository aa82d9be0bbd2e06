// How two commits differ, and which files stand at many paths of a commit.
import type { GitHub } from './client.ts';
import { noneIfRefused, Refusal } from './failure.ts';

/** How a commit stands to another. */
export interface Comparison {
  /** The commit where their histories parted: the first one when the second is, or goes on from, it. */
  readonly mergeBase: string;
  /** Paths that differ between the merge base and the second commit, old names of renamed files among them; at most 300 files. */
  readonly paths: readonly string[];
  /** The second one's commits since the merge base, oldest first; GitHub lists the first ones. */
  readonly commits: readonly ComparedCommit[];
}

export interface ComparedCommit {
  readonly oid: string;
  /** First line of its message. */
  readonly headline: string;
  readonly author: string;
}

/** Compares two commits: `unrelated` when they share no history, undefined when GitHub does not know one of them. */
export async function compareCommits(
  github: GitHub,
  base: string,
  head: string,
): Promise<Comparison | 'unrelated' | undefined> {
  try {
    const basehead = `${base}...${head}`;
    const reply = await github.rest('GET /repos/{owner}/{repo}/compare/{basehead}', { basehead });
    return {
      mergeBase: reply.merge_base_commit.sha,
      paths: (reply.files ?? []).flatMap(({ filename, previous_filename: previous }) =>
        previous === undefined ? [filename] : [filename, previous],
      ),
      commits: reply.commits.map(({ sha, commit }) => ({
        oid: sha,
        headline: commit.message.split('\n', 1)[0] ?? '',
        author: commit.author?.name ?? 'someone',
      })),
    };
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
    return /no common ancestor/i.test(error.message) ? 'unrelated' : undefined;
  }
}

/** Path → id of the file or link that stands there; a path without one, such as a folder, is left out. */
export type BlobIds = ReadonlyMap<string, string>;

/** So many paths cost less to look up than whole trees, and more than so many cost more. */
const MAX_LOOKED_UP = 50;
/** Look-ups in one request: room for so many paths of two commits, and for the commits themselves. */
const BATCH = 2 * (MAX_LOOKED_UP + 1);

/** The files at some paths of some commits, in the order of the commits; undefined for a commit that GitHub does not know. */
export async function findBlobs(
  github: GitHub,
  commits: readonly string[],
  paths: readonly string[],
): Promise<readonly (BlobIds | undefined)[]> {
  if (paths.length > MAX_LOOKED_UP) {
    const trees = await Promise.all(commits.map((commit) => readWholeTree(github, commit)));
    // GitHub cuts large trees: what a cut one does not list may be there all the same.
    if (trees.every((tree) => tree !== 'cut')) return trees;
  }
  const expressions = commits.flatMap((commit) => [commit, ...paths.map((path) => `${commit}:${path}`)]);
  const objects = new Map<string, FoundObject>();
  for (let start = 0; start < expressions.length; start += BATCH) {
    const found = await lookUp(github, expressions.slice(start, start + BATCH));
    for (const [expression, object] of found) objects.set(expression, object);
  }
  const findBlob = (commit: string, path: string): readonly (readonly [string, string])[] => {
    const object = objects.get(`${commit}:${path}`);
    return object?.__typename === 'Blob' ? [[path, object.oid]] : [];
  };
  return commits.map((commit) =>
    objects.has(commit) ? new Map(paths.flatMap((path) => findBlob(commit, path))) : undefined,
  );
}

async function readWholeTree(github: GitHub, commit: string): Promise<BlobIds | 'cut' | undefined> {
  const route = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}';
  const reply = await noneIfRefused(github.rest(route, { tree_sha: commit, recursive: '1' }), 404);
  if (reply === undefined) return undefined;
  if (reply.truncated) return 'cut';
  return new Map(reply.tree.flatMap(({ path, type, sha }) => (type === 'blob' ? [[path, sha]] : [])));
}

interface FoundObject {
  readonly __typename: string;
  readonly oid: string;
}

/** The objects that expressions such as `commit:path` name; without those that are not there. */
async function lookUp(
  github: GitHub,
  expressions: readonly string[],
): Promise<readonly (readonly [string, FoundObject])[]> {
  const named = expressions.map((expression, index) => [`e${index}`, expression] as const);
  const declarations = named.map(([name]) => `$${name}: String!`);
  const fields = named.map(([name]) => `${name}: object(expression: $${name}) { __typename oid }`);
  const reply = await github.query<Readonly<Record<string, FoundObject | null>>>(
    'LookUpBlobs',
    declarations.join(', '),
    fields.join(' '),
    Object.fromEntries(named),
  );
  return named.flatMap(([name, expression]) => {
    const object = reply[name];
    return object ? [[expression, object]] : [];
  });
}
