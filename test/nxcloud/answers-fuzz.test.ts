// Replies nobody thought of: the verdict is always one of the known, its text one safe line without a secret.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCommand } from '../../runner/commands.ts';
import { decideOnReply, type Reply } from '../../src/nxcloud/answers.ts';
import { findIdFault } from '../../src/nxcloud/file-id.ts';
import { makeRedactor } from '../../src/text/redact.ts';
import { parseRetryAfter } from '../../src/network/retry.ts';
import { codePoint } from '../support/code-points.ts';
import { triesOf } from '../support/extent.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const SHA256 = 'ab'.repeat(32);
const SECRET = 'cnK7Qw2Zr9Xb4Tn6Yp1V';
const redact = makeRedactor([SECRET], '');
const MOST_MS = 60_000;

const hostile = fc.oneof(
  fc.string({ unit: codePoint, maxLength: 40 }),
  fc.constantFrom('::error::x', '##[error]x', '\n', '\u202e', '<b>', SECRET, '4:x', `4:x\n${SECRET}`, ''),
  fc.integer({ min: 0, max: 600 }).map((length) => `${'x'.repeat(length)}${SECRET}`),
);
const value = fc.oneof(hostile, fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(null, 0, -1, 1e300));
const code = fc.oneof(
  fc.constantFrom(0, 0, -1, 1001, 1002, 1003, 1004, 1005, 9000, 9001, 9002, 9006, 9099),
  fc.constantFrom('0', '-1', '1003', '１', '1e3', '', '-0', 'zero', 2 ** 53, -0, 0.5),
  fc.integer(),
);
const object = fc.record({ id: value, error: value }, { requiredKeys: [] });
const envelope = fc.record(
  {
    code: fc.oneof({ weight: 5, arbitrary: code }, value),
    message: value,
    traceId: value,
    data: fc.oneof({ weight: 3, arbitrary: object }, value),
  },
  { requiredKeys: ['code'] },
);
const body: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 4, arbitrary: envelope.map((data) => Buffer.from(JSON.stringify(data))) },
  fc.uint8Array({ maxLength: 60 }),
  hostile.map((text) => Buffer.from(text)),
  fc.tuple(envelope, fc.nat(), fc.nat({ max: 255 })).map(([data, at, byte]) => {
    const bytes = Buffer.from(JSON.stringify(data));
    bytes[at % bytes.length] = byte;
    return bytes;
  }),
);
const date = fc.constantFrom(
  '',
  'Tue, 24 Nov 2026 00:00:05 GMT',
  'Tue, 24 Nov 2026 00:10:00 GMT',
  'Xxx, ',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Mon, 99 Foo 9999 99:99:99 GMT',
  'soon',
  '1.5',
  '-5',
  '٣',
  '9'.repeat(400),
);
const headers = fc.record(
  { 'retry-after': fc.oneof(date, fc.integer().map(String), hostile), date: fc.oneof(date, hostile) },
  { requiredKeys: [] },
);
const reply: fc.Arbitrary<Reply> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(200, 301, 400, 401, 403, 408, 413, 425, 429, 500, 503),
      fc.integer({ min: 200, max: 599 }),
    ),
    headers,
    body,
  )
  .map(([status, headers, body]) => ({
    status,
    header: (name) => new Map(Object.entries(headers)).get(name),
    body,
  }));

describe('decideOnReply', () => {
  it('never throws; success has a usable ID; every message is one line without a command or a secret', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(reply, (reply) => {
        const verdict = decideOnReply(reply, SHA256, NOW, redact);
        kinds.set(verdict.kind, (kinds.get(verdict.kind) ?? 0) + 1);
        if (verdict.kind === 'success') {
          assert.equal(findIdFault(verdict.id), undefined);
          return;
        }
        const { message } = verdict;
        assert.doesNotMatch(message, /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]|##\[/u);
        assert.equal(parseCommand(message), undefined);
        assert.ok(message.length > 0 && message.length < 2500, `${message.length}`);
        // A damaged secret in the reply is none that could be known again.
        if (!Buffer.from(reply.body).toString().replaceAll(SECRET, '').includes(SECRET.slice(0, 4)))
          assert.ok(!message.includes(SECRET.slice(0, 4)), message);
        if (verdict.kind === 'retry' && verdict.retryAfterMs !== undefined)
          assert.ok(verdict.retryAfterMs >= 0 && verdict.retryAfterMs <= MOST_MS);
        if (verdict.kind === 'clock') assert.ok(!Number.isNaN(verdict.serverTime ?? 0));
      }),
      { seed: 6, numRuns: triesOf(4000) },
    );
    for (const kind of ['success', 'retry', 'fail', 'stop', 'clock'])
      assert.ok((kinds.get(kind) ?? 0) > triesOf(20), `${kind}: ${kinds.get(kind)}`);
  });

  it('says the same of the same reply', () => {
    fc.assert(
      fc.property(reply, (reply) => {
        assert.deepEqual(
          decideOnReply(reply, SHA256, NOW, String),
          decideOnReply(reply, SHA256, NOW, String),
        );
      }),
      { seed: 6, numRuns: triesOf(300) },
    );
  });
});

describe('parseRetryAfter', () => {
  it('is undefined or from 0 to 60 seconds, whatever the headers', () => {
    fc.assert(
      fc.property(reply, (reply) => {
        const wait = parseRetryAfter(reply.header, NOW);
        assert.ok(wait === undefined || (wait >= 0 && wait <= MOST_MS), `${wait}`);
      }),
      { seed: 6, numRuns: triesOf(2000) },
    );
  });
});
