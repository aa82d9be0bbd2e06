import { ask, at } from './caller.ts';
import { testFact } from './fact-test.ts';

const ZEROS = '0'.repeat(40);
const FILE_PATH = ['repository', 'ref', 'target', 'file'];

function fileAt(path: string): string {
  return `ref(qualifiedName: "refs/heads/main") { target { ... on Commit { file(path: "${path}") { oid size mode } } } }`;
}

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
    const oid = caller.repository.git.resolve('main');
    const blob = await ask(caller, `object(expression: "${oid}:large.bin") { ... on Blob { byteSize } }`);
    return [at(data, 'ref.target.file.size'), errors, at(blob.data, 'object.byteSize')];
  },
  {
    written: [undefined, [['UNPROCESSABLE', FILE_PATH, 'Could not resolve file over 10mb.']], 10_000_001],
    otherwise: [10_000_001, [], 10_000_001],
  },
);

testFact(
  'cut text',
  async (caller) => {
    await caller.repository.push('main', {
      'long.txt': 'x'.repeat(512_001),
      'short.txt': 'x'.repeat(512_000),
    });
    const oid = caller.repository.git.resolve('main');
    const texts = ['long.txt', 'short.txt'].map(async (path) => {
      const fields = `object(expression: "${oid}:${path}") { ... on Blob { text isTruncated } }`;
      const { data } = await ask(caller, fields);
      return [at(data, 'object.isTruncated'), String(at(data, 'object.text')).length];
    });
    return await Promise.all(texts);
  },
  {
    written: [
      [true, 512_000],
      [false, 512_000],
    ],
    otherwise: [
      [false, 512_001],
      [false, 512_000],
    ],
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
