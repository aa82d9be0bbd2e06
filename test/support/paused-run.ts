// Runs that stand still at a place of their way, so that a test can do something at that very moment.
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { RunOptions } from '../../runner/run-action.ts';
import { makeFolder } from './temporary-folder.ts';

/**
 * Options of a run that stands still at a line it prints, or before it syncs a file to the disk for the first time, until
 * `action` is done; it is told the process id.
 */
export function pauseAt(
  t: TestContext,
  place: RegExp | 'sync',
  action: (pid: number) => void,
): Pick<RunOptions, 'nodeFlags' | 'env' | 'onStart' | 'onLine'> {
  const until = join(makeFolder(t), 'go-on');
  const line = place === 'sync' ? /^\(sync\)$/ : place;
  let process = 0;
  let isDone = false;
  return {
    nodeFlags: ['--import', join(import.meta.dirname, 'pause.mjs')],
    env: { PAUSE_AT: place === 'sync' ? place : place.source, PAUSE_UNTIL: until },
    onStart: (pid) => {
      process = pid;
    },
    onLine: (text) => {
      if (isDone || !line.test(text)) return;
      isDone = true;
      action(process);
      writeFileSync(until, '');
    },
  };
}
