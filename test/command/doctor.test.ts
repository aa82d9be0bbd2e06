// What the doctor says of services that differ, against the simulator.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import type { SimulatorOptions } from '../../simulator/server.ts';
import { openCommandHost } from '../../src/command/command-host.ts';
import { runDoctor } from '../../src/command/doctor.ts';
import type { Diagnosis } from '../../src/command/doctor-report.ts';
import { TerminalReporter } from '../../src/command/terminal-reporter.ts';
import { StepError } from '../../src/text/errors.ts';
import { findLeaks, testAccount } from '../support/canaries.ts';
import { variablesFor } from '../support/command.ts';
import { openSimulator } from '../support/workspace.ts';

interface Setting {
  readonly simulator?: SimulatorOptions;
  readonly env?: Readonly<Record<string, string>>;
  readonly answer?: boolean;
}

/** Runs the doctor twice: for its values and for its text. No secret may stand in either. */
async function askDoctor(t: TestContext, { simulator: options = {}, env, answer = true }: Setting) {
  const simulator = await openSimulator(t, options);
  const ask = async (json: boolean): Promise<{ exitCode: number; text: string; question: string }> => {
    let [text, question] = ['', ''];
    const said = new PassThrough({ encoding: 'utf8' }).on('data', (chunk: string) => {
      text += chunk;
    });
    const host = openCommandHost({ ...variablesFor(simulator), ...env }, 'output', new Map());
    const exitCode = await runDoctor({
      host,
      reporter: new TerminalReporter(said, said, false),
      json,
      confirm: async (asked) => {
        question = asked;
        return answer;
      },
      print: (printed) => {
        text += printed;
      },
    });
    const { accessKey, accessSecret, phones } = testAccount;
    const signatures = simulator.uploads.map(({ headers }) => String(headers.sign));
    assert.deepEqual(findLeaks([accessKey, accessSecret, ...phones], signatures, { text, question }), []);
    return { exitCode, text, question };
  };
  return { simulator, ask };
}

test('asks first, and sends nothing without a yes', async (t) => {
  const { simulator, ask } = await askDoctor(t, { answer: false });
  const { exitCode, text, question } = await ask(false);
  assert.match(
    question,
    /sends one image of 257 bytes three times to 127\.0\.0\.1:\d+, for the number …6152/,
  );
  assert.equal(text, 'Nothing was sent.\n');
  assert.equal(exitCode, 1);
  assert.equal(simulator.requestCount, 0);
});

test('tells the form of the ID, its expiry, and that sha256 is accepted', async (t) => {
  const before = listTemporary();
  const { simulator, ask } = await askDoctor(t, { simulator: { expiresAfterSeconds: 345_600 } });
  const { exitCode, text } = await ask(true);
  const diagnosis: Diagnosis = JSON.parse(text);
  assert.equal(exitCode, 0);
  assert.deepEqual(
    simulator.uploads.map(({ headers, accepted }) => [headers.algorithm, accepted]),
    [
      ['md5', true],
      ['sha256', true],
      ['md5', false],
    ],
  );
  assert.equal(diagnosis.phone, testAccount.phones[0]?.slice(-4));
  const { id } = diagnosis.sha256;
  assert.deepEqual(id?.fields, [8]);
  assert.ok(id?.namesFile && id.namesType);
  assert.ok(Math.abs((id.statedDays ?? 0) - 4) < 0.01, `${id.statedDays}`);
  assert.equal(diagnosis.wrongSignature.envelope?.code, 1003);
  assert.ok(Math.abs(diagnosis.clockDifferenceMs ?? 9999) < 2000);
  assert.deepEqual(listTemporary(), before);
});

test('shows no signature of any of its uploads, whoever repeats it', async (t) => {
  const heard: string[] = [];
  const { ask } = await askDoctor(t, {
    simulator: {
      control(request, response) {
        heard.push(String(request.headers.sign));
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ code: 1003, message: heard.join(' '), data: null }));
        return true;
      },
    },
  });
  for (const json of [true, false]) {
    heard.length = 0;
    const { text } = await ask(json);
    assert.match(text, /\*\*\* \*\*\*/);
    assert.deepEqual(findLeaks([], heard, { text }), []);
  }
});

function listTemporary(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('nxcloud-doctor-'));
}

/** Services that differ, and the lines that tell it. */
const services: Readonly<Record<string, readonly [Setting, exitCode: number, said: readonly RegExp[]]>> = {
  'an ID of several lines without expiry': [
    { simulator: { bytesPerIdLine: 100 } },
    0,
    [/its form +3 lines, \d+ characters, 4 fields in a line/, /stated expiry +none/],
  ],
  'another clock': [
    { simulator: { clockOffsetMs: 600_000 } },
    0,
    [/signed with md5 +accepted/, /Clock +this machine is (?:599|600|601)\.\d s behind the service/],
  ],
  'refusals with a status': [
    { simulator: { refusalStatus: 401 } },
    0,
    [/Wrong signature +HTTP 401, code 1003 "invalid signature"/],
  ],
  'one algorithm that is accepted': [
    { simulator: { faults: [{ when: ({ index }) => index === 1, fault: { kind: 'code', code: 1003 } }] } },
    0,
    [/signed with md5 +accepted/, /signed with sha256 +not accepted: .*code 1003/],
  ],
  'a wrong secret': [
    { env: { NXCLOUD_ACCESS_SECRET: 'another-secret' } },
    1,
    [/signed with md5 +not accepted: .*code 1003/, /signed with sha256 +not accepted/],
  ],
  'replies without a result': [
    { simulator: { faults: [{ when: 'always', fault: { kind: 'status', status: 502 } }] } },
    1,
    [/Wrong signature +HTTP 502 without a result/],
  ],
  'a service that is not there': [
    { env: { NXCLOUD_API_URL: 'http://127.0.0.1:9' } },
    1,
    [/Wrong signature +no reply: the connection was refused/, /Clock +the service does not tell its time/],
  ],
};

for (const [name, [setting, exitCode, said]] of Object.entries(services)) {
  test(`tells of ${name}`, async (t) => {
    const { ask } = await askDoctor(t, setting);
    const result = await ask(false);
    for (const line of said) assert.match(result.text, line);
    assert.equal(result.exitCode, exitCode, result.text);
  });
}

test('sends nothing on an event that the action does not trust', async (t) => {
  const { simulator, ask } = await askDoctor(t, { env: { GITHUB_EVENT_NAME: 'pull_request_target' } });
  const { exitCode, question } = await ask(false);
  assert.equal(exitCode, 1);
  assert.equal(question, '');
  assert.equal(simulator.requestCount, 0);
});

test('says what is wrong or missing before it asks', async (t) => {
  const { ask } = await askDoctor(t, { env: { NXCLOUD_TIMEOUT: 'soon' } });
  await assert.rejects(
    ask(false),
    (error) =>
      error instanceof StepError && error.code === 'input-wrong' && /timeout: "soon"/.test(error.message),
  );
  const { ask: askWithout } = await askDoctor(t, { env: { NXCLOUD_ACCESS_SECRET: '' } });
  await assert.rejects(
    askWithout(false),
    (error) =>
      error instanceof StepError &&
      error.code === 'input-wrong' &&
      /access-secret: is missing; set that variable/.test(error.message),
  );
});
