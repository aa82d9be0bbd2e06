// Which commit a workspace holds: the texts of `.git` as tables, and repositories that git made.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import { findPackedRef, parseRef, readBaseCommit } from '../../src/inputs/base-commit.ts';
import { runGit } from '../github-api/run-git.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const OID = '226450792f7298e92220d9819a5124a532091c4a';
const OTHER = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';

describe('parseRef', () => {
  for (const [text, expected] of [
    [`${OID}\n`, { oid: OID }],
    [OID, { oid: OID }],
    ['ref: refs/heads/main\n', { ref: 'refs/heads/main' }],
    ['ref:\trefs/heads/feature/x', { ref: 'refs/heads/feature/x' }],
    ['ref: refs/heads/v1.0', { ref: 'refs/heads/v1.0' }],
    ['ref: refs/heads/.invalid\n', undefined],
    ['ref: refs/../../etc/passwd', undefined],
    ['ref: refs/heads//main', undefined],
    ['ref: refs/heads/', undefined],
    ['ref: refs/heads\\..\\main', undefined],
    ['ref: refs/heads/\0', undefined],
    ['ref: ../refs/heads/main', undefined],
    ['ref: FETCH_HEAD', undefined],
    ['ref: refs/heads/main refs/heads/next', undefined],
    ['ref: ', undefined],
    ['x ref: refs/heads/main', undefined],
    [`${OID}${OID.slice(0, 24)}`, undefined],
    [OID.slice(1), undefined],
    [OID.toUpperCase(), undefined],
    [`${OID}\n${OTHER}`, undefined],
    ['', undefined],
  ] as const) {
    it(JSON.stringify(text), () => assert.deepEqual(parseRef(text), expected));
  }
});

describe('findPackedRef', () => {
  const head = '# pack-refs with: peeled fully-peeled sorted \n';
  for (const [what, packed, expected] of [
    ['the first line', `${OID} refs/heads/main\n`, OID],
    ['behind the comment', `${head}${OID} refs/heads/main\n${OTHER} refs/heads/next\n`, OID],
    ['behind a peeled tag', `${head}${OTHER} refs/tags/v1\n^${OTHER}\n${OID} refs/heads/main\n`, OID],
    ['not a longer name', `${OTHER} refs/heads/main/x\n${OID} refs/heads/main\n`, OID],
    ['not the end of another name', `${OTHER} refs/remotes/origin/refs/heads/main\n`, undefined],
    ['a SHA-256 id', `${OID}${OID.slice(0, 24)} refs/heads/main\n`, undefined],
    ['no such ref', `${head}${OTHER} refs/heads/next\n`, undefined],
    ['a cut line', `${OID} refs/heads/mai`, undefined],
    ['nothing', '', undefined],
    ['a line without an id', `x\n refs/heads/main\n`, undefined],
  ] as const) {
    it(what, () => assert.equal(findPackedRef(packed, 'refs/heads/main'), expected));
  }
});

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Octo', '-c', 'user.email=octo@example.com'];
  const { code, stdout, stderr } = await runGit(folder, [...identity, ...args]);
  assert.equal(code, 0, stderr);
  return stdout.toString().trim();
}

async function commit(folder: string): Promise<string> {
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'A state');
  return await git(folder, 'rev-parse', 'HEAD');
}

const template = mkdtempSync(join(tmpdir(), 'repository-'));
after(() => rmSync(template, { recursive: true }));
let made: Promise<string> | undefined;

/** A repository with one commit on `main`; one without options is a copy of the first. */
async function makeRepository(
  t: TestContext,
  ...options: readonly string[]
): Promise<{ root: string; oid: string }> {
  const root = makeFolder(t);
  if (options.length > 0) return { root, oid: await initialize(root, ...options) };
  made ??= initialize(template);
  const oid = await made;
  cpSync(template, root, { recursive: true });
  return { root, oid };
}

async function initialize(root: string, ...options: readonly string[]): Promise<string> {
  await git(root, 'init', '--quiet', '--template=', '--initial-branch=main', ...options);
  return await commit(root);
}

describe('readBaseCommit in repositories that git made', () => {
  it('finds a loose ref', async (t) => {
    const { root, oid } = await makeRepository(t);
    assert.equal(readBaseCommit(root), oid);
  });

  it('finds a packed ref, and the loose one that is newer', async (t) => {
    const { root, oid } = await makeRepository(t);
    await git(root, 'branch', 'next');
    await git(root, 'tag', '-a', 'v1', '-m', 'Release');
    await git(root, 'pack-refs', '--all');
    assert.equal(readBaseCommit(root), oid);
    const newer = await commit(root);
    assert.notEqual(newer, oid);
    assert.equal(readBaseCommit(root), newer);
  });

  it('finds a packed ref where git left an empty folder', async (t) => {
    const { root, oid } = await makeRepository(t);
    await git(root, 'pack-refs', '--all');
    mkdirSync(join(root, '.git/refs/heads/main'));
    assert.equal(await git(root, 'rev-parse', 'HEAD'), oid);
    assert.equal(readBaseCommit(root), oid);
  });

  it('finds a detached HEAD', async (t) => {
    const { root, oid } = await makeRepository(t);
    await commit(root);
    await git(root, 'checkout', '--quiet', '--detach', oid);
    assert.equal(readBaseCommit(root), oid);
  });

  for (const isPacked of [false, true]) {
    it(`finds the HEAD of a worktree, its refs ${isPacked ? 'packed' : 'loose'}`, async (t) => {
      const { root } = await makeRepository(t);
      const worktree = join(makeFolder(t), 'my worktree');
      await git(root, 'worktree', 'add', '--quiet', '-b', 'topic', worktree);
      const oid = await commit(worktree);
      if (isPacked) await git(root, 'pack-refs', '--all');
      assert.notEqual(readBaseCommit(root), oid);
      assert.equal(readBaseCommit(worktree), oid);
    });
  }

  it('finds the HEAD of a submodule', async (t) => {
    const { root: brand, oid } = await makeRepository(t);
    const { root } = await makeRepository(t);
    await git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', brand, 'brand');
    await commit(root);
    assert.equal(readBaseCommit(join(root, 'brand')), oid);
  });

  it('follows symbolic refs as far as git does', async (t) => {
    const { root, oid } = await makeRepository(t);
    for (const [name, target, expected] of [
      ['a', 'main', oid],
      ['b', 'a', oid],
      ['c', 'b', oid],
      ['d', 'c', undefined],
    ] as const) {
      await git(root, 'symbolic-ref', `refs/heads/${name}`, `refs/heads/${target}`);
      await git(root, 'symbolic-ref', 'HEAD', `refs/heads/${name}`);
      const asked = await runGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD']);
      assert.equal(asked.stdout.toString().trim(), expected ?? '', name);
      assert.equal(readBaseCommit(root), expected, name);
    }
  });

  it('does not follow symbolic refs in a circle', async (t) => {
    const { root } = await makeRepository(t);
    await git(root, 'symbolic-ref', 'refs/heads/main', 'refs/heads/main');
    assert.equal(readBaseCommit(root), undefined);
  });

  it('finds no commit before the first', async (t) => {
    const root = makeFolder(t);
    await git(root, 'init', '--quiet');
    assert.equal(readBaseCommit(root), undefined);
  });

  it('takes a SHA-256 id for none: GitHub does not know it', async (t) => {
    const { root } = await makeRepository(t, '--object-format=sha256');
    assert.equal(readBaseCommit(root), undefined);
    await git(root, 'pack-refs', '--all');
    assert.equal(readBaseCommit(root), undefined);
    await git(root, 'checkout', '--quiet', '--detach');
    assert.equal(readBaseCommit(root), undefined);
  });

  it('finds none where refs are kept as reftable', async (t) => {
    const root = makeFolder(t);
    const made = await runGit(root, ['init', '--quiet', '--ref-format=reftable']);
    // Git before 2.45 knows no such form; a repository of a newer one looks like this to it.
    if (made.code === 0) await commit(root);
    else {
      await git(root, 'init', '--quiet');
      writeFileSync(join(root, '.git/HEAD'), 'ref: refs/heads/.invalid\n');
      rmSync(join(root, '.git/refs/heads'), { recursive: true });
      writeFileSync(join(root, '.git/refs/heads'), 'this repository uses the reftable format\n');
    }
    assert.equal(readBaseCommit(root), undefined);
  });

  it('finds none in a bare repository', async (t) => {
    const { root } = await makeRepository(t);
    const bare = makeFolder(t);
    await git(bare, 'clone', '--quiet', '--bare', root, 'assets.git');
    assert.equal(readBaseCommit(join(bare, 'assets.git')), undefined);
  });
});

describe('readBaseCommit where .git is broken, or leads elsewhere', () => {
  const cases: Readonly<Record<string, (root: string, elsewhere: string) => void>> = {
    'no .git': (root) => rmSync(join(root, '.git'), { recursive: true }),
    'no HEAD': (root) => rmSync(join(root, '.git/HEAD')),
    'an empty HEAD': (root) => writeFileSync(join(root, '.git/HEAD'), ''),
    'a HEAD that is a folder': (root) => {
      rmSync(join(root, '.git/HEAD'));
      mkdirSync(join(root, '.git/HEAD'));
    },
    'a HEAD that is too long': (root) => appendFileSync(join(root, '.git/HEAD'), ' '.repeat(4096)),
    'an empty ref': (root) => writeFileSync(join(root, '.git/refs/heads/main'), ''),
    'a ref that is a link': (root) => {
      rmSync(join(root, '.git/refs/heads/main'));
      symlinkSync('next', join(root, '.git/refs/heads/main'));
    },
    'refs that lie elsewhere': (root, elsewhere) => {
      rmSync(join(root, '.git/refs'), { recursive: true });
      symlinkSync(join(elsewhere, '.git/refs'), join(root, '.git/refs'));
    },
    'a .git that is a link': (root, elsewhere) => {
      rmSync(join(root, '.git'), { recursive: true });
      symlinkSync(join(elsewhere, '.git'), join(root, '.git'));
    },
    'a .git that is another file': (root) => {
      rmSync(join(root, '.git'), { recursive: true });
      writeFileSync(join(root, '.git'), `${OID}\n`);
    },
    'a .git file that leads nowhere': (root) => {
      rmSync(join(root, '.git'), { recursive: true });
      writeFileSync(join(root, '.git'), 'gitdir: ../no/such/folder\n');
    },
    'packed refs that are too long': (root) => {
      rmSync(join(root, '.git/refs/heads/main'));
      writeFileSync(join(root, '.git/packed-refs'), `${OID} refs/heads/main\n`);
      assert.equal(readBaseCommit(root), OID);
      truncateSync(join(root, '.git/packed-refs'), 32 * 1024 * 1024 + 1);
    },
  };
  for (const [what, change] of Object.entries(cases)) {
    it(`${what}: none`, async (t) => {
      const { root, oid } = await makeRepository(t);
      writeFileSync(join(root, '.git/refs/heads/next'), `${oid}\n`);
      const { root: elsewhere } = await makeRepository(t);
      assert.equal(readBaseCommit(root), oid);
      change(root, elsewhere);
      assert.equal(readBaseCommit(root), undefined);
    });
  }
});
