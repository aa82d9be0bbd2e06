// One run in which every way of failing that once leaked descriptors, or raised what nobody handled, strikes a file that is
// too large for the buffers in between. Every other file is in no trouble and gets through.
import assert from 'node:assert/strict';
import { appendFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { type FaultName, faultTable } from '../../simulator/faults.ts';
import { makePng } from '../support/sample-media.ts';
import { endlessFaults } from './fault-table.ts';
import { assertCleanEnding, runWatched, startClock } from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator, readJson } from '../support/workspace.ts';

const faults: readonly FaultName[] = [
  'early 413, closed',
  'early 413, reset',
  'early 413, body read',
  'reset before the body',
  'reset in the middle of the body',
  'reset after the body',
  'reply lost after acceptance',
  'stall before the body',
  'stall in the middle of the body',
  'stall after the body',
  'reply cut off by close',
  'reply cut off by reset',
  'reply stalls',
  'reply of 400 MB',
];

const changes: Readonly<Record<string, (file: string) => void>> = {
  deleted: (file) => rmSync(file),
  grown: (file) => appendFileSync(file, 'x'),
  truncated: (file) => truncateSync(file, 1000),
  overwritten: (file) => writeFileSync(file, Buffer.alloc(large.length)),
};

const large = makePng('large', 4.8 * 1024 * 1024);

it('leaves nothing open and nothing unhandled, whatever strikes', async (t) => {
  const workspace = createWorkspace(t);
  const troubled: string[] = [];
  const spared: string[] = [];
  for (const [at, name] of [...faults, ...Object.keys(changes)].entries()) {
    const prefix = `whatsapp/${String(at).padStart(2, '0')}`;
    troubled.push(`${prefix}-a ${name}.png`);
    spared.push(`${prefix}-b spared.png`);
    // The end of a file without meaning tells one content from another.
    workspace.write(troubled.at(-1) ?? '', Buffer.concat([large, Buffer.from(`${at}`)]));
    workspace.write(spared.at(-1) ?? '', makePng(at));
  }
  let isChanged = false;
  const change = (): void => {
    if (isChanged) return;
    isChanged = true;
    for (const path of troubled.slice(faults.length)) {
      const [, name = ''] = /-a (.*)\.png$/.exec(path) ?? [];
      changes[name]?.(join(workspace.root, path));
    }
  };
  const clock = startClock(200);
  const simulator = await openSimulator(t, {
    now: clock.now,
    toleranceMs: 1e9,
    onFault: ({ fault }) => endlessFaults.has(fault) && clock.skipHour(),
    faults: faults.map((name, at) => ({
      when: ({ fileIndex }) => {
        change();
        return fileIndex === 2 * at;
      },
      fault: faultTable[name],
    })),
  });
  const run = await runWatched(workspace, {
    clock,
    inputs: { ...inputsFor(simulator), concurrency: '1', retries: '0', timeout: '3600s' },
  });
  assertCleanEnding(run, workspace, simulator);
  assert.equal(run.exitCode, 1);
  assert.deepEqual(readJson(run, 'pending'), troubled);
  assert.deepEqual(Object.keys(workspace.readManifest()), spared);
});
