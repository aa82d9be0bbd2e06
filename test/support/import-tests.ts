// Runs many test files in one process: starting one for each takes longer than most of them do.
import { globSync, readFileSync, statfsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

const TESTS = join(import.meta.dirname, '..');
/** Tests that run programs. */
const PROGRAMS = /^(?:action|examples|scripts)\b/;
/** Those that hold the timers of their process, so that others would wait for ever, have one of their own. */
const APART = '**/*.timers.test.ts';
/** Linux keeps what lies here in memory. */
const IN_MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 1024 ** 3;

/** What a test file needs: a browser, programs that it runs, or nothing besides itself. */
type Kind = 'browser' | 'programs' | 'rules';

/** Imports each `of`th test file of a kind, from the `share`th on. */
export async function importTests(kind: Kind, share = 1, of = 1): Promise<void> {
  // Thousands of small files that are made and removed take a fifth of the time on a disk; the full run uses one.
  if (hasRoomInMemory()) process.env.TMPDIR = IN_MEMORY;
  const names = globSync('**/*.test.ts', { cwd: TESTS, exclude: [APART] }).sort();
  const files = names.map((name) => join(TESTS, name)).filter((file) => kindOf(file) === kind);
  for (const [at, file] of files.entries()) if (at % of === share - 1) await import(pathToFileURL(file).href);
}

function kindOf(file: string): Kind {
  const text = readFileSync(file, 'utf8');
  if (/mock\.timers|\/held-timers|\/virtual-time/.test(text))
    throw new Error(`${file} holds timers: call it ${file.replace(/\.test\.ts$/, '.timers.test.ts')}`);
  if (text.includes('/support/browser.ts')) return 'browser';
  return PROGRAMS.test(relative(TESTS, file)) ? 'programs' : 'rules';
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
