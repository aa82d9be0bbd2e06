// Mutation testing: makes small changes to the sources, one at a time in a copy of the repository, and looks whether the
// tests of the file notice. `npm run mutate -- --sample 8 --only src/plan.ts`; without --only the result is kept.
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseAst } from 'rolldown/parseAst';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { sample: { type: 'string' }, only: { type: 'string' } } });
const sample = Number(values.sample ?? 5);
/** Longer runs have lost their end. */
const MOST_MS = 120_000;

interface Change {
  readonly at: number;
  readonly end: number;
  readonly replacement: string;
}

const SWAPS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
  '??': '&&',
};

/** Swapped operators, negated conditions, flipped booleans, numbers that are one more, statements left out. */
function listChanges(text: string): readonly Change[] {
  const changes: Change[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    // Types have no behaviour to break.
    if (!isNode(node) || node.type.startsWith('TS')) return;
    const { type, start, end, left, right, operator, test, value } = node;
    const own = text.slice(start, end);
    const swap = SWAPS[String(operator)];
    if (isNode(left) && isNode(right) && swap !== undefined) {
      const at = text.indexOf(String(operator), left.end);
      changes.push({ at, end: at + String(operator).length, replacement: swap });
    } else if (/^(?:IfStatement|ConditionalExpression)$/.test(type) && isNode(test)) {
      const condition = text.slice(test.start, test.end);
      changes.push({ at: test.start, end: test.end, replacement: `!(${condition})` });
    } else if (typeof value === 'boolean') changes.push({ at: start, end, replacement: String(!value) });
    else if (typeof value === 'number') changes.push({ at: start, end, replacement: `(${own} + 1)` });
    else if (type === 'ExpressionStatement') changes.push({ at: start, end, replacement: ';' });
    for (const child of Object.values(node)) if (typeof child === 'object') visit(child);
  };
  visit(parseAst(text, { lang: 'ts' }));
  return changes;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The test of the file's name, else all of its room. */
function findTests(file: string): readonly string[] {
  const folder = join('test', dirname(file).replace(/^src\/?/, ''));
  const own = globSync(`${folder}/${basename(file, '.ts')}{,.timers}.test.ts`, { cwd: root });
  return own.length > 0 || folder === 'test' ? own : globSync(`${folder}/*.test.ts`, { cwd: root });
}

const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const name of [
  'src',
  'media',
  'test',
  'simulator',
  'runner',
  'scripts',
  'examples',
  'docs',
  'dist',
  'package.json',
  'action.yml',
])
  cpSync(join(root, name), join(copy, name), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

const pass = (tests: readonly string[]): boolean =>
  spawnSync(process.execPath, ['--test', ...tests], { cwd: copy, stdio: 'ignore', timeout: MOST_MS })
    .status === 0;

const rows: string[] = [];
const survivors: string[] = [];
let count = 0;
for (const file of globSync(values.only ?? '{src,media}/**/*.ts', { cwd: root }).sort()) {
  const tests = findTests(file);
  const text = readFileSync(join(root, file), 'utf8');
  const changes = listChanges(text);
  if (tests.length === 0 || changes.length === 0) continue;
  if (!pass(tests)) throw new Error(`The tests of ${file} fail without a mutant.`);
  const step = Math.max(1, changes.length / sample);
  const chosen = Array.from(
    { length: Math.min(sample, changes.length) },
    (_, at) => changes[Math.floor((at + 0.5) * step)],
  );
  let noticed = 0;
  for (const { at, end, replacement } of chosen.filter((change) => change !== undefined)) {
    writeFileSync(join(copy, file), text.slice(0, at) + replacement + text.slice(end));
    const line = text.slice(0, at).split('\n').length;
    if (!pass(tests)) noticed += 1;
    else
      survivors.push(
        `| ${file}:${line} | \`\` ${text.slice(at, end)} → ${replacement} \`\` |`.replaceAll('\n', ' '),
      );
  }
  writeFileSync(join(copy, file), text);
  rows.push(`| ${file} | ${chosen.length} | ${chosen.length - noticed} |`);
  count += chosen.length;
  console.log(rows.at(-1));
}
const score = `${count - survivors.length} of ${count} mutants noticed.`;
const table = `| file | mutants | survived |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
const list = `| survivor | change |\n| --- | --- |\n${survivors.join('\n')}\n`;
console.log(`\n${list}\n${score}`);
if (values.only === undefined) {
  const about = `Written by \`npm run mutate\`, with Node ${process.version}: up to ${sample} small changes of each file with a test of its\nname or room. Why those that survive do is told in [docs/testing.md](../docs/testing.md).`;
  writeFileSync(
    join(root, 'test/MUTANTS.md'),
    `# What the tests notice\n\n${about}\n\n${score}\n\n${table}\n${list}`,
  );
}
