import { at, type Caller, type Reply } from './caller.ts';
import { testFact } from './fact-test.ts';

const VIEWER = 'query Test { viewer { login } }';

/** Opens a pull request of a branch with a commit of its own, and gives the reply. */
async function propose(caller: Caller): Promise<Reply> {
  await caller.repository.setBranch('x', 'main');
  await caller.repository.push('x', { 'a.txt': 'x' });
  return await caller.openPull('x');
}

async function stateOf(caller: Caller): Promise<unknown> {
  return at(await caller.query('pullRequest(number: 1) { state }'), 'pullRequest.state');
}

/** Status, message and first error of a REST reply. */
function describeReply({ status, body }: Reply): unknown {
  return [
    status,
    at(body, 'message'),
    ...['code', 'message'].map((key) => at(body, `errors.0.${key}`)).filter((text) => text !== undefined),
  ];
}

testFact(
  'head equals base',
  async (caller) => {
    await propose(caller);
    await caller.repository.setBranch('x', 'main');
    return await stateOf(caller);
  },
  { written: 'CLOSED', otherwise: 'OPEN' },
);

testFact(
  'deleted head',
  async (caller) => {
    await propose(caller);
    await caller.rest('DELETE', 'git/refs/heads/x');
    return await stateOf(caller);
  },
  { written: 'CLOSED', otherwise: 'OPEN' },
);

testFact(
  'base takes head',
  async (caller) => {
    await propose(caller);
    await caller.repository.setBranch('main', 'x');
    return await stateOf(caller);
  },
  { written: 'MERGED', otherwise: 'OPEN' },
);

testFact(
  'second pull request',
  async (caller) => {
    await propose(caller);
    return describeReply(await caller.openPull('x'));
  },
  {
    written: [422, 'Validation Failed', 'custom', 'A pull request already exists for octo:x.'],
    otherwise: [422, 'Validation Failed', 'already_exists'],
  },
);

testFact(
  'no commits',
  async (caller) => {
    await caller.repository.setBranch('x', 'main');
    return describeReply(await caller.openPull('x'));
  },
  {
    written: [422, 'Validation Failed', 'custom', 'No commits between main and x'],
    otherwise: [422, 'Validation Failed', 'invalid'],
  },
);

testFact(
  'Actions may not propose',
  async (caller) => {
    caller.repository.actionsMayOpenPullRequests = false;
    const refused = describeReply(await propose(caller));
    caller.token = caller.api.createToken({ login: 'release-app[bot]' });
    return [refused, (await caller.openPull('x')).status];
  },
  {
    written: [[403, 'GitHub Actions is not permitted to create or approve pull requests.'], 201],
    otherwise: [[403, 'Resource not accessible by integration'], 201],
  },
);

const ADD_COMMENT =
  'mutation($input: AddCommentInput!) { addComment(input: $input) { commentEdge { node { body } } } }';

/** Comments over GraphQL and over REST: the type of the error and the status. */
async function comment(caller: Caller, body: string): Promise<unknown> {
  const pull = await caller.repository.openPullRequest({ head: 'main', base: 'main' });
  const reply = await caller.graphql(ADD_COMMENT, { input: { subjectId: pull.id, body } });
  const rest = await caller.rest('POST', `issues/${pull.number}/comments`, { body });
  return [at(reply.body, 'errors.0.type'), at(reply.body, 'errors.0.message'), describeReply(rest)];
}

testFact(
  'comment permission',
  async (caller) => {
    caller.token = caller.api.createToken({ permissions: { issues: 'none' } });
    return await comment(caller, 'text');
  },
  {
    written: [undefined, undefined, [201, undefined]],
    otherwise: [
      'FORBIDDEN',
      'Resource not accessible by integration',
      [403, 'Resource not accessible by integration'],
    ],
  },
);

const TOO_LONG = 'Body is too long (maximum is 65536 characters)';

testFact(
  'comment length',
  async (caller) => {
    const body = 'x'.repeat(65_537);
    await propose(caller);
    const pull = describeReply(await caller.rest('PATCH', 'pulls/1', { body }));
    return [await comment(caller, body), pull, await comment(caller, 'x'.repeat(65_536))];
  },
  {
    written: [
      ['UNPROCESSABLE', TOO_LONG, [422, 'Validation Failed', 'custom', TOO_LONG]],
      [422, 'Validation Failed', 'custom', TOO_LONG],
      [undefined, undefined, [201, undefined]],
    ],
    otherwise: [
      [undefined, undefined, [201, undefined]],
      [200, undefined],
      [undefined, undefined, [201, undefined]],
    ],
  },
);

const SECONDARY =
  'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';

testFact(
  'too quickly',
  async (caller) => {
    for (const operation of ['pulls/create', 'addComment'])
      caller.api.plan({ operation, refusal: 'too quickly' });
    const rest = describeReply(await propose(caller));
    const { status, body } = await caller.graphql(ADD_COMMENT, { input: { subjectId: '', body: '' } });
    return [
      rest,
      [status, at(body, 'errors.0.type'), at(body, 'errors.0.message')],
      (await caller.openPull('x')).status,
    ];
  },
  {
    written: [
      [422, 'Validation Failed', 'custom', 'was submitted too quickly'],
      [200, 'UNPROCESSABLE', 'was submitted too quickly'],
      201,
    ],
    otherwise: [[403, SECONDARY], [403, undefined, undefined], 201],
  },
);

testFact(
  'secondary limit',
  async (caller) => {
    caller.api.plan({ operation: 'pulls/create', refusal: 'secondary limit' });
    const reply = await propose(caller);
    return [describeReply(reply), reply.headers.get('retry-after'), (await caller.openPull('x')).status];
  },
  { written: [[403, SECONDARY], '60', 201], otherwise: [[429, SECONDARY], '60', 201] },
);

testFact(
  'rate limit',
  async (caller) => {
    for (const operation of ['git/get-tree', 'Test']) caller.api.plan({ operation, refusal: 'rate limit' });
    const rest = await caller.rest('GET', 'git/trees/main');
    const graphql = await caller.graphql(VIEWER);
    return [rest, graphql].map(({ status, body, headers }) => [
      status,
      at(body, 'errors.0.type'),
      headers.get('x-ratelimit-remaining'),
      Number(headers.get('x-ratelimit-reset')) > Date.now() / 1000,
    ]);
  },
  {
    written: [
      [403, undefined, '0', true],
      [200, 'RATE_LIMITED', '0', true],
    ],
    otherwise: [
      [429, undefined, '0', true],
      [429, undefined, '0', true],
    ],
  },
);

testFact(
  'suspended App',
  async (caller) => {
    caller.api.plan({ operation: 'git/get-tree', refusal: 'suspended App' });
    return describeReply(await caller.rest('GET', 'git/trees/main'));
  },
  { written: [403, 'This installation has been suspended'], otherwise: [401, 'Bad credentials'] },
);

testFact(
  'allow list',
  async (caller) => {
    caller.api.plan({ operation: 'git/get-tree', refusal: 'allow list' });
    const { status, body } = await caller.rest('GET', 'git/trees/main');
    return [status, String(at(body, 'message')).includes('has an IP allow list enabled')];
  },
  { written: [403, true], otherwise: [404, false] },
);
