// The wait before a further attempt: exponential, capped, with full jitter.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { computeBackoff } from '../../src/network/retry.ts';

const rule = { baseMs: 500, capMs: 30_000 };

describe('computeBackoff', () => {
  const longest = {
    1: 500,
    2: 1000,
    3: 2000,
    4: 4000,
    5: 8000,
    6: 16_000,
    7: 30_000,
    8: 30_000,
    2000: 30_000,
  };
  for (const [failures, expected] of Object.entries(longest)) {
    it(`is at most ${expected} ms after failure ${failures}`, () => {
      assert.equal(
        computeBackoff(rule, Number(failures), () => 1),
        expected,
      );
    });
  }

  it('may be anything from nothing to that', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, chance) => {
          const delay = computeBackoff(rule, failures, () => chance);
          assert.equal(delay, chance * computeBackoff(rule, failures, () => 1));
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});
