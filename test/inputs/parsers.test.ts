// Durations as inputs state them. The other parsers are tested by their inputs in inputs.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDuration } from '../../src/inputs/parsers.ts';

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
    it(`reads ${text}`, () => assert.equal(parseDuration(text), milliseconds));
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
