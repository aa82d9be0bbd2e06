// Whether the branch of the pull request is the action's own, and its name free: pure.
import type { ProposalState } from '../github/propose.ts';
import { StepError } from '../text/errors.ts';
import { nameSome } from '../text/text.ts';
import { nameOwnBranch, type PullRequestPlace } from './place.ts';
import { BODY_MARKER } from './pull-request-text.ts';

/**
 * Refuses a branch that is someone else's: ours changes nothing but the manifest against the commit where it left its
 * base. One without a change of its own is ours by its name or by a pull request of ours.
 * @throws {StepError} that names what is foreign.
 */
export function refuseForeignBranch(
  { branch, comparison, defaultBranch, pullRequests }: ProposalState,
  { base, branch: name }: PullRequestPlace,
  manifestPath: string,
): void {
  const remedy = `Move that work to another branch and delete ${name}, or set \`pull-request-branch\` to a branch that is the action's own.`;
  if (name === defaultBranch) {
    throw new StepError(
      'branch-is-default',
      `\`pull-request-branch\` is ${name}, the repository's default branch. Choose a branch that is the action's own.`,
    );
  }
  if (branch === undefined || comparison === undefined) return;
  if (comparison === 'unrelated') {
    throw new StepError('branch-unrelated', `The branch ${name} shares no history with ${base}. ${remedy}`);
  }
  const foreign = comparison.paths.filter((path) => path !== manifestPath);
  if (foreign.length > 0) {
    const commits = comparison.commits.map(
      ({ oid, headline, author }) => `${oid.slice(0, 9)} "${headline}" by ${author}`,
    );
    throw new StepError(
      'branch-foreign',
      `The branch ${name} holds more than changes to ${manifestPath}, so it is left alone: it changes ${nameSome(foreign)}. Its commits: ${nameSome(commits)}. ${remedy}`,
    );
  }
  const isKnown =
    name === nameOwnBranch(base, manifestPath) || pullRequests.some(({ body }) => body.includes(BODY_MARKER));
  if (comparison.paths.length === 0 && !isKnown) {
    throw new StepError(
      'branch-not-own',
      `The branch ${name} has no change of its own and no pull request of the action's, so it may be someone else's and is left alone. Delete it if nobody needs it, or set \`pull-request-branch\` to a branch that is the action's own.`,
    );
  }
}

/**
 * Refuses a name that git cannot give because of another branch: `a` and `a/b` cannot both exist.
 * @throws {StepError} that names both.
 */
export function refuseTakenName(branch: string, names: readonly string[]): void {
  const taken = names.find((name) => branch.startsWith(`${name}/`) || name.startsWith(`${branch}/`));
  if (taken === undefined) return;
  throw new StepError(
    'branch-name-taken',
    `The branch ${branch} cannot be created, because the branch ${taken} is in the way: git allows no branch below another's name. Rename ${taken}, or choose another \`pull-request-branch\`.`,
  );
}
