// Branches: created, moved and deleted, and whether a name is free.
import { BranchMoved } from './attempts.ts';
import type { GitHub } from './client.ts';
import { NoAnswer, Refusal } from './failure.ts';
import { findBranch } from './read.ts';
import { isUnrelatedToHead } from './refusals.ts';

/** A branch that is to be elsewhere, if it is still where it was read. */
export interface BranchMove {
  /** GraphQL's id of the repository. */
  readonly repositoryId: string;
  readonly branch: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Creates a branch.
 * @throws {BranchMoved} when it exists.
 */
export async function createBranch(
  github: GitHub,
  branch: string,
  commit: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const parameters = { ref: `refs/heads/${branch}`, sha: commit };
    await github.rest('POST /repos/{owner}/{repo}/git/refs', parameters, { signal });
  } catch (error) {
    if (!(error instanceof Refusal) || !/reference already exists/i.test(error.message)) throw error;
    throw new BranchMoved(`another run created the branch ${branch}`, { cause: error });
  }
}

/** Deletes a branch; one that does not exist is fine. */
export async function deleteBranch(github: GitHub, branch: string, signal: AbortSignal): Promise<void> {
  try {
    await github.rest('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${branch}` }, { signal });
  } catch (error) {
    if (!(error instanceof Refusal) || !/reference does not exist/i.test(error.message)) throw error;
  }
}

/**
 * Moves a branch from exactly the commit that was read.
 * @throws {BranchMoved} when it is elsewhere, or GitHub does not say why it refused.
 */
export async function moveBranch(github: GitHub, move: BranchMove, signal: AbortSignal): Promise<void> {
  try {
    await updateRefs(github, move, [], signal);
  } catch (error) {
    const isOpen = error instanceof NoAnswer || (error instanceof Refusal && !isUnrelatedToHead(error));
    if (!isOpen) throw error;
    const now = await findBranch(github, move.branch, signal);
    if (now === move.after) return;
    throw new BranchMoved(error.message, { cause: error });
  }
}

/**
 * Moves a branch like `moveBranch`, and deletes a temporary one with it, which saves a request. Where GitHub does not do
 * both, the branch is moved alone, and the temporary one stays.
 * @returns whether the temporary one is deleted
 * @throws {BranchMoved} as `moveBranch` does.
 */
export async function moveBranchOver(
  github: GitHub,
  move: BranchMove,
  temporary: string,
  signal: AbortSignal,
): Promise<boolean> {
  const deletion = { name: `refs/heads/${temporary}`, afterOid: NO_COMMIT, force: true };
  try {
    await updateRefs(github, move, [deletion], signal);
    return true;
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof Refusal)) throw error;
    const now = await findBranch(github, move.branch, signal);
    if (now === move.after) return false;
    if (now !== move.before) throw new BranchMoved(error.message, { cause: error });
    await moveBranch(github, move, signal);
    return false;
  }
}

/** What stands for the commit of a branch that does not exist. */
const NO_COMMIT = '0'.repeat(40);

async function updateRefs(
  github: GitHub,
  { repositoryId, branch, before, after }: BranchMove,
  more: readonly object[],
  signal: AbortSignal,
): Promise<void> {
  const move = { name: `refs/heads/${branch}`, beforeOid: before, afterOid: after, force: true };
  await github.graphql(
    'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }',
    { input: { repositoryId, refUpdates: [move, ...more] } },
    // GitHub answers a wrong `beforeOid` with the words it has for trouble of its own: repeating it helps neither.
    { signal, isRepeatable: false },
  );
}

/** The names of the branches that begin with a prefix. */
export async function listBranches(
  github: GitHub,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const route = 'GET /repos/{owner}/{repo}/git/matching-refs/{ref}';
  const refs = await github.rest<readonly { readonly ref: string }[]>(
    route,
    { ref: `heads/${prefix}` },
    { signal },
  );
  return refs.map(({ ref }) => ref.replace(/^refs\/heads\//, ''));
}

/** What holds of writes to a branch. */
export interface BranchRules {
  /** Whether a classic rule protects it. */
  readonly isProtected: boolean;
  /** Types of the rules of rulesets that are active for it, such as `pull_request`, whoever may pass by them. */
  readonly rules: readonly string[];
}

/**
 * The rules of a branch. What GitHub does not tell counts as no rule: the write itself will say.
 * @throws {NoAnswer} and the signal's reason.
 */
export async function readBranchRules(
  github: GitHub,
  branch: string,
  signal: AbortSignal,
): Promise<BranchRules> {
  const read = async <T>(route: string): Promise<T | undefined> => {
    try {
      return await github.rest<T>(route, { branch }, { signal });
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  };
  const [shown, rules] = await Promise.all([
    read<{ readonly protected: boolean }>('GET /repos/{owner}/{repo}/branches/{branch}'),
    read<readonly { readonly type: string }[]>('GET /repos/{owner}/{repo}/rules/branches/{branch}'),
  ]);
  return { isProtected: shown?.protected === true, rules: (rules ?? []).map(({ type }) => type) };
}

/**
 * Tries whether the token may write, by a blob that belongs to no commit.
 * @throws {Refusal | NoAnswer} when it may not.
 */
export async function tryToWrite(github: GitHub, signal: AbortSignal): Promise<void> {
  const blob = { content: 'May this token write?\n', encoding: 'utf-8' };
  await github.rest('POST /repos/{owner}/{repo}/git/blobs', blob, { signal });
}
