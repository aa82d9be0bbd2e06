// The limit of time for a phase, on a clock that the test turns. That each phase has its own is shown in client.timers.test.ts.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { PhaseLimit, TimedOut } from '../../src/nxcloud/troubles.ts';

function start(t: TestContext): { limit: PhaseLimit; pass: (milliseconds: number) => boolean } {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const limit = new PhaseLimit(1000);
  const pass = (milliseconds: number): boolean => {
    t.mock.timers.tick(milliseconds);
    return limit.signal.aborted;
  };
  return { limit, pass };
}

describe('PhaseLimit', () => {
  it('ends a phase that takes too long, and says so', (t) => {
    const { limit, pass } = start(t);
    assert.equal(limit.phase, 'connecting');
    assert.equal(pass(999), false);
    assert.equal(pass(1), true);
    assert.ok(limit.signal.reason instanceof TimedOut);
  });

  it('ends nothing once it is cleared', (t) => {
    const { limit, pass } = start(t);
    limit.clear();
    assert.equal(pass(5000), false);
  });
});
