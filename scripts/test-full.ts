// Runs all tests to their full extent, with coverage, and keeps the result in test/RESULTS.md: the whole fault matrix, many
// rounds of ending runs from outside, more random cases, the largest checkout.
import { globSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

interface FileResult {
  readonly file: string;
  readonly tests: number;
  readonly passed: number;
  readonly seconds: number;
}

const root = fileURLToPath(new URL('..', import.meta.url));
/** A test, or a file of them, that takes longer hangs. */
const LONGEST_MS = 3_600_000;
const heading = `Written by \`npm run test:full\` on ${new Date().toISOString().slice(0, 10)}, with Node ${process.version} on ${availableParallelism()} cores.`;
if (!(await runTests())) process.exitCode = 1;

/** Runs the tests and writes their result; false when any fails. */
async function runTests(): Promise<boolean> {
  const results: FileResult[] = [];
  const remarks: string[] = [];
  process.env.FULL = '1';
  const events = run({
    files: globSync(join(root, 'test/**/*.test.ts')).sort(),
    concurrency: true,
    timeout: LONGEST_MS,
    coverage: true,
    coverageIncludeGlobs: ['src/**', 'media/**'],
  });
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
  delete process.env.FULL;

  const total = results.reduce((sum, { tests }) => sum + tests, 0);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const rows = results
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(
      (result) => `| ${result.file} | ${result.tests} | ${result.passed} | ${result.seconds.toFixed(1)} |`,
    );
  const measured = [...new Set(remarks)].sort().map((remark) => `- ${remark}\n`);
  const text = `# The last full run of the tests

${heading}

${total} tests, ${passed} passed.

| file | tests | passed | seconds |
| --- | --- | --- | --- |
${rows.join('\n')}

What the tests measured:

${measured.join('')}`;
  writeFileSync(join(root, 'test/RESULTS.md'), text);
  return passed === total;
}
