// The fault matrix: every fault at the start, in the middle and at the end of a run, once, thrice and for good. In a plain
// run of the tests each fault strikes once and for good at one place; with FULL=1 the whole matrix runs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext, test } from 'node:test';
import { type FaultName, faultTable } from '../../simulator/faults.ts';
import type { FaultRule } from '../../simulator/fault-rules.ts';
import type { Simulator } from '../../simulator/server.ts';
import { createCertificates } from '../simulator/certificates.ts';
import { makePdf, makePng } from '../support/sample-media.ts';
import { assertCleanEnding, runWatched, startClock, type WatchedRun } from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator, readJson, type Workspace } from '../support/workspace.ts';
import {
  type Barrier,
  barrierReactions,
  type Count,
  counts,
  type ExpectedReaction,
  faultReactions,
  foreseeCourse,
} from './fault-table.ts';

const isFull = process.env.FULL === '1';
const fileCount = isFull ? 40 : 12;
const places = { start: 0, middle: fileCount / 2, end: fileCount - 1 } as const;
const strikes = { once: 1, thrice: 3, 'for good': Number.POSITIVE_INFINITY } as const;

type Case = readonly [place: keyof typeof places, count: Count];
const cases: readonly Case[] = isFull
  ? (['start', 'middle', 'end'] as const).flatMap((place) => counts.map((count): Case => [place, count]))
  : [
      ['middle', 'once'],
      ['middle', 'for good'],
    ];

// The longest wait, a minute, is over in 0.3 s.
const speed = 200;
const toleranceMs = 3_600_000;
const concurrency = availableParallelism() * 2;
const concurrencyOfWaiting = 10;
const paths = Array.from({ length: fileCount }, (_, at) => `whatsapp/${String(at).padStart(2, '0')}.png`);
const contents = paths.map((path) => makePng(path, 8000));

function createCheckout(t: TestContext): Workspace {
  const workspace = createWorkspace(t);
  for (const [at, path] of paths.entries()) workspace.write(path, contents[at] ?? '');
  return workspace;
}

const rows = Object.entries(faultReactions) as [FaultName, ExpectedReaction][];
const slowRows = rows.filter(([, { isSlow }]) => isSlow);
const quickRows = rows.filter(([, { isSlow }]) => !isSlow);

describe('a fault of the service', { concurrency }, () => addFaultTests(quickRows));
describe('a fault that keeps the action waiting', { concurrency: concurrencyOfWaiting }, () =>
  addFaultTests(slowRows),
);

function addFaultTests(rows: readonly [FaultName, ExpectedReaction][]): void {
  for (const [name, expected] of rows) {
    for (const [place, count] of cases) {
      it(`${name}, ${count}, at the ${place}`, async (t) => {
        const at = places[place];
        const clock = startClock(speed);
        const fault = faultTable[name];
        const rule: FaultRule = { when: ({ index }) => index >= at, times: strikes[count], fault };
        const simulator = await openSimulator(t, { now: clock.now, toleranceMs, faults: [rule] });
        const workspace = createCheckout(t);
        // Really half a second where the limit is to strike, else more than any load can take.
        const timeout = expected.isSlow ? '100s' : '3600s';
        const inputs = { ...inputsFor(simulator), concurrency: '1', timeout };
        const run = await runWatched(workspace, { clock, inputs });
        assertCleanEnding(run, workspace, simulator);
        if (expected.isRace) return assertRace(run, workspace, simulator, expected, at, strikes[count]);
        assertCourse(run, workspace, expected, count, at);
        const { requests } = foreseeCourse(expected.does, count, fileCount - at);
        assert.equal(simulator.requestCount, at + requests);
      });
    }
  }
}

/** Where the name of the service leads to when a barrier stands in the way. */
const barrierAnswers: Readonly<Record<Barrier, string>> = {
  'another host': '127.0.0.2',
  'unknown authority': '127.0.0.3',
  'no TLS': '127.0.0.4',
  'nobody listens': '127.0.0.5',
  'unknown name': 'ENOTFOUND',
  'no name server': 'EAI_AGAIN',
};

test('a barrier on the way', { concurrency }, async (t) => {
  const trusted = await createCertificates(t, 'DNS:nxcloud.test');
  const elsewhere = await createCertificates(t, 'DNS:elsewhere.test');
  const strange = await createCertificates(t, 'DNS:nxcloud.test');
  const authorities = createWorkspace(t);
  authorities.write('ca.pem', trusted.ca + elsewhere.ca);
  const runs = (Object.entries(barrierReactions) as [Barrier, ExpectedReaction][]).flatMap(
    ([name, expected]) =>
      cases.map(([place, count]) =>
        t.test(`${name}, ${count}, at the ${place}`, async (t) => {
          const at = places[place];
          const clock = startClock(speed);
          // Each upload has a connection of its own, and with it a look-up.
          const faults: FaultRule[] = [{ when: 'always', fault: faultTable['connection: close'] }];
          const simulator = await openSimulator(t, { now: clock.now, toleranceMs, faults, tls: trusted });
          const { port } = new URL(simulator.url);
          await listenOn(t, barrierAnswers['another host'], port, elsewhere);
          await listenOn(t, barrierAnswers['unknown authority'], port, strange);
          await listenOn(t, barrierAnswers['no TLS'], port);
          const barred = Array.from(
            { length: count === 'for good' ? 1 : strikes[count] },
            () => barrierAnswers[name],
          );
          const before = Array.from({ length: at }, () => '127.0.0.1');
          const answers = [...before, ...barred, ...(count === 'for good' ? [] : ['127.0.0.1'])];
          const workspace = createCheckout(t);
          const run = await runWatched(workspace, {
            clock,
            inputs: {
              ...inputsFor(simulator),
              'api-url': `https://nxcloud.test:${port}`,
              concurrency: '1',
              timeout: '3600s',
            },
            env: {
              NODE_EXTRA_CA_CERTS: join(authorities.root, 'ca.pem'),
              NAME_ANSWERS: JSON.stringify(answers),
            },
            nodeFlags: ['--import', join(import.meta.dirname, '../support/names.mjs')],
          });
          assertCleanEnding(run, workspace, simulator);
          assertCourse(run, workspace, expected, count, at);
          assert.equal(simulator.requestCount, count === 'for good' ? at : fileCount);
        }),
      ),
  );
  await Promise.all(runs);
});

/** A server that takes the place of the service: with a certificate of its own, or without TLS. */
async function listenOn(t: TestContext, host: string, port: string, tls?: ServerOptions): Promise<void> {
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.listen(Number(port), host);
  await once(server, 'listening');
  t.after(() => server.close());
  assert.equal((server.address() as AddressInfo).address, host);
}

/** Compares a run with what the table foresees: ending, manifest, outputs, and what the user reads. */
function assertCourse(
  run: WatchedRun,
  workspace: Workspace,
  { does, says = /never said/ }: ExpectedReaction,
  count: Count,
  at: number,
): void {
  const { failed, repeats, stops } = foreseeCourse(does, count, fileCount - at);
  const uploaded = [...paths.slice(0, at), ...(stops ? [] : paths.slice(at + failed))];
  const pending = paths.filter((path) => !uploaded.includes(path));
  assert.deepEqual(listManifest(workspace), uploaded);
  assert.deepEqual(readJson(run, 'uploaded'), uploaded);
  assert.deepEqual(readJson(run, 'pending'), pending);
  assert.equal(run.exitCode, pending.length === 0 ? 0 : 1);

  const log = run.maskedLog.split('\n');
  const failures = log.filter((line) => /^\[\d+\/\d+\] .* failed$/.test(line));
  assert.equal(failures.length, failed);
  const announced = log.filter((line) => line.includes('; trying again in '));
  assert.equal(announced.length, repeats);
  for (const line of announced) assert.match(line, says);

  const errors = run.annotations.filter(({ level }) => level === 'error');
  for (const path of paths.slice(at, at + Math.min(failed, 9))) {
    const [error, ...more] = errors.filter(({ file }) => file === path);
    assert.match(error?.message ?? '', says, `the annotation of ${path}`);
    assert.equal(more.length, 0);
  }
  const last = errors.at(-1)?.message ?? '';
  const isExplained = says.test(last);
  assert.equal(isExplained, stops, last);
  assert.equal(
    last.includes('Five files in a row failed for the same cause'),
    stops && does !== 'stop',
    last,
  );
}

/** What is certain although the order of events is not: bounds, and that nothing is recorded that was not received. */
function assertRace(
  run: WatchedRun,
  workspace: Workspace,
  simulator: Simulator,
  { does }: ExpectedReaction,
  at: number,
  times: number,
): void {
  const left = fileCount - at;
  const struck = Math.min(times, left);
  const uploaded = listManifest(workspace);
  const missing = fileCount - uploaded.length;
  assert.deepEqual(uploaded.slice(0, at), paths.slice(0, at));
  assert.deepEqual(readJson(run, 'uploaded'), uploaded);
  assert.equal(run.exitCode, missing === 0 ? 0 : 1);
  if (does === 'nothing') {
    assert.equal(missing, 0);
    assert.ok(simulator.requestCount <= fileCount + struck, `${simulator.requestCount} requests`);
  } else {
    assert.ok(times > 5 || missing <= struck, `${missing} missing`);
    assert.ok(simulator.requestCount <= at + 5 * left, `${simulator.requestCount} requests`);
  }
}

function listManifest(workspace: Workspace): string[] {
  try {
    return Object.keys(workspace.readManifest());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

for (const [status, said] of [
  [401, /HTTP 401.*Access is refused/],
  [413, /HTTP 413.*larger than NXCloud/],
] as const) {
  test(`HTTP ${status} from a server that closes before it has read the file is read`, async (t) => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.writeHead(status, { connection: 'close' }).end('{"code":-1,"message":"no","data":null}');
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const workspace = createWorkspace(t);
    workspace.write('whatsapp/a.pdf', makePdf('a', 4_000_000));
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const inputs = { ...inputsFor(await openSimulator(t)), 'api-url': apiUrl };
    const result = await workspace.run({ inputs });
    assert.equal(requests, 1);
    assert.match(result.annotations.map(({ message }) => message).join('\n'), said);
  });
}
