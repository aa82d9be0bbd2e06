// How two commits differ.
import type { GitHub } from './client.ts';
import { Refusal } from './failure.ts';

/** How a commit stands to another. */
export interface Comparison {
  /** Of the second commit: `ahead` of the first, `behind` it, `diverged` from it, or `identical`. */
  readonly status: string;
  /** The commit where their histories parted. */
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

/**
 * Compares two commits: `unrelated` when they share no history, undefined when GitHub does not know one of them.
 * @throws {Refusal | NoAnswer} and the signal's reason.
 */
export async function compareCommits(
  github: GitHub,
  base: string,
  head: string,
  signal: AbortSignal,
): Promise<Comparison | 'unrelated' | undefined> {
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  try {
    const reply = await github.rest<CompareReply>(route, { basehead: `${base}...${head}` }, { signal });
    return {
      status: reply.status,
      mergeBase: reply.merge_base_commit.sha,
      paths: (reply.files ?? []).flatMap(({ filename, previous_filename }) =>
        previous_filename === undefined ? [filename] : [filename, previous_filename],
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

interface CompareReply {
  readonly status: string;
  readonly merge_base_commit: { readonly sha: string };
  readonly commits: readonly {
    readonly sha: string;
    readonly commit: { readonly message: string; readonly author: { readonly name?: string } | null };
  }[];
  readonly files?: readonly { readonly filename: string; readonly previous_filename?: string }[];
}
