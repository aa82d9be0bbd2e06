// The gallery of real runs, as a file.
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { createWorkspace, inputsFor, openSimulator, whenFileArrives } from '../support/workspace.ts';
import { reportPath } from './gallery-run.ts';

test('check writes the gallery too, and no manifest', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const result = await workspace.run({ inputs: { mode: 'check', 'report-path': reportPath } });
  assert.equal(result.exitCode, 0, result.stdout);
  assert.match(workspace.read(reportPath).toString(), / id="whatsapp\/a\.png" data-status="pending"/);
  assert.ok(!existsSync(join(workspace.root, 'nxcloud-assets.json')));
});

test('a failed run says why in the gallery', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('nxcloud-assets.json', 'no JSON');
  await workspace.run({ inputs: { mode: 'check', 'report-path': reportPath } });
  assert.match(workspace.read(reportPath).toString(), /class="remark">The manifest .* not valid JSON/);
});

test('a gallery that cannot be written fails the step, after all else is done', async (t) => {
  const workspace = createWorkspace(t);
  // A folder appears in the place of the file while the run is on its way.
  const rule = whenFileArrives(0, () => workspace.write(`${reportPath}/in-the-way`, ''));
  const simulator = await openSimulator(t, { faults: [rule] });
  workspace.write('whatsapp/a.png', makePng('a'));
  const result = await workspace.run({
    inputs: { ...inputsFor(simulator), 'report-path': reportPath },
  });
  assert.equal(result.exitCode, 1);
  assert.match(
    result.annotations.at(-1)?.message ?? '',
    /The gallery out\/gallery\.html could not be written: .* or name another `report-path`/,
  );
  assert.equal(result.outputs['uploaded-count'], '1');
  assert.match(result.summary, /The gallery out\/gallery\.html could not be written/);
  assert.deepEqual(Object.keys(workspace.readManifest()), ['whatsapp/a.png']);
});

test('a bundle without the parts of the page fails the step, after all else is done', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const actionDirectory = makeFolder(t);
  for (const part of ['action.yml', 'dist']) {
    const options = { recursive: true, filter: (path: string) => !path.endsWith('/page') };
    cpSync(join(import.meta.dirname, '../..', part), join(actionDirectory, part), options);
  }
  const inputs = { mode: 'check', 'report-path': reportPath };
  const result = await workspace.run({ actionDirectory, inputs });
  assert.equal(result.exitCode, 1);
  assert.match(result.annotations.at(-1)?.message ?? '', /could not be written: .* \[report-unwritable\]$/);
  assert.equal(result.outputs['pending-count'], '1');
  assert.match(result.summary, /could not be written/);
});
