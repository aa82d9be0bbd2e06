// Reading data whose shape nobody promises.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { valueAt } from '../../src/text/json.ts';

describe('valueAt', () => {
  const data: unknown = JSON.parse('{"a":{"b":0,"n":null,"l":["x"]},"__proto__":{"own":1}}');
  const rows: readonly (readonly [name: string, keys: readonly string[], expected: unknown])[] = [
    ['a value', ['a', 'b'], 0],
    ['an element', ['a', 'l', '0'], 'x'],
    ['null', ['a', 'n'], undefined],
    ['below null', ['a', 'n', 'x'], undefined],
    ['absence', ['a', 'c', 'd'], undefined],
    ['below a number', ['a', 'b', 'toFixed'], undefined],
    ['what is inherited', ['constructor'], undefined],
    ['a method', ['a', 'toString'], undefined],
    ['an own __proto__', ['__proto__', 'own'], 1],
  ];
  for (const [name, keys, expected] of rows) it(name, () => assert.equal(valueAt(data, ...keys), expected));
  it('the value itself', () => assert.equal(valueAt('x'), 'x'));
  it('of nothing', () => {
    assert.equal(valueAt(undefined, 'a'), undefined);
    assert.equal(valueAt(null), undefined);
    assert.equal(valueAt('text', 'length'), undefined);
  });
});
