// Timers that fire only when a test lets time pass. Those of node:test do the same, but know no `refresh`.
import type { TestContext } from 'node:test';

interface Timer {
  due: number;
  refresh(): Timer;
}

/** Takes `setTimeout` and `clearTimeout` over for one test; what is handed back lets milliseconds pass. */
export function holdTimers(t: TestContext): (milliseconds: number) => void {
  const real = { setTimeout, clearTimeout };
  const timers = new Map<Timer, () => void>();
  let now = 0;
  const setHeld = (callback: () => void, delay = 0): Timer => {
    const timer = {
      due: now + delay,
      refresh: () => Object.assign(timer, { due: now + delay }),
    };
    timers.set(timer, callback);
    return timer;
  };
  Object.assign(globalThis, {
    setTimeout: setHeld,
    clearTimeout: (timer: Timer): void => void timers.delete(timer),
  });
  t.after(() => Object.assign(globalThis, real));
  return (milliseconds) => {
    now += milliseconds;
    for (const [timer, callback] of timers) {
      if (timer.due > now) continue;
      timers.delete(timer);
      callback();
    }
  };
}
