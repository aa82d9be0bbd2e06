// Long synchronous work lets signals in.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Turns } from '../../src/assets/turns.ts';

describe('Turns', () => {
  let now = 0;
  const clock = { now: () => now, yieldTurn: () => new Promise((resolve) => setImmediate(resolve)) };

  it('gives what waits its turn, and begins another one', async () => {
    const turns = new Turns(new AbortController().signal, clock);
    let isHeard = false;
    setImmediate(() => {
      isHeard = true;
    });
    now += 24;
    assert.equal(turns.isOver, false);
    now += 1;
    assert.equal(turns.isOver, true);
    assert.equal(isHeard, false);
    await turns.next();
    assert.equal(isHeard, true);
    assert.equal(turns.isOver, false);
    now += 25;
    assert.equal(turns.isOver, true);
  });

  it('ends the work that was told to end meanwhile', async () => {
    const controller = new AbortController();
    const turns = new Turns(controller.signal, clock);
    setImmediate(() => controller.abort(new Error('told to')));
    await assert.rejects(turns.next(), /told to/);
  });

  it('does not begin what was told to end before', () => {
    assert.throws(() => new Turns(AbortSignal.abort(new Error('told to')), clock), /told to/);
  });
});
