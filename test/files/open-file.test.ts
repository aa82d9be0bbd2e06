// How files are opened and read, and what is noticed when they change.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ContentChanged, OpenFile, readJudged } from '../../src/files/open-file.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { makeFifo } from '../support/fifo.ts';

function open(t: TestContext, file: string): OpenFile {
  const opened = new OpenFile(file);
  t.after(() => opened[Symbol.dispose]());
  return opened;
}

describe('OpenFile', () => {
  it('reads from any position, and less only at the end', (t) => {
    const file = open(t, join(makeFolder(t, { a: '0123456789' }), 'a'));
    assert.equal(file.size, 10);
    assert.equal(file.read(2, 3).toString(), '234');
    assert.equal(file.read(8, 5).toString(), '89');
    assert.equal(file.read(10, 5).length, 0);
  });

  it('reads what was added since it was opened', (t) => {
    const path = join(makeFolder(t, { a: '0123' }), 'a');
    const file = open(t, path);
    appendFileSync(path, '4567');
    assert.equal(file.read(0, 8).toString(), '01234567');
  });

  it('opens nothing but regular files', (t) => {
    const root = makeFolder(t, { a: 'x' });
    mkdirSync(join(root, 'folder'));
    makeFifo(join(root, 'fifo'));
    symlinkSync('a', join(root, 'link'));
    for (const name of ['folder', 'fifo'])
      assert.throws(() => new OpenFile(join(root, name)), ContentChanged);
    assert.throws(() => new OpenFile(join(root, 'link')), { code: 'ELOOP' });
    assert.throws(() => new OpenFile(join(root, 'absent')), { code: 'ENOENT' });
  });
});

describe('readJudged', () => {
  const text = 'The bytes that were judged.';
  const judged = { sha256: createHash('sha256').update(text).digest('hex'), size: text.length };

  it('gives all bytes in pieces', (t) => {
    const file = open(t, join(makeFolder(t, { a: text }), 'a'));
    const pieces = [...readJudged(file, judged, 10)];
    assert.deepEqual(
      pieces.map(({ length }) => length),
      [10, 10, 7],
    );
    assert.equal(Buffer.concat(pieces).toString(), text);
  });

  const changes: Readonly<Record<string, (path: string) => void>> = {
    longer: (path) => appendFileSync(path, '!'),
    shorter: (path) => truncateSync(path, 5),
    'of other bytes': (path) => writeFileSync(path, text.toUpperCase()),
  };
  for (const [name, change] of Object.entries(changes)) {
    it(`throws before the last piece of a file that is ${name}`, (t) => {
      const path = join(makeFolder(t, { a: text }), 'a');
      change(path);
      const pieces = readJudged(open(t, path), judged, 10);
      const given: number[] = [];
      assert.throws(() => {
        for (const { length } of pieces) given.push(length);
      }, ContentChanged);
      assert.ok(given.length < 3);
    });
  }

  it('throws when the file shrinks on the way', (t) => {
    const path = join(makeFolder(t, { a: text }), 'a');
    const pieces = readJudged(open(t, path), judged, 10);
    pieces.next();
    truncateSync(path, 10);
    assert.throws(() => [...pieces], ContentChanged);
  });
});
