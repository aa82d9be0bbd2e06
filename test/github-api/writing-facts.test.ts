import { at, type Caller, describeError, describeReply } from './caller.ts';
import { testFact } from './fact-test.ts';

const ZEROS = '0'.repeat(40);
const TROUBLE =
  'Something went wrong while executing your query on …. Please include … when reporting this issue.';
const RULE_WORDS =
  'Repository rule violations found\n\nChanges must be made through a pull request.\n\n2 of 2 required status checks are expected.\n\n';

async function createBranch(caller: Caller, branch: string, sha?: string): Promise<unknown> {
  const head = sha ?? (await caller.repository.head('main'));
  return describeReply(await caller.rest('POST', 'git/refs', { ref: `refs/heads/${branch}`, sha: head }));
}

testFact(
  'stale head',
  async (caller) => {
    const head = await caller.repository.head('main');
    await caller.repository.push('main', { 'a.txt': 'more' });
    const [type, message] = describeError(await caller.commit('main', head)) as [unknown, string];
    return [type, message.replace(String(head), 'HEAD')];
  },
  {
    written: ['STALE_DATA', 'Expected branch to point to "HEAD" but it did not.  Pull and try again.'],
    otherwise: ['UNPROCESSABLE', 'Expected branch to point to "HEAD" but it did not.  Pull and try again.'],
  },
);

testFact(
  'missing branch',
  async (caller) => at(await caller.commit('none', await caller.repository.head('main')), 'errors.0.type'),
  { written: 'NOT_FOUND', otherwise: 'STALE_DATA' },
);

testFact(
  'ruleset',
  async (caller) => {
    const { repository } = caller;
    const rules = ['pull_request', 'required_status_checks'] as const;
    repository.protectedBranches.set('main', { rules, passedBy: 'release-app[bot]' });
    const head = await repository.head('main');
    const refused = describeError(await caller.commit('main', head));
    const stayed = (await repository.head('main')) === head;
    caller.token = caller.api.createToken({ login: 'release-app[bot]' });
    return [refused, stayed, describeError(await caller.commit('main', head))];
  },
  {
    written: [['FORBIDDEN', RULE_WORDS], true, [undefined, undefined]],
    otherwise: [['UNPROCESSABLE', RULE_WORDS], true, [undefined, undefined]],
  },
);

testFact(
  'classic protection',
  async (caller) => {
    caller.repository.protectedBranches.set('main', 'classic');
    return describeError(await caller.commit('main', await caller.repository.head('main')));
  },
  {
    written: [
      'BRANCH_PROTECTION_RULE_VIOLATION',
      "protected branch 'main' check failed:\n Changes must be made through a pull request.",
    ],
    otherwise: [
      'FORBIDDEN',
      "protected branch 'main' check failed:\n Changes must be made through a pull request.",
    ],
  },
);

testFact(
  'request size',
  async (caller) => {
    const query = 'query Test { viewer { login } }';
    caller.api.maxRequestBytes = JSON.stringify({ query, variables: {} }).length;
    return (await caller.graphql(query)).status;
  },
  { written: 413, otherwise: 200 },
);

testFact(
  'commit author',
  async (caller) => {
    const made = await caller.commit('main', await caller.repository.head('main'));
    const oid = at(made, 'data.createCommitOnBranch.commit.oid');
    const read = await caller.query(
      `object(oid: "${oid}") { ... on Commit { author { name } signature { isValid } } }`,
    );
    return [at(read, 'object.author.name'), at(read, 'object.signature.isValid')];
  },
  { written: ['github-actions[bot]', true], otherwise: ['GitHub', undefined] },
);

testFact(
  'wrong beforeOid',
  async (caller) => {
    const { repository } = caller;
    const start = await repository.head('main');
    const moved = await repository.push('main', { 'a.txt': 'more' });
    const seen: unknown[] = [];
    for (const force of [false, true]) {
      const update = { name: 'refs/heads/main', beforeOid: start, afterOid: start, force };
      const body = await caller.updateRefs([update]);
      seen.push([at(body, 'data'), describeError(body)]);
    }
    return [...seen, (await repository.head('main')) === moved];
  },
  {
    written: [[null, [undefined, TROUBLE]], [null, [undefined, TROUBLE]], true],
    otherwise: [
      ...[1, 2].map(() => [
        { updateRefs: null },
        ['STALE_DATA', 'A reference is not at its expected value.'],
      ]),
      true,
    ],
  },
);

testFact(
  'several moves',
  async (caller) => {
    const { repository } = caller;
    const start = await repository.head('main');
    await repository.setBranch('x', 'main');
    const moved = await repository.push('main', { 'a.txt': 'more' });
    const good = { name: 'refs/heads/x', beforeOid: start, afterOid: moved };
    const wrong = { name: 'refs/heads/main', beforeOid: start, afterOid: start, force: true };
    const body = await caller.updateRefs([good, wrong]);
    return [at(body, 'errors.length'), (await repository.head('x')) === start];
  },
  { written: [1, true], otherwise: [1, false] },
);

testFact(
  'plain deletion',
  async (caller) => {
    const { repository } = caller;
    await repository.setBranch('x', 'main');
    const seen: unknown[] = [];
    for (const force of [false, true]) {
      await caller.updateRefs([{ name: 'refs/heads/x', afterOid: ZEROS, force }]);
      seen.push((await repository.head('x')) === undefined);
    }
    return seen;
  },
  { written: [false, true], otherwise: [true, true] },
);

testFact(
  'fast forward',
  async (caller) => {
    const { repository } = caller;
    const start = await repository.head('main');
    await repository.push('main', { 'a.txt': 'more' });
    const seen: unknown[] = [];
    for (const force of [false, true]) {
      await caller.updateRefs([{ name: 'refs/heads/main', afterOid: start, force }]);
      seen.push((await repository.head('main')) === start);
    }
    return seen;
  },
  { written: [false, true], otherwise: [true, true] },
);

testFact(
  'no preview',
  async (caller) => {
    const head = await caller.repository.head('main');
    return at(
      await caller.updateRefs([{ name: 'refs/heads/x', beforeOid: ZEROS, afterOid: head }]),
      'errors.0.message',
    );
  },
  { written: undefined, otherwise: "Field 'updateRefs' doesn't exist on type 'Mutation'" },
);

testFact('existing ref', async (caller) => await createBranch(caller, 'main'), {
  written: [422, 'Reference already exists'],
  otherwise: [422, 'Reference update failed'],
});

testFact(
  'ref in the way',
  async (caller) => {
    await caller.repository.setBranch('a/b', 'main');
    return [await createBranch(caller, 'main/c'), await createBranch(caller, 'a')];
  },
  {
    written: [1, 2].map(() => [422, 'Reference update failed']),
    otherwise: [1, 2].map(() => [422, 'Reference already exists']),
  },
);

testFact(
  'restricted creation',
  async (caller) => {
    caller.repository.protectedBranches.set('x', { rules: ['creation'] });
    caller.repository.protectedBranches.set('y', 'ruleset');
    return [await createBranch(caller, 'x'), await createBranch(caller, 'y')];
  },
  {
    written: [
      [422, 'Reference update failed'],
      [201, undefined],
    ],
    otherwise: [
      [422, 'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n'],
      [201, undefined],
    ],
  },
);

testFact('unknown object', async (caller) => await createBranch(caller, 'x', ZEROS), {
  written: [422, 'Object does not exist'],
  otherwise: [422, 'Reference update failed'],
});

testFact(
  'deleted ref',
  async (caller) => {
    const { status, body } = await caller.rest('DELETE', 'git/refs/heads/none');
    return [status, at(body, 'message')];
  },
  { written: [422, 'Reference does not exist'], otherwise: [404, 'Not Found'] },
);
