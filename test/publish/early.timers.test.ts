import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BranchMoved } from '../../src/github/commit.ts';
import { NoAnswer, Refusal } from '../../src/github/failure.ts';
import { EarlyPublishing } from '../../src/publish/early.ts';
import type { Publication } from '../../src/publish/publisher.ts';
import { explainFailure } from '../../src/publish/remedies.ts';

const TEN_MINUTES = 10 * 60_000;

function publicationOf(commit: string | undefined, more: Partial<Publication> = {}): Publication {
  return {
    manifest: new Map(),
    text: undefined,
    commit,
    superseded: new Map(),
    pullRequest: undefined,
    notes: [],
    failure: undefined,
    ...more,
  };
}

function refusal(rateLimitMs?: number): unknown {
  const details = { status: 403, types: [], isAboutPullRequests: false, rateLimitMs };
  return explainFailure(new Refusal('No', details), { action: 'commit', permission: 'contents: write' });
}

/** Early publishing on a clock that the test moves; the attempts are the test's to end. */
class Watch {
  readonly early: EarlyPublishing<string>;
  readonly attempts: PromiseWithResolvers<Publication>[] = [];
  /** What each attempt was to publish. */
  readonly published: string[] = [];
  readonly told: string[] = [];
  readonly #timers: TestContext['mock']['timers'];

  constructor(t: TestContext, uploads: number, isGuarded = false) {
    this.#timers = t.mock.timers;
    this.#timers.enable({ apis: ['setInterval'] });
    this.early = new EarlyPublishing({
      uploads,
      isGuarded,
      publish: async (news) => {
        this.published.push(news);
        const attempt = Promise.withResolvers<Publication>();
        this.attempts.push(attempt);
        return await attempt.promise;
      },
      inform: (message) => this.told.push(message),
    });
  }

  /** A success, after so many milliseconds. */
  async succeed(afterMs = 0, news = 'news'): Promise<void> {
    this.early.noteSuccess(news);
    await this.pass(afterMs);
  }

  async pass(milliseconds: number): Promise<void> {
    this.#timers.tick(milliseconds);
    await nextTurn();
  }

  /** Ends the attempt that is under way: with a commit, another publication, or a failure. */
  async end(result: string | Publication | Error | unknown): Promise<void> {
    const attempt = this.attempts.at(-1);
    if (typeof result === 'string') attempt?.resolve(publicationOf(result));
    else if (isPublication(result)) attempt?.resolve(result);
    else attempt?.reject(result);
    await nextTurn();
  }
}

function isPublication(result: unknown): result is Publication {
  return typeof result === 'object' && result !== null && 'superseded' in result;
}

describe('early publishing', () => {
  for (const [uploads, isGuarded, first, later] of [
    [20, false, 0, 0],
    [1, true, 1, 1],
    [20, true, 1, 1],
    [21, false, 1, 3],
    [21, true, 1, 3],
  ] as const) {
    const branch = isGuarded ? 'a guarded branch' : 'a branch without rules';
    test(`of ${uploads} uploads to ${branch}: ${first} at once, ${later} by twenty minutes`, async (t) => {
      const watch = new Watch(t, uploads, isGuarded);
      await watch.succeed();
      assert.equal(watch.attempts.length, first);
      await watch.succeed();
      await watch.end('one');
      assert.equal(watch.attempts.length, first, 'the second success waits for its date');
      await watch.pass(TEN_MINUTES);
      await watch.end('two');
      await watch.succeed(TEN_MINUTES);
      await watch.end('three');
      assert.equal(watch.attempts.length, later);
      const last = await watch.early.settle();
      assert.equal(last?.commit, ['one', 'two', 'three'][later - 1]);
      assert.equal(watch.early.refused.aborted, false);
    });
  }

  test('without news, a date passes', async (t) => {
    const watch = new Watch(t, 21);
    await watch.succeed();
    await watch.end('one');
    await watch.pass(3 * TEN_MINUTES);
    assert.equal(watch.attempts.length, 1);
  });

  test('publications never overlap: the next begins when the last has ended', async (t) => {
    const watch = new Watch(t, 21);
    await watch.succeed();
    await watch.succeed(TEN_MINUTES);
    await watch.succeed(TEN_MINUTES);
    assert.equal(watch.attempts.length, 1);
    await watch.end('one');
    assert.equal(watch.attempts.length, 2);
  });

  test('what comes while an attempt fails is published with the next, and what failed is not forgotten', async (t) => {
    const watch = new Watch(t, 21);
    await watch.succeed(0, 'one');
    await watch.succeed(0, 'one and two');
    await watch.end(new BranchMoved('it moved'));
    await watch.pass(TEN_MINUTES);
    await watch.end(new BranchMoved('it moved'));
    await watch.pass(TEN_MINUTES);
    assert.deepEqual(watch.published, ['one', 'one and two', 'one and two']);
  });

  const passing = [
    ['a branch that moved', new BranchMoved('it moved')],
    [
      'no answer',
      explainFailure(new NoAnswer('silence'), { action: 'commit', permission: 'contents: write' }),
    ],
    ['a rate limit', refusal(60_000)],
  ] as const;
  for (const [name, failure] of passing) {
    test(`${name} waits for the next date`, async (t) => {
      const watch = new Watch(t, 21);
      await watch.succeed();
      await watch.end(failure);
      assert.equal(watch.early.refused.aborted, false);
      assert.match(watch.told.join(), /waits for its next date: /);
      await watch.pass(TEN_MINUTES);
      await watch.end('two');
      assert.equal((await watch.early.settle())?.commit, 'two');
    });
  }

  for (const [name, failure] of [
    ['a refusal', refusal()],
    ['a defect', new TypeError('unforeseen')],
  ] as const) {
    test(`${name} is for good: it is told, and nothing more is published`, async (t) => {
      const watch = new Watch(t, 21);
      await watch.succeed();
      await watch.end(failure);
      assert.equal(watch.early.refused.reason, failure);
      await watch.succeed(TEN_MINUTES);
      assert.equal(watch.attempts.length, 1);
      assert.equal(await watch.early.settle(), undefined);
      assert.deepEqual(watch.told, []);
    });
  }

  test('what one publication made is told although a later one needs nothing', async (t) => {
    const watch = new Watch(t, 21);
    const pullRequest = { number: 7, url: 'https://x', change: 'opened', isByActions: false } as const;
    await watch.succeed();
    await watch.end(publicationOf('one', { pullRequest }));
    await watch.succeed(TEN_MINUTES);
    await watch.end(publicationOf(undefined));
    const last = await watch.early.settle();
    assert.deepEqual([last?.commit, last?.pullRequest?.number], ['one', 7]);
  });

  test('settling waits for what is under way, and nothing is published after it', async (t) => {
    const watch = new Watch(t, 21);
    await watch.succeed();
    let isSettled = false;
    const settling = watch.early.settle().finally(() => {
      isSettled = true;
    });
    await nextTurn();
    assert.equal(isSettled, false);
    await watch.end('one');
    assert.equal((await settling)?.commit, 'one');
    await watch.succeed(TEN_MINUTES);
    assert.equal(watch.attempts.length, 1);
  });

  test('that never began settles at once', async (t) => {
    assert.equal(await new Watch(t, 1).early.settle(), undefined);
  });
});
