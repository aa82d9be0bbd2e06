// The engine in virtual time: what it starts, when, how often, and that every item has exactly one end.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Verdict } from '../../src/nxcloud/answers.ts';
import { type UploadResult, uploadAll } from '../../src/upload/upload-all.ts';
import { triesOf } from '../support/extent.ts';
import { makeRandom } from '../support/seeded-random.ts';
import { runVirtually } from '../support/virtual-time.ts';

interface Item {
  readonly index: number;
}

/** One attempt as the transport saw it; times are milliseconds of virtual time. */
interface Attempt {
  readonly index: number;
  /** From 1. */
  readonly number: number;
  readonly startedAt: number;
  endedAt: number;
  /** Undefined when it was aborted. */
  verdict: Verdict | undefined;
}

/** What the transport answers to an attempt, and after how many milliseconds. */
type Answer = readonly [verdict: Verdict, latencyMs: number];

interface Scenario {
  readonly count: number;
  readonly concurrency: number;
  readonly retries: number;
  readonly answer: (index: number, number: number) => Answer;
  readonly random?: () => number;
  readonly abortAt?: number | undefined;
}

interface Course {
  readonly attempts: readonly Attempt[];
  readonly results: ReadonlyMap<number, readonly UploadResult[]>;
  readonly retryMessages: readonly string[];
  readonly stopped: Awaited<ReturnType<typeof uploadAll>>;
  readonly mostInFlight: number;
  readonly endedAt: number;
}

async function play(scenario: Scenario): Promise<Course> {
  const { count, concurrency, retries, answer, random = () => 1, abortAt } = scenario;
  const attempts: Attempt[] = [];
  const results = new Map<number, UploadResult[]>();
  const retryMessages: string[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const items = Array.from({ length: count }, (_, index): Item => {
    results.set(index, []);
    return { index };
  });
  const cancellation = new AbortController();

  const uploadOnce = ({ index }: Item, signal: AbortSignal): Promise<Verdict> => {
    const number = attempts.filter((attempt) => attempt.index === index).length + 1;
    const [verdict, latencyMs] = answer(index, number);
    const attempt: Attempt = {
      index,
      number,
      startedAt: Date.now(),
      endedAt: Number.NaN,
      verdict: undefined,
    };
    attempts.push(attempt);
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        attempt.endedAt = Date.now();
        inFlight -= 1;
      };
      const timer = setTimeout(() => {
        attempt.verdict = verdict;
        end();
        resolve(verdict);
      }, latencyMs);
      const leave = (): void => {
        if (attempt.verdict !== undefined) return;
        clearTimeout(timer);
        end();
        reject(signal.reason);
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave);
    });
  };

  return await runVirtually(async () => {
    const abort = (): void => cancellation.abort(new Error('cancelled'));
    const timer = abortAt === undefined ? undefined : setTimeout(abort, abortAt);
    const stopped = await uploadAll({
      items,
      concurrency,
      retries,
      uploadOnce,
      onResult: ({ index }, result) => results.get(index)?.push(result),
      onRetry: (_, message) => retryMessages.push(message),
      signal: cancellation.signal,
      random,
    });
    clearTimeout(timer);
    return { attempts, results, retryMessages, stopped, mostInFlight, endedAt: Date.now() };
  });
}

const success: Verdict = { kind: 'success', id: '4:x' };
const trouble: Verdict = {
  kind: 'retry',
  code: 'a-code',
  cause: 'code 9001',
  message: 'trouble',
  overloaded: false,
};
const overload: Verdict = {
  kind: 'retry',
  code: 'a-code',
  cause: 'HTTP 429',
  message: 'too many',
  overloaded: true,
};
const ownFault: Verdict = {
  kind: 'fail',
  code: 'a-code',
  cause: 'code 9000',
  message: 'own fault',
  isOwnFault: true,
};
const otherFault: Verdict = {
  kind: 'fail',
  code: 'a-code',
  cause: 'code 4711',
  message: 'other fault',
  isOwnFault: false,
};
const stop: Verdict = { kind: 'stop', code: 'a-code', message: 'stopped' };

const kinds = ({ results }: Course): string[] =>
  [...results.values()].map(([result]) => result?.kind ?? 'none');
const starts = ({ attempts }: Course): number[] => attempts.map(({ startedAt }) => startedAt);

describe('uploadAll', () => {
  it('ends at once without items', async () => {
    const course = await play({ count: 0, concurrency: 4, retries: 4, answer: () => [success, 1] });
    assert.equal(course.stopped, undefined);
  });

  it('keeps as many in flight as it may, in order', async () => {
    const course = await play({ count: 6, concurrency: 2, retries: 4, answer: () => [success, 100] });
    assert.deepEqual(
      course.attempts.map(({ index }) => index),
      [0, 1, 2, 3, 4, 5],
    );
    assert.deepEqual(starts(course), [0, 0, 100, 100, 200, 200]);
    assert.deepEqual(course.results.get(5), [{ kind: 'uploaded', id: '4:x', at: 300, durationMs: 100 }]);
  });

  it('tries again after a growing wait, and says so', async () => {
    const answer = (_: number, number: number): Answer => [number <= 4 ? trouble : success, 10];
    const course = await play({ count: 1, concurrency: 1, retries: 4, answer });
    assert.deepEqual(starts(course), [0, 510, 1520, 3530, 7540]);
    assert.deepEqual(course.retryMessages, [
      'trouble; trying again in 0.5 s (1 of 4)',
      'trouble; trying again in 1.0 s (2 of 4)',
      'trouble; trying again in 2.0 s (3 of 4)',
      'trouble; trying again in 4.0 s (4 of 4)',
    ]);
    assert.deepEqual(kinds(course), ['uploaded']);
  });

  const endings: Readonly<Record<number, string>> = {
    0: 'trouble',
    1: 'trouble (after 2 attempts)',
    4: 'trouble (after 5 attempts)',
  };
  for (const [retries, message] of Object.entries(endings)) {
    it(`fails a file after ${retries} further attempts`, async () => {
      const course = await play({
        count: 1,
        concurrency: 1,
        retries: Number(retries),
        answer: () => [trouble, 1],
      });
      assert.equal(course.attempts.length, Number(retries) + 1);
      assert.deepEqual(course.results.get(0), [{ kind: 'failed', message: `${message} [a-code]` }]);
      assert.equal(course.stopped?.message, undefined);
    });
  }

  it('does not try again what is the file’s own fault, nor stops for it', async () => {
    const course = await play({ count: 9, concurrency: 1, retries: 4, answer: () => [ownFault, 1] });
    assert.equal(course.attempts.length, 9);
    assert.deepEqual(new Set(kinds(course)), new Set(['failed']));
    assert.equal(course.stopped?.message, undefined);
  });

  it('stops after five failures in a row for one cause that is not the file’s own', async () => {
    const course = await play({ count: 9, concurrency: 1, retries: 4, answer: () => [otherFault, 1] });
    assert.equal(course.attempts.length, 5);
    assert.deepEqual(kinds(course), [...Array(5).fill('failed'), ...Array(4).fill('not-reached')]);
    assert.equal(course.stopped?.message, 'Five files in a row failed for the same cause: other fault.');
  });

  it('goes on when a success or an own fault comes between such failures', async () => {
    for (const between of [success, ownFault]) {
      const answer = (index: number): Answer => [index === 4 ? between : otherFault, 1];
      const course = await play({ count: 8, concurrency: 1, retries: 4, answer });
      assert.equal(course.attempts.length, 8);
      assert.equal(course.stopped?.message, undefined);
    }
  });

  it('stops at once when told to, and lets end what is in flight', async () => {
    const answer = (index: number): Answer => (index === 1 ? [stop, 50] : [success, 100]);
    const course = await play({ count: 8, concurrency: 4, retries: 4, answer });
    assert.deepEqual(kinds(course), [
      'uploaded',
      'not-reached',
      'uploaded',
      'uploaded',
      ...Array(4).fill('not-reached'),
    ]);
    assert.equal(course.attempts.length, 4);
    assert.equal(course.stopped?.message, 'stopped');
  });

  it('does not wait for retries once it is stopped', async () => {
    const answer = (index: number): Answer => (index === 0 ? [trouble, 10] : [stop, 20]);
    const course = await play({ count: 2, concurrency: 2, retries: 4, answer });
    assert.deepEqual(kinds(course), ['not-reached', 'not-reached']);
    assert.equal(course.endedAt, 20);
  });

  it('announces no retry once it is stopped', async () => {
    const answer = (index: number): Answer => (index === 0 ? [stop, 10] : [trouble, 20]);
    const course = await play({ count: 2, concurrency: 2, retries: 4, answer });
    assert.deepEqual(course.retryMessages, []);
    assert.deepEqual(kinds(course), ['not-reached', 'not-reached']);
  });

  it('keeps the first reason to stop', async () => {
    const other: Verdict = { kind: 'stop', code: 'a-code', message: 'later' };
    const answer = (index: number): Answer => (index === 0 ? [stop, 10] : [other, 20]);
    const course = await play({ count: 2, concurrency: 2, retries: 4, answer });
    assert.equal(course.stopped?.message, 'stopped');
  });

  it('holds back every start for as long as the service asks', async () => {
    const asked: Verdict = { ...overload, retryAfterMs: 7000 };
    const answer = (index: number, number: number): Answer =>
      index === 0 && number === 1 ? [asked, 10] : [success, 100];
    const course = await play({ count: 9, concurrency: 4, retries: 4, answer });
    const later = starts(course).slice(4);
    assert.ok(later.length > 0 && later.every((start) => start >= 7010), String(later));
    assert.deepEqual(course.retryMessages, ['too many; trying again in 7.0 s (1 of 4)']);
    assert.deepEqual(new Set(kinds(course)), new Set(['uploaded']));
  });

  it('waits no less than its own backoff when the service asks for less', async () => {
    const asked: Verdict = { ...overload, retryAfterMs: 100 };
    const answer = (_: number, number: number): Answer => [number === 1 ? asked : success, 10];
    const course = await play({ count: 1, concurrency: 1, retries: 4, answer });
    assert.deepEqual(starts(course), [0, 510]);
  });

  it('halves the number in flight for a wave of refusals, not for each of them', async () => {
    // The service refuses all of the first eight, then takes everything.
    const answer = (index: number, number: number): Answer => [
      number === 1 && index < 8 ? overload : success,
      100,
    ];
    const course = await play({ count: 40, concurrency: 8, retries: 4, answer });
    const second = course.attempts.slice(8);
    const first = second[0]?.startedAt ?? 0;
    const together = second.filter(({ startedAt }) => startedAt < first + 100);
    assert.equal(together.length, 4);
    assert.deepEqual(new Set(kinds(course)), new Set(['uploaded']));
  });

  it('climbs back to what it may once the service takes everything', async () => {
    const answer = (index: number, number: number): Answer => [
      number === 1 && index < 8 ? overload : success,
      100,
    ];
    const course = await play({ count: 200, concurrency: 8, retries: 4, answer });
    const last = course.attempts.at(-20)?.startedAt ?? 0;
    assert.equal(course.attempts.filter(({ startedAt }) => startedAt === last).length, 8);
  });

  it('holds back others for a file in trouble only until something succeeds', async () => {
    const answer = (index: number, number: number): Answer =>
      index === 0 && number === 1 ? [trouble, 10] : [success, 100];
    const course = await play({ count: 5, concurrency: 2, retries: 4, answer });
    assert.deepEqual(starts(course), [0, 0, 100, 100, 200, 510]);
  });

  it('meets an outage with few files: while some wait to be tried again, no others start', async () => {
    const course = await play({ count: 100, concurrency: 4, retries: 4, answer: () => [trouble, 10] });
    const touched = new Set(course.attempts.map(({ index }) => index));
    assert.ok(touched.size <= 8, `${touched.size} files`);
    assert.match(course.stopped?.message ?? '', /^Five files in a row/);
  });

  it('takes a short trouble of one file for what it is', async () => {
    const answer = (index: number, number: number): Answer => [
      index === 0 && number <= 4 ? trouble : success,
      100,
    ];
    const course = await play({ count: 20, concurrency: 2, retries: 4, answer });
    assert.deepEqual(new Set(kinds(course)), new Set(['uploaded']));
    assert.equal(course.attempts.length, 24);
  });

  it('loses none of 100 files when the service takes two at a time', async () => {
    for (const concurrency of [2, 4, 8, 16, 32]) {
      let inFlight = 0;
      // Refusals are quick, what is taken takes its time.
      const answer = (): Answer => {
        inFlight += 1;
        const [verdict, latencyMs]: Answer = inFlight > 2 ? [overload, 20] : [success, 100];
        setTimeout(() => {
          inFlight -= 1;
        }, latencyMs);
        return [verdict, latencyMs];
      };
      const course = await play({
        count: 100,
        concurrency,
        retries: 4,
        answer,
        random: makeRandom(concurrency),
      });
      assert.deepEqual(new Set(kinds(course)), new Set(['uploaded']), `concurrency ${concurrency}`);
    }
  });

  it('starts nothing when it is aborted before the start', async () => {
    const never = async (): Promise<Verdict> => assert.fail('it was started');
    const results: string[] = [];
    const items = [{ index: 0, file: '', type: 'image/png', sha256: '', size: 1 }] as const;
    const stopped = await uploadAll({
      items,
      concurrency: 1,
      retries: 0,
      uploadOnce: never,
      onResult: (_, { kind }) => results.push(kind),
      onRetry: () => undefined,
      signal: AbortSignal.abort(),
      random: Math.random,
    });
    assert.deepEqual([stopped, results], [undefined, ['not-reached']]);
  });
});

const verdicts: fc.Arbitrary<Verdict> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(success) },
  { weight: 3, arbitrary: fc.constant(trouble) },
  { weight: 3, arbitrary: fc.constant(overload) },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 60_000 }).map((retryAfterMs): Verdict => ({ ...overload, retryAfterMs })),
  },
  { weight: 1, arbitrary: fc.constant(ownFault) },
  { weight: 1, arbitrary: fc.constant(otherFault) },
  { weight: 1, arbitrary: fc.constant(stop) },
);

const scenarios = fc
  .record({
    count: fc.integer({ min: 0, max: 25 }),
    concurrency: fc.integer({ min: 1, max: 8 }),
    retries: fc.integer({ min: 0, max: 5 }),
    answers: fc.array(fc.tuple(verdicts, fc.nat({ max: 2000 })), { minLength: 1, maxLength: 40 }),
    seed: fc.integer(),
    abortAt: fc.option(fc.nat({ max: 20_000 }), { nil: undefined }),
  })
  .map(({ answers, seed, ...rest }): Scenario => {
    const answer = (index: number, number: number): Answer =>
      answers[(index * 7 + number * 3) % answers.length] ?? [success, 1];
    return { ...rest, answer, random: makeRandom(seed) };
  });

describe('uploadAll, whatever the service answers', () => {
  const properties: Readonly<Record<string, (course: Course, scenario: Scenario) => void>> = {
    'gives every item exactly one result': ({ results }, { count }) => {
      assert.equal(results.size, count);
      for (const [index, ends] of results) assert.equal(ends.length, 1, `item ${index}`);
    },
    'tries no item more often than it may, and none twice at a time': ({ attempts }, { retries }) => {
      for (const items of Map.groupBy(attempts, ({ index }) => index).values()) {
        assert.ok(items.length <= retries + 1);
        for (const [at, { startedAt }] of items.entries())
          assert.ok(startedAt >= (items[at - 1]?.endedAt ?? 0));
      }
    },
    'has never more in flight than it may': ({ mostInFlight }, { concurrency }) => {
      assert.ok(mostInFlight <= concurrency);
    },
    'gives the result that the last attempt deserves': ({ attempts, results }) => {
      for (const [index, [result]] of results) {
        const last = attempts.findLast((attempt) => attempt.index === index)?.verdict;
        if (result?.kind === 'uploaded') assert.equal(last?.kind, 'success');
        if (result?.kind === 'failed') assert.ok(last?.kind === 'retry' || last?.kind === 'fail');
        if (last?.kind === 'success') assert.equal(result?.kind, 'uploaded');
        if (last?.kind === 'fail') assert.equal(result?.kind, 'failed');
      }
    },
    'starts nothing after a stop or an abort': (
      { attempts, endedAt },
      { abortAt = Number.POSITIVE_INFINITY },
    ) => {
      const stops = attempts
        .filter(({ verdict }) => verdict?.kind === 'stop')
        .map((attempt) => attempt.endedAt);
      const end = Math.min(abortAt, ...stops);
      for (const { startedAt } of attempts) assert.ok(startedAt <= end, `${startedAt} > ${end}`);
      assert.ok(endedAt <= Math.max(abortAt, ...attempts.map((attempt) => attempt.endedAt)));
    },
    'starts nothing while the service asks to wait': ({ attempts }) => {
      for (const { verdict, endedAt } of attempts) {
        if (verdict?.kind !== 'retry' || verdict.retryAfterMs === undefined) continue;
        const until = endedAt + verdict.retryAfterMs;
        for (const { startedAt } of attempts) assert.ok(startedAt <= endedAt || startedAt >= until);
      }
    },
    'goes on to the end unless it says why not': ({ stopped, results }, { abortAt }) => {
      const missed = [...results.values()].some(([result]) => result?.kind === 'not-reached');
      if (missed) assert.ok(stopped !== undefined || abortAt !== undefined);
    },
    'ends in bounded time': ({ endedAt }, { count, retries }) => {
      assert.ok(endedAt <= count * (retries + 1) * 92_000, String(endedAt));
    },
  };
  it('keeps all its promises', async () => {
    let attempts = 0;
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const course = await play(scenario);
        attempts += course.attempts.length;
        for (const [name, check] of Object.entries(properties)) {
          try {
            check(course, scenario);
          } catch (error) {
            throw new Error(name, { cause: error });
          }
        }
      }),
      { seed: 20_261_123, numRuns: triesOf(2000) },
    );
    assert.ok(attempts > 2000, `${attempts} attempts say something`);
  });
});
