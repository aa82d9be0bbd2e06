// The command through its bundle, against the simulator: the same job as the action's, told in its own way.
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pretendNode, runCommand, runProgram, variablesFor } from '../support/command.ts';
import { makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { createWorkspace, inputsFor, openSimulator } from '../support/workspace.ts';

const root = join(import.meta.dirname, '../..');
const files = ['--files', 'whatsapp/**'];

test('upload does what the action does: afterwards the action finds nothing to do', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t, { expiresAfterSeconds: 345_600 });
  workspace.write('whatsapp/a.png', makePng('a'));
  workspace.write('whatsapp/b.png', makePng('b'));
  const result = await runCommand(['upload', ...files], {
    cwd: workspace.root,
    env: variablesFor(simulator),
  });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /\[2\/2\] whatsapp\/\w\.png uploaded/);
  assert.match(result.stdout, /\nWrote nxcloud-assets\.json\.\nDone in \d+\.\d s: 2 uploaded\.\n$/);
  // The advice to keep the manifest is for workflows, whose checkouts go.
  assert.equal(result.stderr, '');
  assert.equal(simulator.acceptedCount, 2);
  const manifest = workspace.read('nxcloud-assets.json');
  const again = await workspace.run({ inputs: inputsFor(simulator) });
  assert.equal(again.outputs['unchanged-count'], '2');
  assert.ok(manifest.equals(workspace.read('nxcloud-assets.json')));
});

test('check needs no credentials, sends nothing and writes no manifest', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const result = await runCommand(['check', ...files], { cwd: workspace.root });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(
    result.stdout,
    /^1 asset found: 1 to upload \(new\)\n✓ whatsapp\/a\.png {2}new: will be uploaded\n/,
  );
  assert.ok(!existsSync(join(workspace.root, 'nxcloud-assets.json')));
});

test('prints one document for programs', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  workspace.write('whatsapp/lie.png', 'GIF89a');
  const env = variablesFor(simulator);
  const result = await runCommand(['upload', ...files, '--json'], { cwd: workspace.root, env });
  assert.equal(result.stderr, '');
  const { messages, ...document } = JSON.parse(result.stdout);
  assert.deepEqual(document, {
    success: false,
    mode: 'output',
    manifest: { 'whatsapp/a.png': simulator.uploads[0]?.id },
    'manifest-path': 'nxcloud-assets.json',
    changed: true,
    uploaded: ['whatsapp/a.png'],
    reused: [],
    removed: [],
    pending: [],
    invalid: ['whatsapp/lie.png'],
    'uploaded-count': 1,
    'reused-count': 0,
    'unchanged-count': 0,
    'removed-count': 0,
    'pending-count': 0,
    'invalid-count': 1,
  });
  assert.deepEqual(
    messages.map(({ level, path }: { level: string; path?: string }) => [level, path]),
    [
      ['error', 'whatsapp/lie.png'],
      ['error', undefined],
    ],
  );
});

const documents: Readonly<
  Record<string, readonly [args: string[], env: Record<string, string>, exitCode: number, said: RegExp]>
> = {
  'wrong usage': [['check', '--json', '--file', 'x'], {}, 2, /^unknown option '--file'/],
  'a wrong input': [['check', '--json', '--max-age=99'], {}, 2, /^Wrong input\. --max-age: "99"/],
  'a failure': [
    ['check', '--json', '--require-current'],
    {},
    1,
    /^1 asset pending, and --require-current is true/,
  ],
};

for (const [name, [args, env, exitCode, said]] of Object.entries(documents)) {
  test(`prints one document for ${name}`, async (t) => {
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    const result = await runCommand(args, { cwd: workspace.root, env });
    assert.equal(result.stderr, '');
    const { success, messages } = JSON.parse(result.stdout);
    assert.equal(success, false);
    assert.match(messages.at(-1).message, said);
    assert.equal(result.exitCode, exitCode);
  });
}

/** Signals, of which the second makes the process crash, and what is said at last. */
const interruptions: Readonly<Record<string, readonly [NodeJS.Signals, said: RegExp]>> = {
  'a cancelled run': ['SIGINT', /^The run was cancelled \(SIGINT\)/],
  'a crash': ['SIGUSR2', /^This is a defect of the action, please report it: boom/],
};

for (const [name, [signal, said]] of Object.entries(interruptions)) {
  test(`prints one document for ${name}`, async (t) => {
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    let child: ChildProcess | undefined;
    const simulator = await openSimulator(t, {
      control() {
        child?.kill(signal);
        return true;
      },
    });
    const crash = 'process.on("SIGUSR2", () => { throw new Error("boom"); })';
    const result = await runCommand(['upload', '--json'], {
      cwd: workspace.root,
      env: {
        ...variablesFor(simulator),
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(crash)}`,
      },
      onStart: (started) => {
        child = started;
      },
    });
    assert.equal(result.exitCode, 1);
    assert.equal(result.stderr, '');
    const { success, messages } = JSON.parse(result.stdout);
    assert.equal(success, false);
    assert.match(messages.at(-1).message, said);
  });
}

/** Command lines and variables that fail, the exit code, and what is said. */
const endings: Readonly<
  Record<string, readonly [args: string[], env: Record<string, string>, exitCode: number, said: RegExp]>
> = {
  'something invalid': [['check', '--files', '**'], {}, 1, /1 asset invalid/],
  'something pending': [['check', ...files, '--require-current'], {}, 1, /1 asset pending/],
  'a wrong input': [
    ['check', ...files, '--max-age=99'],
    {},
    2,
    /^error: Wrong input\. --max-age: "99" is not/,
  ],
  'a wrong variable': [['check', ...files], { NXCLOUD_RETRIES: '98' }, 2, /NXCLOUD_RETRIES: "98" is not/],
  'no patterns': [['check'], {}, 0, /^notice: No --files are given; these are taken: whatsapp\/\*\*\.$/m],
  'no credentials': [
    ['upload', ...files],
    {},
    2,
    /^ {2}NXCLOUD_ACCESS_KEY: is missing; set that variable\.\n {2}NXCLOUD_ACCESS_SECRET.*\n {2}--business-phone: is missing; give it, or set NXCLOUD_BUSINESS_PHONE\. \[/m,
  ],
  'an unknown flag': [
    ['check', '--file', 'x'],
    {},
    2,
    /^error: unknown option '--file' \(Did you mean --files\?\)/,
  ],
  'a proxy that is none': [
    ['doctor', '--yes'],
    {
      NXCLOUD_ACCESS_KEY: 'key-of-nobody',
      NXCLOUD_ACCESS_SECRET: 'secret-of-nobody',
      NXCLOUD_BUSINESS_PHONE: '4917612345678',
      HTTPS_PROXY: 'http://u:%@x',
    },
    2,
    /^error: .*HTTPS_PROXY is not the address/,
  ],
  'a doctor nobody can answer': [['doctor'], { NXCLOUD_ACCESS_KEY: 'k' }, 2, /is missing/],
};

for (const [name, [args, env, exitCode, said]] of Object.entries(endings)) {
  test(`ends with ${exitCode} for ${name}`, async (t) => {
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    workspace.write('invalid/lie.png', 'GIF89a');
    const result = await runCommand(args, { cwd: workspace.root, env });
    assert.equal(result.exitCode, exitCode, result.stdout + result.stderr);
    assert.match(result.stderr, said);
  });
}

for (const [version, exitCode] of [
  ['20.20.2', 1],
  ['22.18.0', 1],
  ['22.19.0', 0],
  ['23.0.0', 0],
] as const) {
  test(`ends with ${exitCode} on Node ${version}`, async (t) => {
    const workspace = createWorkspace(t);
    const result = await runCommand(['--help'], { cwd: workspace.root, env: pretendNode(version) });
    assert.equal(result.exitCode, exitCode);
    assert.match(
      result.stderr,
      exitCode === 0
        ? /^$/
        : /This needs Node 22\.19 or newer and runs on Node [\d.]+; install a newer one\. \[node-too-old\]\n$/,
    );
  });
}

test('a flag wins over its variable, and all paths are below the working directory', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('site/whatsapp/a.png', makePng('a'));
  const env = { NXCLOUD_WORKING_DIRECTORY: 'absent', NXCLOUD_REPORT_PATH: 'out/gallery.html' };
  const args = ['check', ...files, '--working-directory', 'site'];
  const result = await runCommand(args, { cwd: workspace.root, env });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /^The gallery is site\/out\/gallery\.html$/m);
  assert.match(workspace.read('site/out/gallery.html').toString(), /whatsapp\/<\/span>a\.png/);
});

test('keeps what it has when it is interrupted', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t, {
    faults: [{ when: (upload) => upload.fileIndex === 2, fault: { kind: 'stall', at: 'end' } }],
  });
  for (const name of ['a', 'b', 'c', 'd']) workspace.write(`whatsapp/${name}.png`, makePng(name));
  const result = await runCommand(['upload', ...files, '--concurrency=1'], {
    cwd: workspace.root,
    env: variablesFor(simulator),
    onStart: (child) => {
      child.stdout?.on('data', (chunk: string) => {
        if (chunk.includes('[2/4]')) child.kill('SIGINT');
      });
    },
  });
  assert.equal(result.exitCode, 1);
  assert.match(result.stderr, /The run was cancelled \(SIGINT\)/);
  assert.match(
    result.stdout,
    /^✗ whatsapp\/d\.png {2}new: not reached\nWrote nxcloud-assets\.json\.\n2 assets left: /m,
  );
  assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/a.png', 'whatsapp/b.png']);
});

test('within a GitHub workflow it trusts nobody whom the action does not trust', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const env = { ...variablesFor(simulator), GITHUB_EVENT_NAME: 'pull_request_target' };
  const result = await runCommand(['upload', ...files], { cwd: workspace.root, env });
  assert.match(result.stderr, /Works as `check`/);
  assert.equal(simulator.requestCount, 0);
});

test('fill says which file it wrote, and leaves standard output to programs', async (t) => {
  const template = JSON.stringify({ components: [{ type: 'BODY', text: 'x' }] });
  const cwd = makeFolder(t, { 't.json': template, 'm.json': '{"version":1,"assets":{}}' });
  const args = ['fill', 't.json', '--manifest', 'm.json', '--out', 'filled.json'];
  const result = await runCommand(args, { cwd });
  assert.deepEqual(result, { exitCode: 0, stdout: '', stderr: 'Wrote filled.json.\n' });
  assert.deepEqual(JSON.parse(readFileSync(join(cwd, 'filled.json'), 'utf8')), JSON.parse(template));
});

test('doctor says through the bundle what a service does', async (t) => {
  const simulator = await openSimulator(t, { expiresAfterSeconds: 345_600 });
  const cwd = makeFolder(t);
  const env = variablesFor(simulator);
  const unasked = await runCommand(['doctor'], { cwd, env });
  assert.equal(unasked.exitCode, 2);
  assert.match(unasked.stderr, /asks before it sends anything; run it in a terminal, or add --yes/);
  assert.equal(simulator.requestCount, 0);
  const result = await runCommand(['doctor', '--yes'], { cwd, env });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.match(result.stdout, /^Upload signed with sha256 {2}accepted, HTTP 200, code 0/m);
  assert.match(result.stdout, /^Wrong signature +HTTP 200, code 1003 "invalid signature"$/m);
  assert.equal(simulator.requestCount, 3);
});

test('the package holds all that the command needs, and little else', async (t) => {
  const folder = makeFolder(t);
  const packed = await runProgram('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root });
  assert.equal(packed.exitCode, 0, packed.stderr);
  const [{ filename, files: contents }] = JSON.parse(packed.stdout);
  const strange = contents
    .map(({ path }: { path: string }) => path)
    .filter((path: string) => !/^(?:dist\/.*|package\.json|README\.md|LICENSE)$/.test(path));
  assert.deepEqual(strange, []);
  mkdirSync(join(folder, 'here'));
  const unpacked = await runProgram('tar', ['xzf', join(folder, filename), '-C', join(folder, 'here')], {
    cwd: folder,
  });
  assert.equal(unpacked.exitCode, 0, unpacked.stderr);
  const { version, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const script = join(folder, 'here/package', bin['nxcloud-template-assets']);
  assert.equal((await runCommand(['--version'], { cwd: folder, script })).stdout, `${version}\n`);
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const args = ['check', ...files, '--report-path=gallery.html'];
  const result = await runCommand(args, { cwd: workspace.root, script });
  assert.equal(result.exitCode, 0, result.stderr);
  assert.ok(existsSync(join(workspace.root, 'gallery.html')));
});
