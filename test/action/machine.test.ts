// Faults of the machine: assets that change under way, a manifest that cannot be written or is written by others, and the
// runner's own files missing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Simulator, SimulatorOptions } from '../../simulator/server.ts';
import { choose, isFull } from '../support/extent.ts';
import { runAsSuperuser, withoutLinux } from '../support/platform.ts';
import { makePdf, makePng } from '../support/sample-media.ts';
import { waitUntil } from '../support/wait-until.ts';
import { assertCleanEnding, runWatched, type WatchedRun } from '../support/watched-run.ts';
import {
  createWorkspace,
  inputsFor,
  openSimulator,
  readJson,
  whenFileArrives,
  type Workspace,
} from '../support/workspace.ts';

const withoutMounts = findMountFault();

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
  for (const [name, [change, said]] of choose(Object.entries(changes), 3)) {
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
    let workspace: Workspace | undefined;
    // The end of the file does not leave before the service reads on: it is more than the buffers on the way take.
    const rule = whenFileArrives(0, () => truncateSync(join(workspace?.root ?? '', 'whatsapp/a.pdf'), 1024));
    const simulator = await openSimulator(t, { faults: [rule] });
    workspace = createWorkspace(t);
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
  function assertTold(run: WatchedRun, expected: readonly string[], said: RegExp): void {
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
    const rule = whenFileArrives(0, () => {
      workspace?.remove('state');
      workspace?.write('state', 'in the way');
    });
    const bench = await setUp(t, { faults: [rule] });
    ({ workspace } = bench);
    const inputs = { ...bench.inputs, 'manifest-path': 'state/assets.json' };
    const run = await runWatched(workspace, { inputs });
    assertTold(
      run,
      paths,
      /The manifest state\/assets\.json could not be written: it leads through "state", which is not a folder/,
    );
  });

  const many = Array.from({ length: 70 }, (_, n) => `whatsapp/${String(n).padStart(3, '0')}.png`);
  const heldAt = 60;

  /**
   * Runs over many files. When 60 have arrived, replies are held until the manifest holds all that were sent before; then
   * there is to be no more room.
   * @returns the run, and the paths of the entries that the manifest held then
   */
  async function runOutOfRoom(
    t: TestContext,
    workspace: Workspace,
    manifestPath: string,
    endRoom: (pid: number) => void,
  ): Promise<{ run: WatchedRun; kept: string[]; simulator: Simulator; inputs: Record<string, string> }> {
    for (const path of many) workspace.write(path, makePng(path));
    const simulator = await openSimulator(t, { faults: [whenFileArrives(heldAt, () => simulator.hold())] });
    const inputs = { ...inputsFor(simulator), 'manifest-path': manifestPath };
    const process = Promise.withResolvers<number>();
    const running = runWatched(workspace, { inputs, onStart: process.resolve });
    await simulator.waitFor(() => simulator.acceptedCount > heldAt);
    const sent = simulator.uploads.filter(({ answer }) => answer !== undefined).length;
    const list = () => Object.keys(workspace.readManifest(manifestPath));
    await waitUntil(() => existsSync(join(workspace.root, manifestPath)) && list().length === sent);
    const kept = list();
    endRoom(await process.promise);
    simulator.release();
    return { run: await running, kept, simulator, inputs };
  }

  /** The limit above says the same without a mount. */
  const withoutRoom = isFull ? withoutMounts : 'only in a full run';

  it('as files may not grow any more: what was written before stays', { skip: withoutLinux }, async (t) => {
    const workspace = createWorkspace(t);
    // The manifest takes more room than outputs and summary, so the limit strikes it alone.
    const { run, kept, simulator, inputs } = await runOutOfRoom(t, workspace, 'assets.json', (pid) => {
      const { length } = workspace.read('assets.json');
      execFileSync('prlimit', ['--pid', String(pid), `--fsize=${length}`]);
    });
    assertTold(run, many, /could not be written: .*EFBIG/);
    assert.deepEqual(listTemporaryFiles(workspace.root), []);
    assert.deepEqual(Object.keys(workspace.readManifest('assets.json')), kept);
    assert.ok(kept.length > 10 && kept.length < many.length, `${kept.length} entries`);

    simulator.reset();
    const next = await runWatched(workspace, { inputs });
    assert.equal(next.exitCode, 0, next.stdout);
    assert.equal(simulator.requestCount, many.length - kept.length);
    assert.deepEqual(Object.keys(workspace.readManifest('assets.json')), many);
  });

  it('as the disk is full: what was written before stays', { skip: withoutRoom }, async (t) => {
    const workspace = createWorkspaceWithMount(t);
    const { run, kept } = await runOutOfRoom(t, workspace, 'state/assets.json', () => fillMount(workspace));
    assertTold(run, many, /The manifest state\/assets\.json could not be written: .*ENOSPC/);
    assert.deepEqual(listTemporaryFiles(join(workspace.root, 'state')), []);
    assert.deepEqual(Object.keys(workspace.readManifest('state/assets.json')), kept);
    assert.ok(kept.length > 10 && kept.length < many.length, `${kept.length} entries`);
  });

  const hindrances: Readonly<
    Record<string, readonly [code: string, hinder: (workspace: Workspace) => void]>
  > = {
    // An empty file would still find room.
    'the disk has no room from the start': ['ENOSPC', fillMount],
    'its file system is read-only': [
      'EROFS',
      ({ root }) => runAsSuperuser('mount', '-o', 'remount,ro', join(root, 'state')),
    ],
  };
  for (const [what, [code, hinder]] of Object.entries(hindrances)) {
    it(`as ${what}: nothing is uploaded`, { skip: withoutMounts }, async (t) => {
      const simulator = await openSimulator(t);
      const workspace = createWorkspaceWithMount(t);
      for (const path of paths) workspace.write(path, makePng(path));
      hinder(workspace);
      const inputs = { ...inputsFor(simulator), 'manifest-path': 'state/assets.json' };
      const run = await runWatched(workspace, { inputs });
      assert.equal(run.exitCode, 1);
      const { message = '' } = run.annotations.at(-1) ?? {};
      const told = `state/assets\\.json could not be written: .*${code}.*; nothing was uploaded`;
      assert.match(message, new RegExp(told));
      assert.equal(simulator.requestCount, 0);
      assert.deepEqual(listTemporaryFiles(join(workspace.root, 'state')), []);
    });
  }
});

describe('a manifest that something else writes meanwhile', { concurrency: 4 }, () => {
  const others: Readonly<Record<string, (workspace: Workspace) => void>> = {
    'is replaced': (workspace) => workspace.write('nxcloud-assets.json', '{"version":1,"assets":{}}'),
    'is broken': (workspace) => workspace.write('nxcloud-assets.json', 'no JSON'),
    'is removed': (workspace) => rmSync(join(workspace.root, 'nxcloud-assets.json'), { force: true }),
  };
  for (const [name, change] of choose(Object.entries(others), 2)) {
    it(`${name}: the next write puts the run’s own in its place, with a warning`, async (t) => {
      const { workspace, simulator, inputs } = await setUp(t);
      await workspace.run({ inputs });
      workspace.write('whatsapp/d.png', makePng('d'));
      // The store has read the manifest by then, and writes it only after the reply.
      simulator.setFaults([whenFileArrives(paths.length, () => change(workspace))]);
      const run = await runWatched(workspace, { inputs });
      assertCleanEnding(run, workspace, simulator);
      assert.equal(run.exitCode, 0, run.stdout);
      assert.deepEqual(Object.keys(workspace.readManifest()), [...paths, 'whatsapp/d.png']);
      const warnings = run.annotations
        .filter(({ level }) => level === 'warning')
        .map(({ message }) => message);
      assert.deepEqual(warnings, [
        'Something else changed the manifest nxcloud-assets.json while the step ran; it is replaced.',
      ]);
    });
  }
});

describe('a file of the runner that is missing', { concurrency: 4 }, () => {
  const nowhere = join(tmpdir(), 'no-such-folder', 'file');

  const values = { 'does not exist': nowhere, 'is a folder': tmpdir() };
  for (const [name, value] of choose(Object.entries(values), 2)) {
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

/** Why no file system can be mounted; where none can, the limit of a file's size stands for a full disk. */
function findMountFault(): string | false {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    runAsSuperuser('mount', '-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder);
    runAsSuperuser('umount', folder);
    return false;
  } catch {
    return 'mounting needs Linux and its superuser';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A checkout whose folder `state` is a small file system of its own, in memory. */
function createWorkspaceWithMount(t: TestContext): Workspace {
  let state: string | undefined;
  // Hooks run in the order of their making: unmounted first, then removed.
  t.after(() => state !== undefined && runAsSuperuser('umount', state));
  const workspace = createWorkspace(t);
  mkdirSync(join(workspace.root, 'state'));
  runAsSuperuser('mount', '-t', 'tmpfs', '-o', 'size=256k,mode=1777', 'tmpfs', join(workspace.root, 'state'));
  state = join(workspace.root, 'state');
  return workspace;
}

/** Leaves no room in the file system of `createWorkspaceWithMount`. */
function fillMount(workspace: Workspace): void {
  const rest = openSync(join(workspace.root, 'state/rest'), 'w');
  assert.throws(() => {
    for (;;) writeSync(rest, Buffer.alloc(4096));
  }, /ENOSPC/);
  closeSync(rest);
}
