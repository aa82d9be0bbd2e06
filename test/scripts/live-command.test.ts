// The proof on the real GitHub: what it leaves, how it waits, what it reports, and the command.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { nodePath } from '../../runner/run-action.ts';
import { hasFailed, type Proof } from '../../scripts/live/prove.ts';
import { buildTables, wordEnd, wordRow, wordScene } from '../../scripts/live/report.ts';
import { FACTS } from '../github-api/facts.ts';
import { choose } from '../support/extent.ts';
import { READ, runProof, setUp } from './live-setting.ts';

const root = resolve(import.meta.dirname, '../..');

describe('what is left', () => {
  it('of an ended run is removed at once', async (t) => {
    const setting = await setUp(t);
    const ending = new AbortController();
    const rows: string[] = [];
    const onRow = ({ name }: { readonly name: string }): void => {
      rows.push(name);
      if (name === 'ref names') ending.abort(new Error('It was ended.'));
    };
    await assert.rejects(runProof(setting, { signal: ending.signal, onRow }), /It was ended/);
    assert.equal(rows.at(-1), 'ref names');
    assert.deepEqual(setting.repository.git.listRefs(), ['refs/heads/main']);
  });

  it('of a killed run is removed by the next on the same system; nothing else is', async (t) => {
    const setting = await setUp(t);
    const { repository } = setting;
    const others = ['live-12-windows-a', 'live-linux-b', 'alive-12-linux-c', 'nxcloud-assets/live'];
    const left = ['live-12-linux-a', 'nxcloud-assets/live-12-linux-a'];
    for (const branch of [...others, ...left]) await repository.setBranch(branch, 'main');
    await runProof(setting, { parts: [] });
    const names = [...others, 'main'].map((name) => `refs/heads/${name}`);
    assert.deepEqual([...repository.git.listRefs()].sort(), names.sort());
  });

  it('and cannot be removed is told, and is a failure', async (t) => {
    const setting = await setUp(t);
    await setting.repository.setBranch('live-12-linux-kept', 'main');
    setting.repository.protectedBranches.set('live-12-linux-kept', { rules: ['deletion'] });
    const proof = await runProof(setting, { parts: [] });
    assert.deepEqual(proof.left, ['live-12-linux-kept']);
    assert.equal(hasFailed(proof), true);
    assert.match(wordEnd(proof), /these branches are left: live-12-linux-kept/);
  });
});

describe("GitHub's limits", () => {
  it('are waited out as long as GitHub asks', async (t) => {
    const setting = await setUp(t);
    const waits: number[] = [];
    setting.api.plan({ operation: 'git/list-matching-refs', refusal: 'secondary limit', times: 3 });
    const sleep = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    const proof = await runProof(setting, { parts: [], sleep });
    assert.deepEqual(
      waits.filter((wait) => wait > 10_000),
      [60_000, 60_000, 60_000],
    );
    assert.equal(hasFailed(proof), false);
  });

  it('end it when they do not pass', async (t) => {
    const setting = await setUp(t);
    setting.api.plan({ operation: 'git/list-matching-refs', refusal: 'secondary limit', times: 100 });
    await assert.rejects(runProof(setting, { parts: [] }), /limits are used up, run it again later: 403/);
  });
});

describe('the report', () => {
  const proof: Proof = {
    rows: [
      { name: 'late reads', verdict: 'otherwise', isOpen: true, seen: '::error::read 1' },
      { name: 'raw blob', verdict: 'otherwise', isOpen: false, seen: '<b>base64</b>' },
      { name: 'allow list', verdict: 'not tried', isOpen: false, seen: 'takes an administrator' },
    ],
    scenes: [
      {
        name: 'a scene',
        claims: [
          { text: 'the step succeeds', holds: false, seen: 'exit code 1' },
          { text: 'it is signed', holds: true, seen: '' },
        ],
        error: 'no branch',
        logs: ['::error::What the action printed\n'],
      },
    ],
    left: [],
    requests: 7,
  };

  it('tells each fact in a line', () => {
    assert.deepEqual(proof.rows.map(wordRow), [
      '✗ otherwise, which nobody knows for sure: reads after a write: ::error::read 1',
      '✗ otherwise: REST `GET /git/blobs/{sha}` with the raw media type: <b>base64</b>',
      `– not tried: ${FACTS['allow list'].what}: takes an administrator`,
    ]);
  });

  it('tells what is wrong with a scene, and no line is a command', () => {
    assert.deepEqual(proof.scenes.map(wordScene), [
      '✗ a scene\n  not true: the step succeeds, seen: exit code 1\n  no branch\n| ::error::What the action printed',
    ]);
  });

  it('counts in the end', () => {
    assert.equal(
      wordEnd(proof),
      "Facts: 0 as written, 2 otherwise, 1 not tried. 0 of 1 scene passed; 7 requests beside the action's own; every branch was removed.",
    );
  });

  it('shows both as tables, with foreign text escaped', () => {
    const tables = buildTables(proof);
    assert.match(
      tables,
      /<td>✗ otherwise<\/td><td>REST `GET .*the bytes<\/td><td>&lt;b&gt;base64&lt;\/b&gt;<\/td>/,
    );
    assert.match(tables, /<td>✗ failed<\/td><td>a scene<\/td><td>the step succeeds; no branch<\/td>/);
  });
});

describe('the command', () => {
  async function runCommand(t: TestContext, args: readonly string[], env: Readonly<Record<string, string>>) {
    const temp = await mkdtemp(join(tmpdir(), 'live-test-'));
    t.after(() => rm(temp, { recursive: true, force: true }));
    const summary = join(temp, 'summary.md');
    const variables = { PATH: process.env.PATH ?? '', TMPDIR: temp, GITHUB_STEP_SUMMARY: summary, ...env };
    const [exitCode, text] = await new Promise<[number, string]>((done) => {
      execFile(
        nodePath,
        [join(root, 'scripts/live.ts'), ...args],
        { env: variables },
        (error, stdout, stderr) => done([typeof error?.code === 'number' ? error.code : 0, stdout + stderr]),
      );
    });
    assert.deepEqual(
      (await readdir(temp)).filter((name) => name !== 'summary.md'),
      [],
    );
    return { exitCode, text, summary: await readFile(summary, 'utf8').catch(() => '') };
  }

  it('shows what a token that may only read meets', async (t) => {
    const { api, repository } = await setUp(t);
    const head = await repository.head('main');
    const { exitCode, text, summary } = await runCommand(t, ['--read-only'], {
      GITHUB_API_URL: api.url,
      GITHUB_REPOSITORY: 'octo/assets',
      GITHUB_TOKEN: api.createToken({ permissions: READ }).value,
      GITHUB_RUN_ID: '77',
    });
    assert.equal(exitCode, 0, text);
    assert.match(text, /✓ as written: a GraphQL mutation without the permission: 200 FORBIDDEN/);
    assert.match(text, /✓ commit: a token .*: 5 claims true\n✓ pull-request: a token .*: 5 claims true/);
    assert.match(summary, /3 as written, 0 otherwise, .* 2 of 2 scenes passed/);
    assert.equal(await repository.head('main'), head);
  });

  it('does not begin with a token that may write where one may only read', async (t) => {
    const { api } = await setUp(t);
    const { exitCode, text } = await runCommand(t, ['--read-only', '--scenes'], {
      GITHUB_API_URL: api.url,
      GITHUB_REPOSITORY: 'octo/assets',
      GITHUB_TOKEN: api.createToken().value,
    });
    assert.equal(exitCode, 1);
    assert.match(text, /The token may write: give one that may only read contents/);
    assert.equal(api.count('createCommitOnBranch'), 0);
  });

  const wrong = [
    [{ GITHUB_TOKEN: 'x' }, 'GITHUB_REPOSITORY is missing: give it as owner/name.'],
    [{ GITHUB_REPOSITORY: 'name', GITHUB_TOKEN: 'x' }, 'GITHUB_REPOSITORY is "name": give it as owner/name.'],
    [{ GITHUB_REPOSITORY: 'octo/assets' }, 'GITHUB_TOKEN is missing: give a token for the repository.'],
  ] as const;
  for (const [env, words] of choose(wrong, 2)) {
    it(`says: ${words}`, async (t) => {
      const { exitCode, text } = await runCommand(t, [], env);
      assert.equal(exitCode, 1);
      assert.ok(text.startsWith(words), text);
      assert.match(text, /--help` tells how it is used/);
    });
  }
});
