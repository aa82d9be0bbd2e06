import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { Agent } from 'undici';
import { connectToGitHub } from '../../src/github/client.ts';
import { Refusal } from '../../src/github/failure.ts';
import { findBranch, readHead } from '../../src/github/read.ts';
import { FakeTiming, inSetting, type RunOptions, type Setting } from '../publish/setting.ts';

const FILES = { 'm.json': '{}' };

async function read(setting: Setting, run: RunOptions = {}): Promise<string | undefined> {
  return (await readHead(await setting.connect(run), 'main', 'm.json')).oid;
}

describe('trouble that passes', () => {
  const rows = [
    { name: '502', answer: { status: 502, body: { message: 'Server Error' } } },
    { name: '503', answer: { status: 503 } },
    { name: '504', answer: { status: 504 } },
    {
      name: 'a secondary limit with Retry-After',
      answer: {
        status: 403,
        headers: { 'retry-after': '30' },
        body: { message: 'You have exceeded a secondary rate limit.' },
      },
      waits: 30_000,
    },
    {
      name: '429 without a time',
      answer: { status: 429, body: { message: 'API rate limit exceeded' } },
      waits: 60_000,
    },
    { name: 'a cut connection', fault: 'cut-before' },
    { name: 'a reply that is cut in the middle', fault: 'cut-in-reply' },
  ] as const;
  for (const { name, ...incident } of rows) {
    test(
      `${name} is waited for, over GraphQL and REST`,
      inSetting(FILES, async (setting) => {
        const github = await setting.connect();
        for (const operation of ['ReadBranch', 'git/get-ref']) {
          setting.api.plan({ operation, ...incident });
          setting.timing.sleeps.length = 0;
          const oid =
            operation === 'ReadBranch'
              ? (await readHead(github, 'main', 'm.json'))?.oid
              : await findBranch(github, 'main');
          assert.equal(oid, await setting.headOf('main'));
          const [waited = 0, ...others] = setting.timing.sleeps;
          assert.ok(waited >= ('waits' in incident ? incident.waits : 0) && others.length === 0);
        }
      }),
    );
  }

  test(
    'no answer in time is one of it',
    inSetting(FILES, async (setting) => {
      setting.api.plan({ operation: 'ReadBranch', fault: 'hang' });
      assert.equal(await read(setting, { requestTimeoutMs: 100 }), await setting.headOf('main'));
    }),
  );
});

test(
  'trouble that stays ends after five attempts, each of which is told',
  inSetting(FILES, async (setting) => {
    setting.api.plan({ operation: 'ReadBranch', times: 100, answer: { status: 502 } });
    await assert.rejects(read(setting), { name: 'NoAnswer', message: /502/ });
    assert.equal(setting.api.count('ReadBranch'), 5);
    assert.equal(setting.retryMessages.length, 4);
    assert.match(setting.retryMessages[0] ?? '', /502.*next attempt in 0\.3 s/);
  }),
);

test(
  'a limit that lasts is not waited for',
  inSetting(FILES, async (setting) => {
    const reset = String(Math.floor(setting.timing.now() / 1000) + 3000);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    const body = { message: 'API rate limit exceeded for installation.' };
    setting.api.plan({ operation: 'ReadBranch', answer: { status: 403, headers, body } });
    await assert.rejects(read(setting), Refusal);
    assert.deepEqual(setting.timing.sleeps, []);
  }),
);

describe('a repository', () => {
  test(
    'that GitHub shows as none is refused',
    inSetting(FILES, async (setting) => {
      const answer = { status: 200, body: { data: { repository: null } } };
      setting.api.plan({ operation: 'ReadBranch', answer });
      await assert.rejects(read(setting), { name: 'Refusal', message: /not shown to this token/ });
    }),
  );

  test(
    'that was renamed is refused, and the redirect is not followed',
    inSetting(FILES, async (setting) => {
      const answer = { status: 301, headers: { location: '/elsewhere' } };
      setting.api.plan({ operation: 'ReadBranch', answer });
      await assert.rejects(read(setting), { name: 'Refusal', message: /redirects elsewhere.*renamed/ });
      assert.equal(setting.api.requests.length, 1);
    }),
  );

  test(
    'whose replies are compressed, though that was not asked for, gives no answer',
    inSetting(FILES, async (setting) => {
      const answer = { status: 200, headers: { 'content-encoding': 'gzip' }, body: {} };
      setting.api.plan({ operation: 'ReadBranch', answer, times: 9 });
      await assert.rejects(read(setting), {
        name: 'NoAnswer',
        message: 'the reply is compressed, which was not asked for',
      });
      assert.deepEqual(
        setting.api.requests.map(({ headers }) => headers['accept-encoding']),
        Array(5).fill('identity'),
      );
    }),
  );

  test('whose reply has no end is left after 64 MiB', async (t) => {
    let sent = 0;
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      const piece = Buffer.alloc(1024 * 1024, ' ');
      const send = (): void => {
        while (!response.destroyed) {
          sent += piece.length;
          if (!response.write(piece)) break;
        }
      };
      response.on('drain', send);
      send();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const dispatcher = new Agent();
    t.after(() => dispatcher.destroy());
    const { port } = server.address() as AddressInfo;
    const github = await connectToGitHub({
      token: 'x',
      apiUrl: `http://127.0.0.1:${port}`,
      repository: 'a/b',
      dispatcher,
      redact: String,
      signal: new AbortController().signal,
      timing: new FakeTiming(),
    });
    const asked = github.mutate('updateRefs', {}, { once: true });
    await assert.rejects(asked, { name: 'NoAnswer', message: 'the reply is longer than 67108864 bytes' });
    assert.ok(sent > 64 * 1024 * 1024 && sent < 80 * 1024 * 1024, `${sent} bytes`);
  });

  test(
    'a token that has expired is refused without being shown',
    inSetting(FILES, async (setting) => {
      const token = setting.api.createToken();
      token.isExpired = true;
      const failure = await read(setting, { token }).catch((error: unknown) => error);
      assert.ok(failure instanceof Refusal && failure.status === 401);
      assert.ok(!JSON.stringify([failure.message, failure.cause]).includes(token.value));
    }),
  );
});

test(
  'errors beside data tell of the trouble, without the absent files; without data they are no reply',
  inSetting(FILES, async (setting) => {
    const absent = { type: 'NOT_FOUND', path: ['repository', 'ref', 'target', 'file'], message: 'No file' };
    const forbidden = { type: 'FORBIDDEN', path: ['repository', 'pullRequests'], message: 'Not accessible' };
    const target = { oid: 'x', file: null, parents: null };
    for (const [data, errors, times, expected] of [
      [{ repository: { ref: { target } } }, [absent], 1, 'x'],
      [{ repository: { ref: { target } } }, [absent, forbidden], 1, 'Refusal: Not accessible'],
      [null, [absent], 5, 'NoAnswer: the reply was cut or is not JSON'],
    ] as const) {
      setting.api.plan({
        operation: 'ReadBranch',
        times,
        answer: { status: 200, body: { data, errors } },
      });
      assert.equal(String(await read(setting).catch((error: unknown) => error)), expected);
    }
  }),
);

test(
  'a cancel while waiting for the next attempt ends with the reason of the signal',
  inSetting(FILES, async (setting) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    // As the timers of Node.js reject.
    const sleep = async (): Promise<void> => {
      controller.abort(reason);
      throw new DOMException('The operation was aborted', 'AbortError');
    };
    const timing = { now: Date.now, random: Math.random, sleep };
    setting.api.plan({ operation: 'ReadBranch', answer: { status: 503 } });
    const reading = read(setting, { timing, signal: controller.signal });
    assert.equal(await reading.catch((error: unknown) => error), reason);
  }),
);
