// Which files are gone, and whether a checkout is sparse.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decideRemovals, isSparseCheckout, parseSparseSetting } from '../../src/manifest/removals.ts';
import { makeFolder } from '../support/temporary-folder.ts';

describe('decideRemovals', () => {
  const found = new Set(['found.png']);

  it('drops entries of what is no file, and only those', async (t) => {
    const root = makeFolder(t, { 'a/here.png': 'x', file: 'x' });
    symlinkSync('nowhere', join(root, 'broken.png'));
    const entries = [
      'found.png',
      'a/here.png',
      'a/x.png',
      'b/x.png',
      'file/x.png',
      'broken.png',
      'a',
      'x'.repeat(300),
    ];
    // A broken link is there, a folder is no file; a name that no file can have proves nothing.
    assert.deepEqual(decideRemovals({ root, entries, found, isBranchAsked: false }), {
      removals: ['a/x.png', 'b/x.png', 'file/x.png', 'a'],
    });
  });

  it('drops nothing when no asset was found at all, and says so', async (t) => {
    const root = makeFolder(t);
    const input = { root, found: new Set<string>(), isBranchAsked: true };
    const { removals, remark } = decideRemovals({ ...input, entries: ['a.png', 'b.png'] });
    assert.deepEqual(removals, []);
    assert.equal(remark?.level, 'warning');
    assert.match(remark?.message ?? '', /the 2 entries of the manifest whose files are gone stay/);
    assert.match(decideRemovals({ ...input, entries: ['a.png'] }).remark?.message ?? '', /the 1 entry of/);
    assert.deepEqual(decideRemovals({ ...input, entries: [] }), { removals: [] });
  });

  it('drops nothing in a sparse checkout, unless a branch is asked', async (t) => {
    const root = makeFolder(t, { '.git/config': '[core]\nsparseCheckout = true\n' });
    const input = { root, found, entries: ['a.png'] };
    const { removals, remark } = decideRemovals({ ...input, isBranchAsked: false });
    assert.deepEqual([removals, remark?.level], [[], 'notice']);
    assert.deepEqual(decideRemovals({ ...input, isBranchAsked: true }), { removals: ['a.png'] });
  });
});

describe('parseSparseSetting', () => {
  const rows: readonly (readonly [name: string, text: string, isSparse: boolean])[] = [
    ['nothing', '', false],
    ['true', '[core]\n\tsparseCheckout = true\n', true],
    ['quoted', '[core]\n\tsparseCheckout = "true"\n', true],
    ['any case', '[CORE]\n  SPARSECHECKOUT=TRUE', true],
    ['yes, on, 1', '[core]\nsparseCheckout = 1', true],
    ['another number', '[core]\nsparseCheckout = 02', true],
    ['zero', '[core]\nsparseCheckout = 0', false],
    ['below an escaped backslash', '[core]\nhooksPath = C:\\\\hooks\\\\\nsparseCheckout = true', true],
    ['below a comment that ends in a backslash', '[core]\n; note \\\nsparseCheckout = true', true],
    ['a bare name', '[core]\nsparseCheckout\n', true],
    ['on one line', '[core] sparseCheckout = yes', true],
    ['with a comment', '[core]\nsparsecheckout = on # really', true],
    ['Windows line ends', '[core]\r\nsparseCheckout = true\r\n', true],
    ['false', '[core]\nsparseCheckout = false', false],
    ['the last one wins', '[core]\nsparseCheckout = true\nsparseCheckout = false', false],
    ['another section', '[other]\nsparseCheckout = true', false],
    ['a section that follows', '[core]\nbare = false\n[extensions]\nsparseCheckout = true', false],
    ['a cone alone', '[core]\nsparseCheckoutCone = true', false],
    ['a comment', '[core]\n# sparseCheckout = true', false],
  ];
  for (const [name, text, isSparse] of rows) it(name, () => assert.equal(parseSparseSetting(text), isSparse));
});

describe('isSparseCheckout', () => {
  const git = (folder: string, ...args: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.invalid', '-C', folder, ...args], {
      stdio: 'ignore',
      env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    });
  };

  it('tells what git sparse-checkout does, in main and linked work trees', async (t) => {
    const root = makeFolder(t, { 'main/a/x.txt': 'x', 'main/b/y.txt': 'y' });
    const main = join(root, 'main');
    assert.equal(isSparseCheckout(main), false, 'no repository at all');
    git(main, 'init', '-q');
    git(main, 'add', '.');
    git(main, 'commit', '-qm', 'x');
    assert.equal(isSparseCheckout(main), false);
    git(main, 'worktree', 'add', '-q', '../linked');
    assert.equal(isSparseCheckout(join(root, 'linked')), false);
    git(join(root, 'linked'), 'sparse-checkout', 'set', 'a');
    assert.equal(isSparseCheckout(join(root, 'linked')), true);
    git(main, 'sparse-checkout', 'set', 'a');
    assert.equal(isSparseCheckout(main), true);
    git(main, 'sparse-checkout', 'disable');
    assert.equal(isSparseCheckout(main), false);
  });

  it('reads the setting of actions/checkout, in the configuration of the repository', async (t) => {
    const root = makeFolder(t, { '.git/config': '[core]\n\tsparseCheckout = true\n' });
    assert.equal(isSparseCheckout(root), true);
  });

  it('finds the checkout that a folder belongs to', async (t) => {
    const root = makeFolder(t, { '.git/config': '[core]\n\tsparseCheckout = true\n', 'a/b/x.txt': 'x' });
    assert.equal(isSparseCheckout(join(root, 'a/b')), true);
  });
});
