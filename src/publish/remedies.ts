// Turns what GitHub refused into a message that names the remedy.
import { NoAnswer, Refusal } from '../github/failure.ts';
import { findCauses, type RefusalCode } from '../github/refusals.ts';
import { StepError } from '../text/errors.ts';
import { endSentence } from '../text/text.ts';

/** What was being done, for the message. */
export interface Attempted {
  /** Continues "GitHub refused to …". */
  readonly action: string;
  /** The permission it takes, as a workflow writes it. */
  readonly permission: 'contents: read' | 'contents: write' | 'pull-requests: write';
  /** The branch that is written to. */
  readonly branch?: string;
  /** Whether that branch is the head of a pull request, to be opened or updated. */
  readonly isProposed?: boolean;
}

type Advice = string | ((attempted: Attempted, refusal: Refusal) => string);

const KEPT = 'The manifest stays in the workspace.';
const BYPASS = 'let the owner of `token` bypass the rule (a GitHub App can be put on its bypass list)';

const ADVICE: Readonly<Record<RefusalCode, Advice>> = {
  'token-expired':
    'The token is wrong or has expired: a GitHub App token lives for one hour, so create it in the same job, right before this step.',
  'too-quickly':
    'GitHub takes about 80 writes a minute and 500 an hour. Run the job again in some minutes, and fewer jobs at once.',
  'rate-limit':
    "The token's rate limit is used up. Run the job again later, or give `token` a GitHub App token, which has a limit of its own.",
  'address-not-allowed':
    "The runner's address is not on that list: run the job on a runner whose address is, such as a self-hosted one.",
  'app-suspended':
    'The GitHub App of `token` is suspended: unsuspend it in the settings of the organization or account it is installed on, or give `token` another one.',
  'single-sign-on':
    "Authorize the token for the organization's single sign-on, or give `token` a GitHub App token.",
  'token-kind':
    'The organization does not take personal tokens of this kind: give `token` a GitHub App token.',
  'app-unapproved':
    'The organization has not approved the app that made the token: have it approved, or give `token` a GitHub App token.',
  'repository-archived': 'Unarchive the repository, or take this step out of its workflows.',
  'repository-migrating':
    'Run the job again after the migration, from the place where the repository is then.',
  'repository-moved': 'Run the workflow again from the place where the repository is now.',
  'token-scope':
    'The token lacks a scope: give `token` one that has it, for a classic personal access token `repo`.',
  'pull-requests-off':
    'Turn on "Allow GitHub Actions to create and approve pull requests" in the repository\'s Settings → Actions → General → ' +
    "Workflow permissions (where that cannot be changed, first in the organization's), or give `token` a GitHub App token.",
  'request-too-large':
    'GitHub takes less than 40 MiB in one request: spread the assets over several manifests, each with a `manifest-path` of its own.',
  'path-rule': `A push rule restricts the path or extension, on every branch, so another mode does not help. Choose a \`manifest-path\` that it allows, or ${BYPASS}.`,
  'size-rule': `A push rule restricts the size of files, on every branch, so another mode does not help. Spread the assets over several manifests, each with a \`manifest-path\` of its own, or ${BYPASS}.`,
  'secret-found':
    "Secret scanning takes something in the manifest for a secret: find out what it is, and allow it in the repository's security settings if it is a file ID.",
  'commit-message-rule':
    'A rule asks for another commit message: change `commit-message` to what it demands.',
  'branch-protected': adviseOnProtection,
  'rule-violated': `A rule of the repository or organization forbids this: do as it says, or ${BYPASS}.`,
  'name-taken': adviseOnName,
  'permission-missing': (attempted, refusal) =>
    `The token lacks the permission ${describePermission(attempted, refusal)}.`,
  forbidden: (attempted, refusal) =>
    `Perhaps the token lacks the permission ${describePermission(attempted, refusal)}.`,
  'not-found': ({ permission }) =>
    `Either it does not exist, or the token cannot see it: it needs the permission \`${permission}\` for this repository.`,
  'github-refused': '',
};

/** The error to end the step with. What is no failure of a request comes back as it is; so does a StepError. */
export function explainFailure(error: unknown, attempted: Attempted): unknown {
  const { action } = attempted;
  if (error instanceof NoAnswer) {
    return new StepError(
      'github-no-answer',
      `GitHub gave no usable answer when asked to ${action}: ${endSentence(error.message)} ${KEPT} Run the job again later; what was done is not done twice.`,
      { cause: error },
    );
  }
  if (!(error instanceof Refusal)) return error;
  const causes = findCauses(error);
  const remedies = causes.map((code) => ADVICE[code]);
  const advice = remedies.map((remedy) => (typeof remedy === 'string' ? remedy : remedy(attempted, error)));
  const sentences = [...advice, KEPT].filter((sentence) => sentence !== '').join(' ');
  const message = `GitHub refused to ${action}:${quoteWords(error.message)}${sentences}`;
  return new StepError(causes[0], message, { cause: error });
}

function adviseOnProtection({ branch, isProposed }: Attempted): string {
  const otherWay = isProposed
    ? 'Choose a `pull-request-branch` that the rule does not cover'
    : 'Use `mode: pull-request` (not on pull requests themselves, where it works as `check`)';
  const name = branch === undefined ? 'The branch' : `The branch ${branch}`;
  return `${name} is protected. ${otherWay}, or ${BYPASS}.`;
}

function adviseOnName({ branch }: Attempted, { message }: Refusal): string {
  if (/already exists/i.test(message)) return 'Another run made it meanwhile: run the job again.';
  const name = branch ?? 'the new branch';
  return `A branch whose name is the beginning of ${name}, or goes on behind it with a slash, may stand in the way: delete or rename that one, or choose another \`pull-request-branch\`.`;
}

function describePermission({ permission }: Attempted, { isAboutPullRequests }: Refusal): string {
  const needed = isAboutPullRequests ? 'pull-requests: write' : permission;
  return (
    `\`${needed}\`: add it to \`permissions\` of the job (a reusable workflow gets no more than its caller gives), ` +
    'or to the GitHub App of `token`, where its installation has to accept that, or to the personal token'
  );
}

/** Of a long list of violations the first ones tell enough. */
const MAX_LINES = 12;
const MAX_LINE_LENGTH = 200;

/** GitHub's words, line by line where they have several. */
function quoteWords(words: string): string {
  const lines = words.split('\n').map((line) => line.trim());
  const [first = '', ...more] = lines.filter((line) => line !== '');
  if (more.length === 0) return ` ${endSentence(first)} `;
  const shown = [first, ...more].slice(0, MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH));
  return `\n${[...shown, ...(more.length < MAX_LINES ? [] : ['…'])].join('\n')}\n`;
}
