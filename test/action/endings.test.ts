// How runs end through the bundle: wrong inputs, unreadable manifests, cancellation, files that change under way.
import assert from 'node:assert/strict';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { cancelRun } from '../../runner/run-action.ts';
import { faultTable } from '../../simulator/faults.ts';
import { testAccount } from '../support/canaries.ts';
import { pauseAt } from '../support/paused-run.ts';
import { parseManifest } from '../../src/manifest/manifest.ts';
import { makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import {
  createWorkspace,
  inputsFor,
  openSimulator,
  readJson,
  whenFileArrives,
} from '../support/workspace.ts';
import { choose } from '../support/extent.ts';

/** One wrong value of every input that can be wrong, and what the message must say besides its name. */
const wrongInputs: Readonly<Record<string, readonly [value: string, said: RegExp]>> = {
  files: ['!only/excluded/**', /only excludes/],
  'access-key': ['with space', /HTTP header/],
  'business-phone': ['+49 151', /"…9151" \(5 characters\).*7 to 15 digits/],
  mode: ['publish', /"publish" is not one of check, output, commit, pull-request/],
  'manifest-path': ['../outside.json', /"\.\.\/outside\.json" does not lie inside the repository/],
  'working-directory': ['absent', /"absent" is not a folder/],
  token: ['two\nlines', /contains spaces, line breaks/],
  'target-branch': ['a..b', /"a\.\.b" is not a branch name/],
  'pull-request-branch': ['-x', /"-x" is not a branch name/],
  comment: ['yes', /"yes" is not true or false/],
  'require-current': ['1', /"1" is not true or false/],
  'if-no-files-found': ['fail', /"fail" is not one of error, warn, ignore/],
  'include-hidden-files': ['on', /"on" is not true or false/],
  force: ['y', /"y" is not true or false/],
  'max-age': ['59m', /"59m" is not a duration like 90s, 15m, 24h or 3d of at least 1h/],
  'renew-before': ['soon', /"soon" is neither a duration .* nor "never"/],
  prune: ['no', /"no" is not true or false/],
  'media-checks': ['strict', /"strict" is not one of error, warn, off/],
  concurrency: ['33', /"33" is not a whole number from 1 to 32/],
  retries: ['-1', /"-1" is not a whole number from 0 to 10/],
  timeout: ['0s', /"0s" is not a duration .* from 1s to 24d/],
  shard: ['5/4', /"5\/4" is not a share like 2\/4/],
  'signature-algorithm': ['sha1', /"sha1" is not one of md5, sha256/],
  'api-url': ['http://api.example.com', /"http:\/\/api\.example\.com" is not https/],
  summary: ['maybe', /"maybe" is not true or false/],
  'report-path': ['.git/report.html', /"\.git\/report\.html" lies inside \.git/],
};

/** Paths are looked at when the values are right: the repository must be known first. */
const pathInputs = ['manifest-path', 'working-directory', 'report-path'];

// What is said of each is tested with the inputs themselves; here, that none of them lets the run begin.
for (const [name, [value, said]] of choose(Object.entries(wrongInputs), 9)) {
  test(`a wrong ${name} fails the step before anything happens`, async (t) => {
    const workspace = createWorkspace(t);
    const simulator = await openSimulator(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    const result = await workspace.run({ inputs: { ...inputsFor(simulator), [name]: value } });
    assert.equal(result.exitCode, 1);
    assert.equal(simulator.requestCount, 0);
    assert.ok(!existsSync(join(workspace.root, 'nxcloud-assets.json')));
    const errors = result.annotations.filter(({ level }) => level === 'error').map(({ message }) => message);
    assert.equal(errors.length, 1);
    assert.ok(errors[0]?.startsWith(`Wrong input. ${name}: `), errors[0]);
    assert.match(errors[0] ?? '', said);
    assert.equal(result.outputs.mode, '');
    assert.equal(result.outputs.manifest, '{}');
    assert.equal(result.outputs.changed, 'false');
  });
}

test('all wrong inputs are reported at once', async (t) => {
  const workspace = createWorkspace(t);
  const values = Object.entries(wrongInputs).filter(([name]) => !pathInputs.includes(name));
  const result = await workspace.run({
    inputs: Object.fromEntries(values.map(([name, [value]]) => [name, value])),
  });
  const message = result.annotations.at(-1)?.message ?? '';
  assert.ok(message.startsWith(`${values.length} inputs are wrong:\n`), message);
  for (const [name, [, said]] of values) {
    const [, own = ''] = new RegExp(`^ {2}${name}: (.*)$`, 'm').exec(message) ?? [];
    assert.match(own, said, name);
  }
});

test('every ending sets every declared output', async (t) => {
  const workspace = createWorkspace(t);
  const declared = Object.keys(parse(await readAction()).outputs).sort();
  workspace.write('whatsapp/a.png', makePng('a'));
  for (const inputs of [{ mode: 'nonsense' }, { mode: 'check' }, {}]) {
    const result = await workspace.run({ inputs });
    assert.deepEqual(Object.keys(result.outputs).sort(), declared);
  }
});

async function readAction(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return await readFile(join(import.meta.dirname, '../../action.yml'), 'utf8');
}

const entry = { id: '4:x', sha256: 'a'.repeat(64), size: 1, type: 'image/png', target: 'b'.repeat(16) };
const good = { ...entry, uploadedAt: '2026-01-01T00:00:00.000Z' };

/** Manifests that cannot be read, with the place the message names. */
const unreadable: Readonly<Record<string, readonly [text: string | Buffer, said: RegExp]>> = {
  'bad JSON': ['{"version": 1,\n "assets": {]}', /line 2, column 13/],
  'an empty file': ['', /it is empty/],
  'a cut file': [`{"version": 1, "assets": {"a.png": ${JSON.stringify(good)}`, /line 1, column/],
  'duplicate keys': [
    `{"version":1,"assets":{"a":${JSON.stringify(good)},\n"a":${JSON.stringify(good)}}}`,
    /"a".*line 2/,
  ],
  'merge markers': [
    '{"version": 1,\n<<<<<<< HEAD\n"assets": {}\n=======\n>>>>>>> x\n}',
    /merge conflict.*line 2/,
  ],
  'an unknown version': ['{"version":2,"assets":{}}', /version is 2/],
  'a text as version': ['{"version":"1","assets":{}}', /its version is not a number/],
  'an array': ['[]', /not a JSON object/],
  'assets as array': ['{"version":1,"assets":[]}', /`assets` is not an object/],
  'no assets': ['{"version":1}', /`assets` is not an object/],
  'an unknown field': ['{"version":1,"assets":{},"more":1}', /"more"/],
  'an entry without ID': [manifestWith({ ...good, id: undefined }), /assets\["a\.png"\]\.id/],
  'an entry with an ID of control characters': [
    manifestWith({ ...good, id: '4:\u0007' }),
    /control characters/,
  ],
  'a short SHA-256': [manifestWith({ ...good, sha256: 'abc' }), /\.sha256 is wrong/],
  'a size as text': [manifestWith({ ...good, size: '1' }), /\.size is wrong/],
  'an unknown type': [manifestWith({ ...good, type: 'image/gif' }), /\.type is wrong/],
  'a bad time': [manifestWith({ ...good, uploadedAt: 'yesterday' }), /\.uploadedAt is wrong/],
  'a path out of the repository': [
    `{"version":1,"assets":{"../a.png":${JSON.stringify(good)}}}`,
    /"\.\.\/a\.png"/,
  ],
  'not UTF-8': [Buffer.from([0x7b, 0xff, 0x7d]), /not UTF-8/],
  'over 28 MiB': [Buffer.alloc(28 * 1024 * 1024 + 1, ' '), /29360129 bytes.*28 MiB/],
};

function manifestWith(value: unknown): string {
  return JSON.stringify({ version: 1, assets: { 'a.png': value } });
}

test('whatever makes a manifest unreadable is told with its place', () => {
  for (const [name, [text, said]] of Object.entries(unreadable)) {
    assert.throws(() => parseManifest(Buffer.from(text), 'x'), { message: said }, name);
  }
});

for (const [name, [text, said]] of choose(Object.entries(unreadable), 12)) {
  test(`a manifest that is ${name} fails the step and stays as it is; force starts afresh`, async (t) => {
    const workspace = createWorkspace(t);
    const simulator = await openSimulator(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    workspace.write('nxcloud-assets.json', text);
    const result = await workspace.run({ inputs: inputsFor(simulator) });
    assert.equal(result.exitCode, 1);
    assert.equal(simulator.requestCount, 0);
    assert.ok(workspace.read('nxcloud-assets.json').equals(Buffer.from(text)));
    const message = result.annotations.at(-1)?.message ?? '';
    assert.match(message, said);
    assert.match(message, /nxcloud-assets\.json/);
    assert.match(message, /force: true|Resolve the conflict/);
    assert.equal(result.outputs.mode, 'output');

    const forced = await workspace.run({ inputs: { ...inputsFor(simulator), force: 'true' } });
    assert.equal(forced.exitCode, 0, forced.stdout);
    assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/a.png']);
    assert.equal(forced.outputs.changed, 'true');
  });
}

test('a cancelled run keeps what it has, and the next run sends only the rest', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t, {
    faults: [{ when: ({ index }) => index >= 4, fault: faultTable['stall after the body'] }],
  });
  for (let n = 0; n < 12; n += 1) workspace.write(`whatsapp/${n}.png`, makePng(n));
  const inputs = { ...inputsFor(simulator), concurrency: '2' };
  const result = await workspace.run({ inputs, signals: cancelRun(/^\[4\/12\]/) });
  assert.equal(result.exitCode, 1);
  assert.equal(result.signal, null);
  assert.match(result.annotations.at(-1)?.message ?? '', /cancelled \(SIGINT\)/);
  const saved = Object.keys(workspace.readManifest());
  assert.equal(saved.length, 4);
  assert.deepEqual(readJson(result, 'uploaded'), saved);
  assert.equal((readJson(result, 'pending') as string[]).length, 8);
  simulator.setFaults([]);
  simulator.reset();
  const next = await workspace.run({ inputs });
  assert.equal(next.exitCode, 0, next.stdout);
  assert.equal(simulator.requestCount, 8);
});

for (const [name, inputs, line] of [
  ['a check', { mode: 'check' }, /found: /],
  ['a run that already reports', {}, /The checkout held no/],
] as const) {
  test(`${name} that is cancelled fails, however little was left to do`, async (t) => {
    const workspace = createWorkspace(t);
    const simulator = await openSimulator(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    const result = await workspace.run({
      inputs: { ...inputsFor(simulator), 'report-path': 'gallery.html', ...inputs },
      ...pauseAt(t, line, (pid) => process.kill(pid, 'SIGINT')),
    });
    assert.equal(result.exitCode, 1);
    assert.equal(result.signal, null);
    assert.match(result.annotations.at(-1)?.message ?? '', /cancelled \(SIGINT\)/);
    assert.equal(result.outputs.mode, 'mode' in inputs ? 'check' : 'output');
  });
}

test('a file that is replaced between judging and sending is not recorded', async (t) => {
  const workspace = createWorkspace(t);
  const paths = ['a', 'b', 'c'].map((name) => `whatsapp/${name}.png`);
  for (const path of paths) workspace.write(path, makePng(path));
  const replacement = Buffer.from(makePng(paths[1] ?? ''));
  replacement.write('XX', replacement.length - 40, 'latin1');
  // Replaces the second file while the first is on its way; the length stays.
  const rule = whenFileArrives(0, () => workspace.write('whatsapp/b.png', replacement));
  const simulator = await openSimulator(t, { faults: [rule] });
  const result = await workspace.run({ inputs: { ...inputsFor(simulator), concurrency: '1' } });
  assert.equal(result.exitCode, 1);
  assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/a.png', 'whatsapp/c.png']);
  assert.equal(simulator.acceptedCount, 2);
  assert.deepEqual(readJson(result, 'pending'), ['whatsapp/b.png']);
  const error = result.annotations.find(({ file }) => file === 'whatsapp/b.png');
  assert.match(error?.message ?? '', /changed while the step ran/);
});

test('copies of a file that is lost are uploaded all the same, once', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  for (const name of ['b', 'c', 'd', 'e']) workspace.write(`whatsapp/${name}.png`, makePng('copy'));
  const rule = whenFileArrives(0, () => {
    workspace.write('whatsapp/b.png', makePng('another'));
    workspace.remove('whatsapp/c.png');
  });
  const simulator = await openSimulator(t, { faults: [rule] });
  const result = await workspace.run({ inputs: { ...inputsFor(simulator), concurrency: '1' } });
  assert.equal(result.exitCode, 1);
  assert.equal(simulator.acceptedCount, 2);
  assert.deepEqual(Object.keys(workspace.readManifest()), [
    'whatsapp/a.png',
    'whatsapp/d.png',
    'whatsapp/e.png',
  ]);
  assert.deepEqual(readJson(result, 'uploaded'), ['whatsapp/a.png', 'whatsapp/d.png']);
  assert.deepEqual(readJson(result, 'reused'), ['whatsapp/e.png']);
  assert.deepEqual(readJson(result, 'pending'), ['whatsapp/b.png', 'whatsapp/c.png']);
  const failed = result.annotations.filter(({ level, file }) => level === 'error' && file !== undefined);
  assert.deepEqual(
    failed.map(({ file }) => file),
    ['whatsapp/b.png', 'whatsapp/c.png'],
  );
});

test('a part of the action that is missing fails the step, and what was done is told all the same', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const bundle = makeFolder(t);
  cpSync(resolve(import.meta.dirname, '../../dist'), bundle, { recursive: true });
  rmSync(join(bundle, 'chunk-write-gallery.js'));
  const inputs = { ...inputsFor(simulator), 'report-path': 'gallery.html' };
  const result = await workspace.run({ main: join(bundle, 'main.js'), inputs });
  assert.equal(result.exitCode, 1);
  assert.match(
    result.stdout,
    /^::error::This is a defect of the action, .*chunk-write-gallery.* \[defect\]$/m,
  );
  assert.equal(result.outputs['uploaded-count'], '1');
  assert.equal(parseManifest(workspace.read('nxcloud-assets.json'), 'it').size, 1);
  assert.equal(result.stderr, '');
});

test('an ID with control characters is a broken reply and never recorded', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const simulator = await openSimulator(t, {
    faults: [{ when: 'always', fault: { kind: 'id', change: { append: '\u0007' } } }],
  });
  const result = await workspace.run({ inputs: { ...inputsFor(simulator), retries: '1' } });
  assert.equal(result.exitCode, 1);
  assert.equal(simulator.requestCount, 2);
  assert.ok(!existsSync(join(workspace.root, 'nxcloud-assets.json')));
  const error = result.annotations.find(({ file }) => file === 'whatsapp/a.png');
  assert.match(error?.message ?? '', /control characters/);
  assert.match(result.stdout, /^\[1\/1\] whatsapp\/a\.png failed$/m);
});

test('the log names what a check would do, and what a run has done', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  await workspace.run({ inputs: inputsFor(simulator) });
  workspace.remove('whatsapp/a.png');
  workspace.write('whatsapp/b.png', makePng('a'));
  workspace.write('whatsapp/c.png', makePng('c'));
  const check = await workspace.run({ inputs: { ...inputsFor(simulator), mode: 'check' } });
  const planned = [
    '::group::What would be done',
    'whatsapp/a.png: will be removed: the file is gone',
    'whatsapp/b.png: new: will take over the ID of whatsapp/a.png',
    'whatsapp/c.png: new: will be uploaded',
    '::endgroup::',
    '2 pending, 1 to remove',
    '',
  ];
  assert.ok(check.stdout.endsWith(planned.join('\n')), check.stdout);
  const run = await workspace.run({ inputs: inputsFor(simulator) });
  const done = [
    '::group::What was done, and what was not',
    'whatsapp/a.png: removed: the file is gone',
    'whatsapp/b.png: reused, new: same content as whatsapp/a.png',
    '::endgroup::',
    '1 uploaded, 1 reused, 1 removed',
    '',
  ];
  assert.ok(run.stdout.endsWith(done.join('\n')), run.stdout);
});

test('the repository is GITHUB_WORKSPACE, wherever the process was started', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  workspace.write('elsewhere/whatsapp/b.png', makePng('b'));
  const env = { GITHUB_WORKSPACE: join(workspace.root, 'elsewhere') };
  const result = await workspace.run({ inputs: inputsFor(simulator), env });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(Object.keys(workspace.readManifest('elsewhere/nxcloud-assets.json')), ['whatsapp/b.png']);
});

test('numbers that share a manifest are warned that they renew each other’s IDs', async (t) => {
  const workspace = createWorkspace(t);
  const [first = '', second = '4917093846153'] = testAccount.phones;
  const simulator = await openSimulator(t, { accounts: [{ ...testAccount, phones: [first, second] }] });
  for (const name of ['a', 'b']) workspace.write(`whatsapp/${name}.png`, makePng(name));
  const warn = async (phone: string, inputs = {}): Promise<readonly string[]> => {
    const result = await workspace.run({
      inputs: { ...inputsFor(simulator), 'business-phone': phone, ...inputs },
    });
    assert.equal(result.exitCode, 0, result.stdout);
    return result.annotations.flatMap(({ level, message }) => (level === 'warning' ? [message] : []));
  };
  assert.deepEqual(await warn(first), []);
  const [said = '', ...others] = await warn(second);
  assert.deepEqual(others, []);
  assert.match(
    said,
    /^For 2 assets the manifest nxcloud-assets\.json holds a valid ID of another account, number/,
  );
  assert.match(said, /give each number a `manifest-path` of its own\.$/);
  // Of entries that have run out anyway nothing is lost.
  assert.deepEqual(await warn(first, { force: 'true', 'manifest-path': 'other.json' }), []);
  const entries = workspace.readManifest();
  const past = { uploadedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-01-05T00:00:00Z' };
  const assets = Object.fromEntries(
    Object.entries(entries).map(([path, old]) => [path, { ...old, ...past }]),
  );
  workspace.write('nxcloud-assets.json', JSON.stringify({ version: 1, assets }));
  assert.deepEqual(await warn(first), []);
});
