// Dictionaries and texts of PDFs as text.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDictionary, parseText } from '../../media/pdf-syntax.ts';

describe('parseDictionary', () => {
  const rows: readonly (readonly [text: string, entries: Readonly<Record<string, string>> | undefined])[] = [
    ['<<>>', {}],
    [' \0% a note >>\n<< /A 1 >>', { '/A': '1' }],
    ['<</A/B/C(x)>>rest', { '/A': '/B', '/C': '(x)' }],
    ['<< /Size 3 /Root 1 0 R /Info 2 0 R >>', { '/Size': '3', '/Root': '1 0 R', '/Info': '2 0 R' }],
    ['<< /A << /B [1 2] >> /C <0a> >>', { '/A': '<< /B [1 2] >>', '/C': '<0a>' }],
    ['<< /A [1 << /B (]>>) >>] >>', { '/A': '[1 << /B (]>>) >>]' }],
    ['<< /A (a (b) \\) >>) >>', { '/A': '(a (b) \\) >>)' }],
    ['<< /A >>', undefined],
    ['<< 1 2 >>', undefined],
    ['<< /A 1', undefined],
    ['[ /A 1 ]', undefined],
    ['', undefined],
  ];
  for (const [text, entries] of rows) {
    it(JSON.stringify(text), () => {
      const parsed = parseDictionary(text);
      assert.deepEqual(parsed && Object.fromEntries(parsed), entries);
    });
  }

  it('begins where it is told to', () => {
    assert.equal(parseDictionary('<< /A 1 >> << /A 2 >>', 10)?.get('/A'), '2');
  });
});

describe('parseText', () => {
  const rows: Readonly<Record<string, string>> = {
    '(abc)': 'abc',
    '<61 6263>': 'abc',
    '(\\n\\r\\t\\(\\)\\\\\\x)': '\n\r\t()\\x',
    '(\\101\\0012\\7)': 'A\x012\x07',
    '(a\\\r\nb\\\nc)': 'abc',
    '(\xe9)': '\xe9',
  };
  for (const [written, text] of Object.entries(rows))
    it(JSON.stringify(written), () => assert.equal(parseText(written).toString('latin1'), text));
});
