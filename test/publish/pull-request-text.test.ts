import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildBody, buildTitle, MAX_BODY_LENGTH } from '../../src/publish/pull-request-text.ts';
import { entryOf } from '../github/setting.ts';

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
    ]);
    const expiring = { ...entryOf('new'), expiresAt: '2026-11-27T05:33:00.000Z' };
    const proposed = new Map([
      ['kept', kept],
      ['z', entryOf('new z')],
      ['r', entryOf('r', 1)],
      ['<a> | `b`\n\n@c', expiring],
    ]);
    const rows = buildBody(base, proposed, 'm.json')
      .split('\n')
      .filter((line) => line.startsWith('<tr><td>'));
    assert.deepEqual(rows, [
      '<tr><td><code>&lt;a&gt; | `b`\\u000a\\u000a@c</code></td><td>new</td><td>2026-11-27T05:33:00.000Z</td></tr>',
      '<tr><td><code>gone</code></td><td>removed</td><td></td></tr>',
      '<tr><td><code>r</code></td><td>renewed</td><td></td></tr>',
      '<tr><td><code>z</code></td><td>content changed</td><td></td></tr>',
    ]);
  });

  test('counts what does not fit into GitHub’s limit', () => {
    const paths = Array.from({ length: 20_000 }, (_, index) => `folder/${index}.png`);
    const body = buildBody(new Map(), new Map(paths.map((path) => [path, entryOf('x')])), 'm.json');
    assert.ok(body.length <= MAX_BODY_LENGTH && body.length > MAX_BODY_LENGTH - 300, `${body.length}`);
    const shown = body.split('<code>folder/').length - 1;
    assert.match(body, new RegExp(`</table>\\n\\nand ${paths.length - shown} more\\n`));
  });
});
