// Networks that are slow, half dead, or led astray, through the bundle.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, test, type TestContext } from 'node:test';
import type { ActionResult } from '../../runner/run-action.ts';
import { createCertificates } from '../simulator/certificates.ts';
import { checkOut, openHosting, pullRequestEvent, runIn } from '../support/checkout.ts';
import { findLeaks, listTraces, testAccount } from '../support/canaries.ts';
import { openProxy } from '../support/proxy.ts';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator } from '../support/workspace.ts';

const slowLine = ['--import', join(import.meta.dirname, '../support/slow-connect.mjs')];

describe('a slow line to a host with a dead address', { concurrency: 2 }, () => {
  it('reaches NXCloud and GitHub', async (t) => {
    const simulator = await openSimulator(t);
    const hosting = await openHosting(t, { 'whatsapp/a.png': makePng('a') });
    const checkout = await checkOut(t, hosting);
    const result = await runIn(checkout, {
      simulator,
      inputs: { 'api-url': simulator.url.replace('127.0.0.1', 'localhost'), retries: '0' },
      context: { apiUrl: hosting.api.url.replace('127.0.0.1', 'localhost') },
      nodeFlags: slowLine,
    });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.deepEqual(Object.keys((await hosting.readManifest()) ?? {}), ['whatsapp/a.png']);
  });

  it('reaches the proxy', async (t) => {
    const tls = await createCertificates(t, 'DNS:nxcloud.test');
    const simulator = await openSimulator(t, { tls });
    const proxy = await openProxy(t, { ports: { 'nxcloud.test': new URL(simulator.url).port } });
    const workspace = createWorkspace(t);
    workspace.write('ca.pem', tls.ca);
    workspace.write('whatsapp/a.png', makePng('a'));
    const result = await workspace.run({
      inputs: { ...inputsFor(simulator), 'api-url': 'https://nxcloud.test', retries: '0' },
      env: {
        NODE_EXTRA_CA_CERTS: join(workspace.root, 'ca.pem'),
        https_proxy: `proxy.test:${proxy.port}`,
      },
      nodeFlags: slowLine,
    });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.deepEqual(proxy.requests, ['CONNECT nxcloud.test:443']);
  });
});

describe('an address of GitHub’s API that the token must not be sent to', { concurrency: 2 }, () => {
  const rows: readonly (readonly [apiUrl: string, said: RegExp])[] = [
    ['http://api.github.example', /GITHUB_API_URL "http:\/\/api\.github\.example" is not https/],
    ['api.github.com', /GITHUB_API_URL "api\.github\.com" is not an address/],
  ];
  async function publish(t: TestContext, apiUrl: string): Promise<{ result: ActionResult; sent: number }> {
    const simulator = await openSimulator(t);
    const hosting = await openHosting(t, { 'whatsapp/a.png': makePng('a') });
    const checkout = await checkOut(t, hosting);
    const result = await runIn(checkout, { simulator, context: { apiUrl } });
    return { result, sent: simulator.requestCount + hosting.api.requests.length };
  }
  for (const [apiUrl, said] of rows) {
    it(`${apiUrl} ends the run before anything is sent`, async (t) => {
      const { result, sent } = await publish(t, apiUrl);
      assert.equal(result.exitCode, 1);
      assert.equal(sent, 0);
      const { message = '' } = result.annotations.at(-1) ?? {};
      assert.match(message, said);
      assert.match(message, /\[github-address\]/);
    });
  }

  it('only keeps a comment from being written', async (t) => {
    const hosting = await openHosting(t, { 'whatsapp/a.png': makePng('a') });
    const checkout = await checkOut(t, hosting);
    const event = pullRequestEvent({ ref: 'topic', sha: checkout.sha }, { baseSha: checkout.sha });
    const result = await runIn(checkout, {
      inputs: { mode: 'check', comment: 'true' },
      context: { ...event, apiUrl: 'http://user:word@api.github.example' },
    });
    assert.equal(result.exitCode, 0, result.stdout);
    const [notice] = result.annotations.filter(({ message }) => message.includes('GITHUB_API_URL'));
    assert.match(notice?.message ?? '', /comment .* was not written: GITHUB_API_URL contains a user name/);
    assert.doesNotMatch(result.stdout, /user:word/);
  });
});

test('a proxy address in a wrong form is one clear sentence, and shows nothing of it', async (t) => {
  const workspace = createWorkspace(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const password = 'pW9rT4kM7vB2xQ6z';
  const inputs = {
    'access-key': testAccount.accessKey,
    'access-secret': testAccount.accessSecret,
    'business-phone': testAccount.phones[0] ?? '',
  };
  for (const [name, address] of [
    ['HTTPS_PROXY', `http://CORP\\svc:${password}@proxy.example:3128`],
    ['https_proxy', `http:/user:${password}@proxy.example`],
    ['https_proxy', `"http://${password}@proxy.example/"`],
    ['HTTPS_PROXY', `http://user:${password}@proxy.example:3128/proxy.pac?x`],
  ] as const) {
    const result = await workspace.run({ inputs, env: { [name]: address } });
    assert.equal(result.exitCode, 1);
    const errors = result.annotations.filter(({ level }) => level === 'error');
    assert.equal(errors.length, 1, result.stdout);
    assert.match(
      errors[0]?.message ?? '',
      new RegExp(`variable ${name} is not the address of a proxy: .* \\\\ as %5C.*\\[proxy-wrong\\]`),
    );
    assert.ok(result.masks.includes(password));
    assert.deepEqual(findLeaks([password], [], listTraces(result, workspace.root)), []);
  }
});
