// Long synchronous work lets signals in.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Breaks } from '../../src/files/breaks.ts';

describe('Breaks', () => {
  let now = 0;
  const clock = { now: () => now, pause: () => new Promise((resolve) => setImmediate(resolve)) };

  it('let in what waits, and begin anew', async () => {
    const breaks = new Breaks(new AbortController().signal, clock);
    let isHeard = false;
    setImmediate(() => {
      isHeard = true;
    });
    now += 24;
    assert.equal(breaks.isDue, false);
    now += 1;
    assert.equal(breaks.isDue, true);
    assert.equal(isHeard, false);
    await breaks.take();
    assert.equal(isHeard, true);
    assert.equal(breaks.isDue, false);
    now += 25;
    assert.equal(breaks.isDue, true);
  });

  it('end the work that was told to end meanwhile', async () => {
    const controller = new AbortController();
    const breaks = new Breaks(controller.signal, clock);
    setImmediate(() => controller.abort(new Error('told to')));
    await assert.rejects(breaks.take(), /told to/);
  });

  it('do not begin what was told to end before', () => {
    assert.throws(() => new Breaks(AbortSignal.abort(new Error('told to')), clock), /told to/);
  });
});
