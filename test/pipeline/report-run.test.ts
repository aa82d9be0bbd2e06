// What a run tells in its end: by its mode, what it learnt, and what failed.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { PlanStep } from '../../src/plan.ts';
import { type Ending, reportRun } from '../../src/pipeline/report-run.ts';
import { openStore } from '../../src/pipeline/run.ts';
import { StepError } from '../../src/text/errors.ts';
import { makeAsset } from '../support/asset.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { makeRecordingReporter } from '../support/recording-reporter.ts';
import { credentials, type Given, makeRun } from '../support/run.ts';

const NEVER = new AbortController().signal;
const given = { ...credentials, token: 'a-long-enough-token', summary: 'false' };
const upload = { action: 'upload', path: 'a.png', asset: makeAsset('a.png'), reason: 'new' } as const;
const removal: PlanStep = { action: 'remove', path: 'gone.png' };
const uploaded = new Map([['a.png', { entry: makeEntry({ id: '4:a' }) }]]);

/** Reports the ending of a run with these inputs, and gives what was told. */
async function report(
  t: TestContext,
  inputs: Given,
  ending: Partial<Ending>,
  cancelled = NEVER,
): Promise<readonly string[]> {
  const { run, told } = makeRun(t, { ...given, ...inputs });
  const before = told.length;
  await reportRun({ run, found: [], failures: [], ...ending }, run.reporter, cancelled);
  return told.slice(before);
}

function readOutputs(told: readonly string[]): Readonly<Record<string, string>> {
  const line = told.find((text) => text.startsWith('outputs: ')) ?? '';
  return JSON.parse(line.slice('outputs: '.length));
}

const published = { manifest: new Map(), text: '', superseded: new Map(), notes: [] };
const publication = { ...published, commit: 'c0ffee', pullRequest: undefined, failure: undefined };

describe('removals', () => {
  const cases: readonly (readonly [string, Given, Partial<Ending>, string])[] = [
    ['in check, what would be removed', { mode: 'check' }, {}, '["gone.png"]'],
    ['in output, what was', { mode: 'output' }, {}, '["gone.png"]'],
    ['in commit, what was published', { mode: 'commit' }, { publication }, '["gone.png"]'],
    ['in commit, nothing where nothing was published', { mode: 'commit' }, {}, '[]'],
  ];
  for (const [name, inputs, ending, expected] of cases) {
    it(name, async (t) => {
      const outputs = readOutputs(await report(t, inputs, { steps: [removal], ...ending }));
      assert.equal(outputs.removed, expected);
    });
  }
});

describe('outputs', () => {
  const pullRequest = {
    number: 7,
    url: 'https://github.example/7',
    change: 'opened',
    isByActions: false,
  } as const;
  const early = { ...publication, commit: 'ea51y', pullRequest };
  const cases: readonly (readonly [string, Partial<Ending>, readonly string[]])[] = [
    ['nothing published', {}, ['', '', '']],
    ['published early alone', { early }, ['ea51y', '7', pullRequest.url]],
    ['published at last', { early: { ...early, pullRequest: undefined }, publication }, ['c0ffee', '', '']],
  ];
  for (const [name, ending, expected] of cases) {
    it(name, async (t) => {
      const outputs = readOutputs(await report(t, { mode: 'commit' }, { steps: [], ...ending }));
      const names = ['commit-sha', 'pull-request-number', 'pull-request-url'];
      assert.deepEqual(
        names.map((output) => outputs[output]),
        expected,
      );
    });
  }

  it('`changed` tells of the manifest in the workspace, in check never', async (t) => {
    for (const [mode, expected] of [
      ['output', 'true'],
      ['check', 'false'],
    ] as const) {
      const store = openStore(makeRun(t, given).run);
      store.set('a.png', makeEntry());
      await store.flush();
      assert.equal(readOutputs(await report(t, { mode }, { steps: [], store })).changed, expected, mode);
    }
  });

  it('that are too large are warned of', async (t) => {
    const endings = new Map([['a.png', { entry: makeEntry({ id: 'x'.repeat(500_000) }) }]]);
    const truncated = async (ending: Partial<Ending>): Promise<number> => {
      const told = await report(t, { mode: 'output' }, { steps: [upload], ...ending });
      return told.filter((text) => text.startsWith('warning: The outputs are larger')).length;
    };
    assert.equal(await truncated({ endings }), 1);
    assert.equal(await truncated({ endings: uploaded }), 0);
  });
});

describe('failures', () => {
  const failure = new StepError('upload-refused', `NXCloud says ${credentials['access-secret']}`);

  it('are told once, without secrets, with their codes', async (t) => {
    const told = await report(t, { mode: 'output', summary: 'true' }, { failures: [failure, failure] });
    assert.equal(told.at(-1), 'fail: NXCloud says *** [upload-refused]');
    assert.match(told.find((text) => text.startsWith('summary: ')) ?? '', /❌.*<p>NXCloud says \*\*\*/s);
  });

  it('what is not planned is pending', async (t) => {
    const told = await report(t, { mode: 'output' }, { found: [makeAsset('a.png')], failures: [failure] });
    assert.equal(readOutputs(told).pending, '["a.png"]');
    assert.match(told.at(-1) ?? '', / \[upload-refused\] 1 asset pending\. \[assets-pending\]$/);
  });

  it('what is not planned and known to be invalid is told on its file', async (t) => {
    const found = [{ path: 'a.gif', reason: 'it is no picture' }];
    const told = await report(t, { mode: 'output' }, { found, failures: [failure] });
    assert.ok(told.includes('error: a.gif: it is no picture'), told.join('\n'));
    assert.equal(readOutputs(told).invalid, '["a.gif"]');
  });

  it('a signal fails the step, however late', async (t) => {
    const reason = new StepError('cancelled', 'The run was cancelled.');
    const told = await report(t, { mode: 'output' }, { steps: [] }, AbortSignal.abort(reason));
    assert.equal(told.at(-1), 'fail: The run was cancelled. [cancelled]');
  });

  it('a run that was never set up has every output, and its failure', async () => {
    const { reporter, told } = makeRecordingReporter();
    const ending = { found: [], failures: [failure] };
    await reportRun(ending, reporter, NEVER);
    assert.equal(readOutputs(told).mode, '');
    assert.match(told.at(-1) ?? '', /^fail: NXCloud says/);
  });

  it('a gallery that cannot be written fails the step, and the summary says so', async (t) => {
    const { run, told } = makeRun(t, { ...given, summary: 'true', 'report-path': 'gallery.html' });
    const place = join(run.repository.root, 'gallery.html');
    const ending = { run, steps: [], found: [], failures: [] };
    const tell = async (): Promise<string> => {
      told.splice(0);
      await reportRun(ending, run.reporter, NEVER);
      return told.join('\n');
    };
    assert.doesNotMatch(await tell(), /gallery/);
    assert.match(readFileSync(place, 'utf8'), /<h1>NXCloud template assets<\/h1>/);
    rmSync(place);
    mkdirSync(place);
    const said = await tell();
    assert.match(said, /summary: .*❌.*The gallery gallery\.html could not be written/s);
    assert.match(said, /fail: The gallery .* \[report-unwritable\]$/);
  });

  it('a check tells on each file what is pending where all have to be current', async (t) => {
    const steps = [upload];
    assert.ok(!(await report(t, { mode: 'check' }, { steps })).some((text) => /^(error|fail):/.test(text)));
    const told = await report(t, { mode: 'check', 'require-current': 'true' }, { steps });
    assert.ok(told.includes('error: a.png: it has no current file ID (new: will be uploaded)'));
    assert.match(told.at(-1) ?? '', /^fail: 1 asset pending, and `require-current` is true\./);
  });
});

it('in output, it is told that nothing keeps the IDs, where the checkout held no manifest', async (t) => {
  for (const [mode, text, count] of [
    ['output', undefined, 1],
    ['output', '{"version":1,"assets":{}}', 0],
    ['commit', undefined, 0],
  ] as const) {
    const { run } = makeRun(t, given, text === undefined ? {} : { 'nxcloud-assets.json': text });
    const store = openStore(run);
    const told = await report(t, { mode }, { steps: [upload], endings: uploaded, store });
    assert.equal(told.filter((line) => line.startsWith('notice: The checkout held no')).length, count, mode);
  }
});
