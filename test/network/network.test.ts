// The way to the network: what the environment says of proxies, who is loopback, and connections that never come about.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { StepError } from '../../src/text/errors.ts';
import {
  isLoopbackHost,
  openDispatcher,
  type ProxySettings,
  takeProxySettings,
} from '../../src/network/network.ts';
import { createCertificates } from '../simulator/certificates.ts';
import { codePoint } from '../support/code-points.ts';
import { triesOf } from '../support/extent.ts';
import { openMuteServer } from '../support/mute-server.ts';
import { openProxy } from '../support/proxy.ts';
import { waitUntil } from '../support/wait-until.ts';

const noProxy: ProxySettings = {
  http: { name: 'HTTP_PROXY', address: '' },
  https: { name: 'HTTPS_PROXY', address: '' },
  noProxy: '',
};

function proxyAt(scheme: 'http' | 'https', address: string, exempt = ''): ProxySettings {
  return { ...noProxy, [scheme]: { name: `${scheme}_proxy`, address }, noProxy: exempt };
}

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
    assert.deepEqual(proxy, {
      http: { name: 'http_proxy', address: 'http://a' },
      https: { name: 'HTTPS_PROXY', address: 'http://c' },
      noProxy: 'd',
    });
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
    'a user alone, which is a token': ['http://to%40ken@proxy:3128', ['to%40ken', 'to@ken']],
    'a token behind one slash': ['http:/token@proxy', ['token']],
    'a password behind one slash': ['http:/user:secret@proxy', ['secret']],
    'a password behind backslashes': ['http:\\\\user:secret@proxy', ['secret']],
    'a password between quotes': ['"http://user:secret@proxy"', ['secret']],
    'a password of a domain’s user': ['http://CORP\\svc:secret@proxy', ['secret']],
    'no credentials': ['http://proxy:3128', []],
  };
  for (const [name, [url, passwords]] of Object.entries(secrets)) {
    it(`finds ${name}, and keeps it from the environment`, () => {
      const env: NodeJS.ProcessEnv = { https_proxy: url };
      const taken = takeProxySettings(env);
      assert.equal(taken.proxy.https.address, url);
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

/** Whether an error names the variable and the right form, and does not repeat the address. */
function isProxyFault(error: unknown, variable: string, address: string | undefined): boolean {
  assert.ok(error instanceof StepError, String(error));
  assert.equal(error.code, 'proxy-wrong');
  assert.ok(error.message.includes(`The environment variable ${variable} is not the address of a proxy`));
  assert.match(error.message, /like http:\/\/proxy\.example:3128 or .*\\ as %5C/);
  const said = error.message.replaceAll(/http:\/\/\S*proxy\.example:3128/g, '');
  assert.ok(address === undefined || !said.includes(address), said);
  return true;
}

describe('openDispatcher', () => {
  /** Forms of an address, and whether it is one of a proxy. */
  const forms: Readonly<Record<string, boolean>> = {
    'http://proxy:3128': true,
    'https://proxy:3128/': true,
    'HTTP://proxy': true,
    'proxy:3128': true,
    proxy: true,
    'proxy.example.': true,
    'user:word@proxy:3128': true,
    'http://user:word@proxy': true,
    'http://user@corp.example:w%40rd@proxy': true,
    'http://CORP%5Csvc:word@proxy': true,
    'http://user:a:b@proxy': true,
    'http://[::1]:3128': true,
    'http://127.0.0.1:3128': true,
    'http://CORP\\svc:word@proxy': false,
    'http://user:wo/rd@proxy': false,
    'http://user:wo?rd@proxy': false,
    'http://user:wo#rd@proxy': false,
    'http://user:100%@proxy': false,
    'http://proxy:3128/path': false,
    'http://proxy:3128//': false,
    'http://proxy:3128?a=b': false,
    'http://proxy:3128#a': false,
    '"http://proxy:3128"': false,
    "'proxy:3128'": false,
    'http:/proxy:3128': false,
    'http:proxy:3128': false,
    'http:///proxy:3128': false,
    'http:\\\\proxy:3128': false,
    '//proxy:3128': false,
    'ftp://proxy': false,
    'socks5://proxy:1080': false,
    'http://': false,
    '://': false,
    'http://proxy:': false,
    'http://proxy:http': false,
    'http://proxy:65536': false,
    'http://pro xy': false,
    'http://proxy\n:3128': false,
    'http://proxy,other': true,
    'http://[::1': false,
    'http://pro%78y': false,
    'http://$PROXY{}:3128': true,
  };
  for (const [address, isRight] of Object.entries(forms)) {
    it(`${isRight ? 'takes' : 'refuses'} ${JSON.stringify(address)}`, async () => {
      const opening = openDispatcher(new URL('https://nxcloud.test'), proxyAt('https', address));
      if (isRight) await (await opening).destroy();
      else await assert.rejects(opening, (error) => isProxyFault(error, 'https_proxy', address));
    });
  }

  it('takes or refuses any text whatever, and never shows it', async () => {
    const sign = fc.constantFrom(
      ...[
        'http',
        'https',
        ':',
        '/',
        '//',
        '\\',
        '@',
        '?',
        '#',
        '%',
        '%41',
        '"',
        '[',
        ']',
        '::1',
        'a',
        '.',
        '8',
        ' ',
        '\0',
        'é',
        '|',
      ],
    );
    const text = fc.oneof(
      fc.array(sign, { minLength: 1, maxLength: 9 }).map((signs) => signs.join('')),
      fc.string({ unit: codePoint, minLength: 1, maxLength: 20 }),
    );
    const counts = { taken: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(text, async (address) => {
        const { proxy } = takeProxySettings({ https_proxy: address });
        try {
          await (await openDispatcher(new URL('https://nxcloud.test'), proxy)).destroy();
          counts.taken += 1;
        } catch (error) {
          assert.ok(isProxyFault(error, 'https_proxy', address.length > 5 ? address : undefined));
          counts.refused += 1;
        }
      }),
      { seed: 18, numRuns: triesOf(2000) },
    );
    assert.ok(Math.min(...Object.values(counts)) > 10, JSON.stringify(counts));
  });

  for (const [url, settings] of [
    ['https://nxcloud.test', proxyAt('http', 'http://127.0.0.1:9')],
    ['http://nxcloud.test', proxyAt('https', 'ftp://none')],
    ['https://nxcloud.test', proxyAt('https', 'ftp://none', 'nxcloud.test')],
    ['https://localhost:1', proxyAt('https', 'ftp://none')],
  ] as const) {
    it(`does not look at a variable that is not used for ${url}: ${JSON.stringify(settings)}`, async () => {
      const dispatcher = await openDispatcher(new URL(url), settings);
      assert.equal(dispatcher.constructor.name, Agent.name);
      await dispatcher.destroy();
    });
  }

  /** What `no_proxy` says, and whether https://api.nxcloud.test is meant. */
  const exemptions: Readonly<Record<string, boolean>> = {
    'api.nxcloud.test': true,
    'API.nxcloud.TEST.': true,
    'nxcloud.test': true,
    '.nxcloud.test': true,
    '*.nxcloud.test': true,
    '*': true,
    'other.test *': true,
    'api.nxcloud.test:443': true,
    'api.nxcloud.test:8443': false,
    '*:443': true,
    '*.api.nxcloud.test': false,
    'cloud.test': false,
    'other.test': false,
    '10.0.0.0/8': false,
    'https://api.nxcloud.test': false,
    '::1,[::1]:443': false,
    ', ,': false,
  };
  for (const [exempt, isMeant] of Object.entries(exemptions)) {
    it(`no_proxy ${exempt}: ${isMeant ? 'direct' : 'through the proxy'}`, async () => {
      const settings = proxyAt('https', 'http://127.0.0.1:9', exempt);
      const dispatcher = await openDispatcher(new URL('https://api.nxcloud.test'), settings);
      assert.equal(dispatcher.constructor.name, isMeant ? 'Agent' : 'ProxyAgent');
      await dispatcher.destroy();
    });
  }

  it('needs no proxy for loopback, whatever the variables say', async (t) => {
    const proxy = await openProxy(t);
    const asked = Promise.withResolvers<void>();
    const { port } = await openMuteServer(t, asked.resolve);
    const settings = proxyAt('http', `http://127.0.0.1:${proxy.port}`);
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
    const settings = proxyAt('https', `http://127.0.0.1:${proxy.port}`);
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
      return [new URL('https://nxcloud.test'), proxyAt('https', `http://127.0.0.1:${proxy.port}`), proxy];
    },
    'the handshake through the proxy': async (t, onWait) => {
      const proxy = await openProxy(t, { isBlocked: true, ports: { 'nxcloud.test': '1' }, onWait });
      return [new URL('https://nxcloud.test'), proxyAt('https', `http://127.0.0.1:${proxy.port}`), proxy];
    },
    'the handshake with the proxy': async (t, onWait) => {
      const server = await openMuteServer(t, onWait);
      return [new URL('https://nxcloud.test'), proxyAt('https', `https://localhost:${server.port}`), server];
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
