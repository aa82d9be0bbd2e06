// What stars and signs match, without a path. That it is what @actions/glob matches is shown in patterns.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANY_NUMBER, compileSegment, matchAll, type Test } from '../../src/assets/name-test.ts';

describe('matchAll', () => {
  /** `*` is any number of signs. */
  const parse = (pattern: string): readonly Test<string>[] =>
    [...pattern].map((sign) => (sign === '*' ? ANY_NUMBER : (other) => other === sign));
  const rows: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
    ['', '', true],
    ['', 'a', false],
    ['a', '', false],
    ['ab', 'ab', true],
    ['ab', 'abc', false],
    ['*', '', true],
    ['**', 'abc', true],
    ['*a', 'aba', true],
    ['*a', 'abab', false],
    ['a*b*c', 'abcbc', true],
    ['a*b*c', 'acb', false],
    ['*ab', 'aab', true],
  ];
  for (const [pattern, text, matches] of rows) {
    it(`"${pattern}" ${matches ? 'matches' : 'does not match'} "${text}"`, () =>
      assert.equal(matchAll(parse(pattern), text), matches));
  }

  it('asks no more often than tests times items', () => {
    let asked = 0;
    const isA: Test<string> = (sign) => {
      asked += 1;
      return sign === 'a';
    };
    const tests = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? ANY_NUMBER : isA));
    assert.equal(matchAll([...tests, () => false], 'a'.repeat(200)), false);
    assert.ok(asked <= 41 * 200, `${asked}`);
  });
});

describe('compileSegment', () => {
  const rows: readonly (readonly [segment: string, matched: readonly string[], others: readonly string[]])[] =
    [
      ['a.png', ['a.png'], ['a-png', 'A.png', '']],
      ['*.png', ['a.png', '.png'], ['a.jpg', 'a.png ']],
      ['a?', ['ab', 'a?'], ['a', 'abc']],
      ['[a-c]\\*', ['b*'], ['b', 'd*', 'ba']],
      ['[!a]', ['b'], ['a', 'bb']],
    ];
  for (const [segment, matched, others] of rows) {
    it(segment, () => {
      const test = compileSegment(segment);
      assert.ok(test !== ANY_NUMBER);
      for (const name of matched) assert.ok(test(name), name);
      for (const name of others) assert.ok(!test(name), name);
    });
  }

  it('takes ** alone for any number of names', () => assert.equal(compileSegment('**'), ANY_NUMBER));
});
