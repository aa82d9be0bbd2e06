// The command `fill` with real files: what it reads, prints and writes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runFill } from '../../src/command/fill.ts';
import { serializeManifest } from '../../src/manifest/manifest.ts';
import { formatLfsPointer } from '../support/lfs-pointer.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const home = process.cwd();

const picture = makePng('a');
const sha256 = createHash('sha256').update(picture).digest('hex');
const id = '4:eA==:eA==:ARa\n4:eA==:eA==:ARb';
const manifest = serializeManifest(
  new Map([['promo/a.png', makeEntry({ id, sha256, size: picture.length, type: 'image/png' })]]),
);
const header = (handle: string) => ({ type: 'HEADER', format: 'IMAGE', example: { header_handle: handle } });
const template = JSON.stringify({ name: 'sale', components: [header('promo/a.png')] });
const filled = `${JSON.stringify({ name: 'sale', components: [header(id)] }, null, 2)}\n`;

/** Makes a folder the current directory, as long as the test lasts. */
function enterFolder(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  // Before it vanishes, which Windows refuses to a current directory.
  t.after(() => process.chdir(home));
  const folder = makeFolder(t, files);
  process.chdir(folder);
  return folder;
}

/** Runs the command in a folder with these files, on top of a template, its manifest and its asset. */
async function fill(
  t: TestContext,
  files: Readonly<Record<string, string | Uint8Array>> = {},
  options: { readonly template?: string; readonly manifest?: string; readonly out?: string } = {},
) {
  const folder = enterFolder(t, {
    'promo/template.json': template,
    'nxcloud-assets.json': manifest,
    'promo/a.png': picture,
    ...files,
  });
  let printed = '';
  const run = runFill({
    template: 'promo/template.json',
    manifest: 'nxcloud-assets.json',
    out: undefined,
    print: (text) => {
      printed += text;
    },
    ...options,
  });
  return { folder, run, printed: async () => run.then(() => printed) };
}

describe('fill', () => {
  it('prints the filled template, two-space JSON with a final newline', async (t) => {
    assert.equal(await (await fill(t)).printed(), filled);
  });

  it('writes it to a file instead, in a folder that it makes, and leaves nothing beside it', async (t) => {
    const { folder, printed } = await fill(t, {}, { out: 'build/out.json' });
    assert.equal(await printed(), '');
    assert.equal(readFileSync(join(folder, 'build/out.json'), 'utf8'), filled);
    assert.deepEqual(readdirSync(join(folder, 'build')), ['out.json']);
  });

  it('takes another manifest, and absolute paths', async (t) => {
    const other = makeFolder(t, { 'de.json': manifest });
    const { folder, printed } = await fill(
      t,
      { 'nxcloud-assets.json': '' },
      { manifest: join(other, 'de.json'), out: join(other, 'out.json') },
    );
    assert.equal(await printed(), '');
    assert.equal(readFileSync(join(other, 'out.json'), 'utf8'), filled);
    assert.ok(!readdirSync(folder).includes('out.json'));
  });

  it('replaces a file that is there', async (t) => {
    const { folder, printed } = await fill(t, { 'out.json': 'old' }, { out: 'out.json' });
    await printed();
    assert.equal(readFileSync(join(folder, 'out.json'), 'utf8'), filled);
  });

  it('reads what an editor begins with a byte order mark', async (t) => {
    assert.equal(await (await fill(t, { 'promo/template.json': `\ufeff${template}` })).printed(), filled);
  });

  it('keeps every digit of a number, and the meaning of every sign', async (t) => {
    const text =
      '{"template_id": 12345678901234567890, "v": 1.10, "t": "\u200f\\u0000é🎉", "components": []}';
    const printed = await (await fill(t, { 'promo/template.json': text })).printed();
    assert.match(printed ?? '', /"template_id": 12345678901234567890,\n {2}"v": 1\.10,/);
    assert.match(printed ?? '', /"t": "\\u200f\\u0000é🎉"/);
  });

  it('believes the manifest where the file is not there', async (t) => {
    const files = {
      'promo/template.json': template.replace('a.png', 'b.png'),
      'nxcloud-assets.json': manifest.replace('a.png', 'b.png'),
    };
    assert.equal(await (await fill(t, files)).printed(), filled);
  });

  it('takes the pointer of Git LFS for its content', async (t) => {
    assert.equal(
      await (await fill(t, { 'promo/a.png': formatLfsPointer({ sha256, size: picture.length }) })).printed(),
      filled,
    );
  });

  it('looks through a link', { skip: process.platform === 'win32' }, async (t) => {
    const folder = enterFolder(t, {
      'template.json': template.replace('a.png', 'link.png'),
      'nxcloud-assets.json': manifest.replace('a.png', 'link.png'),
      'promo/changed.png': makePng('b'),
    });
    symlinkSync('changed.png', join(folder, 'promo/link.png'));
    const options = { template: 'template.json', manifest: 'nxcloud-assets.json', out: undefined };
    const run = runFill({ ...options, print: () => assert.fail('printed') });
    await assert.rejects(run, { code: 'template-unfilled', message: /"promo\/link\.png" has changed since/ });
  });
});

describe('fill stops', () => {
  const cases: readonly {
    name: string;
    files?: Readonly<Record<string, string | Uint8Array>>;
    options?: Parameters<typeof fill>[2];
    code: string;
    message: RegExp;
  }[] = [
    {
      name: 'without a template',
      options: { template: 'x.json' },
      code: 'template-unreadable',
      message: /"x\.json" cannot be read: ENOENT.*from the current directory/,
    },
    {
      name: 'at text that is no JSON, of which it shows nothing',
      files: { 'promo/template.json': 'a-secret-of-another-file' },
      code: 'template-unreadable',
      message: /^The template "promo\/template\.json" cannot be read: it is not valid JSON\. Give/,
    },
    {
      name: 'at a folder',
      options: { template: 'promo' },
      code: 'template-unreadable',
      message: /is not a regular file/,
    },
    {
      name: 'at malformed JSON',
      files: { 'promo/template.json': '{\n "name": "sale",\n}' },
      code: 'template-unreadable',
      message: /JSON.*line 3 column 1/,
    },
    {
      name: 'at what is no UTF-8',
      files: { 'promo/template.json': Buffer.from('{"name":"\xff"}', 'latin1') },
      code: 'template-unreadable',
      message: /not valid for encoding utf-8/,
    },
    {
      name: 'at what is no object',
      files: { 'promo/template.json': '[]' },
      code: 'template-unfilled',
      message: /"promo\/template\.json" cannot be filled in:\n {2}it has no list `components`$/,
    },
    {
      name: 'without a manifest',
      options: { manifest: 'x.json' },
      code: 'manifest-missing',
      message: /"x\.json" cannot be read: ENOENT.*`--manifest`/,
    },
    {
      name: 'at a broken manifest',
      files: { 'nxcloud-assets.json': '{' },
      code: 'manifest-unreadable',
      message: /nxcloud-assets\.json cannot be read: it is not valid JSON/,
    },
    {
      name: 'at a file that has changed',
      files: { 'promo/a.png': makePng('b') },
      code: 'template-unfilled',
      message: /\n {2}components\[0\]\.example\.header_handle: "promo\/a\.png" has changed since/,
    },
    {
      name: 'at a path as seen from the template',
      files: { 'promo/template.json': template.replace('promo/a', 'a') },
      code: 'template-unfilled',
      message: /write "promo\/a\.png"$/,
    },
    {
      name: 'before it replaces the template',
      options: { out: './promo/../promo/template.json' },
      code: 'template-unwritable',
      message: /it would replace "promo\/template\.json"/,
    },
    {
      name: 'before it replaces the manifest',
      options: { out: 'nxcloud-assets.json' },
      code: 'template-unwritable',
      message: /it would replace "nxcloud-assets\.json"/,
    },
    {
      name: 'where it cannot write',
      options: { out: 'promo' },
      code: 'template-unwritable',
      message: /could not be written to "promo": .*Give `--out` another path/,
    },
  ];
  for (const { name, files, options, code, message } of cases) {
    it(name, async (t) => {
      const { folder, run } = await fill(t, files, { out: 'out.json', ...options });
      await assert.rejects(run, { name: 'StepError', code, message });
      assert.deepEqual(readdirSync(folder).sort(), ['nxcloud-assets.json', 'promo']);
      assert.deepEqual(readdirSync(join(folder, 'promo')).sort(), ['a.png', 'template.json']);
    });
  }
});
