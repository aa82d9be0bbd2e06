// Every row of the fault table as a client feels it, and the rules that let faults happen.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { FaultRule } from '../../simulator/fault-rules.ts';
import { type FaultName, faultTable } from '../../simulator/faults.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts';
import { buildBody, createContent, draftUpload, type Reply, sendUpload } from './plain-client.ts';

/** What a plain client sees, and whether the service keeps the file. */
type Effect = {
  status?: number;
  headers?: Record<string, RegExp>;
  body?: RegExp;
  /** Error code or message, in place of a reply. */
  error?: RegExp;
  /** The client gives up, as nothing happens any more. */
  silence?: boolean;
  accepted?: boolean;
  connections?: number;
};

const reset = { error: /(read|write) (ECONNRESET|EPIPE)/ };
const gateway = /simulated gateway/;
const bareEnvelope = (code: string) => ({
  status: 200,
  body: new RegExp(`^\\{"code":${code},"data":null,"message":"`),
});

const effects: Record<FaultName, Effect> = {
  'code -1': bareEnvelope('-1'),
  'code 1001': bareEnvelope('1001'),
  'code 1002': bareEnvelope('1002'),
  'code 1003': bareEnvelope('1003'),
  'code 1004': { ...bareEnvelope('1004'), headers: { date: /GMT$/ } },
  'code 1004 without date': { ...bareEnvelope('1004'), headers: { date: /^undefined$/ } },
  'code 1005': bareEnvelope('1005'),
  'code 1006': bareEnvelope('1006'),
  'code 9000': bareEnvelope('9000'),
  'code 9001': bareEnvelope('9001'),
  'code 9002': bareEnvelope('9002'),
  'code 9006': bareEnvelope('9006'),
  'code 9099': {
    body: /^\{"code":9099,"data":\{"error":\{"message":"Unsupported media".*"traceId":"f00d4a11c0de"\}$/,
  },
  'code 4711': bareEnvelope('4711'),
  'code -1 as text': bareEnvelope('"-1"'),
  'code 1003 as text': bareEnvelope('"1003"'),
  'code 1003 with status 401': { ...bareEnvelope('1003'), status: 401 },
  'code 9000 with status 503': { ...bareEnvelope('9000'), status: 503 },
  'code -1 with status 400': { ...bareEnvelope('-1'), status: 400 },
  'code -1 with status 503': { ...bareEnvelope('-1'), status: 503 },
  'hostile texts': {
    body: /"error":\{"message":"::error title.*"message":"::error title.*"traceId":"::error title/,
  },
  'status 400': { status: 400, body: gateway },
  'status 401': { status: 401, body: gateway },
  'status 403': { status: 403, body: gateway },
  'status 404': { status: 404, body: gateway },
  'status 408': { status: 408, body: gateway },
  'status 413': { status: 413, body: gateway },
  'status 425': { status: 425, body: gateway },
  'status 429': { status: 429, body: gateway, headers: { 'retry-after': /^undefined$/ } },
  'status 429, retry after seconds': { status: 429, headers: { 'retry-after': /^1$/ } },
  'status 429, retry after date': {
    status: 429,
    headers: { 'retry-after': /^Tue, 14 Nov 2023 22:13:22 GMT$/ },
  },
  'status 429, retry after an hour': { status: 429, headers: { 'retry-after': /^3600$/ } },
  'status 429, retry after nonsense': { status: 429, headers: { 'retry-after': /^soon$/ } },
  'status 429 with envelope': { status: 429, body: /"code":-1/ },
  'status 500': { status: 500, body: gateway },
  'status 500 with envelope': { status: 500, body: /"code":-1/ },
  'status 501': { status: 501, body: gateway },
  'status 502': { status: 502, body: gateway },
  'status 503': { status: 503, body: gateway },
  'status 503, retry after seconds': { status: 503, headers: { 'retry-after': /^1$/ } },
  'status 503, retry after date': { status: 503, headers: { 'retry-after': /22:13:22 GMT$/ } },
  'status 504': { status: 504, body: gateway },
  'redirect 301': { status: 301, headers: { location: /^https:\/\/elsewhere/ }, body: /^$/ },
  'redirect 302': { status: 302, headers: { location: /^https:\/\/elsewhere/ }, body: /^$/ },
  'redirect 307': { status: 307, headers: { location: /^https:\/\/elsewhere/ }, body: /^$/ },
  'redirect 308': { status: 308, headers: { location: /^https:\/\/elsewhere/ }, body: /^$/ },
  'reset before the body': reset,
  'reset in the middle of the body': reset,
  'reset after the body': reset,
  'reply lost after acceptance': { error: /socket hang up/, accepted: true },
  'stall before the body': { silence: true },
  'stall in the middle of the body': { silence: true },
  'stall after the body': { silence: true },
  'reply cut off by close': { error: /aborted/, accepted: true },
  'reply cut off by reset': { error: /aborted|ECONNRESET/, accepted: true },
  'reply stalls': { silence: true, accepted: true },
  'reply of 400 MB': { silence: true },
  'reply of declared 400 MB': { silence: true },
  'reply one byte per second': { silence: true, accepted: true },
  'early 413, closed': { status: 413, body: gateway, headers: { connection: /^close$/ } },
  'early 413, reset': { status: 413, body: gateway, headers: { connection: /^close$/ } },
  'early 413, body read': { status: 413, body: gateway, connections: 1 },
  'connection: close': { status: 200, headers: { connection: /^close$/ }, accepted: true, connections: 2 },
  'stale connection, closed': {
    status: 200,
    headers: { connection: /^keep-alive$/ },
    accepted: true,
    connections: 2,
  },
  'stale connection, reset on reuse': { status: 200, accepted: true },
  'slow reading': { status: 200, accepted: true, connections: 1 },
  'HTML with 200': { status: 200, headers: { 'content-type': /html/ }, body: /^<html>/ },
  'empty reply': { status: 200, body: /^$/ },
  'JSON null': { body: /^null$/ },
  'JSON array': { body: /^\[\]$/ },
  'JSON string': { body: /^"ok"$/ },
  'JSON without code': { body: /^\{"data"/ },
  'JSON with word as code': { body: /^\{"code":"zero"/ },
  'JSON with object as code': { body: /^\{"code":\{\}/ },
  'JSON with data as text': { body: /"data":"4:/ },
  'JSON with data as array': { body: /"data":\["4:/ },
  'JSON with prototype key': { body: /__proto__/ },
  'JSON nested deeply': { body: /^\[{100000}\]{100000}$/ },
  'ID empty': { body: /"data":\{"id":""\}/, accepted: true },
  'ID missing': { body: /"data":\{\}/, accepted: true },
  'ID null': { body: /"data":\{"id":null\}/, accepted: true },
  'ID a number': { body: /"data":\{"id":4\}/, accepted: true },
  'ID of 100 KB': { body: /^.{102400,104000}$/, accepted: true },
  'ID of another content': { body: /"id":"4:MDEyMzQ1Njc4OWFiY2RlZi5qcGc=:/, accepted: true },
  'ID with control characters': { body: /\\u0000\\u001b\[31m\\r\u007f"/, accepted: true },
  'ID with commands and Markdown': { body: /"id":"4:[^"]*\\n::error title=hostile::/, accepted: true },
};

const now = 1_700_000_000_000;

async function startFaulty(
  t: TestContext,
  faults: readonly FaultRule[],
  wait: SimulatorOptions['wait'] = async () => undefined,
): Promise<Simulator> {
  const simulator = await startSimulator({ faults, now: () => now, wait });
  t.after(() => simulator.close());
  return simulator;
}

function draft(content?: Buffer) {
  return draftUpload(content, now);
}

/** An agent with one connection at a time, and the promise that its first one has closed. */
function openAgent(t: TestContext): { agent: Agent; closed: Promise<unknown> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const connect = agent.createConnection;
  agent.createConnection = (...given) => connect.apply(agent, given)?.once('close', resolve);
  return { agent, closed: promise };
}

async function sendOrFail(simulator: Simulator, agent: Agent, signal?: AbortSignal): Promise<Reply | Error> {
  const options = signal === undefined ? { agent } : { agent, signal };
  return sendUpload(simulator.url, draft(), options).catch((error: Error) => error);
}

/** Sends an upload, and leaves when an upload on another connection got its whole reply since the fault struck. */
async function leaveInSilence(simulator: Simulator, agent: Agent): Promise<Reply | Error> {
  const leaving = new AbortController();
  const sent = sendOrFail(simulator, agent, leaving.signal);
  await simulator.waitFor(() => simulator.uploads[0]?.isStruck === true);
  await sendUpload(simulator.url, draft());
  leaving.abort();
  return sent;
}

function checkEffect(effect: Effect, result: Reply | Error): void {
  if (effect.silence) {
    assert.ok(result instanceof Error);
    assert.equal(result.name, 'AbortError');
  } else if (effect.error) {
    assert.ok(result instanceof Error);
    assert.match(`${(result as NodeJS.ErrnoException).code} ${result.message}`, effect.error);
  } else {
    assert.ok(!(result instanceof Error), String(result));
    assert.equal(result.status, effect.status ?? 200);
    for (const [name, value] of Object.entries(effect.headers ?? {})) {
      assert.match(String(result.headers[name]), value);
    }
    if (effect.body) assert.match(result.body, effect.body);
  }
}

describe('the fault', () => {
  for (const [name, fault] of Object.entries(faultTable)) {
    it(name, async (t) => {
      const effect = effects[name as FaultName];
      // Who is to see that nothing comes would see it after a wait.
      const wait = effect.silence ? () => new Promise(() => undefined) : undefined;
      const simulator = await startFaulty(t, [{ when: 'always', times: 1, fault }], wait);
      const { agent, closed } = openAgent(t);
      const sent = effect.silence ? leaveInSilence(simulator, agent) : sendOrFail(simulator, agent);
      checkEffect(effect, await sent);
      const [upload] = simulator.uploads;
      assert.equal(upload?.fault, fault);
      assert.deepEqual(upload?.mistakes, []);
      assert.equal(upload?.accepted, effect.accepted ?? false);
      assert.equal(upload?.verdict, effect.accepted ? 'accepted' : 'fault');
      if (effect.connections !== undefined) {
        if (effect.connections > 1) await closed;
        const next = await sendOrFail(simulator, agent);
        assert.ok(!(next instanceof Error), String(next));
        assert.equal(new Set(simulator.uploads.map(({ connection }) => connection)).size, effect.connections);
      }
    });
  }

  for (const moment of ['before the body', 'in the middle of the body'] as const) {
    it(`stall ${moment}, of a large upload that cannot be sent to its end`, async (t) => {
      const simulator = await startFaulty(t, [{ when: 'always', fault: faultTable[`stall ${moment}`] }]);
      const { sent, written, reply } = startLargeUpload(simulator);
      await simulator.waitFor(() => simulator.uploads[0]?.isStruck === true);
      // The last piece may have arrived before its writer is told.
      if (moment === 'in the middle of the body')
        assert.ok(written() >= LARGE / 2 - PIECE, `${written()} bytes`);
      // What would have gone on from here had more time than as much again takes from its beginning.
      simulator.setFaults([]);
      assert.equal(await startLargeUpload(simulator).reply, 200);
      assert.ok(written() < LARGE, `${written()} bytes`);
      sent.destroy();
      await assert.rejects(reply);
    });

    it(`reset ${moment}, of a large upload that cannot be sent to its end`, async (t) => {
      const simulator = await startFaulty(t, [{ when: 'always', fault: faultTable[`reset ${moment}`] }]);
      const { written, reply } = startLargeUpload(simulator);
      await assert.rejects(reply, { code: /^(?:ECONNRESET|EPIPE)$/ });
      assert.ok(written() < LARGE, `${written()} bytes`);
    });
  }

  it('early answer to a large upload, which the client learns before it has sent all', async (t) => {
    const fault = faultTable['early 413, body read'];
    const simulator = await startFaulty(t, [{ when: 'always', times: 1, fault }]);
    const { sent, reply } = startLargeUpload(simulator);
    assert.equal(await reply, 413);
    assert.equal(simulator.uploads[0]?.endedAt, undefined);
    sent.destroy();
  });

  for (const [name, error] of [
    ['early 413, closed', undefined],
    ['early 413, reset', 'ECONNRESET'],
    ['stale connection, closed', undefined],
    ['reply cut off by close', undefined],
    ['reply cut off by reset', 'ECONNRESET'],
  ] as const) {
    it(`${name}, behind which the connection is ${error === undefined ? 'closed' : 'reset'}`, async (t) => {
      const simulator = await startFaulty(t, [{ when: 'always', fault: faultTable[name] }]);
      const upload = draft();
      const body = buildBody(upload);
      const headers = Object.entries({
        ...upload.headers,
        host: '127.0.0.1',
        'content-type': 'multipart/form-data; boundary=frontier',
        'content-length': body.length,
      });
      const head = headers.map(([key, value]) => `${key}: ${value}\r\n`).join('');
      // An HTTP client leaves with the reply, and would not see what follows.
      const socket = connect(Number(new URL(simulator.url).port), '127.0.0.1').resume();
      socket.write(Buffer.concat([Buffer.from(`POST ${upload.path} HTTP/1.1\r\n${head}\r\n`), body]));
      const ended = once(socket, 'close').then(() => undefined);
      assert.equal(await ended.catch(({ code }) => code), error);
    });
  }

  it('reset on reuse, felt by the next upload on the connection', async (t) => {
    const fault = faultTable['stale connection, reset on reuse'];
    const simulator = await startFaulty(t, [{ when: 'always', times: 1, fault }]);
    const { agent } = openAgent(t);
    await sendOrFail(simulator, agent);
    checkEffect(reset, await sendOrFail(simulator, agent));
    assert.deepEqual(
      simulator.uploads.map(({ connection, verdict, accepted }) => [connection, verdict, accepted]),
      [
        [0, 'accepted', true],
        [0, 'fault', false],
      ],
    );
    assert.ok(!((await sendOrFail(simulator, agent)) instanceof Error));
  });

  it('huge reply, of exactly the asked size and no more than its reader takes', async (t) => {
    for (const declared of [true, false]) {
      const bytes = 5 * 1024 * 1024 + 1;
      const simulator = await startFaulty(t, [
        { when: 'always', fault: { kind: 'huge-reply', bytes, declared } },
      ]);
      const reply = await sendUpload(simulator.url, draft());
      assert.equal(reply.body.length, bytes);
      assert.equal(reply.headers['content-length'], declared ? String(bytes) : undefined);
      assert.equal(JSON.parse(reply.body).code, 0);
    }
  });

  it('trickle, whole in the end', async (t) => {
    const simulator = await startFaulty(t, [{ when: 'always', fault: { kind: 'trickle', intervalMs: 0 } }]);
    const reply = await sendUpload(simulator.url, draft());
    assert.equal(JSON.parse(reply.body).data.id, simulator.uploads[0]?.id);
  });

  for (const size of [0, 2 * 1024 * 1024]) {
    it(`slow reading, for as long as the pace demands of ${size} bytes and a frame`, async (t) => {
      const content = createContent('', size);
      const pauses: number[] = [];
      const fault = { kind: 'slow-read', bytesPerSecond: 1000 } as const;
      const simulator = await startFaulty(t, [{ when: 'always', fault }], async (ms) => pauses.push(ms));
      await sendUpload(simulator.url, draft(content));
      // A byte per millisecond.
      assert.equal(
        pauses.reduce((sum, pause) => sum + pause, 0),
        buildBody(draft(content)).length,
      );
      assert.equal(simulator.acceptedCount, 1);
    });
  }

  it('that accepts does not hide a mistake of the client', async (t) => {
    const simulator = await startFaulty(t, [{ when: 'always', fault: { kind: 'id', change: 'empty' } }]);
    const spoiled = draft();
    spoiled.headers.sign = 'x';
    assert.match((await sendUpload(simulator.url, spoiled)).body, /"code":1003/);
    assert.equal(simulator.uploads[0]?.verdict, 'refused');
  });

  it('that refuses still tells the mistakes', async (t) => {
    const simulator = await startFaulty(t, [{ when: 'always', fault: faultTable['code -1'] }]);
    const spoiled = draft();
    spoiled.headers.sign = 'x';
    await sendUpload(simulator.url, spoiled);
    assert.deepEqual(simulator.uploads[0]?.mistakes, ['1003 invalid signature']);
  });
});

describe('fault rules', () => {
  const fault = faultTable['code -1'];
  const letters = ['a', 'b', 'a', 'b', 'a'];
  const cases: { name: string; rules: FaultRule[]; struck: string }[] = [
    { name: 'always', rules: [{ when: 'always', fault }], struck: '11111' },
    { name: 'times', rules: [{ when: 'always', times: 2, fault }], struck: '11000' },
    { name: 'index', rules: [{ when: ({ index }) => index === 3, fault }], struck: '00010' },
    { name: 'file', rules: [{ when: ({ fileIndex }) => fileIndex === 1, fault }], struck: '01010' },
    {
      name: 'attempt',
      rules: [{ when: ({ attemptOfThisFile }) => attemptOfThisFile < 3, fault }],
      struck: '11110',
    },
    { name: 'total', rules: [{ when: ({ total }) => total > 3, fault }], struck: '00011' },
    {
      name: 'accepted so far',
      rules: [{ when: ({ acceptedSoFar }) => acceptedSoFar === 2, fault }],
      struck: '00111',
    },
    {
      name: 'one after the other',
      rules: [
        { when: 'always', times: 1, fault: { kind: 'status', status: 500 } },
        { when: 'always', times: 1, fault },
      ],
      struck: '11000',
    },
  ];
  for (const { name, rules, struck } of cases) {
    it(`by ${name}`, async (t) => {
      const simulator = await startFaulty(t, rules);
      for (const letter of letters) await sendUpload(simulator.url, draft(createContent(letter)));
      const verdicts = simulator.uploads.map(({ verdict }) => (verdict === 'fault' ? '1' : '0'));
      assert.equal(verdicts.join(''), struck);
    });
  }

  it('know the name of the file', async (t) => {
    const names: string[] = [];
    const simulator = await startFaulty(t, [{ when: ({ fileName }) => names.push(fileName) > 0, fault }]);
    await sendUpload(simulator.url, draft());
    assert.deepEqual(names, [simulator.uploads[0]?.fileName]);
    assert.match(names[0] ?? '', /^[0-9a-f]{16}\.jpg$/);
  });

  it('know how many uploads are in flight', async (t) => {
    const counts: number[] = [];
    const simulator = await startFaulty(t, [{ when: ({ inFlight }) => counts.push(inFlight) < 0, fault }]);
    for (const letter of letters) await sendUpload(simulator.url, draft(createContent(letter)));
    assert.deepEqual(counts, [1, 1, 1, 1, 1]);
  });

  it('can be replaced while the simulator runs', async (t) => {
    const simulator = await startFaulty(t, [{ when: 'always', fault }]);
    await sendUpload(simulator.url, draft());
    simulator.setFaults([]);
    await sendUpload(simulator.url, draft());
    assert.deepEqual(
      simulator.uploads.map(({ verdict }) => verdict),
      ['fault', 'accepted'],
    );
  });
});

/** More than the buffers of both ends of a loopback connection hold, twice. */
const LARGE = 48 * 1024 * 1024;
const PIECE = 64 * 1024;

/** Sends a large upload in steps as the server takes them, and tells how much left the process, and the status. */
function startLargeUpload(simulator: Simulator) {
  const upload = draft(createContent('large'));
  const [start, end] = buildBody(upload)
    .toString('latin1')
    .split(/(?<=large)/, 2);
  const sent = request(simulator.url + upload.path, {
    method: 'POST',
    headers: {
      ...upload.headers,
      'content-type': 'multipart/form-data; boundary=frontier',
      'content-length': `${start}${end}`.length + LARGE,
    },
  });
  const reply = once(sent, 'response').then(([response]): number => response.resume().statusCode);
  const step = Buffer.alloc(PIECE);
  let taken = 0;
  const sendNext = () => {
    if (taken === LARGE) return sent.end(end, 'latin1');
    return sent.write(step, (error) => {
      if (error) return;
      taken += step.length;
      sendNext();
    });
  };
  sent.write(start, 'latin1');
  sendNext();
  return { sent, written: () => taken, reply };
}
