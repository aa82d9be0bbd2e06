// What the head of the gallery tells of a run, where its files are linked to, and which it holds itself.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Asset } from '../../../src/assets/judge.ts';
import type { RunEvent } from '../../../src/inputs/event.ts';
import {
  chooseEmbedded,
  describeOrigin,
  isEmbeddable,
  locateFile,
  measureContent,
} from '../../../src/report/gallery/place.ts';
import { makeAsset } from '../../support/asset.ts';
import { buildPage, makeFinding } from '../../support/gallery.ts';
import { makeOutcome } from '../../support/outcome.ts';

const home = 'https://github.example/octo/assets';
const sha = 'a'.repeat(40);
const event: RunEvent = {
  name: 'push',
  payload: {},
  actor: 'octocat',
  repository: 'octo/assets',
  repositoryId: '1',
  sha,
  ref: 'refs/heads/feature/50 %',
  serverUrl: 'https://github.example',
  apiUrl: 'https://github.example/api/v3',
};

function list(overrides: Partial<RunEvent>, runId = '77', phone = ''): string[] {
  const facts = describeOrigin({ ...event, ...overrides }, runId, phone);
  return facts.map(({ name, text, address }) => `${name} ${text} ${address?.replace(home, '') ?? '-'}`);
}

describe('describeOrigin', () => {
  const commit = `Commit aaaaaaa /commit/${sha}`;
  const run = 'Run 77 /actions/runs/77';
  const pull = { pull_request: { number: 7, head: { ref: 'theirs', sha }, base: { sha } } };
  const cases: readonly [string, Partial<RunEvent>, string[]][] = [
    ['a branch', {}, ['Repository octo/assets ', 'Branch feature/50 % /tree/feature/50%20%25', commit, run]],
    ['a tag', { ref: 'refs/tags/v1' }, ['Repository octo/assets ', 'Tag v1 /tree/v1', commit, run]],
    [
      'a pull request, whose branch may be of another repository',
      { payload: pull, ref: 'refs/pull/7/merge' },
      ['Repository octo/assets ', 'Pull request #7 /pull/7', 'Branch theirs -', commit, run],
    ],
    ['no ref and no commit', { ref: '', sha: '' }, ['Repository octo/assets ', run]],
    ['no repository', { repository: '' }, []],
  ];
  for (const [name, overrides, expected] of cases) {
    it(name, () => assert.deepEqual(list(overrides), expected));
  }

  it('no run where its id is none', () => {
    assert.doesNotMatch(list({}, '../1').join(), /Run/);
  });

  it('of the number the last four digits', () => {
    assert.deepEqual(list({ repository: '' }, '', '4915112345678'), ['Number …5678 -']);
  });
});

describe('locateFile', () => {
  const pictures = { repositoryUrl: home, sha, shaBefore: undefined };
  const embedded = { now: new Map(), before: new Map() };
  const locate = (path: string, isLfsPointer: boolean, place: object) =>
    locateFile(
      { pictures: undefined, reportPath: 'gallery.html', embedded, ...place },
      makeAsset(path, 'a', { isLfsPointer }),
    );

  it('relative to the gallery where there is no commit', () => {
    assert.equal(locate('whatsapp/a b.png', false, {}), 'whatsapp/a%20b.png');
    assert.equal(locate('out/a.png', false, { reportPath: 'out/x/gallery.html' }), '../a.png');
    assert.equal(locate('javascript:a.png', false, {}), 'javascript%3Aa.png');
  });

  it('at the commit where there is one', () => {
    assert.equal(locate('whatsapp/a b.png', false, { pictures }), `${home}/blob/${sha}/whatsapp/a%20b.png`);
  });

  it('a Git LFS pointer only where its content is', () => {
    assert.equal(locate('a.png', true, {}), undefined);
    assert.equal(locate('a.png', true, { pictures }), `${home}/blob/${sha}/a.png`);
  });
});

const facts = { size: 1000 };
const findings = [makeFinding('x')];

describe('isEmbeddable', () => {
  const cases: readonly (readonly [string, Partial<Asset>, boolean])[] = [
    ['a picture', { facts }, true],
    ['a video', { facts, type: 'video/mp4' }, true],
    ['a document', { facts, type: 'application/pdf' }, true],
    ['a finding about what was read', { facts, findings }, true],
    ['nothing was looked at', {}, true],
    ['a Git LFS pointer', { facts, isLfsPointer: true }, false],
    ['another type than its name says', { findings }, false],
  ];
  for (const [name, overrides, expected] of cases) {
    it(name, () => assert.equal(isEmbeddable(makeAsset('a.png', 'a', overrides)), expected));
  }

  it('no asset', () => assert.ok(!isEmbeddable(undefined)));
});

describe('chooseEmbedded', () => {
  const outcomes = [
    makeOutcome('large.png', 'uploaded', { asset: makeAsset('large.png', 'l', { size: 9000 }) }),
    makeOutcome('pointer.png', 'uploaded', {
      asset: makeAsset('pointer.png', 'p', { size: 1, isLfsPointer: true }),
    }),
    makeOutcome('small.png', 'unchanged', { asset: makeAsset('small.png', 's', { size: 10 }) }),
    makeOutcome('gone.png', 'removed'),
    makeOutcome('middle.png', 'pending', { asset: makeAsset('middle.png', 'm', { size: 500 }) }),
  ];
  const [small, middle, large] = [
    measureContent('small.png', 10),
    measureContent('middle.png', 500),
    measureContent('large.png', 9000),
  ];
  const cases: readonly (readonly [string, number, string[]])[] = [
    ['no room', 0, []],
    ['room for the smallest, to the byte', small, ['small.png']],
    ['a byte too little for two', small + middle - 1, ['small.png']],
    ['room for two', small + middle, ['small.png', 'middle.png']],
    ['room for all', small + middle + large, ['small.png', 'middle.png', 'large.png']],
  ];
  for (const [name, room, expected] of cases) {
    it(name, () => {
      const chosen = chooseEmbedded(outcomes, room);
      assert.deepEqual(
        chosen.map(({ path }) => path),
        expected,
      );
    });
  }
});

it('a file inside lengthens the page by no more than it is measured to', () => {
  const name = `${'&'.repeat(900)}.png`;
  const content = Buffer.alloc(5000, 1);
  const asset = makeAsset(name, 'a', { facts: { size: 1, width: 9, height: 9 } });
  const outcome = makeOutcome(name, 'uploaded', { asset, findings: [makeFinding('image-crop')] });
  const bare = buildPage([outcome]).length;
  const full = buildPage([outcome], { content: content.toString('base64') }).length;
  assert.ok(full - bare <= measureContent(name, content.length), `${full - bare}`);
});
