// Where the repository lies, and which paths of the inputs lie inside it; on real folders.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { InputFaults } from '../../src/inputs/faults.ts';
import { locateRepository, type Repository } from '../../src/inputs/checkout.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { makeFifo } from '../support/fifo.ts';

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
  const faults = new InputFaults((text) => text);
  const repository = locateRepository(workspace, { ...defaults, ...inputs }, faults);
  assert.ok(repository !== undefined && faults.list.length === 0, faults.list.join('\n'));
  return repository;
}

async function refuse(workspace: string, inputs: Partial<PathInputs>): Promise<readonly string[]> {
  const faults = new InputFaults((text) => text);
  locateRepository(workspace, { ...defaults, ...inputs }, faults);
  assert.notEqual(faults.list.length, 0, 'nothing was refused');
  return faults.list;
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
