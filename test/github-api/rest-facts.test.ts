import { at, describeReply } from './caller.ts';
import { testFact } from './fact-test.ts';

const RAW = 'application/vnd.github.raw+json';
const ZEROS = '0'.repeat(40);

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
    const oid = caller.repository.git.resolve('main:a.txt');
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
