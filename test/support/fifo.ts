// Named pipes, which programs hang on that open what they should not.
import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let first: string | undefined;

/** Makes a pipe at a path. The program that makes one is run once, and what it made gets further names. */
export function makeFifo(path: string): void {
  first ??= makeFirst();
  linkSync(first, path);
}

function makeFirst(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fifo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
}
