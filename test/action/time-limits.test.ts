// No request can hang the step: the three limits of `timeout`, the corrected clock, and the end of a cancelled run, through
// the bundle.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultTable } from '../../simulator/faults.ts';
import { choose } from '../support/extent.ts';
import { openMuteServer } from '../support/mute-server.ts';
import { makePng } from '../support/sample-media.ts';
import { assertCleanEnding, runWatched, startClock } from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator } from '../support/workspace.ts';

/** More than the buffers of both sides take. */
const largePadding = 4.9 * 1024 * 1024;

describe('timeout', { concurrency: 4 }, () => {
  it('limits connecting', async (t) => {
    const simulator = await openSimulator(t);
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    const clock = startClock(200);
    const server = await openMuteServer(t, clock.skipHour);
    const apiUrl = `https://127.0.0.1:${server.port}`;
    const inputs = { ...inputsFor(simulator), 'api-url': apiUrl, timeout: '3600s', retries: '2' };
    const run = await runWatched(workspace, { clock, inputs });
    assertCleanEnding(run, workspace, simulator);
    assert.equal(run.exitCode, 1);
    const [error] = run.annotations.filter(({ file }) => file === 'whatsapp/a.png');
    assert.match(
      error?.message ?? '',
      /no connection to NXCloud within 3600 s \(`timeout`\) \(after 3 attempts\)/,
    );
  });

  const phases = {
    'any pause while the file is sent': ['stall before the body', 'NXCloud took no more of the file'],
    'the wait for the reply': ['stall after the body', 'no complete reply from NXCloud'],
  } as const;
  for (const [name, [fault, said]] of Object.entries(phases)) {
    it(`limits ${name}`, async (t) => {
      const clock = startClock(200);
      const simulator = await openSimulator(t, {
        now: clock.now,
        toleranceMs: 1e9,
        faults: [{ when: 'always', fault: faultTable[fault] }],
        onFault: clock.skipHour,
      });
      const workspace = createWorkspace(t);
      workspace.write('whatsapp/a.png', makePng('a', largePadding));
      const inputs = { ...inputsFor(simulator), timeout: '3600s', retries: '1' };
      const run = await runWatched(workspace, { clock, inputs });
      assertCleanEnding(run, workspace, simulator);
      assert.equal(simulator.requestCount, 2);
      const [error] = run.annotations.filter(({ file }) => file === 'whatsapp/a.png');
      assert.match(
        error?.message ?? '',
        new RegExp(`${said} within 3600 s \\(\`timeout\`\\) \\(after 2 att`),
      );
    });
  }
});

describe('a cancelled run ends by itself, without a second signal', { concurrency: 4 }, () => {
  const waits: Readonly<
    Record<string, 'mute' | 'stall before the body' | 'stall after the body' | 'reply stalls'>
  > = {
    connecting: 'mute',
    sending: 'stall before the body',
    'waiting for the reply': 'stall after the body',
    'reading the reply': 'reply stalls',
  };
  for (const [name, wait] of choose(Object.entries(waits), 2)) {
    it(`while ${name}`, async (t) => {
      const isWaiting = Promise.withResolvers<void>();
      const faults = wait === 'mute' ? [] : [{ when: 'always', fault: faultTable[wait] } as const];
      const simulator = await openSimulator(t, { faults, onFault: () => isWaiting.resolve() });
      const workspace = createWorkspace(t);
      workspace.write('whatsapp/a.png', makePng('a', largePadding));
      const { port } = await openMuteServer(t, isWaiting.resolve);
      const apiUrl = wait === 'mute' ? { 'api-url': `https://127.0.0.1:${port}` } : {};
      const run = await runWatched(workspace, {
        inputs: { ...inputsFor(simulator), ...apiUrl, timeout: '3600s' },
        signals: [{ signal: 'SIGINT', after: isWaiting.promise }],
      });
      assertCleanEnding(run, workspace, simulator);
      assert.equal(run.exitCode, 1);
      assert.match(run.annotations.at(-1)?.message ?? '', /The run was cancelled \(SIGINT\)/);
      assert.equal(run.outputs['pending-count'], '1');
    });
  }
});

describe('the clock of the service', { concurrency: 4 }, () => {
  for (const minutes of choose([10, -10], 2)) {
    it(`may differ by ${minutes} minutes: every upload in flight is refused once, then all is well`, async (t) => {
      const clock = startClock(0);
      const simulator = await openSimulator(t, { now: clock.now, clockOffsetMs: minutes * 60_000 });
      const workspace = createWorkspace(t);
      for (let n = 0; n < 12; n += 1) workspace.write(`whatsapp/${n}.png`, makePng(n));
      simulator.hold();
      void simulator.waitFor(() => simulator.requestCount === 3).then(simulator.release);
      const inputs = { ...inputsFor(simulator), concurrency: '3' };
      const run = await runWatched(workspace, { clock, inputs });
      assertCleanEnding(run, workspace, simulator);
      assert.equal(run.exitCode, 0, run.stdout);
      assert.equal(simulator.requestCount, 15);
      assert.equal(Object.keys(workspace.readManifest()).length, 12);
      const said = run.stdout.match(/this machine's clock differs from NXCloud's by -?\d+ s; corrected/g);
      const line = `this machine's clock differs from NXCloud's by ${-minutes * 60} s; corrected`;
      assert.deepEqual(said, [line, line, line]);
    });
  }
});
