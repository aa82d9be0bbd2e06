// What is wrong with inputs: collected, and told without secrets.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputFaults, WrongValue } from '../../src/inputs/faults.ts';

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
