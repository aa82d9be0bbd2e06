// Faults of the machine: assets that change under way, a manifest that cannot be written or is written by others, and the
// runner's own files missing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { FaultRule } from '../../simulator/fault-rules.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/server.ts';
import { makePdf, makePng } from '../support/sample-media.ts';
import { assertCleanEnding, runWatched } from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator, readJson, type Workspace } from '../support/workspace.ts';

const paths = ['whatsapp/a.png', 'whatsapp/b.png', 'whatsapp/c.png'];

async function setUp(
  t: TestContext,
  options: SimulatorOptions = {},
): Promise<{ workspace: Workspace; simulator: Simulator; inputs: Record<string, string> }> {
  const simulator = await openSimulator(t, options);
  const workspace = createWorkspace(t);
  for (const path of paths) workspace.write(path, makePng(path));
  return { workspace, simulator, inputs: { ...inputsFor(simulator), concurrency: '1' } };
}

/** Does something once, when the service has begun to read the file with this ordinal. */
function whenFileArrives(ordinal: number, action: () => void): FaultRule {
  let isDone = false;
  return {
    when: ({ fileIndex }) => {
      if (fileIndex === ordinal && !isDone) {
        isDone = true;
        action();
      }
      return false;
    },
    fault: { kind: 'lost-reply' },
  };
}

describe('an asset that changes between judging and sending', { concurrency: 4 }, () => {
  const changes: Readonly<Record<string, readonly [change: (file: string) => void, said: RegExp]>> = {
    'is deleted': [(file) => rmSync(file), /can no longer be read \(.*ENOENT.*\), so it was not sent/],
    'is truncated': [(file) => truncateSync(file, 100), /changed while the step ran, so it was not sent/],
    'has grown': [(file) => appendFileSync(file, 'x'), /changed while the step ran, so it was not sent/],
    'is replaced by another of the same size': [
      (file) => writeFileSync(file, Buffer.alloc(makePng('whatsapp/b.png').length, 'x')),
      /changed while the step ran, so it was not sent/,
    ],
    'has become a folder': [
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      /changed while the step ran, so it was not sent/,
    ],
  };
  for (const [name, [change, said]] of Object.entries(changes)) {
    it(`${name}: it alone fails, and nothing of it is recorded`, async (t) => {
      let workspace: Workspace | undefined;
      const rule = whenFileArrives(0, () => change(join(workspace?.root ?? '', 'whatsapp/b.png')));
      const bench = await setUp(t, { faults: [rule] });
      ({ workspace } = bench);
      const run = await runWatched(workspace, { inputs: bench.inputs });
      assertCleanEnding(run, workspace, bench.simulator);
      assert.equal(run.exitCode, 1);
      assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/a.png', 'whatsapp/c.png']);
      assert.deepEqual(readJson(run, 'pending'), ['whatsapp/b.png']);
      assert.equal(bench.simulator.acceptedCount, 2);
      const [error] = run.annotations.filter(({ file }) => file === 'whatsapp/b.png');
      assert.match(error?.message ?? '', said);
    });
  }

  it('is truncated while it is being sent: the request is broken off before its end', async (t) => {
    const simulator = await openSimulator(t, {
      faults: [
        {
          when: ({ fileIndex }) => {
            if (fileIndex === 0) truncateSync(join(workspace.root, 'whatsapp/a.pdf'), 1024);
            return fileIndex === 0;
          },
          fault: { kind: 'slow-read', bytesPerSecond: 200 * 1024 * 1024 },
        },
      ],
    });
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.pdf', makePdf('a', 24 * 1024 * 1024));
    workspace.write('whatsapp/b.png', makePng('b'));
    const run = await runWatched(workspace, { inputs: { ...inputsFor(simulator), concurrency: '1' } });
    assertCleanEnding(run, workspace, simulator);
    assert.equal(run.exitCode, 1);
    assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/b.png']);
    assert.equal(simulator.acceptedCount, 1);
    assert.match(run.annotations[0]?.message ?? '', /changed while the step ran, so it was not sent/);
  });
});

describe('a manifest that cannot be written', { concurrency: 4 }, () => {
  /** Every upload succeeds all the same, and its ID is in the outputs; the step fails and says why. */
  function assertTold(
    run: Awaited<ReturnType<typeof runWatched>>,
    expected: readonly string[],
    said: RegExp,
  ): void {
    assert.equal(run.exitCode, 1);
    assert.equal(run.stderr, '');
    assert.deepEqual(run.report?.descriptors, []);
    assert.deepEqual(readJson(run, 'uploaded'), expected);
    assert.deepEqual(Object.keys(readJson(run, 'manifest') as object), expected);
    const { message = '' } = run.annotations.at(-1) ?? {};
    assert.match(message, said);
    assert.match(
      message,
      /Make room or make it writable; the file IDs of this run are in the output `manifest`/,
    );
  }

  it('as a folder is in its place', async (t) => {
    let workspace: Workspace | undefined;
    const rule = whenFileArrives(0, () => workspace?.write('nxcloud-assets.json/in-the-way', ''));
    const bench = await setUp(t, { faults: [rule] });
    ({ workspace } = bench);
    const run = await runWatched(workspace, { inputs: bench.inputs });
    assertTold(run, paths, /The manifest nxcloud-assets\.json could not be written: .*EISDIR/);
    assert.deepEqual(listTemporaryFiles(workspace.root), []);

    workspace.remove('nxcloud-assets.json');
    const next = await runWatched(workspace, { inputs: bench.inputs });
    assertCleanEnding(next, workspace, bench.simulator);
    assert.deepEqual(Object.keys(workspace.readManifest()), paths);
  });

  it('as its folder is a file by now', async (t) => {
    let workspace: Workspace | undefined;
    const rule = whenFileArrives(0, () => workspace?.write('state', 'in the way'));
    const bench = await setUp(t, { faults: [rule] });
    ({ workspace } = bench);
    const inputs = { ...bench.inputs, 'manifest-path': 'state/assets.json' };
    const run = await runWatched(workspace, { inputs });
    assertTold(run, paths, /The manifest state\/assets\.json could not be written: .*(?:EEXIST|ENOTDIR)/);
  });

  it('as files may not grow any more: what was written before stays', async (t) => {
    // The manifest takes more room than outputs and summary, so the limit strikes it alone.
    const count = 120;
    const simulator = await openSimulator(t, { latencyMs: 20 });
    const workspace = createWorkspace(t);
    const all = Array.from({ length: count }, (_, n) => `whatsapp/${String(n).padStart(3, '0')}.png`);
    for (const path of all) workspace.write(path, makePng(path));
    const inputs = inputsFor(simulator);
    const limit = 40_000;
    const run = await runWatched(workspace, {
      inputs,
      onStart: (pid) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${limit}`]),
    });
    assertTold(run, all, /could not be written: .*EFBIG/);
    assert.ok(workspace.read('nxcloud-assets.json').length <= limit);
    assert.deepEqual(listTemporaryFiles(workspace.root), []);
    const kept = Object.keys(workspace.readManifest());
    assert.ok(kept.length > 10 && kept.length < count, `${kept.length} entries`);

    simulator.reset();
    const next = await runWatched(workspace, { inputs });
    assert.equal(next.exitCode, 0, next.stdout);
    assert.equal(simulator.requestCount, count - kept.length);
    assert.deepEqual(Object.keys(workspace.readManifest()), all);
  });

  // Only the superuser can mount; elsewhere the limit above stands for a full disk.
  if (canMount()) {
    it('as the disk is full: what was written before stays', async (t) => {
      const simulator = await openSimulator(t, { latencyMs: 20 });
      const workspace = createWorkspaceWithMount(t, '48k');
      const all = Array.from({ length: 120 }, (_, n) => `whatsapp/${String(n).padStart(3, '0')}.png`);
      for (const path of all) workspace.write(path, makePng(path));
      const inputs = { ...inputsFor(simulator), 'manifest-path': 'state/assets.json' };
      const run = await runWatched(workspace, { inputs });
      assertTold(run, all, /The manifest state\/assets\.json could not be written: .*ENOSPC/);
      assert.deepEqual(listTemporaryFiles(join(workspace.root, 'state')), []);
      const kept = Object.keys(workspace.readManifest('state/assets.json'));
      assert.ok(kept.length > 10 && kept.length < 120, `${kept.length} entries`);
    });

    it('as its file system is read-only', async (t) => {
      const simulator = await openSimulator(t);
      const workspace = createWorkspaceWithMount(t, '48k');
      for (const path of paths) workspace.write(path, makePng(path));
      execFileSync('mount', ['-o', 'remount,ro', join(workspace.root, 'state')]);
      const inputs = { ...inputsFor(simulator), 'manifest-path': 'state/assets.json' };
      const run = await runWatched(workspace, { inputs });
      assertTold(run, paths, /The manifest state\/assets\.json could not be written: .*EROFS/);
    });
  }
});

describe('a manifest that something else writes meanwhile', { concurrency: 4 }, () => {
  const others: Readonly<Record<string, (workspace: Workspace) => void>> = {
    'is replaced': (workspace) => workspace.write('nxcloud-assets.json', '{"version":1,"assets":{}}'),
    'is broken': (workspace) => workspace.write('nxcloud-assets.json', 'no JSON'),
    'is removed': (workspace) => rmSync(join(workspace.root, 'nxcloud-assets.json'), { force: true }),
  };
  for (const [name, change] of Object.entries(others)) {
    it(`${name}: the next write puts the run’s own in its place, with a warning`, async (t) => {
      const count = 12;
      let workspace: Workspace | undefined;
      // By then the manifest was written at least once. A change that falls into a write goes unseen, so there are two.
      const rules = [count - 5, count - 2].map((index) =>
        whenFileArrives(index, () => {
          if (workspace !== undefined) change(workspace);
        }),
      );
      const simulator = await openSimulator(t, { latencyMs: 100, faults: rules });
      workspace = createWorkspace(t);
      const all = Array.from({ length: count }, (_, n) => `whatsapp/${String(n).padStart(2, '0')}.png`);
      for (const path of all) workspace.write(path, makePng(path));
      const run = await runWatched(workspace, { inputs: { ...inputsFor(simulator), concurrency: '1' } });
      assertCleanEnding(run, workspace, simulator);
      assert.equal(run.exitCode, 0, run.stdout);
      assert.deepEqual(Object.keys(workspace.readManifest()), all);
      const warnings = run.annotations
        .filter(({ level }) => level === 'warning')
        .map(({ message }) => message);
      assert.deepEqual(
        [...new Set(warnings)],
        ['Something else changed the manifest nxcloud-assets.json while the step ran; it is replaced.'],
      );
    });
  }
});

describe('a file of the runner that is missing', { concurrency: 4 }, () => {
  const nowhere = join(tmpdir(), 'no-such-folder', 'file');

  for (const [name, value] of Object.entries({ 'does not exist': nowhere, 'is a folder': tmpdir() })) {
    it(`fails the step when the outputs' ${name}; the manifest is written all the same`, async (t) => {
      const { workspace, simulator, inputs } = await setUp(t);
      const run = await runWatched(workspace, { inputs, env: { GITHUB_OUTPUT: value } });
      assertCleanEnding(run, workspace, simulator);
      assert.equal(run.exitCode, 1);
      assert.deepEqual(Object.keys(workspace.readManifest()), paths);
      const errors = run.annotations.filter(({ level }) => level === 'error').map(({ message }) => message);
      assert.match(errors.join('\n'), /outputs could not be written \(GITHUB_OUTPUT\)/);
      assert.ok(errors.every((message) => message !== ''));
      assert.match(run.summary, /❌ 3 uploaded/);
    });

    it(`warns when the summary's ${name}`, async (t) => {
      const { workspace, simulator, inputs } = await setUp(t);
      const run = await runWatched(workspace, { inputs, env: { GITHUB_STEP_SUMMARY: value } });
      assertCleanEnding(run, workspace, simulator);
      assert.equal(run.exitCode, 0, run.stdout);
      assert.equal(run.outputs['uploaded-count'], '3');
      const warnings = run.annotations
        .filter(({ level }) => level === 'warning')
        .map(({ message }) => message);
      assert.match(warnings.join('\n'), /The job summary could not be written/);
    });
  }

  it('warns when the summary has no name', async (t) => {
    const { workspace, simulator, inputs } = await setUp(t);
    const run = await runWatched(workspace, { inputs, env: { GITHUB_STEP_SUMMARY: undefined } });
    assertCleanEnding(run, workspace, simulator);
    assert.equal(run.exitCode, 0, run.stdout);
    assert.match(run.stdout, /::warning::The job summary could not be written/);
  });
});

function listTemporaryFiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.tmp'));
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A checkout whose folder `state` is a file system of its own, in memory and of this size. */
function createWorkspaceWithMount(t: TestContext, size: string): Workspace {
  let state: string | undefined;
  // Hooks run in the order of their making: unmounted first, then removed.
  t.after(() => (state === undefined ? undefined : execFileSync('umount', [state])));
  const workspace = createWorkspace(t);
  mkdirSync(join(workspace.root, 'state'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', join(workspace.root, 'state')]);
  state = join(workspace.root, 'state');
  return workspace;
}
