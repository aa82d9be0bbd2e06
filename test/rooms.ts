// All tests but those that run programs, in one process: starting one for each file takes longer than most of them do.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const APART = ['action/**', 'examples/**', 'scripts/**'];

for (const file of globSync('**/*.test.ts', { cwd: import.meta.dirname, exclude: APART }).sort())
  await import(pathToFileURL(join(import.meta.dirname, file)).href);
