// Another process of the job that swaps what the run is about to open, and files that never end, through the bundle.
import assert from 'node:assert/strict';
import { readdirSync, rmSync, symlinkSync, truncateSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext, test } from 'node:test';
import { withoutLinux } from '../support/platform.ts';
import { pauseAt } from '../support/paused-run.ts';
import { makePng } from '../support/sample-media.ts';
import { isFull } from '../support/extent.ts';
import { assertCleanEnding, runWatched } from '../support/watched-run.ts';
import {
  createWorkspace,
  inputsFor,
  openSimulator,
  readJson,
  whenFileArrives,
  type Workspace,
} from '../support/workspace.ts';
import { makeFifo } from '../support/fifo.ts';

/** A checkout in `repository`, with a folder of pictures, and one outside with others of the same names. */
function createCheckout(t: TestContext): Workspace {
  const workspace = createWorkspace(t);
  for (const name of ['y', 'z']) {
    workspace.write(`outside/${name}.png`, makePng(`loot ${name}`));
    workspace.write(`repository/folder/${name}.png`, makePng(name));
  }
  workspace.write('repository/a.png', makePng('a'));
  workspace.write('repository/skipped.txt', '');
  return workspace;
}

/** Puts a link to the folder outside in the place of a folder of the repository. */
function swapFolder({ root }: Workspace, name: string): void {
  rmSync(join(root, 'repository', name), { recursive: true, force: true });
  symlinkSync('../outside', join(root, 'repository', name));
}

const inRepository = { 'working-directory': 'repository', files: '**' };

describe('a folder that becomes a link', { concurrency: 2 }, () => {
  it('between the walk and the opening: its files are not read', async (t) => {
    const workspace = createCheckout(t);
    const simulator = await openSimulator(t);
    const result = await workspace.run({
      ...pauseAt(t, /^::group::Judge assets/, () => swapFolder(workspace, 'folder')),
      inputs: { ...inputsFor(simulator), ...inRepository },
    });
    assert.equal(result.exitCode, 1, result.stdout);
    assert.deepEqual(readJson(result, 'invalid'), ['folder/y.png', 'folder/z.png']);
    assert.deepEqual(readJson(result, 'uploaded'), ['a.png']);
    const { message = '' } = result.annotations.find(({ file }) => file === 'folder/z.png') ?? {};
    assert.match(message, /it cannot be read: a folder on the way to it is no longer what it was/);
  });

  it('between judging and sending: its files are not sent, even if they are the same', async (t) => {
    const workspace = createCheckout(t);
    workspace.write('outside/z.png', makePng('z'));
    // The first is uploaded, the second under way, the last still waits.
    const rule = whenFileArrives(1, () => swapFolder(workspace, 'folder'));
    const simulator = await openSimulator(t, { faults: [rule] });
    const inputs = { ...inputsFor(simulator), ...inRepository, concurrency: '1' };
    const result = await workspace.run({ inputs });
    assert.equal(result.exitCode, 1, result.stdout);
    assert.deepEqual(readJson(result, 'pending'), ['folder/z.png']);
    assert.equal(simulator.requestCount, 2);
  });

  it('under the report and the manifest: nothing is written outside', async (t) => {
    const workspace = createCheckout(t);
    const simulator = await openSimulator(t);
    const result = await workspace.run({
      ...pauseAt(t, /^::group::Judge assets/, () => swapFolder(workspace, 'out')),
      inputs: {
        ...inputsFor(simulator),
        ...inRepository,
        'manifest-path': 'out/assets.json',
        'report-path': 'out/deep/report.html',
      },
    });
    assert.equal(result.exitCode, 1, result.stdout);
    assert.equal(simulator.requestCount, 0);
    assert.deepEqual(readdirSync(join(workspace.root, 'outside')), ['y.png', 'z.png']);
    const { message = '' } = result.annotations.at(-1) ?? {};
    for (const code of ['manifest-unwritable', 'report-unwritable'])
      assert.match(message, new RegExp(`it leads through the symbolic link "out"[^[]*\\[${code}\\]`));
  });
});

test('a manifest that becomes a FIFO is not waited for', async (t) => {
  const workspace = createCheckout(t);
  const simulator = await openSimulator(t);
  const manifest = join(workspace.root, 'repository/nxcloud-assets.json');
  workspace.write('repository/nxcloud-assets.json', '{"version":1,"assets":{}}');
  const result = await workspace.run({
    ...pauseAt(t, /matched file is no asset/, () => {
      unlinkSync(manifest);
      makeFifo(manifest);
    }),
    inputs: { ...inputsFor(simulator), ...inRepository },
  });
  assert.equal(result.exitCode, 1, result.stdout);
  assert.equal(simulator.requestCount, 0);
  assert.match(
    result.annotations.at(-1)?.message ?? '',
    /nxcloud-assets\.json cannot be read: it is not a regular file/,
  );
});

describe('a file of four terabytes', { concurrency: 2 }, () => {
  function createHuge(t: TestContext): Workspace {
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/huge.mp4', '');
    // A hole: it takes no room, and to read it would take hours.
    truncateSync(join(workspace.root, 'whatsapp/huge.mp4'), 2 ** 42);
    return workspace;
  }

  it('is refused without being read', { skip: withoutLinux }, async (t) => {
    const workspace = createHuge(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    const result = await workspace.run({ inputs: { mode: 'check', shard: '1/1' } });
    assert.equal(result.exitCode, 1);
    assert.deepEqual(readJson(result, 'invalid'), ['whatsapp/huge.mp4']);
    assert.match(
      result.annotations[0]?.message ?? '',
      /it has 4194304\.0 MB; WhatsApp takes images of up to 5 MB/,
    );
  });

  it('does not hold up a signal where no limit counts', { skip: withoutLinux }, async (t) => {
    const workspace = createHuge(t);
    const result = await runWatched(workspace, {
      inputs: { mode: 'check', 'media-checks': 'off' },
      signals: [{ signal: 'SIGINT', onLine: /^::group::Judge assets/ }],
    });
    assertCleanEnding(result, workspace);
    assert.equal(result.exitCode, 1);
    assert.match(
      result.annotations.at(-1)?.message ?? '',
      /The run was cancelled \(SIGINT\)\. \[cancelled\]/,
    );
    assert.deepEqual(readJson(result, 'pending'), ['whatsapp/huge.mp4']);
  });
});

/** The unit tests read such texts as well; here the memory of the whole run counts. */
const skip = !isFull && 'only in a full run';
describe('a manifest of 28 MiB that is none', { concurrency: 1, skip }, () => {
  const MOST_BYTES = 28 * 1024 * 1024;
  const repeat = (start: string, item: string, end: string): string =>
    start + item.repeat(Math.floor((MOST_BYTES - start.length - end.length) / item.length)) + end;
  const numbered = (start: string, rest: string, end: string): string => {
    const items: string[] = [];
    for (let at = 0, size = start.length + end.length; ; at += 1) {
      const item = `"${at}":${rest}`;
      size += item.length;
      if (size > MOST_BYTES) return start + items.join('') + end;
      items.push(item);
    }
  };
  const rows: Readonly<Record<string, () => string>> = {
    'of numbered entries': () => numbered('{"version":1,"assets":{', '{},', '"z":{}}}'),
    'of lists within lists': () => repeat('', '[', ''),
    'of objects within objects': () => repeat('', '{"":', '1'),
    'of empty objects': () => repeat('[', '{},', '{}]'),
    'of fields': () => numbered('{"version":1,', '1,', '"z":1}'),
    'of fields of an entry': () => numbered('{"version":1,"assets":{"a":{', '1,', '"z":1}}}'),
    'of quotes': () => repeat('', '"', ''),
  };
  for (const [name, makeText] of Object.entries(rows)) {
    it(`${name} takes less than 500 MB`, { skip: withoutLinux }, async (t) => {
      const workspace = createWorkspace(t);
      workspace.write('whatsapp/a.png', makePng('a'));
      workspace.write('nxcloud-assets.json', makeText());
      const run = await runWatched(workspace, { inputs: { mode: 'check' } });
      assert.equal(run.exitCode, 1);
      assert.match(run.annotations.at(-1)?.message ?? '', /nxcloud-assets\.json cannot be read: /);
      assert.ok((run.report?.peakBytes ?? Number.NaN) < 500_000_000, `${run.report?.peakBytes} bytes`);
    });
  }
});
