import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Agent } from 'undici';
import { connectToGitHub, type GitHub } from '../../src/github/client.ts';
import {
  BranchMoved,
  commitFile,
  repeatWhileMoving,
  SentCommits,
  type WrittenFile,
} from '../../src/github/commit.ts';
import { type Head, readHead } from '../../src/github/read.ts';
import { StepError } from '../../src/text/errors.ts';
import { FakeTiming, inSetting, type RunOptions, type Setting } from '../publish/setting.ts';

const REASON = new StepError('cancelled', 'The run was cancelled (SIGINT).');

/** Repeats `attempt`, which gets its number and what is known then; tells what was known, and the waits. */
async function repeat(
  attempt: (count: number) => unknown,
  { once = false, signal = new AbortController().signal } = {},
) {
  const timing = new FakeTiming();
  const dispatcher = new Agent();
  // Nothing is sent.
  const options = {
    token: 'x',
    apiUrl: 'http://127.0.0.1',
    repository: 'a/b',
    dispatcher,
    redact: String,
    signal,
    timing,
  };
  const github = await connectToGitHub(options);
  const known: string[] = [];
  const result = await repeatWhileMoving(
    github,
    'main',
    { start: 'start', once },
    async () => `read ${known.length}`,
    async (_, state) => {
      known.push(state);
      return await attempt(known.length);
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

const FILES = { m: 'old' };
const PLACE = { branch: 'main', path: 'm', message: 'Write' };

interface Decision {
  readonly newText: string | undefined;
}

/** Makes the file say `text`, unless it does already. */
async function write(
  setting: Setting,
  text: string,
  run: RunOptions & { readonly once?: boolean; readonly start?: Head; readonly sent?: SentCommits } = {},
): Promise<WrittenFile<Decision>> {
  const options = { start: run.start, once: run.once ?? false, sent: run.sent ?? new SentCommits() };
  const decide = async (_: GitHub, head: Head): Promise<Decision> => {
    const { repository } = setting;
    const said = head.file && repository.git.readBlob(head.file.oid).toString();
    return { newText: said === text ? undefined : text };
  };
  return await commitFile(await setting.connect(run), PLACE, decide, options);
}

function push(setting: Setting, times = 1): void {
  let count = 0;
  const before = async (): Promise<void> => {
    count += 1;
    await setting.repository.push('main', { other: String(count) });
  };
  setting.api.plan({ operation: 'createCommitOnBranch', times, before });
}

function waited({ timing }: Setting): number {
  return timing.sleeps.reduce((sum, each) => sum + each, 0);
}

describe('commitFile', () => {
  test(
    'begins with the head that is known, and tells who made the commit',
    inSetting(FILES, async (setting) => {
      const first = await write(setting, 'one');
      assert.deepEqual(first.made, { oid: await setting.headOf('main'), isByActions: true });
      const start = await readHead(await setting.connect(), 'main', 'm');
      setting.api.requests.length = 0;
      assert.equal((await write(setting, 'one', { start })).made, undefined);
      assert.equal(setting.api.requests.length, 0);
      const token = setting.api.createToken({ login: 'our-app[bot]' });
      const second = await write(setting, 'two', { start, token });
      assert.deepEqual(second.made, { oid: await setting.headOf('main'), isByActions: false });
      assert.equal(setting.api.requests.length, 1);
    }),
  );

  test(
    'waits with jitter and reads the branch anew when it moved',
    inSetting(FILES, async (setting) => {
      push(setting, 3);
      const { made } = await write(setting, 'new');
      assert.equal(made?.oid, await setting.headOf('main'));
      assert.deepEqual(setting.timing.sleeps, [250, 500, 1000]);
      assert.equal(setting.api.count('ReadBranch'), 4);
    }),
  );

  test(
    'does not wait for a branch that is gone',
    inSetting(FILES, async (setting) => {
      const before = async (): Promise<void> => {
        await setting.repository.setBranch('other', 'main');
        await setting.repository.deleteBranch('main');
      };
      setting.api.plan({ operation: 'createCommitOnBranch', before });
      await assert.rejects(write(setting, 'new'), { name: 'StepError', code: 'branch-missing' });
      assert.equal(setting.timing.sleeps.length, 1);
    }),
  );
});

describe('a commit', () => {
  for (const fault of ['cut-after', 'cut-in-reply'] as const) {
    test(
      `whose reply is lost (${fault}) is recognised at the next look, and not made twice`,
      inSetting(FILES, async (setting) => {
        setting.api.plan({ operation: 'createCommitOnBranch', fault });
        const { made } = await write(setting, 'new');
        assert.equal(made?.oid, await setting.headOf('main'));
        assert.equal((await setting.messagesOf('main')).length, 2);
      }),
    );
  }

  test(
    'whose reply is lost is not made twice either when someone has committed on top of it',
    inSetting(FILES, async (setting) => {
      const after = async (): Promise<unknown> => await setting.repository.push('main', { other: 'x' });
      setting.api.plan({ operation: 'createCommitOnBranch', fault: 'cut-after', after });
      const { made } = await write(setting, 'new');
      assert.equal((await setting.messagesOf('main')).length, 3);
      assert.equal(made?.oid, setting.repository.git.readCommit('refs/heads/main').parents[0]);
    }),
  );

  test(
    'of others is never taken for one whose reply is lost',
    inSetting(FILES, async (setting) => {
      const after = async (): Promise<void> => {
        await setting.repository.push('main', { other: 'x' });
        await setting.repository.push('main', { other: 'y' });
      };
      setting.api.plan({ operation: 'createCommitOnBranch', fault: 'cut-after', after });
      assert.equal((await write(setting, 'new')).made, undefined);
      assert.equal((await setting.messagesOf('main')).length, 4);
    }),
  );

  test(
    'whose reply is lost to one attempt is found by the next of the same run, until it is settled',
    inSetting(FILES, async (setting) => {
      const sent = new SentCommits();
      setting.api.plan({ operation: 'createCommitOnBranch', fault: 'cut-after' });
      await assert.rejects(write(setting, 'new', { once: true, sent }), BranchMoved);
      const { made } = await write(setting, 'new', { sent });
      assert.equal(made?.oid, await setting.headOf('main'));
      sent.clear();
      assert.equal((await write(setting, 'new', { sent })).made, undefined);
    }),
  );

  test(
    'that was made although every further attempt goes without an answer is found',
    inSetting(FILES, async (setting) => {
      const operation = 'createCommitOnBranch';
      setting.api.plan({ operation, fault: 'cut-after' });
      setting.api.plan({ operation, nth: 2, times: 1000, answer: { status: 502 } });
      const { made } = await write(setting, 'new');
      assert.equal(made?.oid, await setting.headOf('main'));
      assert.equal((await setting.messagesOf('main')).length, 2);
    }),
  );

  test(
    'is not made twice by reads that lag behind it',
    inSetting(FILES, async (setting) => {
      setting.repository.lagOfReads = 2;
      await write(setting, 'one');
      const { made } = await write(setting, 'two');
      assert.equal(made?.oid, await setting.headOf('main'));
      assert.equal((await setting.messagesOf('main')).length, 3);
    }),
  );

  for (const [name, body] of [
    ['cannot lock ref', { data: null, errors: [{ message: 'cannot lock ref' }] }],
    ['Branch not found', { data: null, errors: [{ type: 'NOT_FOUND', message: 'Branch not found' }] }],
    ['no commit', { data: { createCommitOnBranch: { commit: null } } }],
  ] as const) {
    test(
      `that is answered with "${name}" is tried again when the branch moved`,
      inSetting(FILES, async (setting) => {
        setting.api.plan({
          operation: 'createCommitOnBranch',
          before: () => setting.repository.push('main', { other: 'theirs' }),
          answer: { status: 200, body },
        });
        const { made } = await write(setting, 'new');
        assert.equal(made?.oid, await setting.headOf('main'));
      }),
    );
  }

  test(
    'that is refused is not tried again when the branch did not move',
    inSetting(FILES, async (setting) => {
      const body = { data: null, errors: [{ message: 'A path is malformed' }] };
      setting.api.plan({ operation: 'createCommitOnBranch', times: 9, answer: { status: 200, body } });
      await assert.rejects(write(setting, 'new'), { name: 'Refusal', message: /A path is malformed/ });
      assert.equal(setting.api.count('createCommitOnBranch'), 1);
    }),
  );

  for (const [name, answer] of [
    [
      'a limit',
      {
        status: 403,
        headers: { 'retry-after': '3600' },
        body: { message: 'You have exceeded a secondary rate limit.' },
      },
    ],
    ['a missing permission', { status: 403, body: { message: 'Resource not accessible by integration' } }],
    ['an expired token', { status: 401, body: { message: 'Bad credentials' } }],
  ] as const) {
    test(
      `that is refused for ${name} has met no branch that moved, also when it has`,
      inSetting(FILES, async (setting) => {
        const before = async (): Promise<unknown> => await setting.repository.push('main', { other: 'x' });
        setting.api.plan({ operation: 'createCommitOnBranch', times: 1000, before, answer });
        await assert.rejects(write(setting, 'new'), { name: 'Refusal' });
        assert.equal(setting.api.count('createCommitOnBranch'), 1);
      }),
    );
  }

  test(
    'without an answer is waited for more than a minute, since there are uploads to lose, and not much longer',
    inSetting(FILES, async (setting) => {
      setting.api.plan({ operation: 'createCommitOnBranch', times: 1000, answer: { status: 502 } });
      await assert.rejects(write(setting, 'new'), { name: 'NoAnswer', message: /502/ });
      assert.ok(waited(setting) >= 60_000 && waited(setting) < 90_000, `${waited(setting)}`);
    }),
  );
});

describe('cancelling', () => {
  const message = /^Publishing to the branch main was given up because the run is ending; it is not known/;

  for (const [name, operation] of [
    ['gives up a commit that hangs', 'createCommitOnBranch'],
    ['gives up a look at the branch', 'ReadBranch'],
  ] as const) {
    test(
      `${name}, in other words than the run's own`,
      inSetting(FILES, async (setting) => {
        const controller = new AbortController();
        const reason = new StepError('cancelled', 'The run was cancelled (SIGINT).');
        setting.api.plan({ operation, fault: 'hang', before: () => controller.abort(reason) });
        const { signal } = controller;
        await assert.rejects(write(setting, 'new', { signal }), { name: 'StepError', message });
      }),
    );
  }

  test(
    'gives up waiting for a branch that moves',
    inSetting(FILES, async (setting) => {
      const controller = new AbortController();
      const before = async (): Promise<void> => {
        await setting.repository.push('main', { other: 'moved' });
        controller.abort();
      };
      setting.api.plan({ operation: 'createCommitOnBranch', before });
      const { signal } = controller;
      await assert.rejects(write(setting, 'new', { signal }), { name: 'StepError', message });
    }),
  );
});
