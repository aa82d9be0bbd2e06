// Runs a JavaScript action as GitHub's runner does, and hands back all that GitHub would know of the step.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowCommand } from './commands.ts';
import { describeInputs, describeRun, type RunContext, type RunPlaces } from './environment.ts';
import { parseFileCommands } from './file-commands.ts';
import { createLineSplitter } from './lines.ts';
import { type Annotation, createStepLog, selectVisibleAnnotations } from './log.ts';
import { readActionMetadata } from './metadata.ts';

/** One signal: sent once the line was printed and the promise settled, and then the delay has passed. */
export type SignalStep = {
  readonly signal: NodeJS.Signals;
  readonly onLine?: RegExp;
  readonly after?: Promise<unknown>;
  readonly delayMs?: number;
};

/** What to run and how. */
export type RunOptions = {
  /** The checkout; it becomes GITHUB_WORKSPACE and the working directory. */
  readonly workspace: string;
  /** Inputs of the step; an empty text stays empty, absent ones get their default. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Value of `github.token`. */
  readonly token?: string;
  readonly context?: RunContext;
  /** Further variables, also over those of the runner; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where action.yml lies; this repository by default. */
  readonly actionDirectory?: string;
  /** Script to run in place of `runs.main`. */
  readonly main?: string;
  /** Flags for node, such as `--import=…`. */
  readonly nodeFlags?: readonly string[];
  /** Sent one after the other, each when its turn has come. */
  readonly signals?: readonly SignalStep[];
  /** The process is killed after this; 60 000 by default. */
  readonly timeoutMs?: number;
  /** Step debugging. */
  readonly debug?: boolean;
  /** Told the process id once it runs. */
  readonly onStart?: (pid: number) => void;
  /** Told each line as it is printed. */
  readonly onLine?: (line: string) => void;
};

/** What came of the step. */
export type ActionResult = {
  /** `success` only with exit code 0 and nothing the runner had to complain of. */
  readonly conclusion: 'success' | 'failure';
  /** Null when a signal ended the process. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** As printed, nothing hidden. */
  readonly stdout: string;
  readonly stderr: string;
  /** As a user reads it. */
  readonly maskedLog: string;
  readonly commands: readonly WorkflowCommand[];
  readonly annotations: readonly Annotation[];
  readonly visibleAnnotations: readonly Annotation[];
  readonly masks: readonly string[];
  readonly groups: readonly string[];
  readonly debug: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Sum of the characters of all outputs; a job's may have about 500 000. */
  readonly outputCharacters: number;
  /** Outputs that contain a mask: GitHub does not let them leave the job. */
  readonly maskedOutputs: readonly string[];
  /** Delimiters of the outputs that someone could have foreseen, or that were used twice. */
  readonly weakDelimiters: readonly string[];
  readonly state: Readonly<Record<string, string>>;
  readonly exportedEnv: Readonly<Record<string, string>>;
  /** Text of the job summary as written; GitHub drops one of more than 1 MiB. */
  readonly summary: string;
  readonly summaryDropped: boolean;
  /** Warnings of the runner itself, such as `Unexpected input(s) …`. */
  readonly runnerWarnings: readonly string[];
  /** Complaints of the runner itself; each fails the step. */
  readonly runnerErrors: readonly string[];
};

const repositoryRoot = resolve(import.meta.dirname, '..');
const summaryLimit = 1024 * 1024;
const minimalDelimiterLength = 16;

/** The Node 24 that actions run with: this process's own, else the `node` package. */
export const nodePath: string = process.versions.node.startsWith('24.')
  ? process.execPath
  : join(repositoryRoot, 'node_modules/.bin/node');

/** Where compiled code is kept, if this process has such a place: a step starts sooner, and nothing else differs. */
export const compileCache: Readonly<Record<string, string>> =
  process.env.NODE_COMPILE_CACHE === undefined
    ? {}
    : { NODE_COMPILE_CACHE: resolve(process.env.NODE_COMPILE_CACHE) };

/** Signals of a cancelled run, with GitHub's pauses, from the moment a line is printed. */
export function cancelRun(onLine: RegExp): SignalStep[] {
  return [
    { signal: 'SIGINT', onLine },
    { signal: 'SIGTERM', delayMs: 7500 },
    { signal: 'SIGKILL', delayMs: 2500 },
  ];
}

/** Runs the action to its end. Rejects only when it cannot be run at all. */
export async function runAction(options: RunOptions): Promise<ActionResult> {
  const actionDirectory = options.actionDirectory ?? repositoryRoot;
  const metadata = await readActionMetadata(actionDirectory);
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'runner-'));
  try {
    const places = await createPlaces(directory, options);
    const { env: inputs, warnings } = describeInputs(metadata, options.inputs ?? {}, options.token ?? '');
    const log = createStepLog(options.debug ?? false);
    for (const warning of warnings) log.print(`##[warning]${warning}`);
    const env = {
      ...selectOwnEnvironment(),
      ...compileCache,
      ...describeRun(options.context ?? {}, places, options.debug ?? false),
      ...inputs,
      // Node hands it on by itself, even to an environment that leaves it out.
      NODE_V8_COVERAGE: undefined,
      ...options.env,
    };
    const child = spawn(
      nodePath,
      [...(options.nodeFlags ?? []), resolve(actionDirectory, options.main ?? metadata.main)],
      { cwd: places.workspace, env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const ending = await followProcess(child, options, log.take);
    return await describeResult(ending, log, places, warnings);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

type Ending = Pick<ActionResult, 'exitCode' | 'signal' | 'timedOut' | 'durationMs' | 'stdout' | 'stderr'>;

async function createPlaces(directory: string, options: RunOptions): Promise<RunPlaces> {
  const commandFile = (name: string) => join(directory, '_runner_file_commands', name);
  const places: RunPlaces = {
    workspace: resolve(options.workspace),
    temp: join(directory, '_temp'),
    toolCache: join(directory, '_tool'),
    eventFile: join(directory, '_github_workflow', 'event.json'),
    output: commandFile('set_output'),
    summary: commandFile('step_summary'),
    env: commandFile('set_env'),
    path: commandFile('add_path'),
    state: commandFile('save_state'),
  };
  for (const name of ['_runner_file_commands', '_temp', '_tool', '_github_workflow']) {
    await mkdir(join(directory, name));
  }
  for (const file of [places.output, places.summary, places.env, places.path, places.state]) {
    await writeFile(file, '');
  }
  await writeFile(places.eventFile, JSON.stringify(options.context?.event ?? describeEvent(options.context)));
  return places;
}

function describeEvent({ repository, repositoryId, ref }: RunContext = {}): unknown {
  const fullName = repository ?? 'octo-org/assets';
  return {
    ref: ref ?? 'refs/heads/main',
    repository: { id: Number(repositoryId ?? 4711), full_name: fullName, default_branch: 'main' },
  };
}

function selectOwnEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function followProcess(
  child: ChildProcess,
  options: RunOptions,
  take: (line: string) => void,
): Promise<Ending> {
  const started = performance.now();
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const listeners = new Set<(line: string) => void>();
  const onLine = (line: string) => {
    take(line);
    options.onLine?.(line);
    for (const listener of listeners) listener(line);
  };
  for (const [stream, chunks] of [
    [child.stdout, stdout],
    [child.stderr, stderr],
  ] as const) {
    const splitter = createLineSplitter(onLine);
    stream?.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      splitter.take(chunk);
    });
    stream?.on('end', () => splitter.end());
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, options.timeoutMs ?? 60_000);
  const ended = new AbortController();
  void sendSignals(child, options.signals ?? [], listeners, ended.signal);
  if (child.pid !== undefined) options.onStart?.(child.pid);
  try {
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((settle, reject) => {
      child.once('error', reject);
      child.once('close', (code, name) => settle([code, name]));
    });
    return {
      exitCode,
      signal,
      timedOut,
      durationMs: performance.now() - started,
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
    };
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

async function sendSignals(
  child: ChildProcess,
  steps: readonly SignalStep[],
  listeners: Set<(line: string) => void>,
  ended: AbortSignal,
): Promise<void> {
  for (const { signal, onLine, after, delayMs } of steps) {
    if (onLine !== undefined) await waitForLine(onLine, listeners);
    await after;
    // The pause ends early, and with it the rest, when the process is gone.
    if (delayMs !== undefined) await sleep(delayMs, undefined, { signal: ended }).catch(() => undefined);
    if (ended.aborted) return;
    child.kill(signal);
  }
}

function waitForLine(pattern: RegExp, listeners: Set<(line: string) => void>): Promise<void> {
  return new Promise((found) => {
    const listener = (line: string) => {
      if (!pattern.test(line)) return;
      listeners.delete(listener);
      found();
    };
    listeners.add(listener);
  });
}

async function describeResult(
  ending: Ending,
  log: ReturnType<typeof createStepLog>,
  places: RunPlaces,
  runnerWarnings: readonly string[],
): Promise<ActionResult> {
  const runnerErrors = [...log.errors];
  const [written, state, env] = await Promise.all(
    [places.output, places.state, places.env].map(async (file) => {
      try {
        return parseFileCommands(await readIfPresent(file));
      } catch (error) {
        runnerErrors.push(`Unable to process file command successfully. ${String(error)}`);
        return { values: {}, delimiters: [] };
      }
    }),
  );
  const summary = await readIfPresent(places.summary);
  const outputs = { ...log.legacyOutputs, ...written?.values };
  const summaryDropped = Buffer.byteLength(summary) > summaryLimit;
  for (const error of runnerErrors.slice(log.errors.length)) log.print(`##[error]${error}`);
  if (summaryDropped) log.print('##[error]$GITHUB_STEP_SUMMARY supports content up to a size of 1024k');
  return {
    ...ending,
    conclusion: ending.exitCode === 0 && runnerErrors.length === 0 ? 'success' : 'failure',
    maskedLog: log.text,
    commands: log.commands,
    annotations: log.annotations,
    visibleAnnotations: selectVisibleAnnotations(log.annotations),
    masks: log.masks,
    groups: log.groups,
    debug: log.debug,
    outputs,
    outputCharacters: Object.values(outputs).reduce((sum, value) => sum + value.length, 0),
    maskedOutputs: Object.keys(outputs).filter((name) =>
      log.masks.some((mask) => outputs[name]?.includes(mask)),
    ),
    weakDelimiters: findWeakDelimiters(written?.delimiters ?? []),
    state: state?.values ?? {},
    exportedEnv: env?.values ?? {},
    summary,
    summaryDropped,
    runnerWarnings,
    runnerErrors,
  };
}

async function readIfPresent(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function findWeakDelimiters(delimiters: readonly string[]): string[] {
  return delimiters.filter(
    (delimiter, at) => delimiter.length < minimalDelimiterLength || delimiters.indexOf(delimiter) !== at,
  );
}
