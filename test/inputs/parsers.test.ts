// Durations as inputs state them. The other parsers are tested by their inputs in inputs.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputFaults, parseDuration, WrongValue } from '../../src/inputs/parsers.ts';

describe('InputFaults', () => {
  const rows: readonly (readonly [name: string, error: WrongValue, told: string])[] = [
    ['a value', new WrongValue('is odd', 'x'), 'mode: "x" is odd'],
    ['no value', new WrongValue('is odd'), 'mode: is odd'],
    ['a secret', new WrongValue('is odd', 'my-secret'), 'mode: "my-***" is odd'],
    ['a long value', new WrongValue('is odd', 'a'.repeat(41)), `mode: "${'a'.repeat(20)}…" is odd`],
    ['a line feed', new WrongValue('is odd', 'a\nb'), 'mode: "a\\u000ab" is odd'],
  ];
  for (const [name, error, told] of rows) {
    it(`tells of ${name}`, () => {
      const faults = new InputFaults((text) => text.replaceAll('secret', '***'));
      const fail = (): never => {
        throw error;
      };
      assert.equal(faults.collect('mode', fail), undefined);
      assert.deepEqual(faults.list, [told]);
    });
  }

  it('gives what is right, and lets defects through', () => {
    const faults = new InputFaults((text) => text);
    const fail = (): never => {
      throw new TypeError('a defect');
    };
    assert.equal(
      faults.collect('mode', () => 1),
      1,
    );
    assert.throws(() => faults.collect('mode', fail), TypeError);
    assert.deepEqual(faults.list, []);
  });
});

describe('parseDuration', () => {
  const accepted: readonly (readonly [text: string, milliseconds: number])[] = [
    ['0s', 0],
    ['90s', 90_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['3d', 259_200_000],
    ['007s', 7000],
    ['999999d', 999_999 * 86_400_000],
  ];
  for (const [text, milliseconds] of accepted) {
    it(`parses ${text}`, () => assert.equal(parseDuration(text), milliseconds));
  }
  const refused = [
    '',
    '90',
    's',
    '1.5h',
    '-1h',
    '1 h',
    '1H',
    '1w',
    '1h30m',
    '1000000000s',
    '１s',
    '1s\n',
    'never',
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseDuration(text), Number.NaN));
  }
});
