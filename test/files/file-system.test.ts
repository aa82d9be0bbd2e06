// What stands at a path, and whether a file can be written there.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  findFolderFault,
  findPathFault,
  findRealPath,
  lstatIfPresent,
  refuseLinks,
  tryWriting,
  writeAtomically,
} from '../../src/files/file-system.ts';
import { makeFifo } from '../support/fifo.ts';
import { makeFolder } from '../support/temporary-folder.ts';

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

describe('findRealPath', () => {
  it('follows links, and knows no path of nothing', (t) => {
    const root = makeKinds(t);
    assert.equal(findRealPath(join(root, 'linked/file')), join(root, 'folder/file'));
    for (const path of ['broken', 'new', 'file/a']) assert.equal(findRealPath(join(root, path)), undefined);
  });
});

describe('writeAtomically', () => {
  it('makes folders, replaces the text, and leaves nothing beside it', async (t) => {
    const root = makeFolder(t);
    for (const text of ['old', 'new']) {
      await writeAtomically(root, 'a/b/c.json', text);
      assert.equal(readFileSync(join(root, 'a/b/c.json'), 'utf8'), text);
    }
    assert.deepEqual(readdirSync(join(root, 'a/b')), ['c.json']);
  });

  it('takes a name as long as names can be', async (t) => {
    const root = makeFolder(t);
    const name = `${'n'.repeat(250)}.json`;
    await writeAtomically(root, name, 'text');
    assert.deepEqual(readdirSync(root), [name]);
  });

  it('lets who asked have a last look while the old text is there, and give up', async (t) => {
    const root = makeFolder(t, { 'a.json': 'old' });
    const look = (): void => {
      assert.equal(readFileSync(join(root, 'a.json'), 'utf8'), 'old');
      throw new Error('seen');
    };
    await assert.rejects(writeAtomically(root, 'a.json', 'new', look), { message: 'seen' });
    assert.deepEqual(readdirSync(root), ['a.json']);
  });

  it('leaves nothing behind when a folder is in the way', async (t) => {
    const root = makeFolder(t);
    mkdirSync(join(root, 'a.json/b'), { recursive: true });
    await assert.rejects(writeAtomically(root, 'a.json', 'new'), { code: 'EISDIR' });
    assert.deepEqual(readdirSync(root), ['a.json']);
  });

  it('follows no folder that is a link', async (t) => {
    const root = makeFolder(t, { 'in/a.json': 'old' });
    symlinkSync('in', join(root, 'link'));
    await assert.rejects(writeAtomically(root, 'link/a.json', 'new'), {
      message: 'it leads through the symbolic link "link"',
    });
    assert.deepEqual(readdirSync(join(root, 'in')), ['a.json']);
  });
});

describe('tryWriting', () => {
  it('leaves the file as it is, and nothing but its folder where there is none', async (t) => {
    const root = makeFolder(t, { 'a.json': 'old' });
    await tryWriting(root, 'a.json', 9);
    await tryWriting(root, 'b/c.json', 0);
    assert.equal(readFileSync(join(root, 'a.json'), 'utf8'), 'old');
    assert.deepEqual(readdirSync(join(root, 'b')), []);
  });

  it('fails below a file', async (t) => {
    await assert.rejects(tryWriting(makeFolder(t, { a: '' }), 'a/b.json', 0), {
      message: 'it leads through "a", which is not a folder',
    });
  });
});

describe('refuseLinks', () => {
  it('minds the folders on the way alone', (t) => {
    const root = makeFolder(t, { 'a/b.json': '' });
    symlinkSync('b.json', join(root, 'a/link.json'));
    refuseLinks(root, 'a/link.json');
    symlinkSync('a', join(root, 'link'));
    assert.throws(() => refuseLinks(root, 'link/b.json'), { message: /^it leads through the symbolic link/ });
  });
});
