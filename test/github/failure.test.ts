import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { explainFailure, isPermissionRefusal, isProtectionRefusal } from '../../src/publish/explain.ts';
import {
  type AttemptsMade,
  decideRetry,
  NoAnswer,
  noneIfMissing,
  Refusal,
  readFailure,
} from '../../src/github/failure.ts';

const NOW = Date.UTC(2026, 10, 23);

/** What Octokit throws for a REST reply. */
function restError(status: number, data: unknown, headers: object = {}): Error {
  return Object.assign(new Error('HttpError'), { response: { status, data, headers } });
}

/** What Octokit throws for GraphQL errors. */
function graphqlError(errors: readonly object[], headers: object = {}): Error {
  return Object.assign(new Error('Request failed'), { errors, headers });
}

function made(attempts: number, details: Partial<AttemptsMade> = {}): AttemptsMade {
  return { attempts, isRepeatable: true, isPatient: false, ...details };
}

const LIMITED = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 90) };

describe('what a failure is, and how long to wait before the next attempt', () => {
  const cases = [
    { name: 'a bad gateway', error: restError(502, '<html>'), waits: 250, isCertain: false },
    { name: 'a server error', error: restError(500, {}), waits: 250, isCertain: false },
    {
      name: 'a server that names the time',
      error: restError(503, {}, { 'retry-after': '20' }),
      waits: 20_250,
      isCertain: false,
    },
    {
      name: 'a server that names too long a time',
      error: restError(503, {}, { 'retry-after': '600' }),
      waits: undefined,
      isCertain: false,
    },
    {
      name: 'a network error',
      error: new TypeError('fetch failed', { cause: new Error('ECONNRESET') }),
      waits: 250,
      isCertain: false,
    },
    {
      name: 'GitHub’s own time limit',
      error: graphqlError([{ message: 'Something went wrong while executing your query.' }]),
      waits: 250,
      isCertain: false,
    },
    {
      name: 'GitHub’s own time limit with a type',
      error: graphqlError([
        { type: 'INTERNAL', message: 'Something went wrong while executing your query.' },
      ]),
      waits: 250,
      isCertain: false,
    },
    {
      name: 'a limit that does not say when it ends',
      error: restError(403, { message: 'x' }, { 'x-ratelimit-remaining': '0' }),
      waits: 60_250,
      isCertain: true,
    },
    {
      name: 'Retry-After in seconds',
      error: restError(429, {}, { 'retry-after': '7' }),
      waits: 7_250,
      isCertain: true,
    },
    {
      name: 'Retry-After of more than a minute',
      error: restError(403, { message: 'x' }, { 'retry-after': '90' }),
      waits: 90_250,
      isCertain: true,
    },
    {
      name: 'Retry-After of more than two minutes',
      error: restError(403, { message: 'x' }, { 'retry-after': '121' }),
      waits: undefined,
      isCertain: true,
    },
    {
      name: 'a secondary limit that names no time',
      error: restError(403, { message: 'You have exceeded a secondary rate limit.' }),
      waits: 60_250,
      isCertain: true,
    },
    {
      name: 'a primary limit until its reset',
      error: restError(403, { message: 'API rate limit exceeded' }, LIMITED),
      waits: 90_250,
      isCertain: true,
    },
    {
      name: 'a primary limit of GraphQL',
      error: graphqlError([{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }], LIMITED),
      waits: 90_250,
      isCertain: true,
    },
    {
      name: 'a limit that lasts longer than anyone waits',
      error: restError(
        403,
        { message: 'API rate limit exceeded' },
        { ...LIMITED, 'x-ratelimit-reset': String(NOW / 1000 + 3000) },
      ),
      waits: undefined,
      isCertain: true,
    },
    {
      name: 'a missing permission',
      error: restError(403, { message: 'Resource not accessible by integration' }),
      waits: undefined,
      isCertain: true,
    },
    {
      name: 'stale data',
      error: graphqlError([{ type: 'STALE_DATA', message: 'Expected branch …' }]),
      waits: undefined,
      isCertain: true,
    },
  ];
  for (const { name, error, waits, isCertain } of cases) {
    test(name, () => {
      const failure = readFailure(error, NOW);
      assert.equal(failure instanceof Refusal, isCertain);
      assert.equal(
        decideRetry(failure, made(1), () => 0.5),
        waits,
      );
      const isRepeated = isCertain && waits !== undefined;
      assert.equal(
        decideRetry(failure, made(1, { isRepeatable: false }), () => 0.5) !== undefined,
        isRepeated,
        'what may have happened is not repeated',
      );
      assert.equal(
        decideRetry(failure, made(5), () => 0.5),
        undefined,
        'attempts are bounded',
      );
    });
  }

  test('waits grow, up to ten seconds', () => {
    const waits = [1, 2, 3, 4].map((attempts) => decideRetry(new NoAnswer('x'), made(attempts), () => 1));
    assert.deepEqual(waits, [500, 1000, 2000, 4000]);
  });

  test('what is thrown may be anything', () => {
    for (const [thrown, said] of [
      ['a text', /a text/],
      [undefined, /undefined/],
      [{ response: { status: '404' } }, /./],
    ] as const) {
      const failure = readFailure(thrown, NOW);
      assert.ok(failure instanceof NoAnswer);
      assert.match(failure.message, said);
    }
    const numbers = restError(422, { message: 7, errors: [{ field: 1, code: null }] });
    assert.equal(readFailure(numbers, NOW).message, '7: 1');
  });

  test('the message has details that are plain texts', () => {
    const data = { message: 'Validation Failed', errors: ['the branch is odd'] };
    assert.equal(readFailure(restError(422, data), NOW).message, 'Validation Failed: the branch is odd');
  });

  test('with patience silence is waited out beyond five attempts, refusals are not', () => {
    const patient = made(20, { isPatient: true });
    assert.equal(
      decideRetry(new NoAnswer('x'), patient, () => 1),
      10_000,
    );
    const limit = readFailure(restError(429, {}, { 'retry-after': '1' }), NOW);
    assert.equal(
      decideRetry(limit, patient, () => 1),
      undefined,
    );
    assert.equal(
      decideRetry(new NoAnswer('x'), { ...patient, isRepeatable: false }, () => 1),
      undefined,
    );
  });

  test('the message has GitHub’s details', () => {
    const errors = [
      { resource: 'PullRequest', field: 'head', code: 'invalid' },
      { message: 'No commits between a and b' },
    ];
    const failure = readFailure(restError(422, { message: 'Validation Failed', errors }), NOW);
    assert.equal(failure.message, 'Validation Failed: head invalid: No commits between a and b');
  });
});

describe('explainFailure', () => {
  const deed = {
    action: 'commit to the branch main',
    permission: 'contents: write',
    branch: 'main',
  } as const;
  const cases = [
    {
      name: 'an expired token',
      error: restError(401, { message: 'Bad credentials' }),
      expected: /Bad credentials\. The token is wrong or has expired/,
    },
    {
      name: 'a classic rule',
      error: graphqlError([{ type: 'BRANCH_PROTECTION_RULE_VIOLATION', message: 'x' }]),
      expected: /branch main is protected/,
    },
    {
      name: 'rules as VS Code saw them',
      error: graphqlError([
        { message: "protected branch 'main' check failed:\n At least 1 approving review is required" },
      ]),
      expected: /branch main is protected/,
    },
    {
      name: 'a ruleset over REST',
      error: restError(422, {
        message: 'Repository rule violations found\n\nCannot create ref due to creations being restricted.',
      }),
      expected: /branch main is protected/,
    },
    ...[
      'Cannot update this protected ref.',
      "You're not authorized to push to this branch. Visit https://docs.github.com for more information.",
      'Changes must be made through the merge queue',
      'Commits must have a verified signature.',
      'Cannot change this locked branch',
    ].map((message) => ({
      name: message,
      error: restError(422, { message }),
      expected: /branch main is protected\. Use `mode: pull-request`/,
    })),
    {
      name: 'a long wait',
      error: restError(429, { message: 'Slow down' }, { 'retry-after': '900' }),
      expected: /Slow down\. The token's rate limit is used up/,
    },
    {
      name: 'single sign-on',
      error: restError(403, { message: 'Resource protected by organization SAML enforcement.' }),
      expected: /single sign-on/,
    },
    {
      name: 'a personal token',
      error: restError(403, { message: 'Resource not accessible by personal access token' }),
      expected: /lacks the permission `contents: write`/,
    },
    {
      name: 'a repository out of sight',
      error: graphqlError([{ type: 'NOT_FOUND', message: 'Could not resolve' }]),
      expected: /does not exist, or the token cannot see it/,
    },
    ...[403, 422].map((status) => ({
      name: `an archived repository, status ${status}`,
      error: restError(status, { message: 'Repository was archived so is read-only.' }),
      expected: /so is read-only\. Unarchive the repository/,
    })),
    {
      name: 'an archived repository over GraphQL',
      error: graphqlError([{ type: 'FORBIDDEN', message: 'Repository was archived so is read-only.' }]),
      expected: /so is read-only\. Unarchive the repository/,
    },
    {
      name: 'a rule about commit messages',
      error: graphqlError([
        {
          type: 'UNPROCESSABLE',
          message: 'Repository rule violations found\n\nCommit message must start with a ticket\n\n',
        },
      ]),
      expected: /start with a ticket\. A rule asks for another commit message: change `commit-message`/,
    },
    {
      name: 'missing scopes',
      error: graphqlError([
        {
          type: 'INSUFFICIENT_SCOPES',
          message:
            "Your token has not been granted the required scopes to execute this query. The 'id' field requires one of the following scopes: ['repo'].",
        },
      ]),
      expected: /The token lacks a scope: give `token` one that has it/,
    },
    ...['integration', 'personal access token'].map((kind) => ({
      name: `a missing permission of ${kind === 'integration' ? 'an' : 'a'} ${kind}, without a type`,
      error: graphqlError([{ message: `Resource not accessible by ${kind}` }]),
      expected: /lacks the permission `contents: write`/,
    })),
    {
      name: 'anything else',
      error: restError(422, { message: 'Strange' }),
      expected: /refused to commit to the branch main: Strange\. The manifest stays/,
    },
    {
      name: 'silence',
      error: new Error('socket hang up'),
      expected: /no usable answer when asked to commit.*socket hang up.*Run the job again/,
    },
  ];
  for (const { name, error, expected } of cases) {
    test(name, () => {
      const explained = explainFailure(readFailure(error, NOW), deed);
      assert.ok(explained instanceof Error && explained.name === 'StepError');
      assert.match(explained.message, expected);
    });
  }

  test('never advises the mode that is in force', () => {
    const refusal = readFailure(graphqlError([{ message: 'Cannot update this protected ref.' }]), NOW);
    const explained = explainFailure(refusal, { ...deed, isProposed: true });
    assert.ok(explained instanceof Error);
    assert.match(explained.message, /main is protected\. Choose a `pull-request-branch` that the rule/);
    assert.doesNotMatch(explained.message, /mode: pull-request/);
  });

  test('names no branch when the deed is about none', () => {
    const refusal = readFailure(graphqlError([{ message: 'Cannot update this protected ref.' }]), NOW);
    const { branch: _, ...without } = deed;
    assert.match(String(explainFailure(refusal, without)), /protected ref\. The branch is protected\. Use/);
  });

  test('passes on what is no failure of GitHub', () => {
    for (const error of [new TypeError('unforeseen'), 'text'])
      assert.equal(explainFailure(error, deed), error);
    assert.equal(isProtectionRefusal(new Error('Cannot update this protected ref.')), false);
    assert.equal(isPermissionRefusal(new NoAnswer('403')), false);
  });

  test('knows a token that may not do it from what passes', () => {
    const refuse = (status: number, message: string, types: readonly string[] = [], rateLimitMs?: number) =>
      new Refusal(message, { status, types, isAboutPullRequests: false, rateLimitMs });
    for (const refusal of [
      refuse(403, 'Forbidden'),
      refuse(200, 'No', ['FORBIDDEN']),
      refuse(404, 'Resource not accessible by integration'),
    ])
      assert.equal(isPermissionRefusal(refusal), true, refusal.message);
    for (const refusal of [
      refuse(403, 'You have exceeded a secondary rate limit', [], 60_000),
      refuse(404, 'Not Found'),
      refuse(200, 'Gone', ['NOT_FOUND']),
    ])
      assert.equal(isPermissionRefusal(refusal), false, refusal.message);
  });

  test('takes a repository that is locked for no protected branch', () => {
    const refusal = readFailure(
      restError(403, { message: 'Repository has been locked for migration.' }),
      NOW,
    );
    assert.doesNotMatch(String(explainFailure(refusal, deed)), /protected/);
  });

  test('leaves other errors as they are', () => {
    const error = new RangeError('a defect');
    assert.equal(explainFailure(error, deed), error);
  });
});

describe('noneIfMissing', () => {
  const refusal = (status: number) =>
    new Refusal('no', { status, types: [], isAboutPullRequests: false, rateLimitMs: undefined });

  test('gives a reply, and undefined for what is not there', async () => {
    assert.equal(await noneIfMissing(Promise.resolve(7)), 7);
    assert.equal(await noneIfMissing(Promise.reject(refusal(404))), undefined);
  });

  for (const error of [refusal(403), new NoAnswer('404')]) {
    test(`passes on every other failure: ${error.name} ${error.message}`, async () => {
      assert.equal(await noneIfMissing(Promise.reject(error)).catch((thrown: unknown) => thrown), error);
    });
  }
});
