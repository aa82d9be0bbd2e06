// The commits that hold the pictures of a run, by the event that started it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunEvent } from '../../src/inputs/event.ts';
import { buildPicture, findPictureSource } from '../../src/report/pictures.ts';

const [own, head, base] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));
const repositoryUrl = 'https://github.example/octo/assets';

function makeEvent(overrides: Partial<RunEvent>): RunEvent {
  return {
    name: 'push',
    payload: {},
    actor: 'octocat',
    repository: 'octo/assets',
    repositoryId: '1',
    sha: own ?? '',
    ref: 'refs/heads/main',
    serverUrl: 'https://github.example',
    apiUrl: 'https://github.example/api/v3',
    ...overrides,
  };
}

const pull = (commits: object): object => ({ payload: { pull_request: commits } });

describe('findPictureSource', () => {
  const cases: readonly (readonly [string, Partial<RunEvent>, readonly [unknown, unknown] | undefined])[] = [
    ['a push: its commit and the one before', { payload: { before: base } }, [own, base]],
    ['the first push to a branch', { payload: { before: '0'.repeat(40) } }, [own, undefined]],
    ['an event without a payload', { payload: undefined }, [own, undefined]],
    ['a commit before that is none', { payload: { before: 'main' } }, [own, undefined]],
    ['a number for a commit before', { payload: { before: 7 } }, [own, undefined]],
    ['a pull request: head and base', pull({ head: { sha: head }, base: { sha: base } }), [head, base]],
    ['a commit with a SHA-256', { sha: 'd'.repeat(64) }, ['d'.repeat(64), undefined]],
    ['no commit', { sha: '' }, undefined],
    ['a commit that is none', pull({ head: { sha: '"><script>' } }), undefined],
    ['a number for a commit', pull({ head: { sha: 7 } }), undefined],
    ['no repository', { repository: '' }, undefined],
  ];
  for (const [name, overrides, expected] of cases) {
    it(name, () => {
      const source = expected && { repositoryUrl, sha: expected[0], shaBefore: expected[1] };
      assert.deepEqual(findPictureSource(makeEvent(overrides)), source);
    });
  }
});

describe('buildPicture', () => {
  const source = { repositoryUrl, sha: own ?? '', shaBefore: undefined };
  const build = (path: string): string => buildPicture(source, own ?? '', path, 'as "it" is');

  it('escapes what a name may hold', () => {
    assert.equal(
      build(`promo/it's <a> #1 "b"&\ud800.png`),
      `<img src="${repositoryUrl}/blob/${own}/promo/it&#39;s%20%3Ca%3E%20%231%20%22b%22%26%EF%BF%BD.png?raw=true" ` +
        'alt="as &quot;it&quot; is" width="150">',
    );
  });

  const widths: readonly (readonly [width: number, height: number, shown: number])[] = [
    [1200, 628, 150],
    [1080, 1080, 150],
    [1080, 1920, 113],
    [16, 16, 16],
    [1, 9000, 1],
  ];
  for (const [width, height, shown] of widths) {
    it(`shows ${width} × ${height} pixels ${shown} wide`, () => {
      const picture = buildPicture(source, own ?? '', 'a.png', 'a', { width, height });
      assert.ok(picture.endsWith(` width="${shown}">`), picture);
    });
  }

  it('leaves out an address of more than 2000 characters', () => {
    const room = 2000 - `${repositoryUrl}/blob/${own}/?raw=true`.length;
    assert.match(build('x'.repeat(room)), /^<img src="[^"]{2000}"/);
    assert.equal(build('x'.repeat(room + 1)), '');
  });
});
