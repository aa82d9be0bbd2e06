// All tests but those that run programs, in one process: starting one for each file takes longer than most of them do.
// Those that hold the timers of their process, `*.timers.test.ts`, have one of their own: others would wait for ever.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const APART = ['action/**', 'examples/**', 'scripts/**', '**/*.timers.test.ts'];

for (const name of globSync('**/*.test.ts', { cwd: import.meta.dirname, exclude: APART }).sort()) {
  const file = join(import.meta.dirname, name);
  if (/mock\.timers|\/held-timers|\/virtual-time/.test(readFileSync(file, 'utf8')))
    throw new Error(`${name} holds timers: call it ${name.replace(/\.test\.ts$/, '.timers.test.ts')}`);
  await import(pathToFileURL(file).href);
}
