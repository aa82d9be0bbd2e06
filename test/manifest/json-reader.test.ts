// JSON piece by piece: what is read, where it is no JSON, and what is passed over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMPOSITE, JsonFault, JsonReader } from '../../src/manifest/json-reader.ts';

/** The value of a whole text, or the index from which on it is no JSON. */
function read(text: string): unknown {
  const reader = new JsonReader(text);
  try {
    const value = reader.readValue();
    reader.readEnd();
    return { value };
  } catch (error) {
    assert.ok(error instanceof JsonFault);
    return error.index;
  }
}

describe('readValue', () => {
  for (const text of ['"a"', '"\\u0061\\"\\\\"', '""', '-1.5e3', '0', 'true', 'false', 'null', ' \t\r\n1 '])
    it(text, () => assert.deepEqual(read(text), { value: JSON.parse(text) }));

  for (const text of ['{}', '[]', '[{"a":["]"]},"\\"["]', `${'['.repeat(100_000)}${']'.repeat(100_000)}`])
    it(`passes over ${text.slice(0, 20)}`, () => assert.deepEqual(read(text), { value: COMPOSITE }));

  const faults: Readonly<Record<string, number>> = {
    '': 0,
    '01': 0,
    '1x': 0,
    nul: 0,
    "'a'": 0,
    '"a': 2,
    '"a\\"': 4,
    ' "a\nb"': 1,
    '"\\x"': 0,
    '1 2': 2,
    '[1': 2,
    '["]': 3,
    [`{}${'['.repeat(9)}`]: 2,
  };
  for (const [text, index] of Object.entries(faults))
    it(`is no JSON: ${JSON.stringify(text)}`, () => assert.equal(read(text), index));
});

describe('readObject', () => {
  it('gives each key with its place, and lets its value be read or passed over', () => {
    const reader = new JsonReader(' {"a": 1,\n"\\u0061":{"b":[2]} , "c":"d"}');
    const seen: unknown[] = [];
    assert.ok(reader.readObject((key, place) => seen.push([key, reader.locate(place), reader.readValue()])));
    reader.readEnd();
    assert.deepEqual(seen, [
      ['a', 'line 1, column 3', 1],
      ['a', 'line 2, column 1', COMPOSITE],
      ['c', 'line 2, column 22', 'd'],
    ]);
  });

  for (const text of ['[1]', '"{}"', '1']) {
    it(`passes over ${text}, which is none`, () => {
      const reader = new JsonReader(text);
      assert.equal(
        reader.readObject(() => assert.fail()),
        false,
      );
      reader.readEnd();
    });
  }

  for (const [text, index] of [
    ['{', 1],
    ['{1:2}', 1],
    ['{"a"}', 4],
    ['{"a":1,}', 7],
    ['{"a":1 "b":2}', 7],
  ] as const) {
    it(`is no JSON: ${text}`, () => {
      const reader = new JsonReader(text);
      assert.throws(() => reader.readObject(() => reader.readValue()), new JsonFault(index));
    });
  }
});
