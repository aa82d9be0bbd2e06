// The rules for every workflow of the repository, examples and its own: linters, pinned actions, few permissions.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readWorkflow, repositoryRoot } from './workflow.ts';
import { lintWorkflow } from './workflow-lint.ts';

const OURS = 'your-org/nxcloud-template-assets@v1';

const paths = ['examples/workflows', '.github/workflows'].flatMap((folder) =>
  readdirSync(join(repositoryRoot, folder)).map((name) => `${folder}/${name}`),
);

for (const path of paths) {
  const { text, workflow } = readWorkflow(path);

  test(`${path}: the linters find nothing`, async () => {
    assert.deepEqual(await lintWorkflow(text, path), []);
  });

  test(`${path}: permissions and a limit of time are stated, credentials are not left behind`, () => {
    if (path.startsWith('.github/')) assert.deepEqual(workflow.permissions, {});
    else assert.notEqual(workflow.permissions, undefined);
    for (const job of Object.values(workflow.jobs)) {
      assert.equal(typeof job['timeout-minutes'], 'number');
      for (const step of job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
        assert.equal(step.with?.['persist-credentials'], false);
      }
    }
  });
}

test('the scripts are sound bash', () => {
  const jobs = paths.flatMap((path) => Object.values(readWorkflow(path).workflow.jobs));
  const scripts = jobs.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
  assert.ok(scripts.length > 20);
  // One shell for all of them, each as a function.
  const input = scripts.map((script, at) => `script_${at}() {\n${script}\n}\n`).join('');
  execFileSync('bash', ['-n'], { input });
});

const documents = ['.', 'docs'].flatMap((folder) =>
  readdirSync(join(repositoryRoot, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

test('actions are pinned by commit with the version behind, one version of each everywhere', () => {
  const pins = new Map<string, Set<string>>();
  for (const path of [...paths, ...documents]) {
    const text = readFileSync(join(repositoryRoot, path), 'utf8');
    for (const [, reference = ''] of text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)) {
      if (reference === OURS || reference === './') continue;
      assert.match(reference, /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, path);
      const [name = '', pin = ''] = reference.split('@');
      pins.set(name, (pins.get(name) ?? new Set()).add(pin));
    }
  }
  assert.ok(pins.size > 5, [...pins.keys()].join(', '));
  for (const [name, found] of pins) assert.equal(found.size, 1, `${name}: ${[...found].join(', ')}`);
});

test('one version of Node everywhere', () => {
  const version = readFileSync(join(repositoryRoot, '.node-version'), 'utf8').trim();
  const { devDependencies } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
  assert.equal(devDependencies.node, version);
  const used = paths
    .filter((path) => path.startsWith('.github/'))
    .flatMap((path) => [...readWorkflow(path).text.matchAll(/node-version(?:-file)?: (.+)/g)]);
  assert.deepEqual(new Set(used.map(([, value]) => value)), new Set(['.node-version', version]));
});

test('each linter finds what is wrong', async () => {
  const sound = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n';
  assert.deepEqual(await lintWorkflow(sound, 'a.yml'), []);
  const unknownContext = await lintWorkflow(sound.replace('echo', `echo \${{ steps.x.outputs.y }}`), 'a.yml');
  assert.match(unknownContext.join('\n'), /property "x" is not defined/);
  const unknownKey = await lintWorkflow(sound.replace('runs-on', 'run-on'), 'a.yml');
  assert.match(unknownKey.join('\n'), /a\.yml.*run-on.*\n.*Unexpected value 'run-on'/s);
});
