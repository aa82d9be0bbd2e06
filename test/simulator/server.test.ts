// What the simulator remembers, and the settings that change how it answers.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { ReceivedUpload } from '../../simulator/received-upload.ts';
import { type SimulatorOptions, startSimulator } from '../../simulator/server.ts';
import { createCertificates } from './certificates.ts';
import { createContent, draftUpload, sendUpload } from './plain-client.ts';

async function start(t: TestContext, options: SimulatorOptions = {}) {
  const simulator = await startSimulator(options);
  t.after(() => simulator.close());
  return simulator;
}

function readId(body: string): string {
  return JSON.parse(body).data.id;
}

describe('the simulator', () => {
  it('remembers uploads in order, with connection, attempt and content', async (t) => {
    const simulator = await start(t);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    const big = createContent('big', 300_000);
    for (const content of [createContent('a'), big, createContent('a')]) {
      await sendUpload(simulator.url, draftUpload(content), { agent });
    }
    await sendUpload(simulator.url, draftUpload(big));
    assert.deepEqual(
      simulator.uploads.map((upload) => [
        upload.index,
        upload.connection,
        upload.fileIndex,
        upload.attemptOfThisFile,
        upload.size,
        upload.verdict,
      ]),
      [
        [0, 0, 0, 1, 5, 'accepted'],
        [1, 0, 1, 1, 300_000, 'accepted'],
        [2, 0, 0, 2, 5, 'accepted'],
        [3, 1, 1, 2, 300_000, 'accepted'],
      ],
    );
    assert.equal(simulator.uploads[1]?.sha256, createHash('sha256').update(big).digest('hex'));
    assert.equal(simulator.requestCount, 4);
    assert.equal(simulator.acceptedCount, 4);
    assert.equal(simulator.maxInFlight, 1);
  });

  it('tells of each upload when its exchange is over', async (t) => {
    const told: unknown[] = [];
    const onUpload = (upload: ReceivedUpload) => told.push(upload, upload.verdict);
    const simulator = await start(t, { onUpload });
    await sendUpload(simulator.url, draftUpload());
    assert.deepEqual(told, [simulator.uploads[0], 'accepted']);
  });

  it('forgets on reset', async (t) => {
    const simulator = await start(t);
    await sendUpload(simulator.url, draftUpload());
    simulator.reset();
    assert.equal(simulator.requestCount, 0);
    await sendUpload(simulator.url, draftUpload());
    assert.equal(simulator.uploads[0]?.attemptOfThisFile, 1);
    assert.equal(simulator.acceptedCount, 1);
  });

  it('gives every upload an ID of its own, the same ones for the same seed', async (t) => {
    const ids: string[][] = [];
    for (const seed of ['x', 'x', 'y']) {
      const simulator = await start(t, { seed });
      const replies = [];
      for (const text of ['a', 'a', 'b'])
        replies.push(await sendUpload(simulator.url, draftUpload(createContent(text))));
      ids.push(replies.map(({ body }) => readId(body)));
    }
    assert.deepEqual(ids[0], ids[1]);
    assert.equal(new Set(ids.flat()).size, 6);
  });

  it('gives IDs that expire and that span lines when asked', async (t) => {
    const simulator = await start(t, {
      now: () => 1_700_000_000_000,
      toleranceMs: Number.POSITIVE_INFINITY,
      expiresAfterSeconds: 345_600,
      bytesPerIdLine: 1000,
    });
    const small = await sendUpload(simulator.url, draftUpload(createContent('', 1000)));
    assert.match(readId(small.body), /^4:[^\n]+:e:1700345600:[^\n]+$/);
    const large = await sendUpload(simulator.url, draftUpload(createContent('', 2500)));
    assert.equal(readId(large.body).split('\n').length, 3);
  });

  it('waits as long as it is told to before it replies', async (t) => {
    const pauses: number[] = [];
    const simulator = await start(t, { latencyMs: 5000, wait: async (ms) => pauses.push(ms) });
    await sendUpload(simulator.url, draftUpload());
    assert.deepEqual(pauses, [5000]);
  });

  it('turns away what is over its capacity, after having read it', async (t) => {
    const simulator = await start(t, { capacity: 2, retryAfter: '1' });
    const contents = Array.from({ length: 5 }, (_, at) => createContent(String(at), 100_000));
    simulator.hold();
    const sent = contents.map((content) => sendUpload(simulator.url, draftUpload(content)));
    await simulator.waitFor(() => simulator.requestCount === 5);
    simulator.release();
    const replies = await Promise.all(sent);
    const busy = replies.filter(({ status }) => status === 429);
    assert.equal(simulator.maxInFlight, 5);
    assert.equal(simulator.acceptedCount, 2);
    assert.equal(busy.length, 3);
    assert.ok(busy.every(({ headers }) => headers['retry-after'] === '1'));
    assert.ok(simulator.uploads.every(({ size }) => size === 100_000));
  });

  it('never turns away a client that keeps within its capacity', async (t) => {
    const simulator = await start(t, { capacity: 2 });
    const agent = new Agent({ keepAlive: true, maxSockets: 2 });
    t.after(() => agent.destroy());
    const work = Array.from({ length: 40 }, (_, at) => draftUpload(createContent(String(at))));
    simulator.hold();
    const sent = work.map((draft) => sendUpload(simulator.url, draft, { agent }));
    await simulator.waitFor(() => simulator.acceptedCount === 2);
    simulator.release();
    await Promise.all(sent);
    assert.equal(simulator.acceptedCount, 40);
    assert.equal(simulator.maxInFlight, 2);
  });

  it('refuses with another status when asked', async (t) => {
    const simulator = await start(t, { refusalStatus: 400 });
    const draft = draftUpload();
    draft.headers.sign = 'x';
    const reply = await sendUpload(simulator.url, draft);
    assert.equal(reply.status, 400);
    assert.match(reply.body, /"code":1003/);
  });

  it('moves its clock while it runs', async (t) => {
    const simulator = await start(t);
    simulator.setClockOffset(-600_000);
    assert.match((await sendUpload(simulator.url, draftUpload())).body, /1004/);
    simulator.setClockOffset(0);
    assert.match((await sendUpload(simulator.url, draftUpload())).body, /"code":0/);
  });

  it('tells an upload that the client gave up', async (t) => {
    const simulator = await start(t);
    const { port, hostname } = new URL(simulator.url);
    const socket = connect(Number(port), hostname);
    socket.write('POST /api/wa/uploadTemplateFile HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n--part');
    await simulator.waitFor(() => simulator.requestCount === 1);
    socket.resetAndDestroy();
    await simulator.waitFor(() => simulator.uploads[0]?.endedAt !== undefined);
    assert.equal(simulator.uploads[0]?.verdict, 'aborted');
    assert.deepEqual(simulator.protocolErrors, []);
  });

  it('notes bytes beyond the declared length', async (t) => {
    const simulator = await start(t);
    const { port, hostname } = new URL(simulator.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /api/wa/uploadTemplateFile HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n1234\0\0\0\0\r\n\r\n',
    );
    socket.resume();
    await once(socket, 'close');
    assert.equal(simulator.protocolErrors.length, 1);
    assert.match(simulator.protocolErrors[0] ?? '', /Parse Error/);
  });

  it('speaks TLS', async (t) => {
    const { key, cert, ca } = await createCertificates(t);
    const simulator = await start(t, { tls: { key, cert } });
    assert.match(simulator.url, /^https:/);
    await sendUpload(simulator.url, draftUpload(), { ca });
    assert.equal(simulator.acceptedCount, 1);
    assert.equal(simulator.uploads[0]?.connection, 0);
    await assert.rejects(sendUpload(simulator.url, draftUpload()), {
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });
});
