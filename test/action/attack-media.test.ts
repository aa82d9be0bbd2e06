// Media files made to keep the action busy: they hold back neither it nor the other files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { avc1, avcC, box, movie, track, u32 } from '../media/crafted-mp4.ts';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator, readJson } from '../support/workspace.ts';

const filler = box('free', Buffer.alloc(1_700_000, 'A'));
const endless = box('uuid', Buffer.from('9db9dd6e373c5a4e811021fc83a911fd', 'hex'), u32(0xffffffff));
const table = box('ctts', u32(0), u32(200_000), Buffer.alloc(8));

const hostile = {
  'whatsapp/a.mp4': movie(endless),
  'whatsapp/b.mp4': movie(track('vide', avc1(avcC()), ...Array<Buffer>(1_200).fill(table)), filler),
  'whatsapp/c.pdf': Buffer.from(
    `%PDF-1.5\nxref\n0 0\ntrailer\n<< /A ${'1'.repeat(60_000)}x >>\nstartxref\n9\n%%EOF\n`,
  ),
};

test('hostile files are judged, and the others with them', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  for (const [path, content] of Object.entries(hostile)) workspace.write(path, content);
  for (const name of ['d', 'e', 'f']) workspace.write(`whatsapp/${name}.png`, makePng(name));
  const result = await workspace.run({ inputs: inputsFor(simulator), timeoutMs: 60_000 });
  assert.equal(result.timedOut, false);
  assert.deepEqual(readJson(result, 'invalid'), ['whatsapp/a.mp4'], 'it has no picture');
  assert.equal(simulator.acceptedCount, 5);
  for (const path of ['whatsapp/b.mp4', 'whatsapp/c.pdf']) {
    const found = result.annotations.filter(({ file }) => file === path).map(({ level }) => level);
    assert.deepEqual(found, ['warning'], path);
  }
});
