// Which of a run's changes still describe the branch they are published to.
import { BranchMoved } from '../github/commit.ts';
import { type BlobIds, compareCommits, findBlobs } from '../github/compare.ts';
import type { GitHub } from '../github/client.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import type { ManifestChanges } from '../manifest/merge.ts';

/** Changes by whether they still hold. */
export interface SortedChanges {
  readonly relevant: ManifestChanges;
  /** Path → why the branch's own entry stands. */
  readonly superseded: ReadonlyMap<string, string>;
}

/**
 * Sorts changes by what nobody has changed since it was checked out: an entry holds when the path has the same blob at
 * the head as at the base commit, both absent counting as the same; a removal holds when the head does not have the path.
 * `base` is undefined when GitHub knows no such commit.
 */
export function sortChanges(
  changes: ManifestChanges,
  base: BlobIds | undefined,
  head: BlobIds,
): SortedChanges {
  const relevant = new Map<string, ManifestEntry | undefined>();
  const superseded = new Map<string, string>();
  const findObjection = (path: string, isRemoval: boolean): string | undefined => {
    if (isRemoval) return head.has(path) ? 'the branch has this file' : undefined;
    if (base === undefined) {
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
export interface ChangeSorterOptions {
  /** The commit that the workspace holds; undefined when `.git` does not say. */
  readonly baseCommit: string | undefined;
  /** GITHUB_SHA. */
  readonly runCommit: string;
  /** Whether that is GitHub's test merge of a pull request, which is of no branch. */
  readonly isTestMerge: boolean;
  readonly warn: (message: string) => void;
}

/** Sorts changes by the head of the branch. */
export type ChangeSorter = (github: GitHub, changes: ManifestChanges, head: string) => Promise<SortedChanges>;

/** Gives the function that sorts changes for a branch. */
export function createChangeSorter(options: ChangeSorterOptions, branch: string): ChangeSorter {
  const { baseCommit, runCommit, isTestMerge, warn } = options;
  // Outside of a workflow there is no GITHUB_SHA.
  let base: string | undefined = baseCommit ?? (runCommit || undefined);
  let isCompared = isTestMerge && base === runCommit;
  return async (github, changes, head) => {
    if (base === head || changes.size === 0) {
      // Nothing can have changed since; only removals are about the head itself.
      const removed = [...changes].filter(([, entry]) => entry === undefined).map(([path]) => path);
      const at = removed.length === 0 ? new Map() : await findAtHead(github, head, removed);
      return sortChanges(changes, at, at);
    }
    const paths = [...changes.keys()];
    while (base !== undefined) {
      const [atBase, atHead] = await findBlobs(github, [base, head], paths);
      if (atHead === undefined) throw describeUnseen(head);
      if (atBase !== undefined) {
        if (!isCompared && !(await isOfBranch(github, base, head))) warn(describeOtherBranch(base, branch));
        isCompared = true;
        return sortChanges(changes, atBase, atHead);
      }
      const other: string | undefined = base === runCommit ? undefined : runCommit || undefined;
      warn(describeUnknown(base, other));
      base = other;
    }
    return sortChanges(changes, undefined, await findAtHead(github, head, paths));
  };
}

async function findAtHead(github: GitHub, head: string, paths: readonly string[]): Promise<BlobIds> {
  const [found] = await findBlobs(github, [head], paths);
  if (found === undefined) throw describeUnseen(head);
  return found;
}

async function isOfBranch(github: GitHub, commit: string, head: string): Promise<boolean> {
  const comparison = await compareCommits(github, commit, head);
  return typeof comparison === 'object' && comparison.mergeBase === commit;
}

function describeUnseen(head: string): BranchMoved {
  return new BranchMoved(`GitHub does not find the commit ${head} yet.`);
}

function describeUnknown(commit: string, other: string | undefined): string {
  const instead =
    other === undefined
      ? 'so only entries of files that the branch does not have are published'
      : `so GITHUB_SHA (${other}) stands in for it`;
  return `GitHub does not know the commit ${commit} that the workspace holds, ${instead}. Check out a commit that is pushed.`;
}

/** Another `ref` that was checked out than the branch that is published to makes two branches of one manifest. */
function describeOtherBranch(commit: string, branch: string): string {
  return `The commit ${commit} that the workspace holds is not of the branch ${branch} that is published to. Entries of files that differ there are not published. Check out ${branch}, or set \`target-branch\` to the branch that was checked out.`;
}
