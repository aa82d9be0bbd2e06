// Tiny actions run as GitHub would run them.
import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cancelRun, runAction } from '../../runner/run-action.ts';
import { createAction } from './create-action.ts';

const printEnvironment = 'console.log(JSON.stringify(process.env));';
const inputs = `
  some-input: {}
  with space: { default: b }
  token: { default: '\${{ github.token }}' }
  number: { default: 4 }
  emptied: { default: full }`;

function parseEnvironment(stdout: string): Record<string, string> {
  return JSON.parse(stdout);
}

describe('runAction', () => {
  it('runs on Node 24', async (t) => {
    const result = await runAction(await createAction(t, 'console.log(process.versions.node)'));
    assert.match(result.stdout, /^24\./);
    assert.equal(result.conclusion, 'success');
  });

  it('gives every declared input, and the undeclared ones with a warning', async (t) => {
    const action = await createAction(t, printEnvironment, inputs);
    const given = { emptied: '', extra: 'x' };
    const result = await runAction({ ...action, inputs: given, token: 'ghs_token' });
    const env = parseEnvironment(result.stdout);
    const received = Object.entries(env).filter(([name]) => name.startsWith('INPUT_'));
    assert.deepEqual(Object.fromEntries(received), {
      'INPUT_SOME-INPUT': '',
      INPUT_WITH_SPACE: 'b',
      INPUT_TOKEN: 'ghs_token',
      INPUT_NUMBER: '4',
      INPUT_EMPTIED: '',
      INPUT_EXTRA: 'x',
    });
    assert.match(
      result.runnerWarnings.join(),
      /^Unexpected input\(s\) 'extra', valid inputs are \['some-input', /,
    );
    assert.match(result.maskedLog, /^##\[warning\]Unexpected input/);
  });

  it('gives nothing of the caller’s environment but the path, home, and folders for what is temporary or compiled', async (t) => {
    process.env.SECRET_OF_THE_CALLER = 'x';
    t.after(() => delete process.env.SECRET_OF_THE_CALLER);
    const action = await createAction(t, printEnvironment);
    const result = await runAction({ ...action, env: { OWN: 'y', RUNNER_OS: undefined } });
    const env = parseEnvironment(result.stdout);
    const foreign = Object.keys(env).filter(
      (name) => !/^(GITHUB_|RUNNER_|CI$|PATH$|HOME$|TMPDIR$|NODE_COMPILE_CACHE$)/.test(name),
    );
    assert.deepEqual(foreign, ['OWN']);
    assert.equal(env.RUNNER_OS, undefined);
    assert.equal(env.GITHUB_WORKSPACE, action.workspace);
  });

  it('describes the run and its event', async (t) => {
    const action = await createAction(
      t,
      `import { readFileSync } from 'node:fs';
      console.log(JSON.stringify({ ...process.env, cwd: process.cwd(), event: readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8') }));`,
    );
    const event = { action: 'opened', number: 7 };
    const result = await runAction({
      ...action,
      context: {
        eventName: 'pull_request',
        event,
        ref: 'refs/pull/7/merge',
        headRef: 'topic',
        actor: 'mona',
      },
      debug: true,
    });
    const env = parseEnvironment(result.stdout);
    assert.equal(env.cwd, action.workspace);
    assert.deepEqual(JSON.parse(env.event ?? ''), event);
    assert.equal(env.GITHUB_EVENT_NAME, 'pull_request');
    assert.equal(env.GITHUB_REF_NAME, '7/merge');
    assert.equal(env.GITHUB_REF_TYPE, 'branch');
    assert.equal(env.GITHUB_HEAD_REF, 'topic');
    assert.equal(env.GITHUB_ACTOR, 'mona');
    assert.equal(env.GITHUB_TRIGGERING_ACTOR, 'mona');
    assert.equal(env.RUNNER_DEBUG, '1');
  });

  it('tells tags from branches', async (t) => {
    const action = await createAction(t, printEnvironment);
    const result = await runAction({ ...action, context: { ref: 'refs/tags/v1/a' } });
    const env = parseEnvironment(result.stdout);
    assert.equal(env.GITHUB_REF_NAME, 'v1/a');
    assert.equal(env.GITHUB_REF_TYPE, 'tag');
  });

  it('reads back outputs, state, environment and summary', async (t) => {
    const action = await createAction(
      t,
      `import { appendFileSync } from 'node:fs';
      const say = (name, text) => appendFileSync(process.env[name], text);
      console.log('::add-mask::hush-hush');
      say('GITHUB_OUTPUT', 'plain=1\\nlong<<a-delimiter-nobody-guesses\\nx\\ny\\na-delimiter-nobody-guesses\\n');
      say('GITHUB_OUTPUT', 'weak<<EOF\\nhush-hush\\nEOF\\n');
      say('GITHUB_OUTPUT', 'twice<<a-delimiter-nobody-guesses\\na-delimiter-nobody-guesses\\n');
      say('GITHUB_STATE', 's=2\\n');
      say('GITHUB_ENV', 'e=3\\n');
      say('GITHUB_STEP_SUMMARY', '# Title\\n');`,
    );
    const result = await runAction(action);
    assert.deepEqual(result.outputs, { plain: '1', long: 'x\ny', weak: 'hush-hush', twice: '' });
    assert.equal(result.outputCharacters, 13);
    assert.deepEqual(result.maskedOutputs, ['weak']);
    assert.deepEqual(result.weakDelimiters, ['EOF', 'a-delimiter-nobody-guesses']);
    assert.deepEqual(result.state, { s: '2' });
    assert.deepEqual(result.exportedEnv, { e: '3' });
    assert.equal(result.summary, '# Title\n');
    assert.equal(result.summaryDropped, false);
  });

  it('fails the step for an output file it cannot read', async (t) => {
    const action = await createAction(
      t,
      "import { appendFileSync } from 'node:fs'; appendFileSync(process.env.GITHUB_OUTPUT, 'nonsense');",
    );
    const result = await runAction(action);
    assert.equal(result.exitCode, 0);
    assert.equal(result.conclusion, 'failure');
    assert.match(result.runnerErrors.join(), /Invalid format 'nonsense'/);
  });

  it('drops a summary over 1 MiB', async (t) => {
    const action = await createAction(
      t,
      "import { writeFileSync } from 'node:fs'; writeFileSync(process.env.GITHUB_STEP_SUMMARY, 'x'.repeat(1048577));",
    );
    const result = await runAction(action);
    assert.equal(result.summaryDropped, true);
    assert.match(result.maskedLog, /supports content up to a size/);
  });

  it('goes on without the files an action took away', async (t) => {
    const action = await createAction(
      t,
      "import { rmSync } from 'node:fs'; rmSync(process.env.GITHUB_OUTPUT); rmSync(process.env.GITHUB_STEP_SUMMARY);",
    );
    const result = await runAction(action);
    assert.deepEqual(result.outputs, {});
    assert.equal(result.conclusion, 'success');
  });

  it('finds commands on both streams and keeps the exit code', async (t) => {
    const action = await createAction(
      t,
      "console.log('::error::out'); console.error('::warning::err'); process.exitCode = 3;",
    );
    const result = await runAction(action);
    assert.deepEqual(result.annotations.map(({ level, message }) => `${level} ${message}`).sort(), [
      'error out',
      'warning err',
    ]);
    assert.equal(result.exitCode, 3);
    assert.equal(result.conclusion, 'failure');
    assert.equal(result.stderr, '::warning::err\n');
  });

  it('passes flags to node, so that a file can be loaded before the action', async (t) => {
    const action = await createAction(t, 'console.log(new Date().getFullYear())');
    const preload = join(action.actionDirectory, 'clock.mjs');
    await writeFile(preload, 'Date = class extends Date { getFullYear() { return 1999; } };');
    const result = await runAction({ ...action, nodeFlags: [`--import=${preload}`] });
    assert.equal(result.stdout, '1999\n');
  });

  it('sends signals in turn, on lines and after events', async (t) => {
    const action = await createAction(
      t,
      `process.on('SIGINT', () => console.log('interrupted'));
      console.log('ready');
      setInterval(() => {}, 1000);`,
    );
    const pids: number[] = [];
    const result = await runAction({
      ...action,
      signals: [
        { signal: 'SIGINT', onLine: /^ready$/, after: Promise.resolve() },
        { signal: 'SIGTERM', onLine: /^interrupted$/, delayMs: 1 },
        { signal: 'SIGKILL', onLine: /^never$/ },
      ],
      onStart: (pid) => pids.push(pid),
    });
    assert.equal(result.signal, 'SIGTERM');
    assert.equal(result.exitCode, null);
    assert.equal(result.conclusion, 'failure');
    assert.equal(pids.length, 1);
  });

  it('does not wait for further signals when the action ends by the first', async (t) => {
    const action = await createAction(
      t,
      "process.on('SIGINT', () => process.exit(1)); console.log('ready'); setInterval(() => {}, 1000);",
    );
    const result = await runAction({ ...action, signals: cancelRun(/ready/) });
    assert.equal(result.exitCode, 1);
    assert.equal(result.signal, null);
  });

  it('kills an action that takes too long', async (t) => {
    const result = await runAction({
      ...(await createAction(t, 'setInterval(() => {}, 1000);')),
      timeoutMs: 200,
    });
    assert.equal(result.timedOut, true);
    assert.equal(result.signal, 'SIGKILL');
  });

  it('leaves nothing behind', async (t) => {
    const action = await createAction(t, 'console.log(process.env.RUNNER_TEMP);');
    const { stdout } = await runAction(action);
    await assert.rejects(stat(join(stdout.trim(), '..')), { code: 'ENOENT' });
  });
});
