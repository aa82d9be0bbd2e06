import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Agent } from 'undici';
import { BranchMoved, repeatWhileMoving } from '../../src/github/attempts.ts';
import { connectToGitHub } from '../../src/github/client.ts';
import { StepError } from '../../src/text/errors.ts';
import { FakeTiming } from '../publish/setting.ts';

const REASON = new StepError('cancelled', 'The run was cancelled (SIGINT).');

/** Repeats `attempt`, which gets its number and what is known then; tells what was known, and the waits. */
async function repeat(
  attempt: (count: number) => unknown,
  { once = false, signal = new AbortController().signal } = {},
) {
  const timing = new FakeTiming();
  const dispatcher = new Agent();
  // Nothing is sent.
  const options = { token: 'x', apiUrl: 'http://127.0.0.1', repository: 'a/b', dispatcher, signal, timing };
  const github = await connectToGitHub(options);
  const known: string[] = [];
  const result = await repeatWhileMoving(
    github,
    'main',
    { start: 'start', once },
    {
      read: async () => `read ${known.length}`,
      attempt: async (_, state) => {
        known.push(state);
        return await attempt(known.length);
      },
    },
  ).catch((error: unknown) => error);
  await github.close();
  return { result, known, sleeps: timing.sleeps };
}

function failUntil(last: number, error: Error = new BranchMoved('It moved.')): (count: number) => unknown {
  return (count) => {
    if (count < last) throw error;
    return 'done';
  };
}

describe('writing', () => {
  test('goes on with jitter while the branch moves, and reads it anew each time', async () => {
    assert.deepEqual(await repeat(failUntil(4)), {
      result: 'done',
      known: ['start', 'read 1', 'read 2', 'read 3'],
      sleeps: [250, 500, 1000],
    });
  });

  test('is given up after three minutes', async () => {
    const { result, sleeps } = await repeat(failUntil(1000));
    assert.ok(result instanceof StepError && result.code === 'branch-moving', String(result));
    assert.match(result.message, /main kept moving for three minutes, .*: It moved\. /);
    const waited = sleeps.reduce((sum, each) => sum + each, 0);
    assert.ok(waited >= 180_000 && waited < 190_000, `${waited}`);
  });

  const moved = new BranchMoved('It moved.');
  const defect = new TypeError('unforeseen');
  for (const [name, error, once] of [
    ['that is to be one attempt alone ends with it', moved, true],
    ['that failed otherwise is not repeated', defect, false],
  ] as const) {
    test(name, async () => {
      const { result, sleeps } = await repeat(failUntil(2, error), { once });
      assert.deepEqual([result, sleeps], [error, []]);
    });
  }

  for (const [name, error, code] of [
    ['while the branch moves', moved, 'publishing-cut-short'],
    ['by its own reason', REASON, 'publishing-cut-short'],
    ['with a failure of its own', new StepError('manifest-too-large', 'Too large.'), 'manifest-too-large'],
  ] as const) {
    test(`that is cut short ${name} ends with ${code}`, async () => {
      const controller = new AbortController();
      const attempt = (): never => {
        controller.abort(REASON);
        throw error;
      };
      const { result } = await repeat(attempt, { signal: controller.signal });
      assert.ok(result instanceof StepError && result.code === code, String(result));
    });
  }
});
