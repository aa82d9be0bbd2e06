// Git LFS pointers through the bundle: unchanged ones need no download, new ones are rejected.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { formatLfsPointer } from '../support/lfs-pointer.ts';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator, readJson } from '../support/workspace.ts';

function pointerTo(content: Buffer): string {
  return formatLfsPointer({
    sha256: createHash('sha256').update(content).digest('hex'),
    size: content.length,
  });
}

test('Git LFS pointers', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  workspace.write('whatsapp/b.png', makePng('b'));
  await workspace.run({ inputs: inputsFor(simulator) });
  simulator.reset();

  await t.test('an unchanged one is current', async () => {
    workspace.write('whatsapp/a.png', pointerTo(makePng('a')));
    const result = await workspace.run({ inputs: inputsFor(simulator) });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.equal(result.outputs['unchanged-count'], '2');
  });

  await t.test('one of known content takes its ID over', async () => {
    workspace.write('whatsapp/copy.png', pointerTo(makePng('b')));
    const result = await workspace.run({ inputs: inputsFor(simulator) });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.deepEqual(readJson(result, 'reused'), ['whatsapp/copy.png']);
  });

  await t.test('one whose content is needed is rejected, whatever media-checks says', async () => {
    workspace.write('whatsapp/a.png', pointerTo(makePng('changed')));
    const result = await workspace.run({ inputs: { ...inputsFor(simulator), 'media-checks': 'off' } });
    assert.equal(result.exitCode, 1);
    assert.deepEqual(readJson(result, 'invalid'), ['whatsapp/a.png']);
    assert.match(result.annotations[0]?.message ?? '', /Git LFS pointer.*lfs: true/);
  });

  await t.test('its content elsewhere in the run serves it too', async () => {
    workspace.write('whatsapp/real.png', makePng('changed'));
    const result = await workspace.run({ inputs: inputsFor(simulator) });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.deepEqual(readJson(result, 'uploaded'), ['whatsapp/real.png']);
    assert.deepEqual(readJson(result, 'reused'), ['whatsapp/a.png']);
    assert.equal(simulator.requestCount, 1);
  });
});
