// Runs the action and the public tools it is measured against, each in a process of its own.
import { type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodePath, runAction } from '../runner/run-action.ts';
import { demoAccount } from '../simulator/server.ts';
import { type Library, NOWHERE } from './library.ts';

/** Milliseconds of one contestant, from its start to its end. */
export type Contestant = () => Promise<number>;

/** What a run of the action must come to, and how it is run. */
export interface ActionRun {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly apiUrl?: string;
  /** Outputs that are checked, so that nothing is measured that did not work. */
  readonly expect: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the bundle over a library as GitHub's runner does. */
export async function timeAction(library: Library, run: ActionRun): Promise<number> {
  const result = await runAction({
    workspace: library.root,
    timeoutMs: 120_000,
    nodeFlags: run.nodeFlags ?? [],
    env: run.env ?? {},
    inputs: {
      files: 'whatsapp/**',
      'access-key': demoAccount.accessKey,
      'access-secret': demoAccount.accessSecret,
      'business-phone': demoAccount.phones[0] ?? '',
      'api-url': run.apiUrl ?? NOWHERE,
      ...run.inputs,
    },
  });
  for (const [name, value] of Object.entries(run.expect)) {
    if (result.outputs[name] === value && result.exitCode === 0) continue;
    throw new Error(`${name} is ${result.outputs[name]}, not ${value}:\n${result.stdout}${result.stderr}`);
  }
  return result.durationMs;
}

/** Runs a command to its end, in the runner's way: the clock starts when the process has started. */
export async function timeCommand(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly input?: string } = {},
): Promise<number> {
  const child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const started = performance.now();
  let errors = '';
  child.stdout?.resume();
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdin?.on('error', () => undefined); // a command that does not read its input
  child.stdin?.end(options.input ?? '');
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(performance.now() - started);
      else reject(new Error(`${command} ended with ${code}: ${errors}`));
    });
  });
}

/** An empty Node process. */
export const timeEmptyNode: Contestant = () => timeCommand(nodePath, ['-e', '0']);

/** The medians of the contestants, who take turns, so that a busy moment of the machine meets all of them. */
export async function compare(
  rounds: number,
  contestants: readonly Contestant[],
): Promise<readonly number[]> {
  const times: number[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) times[index]?.push(await contestant());
  }
  return times.map(findMedian);
}

/** The middle value; of an even number of values the mean of the two in the middle. */
function findMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

const PEAK_HOOK = `--import=${join(import.meta.dirname, 'record-peak.js')}`;

/** Peak RSS in bytes of a run of the action, by the kernel's count for the process. */
export async function measurePeak(library: Library, run: ActionRun): Promise<number> {
  return await readPeak(library.root, (env) => timeAction(library, { ...run, env, nodeFlags: [PEAK_HOOK] }));
}

/** Peak RSS in bytes of an empty Node process. */
export async function measureEmptyPeak(folder: string): Promise<number> {
  return await readPeak(folder, (env) => timeCommand(nodePath, [PEAK_HOOK, '-e', '0'], { env }));
}

async function readPeak(
  folder: string,
  run: (env: Record<string, string>) => Promise<number>,
): Promise<number> {
  const file = join(folder, '.peak');
  await run({ BENCH_PEAK_FILE: file });
  const peak = Number(readFileSync(file, 'utf8')) * 1024;
  rmSync(file);
  return peak;
}
