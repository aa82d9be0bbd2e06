// The GitLab example: its script lines run in a shell, with the built command in the place of the published one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import type { Simulator } from '../../simulator/server.ts';
import { type CommandResult, makeNpx, runProgram, variablesFor } from '../support/command.ts';
import { makePng } from '../support/sample-media.ts';
import { makeFolder, writeFiles } from '../support/temporary-folder.ts';
import { openSimulator } from '../support/workspace.ts';

const example = readFileSync(join(import.meta.dirname, '../../examples/gitlab/.gitlab-ci.yml'), 'utf8');
const pipeline: Record<string, { script: string[]; artifacts?: { paths: string[] } }> = parse(example);

/** A GitLab project with a clone of it, and what runs jobs in that clone. */
function openProject(t: TestContext, simulator?: Simulator) {
  const folder = makeFolder(t);
  const env: Record<string, string> = {
    PATH: `${makeNpx(t)}:${process.env.PATH}`,
    HOME: folder,
    CI_COMMIT_BRANCH: 'main',
    CI_SERVER_PROTOCOL: 'https',
    CI_SERVER_HOST: 'gitlab.invalid',
    CI_PROJECT_PATH: 'team/site',
    PUSH_TOKEN: 'token-to-push',
    GITLAB_USER_NAME: 'A Designer',
    GITLAB_USER_EMAIL: 'designer@gitlab.invalid',
    // The address that only this token opens leads to a folder.
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${join(folder, 'project.git')}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://oauth2:token-to-push@gitlab.invalid/team/site.git',
    ...(simulator === undefined ? {} : variablesFor(simulator)),
  };
  const git = (where: string, ...args: string[]): string =>
    execFileSync('git', args, {
      cwd: join(folder, where),
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  git('', 'init', '--quiet', '--bare', '--initial-branch=main', 'project.git');
  git('', 'clone', '--quiet', 'project.git', 'author');
  const push = (files: Readonly<Record<string, string | Buffer>>): void => {
    writeFiles(join(folder, 'author'), files);
    git('author', 'add', '--all');
    git('author', '-c', 'user.name=x', '-c', 'user.email=x@x.invalid', 'commit', '--quiet', '--message=x');
    git('author', 'push', '--quiet', 'origin', 'HEAD:main');
  };
  const runJob = async (name: string): Promise<CommandResult> => {
    if (!existsSync(join(folder, 'job'))) git('', 'clone', '--quiet', 'project.git', 'job');
    git('job', 'fetch', '--quiet');
    git('job', 'checkout', '--quiet', '--detach', 'origin/main');
    // As GitLab's runner does: one shell that ends at the first line that fails.
    const script = ['set -eo pipefail', ...(pipeline[name]?.script ?? ['exit 9'])].join('\n');
    return await runProgram('bash', ['-c', script], { cwd: join(folder, 'job'), env });
  };
  return { folder, push, runJob, git };
}

test('a merge request is checked without credentials, and its gallery kept', async (t) => {
  const { folder, push, runJob } = openProject(t);
  push({ 'whatsapp/a.png': makePng('a') });
  const good = await runJob('check-assets');
  assert.equal(good.exitCode, 0, good.stderr);
  for (const path of pipeline['check-assets']?.artifacts?.paths ?? ['absent']) {
    assert.ok(existsSync(join(folder, 'job', path)), path);
  }
  push({ 'whatsapp/lie.png': 'GIF89a' });
  const bad = await runJob('check-assets');
  assert.equal(bad.exitCode, 1);
  assert.match(bad.stdout, /✗ whatsapp\/lie\.png\n {4}the name says \.png/);
});

test('on the default branch what is new is uploaded, and the manifest committed', async (t) => {
  const simulator = await openSimulator(t);
  const { push, runJob, git } = openProject(t, simulator);
  push({ 'whatsapp/a.png': makePng('a') });
  const first = await runJob('upload-assets');
  assert.equal(first.exitCode, 0, first.stderr);
  assert.equal(simulator.acceptedCount, 1);
  assert.equal(
    git('project.git', 'log', '-1', '--format=%an, %s', 'main').trim(),
    'A Designer, Update NXCloud asset manifest [skip ci]',
  );
  assert.equal(git('project.git', 'show', '--name-only', '--format=', 'main').trim(), 'nxcloud-assets.json');

  const second = await runJob('upload-assets');
  assert.equal(second.exitCode, 0, second.stderr);
  assert.equal(simulator.acceptedCount, 1);
  assert.equal(git('project.git', 'rev-list', '--count', 'main').trim(), '2');
});

test('what succeeded is committed when something fails, and the job fails', async (t) => {
  const simulator = await openSimulator(t);
  const { push, runJob, git } = openProject(t, simulator);
  push({ 'whatsapp/a.png': makePng('a'), 'whatsapp/lie.png': 'GIF89a' });
  const result = await runJob('upload-assets');
  assert.equal(result.exitCode, 1);
  const { assets } = JSON.parse(git('project.git', 'show', 'main:nxcloud-assets.json'));
  assert.deepEqual(Object.keys(assets), ['whatsapp/a.png']);
});
