// The npm package, packed in a clean clone: what is in it, and that it works alone.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type CommandResult, runProgram } from '../support/command.ts';
import { isFull } from '../support/extent.ts';
import { makePng } from '../support/sample-media.ts';
import { makeFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const ours = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const tarball = `${ours.name}-${ours.version}.tgz`;

type Run = (command: string, where?: string) => Promise<CommandResult>;

/** A clean clone without its tests, beside a user's folder; commands run where npm has nothing in store and no registry. */
async function openClone(t: TestContext): Promise<{ folder: string; run: Run; succeed: Run }> {
  const folder = makeFolder(t, { 'user/a.png': makePng('a') });
  const env = { npm_config_cache: join(folder, 'cache'), npm_config_offline: 'true' };
  const run: Run = (command, where = 'clone') =>
    runProgram('bash', ['-c', command], { cwd: join(folder, where), env });
  const succeed: Run = async (...args) => {
    const result = await run(...args);
    assert.equal(result.exitCode, 0, result.stdout + result.stderr);
    return result;
  };
  cpSync(root, join(folder, 'clone'), {
    recursive: true,
    filter: (path) => !['.git', 'node_modules', 'test'].includes(relative(root, path)),
  });
  await succeed('git init -q && git add -A && git -c user.name=x -c user.email=x@x.invalid commit -qm x');
  return { folder, run, succeed };
}

function listFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

// What is in the package, `test/action/command.test.ts` tells in every run.
const skip = !isFull && 'only in a full run';
test('the npm package', { skip }, async (t) => {
  const { folder, run, succeed } = await openClone(t);

  await t.test('is not made of the folder itself, whose package.json names dependencies', async () => {
    const { exitCode, stdout } = await run('npm publish --dry-run');
    assert.notEqual(exitCode, 0);
    assert.match(stdout, /^Publish what npm pack makes/m);
    assert.equal((await succeed('git status --porcelain')).stdout, '');
  });

  await t.test('leaves no difference, and mends what a failed pack left', async () => {
    assert.notEqual((await run('npm pack --pack-destination absent')).exitCode, 0);
    assert.match((await succeed('git diff')).stdout, /\+ {2}"bundled": \{/);
    await succeed('npm pack');
    assert.equal((await succeed('git status --porcelain')).stdout, '');
  });

  await t.test('brings no other, and works alone', async () => {
    await succeed(`npm install --offline --ignore-scripts ../clone/${tarball}`, 'user');
    const installed = join(folder, 'user/node_modules');
    assert.deepEqual(
      readdirSync(installed).filter((name) => !name.startsWith('.')),
      [ours.name],
    );
    const bundle = listFiles(join(root, 'dist')).map((file) => `dist/${file}`);
    assert.deepEqual(
      listFiles(join(installed, ours.name)),
      ['LICENSE', 'README.md', 'package.json', ...bundle].sort(),
    );
    const theirs = JSON.parse(readFileSync(join(installed, ours.name, 'package.json'), 'utf8'));
    assert.equal(theirs.dependencies, undefined);
    assert.deepEqual(theirs.bundled, ours.dependencies);
    assert.equal(theirs.engines.node, '>=22.19');

    const { stdout } = await succeed(`npx --no ${ours.name} check --files '*.png'`, 'user');
    assert.match(stdout, /1 asset found: 1 to upload/);
  });
});
