// Paths as text, by the rules of both separators.
import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { describe, it } from 'node:test';
import { isInsideGitFolder, listPrefixes, toRepositoryPath } from '../../src/files/paths.ts';

describe('toRepositoryPath', () => {
  const rows: readonly (readonly [string, string, string | undefined, typeof posix])[] = [
    ['/repo', '/repo', '', posix],
    ['/repo', '/repo/a/b.png', 'a/b.png', posix],
    ['/repo', '/repo-evil/a.png', undefined, posix],
    ['/repo', '/', undefined, posix],
    ['/repo', '/repo/../x', undefined, posix],
    ['/repo', '/repo/..x/y', '..x/y', posix],
    ['/repo', '/repo/...', '...', posix],
    ['/repo', '/repo/a\\b.png', 'a\\b.png', posix],
    ['/', '/a', 'a', posix],
    ['C:\\repo', 'C:\\repo\\a\\b.png', 'a/b.png', win32],
    ['C:\\repo', 'c:\\REPO\\a.png', 'a.png', win32],
    ['C:\\repo', 'D:\\repo\\a.png', undefined, win32],
    ['C:\\repo', 'C:\\repo-evil', undefined, win32],
    ['C:\\repo', 'C:/repo/a/b.png', 'a/b.png', win32],
    ['C:\\repo', 'C:\\repo\\..x\\y', '..x/y', win32],
    ['C:\\repo', 'C:\\', undefined, win32],
    ['C:\\', 'C:\\a', 'a', win32],
    ['\\\\host\\share', '\\\\host\\share\\a', 'a', win32],
    ['\\\\host\\share', '\\\\host\\other\\a', undefined, win32],
  ];
  for (const [root, path, expected, rules] of rows) {
    it(`${root} and ${path}`, () => assert.equal(toRepositoryPath(root, path, rules), expected));
  }
});

describe('isInsideGitFolder', () => {
  for (const path of [
    '.git',
    '.git/config',
    'a/.git/x',
    '.GIT/x',
    'a/.Git',
    'git~1/x',
    'GIT~1',
    '.git./x',
    '.git . /x',
    '.git::$INDEX_ALLOCATION/x',
    '.g\u200cit/x',
  ]) {
    it(`holds for ${path}`, () => assert.equal(isInsideGitFolder(path), true));
  }
  for (const path of [
    '',
    'a',
    '.github/x',
    '.gitignore',
    'git',
    'a.git/x',
    '.git2',
    'git~2',
    'agit~1',
    '.git.x',
  ]) {
    it(`does not hold for "${path}"`, () => assert.equal(isInsideGitFolder(path), false));
  }
});

describe('listPrefixes', () => {
  it('grows to the whole path', () => {
    assert.deepEqual(listPrefixes('a/b/c'), ['a', 'a/b', 'a/b/c']);
    assert.deepEqual(listPrefixes('a'), ['a']);
  });
});
