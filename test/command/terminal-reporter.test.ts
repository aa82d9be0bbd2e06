// What a command prints: text for people, one document for programs.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import type { Mode } from '../../src/inputs/inputs.ts';
import type { Status } from '../../src/outcome.ts';
import type { Conclusion, Level } from '../../src/report/reporter.ts';
import { makeOutcome } from '../support/outcome.ts';
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

/** The conclusion of a run that went well, with overrides. */
function makeConclusion(overrides: Partial<Conclusion> = {}): Conclusion {
  return { mode: 'output', outcomes: [], failures: [], gallery: undefined, ...overrides };
}

test('prints results to one stream and what is said of the run to the other', async () => {
  const { reporter, out, err } = makeReporter();
  await reporter.group('Upload', async () => reporter.info('[1/2] a.png uploaded'));
  reporter.annotate('warning', 'too wide', 'b.png');
  reporter.annotate('notice', '1 matched file skipped.');
  reporter.setOutputs(outputs);
  const outcomes = [
    makeOutcome('a.png', 'uploaded'),
    makeOutcome('b.png', 'pending', { reason: 'new: not reached' }),
  ];
  reporter.conclude(
    makeConclusion({ outcomes, failures: ['1 asset pending. [assets-pending]'], gallery: 'g.html' }),
  );
  reporter.end();
  assert.match(
    out.text(),
    /^\[1\/2\] a\.png uploaded\n✗ b\.png {2}new: not reached\n {4}too wide\nWrote m\.json\.\nThe gallery is g\.html\n1 asset left: the same command goes on with what is left\.\nFailed after \d+\.\d s: 1 pending, 1 uploaded\.\n$/,
  );
  assert.equal(err.text(), 'notice: 1 matched file skipped.\nerror: 1 asset pending. [assets-pending]\n');
});

/** Files of the list: the mode, the status and its reason, what is said, and the lines. */
const files: Readonly<
  Record<
    string,
    readonly [mode: Mode, Status, reason: string, said: readonly (readonly [Level, string])[], lines: string]
  >
> = {
  'one to upload': ['check', 'pending', 'new: will be uploaded', [], '✓ a.png  new: will be uploaded\n'],
  'one to remove': [
    'check',
    'removed',
    'the file is gone',
    [],
    '- a.png  will be removed: the file is gone\n',
  ],
  'one removed': ['output', 'removed', 'the file is gone', [], '- a.png  removed: the file is gone\n'],
  'one reused': [
    'output',
    'reused',
    'new: same content as b.png',
    [],
    '✓ a.png  reused, new: same content as b.png\n',
  ],
  'one not reached': ['check', 'pending', 'not reached', [], '✗ a.png  not reached\n'],
  'one that failed': [
    'output',
    'pending',
    'see `retries`',
    [['error', 'see `retries`']],
    '✗ a.png\n    see --retries\n1 asset left: the same command goes on with what is left.\n',
  ],
  'an invalid one': [
    'check',
    'invalid',
    '',
    [
      ['warning', 'w'],
      ['error', 'e'],
    ],
    '✗ a.png\n    warning: w\n    error: e\n',
  ],
  'one with a warning': ['output', 'uploaded', 'new', [['warning', 'w']], '! a.png\n    w\n'],
  'one that was uploaded': ['output', 'uploaded', 'new', [], ''],
  'a current one': ['check', 'unchanged', '', [], ''],
};

for (const [name, [mode, status, reason, said, lines]] of Object.entries(files)) {
  test(`lists ${name}`, () => {
    const { reporter, out } = makeReporter();
    reporter.nameWith((message) => message.replace('`retries`', '--retries'));
    for (const [level, message] of said) reporter.annotate(level, message, 'a.png');
    reporter.conclude(makeConclusion({ mode, outcomes: [makeOutcome('a.png', status, { reason })] }));
    const text = out.text();
    assert.equal(text.slice(0, text.indexOf('Done in ')), lines);
  });
}

test('says that a cause has to be mended first', () => {
  const { reporter, out } = makeReporter();
  const outcomes = [makeOutcome('a.png', 'pending', { reason: 'new: not reached' })];
  reporter.conclude(
    makeConclusion({ outcomes, failures: ['Wrong secret. [nxcloud-secret]', 'x [assets-pending]'] }),
  );
  assert.match(
    out.text(),
    /^1 asset left: mend the cause above; then the same command goes on with what is left\.$/m,
  );
});

test('lists last what is to be mended', () => {
  const { reporter, out } = makeReporter();
  reporter.annotate('warning', 'wide', 'a.png');
  const outcomes = ['a.png', 'b.png', 'c.png'].map((path) => makeOutcome(path, 'reused'));
  reporter.conclude(makeConclusion({ outcomes }));
  assert.deepEqual(out.text().match(/\w\.png/g), ['b.png', 'c.png', 'a.png']);
});

test('wrong inputs are told one a line, as they are given, and nothing is counted', () => {
  const { reporter, out, err } = makeReporter();
  reporter.nameWith((message) => message.replace('retries', '--retries'));
  reporter.conclude(
    makeConclusion({ mode: '', failures: ['2 inputs are wrong:\n  retries: x.\n  y\u001b: z.'] }),
  );
  assert.equal(out.text(), '');
  assert.equal(err.text(), 'error: 2 inputs are wrong:\n  --retries: x.\n  y\\u001b: z.\n');
});

test('colours only what a terminal with colours shows', () => {
  const { reporter, out, err } = makeReporter();
  Object.assign(out.stream, { isTTY: true, getColorDepth: () => 8 });
  // What a terminal answers where NO_COLOR is set.
  Object.assign(err.stream, { isTTY: true, getColorDepth: () => 1 });
  reporter.annotate('error', 'odd', 'a.png');
  reporter.conclude(makeConclusion({ outcomes: [makeOutcome('a.png', 'invalid')], failures: ['x'] }));
  assert.ok(out.text().startsWith('\u001b[31m✗\u001b[39m a.png\n'), out.text());
  assert.equal(err.text(), 'error: x\n');
});

test('prints one document, and nothing else, for programs', () => {
  const { reporter, out, err } = makeReporter(true);
  reporter.info('[1/1] a.png uploaded');
  reporter.annotate('warning', 'too wide', 'b.png');
  reporter.setOutputs(outputs);
  reporter.conclude(makeConclusion({ outcomes: [makeOutcome('b.png', 'unchanged')] }));
  reporter.end();
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
  reporter.conclude(makeConclusion());
  assert.equal(reporter.end(), 0);
  reporter.conclude(makeConclusion({ failures: ['failed'] }));
  assert.equal(reporter.end(), 1);
  reporter.conclude(makeConclusion({ mode: '', failures: ['wrong'] }));
  assert.equal(reporter.end(), 2);
});

test('secrets and what steers a terminal never get through', () => {
  const { reporter, out, err } = makeReporter();
  reporter.hide([], (text) => text.replaceAll('very-secret', '***').replaceAll('4915112345678', '…5678'));
  reporter.info('very-secret \u001b[2J');
  reporter.annotate('error', 'of 4915112345678', 'a\u001b[2J.png');
  reporter.annotate('error', 'also 4915112345678');
  reporter.conclude(makeConclusion({ outcomes: [makeOutcome('a\u001b[2J.png', 'invalid')] }));
  assert.ok(out.text().startsWith('*** \\u001b[2J\n✗ a\\u001b[2J.png\n    of …5678\nDone in '), out.text());
  assert.equal(err.text(), 'error: also …5678\n');
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
