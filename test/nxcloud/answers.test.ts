// The decision table of NXCloud's answers, row by row, and every code under every kind of HTTP status.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decideOnReply, type Reply } from '../../src/nxcloud/answers.ts';
import { parseRetryAfter } from '../../src/network/retry.ts';
import { triesOf } from '../support/extent.ts';

const now = Date.parse('2026-11-23T05:33:00Z');
const sha256 = '0123456789abcdef'.repeat(4);
const goodId = `4:${Buffer.from('0123456789abcdef.jpg').toString('base64')}:aW1hZ2UvanBlZw==:AR`;

interface Draft {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A reply; a body that is no text is sent as JSON. */
function makeReply({ status = 200, headers = {}, body = '' }: Draft): Reply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, header: (name) => headers[name], body: Buffer.from(text) };
}

const judge = (draft: Draft) => decideOnReply(makeReply(draft), sha256, now, String);
const envelope = (code: unknown, more: object = {}) => ({ code, message: 'said', data: null, ...more });
const success = (id: unknown) => ({ code: 0, data: { id }, message: 'Request successful' });

/** The verdict without its message, for comparison, and the message for matching. */
function split(verdict: ReturnType<typeof judge>): readonly [shape: object, message: string] {
  if (verdict.kind === 'success') return [verdict, ''];
  const { message, ...shape } = verdict;
  return [shape, message];
}

const CODES: Readonly<Record<string, string>> = {
  'broken reply': 'nxcloud-broken-reply',
  'code -1': 'nxcloud-failed',
  'code 9000': 'nxcloud-file-refused',
  'code 9001': 'nxcloud-failed',
  'HTTP 413': 'nxcloud-file-too-large',
};
const retry = (cause: string, overloaded = false) => {
  const code = CODES[cause] ?? 'nxcloud-unavailable';
  return { kind: 'retry', code, cause, overloaded };
};
const fail = (cause: string, isOwnFault = false) => {
  const code = CODES[cause] ?? (cause.startsWith('HTTP') ? 'nxcloud-address' : 'nxcloud-other');
  return { kind: 'fail', code, cause, isOwnFault };
};
const stop = (code: string) => ({ kind: 'stop', code });

/** What a code that decides leads to, apart from `overloaded`, which is the status's to say. */
const specificCodes: Readonly<Record<number, readonly [shape: object, said: RegExp]>> = {
  1000: [stop('nxcloud-access-key'), /code 1000 "said".*check `access-key`/],
  1001: [stop('nxcloud-parameter'), /code 1001 "said".*common parameter.*check `access-key`, `api-url`/],
  1002: [stop('nxcloud-parameter'), /code 1002 "said".*common parameter/],
  1003: [stop('nxcloud-signature'), /code 1003 "said".*signature is invalid: check `access-secret`/],
  1004: [{ kind: 'clock', serverTime: undefined }, /code 1004 "said"$/],
  1005: [stop('nxcloud-access-key'), /code 1005 "said".*no permission.*check `access-key`/],
  1009: [stop('nxcloud-access-key'), /code 1009 "said".*check `access-key`/],
  1010: [fail('code 1010 said'), /code 1010 "said"$/],
  9000: [fail('code 9000', true), /code 9000 "said": it refuses this file's parameters/],
  9001: [retry('code 9001'), /code 9001 "said": a business error/],
  9002: [stop('nxcloud-number'), /code 9002 "said".*check `business-phone`/],
  9006: [stop('nxcloud-number-unbound'), /code 9006 "said".*check `business-phone`.*account manager/],
  9099: [fail('code 9099 said'), /code 9099 "said"$/],
  [-2]: [fail('code -2 said'), /code -2 "said"$/],
  999: [fail('code 999 said'), /code 999 "said"$/],
  4711: [fail('code 4711 said'), /code 4711 "said"$/],
  4294967296: [fail('code 4294967296 said'), /code 4294967296 "said"$/],
};

/** What a status leads to when no specific code says better. */
const statuses: Readonly<Record<number, readonly [shape: object, said: RegExp] | undefined>> = {
  200: undefined,
  201: undefined,
  299: undefined,
  300: [fail('HTTP 300'), /HTTP 300.*redirects are never followed/],
  301: [fail('HTTP 301'), /HTTP 301.*redirects are never followed.*`api-url`/],
  302: [fail('HTTP 302'), /HTTP 302.*never followed/],
  304: [fail('HTTP 304'), /HTTP 304/],
  307: [fail('HTTP 307'), /HTTP 307.*never followed/],
  308: [fail('HTTP 308'), /HTTP 308.*never followed/],
  400: [fail('HTTP 400'), /HTTP 400.*check `api-url`/],
  401: [stop('nxcloud-access-refused'), /HTTP 401.*Access is refused/],
  403: [stop('nxcloud-access-refused'), /HTTP 403.*Access is refused/],
  404: [fail('HTTP 404'), /HTTP 404.*check `api-url`/],
  407: [fail('HTTP 407'), /HTTP 407/],
  408: [retry('HTTP 408'), /HTTP 408/],
  409: [fail('HTTP 409'), /HTTP 409/],
  413: [fail('HTTP 413', true), /HTTP 413.*larger than NXCloud, or a gateway/],
  425: [retry('HTTP 425'), /HTTP 425/],
  429: [retry('HTTP 429', true), /HTTP 429.*too many requests/],
  451: [fail('HTTP 451'), /HTTP 451/],
  500: [retry('HTTP 500', true), /HTTP 500/],
  501: [retry('HTTP 501', true), /HTTP 501/],
  502: [retry('HTTP 502', true), /HTTP 502/],
  503: [retry('HTTP 503', true), /HTTP 503/],
  504: [retry('HTTP 504', true), /HTTP 504/],
  524: [retry('HTTP 524', true), /HTTP 524/],
  599: [retry('HTTP 599', true), /HTTP 599/],
};

describe('a specific code decides whatever the status', () => {
  for (const [code, [shape, said]] of Object.entries(specificCodes)) {
    it(`code ${code}`, () => {
      for (const status of Object.keys(statuses).map(Number)) {
        for (const spelling of [Number(code), code, ` ${code} `]) {
          const [got, message] = split(judge({ status, body: envelope(spelling) }));
          const overloaded = status === 429 || status >= 500;
          const expected = 'overloaded' in shape ? { ...shape, overloaded } : shape;
          assert.deepEqual(got, expected, `status ${status}`);
          assert.match(message, said);
        }
      }
    });
  }

  it('code 0 with an ID', () => {
    for (const status of Object.keys(statuses).map(Number)) {
      for (const code of [0, '0']) {
        const body = { ...success(goodId), code };
        assert.deepEqual(judge({ status, body }), { kind: 'success', id: goodId });
      }
    }
  });
});

describe('with -1, or without an envelope, the status decides', () => {
  const withoutEnvelope = [
    '',
    'Bad Gateway',
    '<html></html>',
    'null',
    '[]',
    '"x"',
    '{}',
    '{"code":"zero"}',
    '{"code":1.5}',
  ];
  for (const [status, expected] of Object.entries(statuses)) {
    it(`HTTP ${status}`, () => {
      for (const code of [-1, '-1']) {
        const [got, message] = split(judge({ status: Number(status), body: envelope(code) }));
        assert.deepEqual(got, expected?.[0] ?? retry('code -1'));
        assert.match(message, expected?.[1] ?? /NXCloud answered HTTP 2\d\d, code -1 "said"$/);
        assert.match(message, /code -1 "said"/);
        const redirects = Number(status) >= 300 && Number(status) < 400;
        assert.equal(message.includes('redirects are never followed'), redirects, message);
      }
      for (const body of withoutEnvelope) {
        const [got, message] = split(judge({ status: Number(status), body }));
        assert.deepEqual(got, expected?.[0] ?? retry('broken reply'), body);
        assert.match(message, expected?.[1] ?? /without a readable result/);
      }
    });
  }
});

describe('the message', () => {
  it('shows details and traceId, of whatever type', () => {
    const details = { message: 'Unsupported media', code: 131_053 };
    const body = envelope(9099, { data: { error: details }, traceId: 'f00d' });
    const [, message] = split(judge({ body }));
    assert.equal(
      message,
      'NXCloud answered code 9099 "said", details {"message":"Unsupported media","code":131053}, traceId f00d',
    );
    assert.match(split(judge({ body: envelope(9099, { traceId: 17 }) }))[1], /traceId 17$/);
    assert.match(split(judge({ body: envelope(9099, { data: { error: 'short' } }) }))[1], /details short$/);
  });

  it('shows the traceId of a success without an ID', () => {
    const [, message] = split(judge({ body: { ...success(''), traceId: 'f00d' } }));
    assert.equal(message, 'NXCloud reported success, but the ID is empty (traceId f00d)');
  });

  it('makes foreign text harmless and short', () => {
    const hostile = `\n::error::x\u001b[31m##[add-mask]${'y'.repeat(2000)}`;
    const body = envelope(9099, { message: hostile, data: { error: hostile }, traceId: hostile });
    const [, message] = split(judge({ body }));
    assert.doesNotMatch(message, /[\u0000-\u001f]|##\[/);
    assert.ok(message.length < 1800, String(message.length));
    const [, page] = split(judge({ body: hostile }));
    assert.doesNotMatch(page, /[\u0000-\u001f]|##\[/);
    assert.ok(page.length < 250, String(page.length));
  });

  it('says what came in place of a result', () => {
    assert.match(split(judge({ body: '' }))[1], /\(an empty reply\)$/);
    assert.match(split(judge({ body: '<html>' }))[1], /\(the reply begins "<html>"\)$/);
  });

  it('says of details that are nested too deeply no more than that', () => {
    const depth = 20_000;
    const body = `{"code":9099,"message":"m","data":{"error":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    const [, message] = split(judge({ body }));
    assert.match(message, /\(nested too deeply\)/);
  });
});

describe('an ID', () => {
  const usable: Readonly<Record<string, string>> = {
    'that names its content': goodId,
    'of one byte': '4',
    'of several lines': `${goodId}\n${goodId}`,
    'with blanks around it': ` ${goodId} `,
    'of 64 KiB': 'x'.repeat(65_536),
    'with a replacement character of its own': '4:\ufffd',
  };
  for (const [name, id] of Object.entries(usable)) {
    it(`${name} is recorded as it is`, () =>
      assert.deepEqual(judge({ body: success(id) }), { kind: 'success', id }));
  }

  const broken: Readonly<Record<string, readonly [data: unknown, said: RegExp]>> = {
    missing: [{}, /there is no ID in it/],
    null: [{ id: null }, /there is no ID in it/],
    'a number': [{ id: 4 }, /there is no ID in it/],
    'an array': [{ id: [goodId] }, /there is no ID in it/],
    'not in an object': [goodId, /there is no ID in it/],
    empty: [{ id: '' }, /the ID is empty/],
    'too long': [{ id: 'x'.repeat(65_537) }, /the ID has 65537 bytes/],
    'with a tab': [{ id: '4:\t' }, /control characters/],
    'of another content': [
      { id: goodId.replace(/^4:[^:]*/, `4:${Buffer.from('fedcba9876543210.jpg').toString('base64')}`) },
      /names another file/,
    ],
  };
  for (const [name, [data, said]] of Object.entries(broken)) {
    it(`that is ${name} is a broken reply`, () => {
      const [shape, message] = split(judge({ body: { code: 0, data, message: '' } }));
      assert.deepEqual(shape, retry('broken reply'));
      assert.match(message, said);
    });
  }
});

describe('an ID that is not UTF-8', () => {
  it('is a broken reply: what was meant cannot be recorded', () => {
    const body = Buffer.from('{"code":0,"data":{"id":"4:\xff"},"message":""}', 'latin1');
    const [shape, message] = split(
      decideOnReply({ status: 200, header: () => undefined, body }, sha256, now, String),
    );
    assert.deepEqual(shape, retry('broken reply'));
    assert.match(message, /the ID is not UTF-8 text/);
  });
});

describe('code 1004', () => {
  it('hands on the server’s time', () => {
    const headers = { date: 'Mon, 23 Nov 2026 05:43:00 GMT' };
    const verdict = judge({ body: envelope(1004), headers });
    assert.deepEqual(split(verdict)[0], { kind: 'clock', serverTime: now + 600_000 });
  });
});

describe('parseRetryAfter', () => {
  const date = 'Mon, 23 Nov 2026 05:33:00 GMT';
  const cases: Readonly<
    Record<string, readonly [value: string, date: string | undefined, expected: number | undefined]>
  > = {
    seconds: ['7', undefined, 7000],
    'no seconds': ['0', undefined, 0],
    'a minute': ['60', undefined, 60_000],
    'more than a minute': ['61', undefined, 60_000],
    'seconds beyond all numbers': ['9'.repeat(400), undefined, 60_000],
    'seconds with blanks': [' 7 ', undefined, 7000],
    'a date, by the server’s clock': ['Mon, 23 Nov 2026 05:33:07 GMT', date, 7000],
    'a date, by a server’s clock that is behind': [
      'Mon, 23 Nov 2026 05:23:07 GMT',
      'Mon, 23 Nov 2026 05:23:00 GMT',
      7000,
    ],
    'a date, by our clock when the server tells no time': ['Mon, 23 Nov 2026 05:33:07 GMT', undefined, 7000],
    'a date that is over': ['Mon, 23 Nov 2026 05:32:00 GMT', date, 0],
    'a date of the old form': ['Monday, 23-Nov-26 05:33:07 GMT', date, 7000],
    'a date far away': ['Tue, 24 Nov 2026 05:33:00 GMT', date, 60_000],
    nothing: ['', undefined, undefined],
    'a word': ['soon', undefined, undefined],
    'a negative number': ['-5', undefined, undefined],
    'a fraction': ['1.5', undefined, undefined],
    'a time that is no HTTP date': ['2026-11-23T05:33:07Z', undefined, undefined],
    'a date without sense': ['Mon, 99 Foo 2026 05:33:07 GMT', undefined, undefined],
  };
  for (const [name, [value, serverDate, expected]] of Object.entries(cases)) {
    it(`reads ${name}`, () => {
      const headers: Record<string, string | undefined> = { 'retry-after': value, date: serverDate };
      assert.equal(
        parseRetryAfter((header) => headers[header], now),
        expected,
      );
    });
  }

  it('reads a date that names no zone, as those of the oldest form, as of GMT', () => {
    const { TZ } = process.env;
    process.env.TZ = 'Asia/Shanghai';
    try {
      for (const value of ['Mon Nov 23 05:33:07 2026', 'Mon, 23 Nov 2026 05:33:07']) {
        const headers: Record<string, string> = { 'retry-after': value, date };
        assert.equal(
          parseRetryAfter((header) => headers[header], now),
          7000,
        );
      }
    } finally {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    }
  });

  it('is nothing, or between 0 and a minute, for any header', () => {
    const header = fc.oneof(
      fc.string(),
      fc.nat().map(String),
      fc.date({ noInvalidDate: true }).map((value) => value.toUTCString()),
    );
    fc.assert(
      fc.property(header, fc.option(header), (value, serverDate) => {
        const headers: Record<string, string | undefined> = {
          'retry-after': value,
          date: serverDate ?? undefined,
        };
        const got = parseRetryAfter((name) => headers[name], now);
        assert.ok(got === undefined || (got >= 0 && got <= 60_000), String(got));
      }),
      { seed: 20_261_123, numRuns: triesOf(500) },
    );
  });

  it('comes with everything that is tried again', () => {
    const headers = { 'retry-after': '7' };
    const retried: readonly Draft[] = [
      { body: envelope(-1) },
      { body: envelope(9001) },
      { body: success('') },
      { status: 503 },
      { status: 429 },
      { status: 408 },
    ];
    for (const draft of retried) {
      const verdict = judge({ ...draft, headers });
      assert.equal(verdict.kind === 'retry' && verdict.retryAfterMs, 7000);
    }
  });
});

describe('decideOnReply', () => {
  it('takes any bytes', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((data) => `{"code":0,"data":${data}}`),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      text.map((value) => Buffer.from(value)),
    );
    fc.assert(
      fc.property(bytes, fc.integer({ min: 200, max: 599 }), (body, status) => {
        const verdict = decideOnReply({ status, header: () => undefined, body }, sha256, now, String);
        assert.ok(['success', 'retry', 'fail', 'stop', 'clock'].includes(verdict.kind));
        if (verdict.kind === 'success') assert.match(Buffer.from(body).toString(), /"id"/);
      }),
      { seed: 20_261_123, numRuns: triesOf(1000) },
    );
  });
});
