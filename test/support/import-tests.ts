// Runs many test files in one process: starting one for each takes longer than most of them do.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const TESTS = join(import.meta.dirname, '..');
/** Folders near the ground of the house, and what stands in for others. */
const LOWER = /^(?:assets|files|inputs|manifest|media|network|nxcloud|runner|simulator|text|upload)\//;
/** Tests that run programs, and those that hold the timers of their process, so that others would wait for ever. */
const APART = ['action/**', 'examples/**', 'scripts/**', '**/*.timers.test.ts'];

/** Imports the tests of the lower rooms, or all the others. */
export async function importTests(isLower: boolean): Promise<void> {
  for (const name of globSync('**/*.test.ts', { cwd: TESTS, exclude: APART }).sort()) {
    if (LOWER.test(name) !== isLower) continue;
    const file = join(TESTS, name);
    if (/mock\.timers|\/held-timers|\/virtual-time/.test(readFileSync(file, 'utf8')))
      throw new Error(`${name} holds timers: call it ${name.replace(/\.test\.ts$/, '.timers.test.ts')}`);
    await import(pathToFileURL(file).href);
  }
}
