// The way to the network: what the environment says of proxies, who is loopback, and connections that never come about.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Agent, request } from 'undici';
import { StepError } from '../../src/text/errors.ts';
import {
  isLoopbackHost,
  openDispatcher,
  type ProxySettings,
  takeProxySettings,
} from '../../src/network/network.ts';
import { createCertificates } from '../simulator/certificates.ts';
import { openMuteServer } from '../support/mute-server.ts';
import { openProxy } from '../support/proxy.ts';
import { waitUntil } from '../support/wait-until.ts';

const noProxy: ProxySettings = { httpProxy: '', httpsProxy: '', noProxy: '' };

describe('takeProxySettings', () => {
  it('is empty in an empty environment', () => {
    assert.deepEqual(takeProxySettings({}), { proxy: noProxy, passwords: [] });
  });

  it('takes either case, the lower first', () => {
    const env = {
      http_proxy: 'http://a',
      HTTP_PROXY: 'http://b',
      HTTPS_PROXY: 'http://c',
      NO_PROXY: 'd',
      no_proxy: '',
    };
    const { proxy } = takeProxySettings(env);
    assert.deepEqual(proxy, { httpProxy: 'http://a', httpsProxy: 'http://c', noProxy: 'd' });
    assert.deepEqual(env, {
      http_proxy: 'http://a',
      HTTP_PROXY: 'http://b',
      HTTPS_PROXY: 'http://c',
      NO_PROXY: 'd',
      no_proxy: '',
    });
  });

  const secrets: Readonly<Record<string, readonly [url: string, passwords: readonly string[]]>> = {
    'a password': ['http://user:secret@proxy:3128', ['secret']],
    'a password without a user': ['http://:secret@proxy:3128', ['secret']],
    'a password behind a user with an @': ['http://user@corp.example:secret@proxy:3128', ['secret']],
    'a password without a scheme': ['user:secret@proxy:3128', ['secret']],
    'a password behind too many slashes': ['http:///user:secret@proxy:3128', ['secret']],
    'an encoded password': ['http://user:s%40cret@proxy', ['s%40cret', 's@cret']],
    'a password with signs that should be encoded': ['http://user:a@b:c/d@proxy', ['a@b:c/d']],
    'a password that is no valid encoding': ['http://user:100%@proxy', ['100%']],
    'a password in capitals of the scheme': ['HTTP://user:secret@proxy', ['secret']],
    'a user alone': ['http://user@proxy:3128', []],
    'no credentials': ['http://proxy:3128', []],
  };
  for (const [name, [url, passwords]] of Object.entries(secrets)) {
    it(`finds ${name}, and keeps it from the environment`, () => {
      const env: NodeJS.ProcessEnv = { https_proxy: url };
      const taken = takeProxySettings(env);
      assert.equal(taken.proxy.httpsProxy, url);
      assert.deepEqual(taken.passwords, passwords);
      assert.deepEqual(Object.keys(env), passwords.length === 0 ? ['https_proxy'] : []);
    });
  }
});

describe('isLoopbackHost', () => {
  const hosts: Readonly<Record<string, boolean>> = {
    localhost: true,
    LOCALHOST: true,
    'api.localhost': false,
    '127.0.0.1': true,
    '127.255.255.255': true,
    '[::1]': true,
    '::1': false,
    '128.0.0.1': false,
    '127.0.0.1.example': false,
    '127.0.1': false,
    'localhost.example': false,
    notlocalhost: false,
    '0.0.0.0': false,
    '[::ffff:7f00:1]': false,
  };
  for (const [host, expected] of Object.entries(hosts)) {
    it(`${host}: ${expected}`, () => assert.equal(isLoopbackHost(host), expected));
  }
});

describe('openDispatcher', () => {
  const wrong = ['ftp://proxy', 'http://', 'socks5://proxy', '://', 'http://user:100%@proxy'];
  for (const value of wrong) {
    for (const name of ['httpProxy', 'httpsProxy'] as const) {
      it(`refuses ${value} as ${name} without repeating it`, async () => {
        const scheme = name === 'httpProxy' ? 'http' : 'https';
        const opening = openDispatcher(new URL(`${scheme}://nxcloud.test`), { ...noProxy, [name]: value });
        await assert.rejects(opening, (error: unknown) => {
          assert.ok(error instanceof StepError);
          assert.match(error.message, name === 'httpProxy' ? /\bhttp_proxy\b/ : /\bhttps_proxy\b/);
          assert.ok(!error.message.replace('http://proxy.example:3128', '').includes(value));
          return true;
        });
      });
    }
  }

  for (const [url, settings] of [
    ['https://nxcloud.test', { httpProxy: 'http://127.0.0.1:9' }],
    ['http://nxcloud.test', { httpsProxy: 'ftp://none' }],
  ] as const) {
    it(`does not look at the variable of another scheme for ${url}`, async () => {
      const dispatcher = await openDispatcher(new URL(url), { ...noProxy, ...settings });
      assert.equal(dispatcher.constructor.name, Agent.name);
      await dispatcher.destroy();
    });
  }

  it('needs no proxy for loopback, whatever the variables say', async (t) => {
    const proxy = await openProxy(t);
    const asked = Promise.withResolvers<void>();
    const { port } = await openMuteServer(t, asked.resolve);
    const settings = { ...noProxy, httpProxy: `http://127.0.0.1:${proxy.port}` };
    const dispatcher = await openDispatcher(new URL(`http://127.0.0.1:${port}`), settings);
    const sent = request(`http://127.0.0.1:${port}`, { dispatcher });
    sent.catch(() => undefined);
    await asked.promise;
    assert.deepEqual(proxy.requests, []);
    await dispatcher.destroy();
    await assert.rejects(sent);
  });

  it('speaks HTTP/1.1 with a server that offers more, directly and through a proxy', async (t) => {
    const tls = await createCertificates(t, 'DNS:localhost,DNS:nxcloud.test');
    const server = createSecureServer({ ...tls, allowHTTP1: true }, (incoming, response) => {
      response.end(incoming.httpVersion);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const trusted = getCACertificates();
    setDefaultCACertificates([...trusted, tls.ca]);
    t.after(() => setDefaultCACertificates(trusted));
    const { port } = server.address() as AddressInfo;
    const proxy = await openProxy(t, { ports: { 'nxcloud.test': String(port) } });
    const settings = { ...noProxy, httpsProxy: `http://127.0.0.1:${proxy.port}` };
    for (const url of [`https://localhost:${port}`, 'https://nxcloud.test']) {
      const dispatcher = await openDispatcher(new URL(url), settings);
      const { body } = await request(url, { dispatcher });
      assert.equal(await body.text(), '1.1');
      await dispatcher.destroy();
    }
    assert.deepEqual(proxy.requests, ['CONNECT nxcloud.test:443']);
  });

  /** Ways in which a connection never comes about: the URL, settings, and the server whose answer is waited for. */
  const unfinished: Readonly<
    Record<
      string,
      (
        t: TestContext,
        onWait: () => void,
      ) => Promise<readonly [URL, ProxySettings, { readonly openConnections: number }]>
    >
  > = {
    'the handshake': async (t, onWait) => {
      const server = await openMuteServer(t, onWait);
      return [new URL(`https://127.0.0.1:${server.port}`), noProxy, server];
    },
    'the answer of the proxy': async (t, onWait) => {
      const proxy = await openProxy(t, { isSilent: true, onWait });
      const httpsProxy = `http://127.0.0.1:${proxy.port}`;
      return [new URL('https://nxcloud.test'), { ...noProxy, httpsProxy }, proxy];
    },
    'the handshake through the proxy': async (t, onWait) => {
      const proxy = await openProxy(t, { isBlocked: true, ports: { 'nxcloud.test': '1' }, onWait });
      const httpsProxy = `http://127.0.0.1:${proxy.port}`;
      return [new URL('https://nxcloud.test'), { ...noProxy, httpsProxy }, proxy];
    },
    'the handshake with the proxy': async (t, onWait) => {
      const server = await openMuteServer(t, onWait);
      const httpsProxy = `https://localhost:${server.port}`;
      return [new URL('https://nxcloud.test'), { ...noProxy, httpsProxy }, server];
    },
  };
  for (const [name, open] of Object.entries(unfinished)) {
    it(`ends, when destroyed, a connection that waits for ${name}`, async (t) => {
      const isWaiting = Promise.withResolvers<void>();
      const [url, settings, server] = await open(t, isWaiting.resolve);
      const dispatcher = await openDispatcher(url, settings);
      request(url, { dispatcher }).catch(() => undefined);
      await isWaiting.promise;
      assert.equal(server.openConnections, 1);
      await dispatcher.destroy();
      await waitUntil(() => server.openConnections === 0);
    });
  }
});
