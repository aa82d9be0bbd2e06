// Judges files in a process of its own, whose time and memory the caller bounds: type and files are the arguments.
import { readFileSync } from 'node:fs';
import type { Candidate } from '../../src/assets/discover.ts';
import { judgeContent } from '../../src/assets/judge.ts';

const [type, ...files] = process.argv.slice(2);
for (const file of files) {
  const start = process.cpuUsage();
  const candidate = { path: file, type: type as Candidate['type'], file, isLink: false };
  const judgement = await judgeContent(candidate, 'error');
  const { user, system } = process.cpuUsage(start);
  const milliseconds = Math.round((user + system) / 1_000);
  console.log(JSON.stringify({ ...judgement, milliseconds, peakMegabytes: readPeak() }));
}

/** Where Linux tells of a process, that is its own: the usual figure there holds what its parent had when it began. */
function readPeak(): number {
  const kilobytes =
    process.platform === 'linux'
      ? Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1])
      : process.resourceUsage().maxRSS;
  return kilobytes / 1_024;
}
