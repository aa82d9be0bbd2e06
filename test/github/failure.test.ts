import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type AttemptsMade,
  decideRetry,
  NoAnswer,
  noneIfRefused,
  Refusal,
  classifyFailure,
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
      name: 'content that comes too quickly, which is a limit in the words of a validation',
      error: restError(422, {
        message: 'Validation Failed',
        errors: [{ resource: 'PullRequest', code: 'custom', message: 'was submitted too quickly' }],
      }),
      waits: 60_250,
      isCertain: true,
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
      const failure = classifyFailure(error, NOW);
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
      const failure = classifyFailure(thrown, NOW);
      assert.ok(failure instanceof NoAnswer);
      assert.match(failure.message, said);
    }
    const numbers = restError(422, { message: 7, errors: [{ field: 1, code: null }] });
    assert.equal(classifyFailure(numbers, NOW).message, '7: 1');
  });

  test('the message has details that are plain texts', () => {
    const data = { message: 'Validation Failed', errors: ['the branch is odd'] };
    assert.equal(classifyFailure(restError(422, data), NOW).message, 'Validation Failed: the branch is odd');
  });

  test('with patience silence is waited out beyond five attempts, refusals are not', () => {
    const patient = made(20, { isPatient: true });
    assert.equal(
      decideRetry(new NoAnswer('x'), patient, () => 1),
      10_000,
    );
    const limit = classifyFailure(restError(429, {}, { 'retry-after': '1' }), NOW);
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
    const failure = classifyFailure(restError(422, { message: 'Validation Failed', errors }), NOW);
    assert.equal(failure.message, 'Validation Failed: head invalid: No commits between a and b');
  });
});

describe('what a refusal is about', () => {
  test('is known from the first error’s path, where it leads to pull requests', () => {
    for (const [path, isAbout] of [
      [['repository', 'pullRequests'], true],
      [['repository', 'pullRequest', 'comments'], true],
      [['repository', 'ref'], false],
      [undefined, false],
    ] as const) {
      const failure = classifyFailure(graphqlError([{ type: 'FORBIDDEN', message: 'No', path }]), NOW);
      assert.equal(failure instanceof Refusal && failure.isAboutPullRequests, isAbout);
    }
  });
});

describe('noneIfRefused', () => {
  const refusal = (status: number) => new Refusal('no', { status });

  test('gives a reply, and undefined for a refusal, of one status if that is asked', async () => {
    assert.equal(await noneIfRefused(Promise.resolve(7), 404), 7);
    assert.equal(await noneIfRefused(Promise.reject(refusal(404)), 404), undefined);
    assert.equal(await noneIfRefused(Promise.reject(refusal(403))), undefined);
  });

  for (const [error, status] of [
    [refusal(403), 404],
    [new NoAnswer('404'), undefined],
  ] as const) {
    test(`passes on every other failure: ${error.name} ${error.message}`, async () => {
      const reply = noneIfRefused(Promise.reject(error), status);
      assert.equal(await reply.catch((thrown: unknown) => thrown), error);
    });
  }
});
