// The limits of what a run may meet: a service that takes two uploads at a time, thousands of assets, and the largest file.
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { it, test } from 'node:test';
import { withoutLinux } from '../support/platform.ts';
import { makePdf, makePng } from '../support/sample-media.ts';
import { assertCleanEnding, runWatched, startClock } from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator, readJson } from '../support/workspace.ts';
import { choose, isFull } from '../support/extent.ts';

for (const concurrency of choose(['32', '4'], 2)) {
  it(`loses none of 40 assets when the service takes two at a time, asked by ${concurrency}`, async (t) => {
    const clock = startClock(50);
    const simulator = await openSimulator(t, { now: clock.now, toleranceMs: 3_600_000, capacity: 2 });
    const workspace = createWorkspace(t);
    for (let n = 0; n < 40; n += 1) workspace.write(`whatsapp/${n}.png`, makePng(n));
    // The first two have no reply yet when further ones arrive.
    simulator.hold();
    void simulator.waitFor(() => simulator.requestCount === 4).then(simulator.release);
    const run = await runWatched(workspace, { clock, inputs: { ...inputsFor(simulator), concurrency } });
    assertCleanEnding(run, workspace, simulator);
    assert.equal(run.exitCode, 0, run.stdout);
    assert.equal(Object.keys(workspace.readManifest()).length, 40);
    assert.equal(simulator.acceptedCount, 40);
    const busy = simulator.uploads.filter(({ verdict }) => verdict === 'busy').length;
    assert.ok(busy >= 2, `${busy} refusals`);
    assert.match(run.stdout, /HTTP 429, code -1 .*too many requests; trying again/);
  });
}

/** Far beyond what a summary and outputs can hold; the whole run of the tests takes more. */
const count = isFull ? 20_000 : 1000;
const longName = `document-${'long-'.repeat(44)}`;
const longFolder = 'folder-'.repeat(30);

test(`${count} assets, every other of which is refused, stay within what GitHub passes on`, async (t) => {
  const simulator = await openSimulator(t, {
    faults: [{ when: ({ fileIndex }) => fileIndex % 2 === 1, fault: { kind: 'code', code: 9000 } }],
  });
  const workspace = createWorkspace(t);
  for (let n = 0; n < count; n += 1) {
    workspace.write(`whatsapp/${longFolder}${n % 100}/${longName}-${n}.pdf`, makePdf(n));
  }
  const run = await runWatched(workspace, {
    inputs: { ...inputsFor(simulator), concurrency: '8' },
    timeoutMs: 180_000,
  });
  assertCleanEnding(run, workspace, simulator);
  assert.equal(run.exitCode, 1);
  assert.equal(Object.keys(workspace.readManifest()).length, count / 2);
  assert.equal(run.outputs['uploaded-count'], String(count / 2));
  assert.equal(run.outputs['pending-count'], String(count / 2));

  assert.ok(run.outputCharacters < 400_000, `${run.outputCharacters} characters of outputs`);
  assert.equal(run.outputs.truncated, 'true');
  assert.deepEqual(readJson(run, 'manifest'), {});
  assert.match(run.stdout, /^::warning.*output/m);

  assert.ok(
    Buffer.byteLength(run.summary) < 1024 * 1024,
    `${Buffer.byteLength(run.summary)} bytes of summary`,
  );
  assert.equal(run.summaryDropped, false);
  const rows = run.summary.match(/<tr><td>/g)?.length ?? 0;
  const more = [...run.summary.matchAll(/and (\d+) more/g)].reduce((sum, [, left]) => sum + Number(left), 0);
  assert.ok(rows > 500, `${rows} rows`);
  // A table that stands counts all of its members; one for which nothing is left is told by the line of counts alone.
  assert.ok(rows + more === count || rows + more === count / 2, `${rows} rows and ${more} more`);
  assert.match(run.summary, new RegExp(`${count / 2} pending, ${count / 2} uploaded`));

  for (const level of ['error', 'warning', 'notice'] as const) {
    const annotations = run.annotations.filter((annotation) => annotation.level === level);
    assert.ok(annotations.length <= 10, `${annotations.length} of level ${level}`);
    assert.deepEqual(
      annotations,
      run.visibleAnnotations.filter((annotation) => annotation.level === level),
    );
  }
  const errors = run.annotations.filter(({ level }) => level === 'error');
  assert.equal(errors.length, 10);
  for (const error of errors.slice(0, 9))
    assert.match(error.file ?? '', /^whatsapp\/folder-.*\d+\/document-.*-\d+\.pdf$/);
  assert.match(
    errors[9]?.message ?? '',
    new RegExp(
      `${count / 2 - 9} more errors in the job summary and the log of this step\\. ${count / 2} assets pending\\. \\[assets-pending\\]$`,
    ),
  );
  assert.equal(run.maskedLog.match(/it refuses this file's parameters/g)?.length, count / 2);
});

const skip = isFull ? withoutLinux : 'only in a full run';
test('a document of 100 MB is sent within 200 MB of memory', { skip }, async (t) => {
  const simulator = await openSimulator(t);
  const workspace = createWorkspace(t);
  const size = 100 * 1024 * 1024;
  workspace.write('whatsapp/a.pdf', '');
  writeLargePdf(join(workspace.root, 'whatsapp/a.pdf'), size);
  const run = await runWatched(workspace, { inputs: inputsFor(simulator) });
  assertCleanEnding(run, workspace, simulator);
  assert.equal(run.exitCode, 0, run.stdout);
  assert.equal(simulator.uploads[0]?.size, size);
  assert.doesNotMatch(run.stdout, /^::warning/m);
  const { peakBytes = Number.NaN } = run.report ?? {};
  t.diagnostic(`peak resident memory ${Math.round(peakBytes / 1024 / 1024)} MB`);
  assert.ok(peakBytes < 200 * 1024 * 1024, `${peakBytes} bytes`);
});

/** A document of exactly this size: a header, a gap of white space that takes no room on disk, then the objects. */
function writeLargePdf(file: string, size: number): void {
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, '%PDF-1.4\n');
  const objects = [
    '1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n',
    '2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n',
    '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>\nendobj\n',
  ];
  const build = (start: number): string => {
    let offset = start;
    const rows = objects.map((object) => {
      const row = `${String(offset).padStart(10, '0')} 00000 n \n`;
      offset += object.length;
      return row;
    });
    return `${objects.join('')}xref\n0 4\n0000000000 65535 f \n${rows.join('')}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${offset}\n%%EOF\n`;
  };
  // All offsets have the same number of digits, so the length does not depend on them.
  const start = size - build(size - 1000).length;
  ftruncateSync(descriptor, start);
  writeSync(descriptor, build(start), start);
  closeSync(descriptor);
}
