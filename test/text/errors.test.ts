// What is said of anything that was thrown.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeError, describeFailure, StepError } from '../../src/text/errors.ts';

describe('describeError', () => {
  const coded = (message: string, code: unknown, cause?: unknown): Error =>
    Object.assign(new Error(message, cause === undefined ? {} : { cause }), { code });
  const refused = Object.assign(
    new AggregateError([
      coded('connect ETIMEDOUT 10.0.0.1:443', 'ETIMEDOUT'),
      coded('connect ENETUNREACH ::1:443', 'ENETUNREACH'),
      coded('connect ETIMEDOUT 10.0.0.1:443', 'ETIMEDOUT'),
    ]),
    { code: 'ETIMEDOUT' },
  );
  const rows: readonly (readonly [name: string, error: unknown, expected: string])[] = [
    ['a message', new Error('no'), 'no'],
    ['a code beside the message', coded('no', 'ENOENT'), 'no (ENOENT)'],
    ['a code within the message', coded('ENOENT: no', 'ENOENT'), 'ENOENT: no'],
    ['a code alone', coded('', 'ECONNREFUSED'), 'ECONNREFUSED'],
    ['an error for people, whose code is told elsewhere', new StepError('a-code', 'no'), 'no'],
    ['a code that is no text', coded('no', 7), 'no'],
    ['nothing but a name', new TypeError(), 'TypeError'],
    ['causes', coded('a', 'A', coded('b', 'B', 'c')), 'a (A): b (B): c'],
    [
      'each address that was tried',
      coded(
        'Connect Timeout Error (attempted addresses: x, timeout: 0ms)',
        'UND_ERR_CONNECT_TIMEOUT',
        refused,
      ),
      'connect ETIMEDOUT 10.0.0.1:443, connect ENETUNREACH ::1:443',
    ],
    ['what is no error', 'text', 'text'],
    ['nothing', undefined, 'undefined'],
  ];
  for (const [name, error, expected] of rows) it(name, () => assert.equal(describeError(error), expected));
});

describe('describeFailure', () => {
  it('ends an error for people with its code', () => {
    const failure = describeFailure(new StepError('no-assets', 'None.'));
    assert.deepEqual(failure, { code: 'no-assets', sentence: 'None. [no-assets]' });
  });

  it('cuts a long message before its code, and hides secrets before that', () => {
    const long = `${'x'.repeat(3995)} secret and more`;
    const { sentence } = describeFailure(new StepError('odd', long), (text) => text.replace('secret', '***'));
    assert.match(sentence, /^x{3995} \*{3} … \[odd\]$/);
  });

  it('takes everything else for a defect, and tells where it was thrown', () => {
    assert.match(
      describeFailure(new TypeError('odd')).sentence,
      /^This is a defect .*: odd at .*errors\.test\.ts.* \[defect\]$/,
    );
    assert.match(describeFailure('text').sentence, /: text {2}\[defect\]$/);
  });
});
