// Measures the action against public tools, prints the table and writes it to RESULTS.md. Names of parts as arguments
// measure only those, and write nothing.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { nodePath } from '../runner/run-action.ts';
import { NOTES } from './notes.ts';
import { PARTS, type Row } from './rows.ts';

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`No part is called ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}

const rows: Row[] = [];
for (const [name, measure] of Object.entries(PARTS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const measured = await measure();
  for (const row of measured) console.log(describeRow(row));
  rows.push(...measured);
}
if (chosen.length === 0) {
  const file = join(import.meta.dirname, 'RESULTS.md');
  writeFileSync(file, writeResults(rows));
  console.log(`Written to ${file}`);
}

function describeRow(row: Row): string {
  const compared = row.comparedWith === '' ? '' : ` against ${row.comparedWith}`;
  return `${row.what}${compared}: ${formatMeasure(row, row.measured)} (at most ${formatMeasure(row, row.limit)}), ${row.figures}`;
}

function formatMeasure({ unit, limit }: Row, value: number): string {
  return `${value.toFixed(limit < 10 ? 2 : 0)}${unit}`;
}

function writeResults(all: readonly Row[]): string {
  const lines = all.map((row) => {
    const verdict = row.measured <= row.limit ? 'yes' : '**no**';
    const cells = [
      row.what,
      row.comparedWith,
      formatMeasure(row, row.measured),
      formatMeasure(row, row.limit),
    ];
    return `| ${[...cells, verdict, row.figures].join(' | ')} |`;
  });
  return `# Measured

Written by \`npm run bench\`. Medians; the contestants take turns. Times are of whole processes, on files that are in
the page cache. Ratios travel between machines, times do not.

${describeMachine().join('\n')}

| what | compared with | measured | at most | reached | figures |
| --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

${NOTES}`;
}

function describeMachine(): readonly string[] {
  const version = (command: string): string =>
    execFileSync(command, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
  const processor = cpus()[0]?.model ?? 'unknown processor';
  return [
    `- Machine: ${availableParallelism()} cores (${processor}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
    `- Node ${execFileSync(nodePath, ['--version'], { encoding: 'utf8' }).trim()}`,
    ...['curl', 'git', 'sha256sum'].map((command) => `- ${version(command)}`),
  ];
}
