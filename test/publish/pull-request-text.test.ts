import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  BODY_MARKER,
  buildBody,
  buildTitle,
  isSameBody,
  MAX_BODY_LENGTH,
} from '../../src/publish/pull-request-text.ts';
import { shortenId } from '../../src/text/text.ts';
import { renderMarkdown } from '../support/rendered-markdown.ts';
import { entryOf } from './entries.ts';

const repositoryUrl = 'https://github.com/octo-org/assets';
const [now, old, other] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));
const pictures = { repositoryUrl, sha: now ?? '', shaBefore: old };
const otherPictures = { repositoryUrl, sha: other ?? '', shaBefore: undefined };

describe('buildTitle', () => {
  for (const [message, expected] of [
    ['chore: assets', 'chore: assets'],
    ['  feat: x \r\n\r\nbody', 'feat: x'],
    ['\n\nfix: y\n', 'fix: y'],
    ['x'.repeat(256), 'x'.repeat(256)],
    ['x'.repeat(257), `${'x'.repeat(255)}…`],
    [`x${' '.repeat(100_000)}y`, `x${' '.repeat(254)}…`],
  ] as const) {
    test(`${JSON.stringify(message).slice(0, 40)} of ${message.length} characters`, () =>
      assert.equal(buildTitle(message), expected));
  }
});

describe('buildBody', () => {
  test('lists every changed path in order, with what happens to it, as it is', () => {
    const kept = entryOf('kept');
    const base = new Map([
      ['kept', kept],
      ['r', entryOf('r')],
      ['z', entryOf('old z')],
      ['gone', entryOf('g')],
      ['details', entryOf('d')],
    ]);
    const expiring = { ...entryOf('new'), expiresAt: '2026-11-27T05:33:00.000Z' };
    const proposed = new Map([
      ['kept', kept],
      ['z', entryOf('new z')],
      ['r', entryOf('r', 1)],
      ['details', { ...entryOf('d'), target: '0'.repeat(16) }],
      ['<a> | `b`\n\n@c', expiring],
    ]);
    const body = buildBody(base, proposed, 'm.json', ['r'], pictures);
    const rows = renderMarkdown(body).rows.map(([, words]) => words);
    const idOf = (content: string, upload = 0): string => shortenId(entryOf(content, upload).id);
    assert.deepEqual(rows, [
      'Asset',
      `<a> | \`b\`\\u000a\\u000a@cPNG picture · 3 bytesNewNew ID ${idOf('new')}Valid until 27 Nov 2026, 05:33 UTC`,
      `detailsPNG picture · 1 byteDetails changedOld ID ${idOf('d')}New ID ${idOf('d')}`,
      `gonePNG picture · 1 byteRemovedOld ID ${idOf('g')}`,
      `rPNG picture · 1 byteRenewed (not made by the last run that changed this)Old ID ${idOf('r')}New ID ${idOf('r', 1)}`,
      `zPNG picture · 5 bytesContent changedOld ID ${idOf('old z')}New ID ${idOf('new z')}`,
    ]);
    const shown = [...body.matchAll(/blob\/(\w)\w+\/([^?]+)\?raw=true" alt="([^"]*)"/g)].map((found) =>
      found.slice(1),
    );
    assert.deepEqual(shown.slice(1), [
      ['a', 'details', 'details'],
      ['a', 'r', 'r'],
      ['b', 'z', 'z before'],
      ['a', 'z', 'z'],
    ]);
    assert.match(body, /<th width="180">/);
  });

  test('shows what is no picture, and what another run changed, without one before', () => {
    const video = { ...entryOf('v'), type: 'video/mp4' } as const;
    const base = new Map([['a', entryOf('old a')]]);
    const proposed = new Map([
      ['a', entryOf('new a')],
      ['v', video],
    ]);
    const body = buildBody(base, proposed, 'm.json', ['a'], pictures);
    assert.equal(body.match(/<img/g)?.length, 1);
    assert.doesNotMatch(body, /before/);
  });

  test('counts what does not fit into GitHub’s limit', () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `folder/${index}.png`);
    const body = buildBody(
      new Map(),
      new Map(paths.map((path) => [path, entryOf('x')])),
      'm.json',
      paths,
      pictures,
    );
    assert.ok(body.length <= MAX_BODY_LENGTH && body.length > MAX_BODY_LENGTH - 600, `${body.length}`);
    const shown = body.split('<code>folder/<wbr>').length - 1;
    assert.match(body, new RegExp(`</table>\\n<p>and ${paths.length - shown} more</p>\\n`));
  });
});

describe('isSameBody', () => {
  const base = new Map([['a', entryOf('a')]]);
  const proposed = new Map([['a', entryOf('a', 1)]]);
  const body = buildBody(base, proposed, 'm.json', [], pictures);

  test('begins with the marker by which a body is known as the action’s own', () => {
    assert.ok(body.startsWith(BODY_MARKER));
  });

  for (const [name, other, isSame] of [
    ['with the line ends that GitHub gives', body.replaceAll('\n', '\r\n'), true],
    ['without its last line end', body.trimEnd(), true],
    ['of a run that did not make the entries', buildBody(base, proposed, 'm.json', ['a'], pictures), true],
    ['with pictures of other commits', buildBody(base, proposed, 'm.json', [], otherPictures), true],
    ['of another ID', buildBody(base, new Map([['a', entryOf('a', 2)]]), 'm.json', [], pictures), false],
    ['of another manifest', buildBody(base, proposed, 'n.json', [], pictures), false],
  ] as const) {
    test(`${name} is ${isSame ? 'the same' : 'another'}`, () =>
      assert.equal(isSameBody(body, other), isSame));
  }
});
