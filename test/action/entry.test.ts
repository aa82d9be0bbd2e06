// The action's entry: a runner starts it, other programs import it and call `run`.
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { nodePath } from '../../runner/run-action.ts';
import { demoAccount } from '../../simulator/server.ts';
import { runProgram } from '../support/command.ts';
import { makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { createWorkspace, openSimulator } from '../support/workspace.ts';

const root = join(import.meta.dirname, '../..');
const FOUND = '1 asset found';

test('a runner that keeps actions behind a link starts it, once', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const actionDirectory = join(makeFolder(t), 'link');
  symlinkSync(root, actionDirectory);
  const { stdout } = await workspace.run({ actionDirectory, inputs: { mode: 'check' } });
  assert.equal(stdout.split(FOUND).length, 2, stdout);
});

for (const entry of ['src/main.ts', 'dist/main.js']) {
  test(`${entry}, imported, runs when it is called and lets the caller go on`, async (t) => {
    const cwd = makeFolder(t, { 'whatsapp/a.png': makePng('a') });
    const program = `
      const { run } = await import('${pathToFileURL(join(root, entry))}');
      console.log('imported');
      await run();
      setImmediate(() => console.log('went on'));`;
    const { exitCode, stdout } = await runProgram(nodePath, ['--input-type=module', '--eval', program], {
      cwd,
      env: { INPUT_FILES: 'whatsapp/**', INPUT_MODE: 'check' },
    });
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^imported\n/);
    assert.equal(stdout.split(FOUND).length, 2, stdout);
    assert.match(stdout, /went on\n$/);
  });
}

test('an old Node is refused by one sentence, with all outputs set', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  // Less than what a runner for 32-bit ARM falls back to has.
  const pretend =
    'Object.defineProperty(process.versions,"node",{value:"20.19.5"});delete Map.groupBy;delete Promise.withResolvers;delete Array.prototype.toSorted';
  const { exitCode, annotations, outputs, stderr } = await workspace.run({
    nodeFlags: [`--import=data:text/javascript,${encodeURIComponent(pretend)}`],
  });
  assert.deepEqual([exitCode, stderr], [1, '']);
  assert.equal(annotations.length, 1);
  assert.match(
    annotations[0]?.message ?? '',
    /^This needs Node 22\.19 or newer and runs on Node 20\.19\.5; .* \[node-too-old\]$/,
  );
  assert.deepEqual([outputs.mode, outputs.manifest, outputs.pending], ['', '{}', '[]']);
});

test('the variables that CONTRIBUTING.md names are enough for an upload', async (t) => {
  const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const named = parseEnv(/^```ini\n(.+?)^```/ms.exec(page)?.[1] ?? '');
  const simulator = await openSimulator(t, { accounts: [demoAccount] });
  const cwd = makeFolder(t, { 'checkout/whatsapp/a.png': makePng('a'), 'event.json': '{}' });
  const places = {
    GITHUB_WORKSPACE: join(cwd, 'checkout'),
    GITHUB_EVENT_PATH: join(cwd, 'event.json'),
    GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'),
    'INPUT_API-URL': simulator.url,
  };
  for (const name of Object.keys(places)) assert.ok(name in named, name);
  const program = `const { run } = await import('${pathToFileURL(join(root, 'src/main.ts'))}'); await run();`;
  const options = { cwd, env: { ...named, ...places } as Record<string, string> };
  const { exitCode } = await runProgram(nodePath, ['--input-type=module', '--eval', program], options);
  assert.equal(exitCode, 0);
  assert.equal(simulator.acceptedCount, 1);
  assert.match(readFileSync(join(cwd, 'summary.md'), 'utf8'), /1 uploaded/);
});
