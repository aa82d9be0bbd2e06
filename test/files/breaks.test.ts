// Long synchronous work lets signals in.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Breaks } from '../../src/files/breaks.ts';

function workUntilDue(breaks: Breaks): void {
  while (!breaks.isDue);
}

describe('Breaks', () => {
  it('let in what waits, and begin anew', async () => {
    const breaks = new Breaks(new AbortController().signal);
    assert.equal(breaks.isDue, false);
    let isHeard = false;
    setImmediate(() => {
      isHeard = true;
    });
    workUntilDue(breaks);
    assert.equal(isHeard, false);
    await breaks.take();
    assert.equal(isHeard, true);
    assert.equal(breaks.isDue, false);
  });

  it('end the work that was told to end meanwhile', async () => {
    const controller = new AbortController();
    const breaks = new Breaks(controller.signal);
    workUntilDue(breaks);
    setImmediate(() => controller.abort(new Error('told to')));
    await assert.rejects(breaks.take(), /told to/);
  });

  it('do not begin what was told to end before', () => {
    assert.throws(() => new Breaks(AbortSignal.abort(new Error('told to'))), /told to/);
  });
});
