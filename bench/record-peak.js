// Loaded into a measured process: at its end it writes down its peak RSS in KiB. The kernel's count of the process is
// read, because getrusage also counts what the parent had when it forked.
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    writeFileSync(process.env.BENCH_PEAK_FILE, peak);
  });
}
