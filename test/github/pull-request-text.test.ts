import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildBody, buildTitle, MAX_BODY_LENGTH } from '../../src/github/pull-request-text.ts';
import { entryOf } from './setting.ts';

describe('buildTitle', () => {
  for (const [message, expected] of [
    ['chore: assets', 'chore: assets'],
    ['  feat: x \r\n\r\nbody', 'feat: x'],
    ['\n\nfix: y\n', 'fix: y'],
    ['   ', 'Update NXCloud asset manifest'],
  ] as const) {
    test(JSON.stringify(message), () => assert.equal(buildTitle(message), expected));
  }
});

describe('buildBody', () => {
  const same = (text: string): string => text;

  test('lists every changed path in order, with what happens to it, escaped', () => {
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
      ['a|b', expiring],
    ]);
    const rows = buildBody(base, proposed, 'm.json', (text) => text.replaceAll('|', '\\|'))
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(2);
    assert.deepEqual(rows, [
      '| a\\|b | new | 2026-11-27T05:33:00.000Z |',
      '| gone | removed |  |',
      '| r | renewed |  |',
      '| z | content changed |  |',
    ]);
  });

  test('counts what does not fit into GitHub’s limit', () => {
    const many = new Map(Array.from({ length: 20_000 }, (_, index) => [`folder/${index}.png`, entryOf('x')]));
    const body = buildBody(new Map(), many, 'm.json', same);
    assert.ok(body.length <= MAX_BODY_LENGTH && body.length > MAX_BODY_LENGTH - 300, `${body.length}`);
    const shown = body.split('\n').filter((line) => line.startsWith('| folder/')).length;
    assert.match(body, new RegExp(`… and ${20_000 - shown} more\\.\\n$`));
  });
});
