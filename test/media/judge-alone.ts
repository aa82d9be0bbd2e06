// Judges files in a process of its own, whose time and memory the caller bounds: type and files are the arguments.
import type { Candidate } from '../../src/assets/discover.ts';
import { judgeContent } from '../../src/assets/judge.ts';

const [type, ...files] = process.argv.slice(2);
for (const file of files) {
  const start = performance.now();
  const verdict = await judgeContent({ path: file, type: type as Candidate['type'], file }, 'error');
  const milliseconds = Math.round(performance.now() - start);
  const peakMegabytes = process.resourceUsage().maxRSS / 1_024;
  console.log(JSON.stringify({ ...verdict, milliseconds, peakMegabytes }));
}
