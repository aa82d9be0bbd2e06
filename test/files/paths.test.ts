// Paths as text, by the rules of both separators.
import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { describe, it } from 'node:test';
import {
  isInsideGitFolder,
  isRooted,
  listPrefixes,
  pathRulesOf,
  toRelativePattern,
  toRepositoryPath,
} from '../../src/files/paths.ts';

describe('pathRulesOf', () => {
  it('knows Windows and everything else', () => {
    assert.equal(pathRulesOf('win32'), win32);
    assert.equal(pathRulesOf('linux'), posix);
    assert.equal(pathRulesOf('darwin'), posix);
  });
});

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

describe('toRelativePattern', () => {
  const rows: readonly (readonly [string, readonly string[], string | undefined, typeof posix])[] = [
    ['/repo/whatsapp/**', ['/repo'], 'whatsapp/**', posix],
    ['/real/whatsapp/**', ['/repo', '/real'], 'whatsapp/**', posix],
    ['/repo', ['/repo'], '.', posix],
    ['/repo/', ['/repo'], '.', posix],
    ['/repo//a', ['/repo'], 'a', posix],
    ['/a', ['/'], 'a', posix],
    ['/repo/#1/a.png', ['/repo'], './#1/a.png', posix],
    ['/repo/!new/*', ['/repo'], './!new/*', posix],
    ['/repo/ a/*', ['/repo'], './ a/*', posix],
    ['/repo-evil/**', ['/repo'], undefined, posix],
    ['/Repo/**', ['/repo'], undefined, posix],
    ['/repo\\a', ['/repo'], undefined, posix],
    ['D:\\a\\repo\\whatsapp\\**', ['D:\\a\\repo'], 'whatsapp\\**', win32],
    ['D:\\a\\repo/whatsapp/**', ['D:\\a\\repo'], 'whatsapp/**', win32],
    ['D:/a/repo/whatsapp/**', ['D:\\a\\repo'], 'whatsapp/**', win32],
    ['d:\\A\\Repo\\Whatsapp\\**', ['D:\\a\\repo'], 'Whatsapp\\**', win32],
    ['D:\\whatsapp', ['D:\\'], 'whatsapp', win32],
    ['D:\\a\\repo2\\**', ['D:\\a\\repo'], undefined, win32],
    ['C:\\a\\repo\\**', ['D:\\a\\repo'], undefined, win32],
    ['\\\\host\\share\\a', ['\\\\host\\share'], 'a', win32],
  ];
  for (const [pattern, roots, expected, rules] of rows) {
    it(`${pattern} under ${roots}`, () => assert.equal(toRelativePattern(pattern, roots, rules), expected));
  }
});

describe('isRooted', () => {
  const rows: readonly (readonly [string, boolean, boolean])[] = [
    ['/a', true, true],
    ['a/b', false, false],
    ['./a', false, false],
    ['**', false, false],
    ['C:\\a', false, true],
    ['c:/a', false, true],
    ['C:a', false, true],
    ['\\a', false, true],
    ['\\\\host\\share\\a', false, true],
    ['a:b', false, true],
  ];
  for (const [pattern, onPosix, onWindows] of rows) {
    it(pattern, () => {
      assert.deepEqual([isRooted(pattern, posix), isRooted(pattern, win32)], [onPosix, onWindows]);
    });
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
