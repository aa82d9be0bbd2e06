// The manifest file: read once, written atomically and soon, never lost.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { StepError } from '../../src/text/errors.ts';
import {
  MAX_MANIFEST_BYTES,
  type Manifest,
  parseManifest,
  serializeManifest,
  UnreadableManifest,
} from '../../src/manifest/manifest.ts';
import { ManifestStore } from '../../src/manifest/store.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { formatLfsPointer } from '../support/lfs-pointer.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeFifo } from '../support/fifo.ts';

interface Opened {
  readonly folder: string;
  readonly file: string;
  readonly store: ManifestStore;
  readonly warnings: readonly string[];
}

async function open(
  t: TestContext,
  text?: string | Uint8Array,
  { force = false, name = 'assets.json' } = {},
): Promise<Opened> {
  const folder = makeFolder(t, text === undefined ? {} : { [name]: text });
  const file = join(folder, name);
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  return { folder, file, warnings, store: new ManifestStore({ root: folder, place: name, force, warn }) };
}

const one: Manifest = new Map([['a.jpg', makeEntry()]]);
const readManifest = (file: string): Manifest => parseManifest(readFileSync(file), 'x');

/** Does something while the next file is synced to the disk. */
async function duringSync(t: TestContext, action: () => void): Promise<void> {
  const handle = await openFile(import.meta.filename);
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  t.mock.method(prototype, 'sync', async () => action(), { times: 1 });
}

describe('new ManifestStore', () => {
  it('takes an absent file for an empty manifest', async (t) => {
    const { store, file } = await open(t);
    assert.deepEqual([...store.manifest], []);
    assert.equal(store.checkout.text, undefined);
    await store.flush();
    assert.equal(store.hasChanged, false);
    assert.throws(() => statSync(file), { code: 'ENOENT' });
  });

  it('an absent folder is made when the first entry comes', async (t) => {
    const { store, file } = await open(t, undefined, { name: 'deep/er/assets.json' });
    store.set('a.jpg', makeEntry());
    await store.flush();
    assert.deepEqual(readManifest(file), one);
  });

  it('reads the entries and keeps the text', async (t) => {
    const { store } = await open(t, serializeManifest(one));
    assert.deepEqual(store.manifest, one);
    assert.equal(store.checkout.text, serializeManifest(one));
  });

  it('says what is wrong with a file that cannot be used', async (t) => {
    await assert.rejects(open(t, '{'), (error) => {
      assert.ok(error instanceof UnreadableManifest);
      assert.match(error.message, /^The manifest assets\.json cannot be read: it is not valid JSON/);
      return true;
    });
  });

  it('tells the pointer of Git LFS from a broken manifest, and starts afresh from it by force', async (t) => {
    const pointer = formatLfsPointer({ sha256: 'ab'.repeat(32), size: 2 });
    await assert.rejects(open(t, pointer), { code: 'manifest-in-lfs', message: /Git LFS.*\.gitattributes/ });
    assert.deepEqual([...(await open(t, pointer, { force: true })).store.manifest], []);
  });

  it('does not read a file of more than 28 MiB', async (t) => {
    await assert.rejects(open(t, Buffer.alloc(MAX_MANIFEST_BYTES + 1)), /has 29360129 bytes; at most/);
  });

  it('keeps a byte order mark and a schema, and sees a change of the mark alone', async (t) => {
    const text = `\ufeff${serializeManifest(one).replace('{', '{\n  "$schema": "x",')}`;
    const { store, file } = await open(t, text);
    assert.equal(store.checkout.text, text);
    store.set('b.jpg', makeEntry());
    await store.flush();
    assert.match(readFileSync(file, 'utf8'), /^\{\n {2}"\$schema": "x",\n {2}"version": 1,/);
    await store.replace(undefined, new Map());
    assert.equal(readFileSync(file, 'utf8'), text);
    assert.equal(store.hasChanged, false);
  });

  it('does not wait for a FIFO', async (t) => {
    const root = makeFolder(t);
    makeFifo(join(root, 'assets.json'));
    const options = { root, place: 'assets.json', force: false, warn: () => undefined };
    assert.throws(() => new ManifestStore(options), /cannot be read: it is not a regular file/);
  });

  it('tells a folder and an unreachable place from absence', async (t) => {
    const folder = makeFolder(t, { file: 'x', 'folder/x': 'x' });
    for (const [name, code] of [
      ['folder', 'it is not a regular file'],
      ['file/assets.json', 'ENOTDIR'],
    ] as const) {
      const options = { root: folder, place: name, force: false, warn: () => undefined };
      assert.throws(
        () => new ManifestStore(options),
        (error) => {
          assert.ok(error instanceof UnreadableManifest);
          assert.match(
            error.message,
            new RegExp(`^The manifest ${name} cannot be read: .*${code}.*Make it readable`),
          );
          return true;
        },
      );
    }
  });

  it('with force starts afresh, with a warning, and replaces the file at the first success', async (t) => {
    const { store, file, warnings } = await open(t, '<<<<<<< HEAD\n', { force: true });
    assert.deepEqual([...store.manifest], []);
    assert.match(
      warnings.join(),
      /merge conflict markers.*Because of `force: true` this run starts afresh\.$/,
    );
    assert.equal(store.hasChanged, false);
    await store.flush();
    assert.equal(readFileSync(file, 'utf8'), '<<<<<<< HEAD\n');
    store.set('a.jpg', makeEntry());
    await store.flush();
    assert.deepEqual(readManifest(file), one);
    assert.equal(store.hasChanged, true);
  });

  it('with force starts afresh from a file that is too large to be read', async (t) => {
    const { store, file } = await open(t, Buffer.alloc(MAX_MANIFEST_BYTES + 1), { force: true });
    assert.equal(store.hasChanged, false);
    store.set('a.jpg', makeEntry());
    await store.flush();
    assert.deepEqual(readManifest(file), one);
    assert.equal(store.hasChanged, true);
  });

  it('with force keeps the entries of a file that can be read', async (t) => {
    const { store, warnings } = await open(t, serializeManifest(one), { force: true });
    assert.deepEqual(store.manifest, one);
    assert.deepEqual(warnings, []);
  });
});

describe('ManifestStore.set', () => {
  it('leaves the file byte-identical when nothing changes, whatever its form', async (t) => {
    const text = `\ufeff${serializeManifest(one).replaceAll('\n', '\r\n')}\n\n`;
    const { store, file } = await open(t, text);
    const before = statSync(file, { bigint: true });
    store.set('a.jpg', makeEntry());
    store.set('gone.jpg', undefined);
    await store.flush();
    assert.equal(readFileSync(file, 'utf8'), text);
    assert.equal(statSync(file, { bigint: true }).ino, before.ino);
    assert.equal(store.hasChanged, false);
  });

  it('is on disk soon without a flush', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { store, file } = await open(t);
    store.set('a.jpg', makeEntry());
    t.mock.timers.tick(299);
    store.set('b.jpg', makeEntry());
    assert.throws(() => statSync(file), { code: 'ENOENT' });
    // The timer runs from the first change, so steady successes cannot put it off.
    t.mock.timers.tick(1);
    t.mock.timers.reset();
    await waitUntil(() => store.hasChanged);
    assert.deepEqual([...readManifest(file).keys()], ['a.jpg', 'b.jpg']);
  });

  it('drops entries, and tells a way there and back from a change', async (t) => {
    const { store, file } = await open(t, serializeManifest(one));
    store.set('a.jpg', undefined);
    await store.flush();
    assert.equal(store.hasChanged, true);
    assert.equal(readManifest(file).size, 0);
    store.set('a.jpg', makeEntry());
    await store.flush();
    assert.equal(store.hasChanged, false);
  });

  it('writes whole files only: readers see old or new, and nothing is left beside them', async (t) => {
    const { store, file, folder } = await open(t, serializeManifest(one));
    let isDone = false;
    let reads = 0;
    const reader = (async () => {
      while (!isDone) {
        assert.ok(readManifest(file).size >= 1);
        reads += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let round = 0; round < 20; round += 1) {
      for (let at = 0; at < 50; at += 1) store.set(`${round}/${at}.jpg`, makeEntry());
      await store.flush();
    }
    isDone = true;
    await reader;
    assert.ok(reads > 20);
    assert.equal(readManifest(file).size, 1001);
    assert.deepEqual(readdirSync(folder), ['assets.json']);
  });

  it('flushes at the same time end with everything written', async (t) => {
    const { store, file } = await open(t);
    const flushes = [];
    for (let at = 0; at < 10; at += 1) {
      store.set(`${at}.jpg`, makeEntry());
      flushes.push(store.flush());
    }
    await Promise.all(flushes);
    assert.equal(readManifest(file).size, 10);
  });
});

describe('ManifestStore beside another process', () => {
  for (const [name, meddle] of [
    ['another text', (file: string) => writeFileSync(file, serializeManifest(new Map()))],
    ['no file any more', (file: string) => rmSync(file)],
  ] as const) {
    it(`replaces ${name}, once with a warning`, async (t) => {
      const { store, file, warnings } = await open(t, serializeManifest(one));
      store.set('b.jpg', makeEntry());
      await store.flush();
      assert.deepEqual(warnings, []);
      meddle(file);
      store.set('c.jpg', makeEntry());
      await store.flush();
      assert.match(
        warnings.join('\n'),
        /^Something else changed the manifest assets\.json while the step ran; it is replaced\.$/,
      );
      assert.deepEqual([...readManifest(file).keys()], ['a.jpg', 'b.jpg', 'c.jpg']);
      store.set('d.jpg', makeEntry());
      await store.flush();
      assert.equal(warnings.length, 1);
    });
  }

  it('sees what happened while its own text was written and synced', async (t) => {
    const { store, file, warnings } = await open(t, serializeManifest(one));
    store.set('b.jpg', makeEntry());
    await duringSync(t, () => writeFileSync(file, 'of another'));
    await store.flush();
    assert.match(warnings.join('\n'), /^Something else changed the manifest assets\.json/);
    assert.deepEqual([...readManifest(file).keys()], ['a.jpg', 'b.jpg']);
  });

  it('replaces a link that took the place of the file, not what it leads to', async (t) => {
    const { store, file, folder } = await open(t, serializeManifest(one));
    writeFileSync(join(folder, 'victim'), 'precious');
    rmSync(file);
    symlinkSync('victim', file);
    store.set('b.jpg', makeEntry());
    await store.flush();
    assert.equal(readFileSync(join(folder, 'victim'), 'utf8'), 'precious');
    assert.equal(readManifest(file).size, 2);
  });
});

describe('ManifestStore.replace', () => {
  it('writes exactly the text that was published', async (t) => {
    const { store, file } = await open(t, serializeManifest(new Map()));
    const text = `${JSON.stringify({ version: 1, assets: Object.fromEntries(one) })}\n`;
    await store.replace(text, one);
    assert.equal(readFileSync(file, 'utf8'), text);
    assert.deepEqual(store.manifest, one);
    assert.equal(store.hasChanged, true);
  });

  it('leaves a file alone that git checked out with CRLF', async (t) => {
    const text = serializeManifest(one).replaceAll('\n', '\r\n');
    const { store, file } = await open(t, text);
    await store.replace(serializeManifest(one), one);
    assert.equal(readFileSync(file, 'utf8'), text);
    assert.equal(store.hasChanged, false);
  });

  it('writes nothing when the file says it already', async (t) => {
    const { store, file } = await open(t, serializeManifest(one));
    const { ino } = statSync(file);
    await store.replace(serializeManifest(one), one);
    assert.equal(statSync(file).ino, ino);
    assert.equal(store.hasChanged, false);
  });

  for (const [name, text] of [
    ['removes the file when neither the checkout nor the branch has one', undefined],
    ['gives the checkout’s text back when nothing was published', serializeManifest(one)],
  ] as const) {
    it(name, async (t) => {
      const { store, file } = await open(t, text);
      store.set('b.jpg', makeEntry());
      await store.flush();
      assert.equal(store.hasChanged, true);
      await store.replace(undefined, new Map([['c.jpg', makeEntry()]]));
      assert.equal(existsSync(file) ? readFileSync(file, 'utf8') : undefined, text);
      assert.deepEqual([...store.manifest.keys()], text === undefined ? [] : ['a.jpg']);
      assert.equal(store.hasChanged, false);
    });
  }

  it('wins over a write that was due', async (t) => {
    const { store, file } = await open(t);
    store.set('b.jpg', makeEntry());
    await store.replace(serializeManifest(one), one);
    await store.flush();
    assert.deepEqual(readManifest(file), one);
  });
});

describe('ManifestStore that cannot write', () => {
  it('says so before anything is uploaded, and leaves nothing behind', async (t) => {
    const { store, folder } = await open(t, undefined, { name: 'deep/assets.json' });
    await store.tryWriting(1);
    assert.deepEqual(readdirSync(join(folder, 'deep')), []);
    rmSync(join(folder, 'deep'), { recursive: true });
    writeFileSync(join(folder, 'deep'), '');
    await assert.rejects(store.tryWriting(1), {
      code: 'manifest-unwritable',
      message: /^The manifest deep\/assets\.json could not be written: .*; nothing was uploaded\.$/,
    });
  });

  it('follows no folder that became a link', async (t) => {
    const { store, folder } = await open(t, undefined, { name: 'deep/er/assets.json' });
    store.set('a.jpg', makeEntry());
    const outside = makeFolder(t);
    symlinkSync(outside, join(folder, 'deep'));
    await assert.rejects(store.flush(), { message: /it leads through the symbolic link "deep"/ });
    assert.deepEqual(readdirSync(outside), []);
  });

  it('does not even remove behind a folder that became a link', async (t) => {
    const { store, folder } = await open(t, undefined, { name: 'deep/assets.json' });
    store.set('a.jpg', makeEntry());
    await store.flush();
    const outside = makeFolder(t, { 'assets.json': 'precious' });
    rmSync(join(folder, 'deep'), { recursive: true });
    symlinkSync(outside, join(folder, 'deep'));
    await assert.rejects(store.replace(undefined, new Map()), { message: /symbolic link/ });
    assert.deepEqual(readdirSync(outside), ['assets.json']);
  });

  it('says so at the flush, keeps the entries, and writes them when it can again', async (t) => {
    const { store, file } = await open(t, serializeManifest(one));
    rmSync(file);
    mkdirSync(join(file, 'in-the-way'), { recursive: true });
    store.set('b.jpg', makeEntry());
    await assert.rejects(store.flush(), (error) => {
      assert.ok(error instanceof StepError);
      assert.match(
        error.message,
        /^The manifest assets\.json could not be written: .*EISDIR.*output `manifest`\.$/,
      );
      return true;
    });
    assert.equal(store.manifest.size, 2);
    rmSync(file, { recursive: true });
    await store.flush();
    assert.equal(readManifest(file).size, 2);
    await store.flush();
  });

  it('writes no more than the next run reads', async (t) => {
    const { store, file } = await open(t, serializeManifest(one));
    store.set('b.jpg', makeEntry({ id: 'x'.repeat(MAX_MANIFEST_BYTES) }));
    await assert.rejects(store.flush(), {
      name: 'StepError',
      message: /could not be written: it would have \d+ bytes, and no run reads more than 29360128/,
    });
    assert.equal(readFileSync(file, 'utf8'), serializeManifest(one));
  });

  it('leaves nothing behind', async (t) => {
    const { store, file, folder } = await open(t);
    mkdirSync(join(file, 'in-the-way'), { recursive: true });
    store.set('b.jpg', makeEntry());
    await assert.rejects(store.flush());
    assert.deepEqual(readdirSync(folder), ['assets.json']);
  });
});
