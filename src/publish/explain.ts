// Turns what GitHub refused into a message that names the remedy.
import { StepError } from '../text/errors.ts';
import { NoAnswer, Refusal } from '../github/failure.ts';

/** What was being done, for the message. */
export interface Deed {
  /** Continues "GitHub refused to …". */
  readonly action: string;
  /** The permission it takes, as a workflow writes it. */
  readonly permission: 'contents: read' | 'contents: write' | 'pull-requests: write';
  /** The branch that is written to. */
  readonly branch?: string;
  /** Whether that branch is the head of a pull request, to be opened or updated. */
  readonly isProposed?: boolean;
}

const KEPT = 'The manifest stays in the workspace.';

/** Words by which GitHub refuses a write to a protected branch, through a classic rule or a ruleset. */
const PROTECTION =
  /protected[ -](?:branch|ref)|rule violations?|through a pull request|approving review|status checks?|authorized to push|merge queue|verified signature|signatures? (?:is|are) required|locked branch|branch is locked/i;

/**
 * The error to end the step with. What is no failure of a request comes back as it is; so does a StepError.
 */
export function explainFailure(error: unknown, deed: Deed): unknown {
  if (error instanceof NoAnswer) {
    return new StepError(
      'github-no-answer',
      `GitHub gave no usable answer when asked to ${deed.action}: ${error.message}. ${KEPT} Run the job again later; what was done is not done twice.`,
      { cause: error },
    );
  }
  if (!(error instanceof Refusal)) return error;
  const { code, remedy } = findRemedy(error, deed);
  const message = `GitHub refused to ${deed.action}: ${endSentence(error.message)} ${remedy}`;
  return new StepError(code, message, { cause: error });
}

/** Whether a failure means that the branch is protected. */
export function isProtectionRefusal(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  return error.types.includes('BRANCH_PROTECTION_RULE_VIOLATION') || PROTECTION.test(error.message);
}

/** Whether a failure means that the token may not do it. */
export function isPermissionRefusal(error: unknown): boolean {
  if (!(error instanceof Refusal)) return false;
  return (
    (error.status === 403 && error.rateLimitMs === undefined) ||
    error.types.includes('FORBIDDEN') ||
    /^Resource not accessible by /.test(error.message)
  );
}

/** Whether a refusal has nothing to do with where the branch is: it may not be written now, or not with this token. */
export function isUnrelatedToHead(error: Refusal): boolean {
  return (
    error.status === 401 ||
    error.rateLimitMs !== undefined ||
    isPermissionRefusal(error) ||
    isProtectionRefusal(error)
  );
}

/** What a refusal comes from, by its code, and what to change. */
interface Remedy {
  readonly code: string;
  readonly remedy: string;
}

function findRemedy(refusal: Refusal, deed: Deed): Remedy {
  const { status, types, message } = refusal;
  if (status === 401) {
    return {
      code: 'token-expired',
      remedy: `The token is wrong or has expired: a GitHub App token lives for one hour, so create it in the same job, right before this step. ${KEPT}`,
    };
  }
  if (refusal.rateLimitMs !== undefined) {
    return {
      code: 'rate-limit',
      remedy: `The token's rate limit is used up. Run the job again later, or give \`token\` a GitHub App token, which has a limit of its own. ${KEPT}`,
    };
  }
  if (/repository was archived/i.test(message)) {
    return {
      code: 'repository-archived',
      remedy: `Unarchive the repository, or take this step out of its workflows. ${KEPT}`,
    };
  }
  if (types.includes('INSUFFICIENT_SCOPES')) {
    return {
      code: 'token-scope',
      remedy: `The token lacks a scope: give \`token\` one that has it, for a classic personal access token \`repo\`. ${KEPT}`,
    };
  }
  if (/not permitted to create or approve pull requests/i.test(message)) {
    return {
      code: 'pull-requests-off',
      remedy:
        'Turn on "Allow GitHub Actions to create and approve pull requests" in the repository\'s (or organization\'s) ' +
        'Settings → Actions → General → Workflow permissions, or give `token` a GitHub App token.',
    };
  }
  if (/commit message/i.test(message)) {
    return {
      code: 'commit-message-rule',
      remedy: `A rule asks for another commit message: change \`commit-message\` to what it demands. ${KEPT}`,
    };
  }
  if (isProtectionRefusal(refusal)) {
    const branch = deed.branch === undefined ? 'The branch' : `The branch ${deed.branch}`;
    const otherWay = deed.isProposed
      ? 'Choose a `pull-request-branch` that the rule does not cover'
      : 'Use `mode: pull-request`';
    return {
      code: 'branch-protected',
      remedy: `${branch} is protected. ${otherWay}, or let the owner of \`token\` bypass the rule (a GitHub App can be put on its bypass list). ${KEPT}`,
    };
  }
  if (/SAML/i.test(message)) {
    return {
      code: 'single-sign-on',
      remedy: `Authorize the token for the organization's single sign-on. ${KEPT}`,
    };
  }
  if (isPermissionRefusal(refusal)) {
    const permission = refusal.isAboutPullRequests ? 'pull-requests: write' : deed.permission;
    return {
      code: 'permission-missing',
      remedy: `The token lacks the permission \`${permission}\`: add it to \`permissions\` of the job (a reusable workflow gets no more than its caller gives), or to the GitHub App of \`token\`. ${KEPT}`,
    };
  }
  if (status === 404 || types.includes('NOT_FOUND')) {
    return {
      code: 'not-found',
      remedy: `Either it does not exist, or the token cannot see it: it needs the permission \`${deed.permission}\` for this repository. ${KEPT}`,
    };
  }
  return { code: 'github-refused', remedy: KEPT };
}

function endSentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
