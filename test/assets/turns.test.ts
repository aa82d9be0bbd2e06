// Long synchronous work lets signals in.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Turns } from '../../src/assets/turns.ts';

function workUntilOver(turns: Turns): void {
  while (!turns.isOver);
}

describe('Turns', () => {
  it('gives what waits its turn, and begins another one', async () => {
    const turns = new Turns(new AbortController().signal);
    assert.equal(turns.isOver, false);
    let isHeard = false;
    setImmediate(() => {
      isHeard = true;
    });
    workUntilOver(turns);
    assert.equal(isHeard, false);
    await turns.next();
    assert.equal(isHeard, true);
    assert.equal(turns.isOver, false);
  });

  it('ends the work that was told to end meanwhile', async () => {
    const controller = new AbortController();
    const turns = new Turns(controller.signal);
    workUntilOver(turns);
    setImmediate(() => controller.abort(new Error('told to')));
    await assert.rejects(turns.next(), /told to/);
  });

  it('does not begin what was told to end before', () => {
    assert.throws(() => new Turns(AbortSignal.abort(new Error('told to'))), /told to/);
  });
});
