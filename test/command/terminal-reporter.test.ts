// What a command prints: text for people, one document for programs.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { TerminalReporter } from '../../src/command/terminal-reporter.ts';

/** A stream that keeps what is written to it. */
function makeStream() {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  const text = (): string => chunks.join('');
  return { stream, text };
}

function makeReporter(json = false) {
  const [out, err] = [makeStream(), makeStream()];
  const reporter = new TerminalReporter(out.stream, err.stream, json);
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
  await reporter.group('Upload', async () => reporter.info('[1/2] a.png uploaded'));
  reporter.annotate('warning', 'too wide', 'b.png');
  reporter.setOutputs(outputs);
  reporter.finish();
  reporter.fail('1 asset pending.');
  reporter.end();
  assert.equal(out.text(), 'Upload\n[1/2] a.png uploaded\nWrote m.json.\n');
  assert.equal(err.text(), 'warning: b.png: too wide\nerror: 1 asset pending.\n');
});

test('prints one document, and nothing else, for programs', () => {
  const { reporter, out, err } = makeReporter(true);
  reporter.info('a line');
  reporter.info('[1/1] a.png uploaded');
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

test('the document has no sign that a terminal would follow', () => {
  const { reporter, out } = makeReporter(true);
  const path = 'a\u202e\u0085\u001b[31m\u{e0001}\ud800.png';
  reporter.annotate('error', 'odd', path);
  reporter.setOutputs({ ...outputs, invalid: JSON.stringify([path]) });
  reporter.end();
  assert.doesNotMatch(out.text().replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Cs}]/u);
  assert.deepEqual(JSON.parse(out.text()).invalid, [path]);
  assert.equal(JSON.parse(out.text()).messages[0].path, path);
});
