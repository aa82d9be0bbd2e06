// The way to the network: what the environment says of proxies, who is loopback, and connections that never come about.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
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
import { openProxy } from '../support/proxy.ts';

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

/** A server that takes connections and says nothing. */
async function openMuteServer(t: TestContext): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

async function waitUntil(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, 'it never happened');
    await sleep(5);
  }
}

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
    const { port, sockets } = await openMuteServer(t);
    const settings = { ...noProxy, httpProxy: `http://127.0.0.1:${proxy.port}` };
    const dispatcher = await openDispatcher(new URL(`http://127.0.0.1:${port}`), settings);
    const sent = request(`http://127.0.0.1:${port}`, { dispatcher });
    sent.catch(() => undefined);
    await waitUntil(() => sockets.size === 1);
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

  /** Ways in which a connection never comes about; each gives a URL, settings, and how many connections are open. */
  const unfinished: Readonly<
    Record<string, (t: TestContext) => Promise<readonly [URL, ProxySettings, () => number]>>
  > = {
    'the handshake': async (t) => {
      const { port, sockets } = await openMuteServer(t);
      return [new URL(`https://127.0.0.1:${port}`), noProxy, () => sockets.size];
    },
    'the answer of the proxy': async (t) => {
      const proxy = await openProxy(t, { isSilent: true });
      const httpsProxy = `http://127.0.0.1:${proxy.port}`;
      return [new URL('https://nxcloud.test'), { ...noProxy, httpsProxy }, () => proxy.openConnections];
    },
    'the handshake through the proxy': async (t) => {
      const proxy = await openProxy(t, { isBlocked: true, ports: { 'nxcloud.test': '1' } });
      const httpsProxy = `http://127.0.0.1:${proxy.port}`;
      return [new URL('https://nxcloud.test'), { ...noProxy, httpsProxy }, () => proxy.openConnections];
    },
    'the handshake with the proxy': async (t) => {
      const { port, sockets } = await openMuteServer(t);
      const httpsProxy = `https://localhost:${port}`;
      return [new URL('https://nxcloud.test'), { ...noProxy, httpsProxy }, () => sockets.size];
    },
  };
  for (const [name, open] of Object.entries(unfinished)) {
    it(`ends, when destroyed, a connection that waits for ${name}`, async (t) => {
      const [url, settings, countOpen] = await open(t);
      const dispatcher = await openDispatcher(url, settings);
      request(url, { dispatcher }).catch(() => undefined);
      await waitUntil(() => countOpen() === 1);
      await sleep(50); // time for the next step of the handshake, which must not come
      assert.equal(countOpen(), 1);
      await dispatcher.destroy();
      await waitUntil(() => countOpen() === 0);
    });
  }
});
