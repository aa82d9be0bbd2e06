// What a run writes as its gallery: the files that it judged, as far as there is room, and what they replace.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Asset } from '../../src/assets/judge.ts';
import type { Outcome } from '../../src/outcome.ts';
import { findAssets, judgeFound } from '../../src/pipeline/find-assets.ts';
import type { Run } from '../../src/pipeline/set-up.ts';
import { writeGallery } from '../../src/pipeline/write-gallery.ts';
import type { SummaryHead } from '../../src/report/summary.ts';
import { openHosting } from '../support/checkout.ts';
import { pictures } from '../support/gallery.ts';
import { makeOutcome } from '../support/outcome.ts';
import { credentials, type Given, makeRun } from '../support/run.ts';
import { makeMp4, makePng } from '../support/sample-media.ts';
import { writeFiles } from '../support/temporary-folder.ts';

const PATH = 'out/gallery.html';
const HEAD: SummaryHead = { isSuccess: true, remarks: [], pictures: undefined };
type Files = Readonly<Record<string, string | Uint8Array>>;

/** A run over these files, and each of them that was judged as changed by it. */
async function judge(
  t: TestContext,
  files: Files,
  given: Given = {},
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly run: Run; readonly told: readonly string[]; readonly outcomes: readonly Outcome[] }> {
  const { run, told } = makeRun(t, { ...credentials, mode: 'check', ...given }, files, { env });
  const judged = await judgeFound(run, await findAssets(run));
  const assets = judged.filter((file): file is Asset => 'sha256' in file);
  const outcomes = assets.map((asset) => makeOutcome(asset.path, 'uploaded', { asset, isChanged: true }));
  return { run, told, outcomes };
}

async function write(
  run: Run,
  outcomes: readonly Outcome[],
  head: Partial<SummaryHead> = {},
): Promise<string> {
  assert.equal(await writeGallery(run, PATH, outcomes, { ...HEAD, ...head }), undefined);
  return readFileSync(join(run.repository.root, PATH), 'utf8');
}

/** The names of the pictures that a page holds itself. */
function listPictures(html: string): readonly string[] {
  return [...html.matchAll(/<img src="data:[^"]*" alt="([^"]*)"/g)].map(([, name = '']) => name);
}

/** Where the files lie that a page leads to instead. */
function listLinked(html: string): readonly string[] {
  return [...html.matchAll(/<a href="([^"]*)">Open the file/g)].map(([, address = '']) => address);
}

it('it tells of the run', async (t) => {
  const env = { GITHUB_REPOSITORY: 'octo-org/assets', GITHUB_RUN_ID: '4711' };
  const { run, outcomes } = await judge(t, { 'a.png': makePng('a') }, {}, env);
  const html = await write(run, outcomes);
  const facts = [...html.matchAll(/<dt>([^<]*)<\/dt> <dd>(.*?)<\/dd>/g)].map(([, name, text]) => [
    name,
    text,
  ]);
  const { Repository, Run: number, Number: phone, Mode, Made } = Object.fromEntries(facts);
  assert.match(Repository, />octo-org\/assets</);
  assert.match(number, />4711</);
  assert.deepEqual([phone, Mode], ['…5678', 'check']);
  assert.match(Made, /^\d+ \w+ \d{4}, \d\d:\d\d UTC$/);
});

describe('originals', () => {
  it('are those that were judged; what has changed since, or is gone, is linked', async (t) => {
    const [a, b] = [makePng('a'), makePng('b')];
    const files = { 'a.png': a, 'b.png': b, 'c.mp4': makeMp4('c'), 'd.png': makePng('d') };
    const { run, outcomes } = await judge(t, files);
    writeFiles(run.repository.root, { 'b.png': makePng('c') });
    rmSync(join(run.repository.root, 'd.png'));
    const html = await write(run, outcomes);
    assert.ok(html.includes(`src="data:image/png;base64,${a.toString('base64')}" alt="a.png"`));
    assert.ok(html.includes(`src="data:video/mp4;base64,${files['c.mp4'].toString('base64')}"`));
    assert.deepEqual(listPictures(html), ['a.png']);
    assert.deepEqual(listLinked(html), ['../b.png', '../d.png']);
  });

  it('go in while the page stays under 25 MB, the smallest first; the rest is linked', async (t) => {
    const sizes = { a: 9, b: 7, c: 0, d: 8 };
    const files = Object.entries(sizes).map(([name, size]) => [
      `${name}.png`,
      makePng(name, size * 1_000_000),
    ]);
    const { run, outcomes } = await judge(t, Object.fromEntries(files), { 'media-checks': 'off' });
    const html = await write(run, outcomes);
    assert.ok(html.length < 25_000_000 && html.length > 20_000_000, `${html.length}`);
    assert.deepEqual(listPictures(html), ['b.png', 'c.png', 'd.png']);
    assert.deepEqual(listLinked(html), ['../a.png']);
  });
});

describe('what pictures replace', () => {
  const rows: readonly (readonly [string, { token?: string; sha?: string; isChanged?: boolean }, boolean])[] =
    [
      ['is in', {}, true],
      ['is not asked for without a token', { token: '' }, false],
      ['is not asked for without a commit before', { sha: '' }, false],
      ['is not asked for where nothing changed', { isChanged: false }, false],
    ];
  for (const [name, { token, sha, isChanged = true }, isIn] of rows) {
    it(name, async (t) => {
      const { run, told, outcomes, api, before } = await judgeChange(
        t,
        makePng('before'),
        makePng('after'),
        token,
      );
      const asked = outcomes.map((outcome) => ({ ...outcome, isChanged }));
      const shaBefore = sha === undefined ? before : undefined;
      const html = await write(run, asked, { pictures: { ...pictures, shaBefore } });
      const content = makePng('before').toString('base64');
      assert.equal(
        html.includes(`<figcaption>Before</figcaption><img src="data:image/png;base64,${content}"`),
        isIn,
      );
      assert.equal(api.requests.length > 0, isIn);
      assert.doesNotMatch(told.join('\n'), /only links to pictures/);
    });
  }

  it('is linked where only the new one has room', async (t) => {
    const size = 9_500_000;
    const { run, outcomes, before } = await judgeChange(t, makePng('before', size), makePng('after', size));
    const html = await write(run, outcomes, { pictures: { ...pictures, shaBefore: before } });
    assert.deepEqual(listPictures(html), ['a.png']);
    assert.match(html, /See it before the change/);
  });
});

describe('a gallery that cannot be written', () => {
  const rows: Readonly<Record<string, string>> = {
    'because its place is a folder': `${PATH}/in-the-way`,
    'because its folder is a file': 'out',
  };
  for (const [name, path] of Object.entries(rows)) {
    it(`${name}, is told with its remedy`, async (t) => {
      const { run, outcomes } = await judge(t, { 'a.png': makePng('a') });
      writeFiles(run.repository.root, { [path]: '' });
      const error = await writeGallery(run, PATH, outcomes, HEAD);
      assert.equal(error?.code, 'report-unwritable');
      assert.match(
        error.message,
        /^The gallery out\/gallery\.html could not be written: .+\. Make room or make its folder writable, or name another `report-path`\.$/,
      );
    });
  }
});

/** A run over one picture that is changed, and the commit at GitHub with the one before. */
async function judgeChange(t: TestContext, before: Buffer, after: Buffer, token = 'by default') {
  const { api, repository } = await openHosting(t, { 'a.png': before });
  const env = { GITHUB_API_URL: api.url, GITHUB_REPOSITORY: 'octo-org/assets' };
  const given = { 'media-checks': 'off', token: token && api.createToken().value };
  return { ...(await judge(t, { 'a.png': after }, given, env)), api, before: await repository.head('main') };
}
