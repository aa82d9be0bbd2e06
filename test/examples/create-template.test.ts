// The script that creates and updates templates, on its own: what it sends, and how each failure ends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { nodePath } from '../../runner/run-action.ts';
import { draftUpload, sendUpload } from '../simulator/plain-client.ts';
import { startSimulator } from '../../simulator/server.ts';
import { choose } from '../support/extent.ts';
import { pretendNode, runProgram } from '../support/command.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { repositoryRoot } from './workflow.ts';

const script = join(repositoryRoot, 'examples/create-template.mjs');
const credentials = {
  NXCLOUD_ACCESS_KEY: 'demo-access-key',
  NXCLOUD_ACCESS_SECRET: 'demo-access-secret',
  NXCLOUD_APP_KEY: 'app-key',
  NXCLOUD_BUSINESS_PHONE: '+49 151 1234-5678',
};

/** Runs the script with a template, as an object or as the text of its file. */
async function send(
  t: TestContext,
  template: unknown,
  url: string,
  env: Readonly<Record<string, string>> = {},
) {
  const text = typeof template === 'string' ? template : JSON.stringify(template);
  const cwd = makeFolder(t, { 'filled.json': text });
  const settings = { ...credentials, NXCLOUD_API_URL: url, ...env };
  return await runProgram(nodePath, [script, 'filled.json'], { cwd, env: settings });
}

async function open(t: TestContext) {
  const simulator = await startSimulator();
  t.after(() => simulator.close());
  const { body } = await sendUpload(simulator.url, draftUpload());
  return { simulator, id: JSON.parse(body).data.id as string };
}

function makeTemplate(handle: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    name: 'sale',
    language: 'en',
    category: 'MARKETING',
    ...more,
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: handle } },
      { type: 'BODY', text: 'Grüße 🎉' },
    ],
  };
}

/** An endpoint that always gives one answer. */
async function answer(t: TestContext, text: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(text));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the script', () => {
  it('creates a template, then updates it, until the limit', async (t) => {
    const { simulator, id } = await open(t);
    const created = await send(t, makeTemplate(id), simulator.url);
    assert.deepEqual(created, {
      exitCode: 0,
      stdout:
        'Template "sale" was created with the ID "900000000000001", and is used once WhatsApp has approved it. To change it later, add "template_id": "900000000000001" to its file.\n',
      stderr: '',
    });
    const template = makeTemplate(id, { template_id: '900000000000001' });
    const updated = await send(t, template, simulator.url);
    assert.deepEqual(updated, {
      exitCode: 0,
      stdout:
        'Template "sale" was updated, and WhatsApp reviews it anew. An approved template may be edited once in 24 hours and ten times in 30 days.\n',
      stderr: '',
    });
    const again = await send(t, template, simulator.url);
    assert.equal(again.exitCode, 1);
    assert.match(
      again.stderr,
      /^create-template: NXCloud did not take the template: .*"100".*edited too often\. .*once in 24 hours/,
    );
    assert.deepEqual(
      simulator.templateCalls.map(({ action, mistakes }) => [action, mistakes.length]),
      [
        ['createTemplate', 0],
        ['updateTemplate', 0],
        ['updateTemplate', 1],
      ],
    );
  });

  for (const [name, reply, printed] of [
    ['a code that is text', '{"code":"0","data":{"id":"7"}}', 'the ID "7"'],
    [
      'an ID of more digits than JavaScript keeps',
      '{"code":0,"data":{"id":12345678901234567890}}',
      'the ID "12345678901234567890"',
    ],
  ] as const) {
    it(`understands ${name}`, async (t) => {
      const { exitCode, stdout } = await send(t, makeTemplate('4:a'), await answer(t, reply));
      assert.equal(exitCode, 0);
      assert.ok(stdout.includes(printed), stdout);
    });
  }

  const replies: readonly { name: string; reply: string; says: RegExp }[] = [
    {
      name: 'a page of a gateway',
      reply: '<html>\n::error::x',
      says: /take the template: "<html>\\n::error::x"\n$/,
    },
    { name: 'no code', reply: '{"code":null}', says: /take the template: \{"code":null\}/ },
    { name: 'null', reply: 'null', says: /take the template: "null"/ },
    {
      name: 'an unknown code',
      reply: '{"code":9001,"message":"busy","traceId":"x1"}',
      says: /"9001","message":"busy","traceId":"x1"\}\n$/,
    },
    {
      name: "a code of Meta's",
      reply: '{"code":9099,"data":{"error":{"code":100}}}',
      says: /Perhaps a sample is missing/,
    },
    {
      name: "the second code of Meta's, which says more",
      reply: '{"code":9099,"data":{"error":{"code":100,"error_subcode":2388024}}}',
      says: /\}\. Perhaps this name exists in this language: add its `template_id`, or take another name\.\n$/,
    },
    {
      name: "a second code of Meta's that is unknown",
      reply: '{"code":9099,"data":{"error":{"code":100,"error_subcode":7}}}',
      says: /Perhaps a sample is missing/,
    },
  ];
  for (const { name, reply, says } of choose(replies, 2)) {
    it(`ends clearly at ${name}`, async (t) => {
      const { exitCode, stdout, stderr } = await send(t, makeTemplate('4:a'), await answer(t, reply));
      assert.deepEqual([exitCode, stdout], [1, '']);
      assert.equal(stderr.split('\n').length, 2, 'one line');
      assert.match(stderr, says);
    });
  }

  const failures: readonly {
    name: string;
    template?: unknown;
    env?: Readonly<Record<string, string>>;
    says: RegExp;
  }[] = [
    {
      name: 'a path where the ID belongs',
      template: makeTemplate('promo/a.jpg'),
      says: /"9099".*2388273.*send what `fill` wrote/,
    },
    {
      name: 'a wrong secret',
      env: { NXCLOUD_ACCESS_SECRET: 'wrong' },
      says: /"1003".*Check NXCLOUD_ACCESS_SECRET/,
    },
    {
      name: 'an unknown key',
      env: { NXCLOUD_ACCESS_KEY: 'wrong' },
      says: /"1005".*Check NXCLOUD_ACCESS_KEY/,
    },
    {
      name: 'a foreign number',
      env: { NXCLOUD_BUSINESS_PHONE: '4915100000000' },
      says: /"9006".*Ask NXCloud to bind/,
    },
    {
      name: 'a number that is none',
      env: { NXCLOUD_BUSINESS_PHONE: '12' },
      says: /"9002".*Check NXCLOUD_BUSINESS_PHONE/,
    },
    {
      name: 'missing variables',
      env: { NXCLOUD_APP_KEY: '', NXCLOUD_ACCESS_SECRET: '' },
      says: /: set NXCLOUD_ACCESS_SECRET, NXCLOUD_APP_KEY\n$/,
    },
    {
      name: 'an ID of a template as a number',
      template: { template_id: 1 },
      says: /template_id of filled\.json must be text, in quotes/,
    },
    { name: 'what is no JSON', template: '{', says: /the template filled\.json cannot be read: .*JSON/ },
  ];
  for (const { name, template, env, says } of choose(failures, 3)) {
    it(`ends clearly at ${name}`, async (t) => {
      const { simulator, id } = await open(t);
      const { exitCode, stdout, stderr } = await send(t, template ?? makeTemplate(id), simulator.url, env);
      assert.deepEqual([exitCode, stdout], [1, '']);
      assert.match(stderr, /^create-template: [^\n]+\n$/);
      assert.match(stderr, says);
    });
  }

  it('names the remedy where the template exists, at an address that ends with a slash', async (t) => {
    const { simulator, id } = await open(t);
    await send(t, makeTemplate(id), simulator.url);
    const { exitCode, stderr } = await send(t, makeTemplate(id), `${simulator.url}/`);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /"2388024".*Perhaps this name exists in this language: add its `template_id`, or take another name\.\n$/,
    );
  });

  for (const version of choose(['20.20.2', '22.18.0'], 2)) {
    it(`sends nothing on Node ${version}`, async (t) => {
      const { simulator, id } = await open(t);
      const { exitCode, stderr } = await send(t, makeTemplate(id), simulator.url, pretendNode(version));
      assert.equal(exitCode, 1);
      assert.match(
        stderr,
        /^create-template: this needs Node 22\.19 or newer and runs on Node .*nothing was sent\n$/,
      );
      assert.deepEqual(simulator.templateCalls, []);
    });
  }

  it('ends clearly where nobody answers', async (t) => {
    const { simulator, id } = await open(t);
    await simulator.close();
    const { exitCode, stderr } = await send(t, makeTemplate(id), simulator.url);
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /^create-template: no answer of http:.*createTemplate: .*ECONNREFUSED.*look before you send it again/,
    );
  });

  it('says how it is called', async (t) => {
    const { exitCode, stderr } = await runProgram(nodePath, [script], { cwd: makeFolder(t) });
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      /^create-template: name the filled template: node create-template\.mjs filled\.json\n$/,
    );
  });
});
