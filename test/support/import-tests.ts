// Runs many test files in one process: starting one for each takes longer than most of them do.
import { globSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const TESTS = join(import.meta.dirname, '..');
/** Tests that run programs. */
const RUNS = ['action/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.ts'];
/** Those that hold the timers of their process, so that others would wait for ever, have one of their own. */
const APART = '**/*.timers.test.ts';
/** Linux keeps what lies here in memory. */
const IN_MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 1024 ** 3;

/** Imports each `of`th test file, from the `share`th on: of those that run programs, or of all the others. */
export async function importTests(kind: 'rules' | 'runs', share: number, of: number): Promise<void> {
  // Thousands of small files that are made and removed take a fifth of the time on a disk; the full run uses one.
  if (hasRoomInMemory()) process.env.TMPDIR = IN_MEMORY;
  const names =
    kind === 'runs'
      ? globSync(RUNS, { cwd: TESTS })
      : globSync('**/*.test.ts', { cwd: TESTS, exclude: [...RUNS, APART] });
  for (const [at, name] of names.sort().entries()) {
    if (at % of !== share - 1) continue;
    const file = join(TESTS, name);
    if (/mock\.timers|\/held-timers|\/virtual-time/.test(readFileSync(file, 'utf8')))
      throw new Error(`${name} holds timers: call it ${name.replace(/\.test\.ts$/, '.timers.test.ts')}`);
    await import(pathToFileURL(file).href);
  }
}

/** Whether there is a place in memory that is large enough, and that programs may be started from, unlike in many containers. */
function hasRoomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find((line) => line.split(' ')[1] === IN_MEMORY);
    return bavail * bsize > ENOUGH_BYTES && mount?.includes('noexec') === false;
  } catch {
    return false;
  }
}
