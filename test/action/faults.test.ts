// What every fault of the service, and of the way to it, leads to. In a plain run of the tests each fault strikes one file of
// a common run, and one of each kind strikes for good; with FULL=1 the whole matrix runs: every fault at the start, in the
// middle and at the end of a run, once, thrice and for good.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createPlainServer, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext, test } from 'node:test';
import { type FaultName, faultTable } from '../../simulator/faults.ts';
import type { FaultRule } from '../../simulator/fault-rules.ts';
import type { ReceivedUpload } from '../../simulator/received-upload.ts';
import type { Simulator } from '../../simulator/server.ts';
import { createCertificates } from '../simulator/certificates.ts';
import { withoutLinux } from '../support/platform.ts';
import { makePdf, makePng } from '../support/sample-media.ts';
import {
  assertCleanEnding,
  type FastClock,
  runWatched,
  startClock,
  type WatchedRun,
} from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator, readJson, type Workspace } from '../support/workspace.ts';
import {
  type Barrier,
  barrierReactions,
  closed,
  type Count,
  counts,
  endlessFaults,
  type ExpectedReaction,
  faultReactions,
  foreseeCourse,
} from './fault-table.ts';
import { choose, isFull } from '../support/extent.ts';

const fileCount = isFull ? 40 : 12;
const places = { start: 0, middle: fileCount / 2, end: fileCount - 1 } as const;
const strikes = { once: 1, thrice: 3, 'for good': Number.POSITIVE_INFINITY } as const;

type Case = readonly [place: keyof typeof places, count: Count];
const matrix = Object.keys(places).flatMap((place) =>
  counts.map((count): Case => [place as keyof typeof places, count]),
);

// The longest wait, a minute, is over in 0.3 s.
const speed = 200;
const toleranceMs = 1e9;
const concurrency = availableParallelism() * 2;
/** More than any load can take; where a limit is to strike, an hour is skipped. */
const timeout = '3600s';

function nameFiles(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `whatsapp/${String(at).padStart(3, '0')}.png`);
}
const paths = nameFiles(fileCount);

function createCheckout(t: TestContext, files = paths): Workspace {
  const workspace = createWorkspace(t);
  for (const path of files) workspace.write(path, makePng(path, 8000));
  return workspace;
}

type Row = readonly [FaultName, ExpectedReaction];
const rows: readonly Row[] = Object.entries(faultReactions).map(([name, row]) => [name as FaultName, row]);
async function openFaulty(
  t: TestContext,
  clock: FastClock,
  faults: readonly FaultRule[],
): Promise<Simulator> {
  const onFault = ({ fault }: ReceivedUpload) => endlessFaults.has(fault) && clock.skipHour();
  return openSimulator(t, { now: clock.now, toleranceMs, faults, onFault });
}

/** Those that stop a run, those of which the order of events is open, and those that compare clocks need a run of their own. */
const common = rows.filter(
  ([, { does, isRace, comparesClocks }]) => does !== 'stop' && !isRace && !comparesClocks,
);

test('each fault strikes one file, and the next one is none the worse', async (t) => {
  const files = nameFiles(2 * common.length);
  const clock = startClock(speed);
  const simulator = await openFaulty(
    t,
    clock,
    common.map(([name], at) => ({
      when: ({ fileIndex }) => fileIndex === 2 * at,
      times: 1,
      fault: faultTable[name],
    })),
  );
  const workspace = createCheckout(t, files);
  const inputs = { ...inputsFor(simulator), concurrency: '1', timeout };
  const run = await runWatched(workspace, { clock, inputs });
  assertCleanEnding(run, workspace, simulator);
  const pending = files.filter((_, at) => at % 2 === 0 && common[at / 2]?.[1].does.startsWith('fail'));
  assert.deepEqual(readJson(run, 'pending'), pending);
  assert.deepEqual(
    listManifest(workspace),
    files.filter((path) => !pending.includes(path)),
  );
  const repeated = common.filter(([, { does }]) => does === 'try again');
  assert.equal(simulator.requestCount, files.length + repeated.length);
  for (const [at, path] of files.entries()) {
    const [name, { does, says }] = common[Math.floor(at / 2)] ?? ['', { does: 'nothing' }];
    const said = run.maskedLog.split('\n').filter((line) => line.includes(`${path}: `));
    if (at % 2 === 1 || does === 'nothing') assert.deepEqual(said, []);
    else {
      assert.equal(said.length, 1, `${name}: ${said.join('\n')}`);
      assert.match(said[0] ?? '', says ?? /never said/, name);
      assert.equal(said[0]?.includes('; trying again in '), does === 'try again', name);
    }
  }
});

/** In a plain run one of each kind strikes for good, and what compares clocks once. Races are for the full run. */
const chosen: readonly FaultName[] = ['code 9001', 'stall in the middle of the body', 'code 1003'];
describe('a fault of the service', { concurrency }, () => {
  for (const [name, expected] of rows) {
    const usual: readonly Case[] = chosen.includes(name)
      ? [['middle', 'for good']]
      : expected.comparesClocks
        ? [['middle', 'once']]
        : [];
    for (const [place, count] of isFull ? matrix : usual) {
      it(`${name}, ${count}, at the ${place}`, async (t) => {
        const at = places[place];
        const clock = startClock(expected.comparesClocks ? 0 : speed);
        const fault = faultTable[name];
        const rule: FaultRule = { when: ({ index }) => index >= at, times: strikes[count], fault };
        const simulator = await openFaulty(t, clock, [rule]);
        const workspace = createCheckout(t);
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
});

/** Where the name of the service leads to when a barrier stands in the way. */
const barrierAnswers: Readonly<Record<Barrier, string>> = {
  'another host': '127.0.0.2',
  'unknown authority': '127.0.0.3',
  'no TLS': '127.0.0.4',
  'nobody listens': '127.0.0.5',
  'unknown name': 'ENOTFOUND',
  'no name server': 'EAI_AGAIN',
};

const barriers = Object.entries(barrierReactions) as [Barrier, ExpectedReaction][];

describe('a barrier on the way', { concurrency, skip: withoutLinux }, () => {
  type Authority = Awaited<ReturnType<typeof createCertificates>>;
  let trusted: Authority;
  let elsewhere: Authority;
  let strange: Authority;
  before(async () => {
    trusted = await createCertificates({ after }, 'DNS:nxcloud.test');
    elsewhere = await createCertificates({ after }, 'DNS:elsewhere.test');
    strange = await createCertificates({ after }, 'DNS:nxcloud.test');
  });

  /** Runs with these answers to the look-ups of the service's name, one for each upload, the last again and again. */
  async function runWithAnswers(t: TestContext, answers: readonly string[]) {
    const clock = startClock(speed);
    // Each upload has a connection of its own, and with it a look-up.
    const faults: FaultRule[] = [{ when: 'always', fault: faultTable['connection: close'] }];
    const simulator = await openSimulator(t, { now: clock.now, toleranceMs, faults, tls: trusted });
    const { port } = new URL(simulator.url);
    await listenOn(t, barrierAnswers['another host'], port, elsewhere);
    await listenOn(t, barrierAnswers['unknown authority'], port, strange);
    await listenOn(t, barrierAnswers['no TLS'], port);
    const workspace = createCheckout(t);
    workspace.write('ca.pem', trusted.ca + elsewhere.ca);
    const apiUrl = `https://nxcloud.test:${port}`;
    const run = await runWatched(workspace, {
      clock,
      inputs: { ...inputsFor(simulator), 'api-url': apiUrl, concurrency: '1', timeout },
      env: {
        NODE_EXTRA_CA_CERTS: join(workspace.root, 'ca.pem'),
        NAME_ANSWERS: JSON.stringify(answers),
      },
      nodeFlags: ['--import', join(import.meta.dirname, '../support/names.mjs')],
    });
    assertCleanEnding(run, workspace, simulator);
    return { run, workspace, simulator };
  }

  it('is overcome by trying again, whichever it is', async (t) => {
    const answers = barriers.flatMap(([name]) => [barrierAnswers[name], '127.0.0.1']);
    const { run, simulator } = await runWithAnswers(t, answers);
    assert.equal(run.exitCode, 0, run.stdout);
    assert.equal(simulator.requestCount, fileCount);
    const announced = run.maskedLog.split('\n').filter((line) => line.includes('; trying again in '));
    assert.equal(announced.length, barriers.length);
    for (const [at, [name, { says }]] of barriers.entries()) {
      assert.match(announced[at] ?? '', says ?? /never said/, name);
      assert.ok(announced[at]?.includes(`${paths[at]}: `), name);
    }
  });

  for (const [name, expected] of barriers) {
    const usual: readonly Case[] = name === 'nobody listens' ? [['middle', 'for good']] : [];
    for (const [place, count] of isFull ? matrix : usual) {
      it(`${name}, ${count}, at the ${place}`, async (t) => {
        const at = places[place];
        const isForGood = count === 'for good';
        const { run, workspace, simulator } = await runWithAnswers(t, [
          ...Array.from({ length: at }, () => '127.0.0.1'),
          ...Array.from({ length: isForGood ? 1 : strikes[count] }, () => barrierAnswers[name]),
          ...(isForGood ? [] : ['127.0.0.1']),
        ]);
        assertCourse(run, workspace, expected, count, at);
        assert.equal(simulator.requestCount, isForGood ? at : fileCount);
      });
    }
  }
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

/** What is certain although the order of events is not: bounds, what is told, and that nothing is recorded that was not received. */
function assertRace(
  run: WatchedRun,
  workspace: Workspace,
  simulator: Simulator,
  { does, says = closed }: ExpectedReaction,
  at: number,
  times: number,
): void {
  // Who reads the reply heeds it at once; only who does not tries again.
  const announced = run.maskedLog.split('\n').filter((line) => line.includes('; trying again in '));
  for (const line of announced) assert.match(line, closed);
  for (const { file, message } of run.annotations)
    if (file !== undefined) assert.ok(says.test(message) || closed.test(message), message);
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

const early = [
  [413, /HTTP 413.*larger than NXCloud/],
  [401, /HTTP 401.*Access is refused/],
] as const;
for (const [status, said] of choose(early, 2)) {
  test(`HTTP ${status} from a server that ends before it has read the file is read`, async (t) => {
    let requests = 0;
    const sockets: Socket[] = [];
    const body = '{"code":-1,"message":"no","data":null}';
    // Half-closed: a socket closed with unread bytes resets the connection, and whether the reply outruns that is open.
    const server = createPlainServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => {
        requests += 1;
        socket.pause();
        socket.end(
          `HTTP/1.1 ${status} No\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        );
      });
    }).listen(0, '127.0.0.1');
    t.after(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
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
