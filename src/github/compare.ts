// How two commits differ.
import type { GitHub } from './client.ts';
import { Refusal } from './failure.ts';

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
