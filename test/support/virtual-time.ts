// Time that passes only when everyone waits: timers fire in order, at once, and `Date.now` says when they were due.

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** More timers than any honest test needs. */
const mostTimers = 100_000;

/**
 * Runs `body` in virtual time, which begins at 0, and hands back what it resolves to. Rejects when the body waits for
 * something that is no timer, never ends, or leaves a timer behind. Nothing else may use timers meanwhile.
 */
export async function runVirtually<T>(body: () => Promise<T>): Promise<T> {
  const real = { setTimeout, clearTimeout, now: Date.now };
  const timers = new Set<Timer>();
  let now = 0;
  const setVirtual = (callback: () => void, delay = 0): Timer => {
    const timer = { due: now + delay, callback };
    timers.add(timer);
    return timer;
  };
  const clearVirtual = (timer: Timer): void => void timers.delete(timer);
  Object.assign(globalThis, { setTimeout: setVirtual, clearTimeout: clearVirtual });
  Date.now = () => now;
  try {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    const result = body();
    result.then(settle, settle);
    for (let fired = 0; ; fired += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isSettled) {
        const value = await result;
        if (timers.size > 0) throw new Error('it leaves a timer behind');
        return value;
      }
      const next = [...timers].reduce((a, b) => (b.due < a.due ? b : a), {
        due: Number.POSITIVE_INFINITY,
        callback: settle,
      });
      if (next.due === Number.POSITIVE_INFINITY) throw new Error('it waits for ever');
      if (fired > mostTimers) throw new Error('it never ends');
      timers.delete(next);
      now = next.due;
      next.callback();
    }
  } finally {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    Date.now = real.now;
  }
}
