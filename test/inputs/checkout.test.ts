// Where the repository lies, which commit it holds, and which paths of the inputs lie inside it; on real folders, and
// repositories that git made.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import {
  findPackedRef,
  locateRepository,
  parseRef,
  readBaseCommit,
  type Repository,
} from '../../src/inputs/checkout.ts';
import { runGit } from '../github-api/run-git.ts';
import { makeFifo } from '../support/fifo.ts';
import { makeFolder } from '../support/temporary-folder.ts';

type PathInputs = Parameters<typeof locateRepository>[1];

const defaults: PathInputs = {
  files: ['**/*.png'],
  manifestPath: 'nxcloud-assets.json',
  workingDirectory: '.',
  reportPath: undefined,
};

/** A workspace with links, folders and a FIFO of every kind that matters. */
function makeWorkspace(t: TestContext): string {
  const folder = makeFolder(t, {
    'workspace/checkout/assets/a.png': 'x',
    'workspace/checkout/.git/config': '',
    'workspace/checkout/file': 'x',
    'workspace/other/x': 'x',
    'outside/x.json': '{}',
    'workspace-evil/x': 'x',
  });
  const checkout = join(folder, 'workspace/checkout');
  symlinkSync('assets', join(checkout, 'link-inside'));
  symlinkSync('../../outside', join(checkout, 'link-outside'));
  symlinkSync('../../outside/x.json', join(checkout, 'link.json'));
  symlinkSync('nowhere', join(checkout, 'broken.json'));
  symlinkSync('.git', join(checkout, 'link-git'));
  symlinkSync('checkout', join(folder, 'workspace/linked-checkout'));
  symlinkSync('../outside', join(folder, 'workspace/linked-outside'));
  mkdirSync(join(checkout, 'folder.json'));
  makeFifo(join(checkout, 'fifo.json'));
  return join(folder, 'workspace');
}

async function accept(workspace: string, inputs: Partial<PathInputs>): Promise<Repository> {
  const { repository, faults } = locateRepository(workspace, { ...defaults, ...inputs }, (text) => text);
  assert.ok(repository !== undefined && faults.length === 0, faults.join('\n'));
  return repository;
}

async function refuse(workspace: string, inputs: Partial<PathInputs>): Promise<readonly string[]> {
  const { faults } = locateRepository(workspace, { ...defaults, ...inputs }, (text) => text);
  assert.notEqual(faults.length, 0, 'nothing was refused');
  return faults;
}

describe('working-directory', () => {
  it('may be the workspace, a folder in it, a path through a link that ends inside, or absolute', async (t) => {
    const workspace = makeWorkspace(t);
    const checkout = join(workspace, 'checkout');
    assert.equal((await accept(workspace, {})).root, workspace);
    for (const workingDirectory of [
      'checkout',
      './checkout/',
      'other/../checkout',
      'linked-checkout',
      checkout,
    ])
      assert.equal((await accept(workspace, { workingDirectory })).root, checkout, workingDirectory);
  });

  it('may lie in a workspace that is a link itself', async (t) => {
    const workspace = makeWorkspace(t);
    symlinkSync(workspace, join(workspace, '../linked-workspace'));
    const { root } = await accept(join(workspace, '../linked-workspace'), { workingDirectory: 'checkout' });
    assert.equal(root, join(workspace, 'checkout'));
  });

  it('has two names there, and paths may begin with either', async (t) => {
    const workspace = makeWorkspace(t);
    const linked = join(workspace, '../linked-workspace');
    symlinkSync(workspace, linked);
    for (const start of [workspace, linked]) {
      const repository = await accept(linked, { manifestPath: join(start, 'a/manifest.json') });
      assert.equal(repository.manifestPath, 'a/manifest.json');
    }
  });

  const rows: readonly (readonly [value: string, what: string])[] = [
    ['..', 'leads out of the workspace'],
    ['../outside', 'leads out of the workspace'],
    ['../workspace-evil', 'leads out of the workspace'],
    ['linked-outside', 'leads out of the workspace'],
    ['/', 'leads out of the workspace'],
    ['absent', 'is not a folder'],
    ['checkout/file', 'is not a folder'],
    ['checkout/broken.json', 'is not a folder'],
    ['a\0b', 'is not a folder'],
  ];
  for (const [workingDirectory, what] of rows) {
    it(`${JSON.stringify(workingDirectory)} ${what}`, async (t) => {
      const faults = await refuse(makeWorkspace(t), { workingDirectory });
      assert.equal(faults.length, 1);
      assert.match(
        faults[0] ?? '',
        new RegExp(`^working-directory: ".*" ${what}; give one inside the workspace$`),
      );
    });
  }

  it('a workspace that is no folder is named as such', async (t) => {
    const workspace = makeWorkspace(t);
    assert.match((await refuse(join(workspace, 'absent'), {})).join(), /GITHUB_WORKSPACE\) is not a folder$/);
  });
});

describe('manifest-path and report-path', () => {
  const accepted: readonly (readonly [value: string, path: string])[] = [
    ['assets.json', 'assets.json'],
    ['./a/../b/assets.json', 'b/assets.json'],
    ['assets/assets.json', 'assets/assets.json'],
    ['..json', '..json'],
    ['.github/assets.json', '.github/assets.json'],
    ['file', 'file'],
    ['a b/ü.json', 'a b/ü.json'],
  ];
  for (const [value, path] of accepted) {
    it(`accepts ${value}`, async (t) => {
      const inputs = { workingDirectory: 'checkout', manifestPath: value };
      const { manifestPath } = await accept(makeWorkspace(t), inputs);
      assert.equal(manifestPath, path);
      const { reportPath } = await accept(makeWorkspace(t), {
        workingDirectory: 'checkout',
        reportPath: value,
      });
      assert.equal(reportPath, path);
    });
  }

  it('accepts an absolute path inside, also through a linked checkout', async (t) => {
    const workspace = makeWorkspace(t);
    for (const workingDirectory of ['checkout', 'linked-checkout']) {
      const manifestPath = join(workspace, workingDirectory, 'a/b.json');
      assert.equal((await accept(workspace, { workingDirectory, manifestPath })).manifestPath, 'a/b.json');
    }
  });

  const refused: readonly (readonly [value: string, what: string])[] = [
    ['..', 'does not lie inside the repository'],
    ['.', 'does not lie inside the repository'],
    ['../assets.json', 'does not lie inside the repository'],
    ['../checkout-evil/assets.json', 'does not lie inside the repository'],
    ['/etc/passwd', 'does not lie inside the repository'],
    ['a\0.json', 'does not lie inside the repository'],
    ['new/', 'names a folder'],
    ['assets/a.png', 'has the name of an asset, which it would replace'],
    ['new.PDF', 'has the name of an asset, which it would replace'],
    ['.git/config', 'lies inside .git'],
    ['.GIT/hooks/pre-commit', 'lies inside .git'],
    ['vendor/.git/config', 'lies inside .git'],
    ['link.json', 'leads through the symbolic link "link.json"'],
    ['broken.json', 'leads through the symbolic link "broken.json"'],
    ['link-inside/assets.json', 'leads through the symbolic link "link-inside"'],
    ['link-outside/assets.json', 'leads through the symbolic link "link-outside"'],
    ['link-git/config', 'leads through the symbolic link "link-git"'],
    ['folder.json', 'is not a regular file'],
    ['fifo.json', 'is not a regular file'],
    ['file/assets.json', 'leads through "file", which is not a folder'],
    [`${'x'.repeat(300)}/a.json`, 'cannot be reached (ENAMETOOLONG)'],
  ];
  for (const [value, what] of refused) {
    it(`refuses ${JSON.stringify(value).slice(0, 60)}`, async (t) => {
      const inputs = { workingDirectory: 'checkout', manifestPath: value, reportPath: value };
      const workspace = makeWorkspace(t);
      const before = readdirSync(workspace, { recursive: true });
      const faults = await refuse(workspace, inputs);
      assert.deepEqual(
        faults.map((fault) => fault.slice(0, fault.indexOf(':'))),
        ['manifest-path', 'report-path'],
      );
      for (const fault of faults) assert.ok(fault.includes(what), fault);
      assert.deepEqual(readdirSync(workspace, { recursive: true }), before);
    });
  }

  for (const [manifestPath, reportPath] of [
    ['a/../x', './x'],
    ['x', 'X'],
    ['x', 'x/report.html'],
    ['x/assets.json', 'x'],
  ] as const) {
    it(`refuses ${manifestPath} and ${reportPath} together`, async (t) => {
      const faults = await refuse(makeWorkspace(t), { manifestPath, reportPath });
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', /^report-path: ".*" is in the way of the manifest; give another one$/);
    });
  }
});

describe('files', () => {
  it('makes absolute patterns inside the repository relative, the excluding ones too', async (t) => {
    const workspace = makeWorkspace(t);
    const checkout = join(workspace, 'checkout');
    const linked = join(workspace, 'linked-checkout');
    const files = [`${linked}/**/*.png`, `!${checkout}//a.png`, `! ${checkout}/b.png`, checkout, 'c.png'];
    const { patterns } = await accept(workspace, { workingDirectory: 'linked-checkout', files });
    assert.deepEqual(patterns, ['**/*.png', '!a.png', '! b.png', '.', 'c.png']);
  });

  it('refuses each absolute pattern that leads out', async (t) => {
    const workspace = makeWorkspace(t);
    const files = ['/etc/*', `!${workspace}/checkout-evil/x.png`, 'ok.png', '/', '! /tmp/x'];
    const faults = await refuse(workspace, { workingDirectory: 'checkout', files });
    assert.equal(faults.length, 4);
    for (const fault of faults)
      assert.match(fault, /^files: ".*" leads out of the repository; write it relative/);
  });

  it('names all wrong paths together', async (t) => {
    const faults = await refuse(makeWorkspace(t), { files: ['/x'], manifestPath: '..', reportPath: '..' });
    assert.deepEqual(
      faults.map((fault) => fault.slice(0, fault.indexOf(':'))),
      ['files', 'manifest-path', 'report-path'],
    );
  });
});

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
