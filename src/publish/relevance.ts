// Which of a run's changes still describe the branch they are published to.
import { BranchMoved } from '../github/attempts.ts';
import { type BlobIds, findBlobs } from '../github/blobs.ts';
import type { GitHub } from '../github/client.ts';
import { compareCommits } from '../github/compare.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import type { ManifestChanges } from '../manifest/merge.ts';

/** Changes by whether they still hold. */
export interface SortedChanges {
  readonly relevant: ManifestChanges;
  /** Path → why the branch's own entry stands. */
  readonly superseded: ReadonlyMap<string, string>;
}

/** What stands at the paths of the changes. */
export interface TreesAtPaths {
  /** At the base commit; `same` when that is the head, `unknown` when GitHub knows no such commit. */
  readonly base: BlobIds | 'same' | 'unknown';
  readonly head: BlobIds;
}

/**
 * Sorts changes by what nobody has changed since it was checked out: an entry holds when the path has the same blob at
 * the head as at the base commit, both absent counting as the same; a removal holds when the head does not have the path.
 */
export function sortChanges(changes: ManifestChanges, { base, head }: TreesAtPaths): SortedChanges {
  const relevant = new Map<string, ManifestEntry | undefined>();
  const superseded = new Map<string, string>();
  const findObjection = (path: string, isRemoval: boolean): string | undefined => {
    if (isRemoval) return head.has(path) ? 'the branch has this file' : undefined;
    if (base === 'same') return undefined;
    if (base === 'unknown') {
      return head.has(path)
        ? 'the branch has this file, and the commit of the run cannot be read'
        : undefined;
    }
    if (base.get(path) === head.get(path)) return undefined;
    return head.has(path)
      ? 'the branch has another version of this file'
      : 'the branch does not have this file any more';
  };
  for (const [path, entry] of changes) {
    const reason = findObjection(path, entry === undefined);
    if (reason === undefined) relevant.set(path, entry);
    else superseded.set(path, reason);
  }
  return { relevant, superseded };
}

/** What tells whether changes still hold. */
export interface RelevanceInput {
  readonly github: GitHub;
  /** The commit that the workspace holds; undefined when `.git` does not say. */
  readonly baseCommit: string | undefined;
  /** GITHUB_SHA. */
  readonly runCommit: string;
  readonly branch: string;
  /** Whether the run's commit is GitHub's test merge of a pull request, which is of no branch. */
  readonly isTestMerge: boolean;
  readonly warn: (message: string) => void;
}

/** Gives the function that sorts changes by the head of the branch. */
export function createRelevance(
  input: RelevanceInput,
): (changes: ManifestChanges, head: string, signal: AbortSignal) => Promise<SortedChanges> {
  const { github, baseCommit, runCommit, warn } = input;
  // Outside of a workflow there is no GITHUB_SHA.
  let base: string | undefined = baseCommit ?? (runCommit || undefined);
  let isCompared = input.isTestMerge && base === runCommit;
  return async (changes, head, signal) => {
    const removed = [...changes].filter(([, entry]) => entry === undefined).map(([path]) => path);
    if (base === head || changes.size === 0) {
      const at = removed.length === 0 ? new Map() : await findAt(github, head, removed, signal);
      return sortChanges(changes, { base: 'same', head: at });
    }
    const paths = [...changes.keys()];
    for (;;) {
      if (base === undefined) {
        return sortChanges(changes, { base: 'unknown', head: await findAt(github, head, paths, signal) });
      }
      const [atBase, atHead] = await findBlobs(github, [base, head], paths, signal);
      if (atHead === undefined) throw new BranchMoved(`GitHub does not find the commit ${head} yet.`);
      if (atBase !== undefined) {
        if (!isCompared) await warnOfOtherBranch(input, base, head, signal);
        isCompared = true;
        return sortChanges(changes, { base: atBase, head: atHead });
      }
      const other = base === runCommit ? undefined : runCommit || undefined;
      warn(describeUnknown(base, other));
      base = other;
    }
  };
}

async function findAt(
  github: GitHub,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<BlobIds> {
  const [found] = await findBlobs(github, [commit], paths, signal);
  if (found === undefined) throw new BranchMoved(`GitHub does not find the commit ${commit} yet.`);
  return found;
}

function describeUnknown(commit: string, other: string | undefined): string {
  const instead =
    other === undefined
      ? 'so only entries of files that the branch does not have are published'
      : `so GITHUB_SHA (${other}) stands in for it`;
  return `GitHub does not know the commit ${commit} that the workspace holds, ${instead}. Check out a commit that is pushed.`;
}

/** Another `ref` that was checked out than the branch that is published to makes two branches of one manifest. */
async function warnOfOtherBranch(
  { github, branch, warn }: RelevanceInput,
  base: string,
  head: string,
  signal: AbortSignal,
): Promise<void> {
  const comparison = await compareCommits(github, base, head, signal);
  if (typeof comparison === 'object' && ['ahead', 'identical'].includes(comparison.status)) return;
  warn(
    `The commit ${base} that the workspace holds is not of the branch ${branch} that is published to. Entries of files that differ there are not published. Check out ${branch}, or set \`target-branch\` to the branch that was checked out.`,
  );
}
