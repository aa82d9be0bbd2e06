// Runs git's commands through one small process that starts them.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface GitResult {
  /** The exit code; null when git could not be started. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

interface Answer extends GitResult {
  readonly id: number;
}

const waiting = new Map<number, (result: GitResult) => void>();
let starter: ChildProcess | undefined;
let questions = 0;

/** Runs one command in a folder, with no configuration but the repository's own. */
export async function runGit(
  folder: string,
  args: readonly string[],
  input?: Buffer | string,
): Promise<GitResult> {
  starter ??= start();
  const { channel } = starter;
  const id = questions++;
  const answer = new Promise<GitResult>((resolve) => waiting.set(id, resolve));
  starter.send({ id, folder, args, input });
  // It keeps the test's process alive while somebody waits, and only then.
  channel?.ref();
  const result = await answer;
  if (waiting.size === 0) channel?.unref();
  return result;
}

function start(): ChildProcess {
  const child = fork(fileURLToPath(new URL('git-starter.mjs', import.meta.url)), {
    serialization: 'advanced',
    execArgv: [],
    env: { PATH: process.env.PATH },
  });
  child.unref();
  child.on('message', (message) => {
    const { id, ...result } = message as Answer;
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  child.once('exit', () => {
    const stderr = 'The process that starts git has ended.';
    for (const resolve of waiting.values()) resolve({ code: null, stdout: Buffer.alloc(0), stderr });
  });
  return child;
}
