// One attempt to upload one file, against a real server: what is sent, what comes back, and that nothing stays behind.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { type Fault, type FaultName, faultTable } from '../../simulator/faults.ts';
import type { ReceivedUpload } from '../../simulator/received-upload.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/server.ts';
import { type ClientOptions, NxcloudClient } from '../../src/nxcloud/client.ts';
import type { UploadContent } from '../../src/nxcloud/form.ts';
import type { Verdict } from '../../src/nxcloud/answers.ts';
import { makeRedactor } from '../../src/text/redact.ts';
import { holdTimers } from '../support/held-timers.ts';
import { openMuteServer } from '../support/mute-server.ts';
import { makePng } from '../support/sample-media.ts';
import { testAccount } from '../support/canaries.ts';
import { openSimulator } from '../support/workspace.ts';
import { makeFifo } from '../support/fifo.ts';

const never = new AbortController().signal;
const [phone = ''] = testAccount.phones;

interface Bench {
  readonly simulator: Simulator;
  readonly folder: string;
  readonly client: NxcloudClient;
  readonly agent: Agent;
  /** A file on disk as it was judged. */
  make(name: string, content?: Buffer): UploadContent;
}

async function setUp(
  t: TestContext,
  options: SimulatorOptions = {},
  clientOptions: Partial<ClientOptions> = {},
): Promise<Bench> {
  const simulator = await openSimulator(t, options);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'client-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 0 } });
  t.after(() => agent.destroy());
  const client = new NxcloudClient({
    accessKey: testAccount.accessKey,
    accessSecret: testAccount.accessSecret,
    businessPhone: phone,
    signatureAlgorithm: 'md5',
    apiUrl: new URL(simulator.url),
    timeout: 10_000,
    concurrency: 4,
    dispatcher: agent,
    redact: (text) => text,
    signatures: new Set(),
    ...clientOptions,
  });
  return {
    simulator,
    folder,
    client,
    agent,
    make(name, content = makePng(name)) {
      const file = join(folder, name);
      writeFileSync(file, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { file, type: 'image/png', sha256, size: content.length };
    },
  };
}

/** A PNG of so many bytes that neither side's buffers take it whole. */
const large = makePng('large', 12 * 1024 * 1024);

describe('an upload', () => {
  it('is sent as the service demands, and gives the ID', async (t) => {
    const { simulator, client, make } = await setUp(t);
    const content = make('a.png');
    const verdict = await client.uploadOnce(content, never);
    const [upload] = simulator.uploads;
    assert.deepEqual(verdict, { kind: 'success', id: upload?.id });
    assert.deepEqual(upload?.mistakes, []);
    assert.equal(upload?.sha256, content.sha256);
    assert.equal(upload?.fileName, `${content.sha256.slice(0, 16)}.png`);
    assert.deepEqual(upload?.fields, {
      messaging_product: 'whatsapp',
      business_phone: phone,
      type: 'image/png',
    });
    assert.deepEqual(simulator.protocolErrors, []);
  });

  it('asks for a reply that nothing has packed', async (t) => {
    const { simulator, client, make } = await setUp(t);
    await client.uploadOnce(make('a.png'), never);
    assert.equal(simulator.uploads[0]?.headers['accept-encoding'], 'identity');
  });

  it('is no success before the whole file is sent', async (t) => {
    const control: SimulatorOptions['control'] = (_request, response) => {
      response.end('{"code":0,"data":{"id":"4:early"}}');
      return true;
    };
    const { client, make } = await setUp(t, { control });
    const verdict = await client.uploadOnce(make('a.png', large), never);
    assert.deepEqual(verdict, {
      kind: 'retry',
      code: 'nxcloud-broken-reply',
      cause: 'broken reply',
      message: 'NXCloud reported success, but it had not the whole file yet',
      overloaded: false,
    });
  });

  for (const [status, kind] of [
    [403, 'stop'],
    [400, 'fail'],
    [503, 'retry'],
  ] as const) {
    it(`whose failure comes with an endless page ends by its status ${status}`, async (t) => {
      const control: SimulatorOptions['control'] = (request, response) => {
        request.resume().on('end', () => response.writeHead(status).end('x'.repeat(2 * 1024 * 1024)));
        return true;
      };
      const { client, make } = await setUp(t, { control });
      const verdict = await client.uploadOnce(make('a.png'), never);
      assert.equal(verdict.kind, kind);
      assert.match('message' in verdict ? verdict.message : '', new RegExp(`HTTP ${status}`));
    });
  }

  it('can be signed with SHA-256', async (t) => {
    const { simulator, client, make } = await setUp(t, {}, { signatureAlgorithm: 'sha256' });
    assert.equal((await client.uploadOnce(make('a.png'), never)).kind, 'success');
    assert.equal(simulator.uploads[0]?.headers.algorithm, 'sha256');
    assert.equal(String(simulator.uploads[0]?.headers.sign).length, 64);
  });

  it('goes below the path of the address', async (t) => {
    const paths: (string | undefined)[] = [];
    const control: SimulatorOptions['control'] = (request, response) => {
      paths.push(request.url);
      response.end('{}');
      return true;
    };
    const { simulator, agent, make } = await setUp(t, { control });
    const options = {
      accessKey: 'k',
      accessSecret: 's',
      businessPhone: phone,
      timeout: 10_000,
      dispatcher: agent,
      redact: (text: string) => text,
      signatures: new Set<string>(),
    };
    for (const path of ['', '/', '/base', '/base/']) {
      const apiUrl = new URL(simulator.url + path);
      const client = new NxcloudClient({ ...options, signatureAlgorithm: 'md5', apiUrl, concurrency: 1 });
      await client.uploadOnce(make('a.png'), never);
    }
    const own = '/api/wa/uploadTemplateFile';
    assert.deepEqual(paths, [own, own, `/base${own}`, `/base${own}`]);
  });

  it('arrives whole whatever its size', async (t) => {
    const { simulator, client, make } = await setUp(t);
    const chunk = 64 * 1024;
    for (const size of [chunk - 1, chunk, chunk + 1, 2 * chunk, 13 * chunk]) {
      const content = make('a.png', makePng('a', size - makePng('a').length));
      assert.equal(content.size, size);
      assert.equal((await client.uploadOnce(content, never)).kind, 'success', `${size} bytes`);
    }
    assert.equal(simulator.acceptedCount, 5);
  });
});

describe('a file that is no longer what was judged', () => {
  /** What happens to the file between judging and sending, and what the user reads. */
  const changes: Readonly<Record<string, readonly [change: (file: string) => void, said: RegExp]>> = {
    deleted: [(file) => rmSync(file), /can no longer be read \(.*ENOENT.*\), so it was not sent/],
    truncated: [(file) => truncateSync(file, 10), /changed while the step ran, so it was not sent/],
    emptied: [(file) => truncateSync(file, 0), /changed while the step ran/],
    grown: [(file) => appendFileSync(file, 'x'), /changed while the step ran/],
    'overwritten with as many bytes': [
      (file) => writeFileSync(file, Buffer.alloc(makePng('a.png').length)),
      /changed while the step ran/,
    ],
    'replaced by a folder': [
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      /changed while the step ran/,
    ],
    'replaced by a link to the same bytes': [
      (file) => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
      /can no longer be read \(.*ELOOP/,
    ],
    'replaced by a pipe': [
      (file) => {
        rmSync(file);
        makeFifo(file);
      },
      /changed while the step ran/,
    ],
  };
  for (const [name, [change, said]] of Object.entries(changes)) {
    it(`${name}: fails by its own fault and is never accepted`, async (t) => {
      const { simulator, client, make } = await setUp(t);
      const content = make('a.png');
      change(content.file);
      const verdict = await client.uploadOnce(content, never);
      assert.ok(verdict.kind === 'fail' && verdict.isOwnFault);
      assert.match(verdict.message, said);
      assert.equal(simulator.acceptedCount, 0);
    });
  }

  it('is noticed while it is being sent', async (t) => {
    const changed: Readonly<Record<string, (file: string) => void>> = {
      truncated: (file) => truncateSync(file, 1024),
      overwritten: (file) => writeFileSync(file, Buffer.alloc(large.length)),
    };
    for (const [name, change] of Object.entries(changed)) {
      let content: UploadContent | undefined;
      // The rule is asked when the beginning of the file has arrived, long before its end has left.
      const when = () => {
        if (content !== undefined) change(content.file);
        return true;
      };
      const fault: Fault = { kind: 'slow-read', bytesPerSecond: 200 * 1024 * 1024 };
      const { simulator, client, make } = await setUp(t, { faults: [{ when, fault }] });
      content = make('a.png', large);
      const verdict = await client.uploadOnce(content, never);
      assert.ok(verdict.kind === 'fail' && verdict.isOwnFault, name);
      assert.match(verdict.message, /changed while the step ran/, name);
      assert.equal(simulator.acceptedCount, 0, name);
    }
  });

  it('may grow behind the bytes that were judged, once its sending has begun', async (t) => {
    let content: UploadContent | undefined;
    const when = () => {
      if (content !== undefined) appendFileSync(content.file, 'more');
      return false;
    };
    const { simulator, client, make } = await setUp(t, { faults: [{ when, fault: { kind: 'lost-reply' } }] });
    content = make('a.png', large);
    assert.equal((await client.uploadOnce(content, never)).kind, 'success');
    assert.equal(simulator.uploads[0]?.sha256, content.sha256);
  });
});

describe('the limit of time', () => {
  const timeout = 300;

  /** Lets the limit pass, again and again, from the moment the server keeps the client waiting. */
  async function passTime(
    tick: (milliseconds: number) => void,
    isWaiting: Promise<void>,
    attempt: Promise<Verdict>,
  ): Promise<Verdict> {
    let isOver = false;
    const ended = attempt.finally(() => {
      isOver = true;
    });
    await isWaiting;
    while (!isOver) {
      tick(timeout);
      await setImmediate();
    }
    return ended;
  }

  it('ends a connection that is not made', async (t) => {
    const isWaiting = Promise.withResolvers<void>();
    const { port } = await openMuteServer(t, isWaiting.resolve);
    const { client, make } = await setUp(t, {}, { timeout, apiUrl: new URL(`https://127.0.0.1:${port}`) });
    const tick = holdTimers(t);
    const verdict = await passTime(tick, isWaiting.promise, client.uploadOnce(make('a.png'), never));
    assert.ok(verdict.kind === 'retry' && verdict.cause === 'timeout connecting');
    assert.equal(verdict.message, 'no connection to NXCloud within 0.3 s (`timeout`)');
  });

  it('ends a body that is not taken', async (t) => {
    const fault: Fault = { kind: 'stall', at: 'start' };
    const { simulator, client, make } = await setUp(t, struck(fault), { timeout });
    const tick = holdTimers(t);
    const isWaiting = simulator.waitFor(() => simulator.uploads[0]?.isStruck === true);
    const verdict = await passTime(tick, isWaiting, client.uploadOnce(make('a.png', large), never));
    assert.ok(verdict.kind === 'retry' && verdict.cause === 'timeout sending');
    assert.equal(verdict.message, 'NXCloud took no more of the file within 0.3 s (`timeout`)');
  });

  it('does not end a body that is taken slowly but steadily', async (t) => {
    const tick = holdTimers(t);
    let passed = 0;
    // The body is read one chunk ahead, so a pause of half the limit would be one of the whole.
    const pause = timeout / 4;
    async function* slowDown(body: Readable): AsyncGenerator<unknown> {
      for await (const chunk of body) {
        yield chunk;
        passed += pause;
        tick(pause);
      }
    }
    const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 0 } });
    t.after(() => agent.destroy());
    const dispatcher = agent.compose((dispatch) => (options, handler) => {
      assert.ok(options.body instanceof Readable);
      return dispatch(
        { ...options, body: Readable.from(slowDown(options.body), { highWaterMark: 1 }) },
        handler,
      );
    });
    const { client, make } = await setUp(t, {}, { timeout, dispatcher });
    assert.equal((await client.uploadOnce(make('a.png', large), never)).kind, 'success');
    assert.ok(passed > 10 * timeout, `${passed} ms`);
  });

  const replies: Readonly<Record<string, Fault>> = {
    'does not come': { kind: 'stall', at: 'end' },
    'stops half-way': { kind: 'cut-reply', ending: 'stall' },
  };
  for (const [name, fault] of Object.entries(replies)) {
    it(`ends a reply that ${name}`, async (t) => {
      const { simulator, client, make } = await setUp(t, struck(fault), { timeout });
      const tick = holdTimers(t);
      const isWaiting = simulator.waitFor(() => simulator.uploads[0]?.isStruck === true);
      const verdict = await passTime(tick, isWaiting, client.uploadOnce(make('a.png'), never));
      assert.ok(verdict.kind === 'retry' && verdict.cause === 'timeout replying', verdict.kind);
      assert.equal(verdict.message, 'no complete reply from NXCloud within 0.3 s (`timeout`)');
    });
  }

  it('ends a reply that comes byte by byte, however steadily', async (t) => {
    const tick = holdTimers(t);
    const wait = async (milliseconds: number): Promise<void> => {
      await setImmediate();
      tick(milliseconds);
    };
    const fault: Fault = { kind: 'trickle', intervalMs: timeout - 1 };
    const { client, make } = await setUp(t, { ...struck(fault), wait }, { timeout });
    const verdict = await client.uploadOnce(make('a.png'), never);
    assert.ok(verdict.kind === 'retry' && verdict.cause === 'timeout replying', verdict.kind);
  });
});

describe('trouble of the transport', () => {
  it('is told and tried again', async (t) => {
    const error = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
    const agent = new Agent({ connect: (_options, done) => done(error, null) });
    t.after(() => agent.destroy());
    const { client, make } = await setUp(t, {}, { dispatcher: agent });
    const verdict = await client.uploadOnce(make('a.png'), never);
    assert.ok(verdict.kind === 'retry' && !verdict.overloaded);
    assert.equal(verdict.code, 'host-unknown');
  });
});

describe('an ID that repeats a secret of the request', () => {
  const replyWith = (id: string): SimulatorOptions => ({
    control(_request, response) {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ code: 0, message: 'ok', data: { id } }));
      return true;
    },
  });
  for (const [name, id, accessSecret, kind] of [
    ['is a broken reply', `4:${testAccount.accessSecret}:x`, testAccount.accessSecret, 'retry'],
    ['of eight characters as well', '4:12345678:x', '12345678', 'retry'],
    ['is no news when the secret is shorter', '4:1234567:x', '1234567', 'success'],
  ] as const) {
    it(name, async (t) => {
      const { client, make } = await setUp(t, replyWith(id), { accessSecret });
      const verdict = await client.uploadOnce(make('a.png'), never);
      assert.equal(verdict.kind, kind);
      if (verdict.kind === 'retry') assert.match(verdict.message, /the ID contains a secret of the request/);
    });
  }
});

describe('signatures', () => {
  /** Says all signatures that it was ever sent, a bit changed. */
  const parrot = (): SimulatorOptions => {
    const heard: string[] = [];
    return {
      control(request, response) {
        heard.push(String(request.headers.sign));
        response.setHeader('content-type', 'application/json');
        const message = heard.map((sign) => `x${sign.toUpperCase()}0`).join(' ');
        response.end(
          JSON.stringify({ code: heard.length > 2 ? 0 : 9001, message, data: { id: `4:${heard[0]}` } }),
        );
        return true;
      },
    };
  };

  it('of all attempts are taken out of what the service says, and are no part of an ID', async (t) => {
    const signatures = new Set<string>();
    const redact = makeRedactor([], '', signatures);
    const { client, make } = await setUp(t, parrot(), { signatures, redact, signatureAlgorithm: 'sha256' });
    const said: string[] = [];
    for (const name of ['a.png', 'b.png', 'c.png']) {
      const verdict = await client.uploadOnce(make(name), never);
      assert.equal(verdict.kind, 'retry');
      if (verdict.kind === 'retry') said.push(verdict.message);
    }
    assert.equal(signatures.size, 3);
    assert.match(said[1] ?? '', /"x\*\*\*0 x\*\*\*0"/);
    assert.match(said[2] ?? '', /the ID contains a secret of the request/);
  });
});

describe('the size of a reply', () => {
  const limit = 1024 * 1024;
  for (const [bytes, kind] of [
    [limit, 'success'],
    [limit + 1, 'retry'],
  ] as const) {
    for (const declared of [true, false]) {
      it(`may ${kind === 'retry' ? 'not ' : ''}be ${bytes} bytes, ${declared ? '' : 'not '}declared`, async (t) => {
        const { client, make } = await setUp(t, struck({ kind: 'huge-reply', bytes, declared }));
        const verdict = await client.uploadOnce(make('a.png'), never);
        assert.equal(verdict.kind, kind);
        if (verdict.kind === 'retry')
          assert.equal(verdict.message, 'the reply of NXCloud is larger than 1 MiB');
      });
    }
  }
});

describe('a reply that was packed unasked', () => {
  const success = JSON.stringify({ code: 0, data: { id: '4:packed' }, message: '' });
  const bomb = ' '.repeat(1024 * 1024 + 1 - success.length) + success;
  const rows: readonly (readonly [encoding: string, pack: (text: string) => Buffer])[] = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['BR', brotliCompressSync],
  ];
  for (const [encoding, pack] of rows)
    it(`by ${encoding} is unpacked, up to 1 MiB`, async (t) => {
      const replies = [pack(success), pack(bomb), Buffer.from('none')];
      const server = createServer((request, response) => {
        request.resume().on('end', () => {
          response.writeHead(200, { 'content-encoding': encoding }).end(replies.shift());
        });
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      t.after(() => server.close());
      const apiUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const { client, make } = await setUp(t, {}, { apiUrl });
      const said: string[] = [];
      for (const name of ['a.png', 'b.png', 'c.png']) {
        const verdict = await client.uploadOnce(make(name), never);
        said.push(verdict.kind === 'success' ? verdict.id : verdict.message);
      }
      assert.deepEqual(said, [
        '4:packed',
        'the reply of NXCloud is larger than 1 MiB',
        'NXCloud answered HTTP 200 without a readable result (the reply begins "none")',
      ]);
    });
});

describe('the clock', () => {
  it('is corrected by a day at most', async (t) => {
    for (const [hours, kinds] of [
      [23.9, ['retry', 'success']],
      [-23.9, ['retry', 'success']],
      [24.1, ['retry', 'retry']],
      [-24.1, ['retry', 'retry']],
    ] as const) {
      const { client, make } = await setUp(t, { clockOffsetMs: hours * 3_600_000 });
      const verdicts = [
        await client.uploadOnce(make('a.png'), never),
        await client.uploadOnce(make('a.png'), never),
      ];
      assert.deepEqual(
        verdicts.map(({ kind }) => kind),
        kinds,
        `${hours} hours`,
      );
      const [, last] = verdicts;
      if (last?.kind === 'retry')
        assert.match(last.message, /no more than 24 h are corrected; set the clock/);
    }
  });

  for (const minutes of [10, -10]) {
    it(`is corrected when the server’s differs by ${minutes} minutes, and stays so`, async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
      const { simulator, client, make } = await setUp(t, { clockOffsetMs: minutes * 60_000 });
      const first = await client.uploadOnce(make('a.png'), never);
      assert.ok(first.kind === 'retry' && first.cause === 'code 1004' && !first.overloaded);
      const said = `differs from NXCloud's by ${-minutes * 60} s; corrected for this run`;
      assert.ok(first.message.endsWith(said), first.message);
      assert.equal((await client.uploadOnce(make('a.png'), never)).kind, 'success');
      assert.equal((await client.uploadOnce(make('b.png'), never)).kind, 'success');
      assert.equal(simulator.requestCount, 3);
    });
  }

  it('is corrected again when the server’s is set right', async (t) => {
    const { simulator, client, make } = await setUp(t, { clockOffsetMs: 600_000 });
    await client.uploadOnce(make('a.png'), never);
    simulator.setClockOffset(0);
    assert.equal((await client.uploadOnce(make('a.png'), never)).kind, 'retry');
    assert.equal((await client.uploadOnce(make('a.png'), never)).kind, 'success');
  });

  it('is corrected once by several uploads that were refused together', async (t) => {
    const { simulator, client, make } = await setUp(t, { clockOffsetMs: 600_000 });
    const contents = ['a.png', 'b.png', 'c.png', 'd.png'].map((name) => make(name));
    await Promise.all(contents.map((content) => client.uploadOnce(content, never)));
    const verdicts = await Promise.all(contents.map((content) => client.uploadOnce(content, never)));
    assert.deepEqual(
      verdicts.map(({ kind }) => kind),
      ['success', 'success', 'success', 'success'],
    );
    assert.equal(simulator.requestCount, 8);
  });

  it('is left alone when it agrees: then the upload was too slow', async (t) => {
    const { client, make } = await setUp(t, struck({ kind: 'code', code: 1004 }));
    const verdict = await client.uploadOnce(make('a.png'), never);
    assert.ok(verdict.kind === 'retry');
    assert.match(verdict.message, /the clocks agree, so connecting and sending took longer than the 60 s/);
  });

  it('cannot be corrected by a reply without a date', async (t) => {
    const { client, make } = await setUp(t, struck({ kind: 'code', code: 1004, date: '' }));
    const verdict = await client.uploadOnce(make('a.png'), never);
    assert.ok(verdict.kind === 'retry');
    assert.match(verdict.message, /does not tell its own; check this machine's clock/);
  });
});

function struck(fault: Fault): SimulatorOptions {
  return { faults: [{ when: 'always', fault }] };
}

/** The files of a folder that descriptors of this process refer to. */
function listOpen(folder: string): string[] {
  const open = new Set(
    readdirSync('/dev/fd').map((descriptor) => identify(() => fstatSync(Number(descriptor)))),
  );
  return readdirSync(folder).filter((name) => open.has(identify(() => statSync(join(folder, name)))));
}

function identify(look: () => Stats): string {
  try {
    const { dev, ino } = look();
    return `${dev} ${ino}`;
  } catch {
    return 'the one that listed the folder';
  }
}

/** The ways of failing that once leaked descriptors or raised what nobody handled. */
const failures: Readonly<Record<string, FaultName>> = {
  'early 4xx, closed': 'early 413, closed',
  'early 4xx, reset': 'early 413, reset',
  'early 4xx, body read': 'early 413, body read',
  'reset before the body': 'reset before the body',
  'reset in the middle': 'reset in the middle of the body',
  'reset after the body': 'reset after the body',
  'closed without a reply': 'reply lost after acceptance',
  'stall before the body': 'stall before the body',
  'stall in the middle': 'stall in the middle of the body',
  'stall after the body': 'stall after the body',
  'cut reply': 'reply cut off by close',
  'huge reply': 'reply of 400 MB',
  'stale connection': 'stale connection, reset on reuse',
};

describe('nothing stays behind', () => {
  for (const [name, faultName] of Object.entries(failures)) {
    it(`after: ${name}`, async (t) => {
      // A stall ends by an abort: the limit of time ends it in the same way.
      let cancellation = new AbortController();
      const onFault = ({ fault }: ReceivedUpload) => fault?.kind === 'stall' && cancellation.abort();
      const options = { ...struck(faultTable[faultName]), onFault };
      const { client, agent, folder, make } = await setUp(t, options);
      for (const content of [make('small.png'), make('large.png', large)]) {
        cancellation = new AbortController();
        await client.uploadOnce(content, cancellation.signal).catch((error: unknown) => {
          assert.equal(error, cancellation.signal.reason);
        });
        assert.deepEqual(listOpen(folder), []);
      }
      await agent.destroy();
    });
  }

  for (const [name, fault] of Object.entries({
    'connecting or sending': faultTable['stall before the body'],
    'waiting for the reply': faultTable['stall after the body'],
    'reading the reply': faultTable['reply stalls'],
  })) {
    it(`after an abort while ${name}, which rejects with its reason`, async (t) => {
      const { simulator, client, folder, make } = await setUp(t, struck(fault));
      const content = make('a.png', large);
      const cancellation = new AbortController();
      const attempt = client.uploadOnce(content, cancellation.signal);
      await simulator.waitFor(() => simulator.uploads[0]?.isStruck === true);
      const reason = new Error('cancelled');
      cancellation.abort(reason);
      await assert.rejects(attempt, reason);
      assert.deepEqual(listOpen(folder), []);
    });
  }

  it('after an abort before the start', async (t) => {
    const { simulator, client, folder, make } = await setUp(t);
    const reason = new Error('cancelled');
    await assert.rejects(client.uploadOnce(make('a.png'), AbortSignal.abort(reason)), reason);
    assert.deepEqual(listOpen(folder), []);
    assert.equal(simulator.acceptedCount, 0);
  });

  it('after a refused connection', async (t) => {
    const { client, folder, make } = await setUp(t, {}, { apiUrl: new URL('http://127.0.0.1:1') });
    const verdict = await client.uploadOnce(make('a.png'), never);
    assert.ok(verdict.kind === 'retry' && verdict.cause === 'ECONNREFUSED');
    assert.match(
      verdict.message,
      /the connection was refused \(connect ECONNREFUSED 127\.0\.0\.1:1\); check `api-url`/,
    );
    assert.deepEqual(listOpen(folder), []);
  });
});
