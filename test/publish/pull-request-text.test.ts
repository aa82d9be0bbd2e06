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
import { entryOf } from './entries.ts';

describe('buildTitle', () => {
  for (const [message, expected] of [
    ['chore: assets', 'chore: assets'],
    ['  feat: x \r\n\r\nbody', 'feat: x'],
    ['\n\nfix: y\n', 'fix: y'],
    ['   ', 'Update NXCloud asset manifest'],
    ['x'.repeat(256), 'x'.repeat(256)],
    ['x'.repeat(257), `${'x'.repeat(255)}…`],
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
    const rows = buildBody(base, proposed, 'm.json', ['r'])
      .split('\n')
      .filter((line) => line.startsWith('<tr><td>'));
    const row = (path: string, change: string, old: string, id: string, until = ''): string =>
      `<tr>${[`<code>${path}</code>`, change, old, id, until].map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
    const idOf = (content: string, upload = 0): string =>
      `<code>${shortenId(entryOf(content, upload).id)}</code>`;
    const path = '&lt;a&gt; | `b`\\u000a\\u000a@c';
    const foreign = 'renewed <sub>(not made by the last run that changed this)</sub>';
    assert.deepEqual(rows, [
      row(path, 'new', '', idOf('new'), '2026-11-27T05:33:00.000Z'),
      row('details', 'details changed', idOf('d'), idOf('d')),
      row('gone', 'removed', idOf('g'), ''),
      row('r', foreign, idOf('r'), idOf('r', 1)),
      row('z', 'content changed', idOf('old z'), idOf('new z')),
    ]);
  });

  test('counts what does not fit into GitHub’s limit', () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `folder/${index}.png`);
    const body = buildBody(new Map(), new Map(paths.map((path) => [path, entryOf('x')])), 'm.json', paths);
    assert.ok(body.length <= MAX_BODY_LENGTH && body.length > MAX_BODY_LENGTH - 300, `${body.length}`);
    const shown = body.split('<code>folder/').length - 1;
    assert.match(body, new RegExp(`</table>\\n\\nand ${paths.length - shown} more\\n`));
  });
});

describe('isSameBody', () => {
  const base = new Map([['a', entryOf('a')]]);
  const proposed = new Map([['a', entryOf('a', 1)]]);
  const body = buildBody(base, proposed, 'm.json', []);

  test('begins with the marker by which a body is known as the action’s own', () => {
    assert.ok(body.startsWith(BODY_MARKER));
  });

  for (const [name, other, isSame] of [
    ['with the line ends that GitHub gives', body.replaceAll('\n', '\r\n'), true],
    ['without its last line end', body.trimEnd(), true],
    ['of a run that did not make the entries', buildBody(base, proposed, 'm.json', ['a']), true],
    ['of another ID', buildBody(base, new Map([['a', entryOf('a', 2)]]), 'm.json', []), false],
    ['of another manifest', buildBody(base, proposed, 'n.json', []), false],
  ] as const) {
    test(`${name} is ${isSame ? 'the same' : 'another'}`, () =>
      assert.equal(isSameBody(body, other), isSame));
  }
});
