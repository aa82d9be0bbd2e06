// Judges one file in a process of its own, whose time and memory the caller bounds: type and file are the arguments.
import type { Candidate } from '../../src/assets/discover.ts';
import { judgeContent } from '../../src/assets/judge.ts';

const [type, file = ''] = process.argv.slice(2);
const verdict = await judgeContent({ path: file, type: type as Candidate['type'], file }, 'error');
console.log(JSON.stringify({ ...verdict, peakMegabytes: process.resourceUsage().maxRSS / 1_024 }));
