// What a command prints: text and a progress bar for people, one document for programs.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { TerminalReporter } from '../../src/command/terminal-reporter.ts';

/** A stream that keeps what is written to it. */
function makeStream(isTTY = false) {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const text = (): string => chunks.join('');
  return { stream: Object.assign(stream, { isTTY, columns: 60 }), text };
}

function makeReporter(options: { json?: boolean; isTTY?: boolean } = {}) {
  const [out, err] = [makeStream(options.isTTY), makeStream(options.isTTY)];
  const reporter = new TerminalReporter(out.stream, err.stream, options.json ?? false);
  return { reporter, out, err };
}

const outputs = {
  manifest: '{"a.png":"4:x\\ny"}',
  uploaded: '["a.png"]',
  'uploaded-count': '1',
  'manifest-path': 'm.json',
  changed: 'true',
  mode: 'output',
  'commit-sha': '',
  'pull-request-number': '',
  'pull-request-url': '',
  truncated: 'false',
};

test('prints results to one stream and what is wrong to the other', async () => {
  const { reporter, out, err } = makeReporter();
  await reporter.group('Upload', async () => reporter.advance(1, 2, 'a.png uploaded'));
  reporter.annotate('warning', 'too wide', 'b.png');
  reporter.setOutputs(outputs);
  reporter.finish();
  reporter.fail('1 asset pending.');
  reporter.end();
  assert.equal(out.text(), 'Upload\n[1/2] a.png uploaded\nWrote m.json.\n');
  assert.equal(err.text(), 'warning: b.png: too wide\nerror: 1 asset pending.\n');
});

test('draws a bar on a terminal, below the lines, and takes it away', () => {
  const { reporter, out, err } = makeReporter({ isTTY: true });
  reporter.advance(1, 4, 'a');
  assert.ok(err.text().endsWith(`${'█'.repeat(8)}${'░'.repeat(22)} 1/4`), err.text());
  reporter.info('a line');
  assert.ok(err.text().endsWith(`\r\u001b[K${'█'.repeat(8)}${'░'.repeat(22)} 1/4`), err.text());
  reporter.advance(4, 4, 'b');
  assert.ok(err.text().endsWith('\r\u001b[K'), err.text());
  assert.equal(out.text(), '[1/4] a\na line\n[4/4] b\n');
});

test('takes away the bar of a run that broke off', () => {
  const { reporter, err } = makeReporter({ isTTY: true });
  reporter.advance(1, 4, 'a');
  reporter.end();
  assert.ok(err.text().endsWith('\r\u001b[K'), err.text());
});

test('prints one document, and nothing else, for programs', () => {
  const { reporter, out, err } = makeReporter({ json: true, isTTY: true });
  reporter.info('a line');
  reporter.advance(1, 1, 'a.png uploaded');
  reporter.annotate('warning', 'too wide', 'b.png');
  reporter.setOutputs(outputs);
  reporter.finish();
  reporter.end();
  assert.deepEqual(JSON.parse(out.text()), {
    success: true,
    manifest: { 'a.png': '4:x\ny' },
    uploaded: ['a.png'],
    'uploaded-count': 1,
    'manifest-path': 'm.json',
    changed: true,
    mode: 'output',
    messages: [{ level: 'warning', path: 'b.png', message: 'too wide' }],
  });
  assert.equal(err.text(), '');
});

test('the exit code tells wrong inputs from failures', () => {
  const { reporter } = makeReporter();
  assert.equal(reporter.exitCode, 0);
  reporter.setOutputs(outputs);
  reporter.fail('failed');
  assert.equal(reporter.exitCode, 1);
  reporter.setOutputs({ ...outputs, mode: '' });
  reporter.fail('wrong');
  assert.equal(reporter.exitCode, 2);
});

test('secrets and what steers a terminal never get through', () => {
  const { reporter, out, err } = makeReporter();
  reporter.mask(['very-secret']);
  reporter.info('very-secret \u001b[2J');
  reporter.redactWith((text) => text.replaceAll('4915112345678', '…5678'));
  reporter.annotate('error', 'of 4915112345678', 'a\u001b[2J.png');
  assert.equal(out.text(), '*** \\u001b[2J\n');
  assert.equal(err.text(), 'error: a\\u001b[2J.png: of …5678\n');
});

test('takes a terminal that does not tell its width for one of 80 columns, and draws nothing on a narrow one', () => {
  for (const [columns, bar] of [
    [undefined, `${'█'.repeat(15)}${'░'.repeat(15)} 1/2`],
    [30, `${'█'.repeat(5)}${'░'.repeat(5)} 1/2`],
    [20, ''],
  ] as const) {
    const [out, err] = [makeStream(true), makeStream(true)];
    const stream = Object.assign(err.stream, { columns });
    new TerminalReporter(out.stream, stream, false).advance(1, 2, 'a');
    assert.equal(err.text().replaceAll('\r\u001b[K', ''), bar, `${columns}`);
  }
});
