// The log a user sees, and what the commands in it leave behind.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLineSplitter } from '../../runner/lines.ts';
import { createStepLog, selectVisibleAnnotations } from '../../runner/log.ts';

function follow(lines: string[], debug = false) {
  const log = createStepLog(debug);
  for (const line of lines) log.take(line);
  return log;
}

describe('a step log', () => {
  it('shows text, messages and groups', () => {
    const log = follow([
      'plain',
      '::group::Upload',
      '::warning file=a.png,line=2,title=T::mind',
      '::endgroup::',
    ]);
    assert.equal(log.text, 'plain\n##[group]Upload\n##[warning]mind\n##[endgroup]\n');
    assert.deepEqual(log.groups, ['Upload']);
    assert.deepEqual(log.annotations, [
      { level: 'warning', message: 'mind', title: 'T', file: 'a.png', line: '2' },
    ]);
  });

  it('shows debug messages on demand only', () => {
    assert.equal(follow(['::debug::x']).text, '');
    assert.equal(follow(['::debug::x'], true).text, '##[debug]x\n');
    assert.deepEqual(follow(['::debug::x']).debug, ['x']);
  });

  it('hides secrets from the moment they are known, in all their forms', () => {
    const secret = 'a"b&c d-0123456789';
    const forms = [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).subarray(1).toString('base64'),
      Buffer.from(secret).subarray(2).toString('base64'),
      secret.replace('&', '&amp;').replace('"', '&quot;'),
    ];
    const log = follow([`early ${secret}`, `::add-mask::${secret}`, ...forms, `::error::of ${secret}`]);
    const shown = ['early a"b&c d-0123456789', ...forms.map(() => '***'), '##[error]of ***'];
    assert.equal(log.text, `${shown.join('\n')}\n`);
    assert.deepEqual(log.masks, [secret]);
  });

  it('hides the longer of two secrets that begin alike', () => {
    assert.equal(follow(['::add-mask::secret', '::add-mask::secret-too', 'a secret-too']).text, 'a ***\n');
  });

  it('hides each line of a secret', () => {
    assert.equal(follow(['::add-mask::first%0D%0Asecond', 'a second']).text, 'a ***\n');
  });

  it('warns of an empty secret and hides nothing', () => {
    assert.match(follow(['::add-mask:: ', 'a b']).text, /^##\[warning\]Can't add secret mask.*\na b\n$/);
  });

  it('stops commands until the token comes', () => {
    const log = follow(['::stop-commands::Token', '::error::no', '::tokeN::', '::error::yes']);
    assert.deepEqual(
      log.annotations.map(({ message }) => message),
      ['yes'],
    );
    assert.equal(log.text, '::stop-commands::Token\n::error::no\n::tokeN::\n##[error]yes\n');
  });

  it('takes outputs by the deprecated command and refuses the disabled ones', () => {
    const log = follow([
      '::set-output name=a::b',
      '::set-env name=a::b',
      '::add-path::/x',
      '::set-output::c',
    ]);
    assert.deepEqual(log.legacyOutputs, { a: 'b' });
    assert.equal(log.errors.length, 3);
  });
});

describe('visible annotations', () => {
  it('are ten of each level, cut after 4 096 characters', () => {
    const lines = ['error', 'notice'].flatMap((level) =>
      Array.from({ length: 11 }, (_, at) => `::${level}::${at}${'x'.repeat(5000)}`),
    );
    const visible = selectVisibleAnnotations(follow(lines).annotations);
    assert.equal(visible.length, 20);
    assert.ok(visible.every(({ message }) => message.length === 4096));
    assert.ok(!visible.some(({ message }) => message.startsWith('10x')));
  });
});

describe('a line ends', () => {
  it('at LF, CR LF and CR, wherever the chunks are cut', () => {
    const bytes = Buffer.from('a\nb\r\nc\rü\r\r\n\nlast');
    for (let size = 1; size <= bytes.length; size += 1) {
      const lines: string[] = [];
      const splitter = createLineSplitter((line) => lines.push(line));
      for (let at = 0; at < bytes.length; at += size) splitter.take(bytes.subarray(at, at + size));
      splitter.end();
      assert.deepEqual(lines, ['a', 'b', 'c', 'ü', '', '', 'last']);
    }
  });
});
