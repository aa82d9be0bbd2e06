// JSON piece by piece: what is parsed, where it is no JSON, and what is passed over.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMPOSITE, JsonFault, JsonParser } from '../../src/manifest/json-parser.ts';

/** The value of a whole text, or the column from which on it is no JSON. */
function parse(text: string): unknown {
  const json = new JsonParser(text);
  try {
    const value = json.parseValue();
    json.expectEnd();
    return { value };
  } catch (error) {
    assert.ok(error instanceof JsonFault);
    return error.message;
  }
}

describe('parseValue', () => {
  for (const text of ['"a"', '"\\u0061\\"\\\\"', '""', '-1.5e3', '0', 'true', 'false', 'null', ' \t\r\n1 '])
    it(text, () => assert.deepEqual(parse(text), { value: JSON.parse(text) }));

  for (const text of ['{}', '[]', '[{"a":["]"]},"\\"["]', `${'['.repeat(100_000)}${']'.repeat(100_000)}`])
    it(`passes over ${text.slice(0, 20)}`, () => assert.deepEqual(parse(text), { value: COMPOSITE }));

  const faults: Readonly<Record<string, number>> = {
    '': 1,
    '01': 1,
    '1x': 1,
    nul: 1,
    "'a'": 1,
    '"a': 3,
    '"a\\"': 5,
    ' "a\nb"': 2,
    '"\\x"': 1,
    '1 2': 3,
    '[1': 3,
    '["]': 4,
    [`{}${'['.repeat(9)}`]: 3,
  };
  for (const [text, column] of Object.entries(faults))
    it(`is no JSON: ${JSON.stringify(text)}`, () => assert.equal(parse(text), `line 1, column ${column}`));
});

describe('parseObject', () => {
  it('gives each key with its place, and lets its value be parsed or passed over', () => {
    const json = new JsonParser(' {"a": 1,\n"\\u0061":{"b":[2]} , "c":"d"}');
    const seen: unknown[] = [];
    assert.ok(json.parseObject((key, index) => seen.push([key, json.locate(index), json.parseValue()])));
    json.expectEnd();
    assert.deepEqual(seen, [
      ['a', 'line 1, column 3', 1],
      ['a', 'line 2, column 1', COMPOSITE],
      ['c', 'line 2, column 22', 'd'],
    ]);
  });

  for (const text of ['[1]', '"{}"', '1']) {
    it(`passes over ${text}, which is none`, () => {
      const json = new JsonParser(text);
      assert.equal(
        json.parseObject(() => assert.fail()),
        false,
      );
      json.expectEnd();
    });
  }

  for (const [text, column] of [
    ['{', 2],
    ['{1:2}', 2],
    ['{"a"}', 5],
    ['{"a":1,}', 8],
    ['{"a":1 "b":2}', 8],
  ] as const) {
    it(`is no JSON: ${text}`, () => {
      const json = new JsonParser(text);
      assert.throws(
        () => json.parseObject(() => json.parseValue()),
        new JsonFault(`line 1, column ${column}`),
      );
    });
  }
});
