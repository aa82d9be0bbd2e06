// Which of a run's changes still describe the branch they are published to.
import { relative, sep } from 'node:path';
import type { ManifestEntry } from '../manifest/manifest.ts';
import type { ManifestChanges } from '../manifest/merge.ts';
import { isJudgedFile, type JudgedFile } from '../github/blob-id.ts';
import type { GitHub } from '../github/client.ts';
import { readUntilShown } from '../github/lag.ts';
import { findItems, type TreeItem, type TreeItems } from '../github/tree.ts';

/** Changes by whether they still hold. */
export interface SortedChanges {
  readonly relevant: ManifestChanges;
  /** Path → why the branch's own entry stands. */
  readonly superseded: ReadonlyMap<string, string>;
}

export interface RelevanceInput {
  readonly changes: ManifestChanges;
  /** The judged file of a changed path. */
  readonly findJudged: (path: string) => JudgedFile | undefined;
  /** GITHUB_SHA: what the run was started on. */
  readonly runCommit: string;
}

/**
 * Sorts changes by a branch's head. A new entry holds when the blob there is the judged file (of a link, the file it
 * leads to as well, where that is in the tree), or when the path is in neither the head nor the run's commit (a
 * generated file); a removal holds when there is no file at the path.
 */
export class Relevance {
  readonly #github: GitHub;
  readonly #input: RelevanceInput;
  // A branch that moves is looked at again and again; files are read once.
  readonly #verdicts = new Map<string, boolean>();
  #runTree: Promise<TreeItems | undefined> | undefined;

  constructor(github: GitHub, input: RelevanceInput) {
    this.#github = github;
    this.#input = input;
  }

  /** Sorts the changes by the branch whose head is `head`. */
  async sortChanges(head: string, signal: AbortSignal): Promise<SortedChanges> {
    const { changes } = this.#input;
    const relevant = new Map<string, ManifestEntry | undefined>();
    const superseded = new Map<string, string>();
    if (changes.size === 0) return { relevant, superseded };
    const targets = [...changes.keys()].map((path) => this.#findTarget(path));
    const paths = [...new Set([...changes.keys(), ...targets.filter((target) => target !== undefined)])];
    const tree = await readUntilShown(this.#github, `the commit ${head}`, signal, () =>
      findItems(this.#github, head, paths, signal),
    );
    for (const [path, entry] of changes) {
      const reason = await this.#findObjection(path, entry, tree, signal);
      if (reason === undefined) relevant.set(path, entry);
      else superseded.set(path, reason);
    }
    return { relevant, superseded };
  }

  async #findObjection(
    path: string,
    entry: ManifestEntry | undefined,
    tree: TreeItems,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const item = tree.get(path);
    if (entry === undefined) return item?.isBlob ? 'the branch has this file' : undefined;
    if (item !== undefined) {
      const target = this.#findTarget(path);
      const end = target === undefined ? undefined : tree.get(target);
      return (await this.#isJudged(path, item, end, signal))
        ? undefined
        : 'the branch has another version of this file';
    }
    const runTree = await this.#readRunTree(signal);
    if (runTree === undefined)
      return 'the branch does not have this file, and the commit of the run cannot be read';
    return runTree.has(path) ? 'the branch does not have this file' : undefined;
  }

  /** `end` is the file that a link leads to, at the same head. */
  async #isJudged(
    path: string,
    item: TreeItem,
    end: TreeItem | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const key = `${item.oid} ${end?.oid} ${path}`;
    const judged = this.#input.findJudged(path);
    const verdict =
      this.#verdicts.get(key) ?? (judged !== undefined && (await judgeItem(judged, item, end, signal)));
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  /** The repository-relative path of the file that a linked asset leads to, which lies in the repository. */
  #findTarget(path: string): string | undefined {
    const judged = this.#input.findJudged(path);
    if (judged?.link === undefined) return undefined;
    const root = judged.link.slice(0, -path.length);
    return relative(root, judged.file).split(sep).join('/');
  }

  /** The run's commit never changes, so it is looked at once, for all paths. */
  async #readRunTree(signal: AbortSignal): Promise<TreeItems | undefined> {
    const paths = [...this.#input.changes.keys()];
    this.#runTree ??= findItems(this.#github, this.#input.runCommit, paths, signal);
    return await this.#runTree;
  }
}

async function judgeItem(
  judged: JudgedFile,
  item: TreeItem,
  end: TreeItem | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (end === undefined) return await isJudgedFile(item, judged, signal);
  const { link: _, ...content } = judged;
  if (await isJudgedFile(item, content, signal)) return true;
  return (await isJudgedFile(item, judged, signal)) && (await isJudgedFile(end, content, signal));
}
