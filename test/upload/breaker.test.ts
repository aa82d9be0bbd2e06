// The circuit breaker: five failures in a row for one cause, no fewer and no others.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CircuitBreaker } from '../../src/upload/breaker.ts';

/** Causes of failures in order; `-` is a success or a failure that is the file's own. */
const cases: Readonly<Record<string, readonly [sequence: string, stops: boolean]>> = {
  'five for one cause': ['aaaaa', true],
  'four for one cause': ['aaaa', false],
  'five with another in between': ['aabaaa', false],
  'five after others': ['abbaaaaa', true],
  'five with a success in between': ['aaaa-a', false],
  'five after a success': ['aa-aaaaa', true],
  'five for five causes': ['abcde', false],
  'two causes in turn': ['abababababab', false],
};

describe('CircuitBreaker', () => {
  for (const [name, [sequence, stops]] of Object.entries(cases)) {
    it(`${stops ? 'stops' : 'goes on'} after ${name}`, () => {
      const breaker = new CircuitBreaker();
      const verdicts = [...sequence].map((cause) => {
        if (cause !== '-') return breaker.noteFailure(cause);
        breaker.reset();
        return false;
      });
      assert.equal(verdicts.at(-1), stops);
      assert.ok(!verdicts.slice(0, -1).includes(true));
    });
  }
});
