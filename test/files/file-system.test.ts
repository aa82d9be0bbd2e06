// What stands at a path, and whether a file can be written there.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { findFolderFault, findPathFault, lstatIfPresent } from '../../src/files/file-system.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { makeFifo } from '../support/fifo.ts';

/** A folder with one thing of each kind. */
function makeKinds(t: TestContext): string {
  const root = makeFolder(t, { file: '', 'folder/file': '' });
  mkdirSync(join(root, 'empty'));
  symlinkSync('file', join(root, 'link'));
  symlinkSync('folder', join(root, 'linked'));
  symlinkSync('nowhere', join(root, 'broken'));
  makeFifo(join(root, 'fifo'));
  return root;
}

const NO_FILE = 'is not a regular file';
const throughLink = (path: string) => `leads through the symbolic link "${path}"`;
const throughFile = (path: string) => `leads through "${path}", which is not a folder`;

const rows: readonly (readonly [path: string, fault?: string, folderFault?: string])[] = [
  ['file'],
  ['new'],
  ['new/er/file'],
  ['folder/file'],
  ['folder', NO_FILE],
  ['empty', NO_FILE],
  ['fifo', NO_FILE],
  ['link', throughLink('link')],
  ['broken', throughLink('broken')],
  ['linked/file', throughLink('linked'), throughLink('linked')],
  ['file/a/b', throughFile('file'), throughFile('file')],
  ['fifo/a', throughFile('fifo'), throughFile('fifo')],
  [`${'a'.repeat(300)}/b`, 'cannot be reached (ENAMETOOLONG)', 'cannot be reached (ENAMETOOLONG)'],
];

describe('findPathFault and findFolderFault', () => {
  for (const [path, fault, folderFault] of rows) {
    it(path.slice(0, 20), (t) => {
      const root = makeKinds(t);
      assert.deepEqual([findPathFault(root, path), findFolderFault(root, path)], [fault, folderFault]);
    });
  }
});

describe('lstatIfPresent', () => {
  it('tells links from what they lead to, and nothing from what cannot be looked at', (t) => {
    const root = makeKinds(t);
    assert.equal(lstatIfPresent(join(root, 'linked'))?.isSymbolicLink(), true);
    assert.equal(lstatIfPresent(join(root, 'folder'))?.isDirectory(), true);
    for (const path of ['new', 'new/er', 'file/a']) assert.equal(lstatIfPresent(join(root, path)), undefined);
    assert.throws(() => lstatIfPresent(join(root, 'a'.repeat(300))), { code: 'ENAMETOOLONG' });
  });
});
