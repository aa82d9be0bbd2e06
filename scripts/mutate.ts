// Mutation testing: breaks the sources one small change at a time and looks whether the tests notice. Every mutant is
// tried in a copy of the repository, against the tests that import the file, or, for files that only the bundle
// exercises, against tests of the bundle. `npm run mutate -- --sample 8 --only src/plan.ts`
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { parseAst } from 'rolldown/parseAst';

interface Mutant {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  readonly kind: string;
}

interface Task {
  readonly mutants: readonly Mutant[];
  readonly next: Int32Array<SharedArrayBuffer>;
}

type Verdict = 'killed' | 'survived' | 'timeout';

const root = fileURLToPath(new URL('..', import.meta.url));
const TIMEOUT_MS = 90_000;
/** Tests of the bundle that together pass through every stage. */
const BUNDLE_TESTS = ['life-cycle', 'endings', 'commit', 'comment', 'pull-request'].map(
  (name) => `test/action/${name}.test.ts`,
);
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

if (isMainThread) await runMutants();
else tryMutants(workerData);

/** Makes the mutants, shares them among workers, and prints the score and the survivors. */
async function runMutants(): Promise<void> {
  const { values } = parseArgs({
    options: { sample: { type: 'string', default: '6' }, only: { type: 'string', default: 'src/**/*.ts' } },
  });
  const files = globSync(values.only, { cwd: root }).sort();
  const mutants = files.flatMap((file) => pickEvenly(listMutants(file), Number(values.sample)));
  const next = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const verdicts: Verdict[] = [];
  const workers = [0, 1].map(
    () =>
      new Promise((ended, reject) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: { mutants, next } satisfies Task });
        worker.on('message', ([index, verdict]: [number, Verdict]) => {
          verdicts[index] = verdict;
          if (verdict === 'survived') console.log(`survived  ${describe(mutants[index])}`);
        });
        worker.on('error', reject);
        worker.on('exit', ended);
      }),
  );
  await Promise.all(workers);
  const counts = Map.groupBy(verdicts, (verdict) => verdict);
  const noticed = mutants.length - (counts.get('survived')?.length ?? 0);
  console.log(`\n${noticed} of ${mutants.length} mutants in ${files.length} files noticed, `);
  console.log(
    `${((100 * noticed) / mutants.length).toFixed(1)} %, ${counts.get('timeout')?.length ?? 0} of them by time.`,
  );
}

/** Always the same ones, from all parts of a file. */
function pickEvenly(mutants: readonly Mutant[], count: number): readonly Mutant[] {
  if (mutants.length <= count) return mutants;
  return Array.from(
    { length: count },
    (_, index) => mutants[Math.floor(((index + 0.5) * mutants.length) / count)],
  ).filter((mutant) => mutant !== undefined);
}

function listMutants(file: string): readonly Mutant[] {
  const text = readFileSync(join(root, file), 'utf8');
  const mutants: Mutant[] = [];
  visit(parseAst(text, { lang: 'ts' }), (node) => {
    const add = (start: number, end: number, replacement: string, kind: string): void => {
      mutants.push({ file, start, end, replacement, kind });
    };
    const { type, start, end } = node;
    if (type === 'BinaryExpression' || type === 'LogicalExpression') {
      const [left, right, operator] = [node.left, node.right, String(node.operator)];
      const swap = SWAPS[operator];
      if (!isNode(left) || !isNode(right) || swap === undefined) return;
      const at = text.indexOf(operator, left.end);
      if (at < right.start) add(at, at + operator.length, swap, `${operator} → ${swap}`);
    } else if (type === 'IfStatement' || type === 'ConditionalExpression') {
      const { test } = node;
      if (!isNode(test)) return;
      add(test.start, test.end, `!(${text.slice(test.start, test.end)})`, 'condition negated');
    } else if (type === 'Literal' && typeof node.value === 'boolean') {
      add(start, end, String(!node.value), 'boolean flipped');
    } else if (type === 'Literal' && typeof node.value === 'number') {
      add(start, end, `(${text.slice(start, end)} + 1)`, 'number + 1');
    } else if (type === 'ExpressionStatement') {
      add(start, end, ';', 'statement removed');
    }
  });
  return mutants;
}

interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function visit(value: unknown, look: (node: AstNode) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, look);
  // Types have no behaviour to break.
  if (!isNode(value) || value.type.startsWith('TS')) return;
  look(value);
  for (const child of Object.values(value)) if (typeof child === 'object') visit(child, look);
}

function describe(mutant: Mutant | undefined): string {
  if (mutant === undefined) return '';
  const text = readFileSync(join(root, mutant.file), 'utf8');
  const line = text.slice(0, mutant.start).split('\n').length;
  return `${mutant.file}:${line}  ${mutant.kind}  ${text.split('\n')[line - 1]?.trim()}`;
}

/** A worker: tries mutants in a copy of the repository until none is left. */
function tryMutants({ mutants, next }: Task): void {
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
  try {
    const left = new Set(['.git', 'node_modules']);
    cpSync(root, copy, {
      recursive: true,
      filter: (path) => !left.has(relative(root, path).split('/')[0] ?? ''),
    });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (;;) {
      const index = Atomics.add(next, 0, 1);
      const mutant = mutants[index];
      if (mutant === undefined) return;
      parentPort?.postMessage([index, tryMutant(copy, mutant)]);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function tryMutant(copy: string, { file, start, end, replacement }: Mutant): Verdict {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(path, original.slice(0, start) + replacement + original.slice(end));
  try {
    const tests = findTests(file);
    if (tests.length > 0) return runTests(copy, tests);
    const built = spawnSync(process.execPath, ['scripts/build.ts'], { cwd: copy, stdio: 'ignore' });
    return built.status === 0 ? runTests(copy, BUNDLE_TESTS) : 'killed';
  } finally {
    writeFileSync(path, original);
  }
}

/** The tests outside of test/action that import a source file. */
function findTests(file: string): readonly string[] {
  const tests = globSync('test/**/*.test.ts', { cwd: root }).filter(
    (test) => !test.startsWith('test/action/'),
  );
  return tests.filter((test) => {
    const text = readFileSync(join(root, test), 'utf8');
    const imports = [...text.matchAll(/from '(\.[^']+)'/g)].map((match) =>
      resolve(root, dirname(test), match[1] ?? ''),
    );
    return imports.includes(join(root, file)) && existsSync(join(root, test));
  });
}

function runTests(copy: string, tests: readonly string[]): Verdict {
  const run = spawnSync(process.execPath, ['--test', ...tests], {
    cwd: copy,
    stdio: 'ignore',
    timeout: TIMEOUT_MS,
  });
  if (run.signal !== null) return 'timeout';
  return run.status === 0 ? 'survived' : 'killed';
}
