// Files of the workspace are replaced whole or not at all, and never through a link.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { refuseLinks, tryWriting, writeAtomically } from '../../src/files/atomic-file.ts';
import { makeFolder } from '../support/temporary-folder.ts';

describe('writeAtomically', () => {
  it('makes folders, replaces the text, and leaves nothing beside it', async (t) => {
    const root = makeFolder(t);
    for (const text of ['old', 'new']) {
      await writeAtomically(root, 'a/b/c.json', text);
      assert.equal(readFileSync(join(root, 'a/b/c.json'), 'utf8'), text);
    }
    assert.deepEqual(readdirSync(join(root, 'a/b')), ['c.json']);
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
    await tryWriting(root, 'a.json');
    await tryWriting(root, 'b/c.json');
    assert.equal(readFileSync(join(root, 'a.json'), 'utf8'), 'old');
    assert.deepEqual(readdirSync(join(root, 'b')), []);
  });

  it('fails below a file', async (t) => {
    await assert.rejects(tryWriting(makeFolder(t, { a: '' }), 'a/b.json'), {
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
