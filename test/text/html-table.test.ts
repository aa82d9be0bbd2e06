// Tables within a limit of bytes, and prose that mentions nobody.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildRow, escapeProse, fitTable } from '../../src/text/html-table.ts';

describe('fitTable', () => {
  const header = '<tr><th>a</th><th>b</th></tr>\n';
  const rows = Array.from({ length: 50 }, (_, at) => buildRow([`row ${at}`, 'é']));

  it('has every row that fits, and counts the rest', () => {
    const whole = fitTable('Title\n', header, rows, 'End\n', 10_000);
    assert.equal(whole.match(/<tr>/g)?.length, 51);
    assert.doesNotMatch(whole, / more/);
    for (const most of [400, 800, 1600]) {
      const cut = fitTable('Title\n', header, rows, 'End\n', most);
      const shown = (cut.match(/<td>row/g) ?? []).length;
      assert.ok(Buffer.byteLength(cut) <= most, `${Buffer.byteLength(cut)}`);
      assert.ok(cut.endsWith(`</table>\n<p>and ${50 - shown} more</p>\nEnd\n`), cut.slice(-40));
      assert.ok(shown > 0);
    }
  });

  it('is empty when not even the frame fits', () => {
    assert.equal(fitTable('Title\n', header, rows, 'End\n', 100), '');
  });
});

describe('escapeProse', () => {
  const words: Readonly<Record<string, string>> = {
    '@octocat': '<span>@</span>octocat',
    'fixes #1': 'fixes <span>#</span>1',
    "it's": 'it&#39;s',
    'GH-1': 'GH<span>-</span>1',
    '<b>': '&lt;b&gt;',
  };
  for (const [text, shown] of Object.entries(words)) it(text, () => assert.equal(escapeProse(text), shown));
});
