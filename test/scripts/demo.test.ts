// The demo over the sample assets and over folders as users have them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { nodePath } from '../../runner/run-action.ts';
import { choose } from '../support/extent.ts';

const root = resolve(import.meta.dirname, '../..');
const samples = join(root, 'examples/assets/whatsapp');

async function runDemo(
  t: TestContext,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<{ exitCode: number; text: string }> {
  const temp = await makeFolder(t);
  return new Promise((done) => {
    execFile(
      nodePath,
      [join(root, 'scripts/demo.ts'), ...args],
      { env: { ...process.env, ...env, TMPDIR: temp }, timeout: 60_000 },
      async (error, stdout, stderr) => {
        await checkRemains(temp, stdout);
        done({
          exitCode: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
          text: stdout + stderr,
        });
      },
    );
  });
}

/** The demo leaves nothing behind but the gallery that it names. */
async function checkRemains(temp: string, text: string): Promise<void> {
  const named = /^The gallery of this run, to open in a browser: (.+)$/m.exec(text)?.[1];
  const remains = await readdir(temp, { recursive: true, withFileTypes: true });
  const files = remains.filter((entry) => entry.isFile());
  assert.deepEqual(
    files.map((entry) => join(entry.parentPath, entry.name)),
    named === undefined ? [] : [named],
  );
  if (named !== undefined) assert.match(await readFile(named, 'utf8'), /<h1>NXCloud template assets<\/h1>/);
}

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function digestFolder(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const digests = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      return [
        file,
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      ] as const;
    });
  return Object.fromEntries((await Promise.all(digests)).sort());
}

const folders: { name: string; fill: (folder: string) => Promise<unknown>; says: RegExp[] }[] = [
  {
    name: 'a single asset that can be changed',
    fill: (folder) => cp(join(samples, 'promo/header.jpg'), join(folder, 'HEADER.JPG')),
    says: [/changed: HEADER\.JPG/, /renamed: nothing/, /broken: {2}broken\.png/],
  },
  {
    name: 'a single asset that cannot',
    fill: (folder) => cp(join(samples, 'orders/receipt.pdf'), join(folder, 'a.pdf')),
    says: [/changed: nothing/, /renamed: a\.pdf to a-renamed\.pdf/],
  },
  {
    name: 'copies, names in use, links, a manifest, media of other types and odd names',
    fill: async (folder) => {
      await mkdir(join(folder, 'a b'));
      for (const name of [
        'a b/ü.png',
        'a b/copy.png',
        'a b/ü-renamed.png',
        'a b/broken.png',
        'a b/x\ty.png',
      ]) {
        await cp(join(samples, 'promo/voucher.png'), join(folder, name));
      }
      await cp(join(samples, 'orders/receipt.pdf'), join(folder, 'r.pdf'));
      await writeFile(join(folder, 'anim.gif'), 'GIF89a');
      await writeFile(join(folder, 'cut.jpg'), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0]));
      await writeFile(join(folder, 'nxcloud-assets.json'), 'unreadable');
      await symlink('/dev/zero', join(folder, 'endless.png'));
      await symlink('missing', join(folder, 'broken-link.png'));
    },
    says: [/Left out, .*: broken-link\.png, endless\.png/, /broken: {2}a b\/broken-2\.png/, /4 reused/],
  },
];

describe('the demo', () => {
  it('shows the sample assets in three runs', async (t) => {
    const before = await digestFolder(samples);
    const { exitCode, text } = await runDemo(t);
    assert.equal(exitCode, 0, text);
    assert.doesNotMatch(text, /✗/);
    assert.match(text, /6 requests to NXCloud, success.*0 requests to NXCloud, success/s);
    assert.match(text, /1 request to NXCloud, failure/);
    assert.match(text, /^The gallery of this run/m);
    assert.deepEqual(await digestFolder(samples), before);
  });

  for (const { name, fill, says } of choose(folders, 6)) {
    it(`copes with a folder of ${name}, and leaves it as it was`, async (t) => {
      const folder = await makeFolder(t);
      await fill(folder);
      const before = await digestFolder(folder);
      const { exitCode, text } = await runDemo(t, [folder]);
      assert.equal(exitCode, 0, text);
      for (const words of says) assert.match(text, words);
      assert.deepEqual(await digestFolder(folder), before);
    });
  }

  it('fails for a folder in which there is nothing to show', async (t) => {
    const folder = await makeFolder(t);
    await writeFile(join(folder, 'notes.txt'), 'no asset');
    const { exitCode, text } = await runDemo(t, [folder]);
    assert.equal(exitCode, 1);
    assert.equal(
      text,
      `\nThe demo failed: ${folder} holds no picture, video or document: npm run demo -- path/to/a/folder/with/some\n`,
    );
  });

  it('takes a relative path from where npm was called', async (t) => {
    const folder = await makeFolder(t);
    await mkdir(join(folder, 'mine'));
    const { text } = await runDemo(t, ['mine'], { INIT_CWD: folder });
    assert.ok(text.includes(`${join(folder, 'mine')} holds no picture`), text);
  });

  it('fails for what is no folder', async (t) => {
    const { exitCode, text } = await runDemo(t, [join(root, 'action.yml')]);
    assert.equal(exitCode, 1);
    assert.match(text, /action\.yml is no folder/);
  });
});
