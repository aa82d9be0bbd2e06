// Preloaded into a child process: writes to the file EXIT_REPORT what the process still holds when it ends.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** What descriptors besides the standard streams refer to: files and sockets, not Node's own pipes and queues. */
function listDescriptors() {
  const targets = readdirSync('/proc/self/fd')
    .filter((descriptor) => Number(descriptor) > 2)
    .map((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`);
      } catch {
        return 'closed'; // the one that listed the folder
      }
    });
  return targets.filter((target) => /^(?:\/(?!dev\/|proc\/|sys\/)|socket:)/.test(target));
}

const file = process.env.EXIT_REPORT;
delete process.env.EXIT_REPORT;
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const [, peakKilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    // Ended requests stay until they are collected; what is really open shows as a descriptor.
    const report = {
      descriptors: listDescriptors(),
      resources: process
        .getActiveResourcesInfo()
        .filter((name) => !/^(?:(?:Pipe|TTY|File)Wrap|CloseReq|FSReqPromise)$/.test(name)),
      peakBytes: Number(peakKilobytes) * 1024,
    };
    writeFileSync(file, JSON.stringify(report));
  });
}
