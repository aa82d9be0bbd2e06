// No request can hang the step: the three limits of `timeout`, the corrected clock, and the end of a cancelled run, through
// the bundle.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { faultTable } from '../../simulator/faults.ts';
import { makePdf, makePng } from '../support/sample-media.ts';
import { assertCleanEnding, runWatched, startClock } from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator } from '../support/workspace.ts';

/** Takes connections, and never says a word: no handshake of TLS ever ends. */
async function openMuteServer(t: TestContext): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
    sockets.add(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** More than the buffers of both sides take. */
const largePadding = 4.9 * 1024 * 1024;

describe('timeout', { concurrency: 4 }, () => {
  it('limits connecting', async (t) => {
    const simulator = await openSimulator(t);
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    const clock = startClock(200);
    const inputs = {
      ...inputsFor(simulator),
      'api-url': await openMuteServer(t),
      timeout: '100s',
      retries: '2',
    };
    const run = await runWatched(workspace, { clock, inputs });
    assertCleanEnding(run, workspace, simulator);
    assert.equal(run.exitCode, 1);
    const [error] = run.annotations.filter(({ file }) => file === 'whatsapp/a.png');
    assert.match(
      error?.message ?? '',
      /no connection to NXCloud within 100 s \(`timeout`\) \(after 3 attempts\)/,
    );
  });

  it('limits any pause while the file is sent', async (t) => {
    const clock = startClock(200);
    const fault = faultTable['stall before the body'];
    const simulator = await openSimulator(t, { now: clock.now, faults: [{ when: 'always', fault }] });
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.png', makePng('a', largePadding));
    const inputs = { ...inputsFor(simulator), timeout: '100s', retries: '1' };
    const run = await runWatched(workspace, { clock, inputs });
    assertCleanEnding(run, workspace, simulator);
    const [error] = run.annotations.filter(({ file }) => file === 'whatsapp/a.png');
    assert.match(
      error?.message ?? '',
      /NXCloud took no more of the file within 100 s \(`timeout`\) \(after 2 attempts\)/,
    );
  });

  it('does not limit a file that is sent slowly but steadily', async (t) => {
    const clock = startClock(200);
    // Two seconds in all, 400 s to the action. What the buffers hold at the end is read in less than half a second.
    const fault = { kind: 'slow-read', bytesPerSecond: 12 * 1024 * 1024 } as const;
    const simulator = await openSimulator(t, {
      now: clock.now,
      toleranceMs: 1e9,
      faults: [{ when: 'always', fault }],
    });
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.pdf', makePdf('a', 24 * 1024 * 1024));
    const run = await runWatched(workspace, { clock, inputs: { ...inputsFor(simulator), timeout: '200s' } });
    assertCleanEnding(run, workspace, simulator);
    assert.equal(run.exitCode, 0, run.stdout);
    assert.equal(simulator.requestCount, 1);
    const [, seconds] = /uploaded, 24\.0 MB, ([\d.]+) s/.exec(run.stdout) ?? [];
    assert.ok(Number(seconds) > 200, `it took ${seconds} s`);
  });

  it('limits a reply that never ends, however steadily it comes', async (t) => {
    const clock = startClock(200);
    // A byte every ten seconds, to the action.
    const fault = { kind: 'trickle', intervalMs: 50 } as const;
    const simulator = await openSimulator(t, {
      now: clock.now,
      toleranceMs: 1e9,
      faults: [{ when: 'always', fault }],
    });
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    const inputs = { ...inputsFor(simulator), timeout: '100s', retries: '1' };
    const run = await runWatched(workspace, { clock, inputs });
    assertCleanEnding(run, workspace, simulator);
    assert.equal(simulator.requestCount, 2);
    const [error] = run.annotations.filter(({ file }) => file === 'whatsapp/a.png');
    assert.match(error?.message ?? '', /no complete reply from NXCloud within 100 s/);
  });
});

describe('a cancelled run ends by itself', { concurrency: 4 }, () => {
  const waits: Readonly<
    Record<string, 'mute' | 'stall before the body' | 'stall after the body' | 'reply stalls'>
  > = {
    connecting: 'mute',
    sending: 'stall before the body',
    'waiting for the reply': 'stall after the body',
    'reading the reply': 'reply stalls',
  };
  for (const [name, wait] of Object.entries(waits)) {
    it(`while ${name}`, async (t) => {
      const faults = wait === 'mute' ? [] : [{ when: 'always', fault: faultTable[wait] } as const];
      const simulator = await openSimulator(t, { faults });
      const workspace = createWorkspace(t);
      workspace.write('whatsapp/a.png', makePng('a', largePadding));
      const apiUrl = wait === 'mute' ? { 'api-url': await openMuteServer(t) } : {};
      const run = await runWatched(workspace, {
        inputs: { ...inputsFor(simulator), ...apiUrl },
        // What GitHub does, apart from the last signal, after which nothing could be seen.
        signals: [
          { signal: 'SIGINT', onLine: /^::group::Upload/, delayMs: 300 },
          { signal: 'SIGTERM', delayMs: 7500 },
        ],
        timeoutMs: 30_000,
      });
      assertCleanEnding(run, workspace, simulator);
      assert.equal(run.exitCode, 1);
      assert.match(run.annotations.at(-1)?.message ?? '', /The run was cancelled \(SIGINT\)/);
      assert.equal(run.outputs['pending-count'], '1');
      assert.ok(run.durationMs < 7500, 'it ended before the second signal');
    });
  }
});

describe('the clock of the service', { concurrency: 4 }, () => {
  for (const minutes of [10, -10]) {
    it(`may differ by ${minutes} minutes: every upload in flight is refused once, then all is well`, async (t) => {
      const simulator = await openSimulator(t, { clockOffsetMs: minutes * 60_000 });
      const workspace = createWorkspace(t);
      for (let n = 0; n < 12; n += 1) workspace.write(`whatsapp/${n}.png`, makePng(n));
      const run = await runWatched(workspace, { inputs: { ...inputsFor(simulator), concurrency: '3' } });
      assertCleanEnding(run, workspace, simulator);
      assert.equal(run.exitCode, 0, run.stdout);
      assert.equal(simulator.requestCount, 15);
      assert.equal(Object.keys(workspace.readManifest()).length, 12);
      const said = [
        ...run.stdout.matchAll(/this machine's clock differs from NXCloud's by (-?\d+) s; corrected/g),
      ];
      assert.equal(said.length, 3);
      for (const [, seconds] of said) assert.ok(Math.abs(Number(seconds) + minutes * 60) <= 2, seconds);
    });
  }
});
