// What an exception of the transport means: the code, the cause for the breaker, and the words.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeTrouble, type Phase, ReplyTooLarge, TimedOut } from '../../src/nxcloud/troubles.ts';

const asIs = (text: string): string => text;

describe('describeTrouble', () => {
  const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });
  const table: readonly (readonly [name: string, Error, cause: string, said: RegExp])[] = [
    [
      'an unknown host',
      withCode('getaddrinfo', 'ENOTFOUND'),
      'ENOTFOUND',
      /^the host name cannot be resolved/,
    ],
    ['a resolver out of order', withCode('getaddrinfo', 'EAI_AGAIN'), 'EAI_AGAIN', /^the host name cannot/],
    [
      'an unreachable host',
      withCode('connect', 'EHOSTUNREACH'),
      'EHOSTUNREACH',
      /^the connection was refused/,
    ],
    [
      'an unreachable network',
      withCode('connect', 'ENETUNREACH'),
      'ENETUNREACH',
      /^the connection was refused/,
    ],
    ...[
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_WRONG_VERSION_NUMBER',
    ].map(
      (code) =>
        [code, withCode('no', code), code, /^the secure connection failed \(.*NODE_EXTRA_CA_CERTS/] as const,
    ),
    [
      'a proxy that refuses',
      new Error('Proxy response (403) !== 200'),
      'proxy',
      /^the proxy did not open the way/,
    ],
    [
      'a broken pipe',
      withCode('write', 'EPIPE'),
      'connection closed',
      /^the server closed the connection while the/,
    ],
    ['another code', withCode('odd', 'EODD'), 'EODD', /^the upload broke off \(odd/],
    ['no code', new Error('odd'), 'connection', /^the upload broke off \(odd\)$/],
    [
      'a code behind another',
      Object.assign(new Error('outer', { cause: withCode('inner', 'ENOTFOUND') }), { code: 'EODD' }),
      'ENOTFOUND',
      /^the host name cannot be resolved/,
    ],
  ];
  for (const [name, error, cause, said] of table) {
    it(name, () => {
      const trouble = describeTrouble(error, 'sending', 1000, asIs);
      assert.equal(trouble.cause, cause);
      assert.match(trouble.message, said);
      assert.match(trouble.code, /^[a-z]+(?:-[a-z]+)+$/);
    });
  }

  it('tells what a limit of time ended', () => {
    const said: Readonly<Record<Phase, RegExp>> = {
      connecting: /^no connection to NXCloud within 1\.5 s \(`timeout`\)$/,
      sending: /^NXCloud took no more of the file within/,
      replying: /^no complete reply from NXCloud within/,
    };
    for (const phase of ['connecting', 'sending', 'replying'] as const) {
      const { code, cause, message } = describeTrouble(new TimedOut(), phase, 1500, asIs);
      assert.deepEqual([code, cause], ['nxcloud-timeout', `timeout ${phase}`]);
      assert.match(message, said[phase]);
    }
  });

  it('tells when the server closed the connection', () => {
    const error = withCode('read', 'ECONNRESET');
    assert.match(describeTrouble(error, 'replying', 1, asIs).message, /before its reply was complete/);
    assert.match(describeTrouble(error, 'sending', 1, asIs).message, /while the file was being sent/);
  });

  it('tells of a reply that is too large', () => {
    assert.equal(describeTrouble(new ReplyTooLarge(), 'replying', 1, asIs).code, 'nxcloud-broken-reply');
  });

  it('says nothing that is secret or steers a log', () => {
    const error = new Error('no secret\n::error::');
    const { message } = describeTrouble(error, 'sending', 1, (text) => text.replaceAll('secret', '***'));
    assert.equal(message, 'the upload broke off (no ***\\u000a::error::)');
  });
});
