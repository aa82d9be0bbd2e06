// Places in JSON text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findDuplicateKey, findJsonFault, lineAndColumn } from '../../src/manifest/json-places.ts';
import { triesOf } from '../support/extent.ts';

describe('findDuplicateKey', () => {
  const rows: readonly (readonly [text: string, found: { key: string; index: number } | undefined])[] = [
    ['{}', undefined],
    ['null', undefined],
    ['{"a":1,"b":1}', undefined],
    ['{"a":1,"a":1}', { key: 'a', index: 7 }],
    ['{"a":{"a":1},"b":{"a":1}}', undefined],
    ['{"a":["a","a",{"a":1}],"b":"a"}', undefined],
    ['[{"a":1},{"a":1}]', undefined],
    ['{"x":[{"a":1,"a":2}]}', { key: 'a', index: 13 }],
    ['{"x":{},"x":1}', { key: 'x', index: 8 }],
    ['{"a\\"b":1,"a\\u0022b":2}', { key: 'a"b', index: 10 }],
    ['{"\\\\":1,"\\\\":2}', { key: '\\', index: 8 }],
    ['{"a":"}","b":"{\\"a\\":1,","a":1}', { key: 'a', index: 25 }],
    ['{"__proto__":1,"__proto__":2}', { key: '__proto__', index: 15 }],
    ['{"constructor":1}', undefined],
    ['{"":1,"":2}', { key: '', index: 6 }],
  ];
  for (const [text, found] of rows) it(text, () => assert.deepEqual(findDuplicateKey(text), found));

  it('finds none in what JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => assert.equal(findDuplicateKey(text), undefined)),
      { seed: 6, numRuns: triesOf(500) },
    );
  });
});

describe('lineAndColumn', () => {
  const rows: readonly (readonly [text: string, index: number, place: string])[] = [
    ['', 0, 'line 1, column 1'],
    ['ab', 1, 'line 1, column 2'],
    ['a\nb', 2, 'line 2, column 1'],
    ['a\r\nbc', 4, 'line 2, column 2'],
    ['a\n', 2, 'line 2, column 1'],
  ];
  for (const [text, index, place] of rows) {
    it(`${JSON.stringify(text)} at ${index}`, () => assert.equal(lineAndColumn(text, index), place));
  }
});

describe('findJsonFault', () => {
  const rows: readonly (readonly [text: string, index: number])[] = [
    ['', 0],
    ['x', 0],
    ['{', 1],
    ['{"a', 3],
    ['{"a"', 4],
    ['{"a":1,}', 7],
    ['{"a":1 "b":2}', 7],
    ['[1,2,]', 5],
    ['{"a":tru}', 8],
    ['{"a":01}', 6],
    ['{"a":1}}', 7],
    ['{"a":"\n"}', 6],
    ['{"a":"\\x"}', 7],
    ["{'a':1}", 1],
    ['\ufeff{}', 0],
  ];
  for (const [text, index] of rows) {
    it(JSON.stringify(text), () => assert.equal(findJsonFault(text), index));
  }

  it('points into what was damaged, never before it', () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 });
    fc.assert(
      fc.property(object, fc.nat(), (value, at) => {
        const text = JSON.stringify(value);
        const place = at % text.length;
        // U+0001 is never allowed, neither within strings nor without.
        assert.equal(findJsonFault(`${text.slice(0, place)}\u0001${text.slice(place)}`), place);
        assert.equal(findJsonFault(text.slice(0, place)), place);
      }),
      { seed: 6, numRuns: triesOf(500) },
    );
  });
});
