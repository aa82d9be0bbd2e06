// A hostile server, through the bundle: what it says is text, what it is sent comes back nowhere.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext, test } from 'node:test';
import { type Fault, faultTable } from '../../simulator/faults.ts';
import { findLeaks, listTraces, testAccount } from '../support/canaries.ts';
import { HOSTILE_NAMES } from '../support/hostile-names.ts';
import { assertOnlyOwn, renderMarkdown } from '../support/rendered-markdown.ts';
import { makePng } from '../support/sample-media.ts';
import { createWorkspace, inputsFor, openSimulator, readJson } from '../support/workspace.ts';
import { choose } from '../support/extent.ts';

const hostileText = faultTable['hostile texts'].message;
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

describe('a reply with hostile texts is shown as text', { concurrency: 4 }, () => {
  const rows: Readonly<Record<string, Fault>> = {
    'message, traceId and details': faultTable['hostile texts'],
    'with a code that stops the run': { ...faultTable['hostile texts'], code: 9006 },
    'with a code that is tried again': { ...faultTable['hostile texts'], code: 9001 },
    'with an HTTP status': { ...faultTable['hostile texts'], code: -1, status: 403 },
    'as objects': {
      kind: 'reply',
      body: JSON.stringify({
        code: 9099,
        message: { '::error::': hostileText },
        traceId: [hostileText],
        data: { error: hostileText },
      }),
    },
    'details nested deeply': { kind: 'reply', body: `{"code":9099,"message":"x","data":{"error":${deep}}}` },
    'a message nested deeply': { kind: 'reply', body: `{"code":9001,"message":${deep},"traceId":${deep}}` },
    'a page instead': {
      kind: 'reply',
      contentType: 'text/html',
      body: `\n::error::page\n##[add-mask]x<img src=x>${hostileText}`,
    },
    'a success without an ID': {
      kind: 'reply',
      body: JSON.stringify({ code: 0, traceId: hostileText, data: {} }),
    },
  };
  for (const [name, fault] of choose(Object.entries(rows), 3)) {
    it(name, async (t) => {
      const workspace = createWorkspace(t);
      const simulator = await openSimulator(t, { faults: [{ when: 'always', fault }] });
      workspace.write('whatsapp/a.png', makePng('a'));
      const result = await workspace.run({ debug: true, inputs: { ...inputsFor(simulator), retries: '1' } });
      assert.equal(result.exitCode, 1);
      assert.deepEqual(readJson(result, 'pending'), ['whatsapp/a.png']);
      assert.doesNotMatch(result.stdout, /defect of the action|call stack/);
      const shown = renderMarkdown(result.summary);
      assertOnlyOwn(shown);
      // What the annotation says stands in the table or above it, word for word.
      const said = result.annotations[0]?.message.replace(/^whatsapp\/a\.png: /, '') ?? '';
      const texts = [...shown.textsOf('td'), ...shown.textsOf('p')];
      assert.ok(
        texts.some((text) => text.includes(beginningOf(said))),
        said,
      );
    });
  }
});

/** Enough of a message to know it again; marks of code do not show. */
function beginningOf(message: string): string {
  return message.replace(/`([^`]+)`/g, '$1').slice(0, 200);
}

test('every hostile text that a reply can hold is shown as text', async (t) => {
  const workspace = createWorkspace(t);
  const paths = HOSTILE_NAMES.map((_, at) => `whatsapp/${String(at).padStart(2, '0')}.png`);
  for (const path of paths) workspace.write(path, makePng(path));
  const simulator = await openSimulator(t, {
    faults: HOSTILE_NAMES.map((text, at) => ({
      when: ({ fileIndex }) => fileIndex === at,
      fault: { kind: 'code', code: 9000, message: text, traceId: text, details: text },
    })),
  });
  const result = await workspace.run({ debug: true, inputs: { ...inputsFor(simulator), concurrency: '1' } });
  assert.equal(result.exitCode, 1);
  assert.deepEqual(readJson(result, 'pending'), paths);
  assert.doesNotMatch(result.stdout, /defect of the action|call stack/);
  const shown = renderMarkdown(result.summary);
  assertOnlyOwn(shown);
  const cells = shown.textsOf('td');
  for (const { file, message } of result.annotations.filter(({ file }) => file !== undefined)) {
    const said = message.slice(`${file}: `.length);
    assert.ok(
      cells.some((text) => text.includes(beginningOf(said))),
      said,
    );
  }
  assert.equal(cells.filter((text) => text.includes('NXCloud answered code 9000')).length, paths.length);
});

test('an ID with commands and Markdown is recorded as it is and printed nowhere', async (t) => {
  const workspace = createWorkspace(t);
  const fault = faultTable['ID with commands and Markdown'];
  const simulator = await openSimulator(t, { faults: [{ when: 'always', fault }] });
  workspace.write('whatsapp/a.png', makePng('a'));
  workspace.write('whatsapp/copy.png', makePng('a'));
  const result = await workspace.run({ debug: true, inputs: inputsFor(simulator) });
  assert.equal(result.exitCode, 0, result.stdout);
  const id = `${simulator.uploads[0]?.id}${fault.change.append}`;
  assert.equal(workspace.readManifest()['whatsapp/a.png']?.id, id);
  assert.deepEqual(readJson(result, 'manifest'), { 'whatsapp/a.png': id, 'whatsapp/copy.png': id });
  assert.doesNotMatch(result.stdout, /hostile/);
  assertOnlyOwn(renderMarkdown(result.summary));
});

/** A server that says what it was told to, given the head of the request, and reads no body. */
async function openEcho(
  t: TestContext,
  makeReply: (sent: { accessKey: string; sign: string; phone: string }) => string,
): Promise<string> {
  const server = createServer((request, response) => {
    const { accesskey: accessKey, sign } = request.headers;
    request.resume().on('end', () => {
      response.end(
        makeReply({ accessKey: `${accessKey}`, sign: `${sign}`, phone: testAccount.phones[0] ?? '' }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a server that repeats what it was sent', { concurrency: 4 }, () => {
  // Every run of these tests looks for the key, the secret, the whole number and their halves in all that is written.
  type Sent = { accessKey: string; sign: string; phone: string };
  const all = ({ accessKey, sign, phone }: Sent): string => `key ${accessKey} sign ${sign} phone ${phone}`;
  const rows: Readonly<Record<string, (sent: Sent) => unknown>> = {
    'in the message': (sent) => ({ code: 9099, message: all(sent) }),
    'in a message that stops the run': (sent) => ({ code: 1003, message: all(sent) }),
    'in a message that is tried again': (sent) => ({ code: 9001, message: all(sent) }),
    'in the traceId and the details': (sent) => ({
      code: 9099,
      traceId: all(sent),
      data: { error: { all: all(sent) } },
    }),
    'in a traceId of a success without an ID': (sent) => ({ code: 0, traceId: all(sent), data: null }),
    'in the ID': ({ accessKey }) => ({ code: 0, data: { id: `4:${accessKey}` } }),
    'the signature in the ID': ({ sign }) => ({ code: 0, data: { id: `4:${sign}` } }),
    'where the message is cut': ({ accessKey }) => ({
      code: 9099,
      message: `${'x'.repeat(485)}${accessKey}`,
    }),
    'where the message is cut, the number': ({ phone }) => ({
      code: 9099,
      message: `${'x'.repeat(488)}${phone}`,
    }),
    'where a page is cut': ({ accessKey }) => `${'x'.repeat(45)}${accessKey}`,
    'where a page is cut, the number': ({ phone }) => `${'x'.repeat(50)}${phone}`,
    'where a page is cut, by bytes': ({ accessKey }) => `${'é'.repeat(32)}${accessKey}`,
  };
  for (const [name, makeReply] of choose(Object.entries(rows), 3)) {
    it(name, async (t) => {
      const workspace = createWorkspace(t);
      const secrets = new Set<string>();
      const url = await openEcho(t, (sent) => {
        // Of the number the last four digits may be shown.
        secrets.add(sent.phone.slice(0, -5)).add(sent.sign);
        const reply = makeReply(sent);
        return typeof reply === 'string' ? reply : JSON.stringify(reply);
      });
      workspace.write('whatsapp/a.png', makePng('a'));
      const result = await workspace.run({
        debug: true,
        inputs: {
          'access-key': testAccount.accessKey,
          'access-secret': testAccount.accessSecret,
          'business-phone': testAccount.phones[0] ?? '',
          'api-url': url,
          retries: '1',
        },
      });
      assert.equal(result.exitCode, 1);
      assert.deepEqual(readJson(result, 'pending'), ['whatsapp/a.png']);
      assert.ok(secrets.size > 1);
      assert.deepEqual(findLeaks([...secrets], [], listTraces(result, workspace.root)), []);
    });
  }
});

describe('a redirect', { concurrency: 4 }, () => {
  for (const status of choose([307, 301, 302, 303, 308] as const, 5)) {
    it(`${status} is not followed`, async (t) => {
      const workspace = createWorkspace(t);
      const elsewhere = await openSimulator(t);
      const location = `${elsewhere.url}/api/wa/uploadTemplateFile`;
      const fault = { kind: 'redirect', status, location } as const;
      const simulator = await openSimulator(t, { faults: [{ when: 'always', fault }] });
      workspace.write('whatsapp/a.png', makePng('a'));
      const result = await workspace.run({ inputs: inputsFor(simulator) });
      assert.equal(result.exitCode, 1);
      assert.equal(simulator.requestCount, 1);
      assert.equal(elsewhere.requestCount, 0);
      assert.match(result.annotations[0]?.message ?? '', /redirects are never followed/);
    });
  }
});

describe('http to a host that is not loopback', { concurrency: 4 }, () => {
  const hosts = [
    'api2.nxcloud.com',
    'localhost.evil.invalid',
    '127.0.0.1.evil.invalid',
    '10.0.0.1',
    '0.0.0.0',
    '[::ffff:10.0.0.1]',
  ];
  for (const host of choose(hosts, 6)) {
    it(`${host} is refused before anything is sent`, async (t) => {
      const workspace = createWorkspace(t);
      workspace.write('whatsapp/a.png', makePng('a'));
      const simulator = await openSimulator(t);
      const inputs = { ...inputsFor(simulator), 'api-url': `http://${host}` };
      const result = await workspace.run({ inputs });
      assert.equal(result.exitCode, 1);
      assert.match(result.annotations[0]?.message ?? '', /api-url: .* is not https/);
    });
  }
});
