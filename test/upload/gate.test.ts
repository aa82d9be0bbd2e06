// The adaptive limit: halves once per wave of refusals, climbs back one by one, and closes for as long as it is told.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CircuitBreaker, Gate } from '../../src/upload/gate.ts';

function repeat(times: number, action: () => void): void {
  for (let count = 0; count < times; count += 1) action();
}

describe('Gate', () => {
  it('begins with the most', () => assert.equal(new Gate(8).limit, 8));

  it('halves once when all uploads of a wave are refused', () => {
    const gate = new Gate(8);
    const { wave } = gate;
    repeat(8, () => gate.noteOverload(wave));
    assert.equal(gate.limit, 4);
  });

  it('halves again for uploads that started after it', () => {
    const gate = new Gate(8);
    const limits = [1, 2, 3, 4].map(() => {
      gate.noteOverload(gate.wave);
      return gate.limit;
    });
    assert.deepEqual(limits, [4, 2, 1, 1]);
  });

  it('rounds up', () => {
    const gate = new Gate(5);
    gate.noteOverload(gate.wave);
    assert.equal(gate.limit, 3);
  });

  it('climbs by one after ten successes in a row', () => {
    const gate = new Gate(8);
    gate.noteOverload(gate.wave);
    repeat(9, () => gate.noteSuccess());
    assert.equal(gate.limit, 4);
    gate.noteSuccess();
    assert.equal(gate.limit, 5);
    repeat(10, () => gate.noteSuccess());
    assert.equal(gate.limit, 6);
  });

  it('begins to count anew when it was refused in between', () => {
    const gate = new Gate(8);
    const { wave } = gate;
    gate.noteOverload(wave);
    repeat(9, () => gate.noteSuccess());
    gate.noteOverload(wave);
    repeat(9, () => gate.noteSuccess());
    assert.equal(gate.limit, 4);
  });

  it('never climbs above the most', () => {
    const gate = new Gate(3);
    repeat(100, () => gate.noteSuccess());
    assert.equal(gate.limit, 3);
  });

  it('takes as many successes for each step', () => {
    const gate = new Gate(4);
    gate.noteOverload(gate.wave);
    const limits = Array.from({ length: 20 }, () => {
      gate.noteSuccess();
      return gate.limit;
    });
    assert.deepEqual(limits, [...Array(9).fill(2), ...Array(10).fill(3), 4]);
  });

  it('is closed until the latest time it was told', () => {
    const gate = new Gate(3);
    assert.equal(gate.waitFrom(1000), 0);
    gate.closeUntil(5000);
    gate.closeUntil(3000);
    assert.deepEqual(
      [1000, 4999, 5000, 9000].map((now) => gate.waitFrom(now)),
      [4000, 1, 0, 0],
    );
  });

  it('stays between one and the most, and halves at most once per wave, whatever happens', () => {
    const step = fc.oneof(fc.constant('start'), fc.constant('success'), fc.nat({ max: 5 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.array(step, { maxLength: 200 }), (most, steps) => {
        const gate = new Gate(most);
        const waves: number[] = [gate.wave];
        const halved = new Set<number>();
        for (const action of steps) {
          const before = gate.limit;
          if (action === 'start') waves.push(gate.wave);
          else if (action === 'success') gate.noteSuccess();
          else {
            const wave = waves.at(-1 - action) ?? 0;
            gate.noteOverload(wave);
            if (gate.limit < before) {
              assert.ok(!halved.has(wave), `wave ${wave} halved twice`);
              assert.equal(gate.limit, Math.ceil(before / 2));
              halved.add(wave);
            }
          }
          assert.ok(gate.limit >= 1 && gate.limit <= most && gate.limit <= before + 1);
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

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
