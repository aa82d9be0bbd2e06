// Where git keeps what it knows of a checkout. On real repositories: test/inputs/checkout.test.ts.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findGitFolder, parseGitFile, readInside } from '../../src/files/git-folder.ts';
import { makeFolder } from '../support/temporary-folder.ts';

describe('parseGitFile', () => {
  for (const [text, expected] of [
    ['gitdir: ../.git/modules/brand\n', '../.git/modules/brand'],
    ['gitdir: /home/me/my assets/.git/worktrees/x', '/home/me/my assets/.git/worktrees/x'],
    ['gitdir: C:/assets/.git/worktrees/x\r\n', 'C:/assets/.git/worktrees/x'],
    ['gitdir: a\nb', undefined],
    ['gitdir: ', undefined],
    ['x gitdir: a', undefined],
    ['', undefined],
  ] as const) {
    it(JSON.stringify(text), () => assert.equal(parseGitFile(text), expected));
  }
});

describe('findGitFolder', () => {
  it('finds the folder of a repository, a work tree and nothing', (t) => {
    const root = makeFolder(t, {
      'main/.git/HEAD': 'x',
      'main/.git/worktrees/linked/commondir': '../..\n',
      'linked/.git': 'gitdir: ../main/.git/worktrees/linked\n',
      'none/a': '',
    });
    const git = join(root, 'main/.git');
    assert.deepEqual(findGitFolder(join(root, 'main')), { own: git, shared: git });
    const own = join(git, 'worktrees/linked');
    assert.deepEqual(findGitFolder(join(root, 'linked')), { own, shared: git });
    assert.equal(findGitFolder(join(root, 'none')), undefined);
  });
});

describe('readInside', () => {
  it('reads a file, and neither what is too long nor what lies elsewhere', (t) => {
    const root = makeFolder(t, { 'git/a': '12345', 'git/folder/b': '', outside: 'x' });
    const git = join(root, 'git');
    symlinkSync('../outside', join(git, 'link'));
    assert.equal(readInside(git, 'a', 5), '12345');
    assert.throws(() => readInside(git, 'a', 4), /too long/);
    assert.throws(() => readInside(git, 'link', 5), /ELOOP/);
    assert.equal(readInside(git, 'folder', 5), undefined);
    assert.equal(readInside(git, 'absent', 5), undefined);
  });
});
