// Branches: created, moved and deleted, and whether a name is free.
import { BranchMoved } from './commit.ts';
import type { GitHub } from './client.ts';
import { noneIfRefused, Refusal, RequestFailure } from './failure.ts';
import { findBranch } from './read.ts';
import { isUnrelatedToHead } from './refusals.ts';

/**
 * Creates a branch.
 * @throws {BranchMoved} when it exists.
 */
export async function createBranch(github: GitHub, branch: string, commit: string): Promise<void> {
  try {
    await github.rest('POST /repos/{owner}/{repo}/git/refs', { ref: `refs/heads/${branch}`, sha: commit });
  } catch (error) {
    if (!(error instanceof Refusal) || !/reference already exists/i.test(error.message)) throw error;
    throw new BranchMoved(`another run created the branch ${branch}`, { cause: error });
  }
}

/** Deletes a branch; one that does not exist is fine. */
export async function deleteBranch(github: GitHub, branch: string): Promise<void> {
  try {
    await github.rest('DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: `heads/${branch}` });
  } catch (error) {
    if (!(error instanceof Refusal) || !/reference does not exist/i.test(error.message)) throw error;
  }
}

/** A branch that is to be elsewhere, if it is still where it was read. */
export interface BranchMove {
  /** GraphQL's id of the repository. */
  readonly repositoryId: string;
  readonly branch: string;
  readonly before: string;
  readonly after: string;
}

/** What stands for the commit of a branch that does not exist. */
const NO_COMMIT = '0'.repeat(40);

/**
 * Moves a branch from exactly the commit that was read, and deletes a temporary one with it, which saves a request.
 * Where GitHub does not do both, the branch is moved alone.
 * @returns whether the temporary one is deleted
 * @throws {BranchMoved} when the branch is elsewhere, or GitHub does not say why it refused.
 */
export async function moveBranch(github: GitHub, move: BranchMove, temporary?: string): Promise<boolean> {
  const { repositoryId, branch, before, after } = move;
  const isAlone = temporary === undefined;
  const refUpdates = [
    { name: `refs/heads/${branch}`, beforeOid: before, afterOid: after, force: true },
    ...(isAlone ? [] : [{ name: `refs/heads/${temporary}`, afterOid: NO_COMMIT, force: true }]),
  ];
  try {
    // GitHub answers a wrong `beforeOid` with the words it has for trouble of its own: repeating it helps neither.
    await github.mutate('updateRefs', { repositoryId, refUpdates }, { once: true });
    return !isAlone;
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    if (isAlone && error instanceof Refusal && isUnrelatedToHead(error)) throw error;
    const now = await findBranch(github, branch);
    if (now === after) return false;
    if (now === before && !isAlone) return await moveBranch(github, move);
    throw new BranchMoved(error.message, { cause: error });
  }
}

/** A branch and the commit that it is at. */
export interface Branch {
  readonly name: string;
  readonly oid: string;
}

/** The branches whose names begin with a prefix. */
export async function listBranches(github: GitHub, prefix: string): Promise<readonly Branch[]> {
  const route = 'GET /repos/{owner}/{repo}/git/matching-refs/{ref}';
  const refs = await github.rest(route, { ref: `heads/${prefix}` });
  return refs.map(({ ref, object }) => ({ name: ref.replace(/^refs\/heads\//, ''), oid: object.sha }));
}

/** What holds of writes to a branch. */
export interface BranchRules {
  /** Whether a classic rule protects it. */
  readonly isProtected: boolean;
  /** Types of the rules of rulesets that are active for it, such as `pull_request`, whoever may pass by them. */
  readonly rules: readonly string[];
}

/** The rules of a branch. What GitHub refuses to tell counts as no rule: the write itself will say. */
export async function readBranchRules(github: GitHub, branch: string): Promise<BranchRules> {
  const [shown, rules] = await Promise.all([
    noneIfRefused(github.rest('GET /repos/{owner}/{repo}/branches/{branch}', { branch })),
    noneIfRefused(
      github.rest('GET /repos/{owner}/{repo}/rules/branches/{branch}', { branch, per_page: 100 }),
    ),
  ]);
  return { isProtected: shown?.protected === true, rules: (rules ?? []).map(({ type }) => type) };
}

/**
 * Tries whether the token may write, by a blob that belongs to no commit.
 * @throws {Refusal | NoAnswer} when it may not.
 */
export async function tryToWrite(github: GitHub): Promise<void> {
  const blob = { content: 'May this token write?\n', encoding: 'utf-8' };
  await github.rest('POST /repos/{owner}/{repo}/git/blobs', blob);
}
