// The order of the house: rooms import only downwards, functions and files are short, and few files touch what is global.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseAst } from 'rolldown/parseAst';

const root = resolve(import.meta.dirname, '..');

/** From the ground up; a room is a folder of src, or a file of it. */
const ROOMS = [
  'media',
  'text',
  'files',
  'network',
  'assets',
  'nxcloud',
  'manifest',
  'inputs',
  'upload',
  'plan.ts',
  'outcome.ts',
  'github',
  'report',
  'publish',
  'pipeline',
  'command',
  'main.ts',
  'cli.ts',
];
/** The only files that may use the process's environment, and those that may use @actions/core. */
const ENVIRONMENT = ['src/cli.ts', 'src/main.ts'];
const ACTIONS_CORE = ['src/inputs/host.ts', 'src/report/reporter.ts'];
/** What a run loads only when it needs it: it would cost every start. */
const BY_NEED = ['undici', '@actions/github', '@octokit', 'form-data', 'node:worker_threads', 'node:v8'];
/** Files with functions and without a test of their name, and what shows that these do their work. */
const SHOWN_BY: Readonly<Record<string, string>> = {
  // Entries, and what hands one stage's value to the next: real runs go through them.
  'src/cli.ts': 'test/action/command.test.ts',
  'src/main.ts': 'test/action/entry.test.ts',
  'src/assets/judge-worker.ts': 'test/assets/judge-all.test.ts',
  'src/pipeline/comment-run.ts': 'test/action/comment.test.ts',
  'src/pipeline/github-link.ts': 'test/action/networks.test.ts',
  'src/pipeline/publish-run.ts': 'test/action/commit.test.ts',
  'src/pipeline/run.ts': 'test/action/endings.test.ts',
  // What it writes has to be read as the runner reads it.
  'src/report/reporter.ts': 'test/action/attack-names.test.ts',
  // Parts of one thing, which is tested whole.
  'src/inputs/described.ts': 'test/inputs/inputs.test.ts',
};
/** What is not so yet. */
const EXCEPTIONS: ReadonlySet<string> = new Set([]);
const MOST_LINES = 250;
const MOST_FUNCTION_LINES = 40;

const files = [...globSync('{src,media}/**/*.ts', { cwd: root })]
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

const excused = new Set<string>();

/** Fails for everything that was found and is no exception. */
function assertNone(found: readonly string[]): void {
  for (const item of found) if (EXCEPTIONS.has(item)) excused.add(item);
  assert.deepEqual(
    found.filter((item) => !EXCEPTIONS.has(item)),
    [],
  );
}

interface Import {
  readonly from: string;
  /** A file of the project, or the name of a package. */
  readonly to: string;
  /** Whether it is loaded before its file runs: neither a type nor behind `import()`. */
  readonly isEager: boolean;
}

const imports: readonly Import[] = [...sources].flatMap(([from, text]) => {
  const statements = [...text.matchAll(/^(?:import|export) (type )?(?:[^'";]*? from )?'([^']+)'/gm)];
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map(([, name = '']) => name);
  const resolveName = (name: string): string => (name.startsWith('.') ? join(dirname(from), name) : name);
  return [
    ...statements.map(([, type, name = '']) => ({
      from,
      to: resolveName(name),
      isEager: type === undefined,
    })),
    ...dynamic.map((name) => ({ from, to: resolveName(name), isEager: false })),
  ];
});

function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'src' ? second : top;
}

test('every room stands in the list, and every room of the list exists', () => {
  assert.deepEqual([...new Set(files.map(roomOf))].sort(), ROOMS.toSorted());
});

test('a room imports only from rooms below it', () => {
  const upwards = imports
    .filter(({ to }) => sources.has(to))
    .filter(({ from, to }) => ROOMS.indexOf(roomOf(to)) > ROOMS.indexOf(roomOf(from)));
  assertNone(upwards.map(({ from, to }) => `${from} imports ${to}`));
});

test('the picture in CONTRIBUTING.md has each room above those that it imports from', () => {
  const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const [, picture = ''] = /## The house.*?```\n(.*?)```/s.exec(page) ?? [];
  // On the right it tells of the rooms.
  const lines = picture.split('\n').map((line) => line.slice(0, 43));
  const heightOf = (room: string): number => {
    const name = new RegExp(
      `(?<![\\w.])${room.replace(/^(plan|outcome)\.ts$/, '$1').replace('.', '\\.')}(?![\\w.])`,
    );
    const at = lines.findIndex((line) => name.test(line));
    assert.ok(at >= 0, `${room} is not in the picture`);
    return at;
  };
  const heights = new Map(ROOMS.map((room) => [room, heightOf(room)]));
  const wrong = imports
    .filter(({ from, to }) => sources.has(to) && roomOf(from) !== roomOf(to))
    .filter(({ from, to }) => (heights.get(roomOf(from)) ?? 0) >= (heights.get(roomOf(to)) ?? 0))
    .map(({ from, to }) => `${roomOf(from)} does not stand above ${roomOf(to)}`);
  assertNone([...new Set(wrong)]);
});

test('no file imports itself, by whatever way', () => {
  const next = Map.groupBy(imports, ({ from }) => from);
  const circles = files.filter((file) => reach(file, next).has(file));
  assertNone(circles.map((file) => `circle of ${file}`));
});

test('a start loads nothing that few runs need', () => {
  const next = Map.groupBy(
    imports.filter(({ isEager }) => isEager),
    ({ from }) => from,
  );
  for (const entry of ['src/main.ts', 'src/assets/judge-worker.ts']) {
    const loaded = [...reach(entry, next)];
    assert.ok(loaded.length > 5, loaded.join());
    const early = loaded.filter((name) =>
      BY_NEED.some((part) => name === part || name.startsWith(`${part}/`)),
    );
    const rooms = loaded.filter((name) => ['command', 'github', 'publish'].includes(roomOf(name)));
    // The worker is itself a thread.
    const expected = entry === 'src/main.ts' ? [] : ['node:worker_threads'];
    assert.deepEqual([...early, ...rooms], expected, entry);
  }
});

/** All that is imported from a file on, directly or not. */
function reach(start: string, next: ReadonlyMap<string, readonly Import[]>): ReadonlySet<string> {
  const reached = new Set((next.get(start) ?? []).map(({ to }) => to));
  // A set's iteration includes what is added meanwhile.
  for (const file of reached) for (const { to } of next.get(file) ?? []) reached.add(to);
  return reached;
}

test('what the house is made of can be seen', () => {
  const others = globSync('{src,media}/**/*.*', { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !file.endsWith('.ts') && !file.startsWith('src/report/gallery/page/'));
  // What action.yml says, and the page's own settings for the compiler.
  assert.deepEqual(others.sort(), ['src/inputs/described.json', 'src/report/gallery/tsconfig.json']);
  const hidden = [...sources].filter(([, text]) => /\b(?:import|require)\((?!')|createRequire/.test(text));
  assertNone(hidden.map(([file]) => `${file} loads what cannot be read off`));
});

test('few files touch the environment and the workflow commands', () => {
  const using = (pattern: RegExp): readonly string[] =>
    [...sources].filter(([, text]) => pattern.test(text)).map(([file]) => file);
  assert.deepEqual(using(/\bprocess\.env\b/), ENVIRONMENT);
  assert.deepEqual(using(/from '@actions\/core'/), ACTIONS_CORE);
  assertNone(using(/\bprocess\.chdir\b/).map((file) => `${file} changes the current directory`));
  assertNone(using(/\.prototype\b\s*[.[]\w+\s*=[^=]/).map((file) => `${file} patches a prototype`));
});

test('files are short', () => {
  const long = [...sources].filter(([, text]) => text.split('\n').length - 1 > MOST_LINES);
  assertNone(long.map(([file]) => `${file} is long`));
});

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

test('functions are short', () => {
  const long = [...sources].flatMap(([file, text]) => listLongFunctions(file, text));
  assertNone(long);
});

function listLongFunctions(file: string, text: string): readonly string[] {
  const found: string[] = [];
  visit(parseAst(text, { lang: 'ts', sourceType: 'module' }), (node) => {
    if (!/^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
    const lines = text.slice(node.start, node.end).split('\n').length;
    if (lines > MOST_FUNCTION_LINES) found.push(`${nameOf(node)} of ${file} is long`);
  });
  return found;
}

test('every file with functions has a test of its name, or is shown by another', () => {
  const withFunctions = [...sources].filter(([, text]) =>
    /^(?:export )?(?:async )?(?:function|class)\b/m.test(text),
  );
  const untested = withFunctions
    .map(([file]) => file)
    .filter((file) => {
      const place = join(root, 'test', file.replace(/^src\//, '').replace(/\.ts$/, ''));
      return !existsSync(`${place}.test.ts`) && !existsSync(`${place}.timers.test.ts`);
    });
  assert.deepEqual(untested, Object.keys(SHOWN_BY).sort());
  const absent = Object.values(SHOWN_BY).filter((file) => !existsSync(join(root, file)));
  assert.deepEqual(absent, []);
});

function nameOf({ id }: Node): string {
  return isNode(id) ? String(id.name) : 'a function';
}

test('a long function is found, wherever it stands', () => {
  const body = '\n  call();'.repeat(MOST_FUNCTION_LINES);
  const text = `class A {\n  run(): void {${body}\n  }\n}\nconst f = () => {${body}\n};\nconst g = () => 1;\nfunction h() {${body}\n}\n`;
  const anonymous = 'a function of a.ts is long';
  assert.deepEqual(listLongFunctions('a.ts', text), [anonymous, anonymous, 'h of a.ts is long']);
});

function visit(value: unknown, onNode: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, onNode);
  else if (isNode(value)) {
    onNode(value);
    for (const child of Object.values(value)) visit(child, onNode);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

test('every exception is still needed', () => {
  assert.deepEqual([...excused].sort(), [...EXCEPTIONS].sort());
});
