// Mutation testing: breaks the sources one small change at a time and looks whether the tests notice. Every mutant is
// tried in a copy of the repository against the tests that are nearest to its file, until one fails; files that no test
// imports are tried with tests of the bundle.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listMutants, type Mutant } from './mutants.ts';

export interface Trial {
  readonly mutant: Mutant;
  /** `untyped` is what the compiler refuses: nobody could have written it, so no test was asked. */
  readonly verdict: 'killed' | 'timeout' | 'survived' | 'untyped';
}

export interface MutationOptions {
  /** A glob pattern of sources. */
  readonly only?: string;
  /** Mutants a file, always the same ones, from all of its parts. */
  readonly sample?: number;
  /** Told of each trial as it ends. */
  readonly onTrial?: (trial: Trial) => void;
}

const root = fileURLToPath(new URL('..', import.meta.url));
/** Tests of the bundle that together pass through every stage. */
const BUNDLE_TESTS = ['trust', 'command', 'pull-request', 'comment', 'endings', 'life-cycle', 'gallery'].map(
  (name) => `test/action/${name}.test.ts`,
);
/** What keeps a mutant without an end from running for ever, on a machine that does other things as well. */
const SPARE_MS = 10_000;
const SLOWDOWN = 4;
/** Each copy runs tests that time things, and one that takes more than a gigabyte. */
const MOST_COPIES = 4;
const running = new Set<ChildProcess>();

/** Tries the mutants; throws when a test fails without any. */
export async function testMutants(options: MutationOptions = {}): Promise<readonly Trial[]> {
  const { only = '{src,media}/**/*.ts', sample = 6, onTrial = () => {} } = options;
  const mutants = globSync(only, { cwd: root })
    .sort()
    .flatMap((file) => pickEvenly(listMutants(file, readFileSync(join(root, file), 'utf8')), sample));
  const testsOf = findTests(new Set(mutants.map(({ file }) => file)));
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  const cleanUp = (): void => {
    for (const child of running) end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const copies = Array.from({ length: Math.min(availableParallelism(), MOST_COPIES) }, (_, index) =>
    copyRepository(join(folder, String(index))),
  );

  const untyped = findUntyped(mutants, copies[0] ?? '');
  const durations = await timeTests(new Set([...testsOf.values()].flat()), copies);
  const trials: Trial[] = [];
  await shareOut(mutants, copies, async (mutant, copy) => {
    const trial: Trial = {
      mutant,
      verdict: untyped.has(mutant)
        ? 'untyped'
        : await tryMutant(mutant, testsOf.get(mutant.file) ?? [], durations, copy),
    };
    trials.push(trial);
    onTrial(trial);
  });
  cleanUp();
  return trials.sort((a, b) => mutants.indexOf(a.mutant) - mutants.indexOf(b.mutant));
}

function pickEvenly(mutants: readonly Mutant[], count: number): readonly Mutant[] {
  if (mutants.length <= count) return mutants;
  return Array.from(
    { length: count },
    (_, index) => mutants[Math.floor(((index + 0.5) * mutants.length) / count)],
  ).filter((mutant) => mutant !== undefined);
}

/** For each source the tests to try: those with the shortest way of imports to it. */
function findTests(files: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  // Only tests that mirror sources import them for their own sake.
  const tests = globSync('test/**/*.test.ts', { cwd: root }).filter(
    (test) =>
      test.startsWith('test/media/') || existsSync(join(root, 'src', dirname(relative('test', test)))),
  );
  const ways = tests.map((test) => ({ test, steps: measureWays(test) }));
  return new Map(
    [...files].map((file) => {
      const lengths = ways.map(({ steps }) => steps.get(file) ?? Number.POSITIVE_INFINITY);
      const shortest = Math.min(...lengths);
      if (shortest === Number.POSITIVE_INFINITY) return [file, BUNDLE_TESTS];
      return [file, tests.filter((_, index) => lengths[index] === shortest)];
    }),
  );
}

/** All that a file imports, directly or not, with the number of imports on the way to it. */
function measureWays(start: string): ReadonlyMap<string, number> {
  const ways = new Map([[start, 0]]);
  // A map's iteration includes what is added meanwhile.
  for (const [file, steps] of ways) {
    for (const imported of listImports(file)) if (!ways.has(imported)) ways.set(imported, steps + 1);
  }
  return ways;
}

/** Eager and lazy imports of values, and what a worker is started with. */
const IMPORT =
  /^(?:import|export) (?!type )[^;]*?from '(\.[^']+)\.ts'|import\('(\.[^']+)\.ts'\)|new URL\(`(\.\/[\w-]+)\.\$/gm;

function listImports(file: string): readonly string[] {
  const imports = [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)];
  return imports.map(([, eager, lazy, worker]) => join(dirname(file), `${eager ?? lazy ?? worker}.ts`));
}

function copyRepository(folder: string): string {
  const left = new Set(['.git', 'node_modules']);
  const copy = join(folder, 'copy');
  cpSync(root, copy, { recursive: true, filter: (path) => !left.has(relative(root, path)) });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(folder, 'tmp'));
  return copy;
}

/** Asks the compiler about one mutant of every file at a time. */
function findUntyped(mutants: readonly Mutant[], copy: string): ReadonlySet<Mutant> {
  const byFile = [...Map.groupBy(mutants, ({ file }) => file).values()];
  const rounds = Math.max(...byFile.map((list) => list.length));
  const untyped = Array.from({ length: rounds }, (_, round) => {
    const changed = byFile.flatMap((list) => list[round] ?? []);
    for (const { file, text } of changed) writeFileSync(join(copy, file), text);
    const compiler = ['node_modules/typescript/bin/tsc', '--pretty', 'false', '--noUnusedLocals', 'false'];
    const { stdout } = spawnSync(process.execPath, compiler, { cwd: copy, encoding: 'utf8' });
    for (const { file } of changed) cpSync(join(root, file), join(copy, file));
    const refused = new Set([...stdout.matchAll(/^(.+?)\(\d+,\d+\): error/gm)].map(([, file]) => file));
    return changed.filter(({ file }) => refused.has(file));
  });
  return new Set(untyped.flat());
}

/** How long each test takes without a mutant, in ms. */
async function timeTests(
  tests: ReadonlySet<string>,
  copies: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const durations = new Map<string, number>();
  await shareOut([...tests], copies, async (test, copy) => {
    const start = performance.now();
    const ending = await runTest(test, copy, 10 * 60_000);
    if (ending !== 'passed') throw new Error(`${test} fails without a mutant (${ending})`);
    durations.set(test, performance.now() - start);
  });
  return durations;
}

async function tryMutant(
  { file, text }: Mutant,
  tests: readonly string[],
  durations: ReadonlyMap<string, number>,
  copy: string,
): Promise<'killed' | 'timeout' | 'survived'> {
  const mirror = file.replace(/^src(.*)\.ts$/, 'test$1.test.ts');
  const rank = (test: string): number => (test === mirror ? 0 : (durations.get(test) ?? 0));
  const isBundled = tests === BUNDLE_TESTS;
  writeFileSync(join(copy, file), text);
  try {
    if (isBundled && !build(copy)) return 'killed';
    for (const test of tests.toSorted((a, b) => rank(a) - rank(b))) {
      const ending = await runTest(test, copy, SPARE_MS + SLOWDOWN * (durations.get(test) ?? 0));
      if (ending !== 'passed') return ending === 'failed' ? 'killed' : 'timeout';
    }
    return 'survived';
  } finally {
    cpSync(join(root, file), join(copy, file));
    if (isBundled) build(copy);
  }
}

function build(copy: string): boolean {
  return spawnSync(process.execPath, ['scripts/build.ts'], { cwd: copy, stdio: 'ignore' }).status === 0;
}

/** Runs a test file until its end or its first failure. */
async function runTest(test: string, copy: string, limit: number): Promise<'passed' | 'failed' | 'timeout'> {
  const args = ['--test', '--test-isolation=none', '--test-reporter=tap', test];
  const child = spawn(process.execPath, args, {
    cwd: copy,
    env: { ...process.env, TMPDIR: join(copy, '../tmp') },
    stdio: ['ignore', 'pipe', 'ignore'],
    // A group of its own, so that what the test started ends with it.
    detached: true,
  });
  running.add(child);
  let hasFailed = false;
  let isLate = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    if (!/^\s*not ok /m.test(chunk)) return;
    hasFailed = true;
    end(child);
  });
  const timer = setTimeout(() => {
    isLate = true;
    end(child);
  }, limit);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  running.delete(child);
  end(child);
  if (hasFailed) return 'failed';
  return isLate ? 'timeout' : code === 0 ? 'passed' : 'failed';
}

/** Ends a test and what it started, if anything is left of it. */
function end(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Each worker takes the next item as soon as it is free. */
async function shareOut<Item>(
  items: readonly Item[],
  workers: readonly string[],
  work: (item: Item, worker: string) => Promise<void>,
): Promise<void> {
  const left = items.values();
  await Promise.all(
    workers.map(async (worker) => {
      for (const item of left) await work(item, worker);
    }),
  );
}
