// Why GitHub refuses: what its words, types and statuses stand for. Pure.
import { Refusal } from './failure.ts';

/** Whether a refusal shows a cause. */
type Sign = (refusal: Refusal) => boolean;

function says(words: RegExp): Sign {
  return ({ message }) => words.test(message);
}

/**
 * What keeps a commit out by its content, not by who makes it: several may be violated at once. Words: a push rule in
 * renovatebot/renovate#44819, whose header is that of secret scanning as well; the other push rules by GitHub's names for
 * them (github/roadmap#939); "Secret detected in content" as simply-static users met it; commit messages by the name of their rule (desktop/desktop#21829);
 * branches in satisfactory-factories/application#67, gleam-lang/gleam#6080, dmf-mxl/mxl#356 and venkatramachandran/game-hub#58.
 */
const RULES = {
  'path-rule': says(/\bfile (?:paths?|extensions?)\b/i),
  'size-rule': says(/\bfile size\b/i),
  'secret-found': says(/\bsecret detected\b|cannot contain secrets/i),
  'commit-message-rule': says(/\bcommit message/i),
  'branch-protected': ({ types, message }) =>
    types.includes('BRANCH_PROTECTION_RULE_VIOLATION') ||
    /protected[ -](?:branch|ref)|through (?:a pull request|the merge queue)|approving review|status checks?|authorized to push|verified signature|locked branch|creations being restricted/i.test(
      message,
    ),
} as const satisfies Readonly<Record<string, Sign>>;

/**
 * Code of the error that ends the step → what shows it. In this order, as the first that is shown counts. Words: the list
 * of addresses in docker/metadata-action#342; a suspended App as Octokit's own tests have it; single sign-on in
 * cli/cli#2661; kinds of tokens in refined-github#6951 and NixOS/org#247; OAuth Apps by decap-cms users; an archived
 * repository by `gh` users; a migration by users of GitHub's importer; pull requests in microsoft/AL-Go#159; names in
 * vscode-remote-repositories-github#122 and renovate#20281; permissions in peter-evans/create-pull-request#3936.
 */
const SIGNS = {
  'token-expired': ({ status }) => status === 401,
  'too-quickly': says(/\bsubmitted too quickly\b|\bsecondary rate limit\b|\babuse detection\b/i),
  'rate-limit': ({ rateLimitMs }) => rateLimitMs !== undefined,
  'address-not-allowed': says(/\bIP allow list\b/i),
  'app-suspended': says(/\binstallation has been suspended\b/i),
  'single-sign-on': says(/\bSAML\b/),
  'token-kind': says(/\bforbids access via\b/i),
  'app-unapproved': says(/\bOAuth App access restrictions\b/i),
  'repository-archived': says(/\brepository was archived\b/i),
  'repository-migrating': says(/\blocked for migration\b/i),
  'repository-moved': ({ status }) => status >= 300 && status < 400,
  'token-scope': ({ types }) => types.includes('INSUFFICIENT_SCOPES'),
  'pull-requests-off': says(/\bnot permitted to create or approve pull requests\b/i),
  'request-too-large': ({ status, message }) => status === 413 || /\btoo large\b/i.test(message),
  ...RULES,
  'rule-violated': says(/\brule violations?\b/i),
  'name-taken': says(/\breference (?:update failed|already exists)\b|\bref cannot be created\b/i),
  'permission-missing': says(/\bresource not accessible by\b/i),
  forbidden: ({ status, types }) => status === 403 || types.includes('FORBIDDEN'),
  'not-found': ({ status, types }) => status === 404 || types.includes('NOT_FOUND'),
} as const satisfies Readonly<Record<string, Sign>>;

/** Why GitHub refused. */
export type RefusalCode = keyof typeof SIGNS | 'github-refused';

function listCauses(refusal: Refusal, signs: Partial<typeof SIGNS>): readonly RefusalCode[] {
  const shown = Object.entries(signs).filter(([, isShown]) => isShown(refusal));
  return shown.map(([code]) => code as RefusalCode);
}

/** The causes of a refusal: one, or each of the rules that were violated. */
export function findCauses(refusal: Refusal): readonly [RefusalCode, ...RefusalCode[]] {
  const [code = 'github-refused'] = listCauses(refusal, SIGNS);
  const rules = listCauses(refusal, RULES);
  return [code, ...(rules[0] === code ? rules.slice(1) : [])];
}

const OF_PERMISSION: ReadonlySet<RefusalCode> = new Set(['permission-missing', 'forbidden']);
/** What may be different when the branch is read again. */
const OF_BRANCH: ReadonlySet<RefusalCode> = new Set(['name-taken', 'not-found', 'github-refused']);

function isOf(error: unknown, codes: ReadonlySet<RefusalCode>): boolean {
  return error instanceof Refusal && findCauses(error).some((code) => codes.has(code));
}

/** Whether a failure means that the token may not do it. */
export function isPermissionRefusal(error: unknown): boolean {
  return isOf(error, OF_PERMISSION);
}

/** Whether a refusal has nothing to do with where the branch is: it may not be written now, or not with this token. */
export function isUnrelatedToHead(error: Refusal): boolean {
  return !isOf(error, OF_BRANCH);
}
