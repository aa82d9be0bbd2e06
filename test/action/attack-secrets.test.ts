// A canary for each secret, through the bundle: searched, in every form, in all that a run prints, writes or sends.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext, test } from 'node:test';
import { type FaultName, faultTable } from '../../simulator/faults.ts';
import { findLeaks, listTraces, testAccount } from '../support/canaries.ts';
import { checkOut, openHosting, runIn } from '../support/checkout.ts';
import { makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { createWorkspace, inputsFor, openSimulator, readJson } from '../support/workspace.ts';
import { choose, isFull } from '../support/extent.ts';

const TOKEN = 'ghs_tK5mW8qA2zX7cV4bN9jL1pR6';
const PASSWORD = 'pW9rT4kM7vB2xQ6z';
const PROXY_NAMES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
const debug = { debug: true, env: { ACTIONS_STEP_DEBUG: 'true', ACTIONS_RUNNER_DEBUG: 'true' } };

describe('the search itself', { concurrency: 4 }, () => {
  const secret = `Sx+8/uJ=3"m&Ld<5'Hf%0Gc`;
  // Of some forms only one half is written otherwise than in all others.
  const [first, second] = [secret.slice(0, 12), secret.slice(12)];
  const rows: Readonly<Record<string, string>> = {
    'as it is': secret,
    'within other text': `x${secret}y`,
    'its first half': first,
    'its second half': second,
    'in base64': Buffer.from(secret).toString('base64'),
    'in base64 after one byte': Buffer.from(`x${secret}`).toString('base64'),
    'in base64 after two bytes, its half': Buffer.from(`xy${first}`).toString('base64'),
    'in base64url': Buffer.from(secret).toString('base64url'),
    'in an address': encodeURIComponent(second),
    'in a form': `${new URLSearchParams({ second })}`,
    'in JSON': JSON.stringify({ first }),
    'in HTML': secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    'in HTML with apostrophes': second.replaceAll('<', '&lt;').replaceAll("'", '&#39;'),
    'in hex': Buffer.from(secret).toString('hex'),
  };
  for (const [name, text] of Object.entries(rows)) {
    it(`finds a secret ${name}`, () => assert.notDeepEqual(findLeaks([secret], [], { text }), []));
  }
  it('finds a signature, and nothing in other text', () => {
    assert.deepEqual(findLeaks([], ['c0ffee'], { a: 'x', b: 'c0ffee' }), ['b shows c0ffee']);
    assert.deepEqual(findLeaks([secret], ['c0ffee'], { text: 'Sx+8/ 0Gc Hf%0' }), []);
  });
});

// Each run looks for access key, access secret, number, token and signatures itself.
describe('with step debugging on', { concurrency: 4 }, () => {
  const faults: readonly (FaultName | undefined)[] = [
    undefined,
    'code 1003',
    'code 1005',
    'code 9006',
    'status 403',
    'status 500',
    'redirect 307',
    'HTML with 200',
    'reset in the middle of the body',
    'code 1004 without date',
    'ID of another content',
  ];
  for (const [at, name] of choose(faults, 4).entries()) {
    for (const algorithm of isFull || name === undefined ? ['md5', 'sha256'] : [at % 2 ? 'sha256' : 'md5']) {
      it(`${name ?? 'success'}, signed with ${algorithm}`, async (t) => {
        const workspace = createWorkspace(t);
        const rules = name === undefined ? [] : [{ when: 'always' as const, fault: faultTable[name] }];
        const simulator = await openSimulator(t, { faults: rules });
        workspace.write('whatsapp/a.png', makePng('a'));
        workspace.write('whatsapp/b.gif', 'GIF89a');
        const inputs = {
          ...inputsFor(simulator),
          'signature-algorithm': algorithm,
          retries: '1',
          token: TOKEN,
        };
        const result = await workspace.run({ ...debug, inputs });
        assert.equal(result.exitCode, 1);
        assert.ok(simulator.requestCount >= 1);
        assert.deepEqual(
          [...result.masks].sort(),
          [testAccount.accessKey, testAccount.accessSecret, TOKEN].sort(),
        );
        // What is sent to NXCloud holds the key where it belongs, and neither the secret nor the token.
        for (const upload of simulator.uploads) {
          const { accesskey, ...headers } = upload.headers;
          assert.equal(accesskey, testAccount.accessKey);
          const sent = {
            headers: JSON.stringify(headers),
            fields: JSON.stringify(upload.fields),
            path: upload.path,
          };
          assert.deepEqual(findLeaks([testAccount.accessSecret, testAccount.accessKey, TOKEN], [], sent), []);
        }
      });
    }
  }

  const endings: Readonly<Record<string, Record<string, string>>> = {
    'wrong inputs': { mode: 'x', concurrency: 'y', 'business-phone': testAccount.phones[0]?.repeat(2) ?? '' },
    'a key that no header can carry': { 'access-key': `${testAccount.accessKey} x` },
    'a number with letters': { 'business-phone': `${testAccount.phones[0]}x` },
    'an address with a password': { 'api-url': `https://user:${PASSWORD}@127.0.0.1` },
    'secrets in the wrong inputs': {
      mode: testAccount.accessSecret,
      shard: TOKEN,
      'target-branch': `${testAccount.accessKey} x`,
      timeout: `${'x'.repeat(70)}${testAccount.accessKey}`,
      'manifest-path': `../${testAccount.accessSecret}`,
      'working-directory': TOKEN,
      files: `../${testAccount.accessKey}`,
      'api-url': `https:${testAccount.accessSecret}@nxcloud`,
    },
    'a service that is not there': { 'api-url': 'http://127.0.0.1:1', retries: '0' },
    'no files': { files: 'absent/**', 'if-no-files-found': 'error' },
    check: { mode: 'check', 'require-current': 'true' },
  };
  for (const [name, change] of choose(Object.entries(endings), 2)) {
    it(name, async (t) => {
      const workspace = createWorkspace(t);
      const simulator = await openSimulator(t);
      workspace.write('whatsapp/a.png', makePng('a'));
      const result = await workspace.run({
        ...debug,
        inputs: { ...inputsFor(simulator), token: TOKEN, ...change },
      });
      assert.equal(result.exitCode, 1);
      assert.equal(simulator.requestCount, 0);
      const secrets = [testAccount.accessKey, testAccount.accessSecret, TOKEN, PASSWORD];
      assert.deepEqual(
        findLeaks([...secrets, ...testAccount.phones], [], listTraces(result, workspace.root)),
        [],
      );
    });
  }
});

test('a secret of several lines is masked line by line and shown nowhere', async (t) => {
  const workspace = createWorkspace(t);
  const accessSecret = 'lIne0ne-7Kq2Wm\nlInetw0-9Xz4Rb\n\nlInethr33-5Vn8Tj';
  const account = { ...testAccount, accessSecret };
  const simulator = await openSimulator(t, { accounts: [account] });
  workspace.write('whatsapp/a.png', makePng('a'));
  const result = await workspace.run({ ...debug, inputs: inputsFor(simulator) });
  assert.equal(result.exitCode, 0, result.stdout);
  const lines = accessSecret.split('\n').filter((line) => line !== '');
  for (const line of lines) assert.ok(result.masks.includes(line));
  assert.deepEqual(findLeaks(lines, [], listTraces(result, workspace.root)), []);
});

test('short secrets are warned about and not shown', async (t) => {
  const workspace = createWorkspace(t);
  const account = { ...testAccount, accessSecret: 'qZ7x' };
  const simulator = await openSimulator(t, { accounts: [account] });
  workspace.write('whatsapp/a.png', makePng('a'));
  const result = await workspace.run({ ...debug, inputs: inputsFor(simulator) });
  assert.equal(result.exitCode, 0);
  assert.match(result.annotations[0]?.message ?? '', /^access-secret has only 4 characters/);
  assert.deepEqual(findLeaks(['qZ7x'], [], listTraces(result, workspace.root)), []);
});

describe('the token', { concurrency: 4 }, () => {
  it('goes to GitHub’s API in its header, and nowhere else', async (t) => {
    const hosting = await openHosting(t, { 'whatsapp/a.png': makePng('a') });
    const checkout = await checkOut(t, hosting);
    const simulator = await openSimulator(t);
    const token = hosting.api.createToken().value;
    const result = await runIn(checkout, { ...debug, simulator, token });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.equal(hosting.countCommits('main'), 2);
    const traces = listTraces(result, checkout.workspace.root);
    assert.deepEqual(findLeaks([token], [], traces), []);
    for (const { headers, fields } of simulator.uploads)
      assert.deepEqual(findLeaks([token], [], { sent: JSON.stringify([headers, fields]) }), []);
    const manifest = (await hosting.repository.readFile('main', 'nxcloud-assets.json')) ?? '';
    const secrets = [token, testAccount.accessKey, testAccount.accessSecret, ...testAccount.phones];
    assert.deepEqual(findLeaks(secrets, [], { manifest: manifest.toString() }), []);
    assert.deepEqual(readJson(result, 'uploaded'), ['whatsapp/a.png']);
  });

  it('is not shown when GitHub refuses it', async (t) => {
    const hosting = await openHosting(t, { 'whatsapp/a.png': makePng('a') });
    const checkout = await checkOut(t, hosting);
    const simulator = await openSimulator(t);
    const result = await runIn(checkout, { ...debug, simulator, token: TOKEN });
    assert.equal(result.exitCode, 1);
    assert.equal(simulator.requestCount, 0);
    assert.deepEqual(findLeaks([TOKEN], [], listTraces(result, checkout.workspace.root)), []);
  });
});

/** A proxy that notes what it is asked, and answers with this status. */
async function openProxy(
  t: TestContext,
  status: string,
): Promise<{ port: number; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    response.writeHead(500).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(request);
    socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { asked, port: (server.address() as AddressInfo).port };
}

describe('a password in a proxy’s address', { concurrency: 4 }, () => {
  for (const status of choose(['407 Proxy Authentication Required', '502 Bad Gateway', '200 OK'], 2)) {
    for (const name of choose(['HTTPS_PROXY', 'https_proxy'], 2)) {
      it(`${name}, answered with ${status}`, async (t) => {
        const workspace = createWorkspace(t);
        const proxy = await openProxy(t, status);
        workspace.write('whatsapp/a.png', makePng('a'));
        const result = await workspace.run({
          debug: true,
          env: { [name]: `http://user:${encodeURIComponent(`${PASSWORD}/%`)}@127.0.0.1:${proxy.port}` },
          inputs: {
            'access-key': testAccount.accessKey,
            'access-secret': testAccount.accessSecret,
            'business-phone': testAccount.phones[0] ?? '',
            'api-url': 'https://api2.nxcloud.com',
            retries: '0',
          },
        });
        assert.equal(result.exitCode, 1);
        assert.ok(result.masks.includes(`${PASSWORD}/%`));
        assert.deepEqual(findLeaks([PASSWORD], [], listTraces(result, workspace.root)), []);
        // The proxy is asked for the way to the service only, and told no secret of it.
        assert.ok(proxy.asked.length > 0);
        for (const { method, url, headers } of proxy.asked) {
          assert.deepEqual([method, url], ['CONNECT', 'api2.nxcloud.com:443']);
          const { 'proxy-authorization': authorization, ...rest } = headers;
          const expected = Buffer.from(`user:${PASSWORD}/%`).toString('base64');
          assert.equal(authorization, `Basic ${expected}`);
          const secrets = [testAccount.accessKey, testAccount.accessSecret];
          assert.deepEqual(findLeaks(secrets, [], { headers: JSON.stringify(rest) }), []);
        }
      });
    }
  }

  it('that cannot be used', async (t) => {
    const workspace = createWorkspace(t);
    const simulator = await openSimulator(t);
    workspace.write('whatsapp/a.png', makePng('a'));
    for (const address of [`socks5://user:${PASSWORD}@127.0.0.1:1`, `user:${PASSWORD}@127.0.0.1:1`]) {
      const inputs = { ...inputsFor(simulator), 'api-url': 'https://api2.nxcloud.com', retries: '0' };
      const result = await workspace.run({ ...debug, env: { HTTPS_PROXY: address }, inputs });
      assert.equal(result.exitCode, 1);
      assert.deepEqual(findLeaks([PASSWORD], [], listTraces(result, workspace.root)), []);
    }
  });
});

test('a secret that nobody knows is shown by its beginning alone', async (t) => {
  const workspace = createWorkspace(t);
  const secret = `${'k'.repeat(20)}${PASSWORD}${'m'.repeat(10)}`;
  const inputs = { mode: secret, 'report-path': `../${secret}`, 'pull-request-branch': `${secret} ` };
  const result = await workspace.run({ ...debug, inputs });
  assert.match(
    result.annotations.at(-1)?.message ?? '',
    /mode: "k{20}…" is not one of .* report-path: "\.\.\/k{17}…" does/s,
  );
  assert.deepEqual(findLeaks([PASSWORD], [], listTraces(result, workspace.root)), []);
  const known = await workspace.run({ ...debug, inputs: { ...inputs, 'access-secret': secret } });
  assert.match(
    known.annotations.at(-1)?.message ?? '',
    /mode: "\*\*\*" is not one of .* report-path: "\.\.\/\*\*\*" does/s,
  );
});

test('a token in place of a proxy’s user name is hidden', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  const proxy = await openProxy(t, `407 unknown ${PASSWORD}`);
  workspace.write('whatsapp/a.png', makePng('a'));
  const result = await workspace.run({
    ...debug,
    env: { HTTPS_PROXY: `http://${PASSWORD}@127.0.0.1:${proxy.port}` },
    inputs: { ...inputsFor(simulator), 'api-url': 'https://api2.nxcloud.com', retries: '0' },
  });
  assert.equal(result.exitCode, 1);
  assert.ok(result.masks.includes(PASSWORD));
  assert.equal(proxy.asked.length, 1);
  assert.deepEqual(findLeaks([PASSWORD], [], listTraces(result, workspace.root)), []);
});

test('secrets are taken out of the environment before anything else runs', async (t) => {
  const workspace = createWorkspace(t);
  const simulator = await openSimulator(t);
  workspace.write('whatsapp/a.png', makePng('a'));
  const report = join(makeFolder(t), 'environment.json');
  const hook = `import { writeFileSync } from 'node:fs';
    process.on('exit', () => writeFileSync(${JSON.stringify(report)}, JSON.stringify(process.env)));`;
  const result = await workspace.run({
    nodeFlags: [`--import=data:text/javascript,${encodeURIComponent(hook)}`],
    inputs: { ...inputsFor(simulator), token: TOKEN },
    env: Object.fromEntries(PROXY_NAMES.map((name) => [name, `http://user:${PASSWORD}@127.0.0.1:1`])),
  });
  assert.equal(result.exitCode, 0, result.stdout);
  const environment = readFileSync(report, 'utf8');
  assert.match(environment, /INPUT_FILES/);
  const secrets = [testAccount.accessKey, testAccount.accessSecret, TOKEN, PASSWORD];
  assert.deepEqual(findLeaks(secrets, [], { environment }), []);
});
