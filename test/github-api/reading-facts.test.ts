import { at, type Caller, type Reply } from './caller.ts';
import { testFact } from './fact-test.ts';

const RAW = 'application/vnd.github.raw+json';

/** What a query of the repository gives: its data and what is told of each error. */
async function ask(caller: Caller, fields: string): Promise<{ data: unknown; errors: unknown }> {
  const query = `query Test { repository(owner: "octo", name: "assets") { ${fields} } }`;
  const { body } = await caller.graphql(query);
  const errors = at(body, 'errors');
  return {
    data: at(body, 'data.repository'),
    errors: Array.isArray(errors)
      ? errors.map((error) => [at(error, 'type'), at(error, 'path'), at(error, 'message')])
      : [],
  };
}

function fileAt(path: string): string {
  return `ref(qualifiedName: "refs/heads/main") { target { ... on Commit { file(path: "${path}") { oid size mode } } } }`;
}

function describeReply({ status, body }: Reply): unknown {
  return [status, at(body, 'message')];
}

const FILE_PATH = ['repository', 'ref', 'target', 'file'];

testFact(
  'missing file',
  async (caller) => {
    await caller.repository.push('main', { link: { link: 'f' } });
    return [await ask(caller, fileAt('none.json')), await ask(caller, fileAt('link/b.txt'))];
  },
  {
    written: ['none.json', 'link/b.txt'].map((path) => ({
      data: { ref: { target: { file: null } } },
      errors: [['NOT_FOUND', FILE_PATH, `Could not resolve file for path '${path}'.`]],
    })),
    otherwise: [1, 2].map(() => ({ data: { ref: { target: { file: null } } }, errors: [] })),
  },
);

testFact(
  'large file',
  async (caller) => {
    await caller.repository.push('main', { 'large.bin': Buffer.alloc(10_000_001) });
    const { data, errors } = await ask(caller, fileAt('large.bin'));
    const oid = await caller.repository.git.resolve('main');
    const blob = await ask(caller, `object(expression: "${oid}:large.bin") { ... on Blob { byteSize } }`);
    return [at(data, 'ref.target.file.size'), errors, at(blob.data, 'object.byteSize')];
  },
  {
    written: [undefined, [['UNPROCESSABLE', FILE_PATH, 'Could not resolve file over 10mb.']], 10_000_001],
    otherwise: [10_000_001, [], 10_000_001],
  },
);

testFact(
  'several errors',
  async (caller) => {
    caller.token = caller.api.createToken({ permissions: { pullRequests: 'none' } });
    const { errors } = await ask(
      caller,
      `${fileAt('none.json')} pullRequests(first: 1) { nodes { number } }`,
    );
    return Array.isArray(errors) ? errors.map(([type, path]) => [type, path]) : errors;
  },
  {
    written: [
      ['NOT_FOUND', FILE_PATH],
      ['FORBIDDEN', ['repository', 'pullRequests']],
    ],
    otherwise: [['FORBIDDEN', ['repository', 'pullRequests']]],
  },
);

const ZEROS = '0'.repeat(40);

testFact(
  'missing object',
  async (caller) => {
    const head = await caller.repository.head('main');
    const asked = [
      'ref(qualifiedName: "refs/heads/none") { name }',
      `object(oid: "${ZEROS}") { oid }`,
      `object(expression: "${head}:none.json") { oid }`,
      `object(expression: "${ZEROS}:a.txt") { oid }`,
    ];
    const answers = asked.map(async (fields) => {
      const { data, errors } = await ask(caller, fields);
      return [...Object.values(Object(data)), Array.isArray(errors) ? errors.length : errors];
    });
    return await Promise.all(answers);
  },
  {
    written: [1, 2, 3, 4].map(() => [null, 0]),
    otherwise: [1, 2, 3, 4].map(() => [null, 1]),
  },
);

testFact(
  'unused variable',
  async (caller) => {
    const replies = ['query Test($a: Int) { viewer { login } }', 'query($a: Int) { viewer { login } }'].map(
      async (query) => (await caller.graphql(query, { a: 1 })).body,
    );
    return (await Promise.all(replies)).map((body) =>
      ['data.viewer.login', 'errors.0.message', 'errors.0.path.0', 'errors.0.extensions.code'].map((path) =>
        at(body, path),
      ),
    );
  },
  {
    written: [
      [undefined, 'Variable $a is declared by Test but not used', 'query Test', 'variableNotUsed'],
      [undefined, 'Variable $a is declared by anonymous query but not used', 'query', 'variableNotUsed'],
    ],
    otherwise: [1, 2].map(() => ['github-actions[bot]', undefined, undefined, undefined]),
  },
);

testFact(
  'entry mode',
  async (caller) => {
    await caller.repository.push('main', { link: { link: 'a.txt' } });
    const modes = ['a.txt', 'link'].map(async (path) =>
      ['size', 'mode'].map(async (key) =>
        at((await ask(caller, fileAt(path))).data, `ref.target.file.${key}`),
      ),
    );
    return await Promise.all((await Promise.all(modes)).map((pair) => Promise.all(pair)));
  },
  {
    written: [
      [1, 0o100644],
      [5, 0o120000],
    ],
    otherwise: [
      [1, 100644],
      [5, 120000],
    ],
  },
);

testFact(
  'page size',
  async (caller) => {
    const { data, errors } = await ask(caller, 'pullRequests(first: 101) { totalCount }');
    return [at(data, 'pullRequests.totalCount'), at(errors, '0.0')];
  },
  { written: [undefined, 'EXCESSIVE_PAGINATION'], otherwise: [0, undefined] },
);

testFact(
  'ref names',
  async (caller) => {
    for (const branch of ['a/b', 'a/c/d', 'ab']) await caller.repository.setBranch(branch, 'main');
    const { data } = await ask(
      caller,
      'refs(refPrefix: "refs/heads/a/", first: 10) { nodes { name target { oid } } }',
    );
    return [
      [0, 1, 2].map((index) => at(data, `refs.nodes.${index}.name`)),
      at(data, 'refs.nodes.0.target.oid') === (await caller.repository.head('main')),
    ];
  },
  { written: [['b', 'c/d', undefined], true], otherwise: [['a/b', 'a/c/d', undefined], true] },
);

testFact(
  'missing ref',
  async (caller) => {
    const paths = ['git/ref/heads/none', 'contents/none.json', 'contents/a.txt?ref=none'];
    const replies = paths.map(async (path) => (await caller.rest('GET', path)).status);
    const { body } = await caller.rest('GET', 'git/ref/heads/main');
    const head = await caller.repository.head('main');
    return [await Promise.all(replies), at(body, 'object.sha') === head];
  },
  { written: [[404, 404, 404], true], otherwise: [[403, 403, 403], true] },
);

testFact(
  'matching refs',
  async (caller) => {
    for (const branch of ['feature-a', 'feature/b', 'other'])
      await caller.repository.setBranch(branch, 'main');
    const some = await caller.rest('GET', 'git/matching-refs/heads/feature');
    const none = await caller.rest('GET', 'git/matching-refs/heads/none');
    return [[0, 1, 2].map((index) => at(some.body, `${index}.ref`)), none.status, at(none.body, 'length')];
  },
  {
    written: [['refs/heads/feature-a', 'refs/heads/feature/b', undefined], 200, 0],
    otherwise: [['refs/heads/feature-a', 'refs/heads/feature/b', undefined], 404, undefined],
  },
);

testFact(
  'raw content',
  async (caller) => {
    await caller.repository.push('main', { 'large.txt': 'x'.repeat(1024 * 1024 + 1) });
    const { status, body } = await caller.rest('GET', 'contents/large.txt?ref=main', undefined, RAW);
    const small = await caller.rest('GET', 'contents/f/b.txt?ref=main', undefined, RAW);
    return [status, String(body).length, small.body];
  },
  { written: [200, 1024 * 1024 + 1, 'b'], otherwise: [403, '[object Object]'.length, 'b'] },
);

testFact(
  'raw blob',
  async (caller) => {
    const oid = await caller.repository.git.resolve('main:a.txt');
    const { body } = await caller.rest('GET', `git/blobs/${oid}`, undefined, RAW);
    const none = await caller.rest('GET', `git/blobs/${ZEROS}`, undefined, RAW);
    return [typeof body === 'string' ? body : at(body, 'content'), none.status];
  },
  { written: ['a', 404], otherwise: [Buffer.from('a').toString('base64'), 404] },
);

testFact(
  'cut tree',
  async (caller) => {
    caller.repository.maxTreeEntries = 2;
    const { body } = await caller.rest('GET', 'git/trees/main?recursive=1');
    return [at(body, 'truncated'), at(body, 'tree.length')];
  },
  { written: [true, 2], otherwise: [false, 3] },
);

testFact(
  'compared files',
  async (caller) => {
    const { repository } = caller;
    await repository.setBranch('x', 'main');
    const renamed = await repository.push('x', { 'a.txt': undefined, 'renamed.txt': 'a' });
    const many = Array.from({ length: 300 }, (_, index) => [`many/${index}`, `${index}`]);
    await repository.push('x', Object.fromEntries(many));
    await repository.push('main', { 'f/b.txt': 'more' });
    const [first, second, rename] = [
      'main...x?per_page=1',
      'main...x?per_page=1&page=2',
      `main...${renamed}`,
    ].map(async (range) => (await caller.rest('GET', `compare/${range}`)).body);
    const changed = at(await rename, 'files.0');
    return [
      at(await first, 'status'),
      at(await first, 'files.length'),
      at(await second, 'files.length'),
      ['filename', 'status', 'previous_filename'].map((key) => at(changed, key)),
    ];
  },
  {
    written: ['diverged', 300, 0, ['renamed.txt', 'renamed', 'a.txt']],
    otherwise: ['diverged', 301, 301, ['renamed.txt', 'renamed', 'a.txt']],
  },
);

testFact(
  'no common ancestor',
  async (caller) => {
    await caller.repository.push('other', { 'a.txt': 'a' });
    return describeReply(await caller.rest('GET', 'compare/main...other'));
  },
  { written: [404, 'No common ancestor between main and other.'], otherwise: [404, 'Not Found'] },
);

testFact(
  'unknown commit',
  async (caller) => describeReply(await caller.rest('GET', `compare/${ZEROS}...main`)),
  { written: [404, 'Not Found'], otherwise: [500, 'Server Error'] },
);

testFact(
  'branch rules',
  async (caller) => {
    const { protectedBranches } = caller.repository;
    const rules = ['pull_request', 'required_status_checks'] as const;
    protectedBranches.set('main', { rules, passedBy: 'github-actions[bot]' });
    protectedBranches.set('classic', 'classic');
    const types = async (branch: string): Promise<unknown> => {
      const { body } = await caller.rest('GET', `rules/branches/${branch}`);
      return [0, 1].map((index) => at(body, `${index}.type`));
    };
    return [await types('main'), await types('classic')];
  },
  {
    written: [
      ['pull_request', 'required_status_checks'],
      [undefined, undefined],
    ],
    otherwise: [
      [undefined, undefined],
      [undefined, undefined],
    ],
  },
);

testFact(
  'protected branch',
  async (caller) => {
    const seen: unknown[] = [];
    for (const protection of [undefined, 'classic', 'ruleset'] as const) {
      if (protection !== undefined) caller.repository.protectedBranches.set('main', protection);
      seen.push(at((await caller.rest('GET', 'branches/main')).body, 'protected'));
    }
    return seen;
  },
  { written: [false, true, true], otherwise: [false, false, false] },
);

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
