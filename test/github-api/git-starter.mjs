// Runs git for a parent that is large: a child begins with its parent's page tables, so that starting it from here takes
// a fraction of the time. Plain JavaScript, because stripping types would cost more memory than the rest of it.
import { spawn } from 'node:child_process';

process.on('message', ({ id, folder, args, input }) => {
  const child = spawn('git', args, {
    cwd: folder,
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  });
  const out = [];
  const err = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  // git may end before it has read everything; its exit code tells.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const answer = (code, stderr) => process.send({ id, code, stdout: Buffer.concat(out), stderr });
  child.on('error', (error) => answer(null, error.message));
  child.on('close', (code) => answer(code, Buffer.concat(err).toString()));
});
