// Which pictures before a change the gallery gets of GitHub, and what is left out.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { readPicturesBefore } from '../../src/pipeline/read-before.ts';
import type { Run } from '../../src/pipeline/set-up.ts';
import { measureContent } from '../../src/report/gallery/place.ts';
import type { FileChanges } from '../github-api/git-repository.ts';
import { openHosting } from '../support/checkout.ts';
import { formatLfsPointer } from '../support/lfs-pointer.ts';
import { makeOutcome } from '../support/outcome.ts';
import { makeRun } from '../support/run.ts';

const PLENTY = 1_000_000;

interface Asked {
  readonly room?: number;
  /** The commit that is asked for; that of the files when left out. */
  readonly sha?: string;
  readonly token?: string;
  readonly apiUrl?: string;
  readonly overrides?: Partial<Run>;
}

/** Asks for what a commit of these files has at these paths; gives the texts by path, and what was told. */
async function readBefore(t: TestContext, files: FileChanges, paths: readonly string[], asked: Asked = {}) {
  const { api, repository } = await openHosting(t, files);
  const { token = api.createToken().value, room = PLENTY, overrides } = asked;
  const env = { GITHUB_API_URL: asked.apiUrl ?? api.url, GITHUB_REPOSITORY: 'octo-org/assets' };
  const { run, told } = makeRun(t, { mode: 'check', token }, {}, { env });
  const sha = asked.sha ?? (await repository.head('main')) ?? '';
  const changed = paths.map((path) => makeOutcome(path, 'uploaded', { isChanged: true }));
  const found = await readPicturesBefore({ ...run, ...overrides }, changed, sha, room);
  const texts = [...found].map(([path, content]) => [path, Buffer.from(content, 'base64').toString()]);
  return { found: Object.fromEntries(texts), told: told.slice(1), api };
}

it('those that the commit has are read, and no others', async (t) => {
  const files = { 'f/a.png': 'picture a', 'b.png': 'picture b', 'c.png': 'picture c' };
  const { found, told } = await readBefore(t, files, ['f/a.png', 'new.png', 'b.png']);
  assert.deepEqual(found, { 'f/a.png': 'picture a', 'b.png': 'picture b' });
  assert.deepEqual(told, []);
});

it('links, folders and Git LFS pointers are no pictures', async (t) => {
  const pointer = formatLfsPointer({ sha256: 'a'.repeat(64), size: 5 });
  const files = { 'a.png': 'picture', 'link.png': { link: 'a.png' }, 'lfs.png': pointer, 'folder.png/b': '' };
  const { found } = await readBefore(t, files, ['link.png', 'lfs.png', 'folder.png', 'a.png']);
  assert.deepEqual(found, { 'a.png': 'picture' });
});

it('what does not fit is passed over, and not fetched', async (t) => {
  const sizes = { 'a.png': 300, 'large.png': 9_000, 'b.png': 300, 'c.png': 3 };
  // No text, which would come along with the commit.
  const files = Object.fromEntries(
    Object.entries(sizes).map(([path, size]) => [path, Buffer.alloc(size, 0xff)]),
  );
  const cost = (path: keyof typeof sizes): number => measureContent(path, sizes[path]);
  const both = cost('a.png') + cost('b.png');
  const read = async (room: number) => {
    const { found, api } = await readBefore(t, files, Object.keys(sizes), { room });
    assert.equal(api.count('git/get-blob'), Object.keys(found).length);
    return Object.keys(found);
  };
  assert.deepEqual(await read(both), ['a.png', 'b.png']);
  assert.deepEqual(await read(both - 1), ['a.png', 'c.png']);
});

it('no more than 20 are asked for', async (t) => {
  const paths = Array.from({ length: 21 }, (_, index) => `${index}.png`);
  const files = Object.fromEntries(paths.map((path) => [path, path]));
  const { found, api } = await readBefore(t, files, paths);
  assert.deepEqual(Object.keys(found), paths.slice(0, 20));
  assert.equal(api.count('ReadCommit'), 20);
});

it('of a commit that is not there, there are none', async (t) => {
  const { found, told } = await readBefore(t, { 'a.png': 'picture' }, ['a.png'], { sha: '1'.repeat(40) });
  assert.deepEqual([found, told], [{}, []]);
});

const reason = new Error('The run was cancelled.');
const failures: readonly (readonly [string, Asked, RegExp])[] = [
  ['a token that is none', { token: 'no-token-of-anyone' }, /Bad credentials/],
  ['an address that is not safe', { apiUrl: 'http://github.example' }, /GITHUB_API_URL .*https/],
  [
    'a run that is cancelled',
    { overrides: { cancelled: AbortSignal.abort(reason) } },
    /The run was cancelled/,
  ],
];
for (const [name, asked, said] of failures) {
  it(`with ${name}, the gallery links to them, as is told`, async (t) => {
    const { found, told } = await readBefore(t, { 'a.png': 'picture' }, ['a.png'], asked);
    assert.deepEqual(found, {});
    assert.match(told.join('\n'), /^info: The gallery only links to pictures before the change: [^\n]+$/);
    assert.match(told.join('\n'), said);
  });
}
