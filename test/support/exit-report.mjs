// Preloaded into a child process: writes to the file EXIT_REPORT what the process still holds when it ends.
import { fstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** What descriptors besides the standard streams are: files, folders and sockets, not Node's own pipes and queues. */
function listDescriptors() {
  return readdirSync('/dev/fd')
    .map(Number)
    .filter((descriptor) => descriptor > 2)
    .flatMap((descriptor) => {
      try {
        const stats = fstatSync(descriptor);
        const is = { file: stats.isFile(), folder: stats.isDirectory(), socket: stats.isSocket() };
        return Object.keys(is).filter((kind) => is[kind]);
      } catch {
        return []; // the one that listed the folder
      }
    });
}

/** The most memory that was resident. `process.resourceUsage` counts what the parent had as well. */
function readPeak() {
  if (process.platform !== 'linux') return undefined;
  const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

const file = process.env.EXIT_REPORT;
delete process.env.EXIT_REPORT;
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    // Ended requests stay until they are collected; what is really open shows as a descriptor.
    const report = {
      descriptors: listDescriptors(),
      resources: process
        .getActiveResourcesInfo()
        .filter((name) => !/^(?:(?:Pipe|TTY|File)Wrap|CloseReq|FSReqPromise|SimpleWriteWrap)$/.test(name)),
      peakBytes: readPeak(),
    };
    writeFileSync(file, JSON.stringify(report));
  });
}
