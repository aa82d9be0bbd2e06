// Runs the built command as people and other CIs do.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { compileCache, nodePath } from '../../runner/run-action.ts';
import type { Simulator } from '../../simulator/server.ts';
import { findLeaks, testAccount } from './canaries.ts';
import { makeFolder } from './temporary-folder.ts';

/** The bundle of the command. */
export const cliFile = join(import.meta.dirname, '../../dist/cli.js');

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The script to run in place of the bundle of this repository. */
  readonly script?: string;
  /** Told of the process once it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs the command to its end. */
export async function runCommand(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return await runProgram(nodePath, [options.script ?? cliFile, ...args], options);
}

/**
 * Runs a program to its end, with nothing of this process's environment but the way to programs. Whatever
 * it is about, it shows no secret.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, onStart }: CommandOptions,
): Promise<CommandResult> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, ...compileCache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stderr += chunk;
  });
  onStart?.(child);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const { accessKey, accessSecret, phones } = testAccount;
  assert.deepEqual(findLeaks([accessKey, accessSecret, ...phones], [], texts), []);
  return { exitCode, ...texts };
}

/** The variables that lead to a simulator with the tests' account. */
export function variablesFor(simulator: Simulator): Record<string, string> {
  return {
    NXCLOUD_ACCESS_KEY: testAccount.accessKey,
    NXCLOUD_ACCESS_SECRET: testAccount.accessSecret,
    NXCLOUD_BUSINESS_PHONE: `+${testAccount.phones[0]}`,
    NXCLOUD_API_URL: simulator.url,
  };
}

/** The environment of a process that takes itself for another version of Node. */
export function pretendNode(version: string): Record<string, string> {
  const pretend = `Object.defineProperty(process.versions,"node",{value:"${version}"})`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(pretend)}` };
}

/** A folder with an `npx` that runs the built command in the place of the published one, of this very version alone. */
export function makeNpx(t: TestContext): string {
  const { name, version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const script = `[ "$1 $2" = '--yes ${name}@${version}' ] || exit 9\nshift 2\nexec '${nodePath}' '${cliFile}' "$@"\n`;
  const folder = makeFolder(t, { npx: `#!/bin/sh\n${script}` });
  chmodSync(join(folder, 'npx'), 0o755);
  return folder;
}
