// What the head of the gallery tells of a run, and where its files are linked to.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunEvent } from '../../../src/inputs/event.ts';
import { describeOrigin, locateFile } from '../../../src/report/gallery/origin.ts';

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
      { path, isLfsPointer },
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
