// Preloaded into a child process: its timers and its `Date` run faster than the real clock, so that minutes of waiting
// pass in moments. FAST_CLOCK_FACTOR says how much faster, FAST_CLOCK_START is the real time both clocks agree on.
// Plain JavaScript: stripping types would cost each child more memory and time than the action itself.
const factor = Number(process.env.FAST_CLOCK_FACTOR);
const start = Number(process.env.FAST_CLOCK_START);

const RealDate = Date;
const now = () => Math.floor(start + (RealDate.now() - start) * factor);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
});

for (const name of ['setTimeout', 'setInterval']) {
  const real = globalThis[name];
  const fast = (callback, delay = 0, ...args) => real(callback, delay / factor, ...args);
  globalThis[name] = Object.defineProperties(fast, Object.getOwnPropertyDescriptors(real));
}
