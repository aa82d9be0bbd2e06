// The simulator as people start it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { nodePath } from '../../runner/run-action.ts';
import { runProgram } from '../support/command.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const script = join(import.meta.dirname, '../../simulator/start.ts');

for (const [name, args, says] of [
  ['an unknown option', ['--nope'], /^Unknown option '--nope'/],
  ['a word', ['8765'], /^Unexpected argument '8765'/],
  ['a port that is none', ['--port', 'x'], /^--port must be a number, not "x"\n/],
] as const) {
  it(`shows how it is used for ${name}`, async (t) => {
    const { exitCode, stdout, stderr } = await runProgram(nodePath, [script, ...args], {
      cwd: makeFolder(t),
    });
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.match(stderr, says);
    assert.match(stderr, /\n\nUsage: npm run simulator -- \[options\]\n/);
  });
}
