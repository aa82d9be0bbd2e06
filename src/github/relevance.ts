// Which of a run's changes still describe the branch they are published to.

import type { ManifestEntry } from '../manifest/manifest.ts';
import type { ManifestChanges } from '../manifest/merge.ts';
import { isJudgedFile, type JudgedFile } from './blob-id.ts';
import type { GitHub } from './client.ts';
import { readUntilShown } from './lag.ts';
import { findBlobs, type TreeBlob, type TreeBlobs } from './tree.ts';

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
 * Sorts changes by a branch's head. A new entry holds when the blob there is the judged file, or when the path is in
 * neither the head nor the run's commit (a generated file); a removal holds when the path is not there.
 */
export class Relevance {
  readonly #github: GitHub;
  readonly #input: RelevanceInput;
  // A branch that moves is looked at again and again; files are read once.
  readonly #verdicts = new Map<string, boolean>();
  #runTree: Promise<TreeBlobs | undefined> | undefined;

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
    const paths = [...changes.keys()];
    const tree = await readUntilShown(this.#github, `the commit ${head}`, signal, () =>
      findBlobs(this.#github, head, paths, signal),
    );
    for (const [path, entry] of changes) {
      const reason = await this.#findObjection(path, entry, tree.get(path), signal);
      if (reason === undefined) relevant.set(path, entry);
      else superseded.set(path, reason);
    }
    return { relevant, superseded };
  }

  async #findObjection(
    path: string,
    entry: ManifestEntry | undefined,
    blob: TreeBlob | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (entry === undefined) return blob === undefined ? undefined : 'the branch has this file';
    if (blob !== undefined) {
      return (await this.#isJudged(path, blob, signal))
        ? undefined
        : 'the branch has another version of this file';
    }
    const runTree = await this.#readRunTree(signal);
    if (runTree === undefined)
      return 'the branch does not have this file, and the commit of the run cannot be read';
    return runTree.has(path) ? 'the branch does not have this file' : undefined;
  }

  async #isJudged(path: string, blob: TreeBlob, signal: AbortSignal): Promise<boolean> {
    const key = `${blob.oid} ${path}`;
    const judged = this.#input.findJudged(path);
    const verdict =
      this.#verdicts.get(key) ?? (judged !== undefined && (await isJudgedFile(blob, judged, signal)));
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  /** The run's commit never changes, so it is looked at once, for all paths. */
  async #readRunTree(signal: AbortSignal): Promise<TreeBlobs | undefined> {
    const paths = [...this.#input.changes.keys()];
    this.#runTree ??= findBlobs(this.#github, this.#input.runCommit, paths, signal);
    return await this.#runTree;
  }
}
