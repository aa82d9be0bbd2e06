// Which files stand at many paths of a commit.
import type { GitHub } from './client.ts';
import { noneIfMissing } from './failure.ts';

/** Path → id of the file or link that stands there; a path without one, such as a folder, is left out. */
export type BlobIds = ReadonlyMap<string, string>;

/** Look-ups in one request: so many cost less than whole trees, and beyond them whole trees cost less. */
const LOOK_UP_BATCH = 50;

/**
 * The files at some paths of some commits, in the order of the commits; undefined for a commit that GitHub does not know.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function findBlobs(
  github: GitHub,
  commits: readonly string[],
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly (BlobIds | undefined)[]> {
  if (paths.length > LOOK_UP_BATCH) {
    const trees = await Promise.all(commits.map((commit) => readWholeTree(github, commit, signal)));
    // GitHub cuts large trees: what a cut one does not list may be there all the same.
    if (!trees.includes('cut')) return trees.map((tree) => (tree === 'cut' ? undefined : tree));
  }
  const found = commits.map(() => new Map<string, string>());
  const isKnown = commits.map(() => false);
  for (let start = 0; start < paths.length; start += LOOK_UP_BATCH) {
    const batch = paths.slice(start, start + LOOK_UP_BATCH);
    const replies = await lookUpBlobs(github, commits, batch, signal);
    for (const [index, { isCommit, oids }] of replies.entries()) {
      isKnown[index] = isCommit;
      for (const [path, oid] of oids) found[index]?.set(path, oid);
    }
  }
  return found.map((oids, index) => (isKnown[index] ? oids : undefined));
}

async function readWholeTree(
  github: GitHub,
  commit: string,
  signal: AbortSignal,
): Promise<BlobIds | 'cut' | undefined> {
  const route = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}';
  const reply = await noneIfMissing(
    github.rest<TreeReply>(route, { tree_sha: commit, recursive: '1' }, { signal }),
  );
  if (reply === undefined) return undefined;
  if (reply.truncated) return 'cut';
  return new Map(reply.tree.flatMap(({ path, type, sha }) => (type === 'blob' ? [[path, sha]] : [])));
}

interface TreeReply {
  readonly truncated: boolean;
  readonly tree: readonly { readonly path: string; readonly type: string; readonly sha: string }[];
}

async function lookUpBlobs(
  github: GitHub,
  commits: readonly string[],
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly { readonly isCommit: boolean; readonly oids: BlobIds }[]> {
  const variables: Record<string, string> = {};
  const fields: string[] = [];
  for (const [c, commit] of commits.entries()) {
    variables[`c${c}`] = commit;
    fields.push(`c${c}: object(expression: $c${c}) { oid }`);
    for (const [p, path] of paths.entries()) {
      variables[`c${c}p${p}`] = `${commit}:${path}`;
      fields.push(`c${c}p${p}: object(expression: $c${c}p${p}) { __typename oid }`);
    }
  }
  const declarations = Object.keys(variables).map((name) => `$${name}: String!`);
  const { repository } = await github.graphql<LookUpReply>(
    `query LookUpBlobs($owner: String!, $name: String!, ${declarations.join(', ')}) {
      repository(owner: $owner, name: $name) { ${fields.join(' ')} }
    }`,
    variables,
    { signal },
  );
  return commits.map((_, c) => ({
    isCommit: Boolean(repository[`c${c}`]),
    oids: new Map(
      paths.flatMap((path, p) => {
        const object = repository[`c${c}p${p}`];
        return object?.__typename === 'Blob' ? [[path, object.oid]] : [];
      }),
    ),
  }));
}

interface LookUpReply {
  readonly repository: Readonly<
    Record<string, { readonly __typename?: string; readonly oid: string } | null>
  >;
}
