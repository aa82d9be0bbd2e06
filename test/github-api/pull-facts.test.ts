import { at, type Caller, describeReply, propose } from './caller.ts';
import { testFact } from './fact-test.ts';

const TOO_LONG = 'Body is too long (maximum is 65536 characters)';
const SECONDARY =
  'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';
const ADD_COMMENT =
  'mutation($input: AddCommentInput!) { addComment(input: $input) { commentEdge { node { body } } } }';

async function stateOf(caller: Caller): Promise<unknown> {
  return at(await caller.query('pullRequest(number: 1) { state }'), 'pullRequest.state');
}

/** Comments over GraphQL and over REST: the first error and the reply. */
async function comment(caller: Caller, body: string): Promise<unknown> {
  const pull = await caller.repository.openPullRequest({ head: 'main', base: 'main' });
  const reply = await caller.graphql(ADD_COMMENT, { input: { subjectId: pull.id, body } });
  const rest = await caller.rest('POST', `issues/${pull.number}/comments`, { body });
  return [at(reply.body, 'errors.0.type'), at(reply.body, 'errors.0.message'), describeReply(rest)];
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
