// The way through a proxy, and what the user reads when it is barred: a real CONNECT proxy, TLS to the simulator behind it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import type { Simulator } from '../../simulator/server.ts';
import { type Certificates, createCertificates } from '../simulator/certificates.ts';
import { findLeaks, listTraces } from '../support/canaries.ts';
import { openProxy, type ProxyServer, type ProxyOptions } from '../support/proxy.ts';
import { makePng } from '../support/sample-media.ts';
import { assertCleanEnding, runWatched, startClock, type WatchedRun } from '../support/watched-run.ts';
import { createWorkspace, inputsFor, openSimulator, type Workspace } from '../support/workspace.ts';
import { choose, isFull } from '../support/extent.ts';

const names = join(import.meta.dirname, '../support/names.mjs');
const paths = ['whatsapp/a.png', 'whatsapp/b.png', 'whatsapp/c.png'];

const [own, elsewhere, strange] = await Promise.all([
  createCertificates({ after }, 'DNS:nxcloud.test,DNS:localhost'),
  createCertificates({ after }, 'DNS:elsewhere.test'),
  createCertificates({ after }, 'DNS:nxcloud.test'),
]);

interface Setting {
  readonly workspace: Workspace;
  readonly simulator: Simulator;
  readonly proxy: ProxyServer;
  /** Trusts the authority of `trusted`; the proxy knows `nxcloud.test`. */
  run(env: Readonly<Record<string, string>>, inputs?: Readonly<Record<string, string>>): Promise<WatchedRun>;
}

/** None of these texts is in anything that the run printed or wrote. */
function assertHidden(run: WatchedRun, workspace: Workspace, secrets: readonly string[]): void {
  assert.deepEqual(findLeaks(secrets, [], listTraces(run, workspace.root)), []);
}

const skip = !isFull && 'only in a full run';
describe('a proxy', { concurrency: 4 }, () => {
  async function setUp(
    t: TestContext,
    options: ProxyOptions = {},
    tls = own,
    clock = startClock(200),
  ): Promise<Setting> {
    const simulator = await openSimulator(t, { now: clock.now, toleranceMs: 3_600_000, tls });
    const { port } = new URL(simulator.url);
    const proxy = await openProxy(t, { ports: { 'nxcloud.test': port }, ...options });
    const workspace = createWorkspace(t);
    for (const path of paths) workspace.write(path, makePng(path));
    workspace.write('ca.pem', own.ca + elsewhere.ca);
    return {
      workspace,
      simulator,
      proxy,
      run: (env, inputs = {}) =>
        runWatched(workspace, {
          clock,
          inputs: {
            ...inputsFor(simulator),
            'api-url': 'https://nxcloud.test',
            concurrency: '1',
            retries: '1',
            timeout: '3600s',
            ...inputs,
          },
          env: { NODE_EXTRA_CA_CERTS: join(workspace.root, 'ca.pem'), ...env },
        }),
    };
  }

  /** Everything was uploaded, through tunnels to the service and nothing else. */
  function assertTunnelled({ proxy, simulator, workspace }: Setting, run: WatchedRun): void {
    assertCleanEnding(run, workspace, simulator);
    assert.equal(run.exitCode, 0, run.stdout);
    assert.deepEqual(Object.keys(workspace.readManifest()), paths);
    assert.ok(proxy.requests.length > 0);
    assert.deepEqual(new Set(proxy.requests), new Set(['CONNECT nxcloud.test:443']));
  }

  /** Nothing was uploaded, and each file says why. */
  function assertBarred({ simulator, workspace }: Setting, run: WatchedRun, says: RegExp): void {
    assertCleanEnding(run, workspace, simulator);
    assert.equal(run.exitCode, 1);
    assert.equal(simulator.acceptedCount, 0);
    for (const path of paths) {
      const [error] = run.annotations.filter(({ file }) => file === path);
      assert.match(error?.message ?? '', says);
    }
  }

  for (const variable of choose(['https_proxy', 'HTTPS_PROXY'], 2)) {
    it(`named by ${variable} is used`, async (t) => {
      const setting = await setUp(t);
      assertTunnelled(setting, await setting.run({ [variable]: `http://127.0.0.1:${setting.proxy.port}` }));
    });
  }

  it('may speak TLS itself', { skip }, async (t) => {
    const setting = await setUp(t, { tls: own });
    assertTunnelled(setting, await setting.run({ https_proxy: `https://localhost:${setting.proxy.port}` }));
  });

  it('gets its credentials, and nobody else sees them', async (t) => {
    const password = 'p@ss:wörd/%1';
    const encoded = encodeURIComponent(password);
    const setting = await setUp(t, { credentials: `user:${password}` });
    const run = await setting.run({ https_proxy: `http://user:${encoded}@127.0.0.1:${setting.proxy.port}` });
    assertTunnelled(setting, run);
    assert.ok(run.masks.includes(password) && run.masks.includes(encoded));
    assertHidden(run, setting.workspace, [password, encoded]);
    for (const upload of setting.simulator.uploads)
      assert.equal(upload.headers['proxy-authorization'], undefined);
  });

  it('that refuses the credentials is named as the cause, without showing them', async (t) => {
    const setting = await setUp(t, { credentials: 'user:right-password' });
    const run = await setting.run({
      https_proxy: `http://user:wrong-password@127.0.0.1:${setting.proxy.port}`,
    });
    assertBarred(setting, run, /the proxy did not open the way \(.*407.*\); check the proxy variables/);
    assertHidden(run, setting.workspace, ['wrong-password', 'right-password']);
    assert.equal(setting.simulator.requestCount, 0);
  });

  it('that does not find the service is named as the cause', { skip }, async (t) => {
    const setting = await setUp(t, { ports: {} });
    const run = await setting.run({ https_proxy: `http://127.0.0.1:${setting.proxy.port}` });
    assertBarred(setting, run, /the proxy did not open the way \(.*502.*\); check the proxy variables/);
  });

  const absent = [
    ['is down', 'http://127.0.0.1:1', /the connection was refused \(.*127\.0\.0\.1:1\)/],
    ['cannot be found', 'http://proxy.invalid:3128', /cannot be resolved \(.*proxy\.invalid.*\)/],
  ] as const;
  for (const [name, https_proxy, says] of choose(absent, 2)) {
    it(`that ${name} is among what to check`, async (t) => {
      const setting = await setUp(t);
      const run = await setting.run({ https_proxy });
      assertBarred(setting, run, says);
      assertBarred(setting, run, /; check `api-url`, the network and the proxy/);
    });
  }

  const waits = { 'says nothing': { isSilent: true }, 'lets nothing through': { isBlocked: true } };
  for (const [name, options] of choose(Object.entries(waits), 2)) {
    it(`that ${name} is waited for no longer than \`timeout\``, async (t) => {
      const clock = startClock(200);
      const setting = await setUp(t, { ...options, onWait: clock.skipHour }, own, clock);
      const https_proxy = `http://127.0.0.1:${setting.proxy.port}`;
      const run = await setting.run({ https_proxy }, { retries: '0' });
      assertBarred(setting, run, /no connection to NXCloud within 3600 s \(`timeout`\)/);
    });
  }

  it('whose address is none fails the step before any request, without showing it', async (t) => {
    const setting = await setUp(t);
    const run = await setting.run({ https_proxy: 'socks5://user:secret-word@127.0.0.1:1080' });
    assert.equal(run.exitCode, 1);
    assert.match(run.annotations.at(-1)?.message ?? '', /https_proxy is not the address of a proxy/);
    assertHidden(run, setting.workspace, ['secret-word', 'socks5']);
    assert.equal(setting.simulator.requestCount, 0);
  });

  for (const no_proxy of choose(['nxcloud.test', '.nxcloud.test', 'other.test, nxcloud.test', '*'], 4)) {
    it(`is not used for what no_proxy=${no_proxy} names`, async (t) => {
      const setting = await setUp(t);
      const { port } = new URL(setting.simulator.url);
      const run = await runWatched(setting.workspace, {
        inputs: { ...inputsFor(setting.simulator), 'api-url': `https://nxcloud.test:${port}` },
        env: {
          NODE_EXTRA_CA_CERTS: join(setting.workspace.root, 'ca.pem'),
          NAME_ANSWERS: JSON.stringify(['127.0.0.1']),
          https_proxy: `http://127.0.0.1:${setting.proxy.port}`,
          no_proxy,
        },
        nodeFlags: ['--import', names],
      });
      assertCleanEnding(run, setting.workspace, setting.simulator);
      assert.equal(run.exitCode, 0, run.stdout);
      assert.deepEqual(setting.proxy.requests, []);
    });
  }

  it('is not used for loopback', { skip }, async (t) => {
    const setting = await setUp(t);
    const address = `http://127.0.0.1:${setting.proxy.port}`;
    const { port } = new URL(setting.simulator.url);
    const run = await setting.run(
      { http_proxy: address, https_proxy: address },
      { 'api-url': `https://localhost:${port}` },
    );
    assertCleanEnding(run, setting.workspace, setting.simulator);
    assert.equal(run.exitCode, 0, run.stdout);
    assert.deepEqual(setting.proxy.requests, []);
  });

  const impostors: Readonly<Record<string, readonly [tls: () => Certificates, says: RegExp]>> = {
    'a certificate of another host': [
      () => elsewhere,
      /the secure connection failed \(.*nxcloud\.test.*is not in the cert/,
    ],
    'a certificate of an unknown authority': [
      () => strange,
      /the secure connection failed \(.*\); if a proxy of yours inspects traffic, give its certificate in NODE_EXTRA_CA_CERTS/,
    ],
  };
  for (const [name, [tls, says]] of choose(Object.entries(impostors), 2)) {
    it(`does not get anything past ${name}`, async (t) => {
      const setting = await setUp(t, {}, tls());
      const run = await setting.run({ https_proxy: `http://127.0.0.1:${setting.proxy.port}` });
      assertBarred(setting, run, says);
      assert.equal(setting.simulator.requestCount, 0);
    });

    it(`does not get anything past ${name} even with NODE_TLS_REJECT_UNAUTHORIZED=0`, async (t) => {
      const setting = await setUp(t, {}, tls());
      const run = await setting.run({
        https_proxy: `http://127.0.0.1:${setting.proxy.port}`,
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
      });
      // Node itself warns of the variable on stderr.
      assertBarred(setting, { ...run, stderr: '' }, says);
      assert.equal(setting.simulator.requestCount, 0);
    });
  }
});
