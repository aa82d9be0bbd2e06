// Preloaded into a child process: its timers and its `Date` run faster than the real clock, so that minutes of waiting
// pass in moments. FAST_CLOCK_FACTOR says how much faster, FAST_CLOCK_START is the real time both clocks agree on; with the
// factor 0 the `Date` stands still, and timers are as they are. At each SIGUSR2 an hour passes at once: every timer that is due by then fires, however fast or slow the machine is.
// Plain JavaScript: stripping types would cost each child more memory and time than the action itself.
const factor = Number(process.env.FAST_CLOCK_FACTOR);
const start = Number(process.env.FAST_CLOCK_START);
const JUMP_MS = 3_600_000;

const RealDate = Date;
let skipped = 0;
const now = () => Math.floor(start + skipped + (RealDate.now() - start) * factor);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});

const { setTimeout: startTimer, setInterval: startInterval, clearTimeout: stopTimer } = globalThis;
/** When each timer that runs is due, and what it does then. */
const running = new Map();

const setFastTimeout = (callback, delay = 0, ...args) => {
  const fire = () => {
    running.delete(timer);
    callback(...args);
  };
  const timer = startTimer(fire, delay / (factor || 1));
  const note = () => running.set(timer, { due: now() + delay, fire });
  const refresh = timer.refresh.bind(timer);
  timer.refresh = () => {
    note();
    return refresh();
  };
  note();
  return timer;
};
const setFastInterval = (callback, delay = 0, ...args) =>
  startInterval(callback, delay / (factor || 1), ...args);

// Node hangs the promise variants on them.
globalThis.setTimeout = Object.defineProperties(setFastTimeout, Object.getOwnPropertyDescriptors(startTimer));
globalThis.setInterval = Object.defineProperties(
  setFastInterval,
  Object.getOwnPropertyDescriptors(startInterval),
);
globalThis.clearTimeout = (timer) => {
  running.delete(timer);
  stopTimer(timer);
};

process.on('SIGUSR2', () => {
  skipped += JUMP_MS;
  for (const [timer, { due, fire }] of running) {
    if (due > now()) continue;
    stopTimer(timer);
    fire();
  }
});
