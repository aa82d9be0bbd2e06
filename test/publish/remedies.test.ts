// What GitHub's refusals mean, and what is advised: its answers as they came from the live service.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NoAnswer, Refusal, classifyFailure } from '../../src/github/failure.ts';
import { findCauses } from '../../src/github/refusals.ts';
import { type Attempted, explainFailure } from '../../src/publish/remedies.ts';
import { StepError } from '../../src/text/errors.ts';

const NOW = Date.UTC(2026, 10, 23);

/** What Octokit throws for a REST reply. */
function rest(status: number, message: string, headers: object = {}): Error {
  return Object.assign(new Error('HttpError'), { response: { status, data: { message }, headers } });
}

/** What Octokit throws for GraphQL errors, with a type or without one. */
function graphql(message: string, type?: string, path?: readonly string[]): Error {
  const error = { message, ...(type === undefined ? {} : { type }), ...(path === undefined ? {} : { path }) };
  return Object.assign(new Error('Request failed'), { errors: [error], headers: {} });
}

const COMMIT: Attempted = {
  action: 'commit to the branch main',
  permission: 'contents: write',
  branch: 'main',
};
const PROPOSE: Attempted = { ...COMMIT, branch: 'nxcloud-assets/main', isProposed: true };

function explain(thrown: Error, attempted = COMMIT): StepError {
  const explained = explainFailure(classifyFailure(thrown, NOW), attempted);
  assert.ok(explained instanceof StepError);
  return explained;
}

const IP = (who: string): string =>
  `Although you appear to have the correct authorization credentials, the \`octo-org\` organization has an IP allow list enabled, and ${who} is not permitted to access this resource.`;
const OAUTH =
  'Although you appear to have the correct authorization credentials, the `octo-org` organization has enabled OAuth App access restrictions, meaning that data access to third-parties is limited.';
const SAML =
  'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.';
const SCOPES =
  "Your token has not been granted the required scopes to execute this query. The 'id' field requires one of the following scopes: ['repo'].";
const VIOLATED = 'Repository rule violations found\n\n';
const PUSH_RULE = `${VIOLATED}- GITHUB PUSH PROTECTION\n    - File path is restricted\n      Found 1 violation:\n\n      nxcloud-assets.json\n`;

/** An answer, the code of the error, and the advice. */
type Row = readonly [name: string, answer: Error, code: string, advice: RegExp];

const PROTECTED =
  /The branch main is protected\. Use `mode: pull-request` \(not on .*\), or let the owner of `token` bypass/;
const LACKS_CONTENTS = /The token lacks the permission `contents: write`: add it to `permissions` of the job/;
const PUSH_RULES = /^.*A push rule restricts .* so another mode does not help\./;

const rows: readonly Row[] = [
  // The token.
  [
    'an expired token',
    rest(401, 'Bad credentials'),
    'token-expired',
    /token is wrong or has expired: a GitHub App token/,
  ],
  [
    'a missing permission of GITHUB_TOKEN',
    rest(403, 'Resource not accessible by integration'),
    'permission-missing',
    LACKS_CONTENTS,
  ],
  [
    'the same over GraphQL',
    graphql('Resource not accessible by integration', 'FORBIDDEN'),
    'permission-missing',
    LACKS_CONTENTS,
  ],
  [
    'the same without a type',
    graphql('Resource not accessible by integration'),
    'permission-missing',
    LACKS_CONTENTS,
  ],
  [
    'a personal token',
    rest(403, 'Resource not accessible by personal access token'),
    'permission-missing',
    LACKS_CONTENTS,
  ],
  [
    'a missing permission for pull requests',
    graphql('Resource not accessible by integration', 'FORBIDDEN', ['repository', 'pullRequests']),
    'permission-missing',
    /The token lacks the permission `pull-requests: write`/,
  ],
  [
    'a refusal that does not say why',
    rest(403, 'Forbidden'),
    'forbidden',
    /Perhaps the token lacks the permission `contents: write`/,
  ],
  [
    'the same over GraphQL',
    graphql('No', 'FORBIDDEN'),
    'forbidden',
    /Perhaps the token lacks the permission/,
  ],
  [
    'a missing scope',
    graphql(SCOPES, 'INSUFFICIENT_SCOPES'),
    'token-scope',
    /The token lacks a scope: give `token` one/,
  ],
  [
    'single sign-on',
    rest(403, SAML),
    'single-sign-on',
    /Authorize the token for the organization's single sign-on/,
  ],
  ['single sign-on over GraphQL', graphql(SAML, 'FORBIDDEN'), 'single-sign-on', /Authorize the token/],
  [
    'classic tokens forbidden',
    graphql(
      'octo-org forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.',
      'FORBIDDEN',
    ),
    'token-kind',
    /does not take personal tokens of this kind/,
  ],
  [
    'tokens that live too long',
    rest(
      403,
      "The 'octo-org' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 366 days.",
    ),
    'token-kind',
    /does not take personal tokens/,
  ],
  ['an app that nobody approved', rest(403, OAUTH), 'app-unapproved', /has not approved the app/],
  [
    'a suspended App',
    rest(403, 'This installation has been suspended'),
    'app-suspended',
    /The GitHub App of `token` is suspended/,
  ],
  [
    'an address that is not listed',
    rest(403, IP('your IP address')),
    'address-not-allowed',
    /runner's address is not on that list/,
  ],
  [
    'an address that is named',
    graphql(IP('192.0.2.1'), 'FORBIDDEN'),
    'address-not-allowed',
    /runner's address is not on that list/,
  ],

  // Limits.
  [
    'a limit that is used up',
    rest(403, 'API rate limit exceeded for installation ID 4711.', { 'x-ratelimit-remaining': '0' }),
    'rate-limit',
    /rate limit is used up\. Run the job again later/,
  ],
  [
    'a limit by its status',
    rest(429, 'Slow down', { 'retry-after': '900' }),
    'rate-limit',
    /rate limit is used up/,
  ],
  [
    'a limit over GraphQL',
    graphql('API rate limit already exceeded for installation ID 4711.', 'RATE_LIMITED'),
    'rate-limit',
    /rate limit is used up/,
  ],
  [
    'a secondary limit',
    rest(403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'),
    'too-quickly',
    /about 80 writes a minute and 500 an hour/,
  ],
  [
    'the abuse detection of older servers',
    rest(
      403,
      'You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.',
    ),
    'too-quickly',
    /about 80 writes a minute/,
  ],
  [
    'pull requests too quickly',
    rest(422, 'Validation Failed: was submitted too quickly'),
    'too-quickly',
    /about 80 writes a minute/,
  ],
  [
    'too large a request',
    rest(413, 'HTTP status 413'),
    'request-too-large',
    /less than 40 MiB in one request: spread the assets/,
  ],
  ['too large in words', graphql('Request entity too large'), 'request-too-large', /less than 40 MiB/],
  [
    'too large to be processed',
    rest(422, "Sorry, your request timed out. It's likely that your input was too large to process."),
    'request-too-large',
    /less than 40 MiB/,
  ],

  // The repository.
  [
    'an archived repository',
    rest(403, 'Repository was archived so is read-only.'),
    'repository-archived',
    /Unarchive the repository/,
  ],
  [
    'the same over GraphQL',
    graphql('Repository was archived so is read-only.', 'FORBIDDEN'),
    'repository-archived',
    /Unarchive/,
  ],
  [
    'a repository that is migrated',
    rest(403, 'Repository has been locked for migration.'),
    'repository-migrating',
    /after the migration/,
  ],
  [
    'a repository that is not shown',
    rest(404, 'Not Found'),
    'not-found',
    /Either it does not exist, or the token cannot see it: it needs the permission `contents: write`/,
  ],
  [
    'the same over GraphQL',
    graphql("Could not resolve to a Repository with the name 'octo-org/assets'.", 'NOT_FOUND'),
    'not-found',
    /Either it does not exist/,
  ],
  [
    'pull requests that GITHUB_TOKEN may not open',
    rest(403, 'GitHub Actions is not permitted to create or approve pull requests.'),
    'pull-requests-off',
    /Turn on "Allow GitHub Actions to create and approve pull requests" .* \(where that cannot be changed, first in the organization's\)/,
  ],
  [
    'the same over GraphQL',
    graphql('GitHub Actions is not permitted to create or approve pull requests', 'FORBIDDEN'),
    'pull-requests-off',
    /Turn on/,
  ],

  // Rules of branches.
  [
    'a classic rule',
    graphql(
      'At least 1 approving review is required by reviewers with write access.',
      'BRANCH_PROTECTION_RULE_VIOLATION',
    ),
    'branch-protected',
    PROTECTED,
  ],
  [
    'an approving review in words alone',
    rest(422, 'At least 1 approving review is required by reviewers with write access.'),
    'branch-protected',
    PROTECTED,
  ],
  [
    'a classic rule by its type alone',
    graphql('x', 'BRANCH_PROTECTION_RULE_VIOLATION'),
    'branch-protected',
    PROTECTED,
  ],
  [
    'a classic rule over REST',
    rest(
      409,
      'Could not update file: Changes must be made through a pull request. Required status check "ci" is expected.',
    ),
    'branch-protected',
    PROTECTED,
  ],
  [
    'a ruleset',
    graphql(`${VIOLATED}Changes must be made through a pull request.\n\n`, 'FORBIDDEN'),
    'branch-protected',
    PROTECTED,
  ],
  [
    'a ruleset over REST',
    rest(422, `${VIOLATED}Cannot update this protected ref.`),
    'branch-protected',
    PROTECTED,
  ],
  [
    'a ruleset against new branches',
    rest(422, `${VIOLATED}Cannot create ref due to creations being restricted.\n\n`),
    'branch-protected',
    PROTECTED,
  ],
  [
    'a ruleset of checks',
    graphql(`${VIOLATED}12 of 12 required status checks are expected.`, 'FORBIDDEN'),
    'branch-protected',
    PROTECTED,
  ],
  [
    'a list of who may push',
    rest(
      403,
      "You're not authorized to push to this branch. Visit https://docs.github.com/repositories for more information.",
    ),
    'branch-protected',
    PROTECTED,
  ],
  [
    'the same over GraphQL',
    graphql("You're not authorized to push to this branch.", 'UNPROCESSABLE'),
    'branch-protected',
    PROTECTED,
  ],
  ['a merge queue', rest(422, 'Changes must be made through the merge queue'), 'branch-protected', PROTECTED],
  [
    'signatures',
    graphql(`${VIOLATED}Commits must have verified signatures.`, 'FORBIDDEN'),
    'branch-protected',
    PROTECTED,
  ],
  ['a locked branch', rest(422, 'Cannot change this locked branch'), 'branch-protected', PROTECTED],
  [
    'rules as VS Code saw them',
    graphql("protected branch 'main' check failed:\n At least 1 approving review is required"),
    'branch-protected',
    PROTECTED,
  ],

  // Other rules.
  ['a push rule of paths', graphql(PUSH_RULE, 'FORBIDDEN'), 'path-rule', PUSH_RULES],
  [
    'a push rule of paths over REST',
    rest(422, PUSH_RULE),
    'path-rule',
    /Choose a `manifest-path` that it allows/,
  ],
  [
    'a push rule of extensions',
    rest(422, `${VIOLATED}File extension is restricted`),
    'path-rule',
    /Choose a `manifest-path`/,
  ],
  [
    'a push rule of sizes',
    rest(422, `${VIOLATED}File size is restricted`),
    'size-rule',
    /Spread the assets over several manifests/,
  ],
  [
    'a secret',
    rest(409, `${VIOLATED}Secret detected in content`),
    'secret-found',
    /Secret scanning takes something in the manifest for a secret/,
  ],
  [
    'a secret as pushes are told',
    graphql(`${VIOLATED}- GITHUB PUSH PROTECTION\n - Push cannot contain secrets`, 'FORBIDDEN'),
    'secret-found',
    /Secret scanning/,
  ],
  [
    'a rule about commit messages',
    graphql(`${VIOLATED}Commit message must match a given regex pattern: ^feat\n\n`, 'UNPROCESSABLE'),
    'commit-message-rule',
    /change `commit-message` to what it demands/,
  ],
  [
    'a rule of another kind',
    graphql(`${VIOLATED}Committer email must end with @example.com\n\n`, 'FORBIDDEN'),
    'rule-violated',
    /A rule of the repository or organization forbids this: do as it says/,
  ],

  // Names.
  [
    'a name in the way',
    rest(422, 'Reference update failed'),
    'name-taken',
    /A branch whose name is the beginning of main, .* delete or rename that one/,
  ],
  [
    'a name in the way over GraphQL',
    graphql('Ref cannot be created', 'UNPROCESSABLE'),
    'name-taken',
    /A branch whose name is the beginning of main/,
  ],
  [
    'a name that another run took',
    rest(422, 'Reference already exists'),
    'name-taken',
    /Another run made it meanwhile: run the job again\./,
  ],

  // Anything else.
  [
    'what nobody foresaw',
    rest(422, 'Strange'),
    'github-refused',
    /^GitHub refused to commit to the branch main: Strange\. The manifest stays in the workspace\.$/,
  ],
];

describe('explainFailure', () => {
  for (const [name, answer, code, advice] of rows) {
    test(`${name}: ${code}`, () => {
      const error = explain(answer);
      assert.equal(error.code, code);
      assert.match(error.message.replaceAll('\n', ' '), advice);
      assert.match(error.message, /The manifest stays in the workspace\.$/);
      assert.ok(error.cause instanceof Refusal);
    });
  }

  test('a repository that was renamed', () => {
    const details = { status: 301, types: [], isAboutPullRequests: false, rateLimitMs: undefined };
    const refusal = new Refusal('GitHub redirects elsewhere, as it does for a renamed repository', details);
    assert.deepEqual(findCauses(refusal), ['repository-moved']);
    assert.match(
      String(explainFailure(refusal, COMMIT)),
      /renamed repository\. Run the workflow again from the place/,
    );
  });

  test('keeps the lines of several rules, and advises on each', () => {
    const words = `${VIOLATED}Changes must be made through a pull request.\r\n\r\nCommit message must match a given regex pattern: ^feat\n\n`;
    const error = explain(graphql(words, 'FORBIDDEN'));
    assert.equal(error.code, 'commit-message-rule');
    const lines = error.message.split('\n');
    assert.deepEqual(lines.slice(0, 4), [
      'GitHub refused to commit to the branch main:',
      'Repository rule violations found',
      'Changes must be made through a pull request.',
      'Commit message must match a given regex pattern: ^feat',
    ]);
    assert.match(
      lines[4] ?? '',
      /^A rule asks for another commit message: .* The branch main is protected\. .*workspace\.$/,
    );
    assert.equal(lines.length, 5);
  });

  test('names a few of many violations, so that the advice is not cut off', () => {
    const files = Array.from({ length: 200 }, (_, i) => `${'x'.repeat(300)}/${i}.json`);
    const lines = explain(graphql([VIOLATED, ...files].join('\n'), 'FORBIDDEN')).message.split('\n');
    assert.equal(lines.length, 15);
    assert.equal(lines[2], 'x'.repeat(200));
    assert.equal(lines[13], '…');
    assert.match(lines[14] ?? '', /^A rule of the repository/);
    for (const [count, isCut] of [
      [11, false],
      [12, true],
    ] as const) {
      const { message } = explain(graphql([VIOLATED, ...files.slice(0, count)].join('\n'), 'FORBIDDEN'));
      assert.equal(message.includes('…'), isCut);
    }
  });

  test('ends what GitHub says with one full stop', () => {
    assert.match(explain(rest(422, 'Why? ')).message, /main: Why\? The manifest/);
    assert.match(explain(rest(422, 'No.')).message, /main: No\. The manifest/);
  });

  test('never advises the mode that is in force', () => {
    const { message } = explain(graphql('Cannot update this protected ref.'), PROPOSE);
    assert.match(
      message,
      /nxcloud-assets\/main is protected\. Choose a `pull-request-branch` that the rule does not cover/,
    );
    assert.doesNotMatch(message, /mode: pull-request/);
  });

  test('names no branch when nothing was done to one', () => {
    const { branch: _, ...without } = COMMIT;
    assert.match(
      explain(rest(422, 'Cannot update this protected ref.'), without).message,
      /ref\. The branch is protected\. Use/,
    );
    assert.match(
      explain(rest(422, 'Reference update failed'), without).message,
      /beginning of the new branch,/,
    );
  });

  test('takes a push rule for no protection of a branch', () => {
    assert.doesNotMatch(explain(graphql(PUSH_RULE, 'FORBIDDEN')).message, /protected|mode: pull-request/);
  });

  test('silence is no refusal', () => {
    const error = explain(new Error('socket hang up'));
    assert.equal(error.code, 'github-no-answer');
    assert.equal(
      error.message,
      'GitHub gave no usable answer when asked to commit to the branch main: socket hang up. The manifest stays in the workspace. Run the job again later; what was done is not done twice.',
    );
    assert.ok(error.cause instanceof NoAnswer);
  });

  for (const error of [new TypeError('a defect'), 'text', new StepError('no-assets', 'None.')]) {
    test(`passes on what is no failure of GitHub: ${error}`, () =>
      assert.equal(explainFailure(error, COMMIT), error));
  }
});
