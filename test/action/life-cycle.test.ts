// The main job through the bundle: what is uploaded, reused, kept and removed as a library of assets lives on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { demoAccount, type Simulator } from '../../simulator/server.ts';
import { makeJpeg, makeMp4, makePdf, makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator, readJson, type Workspace } from '../support/workspace.ts';

const root = join(import.meta.dirname, '../..');

/** 20 assets: 10 PNG, 4 JPEG, 3 MP4 and 3 PDF, and a file that is no asset. */
function writeLibrary(workspace: Workspace): readonly string[] {
  const contents = new Map<string, Buffer>();
  for (let n = 0; n < 10; n += 1) contents.set(`whatsapp/images/${n}.png`, makePng(n));
  for (let n = 0; n < 4; n += 1) contents.set(`whatsapp/photos/${n}.${n % 2 ? 'jpg' : 'JPEG'}`, makeJpeg(n));
  for (let n = 0; n < 3; n += 1) contents.set(`whatsapp/videos/${n}.mp4`, makeMp4(n));
  for (let n = 0; n < 3; n += 1) contents.set(`whatsapp/documents/${n}.pdf`, makePdf(n));
  for (const [path, content] of contents) workspace.write(path, content);
  workspace.write('whatsapp/template.json', '{}');
  return [...contents.keys()].sort();
}

const validate = new Ajv2020().compile(JSON.parse(readFileSync(join(root, 'manifest.schema.json'), 'utf8')));

function checkManifest(workspace: Workspace): void {
  const text = workspace.read('nxcloud-assets.json').toString();
  assert.ok(validate(JSON.parse(text)), JSON.stringify(validate.errors));
  const paths = Object.keys(JSON.parse(text).assets);
  assert.deepEqual(paths, [...paths].sort(), 'paths in code-unit order');
  assert.equal(
    text,
    `${JSON.stringify(JSON.parse(text), null, 2)}\n`,
    'two-space JSON, LF, one final newline',
  );
}

test('a library of 20 assets, run after run', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t, {
    accounts: [{ ...demoAccount, phones: [...demoAccount.phones, '4915100000000'] }],
  });
  const paths = writeLibrary(workspace);

  async function expectUploads(
    uploads: number,
    expected: Record<string, unknown>,
    inputs = {},
  ): Promise<string> {
    simulator.reset();
    const result = await workspace.run({ inputs: { ...inputsFor(simulator), ...inputs } });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.equal(result.stderr, '');
    assert.equal(simulator.requestCount, uploads, 'requests');
    assert.equal(simulator.acceptedCount, uploads, describeMistakes(simulator));
    for (const [name, value] of Object.entries(expected)) {
      assert.deepEqual(
        typeof value === 'string' ? result.outputs[name] : readJson(result, name),
        value,
        name,
      );
    }
    checkManifest(workspace);
    return result.summary;
  }

  await t.test('the first run uploads each content once', async () => {
    await expectUploads(20, { uploaded: paths, reused: [], pending: [], invalid: [], changed: 'true' });
    assert.deepEqual(Object.keys(workspace.readManifest()).sort(), paths);
  });

  await t.test('the second run sends nothing and leaves the manifest byte-identical', async () => {
    const before = workspace.read('nxcloud-assets.json');
    await expectUploads(0, { 'unchanged-count': '20', changed: 'false', uploaded: [], removed: [] });
    assert.ok(before.equals(workspace.read('nxcloud-assets.json')));
  });

  await t.test('a changed file is uploaded alone', async () => {
    const before = workspace.readManifest()['whatsapp/images/7.png'];
    workspace.write('whatsapp/images/7.png', makePng('seven'));
    await expectUploads(1, { uploaded: ['whatsapp/images/7.png'], 'unchanged-count': '19', changed: 'true' });
    assert.notEqual(workspace.readManifest()['whatsapp/images/7.png']?.id, before?.id);
  });

  await t.test('a copy takes the ID over', async () => {
    workspace.write('whatsapp/images/copy.png', workspace.read('whatsapp/images/3.png'));
    await expectUploads(0, { reused: ['whatsapp/images/copy.png'], uploaded: [], changed: 'true' });
    const entries = workspace.readManifest();
    assert.deepEqual(entries['whatsapp/images/copy.png'], entries['whatsapp/images/3.png']);
  });

  await t.test('a renamed file takes the ID along', async () => {
    const before = workspace.readManifest()['whatsapp/images/5.png'];
    workspace.write('whatsapp/images/renamed.png', workspace.read('whatsapp/images/5.png'));
    workspace.remove('whatsapp/images/5.png');
    await expectUploads(0, { reused: ['whatsapp/images/renamed.png'], removed: ['whatsapp/images/5.png'] });
    assert.deepEqual(workspace.readManifest()['whatsapp/images/renamed.png'], before);
    assert.ok(!('whatsapp/images/5.png' in workspace.readManifest()));
  });

  await t.test('a deleted file loses its entry, an unmatched one keeps it', async () => {
    workspace.remove('whatsapp/documents/1.pdf');
    const inputs = { files: 'whatsapp/**\n!whatsapp/videos/**' };
    await expectUploads(0, { removed: ['whatsapp/documents/1.pdf'] }, inputs);
    assert.ok('whatsapp/videos/0.mp4' in workspace.readManifest());
  });

  await t.test('prune: false keeps the entry of a deleted file', async () => {
    workspace.remove('whatsapp/documents/2.pdf');
    await expectUploads(0, { removed: [], changed: 'false' }, { prune: 'false' });
    await expectUploads(0, { removed: ['whatsapp/documents/2.pdf'], changed: 'true' });
  });

  await t.test('an expired ID is renewed', async () => {
    const text = workspace.read('nxcloud-assets.json').toString();
    const manifest = JSON.parse(text);
    manifest.assets['whatsapp/images/9.png'].expiresAt = '2020-01-01T00:00:00.000Z';
    workspace.write('nxcloud-assets.json', `${JSON.stringify(manifest, null, 2)}\n`);
    await expectUploads(0, { 'uploaded-count': '0' }, { 'renew-before': 'never' });
    const summary = await expectUploads(1, { uploaded: ['whatsapp/images/9.png'] });
    assert.match(summary, /1 uploaded \(1 only because the ID had run out\)/);
    assert.match(
      summary,
      /<p>1 asset needed another ID only because .* set <code>renew-before: never<\/code>\.<\/p>/,
    );
  });

  await t.test('IDs over max-age are renewed', async () => {
    const manifest = JSON.parse(workspace.read('nxcloud-assets.json').toString());
    manifest.assets['whatsapp/images/8.png'].uploadedAt = new Date(Date.now() - 7_300_000).toISOString();
    workspace.write('nxcloud-assets.json', `${JSON.stringify(manifest, null, 2)}\n`);
    await expectUploads(0, {}, { 'max-age': '3h' });
    const inputs = { 'max-age': '2h', 'renew-before': 'never' };
    const summary = await expectUploads(1, { uploaded: ['whatsapp/images/8.png'] }, inputs);
    assert.match(summary, /only because .* set no <code>max-age<\/code>\.<\/p>/);
  });

  await t.test('force uploads each content again, but none twice', async () => {
    const contents = new Set(Object.values(workspace.readManifest()).map((entry) => entry.sha256)).size;
    await expectUploads(
      contents,
      { 'uploaded-count': String(contents), 'reused-count': '1' },
      { force: 'true' },
    );
  });

  await t.test('another number needs IDs of its own, signed with sha256 as well', async () => {
    const contents = new Set(Object.values(workspace.readManifest()).map((entry) => entry.sha256)).size;
    await expectUploads(
      contents,
      { 'uploaded-count': String(contents) },
      { 'business-phone': '49 151 0000 0000', 'signature-algorithm': 'sha256' },
    );
    assert.equal(simulator.uploads[0]?.headers.algorithm, 'sha256');
    await expectUploads(0, {}, { 'business-phone': '+4915100000000' });
  });
});

function describeMistakes(simulator: Simulator): string {
  return simulator.uploads.flatMap((upload) => upload.mistakes).join('; ');
}

test('IDs of several lines are recorded whole, and their earliest expiry with them', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t, { bytesPerIdLine: 1000, expiresAfterSeconds: 345_600 });
  workspace.write('whatsapp/large.pdf', makePdf('large', 5000));
  const result = await workspace.run({ inputs: inputsFor(simulator) });
  assert.equal(result.exitCode, 0, result.stdout);
  const id = simulator.uploads[0]?.id ?? '';
  assert.ok(id.split('\n').length > 3, id);
  const entry = workspace.readManifest()['whatsapp/large.pdf'];
  assert.equal(entry?.id, id);
  assert.deepEqual(readJson(result, 'manifest'), { 'whatsapp/large.pdf': id });
  const expiries = [...id.matchAll(/:e:(\d{10}):/g)].map((match) => Number(match[1]) * 1000);
  assert.equal(Date.parse(entry?.expiresAt ?? ''), Math.min(...expiries));
});

test('an ID that names another content is not used, and a warning says so', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  workspace.write('whatsapp/b.png', makePng('b'));
  await workspace.run({ inputs: inputsFor(simulator) });
  const manifest = JSON.parse(workspace.read('nxcloud-assets.json').toString());
  const { 'whatsapp/a.png': a, 'whatsapp/b.png': b } = manifest.assets;
  [a.id, b.id] = [b.id, a.id];
  workspace.write('nxcloud-assets.json', JSON.stringify(manifest));
  simulator.reset();
  const result = await workspace.run({ inputs: inputsFor(simulator) });
  assert.equal(simulator.acceptedCount, 2);
  const warnings = result.annotations.filter(({ level }) => level === 'warning');
  assert.deepEqual(
    warnings.map(({ file }) => file),
    ['whatsapp/a.png', 'whatsapp/b.png'],
  );
});

test('one of five uploads fails: four are recorded and output, then the step fails', async (t) => {
  const workspace = createWorkspace(t);
  const failing = { kind: 'code', code: 9000, message: 'bad media' } as const;
  const simulator = await openSimulator(t, {
    faults: [{ when: (upload) => upload.fileIndex === 2, fault: failing }],
  });
  const paths = ['a', 'b', 'c', 'd', 'e'].map((name) => `whatsapp/${name}.png`);
  for (const path of paths) workspace.write(path, makePng(path));
  const result = await workspace.run({ inputs: { ...inputsFor(simulator), concurrency: '1' } });
  assert.equal(result.exitCode, 1);
  const four = paths.filter((path) => path !== 'whatsapp/c.png');
  assert.deepEqual(Object.keys(workspace.readManifest()), four);
  assert.deepEqual(Object.keys(readJson(result, 'manifest') as object), four);
  assert.deepEqual(readJson(result, 'uploaded'), four);
  assert.deepEqual(readJson(result, 'pending'), ['whatsapp/c.png']);
  const error = result.annotations.find(({ file }) => file === 'whatsapp/c.png');
  assert.match(error?.message ?? '', /code 9000 "bad media"/);
});

test('a changed asset that fails keeps its old entry in the file, but not in the output', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  await workspace.run({ inputs: inputsFor(simulator) });
  const before = workspace.read('nxcloud-assets.json');
  workspace.write('whatsapp/a.png', makePng('other'));
  simulator.setFaults([{ when: 'always', fault: { kind: 'code', code: 9000 } }]);
  const result = await workspace.run({ inputs: inputsFor(simulator) });
  assert.equal(result.exitCode, 1);
  assert.ok(before.equals(workspace.read('nxcloud-assets.json')));
  assert.equal(result.outputs.manifest, '{}');
  assert.equal(result.outputs.changed, 'false');
  assert.deepEqual(readJson(result, 'pending'), ['whatsapp/a.png']);
});

test('invalid assets never hold back valid ones', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/good.png', makePng('good'));
  workspace.write('whatsapp/empty.png', '');
  workspace.write('whatsapp/lie.png', 'GIF89a, which is no PNG');
  workspace.write('whatsapp/animation.gif', 'GIF89a');
  workspace.write('whatsapp/large.png', makePng('large', 6 * 1024 * 1024));
  const result = await workspace.run({ inputs: inputsFor(simulator) });
  assert.equal(result.exitCode, 1);
  assert.deepEqual(readJson(result, 'uploaded'), ['whatsapp/good.png']);
  assert.deepEqual(readJson(result, 'invalid'), [
    'whatsapp/animation.gif',
    'whatsapp/empty.png',
    'whatsapp/large.png',
    'whatsapp/lie.png',
  ]);
  const messages = new Map(result.annotations.map(({ file, message }) => [file, message]));
  assert.match(messages.get('whatsapp/animation.gif') ?? '', /\.gif .*convert it to \.jpg or \.png/);
  assert.match(messages.get('whatsapp/empty.png') ?? '', /empty/);
  assert.match(messages.get('whatsapp/lie.png') ?? '', /\.png.*GIF/);
  assert.match(messages.get('whatsapp/large.png') ?? '', /6\.\d+ MB.*5 MB/);
  assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/good.png']);
});
