// Media rules and pictures through the bundle.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator, readJson } from '../support/workspace.ts';

const samples = join(import.meta.dirname, '../samples');

function sample(name: string): Buffer {
  return readFileSync(join(samples, name));
}

const broken = {
  'whatsapp/cmyk.jpg': 'jpeg-cmyk.jpg',
  'whatsapp/deep.png': 'png-rgb-16.png',
  'whatsapp/hevc.mp4': 'mp4-hvc1.mp4',
};

const expectations = {
  error: { invalid: Object.keys(broken), level: 'error' },
  warn: { invalid: [], level: 'warning' },
  off: { invalid: [], level: undefined },
} as const;

for (const [mediaChecks, { invalid, level }] of Object.entries(expectations)) {
  test(`media-checks: ${mediaChecks}`, async (t) => {
    const workspace = createWorkspace(t);
    const simulator = await openSimulator(t);
    for (const [path, name] of Object.entries(broken)) workspace.write(path, sample(name));
    workspace.write('whatsapp/empty.pdf', '');
    const result = await workspace.run({ inputs: { ...inputsFor(simulator), 'media-checks': mediaChecks } });
    assert.equal(result.exitCode, 1, 'an empty file always fails');
    assert.deepEqual(readJson(result, 'invalid'), [...invalid, 'whatsapp/empty.pdf'].sort());
    assert.equal(simulator.acceptedCount, 3 - invalid.length);
    for (const path of Object.keys(broken)) {
      const found = result.annotations
        .filter(({ file }) => file === path)
        .map((annotation) => annotation.level);
      assert.ok(level === undefined ? found.length === 0 : found.includes(level), `${path}: ${found.join()}`);
    }
  });
}

test('facts of pictures, videos and documents appear in the summary', async (t) => {
  const workspace = createWorkspace(t);
  const examples = join(import.meta.dirname, '../../examples/assets/whatsapp');
  for (const name of ['promo/header.jpg', 'events/teaser.mp4', 'orders/receipt.pdf']) {
    workspace.write(`whatsapp/${name}`, readFileSync(join(examples, name)));
  }
  const { summary } = await workspace.run({ inputs: { mode: 'check' } });
  assert.match(summary, /header\.jpg.*JPEG picture · 1200 × 628/);
  assert.match(summary, /teaser\.mp4.*612 × 320, H\.264, 3\.0 s/);
  assert.match(summary, /receipt\.pdf.*PDF document/);
});

test('a changed image is shown before and after, a new one as it is', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  const [sha, before] = ['a'.repeat(40), 'b'.repeat(40)];
  workspace.write('whatsapp/old & new.png', makePng('old'));
  await workspace.run({ inputs: inputsFor(simulator) });
  workspace.write('whatsapp/old & new.png', makePng('new'));
  workspace.write('whatsapp/second.png', makePng('second'));
  const { summary } = await workspace.run({
    inputs: inputsFor(simulator),
    context: { sha, event: { before, repository: { id: 4711 } }, serverUrl: 'https://ghe.example' },
  });
  const at = (commit: string, name: string) =>
    `https://ghe.example/octo-org/assets/blob/${commit}/whatsapp/${name}?raw=true`;
  assert.ok(summary.includes(`src="${at(before, 'old%20%26%20new.png')}"`), summary);
  assert.ok(
    summary.includes(`src="${at(sha, 'old%20%26%20new.png')}" alt="whatsapp/old &amp; new.png, `),
    summary,
  );
  assert.ok(summary.includes(at(sha, 'second.png')) && !summary.includes(at(before, 'second.png')), summary);
});
