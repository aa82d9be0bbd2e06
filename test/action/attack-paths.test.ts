// Paths that lead elsewhere, through the bundle: nothing outside the repository is read, sent or written.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext, test } from 'node:test';
import { makePng } from '../support/sample-media.ts';
import {
  createWorkspace,
  inputsFor,
  openSimulator,
  readJson,
  whenFileArrives,
  type Workspace,
} from '../support/workspace.ts';
import { choose, isFull } from '../support/extent.ts';
import { makeFifo } from '../support/fifo.ts';

const LOOT = makePng('loot');

/** A checkout in `repository`, beside it a folder with a picture that must not be sent. */
function createCheckout(t: TestContext): Workspace {
  const workspace = createWorkspace(t);
  workspace.write('outside/loot.png', LOOT);
  workspace.write('repository/a.png', makePng('a'));
  workspace.write('repository/real/b.png', makePng('b'));
  workspace.write('repository/.git/hidden.png', makePng('git'));
  return workspace;
}

const inRepository = { 'working-directory': 'repository', 'include-hidden-files': 'true' };

test('links are judged by what they lead to', async (t) => {
  type Row = readonly [name: string, target: string, end: 'uploaded' | 'invalid' | 'skipped', said?: RegExp];
  const rows: Row[] = [
    ['to a file inside', 'real/b.png', 'uploaded'],
    ['to a file outside', '../outside/loot.png', 'invalid', /link to a file outside the repository/],
    ['to a file outside, absolute', '/etc/passwd', 'invalid', /link to a file outside the repository/],
    ['into .git', '.git/hidden.png', 'invalid', /link to a file inside \.git/],
    ['to a folder outside', '../outside', 'skipped'],
    ['to a folder inside', 'real', 'skipped'],
    ['to the folder above', '..', 'skipped'],
    ['to a device', '/dev/zero', 'skipped'],
    ['to nothing', 'nowhere', 'skipped'],
    ['to itself', 'link to itself.png', 'skipped'],
  ];
  if (process.platform === 'linux')
    rows.push([
      'to a process’ memory',
      '/proc/self/environ',
      'invalid',
      /link to a file outside the repository/,
    ]);
  const workspace = createCheckout(t);
  const simulator = await openSimulator(t);
  const nameLink = (name: string): string => `link ${name}.png`;
  for (const [name, target] of rows) symlinkSync(target, join(workspace.root, 'repository', nameLink(name)));
  const result = await workspace.run({ inputs: { ...inputsFor(simulator), ...inRepository, files: '**' } });
  assert.equal(result.exitCode, 1, result.stdout);
  const listLinks = (expected: string): string[] =>
    rows.flatMap(([name, , end]) => (end === expected ? [nameLink(name)] : []));
  assert.deepEqual(readJson(result, 'invalid'), listLinks('invalid').sort());
  const settled = [
    ...(readJson(result, 'uploaded') as string[]),
    ...(readJson(result, 'reused') as string[]),
  ];
  assert.deepEqual(settled.sort(), ['a.png', 'real/b.png', ...listLinks('uploaded')].sort());
  assert.equal(simulator.acceptedCount, 2, 'a link costs no upload of its own');
  for (const [name, , , said] of rows) {
    const error = result.annotations.find(({ file }) => file === nameLink(name));
    if (said === undefined) assert.equal(error, undefined, name);
    else assert.match(error?.message ?? '', said, name);
  }
  assert.match(
    result.stdout,
    new RegExp(
      `::notice::${listLinks('skipped').length} matched files are no assets and were skipped\\. ` +
        'Linked folders, which are not entered: link to a folder inside\\.png and 2 more\\. ' +
        'Links that lead nowhere: link to itself\\.png and 1 more\\. ' +
        'No regular files: link to a device\\.png\\.',
    ),
  );
});

describe('linked folders are not entered', { concurrency: 4 }, () => {
  const patterns = ['linked/*.png', 'linked/loot.png', 'real/up/outside/loot.png', '**/loot.png'];
  for (const files of isFull ? [...patterns, patterns.join('\n')] : [patterns.join('\n')]) {
    it(files.replaceAll('\n', ', '), async (t) => {
      const workspace = createCheckout(t);
      const simulator = await openSimulator(t);
      symlinkSync('../outside', join(workspace.root, 'repository/linked'));
      symlinkSync('..', join(workspace.root, 'repository/real/up'));
      const result = await workspace.run({ inputs: { ...inputsFor(simulator), ...inRepository, files } });
      assert.equal(result.exitCode, 0);
      assert.equal(simulator.requestCount, 0);
      const warnings = result.annotations.filter(({ message }) => /matches no file/.test(message));
      assert.equal(warnings.length, files.split('\n').length);
    });
  }
});

test('a FIFO is skipped, without waiting for it', async (t) => {
  const workspace = createCheckout(t);
  const simulator = await openSimulator(t);
  makeFifo(join(workspace.root, 'repository/fifo.png'));
  const result = await workspace.run({
    inputs: { ...inputsFor(simulator), ...inRepository, files: '*.png' },
  });
  assert.equal(result.exitCode, 0);
  assert.deepEqual(readJson(result, 'uploaded'), ['a.png']);
});

describe('patterns', { concurrency: 4 }, () => {
  const rows: readonly (readonly [pattern: string, said: RegExp])[] = [
    ['/etc/*', /files: "\/etc\/\*" leads out of the repository/],
    ['../outside/*.png', /files: .* contains a "\." or "\.\." segment/],
    ['real/../../outside/*.png', /contains a "\." or "\.\." segment/],
    ['real/[.][.]/[.][.]/outside/*.png', /contains a "\." or "\.\." segment/],
    ['[.]/**', /contains a "\." or "\.\." segment/],
    ['real/[\\.][.]/outside/*.png', /contains a "\." or "\.\." segment/],
    ['~', /leads to the home folder/],
    ['~/*.png', /leads to the home folder/],
  ];
  for (const [pattern, said] of choose(rows, 4)) {
    it(pattern, async (t) => {
      const workspace = createCheckout(t);
      const simulator = await openSimulator(t);
      const inputs = { ...inputsFor(simulator), ...inRepository, files: `a.png\n${pattern}` };
      const result = await workspace.run({ inputs });
      assert.equal(result.exitCode, 1);
      assert.equal(simulator.requestCount, 0);
      assert.match(result.annotations[0]?.message ?? '', said);
    });
  }

  it('.git, by any way', async (t) => {
    const workspace = createCheckout(t);
    const simulator = await openSimulator(t);
    const files = '.git/**\n.git/hidden.png\n.git\n**/hidden.png\n.GIT/*';
    const result = await workspace.run({ inputs: { ...inputsFor(simulator), ...inRepository, files } });
    assert.equal(result.exitCode, 0);
    assert.equal(simulator.requestCount, 0);
  });
});

describe('the manifest’s and the report’s path', { concurrency: 4 }, () => {
  const values = [
    '../outside/x.json',
    '/etc/x.json',
    '.git/config',
    'linked/x.json',
    'link.json',
    'real',
    'a.png/x',
  ];
  for (const value of choose(values, 4)) {
    it(value, async (t) => {
      const workspace = createCheckout(t);
      const simulator = await openSimulator(t);
      symlinkSync('../outside', join(workspace.root, 'repository/linked'));
      symlinkSync('../outside/loot.png', join(workspace.root, 'repository/link.json'));
      const before = readdirSync(workspace.root, { recursive: true });
      const paths = { 'manifest-path': value, 'report-path': value };
      const inputs = { ...inputsFor(simulator), ...inRepository, files: '*', ...paths };
      const result = await workspace.run({ inputs });
      assert.equal(result.exitCode, 1);
      assert.equal(simulator.requestCount, 0);
      for (const name of Object.keys(paths))
        assert.ok(result.annotations[0]?.message.includes(`${name}: "${value}"`), name);
      assert.deepEqual(readdirSync(workspace.root, { recursive: true }), before);
      assert.ok(readFileSync(join(workspace.root, 'outside/loot.png')).equals(LOOT));
    });
  }
});

describe('a file that is something else by the time it is sent', { concurrency: 4 }, () => {
  type Row = readonly [name: string, replace: (file: string, root: string) => void, said: RegExp];
  const rows: readonly Row[] = [
    ['a folder', (file) => mkdirSync(file), /the file changed while the step ran|can no longer be read/],
    ['a FIFO', (file) => makeFifo(file), /the file changed while the step ran/],
    ['a link outside', (file, root) => symlinkSync(join(root, 'outside/loot.png'), file), /ELOOP/],
    ['a device', (file) => symlinkSync('/dev/zero', file), /ELOOP/],
    [
      'another picture',
      (file, root) => renameSync(join(root, 'outside/loot.png'), file),
      /the file changed while/,
    ],
    ['nothing', () => undefined, /ENOENT/],
  ];
  for (const [name, replace, said] of choose(rows, 2)) {
    it(name, async (t) => {
      const workspace = createCheckout(t);
      const last = join(workspace.root, 'repository/z.png');
      workspace.write('repository/z.png', makePng('z'));
      // The first is uploaded, the second under way, this one still waits.
      const rule = whenFileArrives(1, () => {
        rmSync(last);
        replace(last, workspace.root);
      });
      const simulator = await openSimulator(t, { faults: [rule] });
      const inputs = { ...inputsFor(simulator), ...inRepository, files: '**', concurrency: '1' };
      const result = await workspace.run({ inputs });
      assert.equal(result.exitCode, 1, result.stdout);
      assert.deepEqual(readJson(result, 'pending'), ['z.png']);
      assert.deepEqual(Object.keys(workspace.readManifest('repository/nxcloud-assets.json')), [
        'a.png',
        'real/b.png',
      ]);
      assert.equal(simulator.acceptedCount, 2);
      assert.match(result.annotations.find(({ file }) => file === 'z.png')?.message ?? '', said);
    });
  }
});
