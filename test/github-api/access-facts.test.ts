import { ask, at, describeError, describeReply, propose } from './caller.ts';
import { testFact } from './fact-test.ts';

const VIEWER = 'query Test { viewer { login } }';
const SECONDARY =
  'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';

testFact(
  'late reads',
  async (caller) => {
    const { repository } = caller;
    const head = await repository.head('main');
    repository.lagOfReads = 1;
    const made = at(await caller.commit('main', head), 'data.createCommitOnBranch.commit.oid');
    const seen: unknown[] = [];
    for (let read = 0; read < 2; read += 1) {
      const { data } = await ask(caller, 'ref(qualifiedName: "refs/heads/main") { target { oid } }');
      const { data: object } = await ask(caller, `object(oid: "${made}") { oid }`);
      seen.push(at(data, 'ref.target.oid') === made, at(object, 'object.oid') === made);
    }
    await repository.setBranch('x', 'main');
    await repository.push('x', { 'a.txt': 'x' });
    await caller.openPull('x');
    for (let read = 0; read < 2; read += 1) {
      const { data } = await ask(caller, 'pullRequests(first: 1) { totalCount }');
      seen.push(at(data, 'pullRequests.totalCount'));
    }
    return seen;
  },
  { written: [false, false, true, true, 0, 1], otherwise: [true, true, true, true, 1, 1] },
);

testFact(
  'public repository',
  async (caller) => {
    caller.repository.isPublic = true;
    caller.token = caller.api.createToken({ permissions: { pullRequests: 'none' } });
    const { errors } = await ask(caller, 'pullRequests(first: 1) { totalCount }');
    const write = await caller.openPull('main');
    return [at(errors, '0.0'), write.status];
  },
  { written: [undefined, 403], otherwise: ['FORBIDDEN', 403] },
);

testFact(
  'hidden repository',
  async (caller) => {
    caller.token = caller.api.createToken({ permissions: { contents: 'none' } });
    const { errors } = await ask(caller, 'id');
    return [(await caller.rest('GET', 'git/trees/main')).status, at(errors, '0.0'), at(errors, '0.2')];
  },
  {
    written: [404, 'NOT_FOUND', "Could not resolve to a Repository with the name 'octo/assets'."],
    otherwise: [403, 'FORBIDDEN', 'Resource not accessible by integration'],
  },
);

testFact(
  'expired token',
  async (caller) => {
    caller.token.isExpired = true;
    const rest = await caller.rest('GET', 'git/trees/main');
    return [describeReply(rest), describeReply(await caller.graphql('query Test { viewer { login } }'))];
  },
  {
    written: [1, 2].map(() => [401, 'Bad credentials']),
    otherwise: [1, 2].map(() => [403, 'Forbidden']),
  },
);

testFact(
  'write without permission',
  async (caller) => {
    const head = await caller.repository.head('main');
    caller.token = caller.api.createToken({ permissions: { contents: 'read' } });
    return [
      describeError(await caller.commit('main', head)),
      (await caller.repository.head('main')) === head,
    ];
  },
  {
    written: [['FORBIDDEN', 'Resource not accessible by integration'], true],
    otherwise: [['NOT_FOUND', 'Resource not accessible by integration'], true],
  },
);

testFact(
  'blob without permission',
  async (caller) => {
    const seen: unknown[] = [];
    for (const isPersonal of [false, true]) {
      caller.token = caller.api.createToken({ permissions: { contents: 'read' }, isPersonal });
      const { status, body } = await caller.rest('POST', 'git/blobs', { content: 'probe' });
      seen.push([status, at(body, 'message')]);
    }
    caller.token = caller.api.createToken();
    const { body } = await caller.rest('POST', 'git/blobs', { content: 'YQ==', encoding: 'base64' });
    return [...seen, at(body, 'sha') === caller.repository.git.resolve('main:a.txt')];
  },
  {
    written: [[403, 'Resource not accessible by integration'], [404, 'Not Found'], true],
    otherwise: [
      [403, 'Resource not accessible by integration'],
      [403, 'Resource not accessible by personal access token'],
      true,
    ],
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
