// Finds files in the tree of a commit through GitHub's API.
import type { GitHub } from './client.ts';
import { noneIfMissing } from './failure.ts';

/** What stands at a path of a tree: a file or link, a folder, or a submodule. */
export interface TreeItem {
  readonly oid: string;
  /** Whether it is a file or a link. */
  readonly isBlob: boolean;
  /** In bytes; undefined for what is no blob, and where GitHub leaves it out. */
  readonly size: number | undefined;
}

/** What was found, by path. */
export type TreeItems = ReadonlyMap<string, TreeItem>;

/**
 * Look-ups in one GraphQL request. So many cost less than the whole tree, which has 150 bytes for each of the
 * repository's files; beyond, one request for the tree beats hundreds of look-ups.
 */
const LOOK_UP_BATCH = 100;

/**
 * What stands at some paths of a commit; paths that are not there are left out. Undefined when there is no such commit.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function findItems(
  github: GitHub,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<TreeItems | undefined> {
  if (paths.length > LOOK_UP_BATCH) {
    const tree = await readWholeTree(github, commit, signal);
    if (tree !== undefined) return tree;
  }
  return await lookUpItems(github, commit, paths, signal);
}

/** Undefined when it is not to be had whole: GitHub cuts a tree of more than 100 000 entries or 7 MB. */
async function readWholeTree(
  github: GitHub,
  commit: string,
  signal: AbortSignal,
): Promise<TreeItems | undefined> {
  const route = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}';
  const parameters = { tree_sha: commit, recursive: '1' };
  const reply = await noneIfMissing(github.rest<TreeReply>(route, parameters, { signal }));
  if (reply === undefined || reply.truncated) return undefined;
  return new Map(
    reply.tree.map(({ path, sha, type, size }) => [path, { oid: sha, isBlob: type === 'blob', size }]),
  );
}

async function lookUpItems(
  github: GitHub,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<TreeItems | undefined> {
  const found = new Map<string, TreeItem>();
  for (let start = 0; start < paths.length; start += LOOK_UP_BATCH) {
    const batch = paths.slice(start, start + LOOK_UP_BATCH);
    const expressions = Object.fromEntries(batch.map((path, index) => [`e${index}`, `${commit}:${path}`]));
    const declarations = batch.map((_, index) => `$e${index}: String!`).join(', ');
    const fields = batch.map(
      (_, index) => `o${index}: object(expression: $e${index}) { __typename oid ... on Blob { byteSize } }`,
    );
    const { repository } = await github.graphql<LookUpReply>(
      `query LookUpBlobs($owner: String!, $name: String!, $commit: GitObjectID!, ${declarations}) {
        repository(owner: $owner, name: $name) { commit: object(oid: $commit) { oid } ${fields.join(' ')} }
      }`,
      { commit, ...expressions },
      { signal },
    );
    if (repository.commit === null) return undefined;
    for (const [index, path] of batch.entries()) {
      const object = repository[`o${index}`];
      if (!object) continue;
      const { __typename: type, oid, byteSize: size } = object;
      found.set(path, { oid, isBlob: type === 'Blob', size });
    }
  }
  return found;
}

interface TreeReply {
  readonly truncated: boolean;
  readonly tree: readonly {
    readonly path: string;
    readonly sha: string;
    /** `blob`, `tree` or `commit`. */
    readonly type: string;
    readonly size?: number;
  }[];
}

interface LookUpReply {
  readonly repository: Readonly<
    Record<string, { readonly __typename: string; readonly oid: string; readonly byteSize?: number } | null>
  >;
}
