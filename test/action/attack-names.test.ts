// Hostile file names, through the bundle: log, annotations, outputs, summary, manifest and request stay well-formed.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type { ActionResult } from '../../runner/run-action.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/server.ts';
import { neutralise } from '../../src/text/text.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { withoutLinux } from '../support/platform.ts';
import { assertOnlyOwn, renderMarkdown } from '../support/rendered-markdown.ts';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator, readJson, type Workspace } from '../support/workspace.ts';

const EXTENSION = '.png';
/** As file names in one folder: a slash starts a folder, and 255 bytes are the most. */
const names = HOSTILE_NAMES.map((name) => name.replaceAll('/', '') + EXTENSION);
/** At the start of a path, where a line of the log would begin with it, and in a folder. */
const paths = [...names, ...names.map((name) => `folder/${name}`)].sort();

function createHostileCheckout(t: TestContext): Workspace {
  const workspace = createWorkspace(t);
  for (const path of paths) workspace.write(path, makePng(path));
  return workspace;
}

async function run(
  t: TestContext,
  workspace: Workspace,
  inputs: Record<string, string>,
  options: SimulatorOptions = {},
): Promise<{ result: ActionResult; simulator: Simulator }> {
  const simulator = await openSimulator(t, options);
  const common = { ...inputsFor(simulator), files: '**/*.png', concurrency: '32' };
  return { simulator, result: await workspace.run({ debug: true, inputs: { ...common, ...inputs } }) };
}

function assertSummaryShows(result: ActionResult, expected: readonly string[]): void {
  const shown = renderMarkdown(result.summary);
  assertOnlyOwn(shown);
  assert.deepEqual(
    shown.rowPaths,
    expected.map((path) => neutralise(path)),
  );
}

function assertAnnotationsName(result: ActionResult, among: readonly string[]): void {
  const known = new Set(among.map((path) => neutralise(path)));
  for (const { file, message } of result.annotations) {
    if (file === undefined) continue;
    assert.ok(known.has(file), file);
    assert.ok(message.startsWith(`${file}: `), message);
  }
}

test('uploads: every name arrives whole in manifest and outputs, and nowhere as anything but text', async (t) => {
  const workspace = createHostileCheckout(t);
  const { result, simulator } = await run(t, workspace, {});
  assert.equal(result.exitCode, 0, result.stdout);
  assert.deepEqual(readJson(result, 'uploaded'), paths);
  assert.deepEqual(Object.keys(readJson(result, 'manifest') as object).sort(), paths);
  assert.deepEqual(Object.keys(workspace.readManifest()).sort(), paths);
  assertSummaryShows(result, paths);
  assertAnnotationsName(result, paths);
  assert.equal(simulator.acceptedCount, paths.length);
  for (const upload of simulator.uploads) {
    assert.deepEqual(upload.mistakes, []);
    assert.match(upload.fileName, /^[0-9a-f]{16}\.png$/);
    assert.deepEqual(Object.keys(upload.fields).sort(), ['business_phone', 'messaging_product', 'type']);
  }
  const lines = result.stdout.split('\n').filter((line) => line.includes(' uploaded, '));
  assert.equal(lines.length, paths.length);
});

test('retries and failures: the messages begin with the name', async (t) => {
  const workspace = createHostileCheckout(t);
  const failing = { kind: 'code', code: 9000, message: 'refused' } as const;
  const { result } = await run(
    t,
    workspace,
    { retries: '1' },
    {
      faults: [
        { when: ({ attemptOfThisFile }) => attemptOfThisFile === 1, fault: { kind: 'code', code: 9001 } },
        { when: 'always', fault: failing },
      ],
    },
  );
  assert.equal(result.exitCode, 1);
  assert.deepEqual(readJson(result, 'pending'), paths);
  assertSummaryShows(result, paths);
  assertAnnotationsName(result, paths);
  for (const path of paths) {
    const shown = neutralise(path);
    assert.ok(
      result.stdout
        .split('\n')
        .some((line) => line.startsWith(`${shown.slice(0, 990)}`) && line.includes('trying again')),
      shown,
    );
  }
});

test('check with require-current: each name is told once, the rest after the tenth in the log', async (t) => {
  const workspace = createHostileCheckout(t);
  const { result, simulator } = await run(t, workspace, { mode: 'check', 'require-current': 'true' });
  assert.equal(result.exitCode, 1);
  assert.equal(simulator.requestCount, 0);
  assert.deepEqual(readJson(result, 'pending'), paths);
  assertSummaryShows(result, paths);
  assertAnnotationsName(result, paths);
  const told = result.annotations.filter(({ level, file }) => level === 'error' && file !== undefined).length;
  const logged = result.stdout.split('\n').filter((line) => line.startsWith('error: ')).length;
  assert.equal(told + logged, paths.length);
});

test('invalid files and removed entries: the names are told as text', async (t) => {
  const workspace = createWorkspace(t);
  const invalid = names.map((name) => name.replace(/\.png$/, '.gif'));
  for (const path of invalid) workspace.write(path, 'GIF89a');
  const entry = {
    id: '4:x',
    sha256: 'ab'.repeat(32),
    size: 1,
    type: 'image/png',
    target: '0'.repeat(16),
    uploadedAt: '2026-01-01T00:00:00.000Z',
  };
  const entries = Object.fromEntries(paths.map((path) => [path, entry]));
  workspace.write('nxcloud-assets.json', JSON.stringify({ version: 1, assets: entries }));
  const { result } = await run(t, workspace, { files: '*.gif' });
  assert.equal(result.exitCode, 1);
  assert.deepEqual(readJson(result, 'invalid'), [...invalid].sort());
  assert.deepEqual(readJson(result, 'removed'), paths);
  assertSummaryShows(result, [...[...invalid].sort(), ...paths]);
  assertAnnotationsName(result, invalid);
  assert.deepEqual(workspace.readManifest(), {});
});

test('names that differ in case or normal form only are two assets, with a warning', {
  skip: withoutLinux,
}, async (t) => {
  const workspace = createWorkspace(t);
  const pairs = ['A.png', 'a.png', 'e\u0301.png', '\u00e9.png'];
  for (const path of pairs) workspace.write(path, makePng(path));
  const { result } = await run(t, workspace, {});
  assert.equal(result.exitCode, 0);
  assert.deepEqual(readJson(result, 'uploaded'), [...pairs].sort());
  assert.deepEqual(Object.keys(workspace.readManifest()).length, 4);
  const warnings = result.annotations.filter(({ level }) => level === 'warning');
  assert.equal(warnings.length, 2);
  for (const { message } of warnings)
    assert.match(message, /differ only in letter case or Unicode normal form/);
});

test('names that are not UTF-8 are invalid, the files of such folders too, and hold nothing back', {
  skip: withoutLinux,
}, async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('a.png', makePng('a'));
  const raw = (name: string): Buffer =>
    Buffer.concat([Buffer.from(`${workspace.root}/`), Buffer.from(name, 'latin1')]);
  writeFileSync(raw('caf\xe9.png'), makePng('b'));
  mkdirSync(raw('f\xff'));
  writeFileSync(raw('f\xff/c.png'), makePng('c'));
  const { result } = await run(t, workspace, {});
  assert.equal(result.exitCode, 1);
  assert.deepEqual(readJson(result, 'invalid'), ['caf\ufffd.png', 'f\ufffd']);
  assert.deepEqual(Object.keys(workspace.readManifest()), ['a.png']);
  const errors = result.annotations.filter(({ file }) => file !== undefined).map(({ message }) => message);
  assert.deepEqual(errors, [
    'caf\ufffd.png: its name is not UTF-8; rename it',
    'f\ufffd: its name is not UTF-8; rename it',
  ]);
});

test('hostile patterns are shown as text', async (t) => {
  const workspace = createWorkspace(t);
  const patterns = HOSTILE_NAMES.filter((name) => !/[\n\r]|^[~#!]/.test(name) && name.trim() === name);
  const { result } = await run(t, workspace, { files: patterns.join('\n') });
  const warnings = result.stdout.split('\n').filter((line) => line.includes('matches no file'));
  assert.equal(warnings.length, patterns.length);
  assert.equal(result.exitCode, 0);
});
