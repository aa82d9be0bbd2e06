// Runs all tests to their full extent, then mutation testing, and keeps both results in test/RESULTS.md: the whole fault
// matrix, many rounds of ending runs from outside, more random cases, the largest checkout; what the tests notice.
import { globSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { printSurvivor, renderMutation } from './mutation-report.ts';
import { testMutants } from './mutation.ts';

interface FileResult {
  readonly file: string;
  readonly tests: number;
  readonly passed: number;
  readonly seconds: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
/** Mutants of each source file: so many end within an hour on two cores. */
const SAMPLE = 3;
const results: FileResult[] = [];
const remarks: string[] = [];

process.env.FULL = '1';
const events = run({ files: globSync(join(root, 'test/**/*.test.ts')).sort(), concurrency: true });
events.on('test:summary', ({ file, counts, duration_ms }) => {
  if (file === undefined) return;
  const { tests, passed } = counts;
  results.push({ file: relative(root, file), tests, passed, seconds: duration_ms / 1000 });
});
events.on('test:diagnostic', ({ file, message, nesting }) => {
  if (file !== undefined && nesting > 0) remarks.push(`${relative(root, file)}: ${message}`);
});
events.compose(new spec()).pipe(process.stdout);
await new Promise((resolve) => events.once('end', resolve));
// Mutants are noticed by the tests as they usually run.
delete process.env.FULL;

const total = results.reduce((sum, { tests }) => sum + tests, 0);
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const rows = results
  .sort((a, b) => (a.file < b.file ? -1 : 1))
  .map((result) => `| ${result.file} | ${result.tests} | ${result.passed} | ${result.seconds.toFixed(1)} |`);
const hasPassed = passed === total;
const mutation = hasPassed
  ? renderMutation(await testMutants({ sample: SAMPLE, onTrial: printSurvivor }))
  : 'Not tried, because tests fail without a mutant.\n';
const text = `# The last full run of the tests

Written by \`npm run test:full\` on ${new Date().toISOString().slice(0, 10)}, with Node ${process.version} on ${availableParallelism()} cores.

${total} tests, ${passed} passed.

| file | tests | passed | seconds |
| --- | --- | --- | --- |
${rows.join('\n')}

What the tests measured:

${[...new Set(remarks)]
  .sort()
  .map((remark) => `- ${remark}\n`)
  .join('')}
## Mutants

Up to ${SAMPLE} small changes of each source file, each tried with the tests nearest to the file. Why those that survive do is
told in [docs/testing.md](../docs/testing.md).

${mutation}`;
writeFileSync(join(root, 'test/RESULTS.md'), text);
console.log(`\n${mutation}`);
if (!hasPassed) process.exitCode = 1;
