// Runs git's own commands, for what only git can say.
import { spawn } from 'node:child_process';

export interface GitResult {
  /** The exit code. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs one command in a folder, with no configuration but the repository's own. Rejects when there is no git. */
export async function runGit(folder: string, args: readonly string[]): Promise<GitResult> {
  const child = spawn('git', args, {
    cwd: folder,
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() };
}
