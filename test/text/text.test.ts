// Text for people: what is made harmless, and how sizes and counts read.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCommand } from '../../runner/commands.ts';
import {
  compareCodeUnits,
  countOf,
  endSentence,
  escapeHtml,
  escapeProse,
  formatBytes,
  formatSeconds,
  MB,
  neutralise,
  neutraliseLines,
  quoteValue,
  shortenId,
} from '../../src/text/text.ts';
import { codePoint } from '../support/code-points.ts';
import { triesOf } from '../support/extent.ts';

describe('neutralise', () => {
  const rows: readonly (readonly [name: string, text: string, shown: string])[] = [
    ['plain text', 'header.jpg', 'header.jpg'],
    ['accents, emoji with joiners, other scripts', 'é 👩‍👧 牛小信 می‌خواهم', 'é 👩‍👧 牛小信 می‌خواهم'],
    ['line feed', 'a\nb', 'a\\u000ab'],
    ['carriage return', 'a\rb', 'a\\u000db'],
    ['escape sequence', '\u001b[31mred', '\\u001b[31mred'],
    ['NEL, line and paragraph separator', '\u0085\u2028\u2029', '\\u0085\\u2028\\u2029'],
    ['right-to-left override and mark', '\u202egpj\u200f', '\\u202egpj\\u200f'],
    ['isolates', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['zero-width space and byte order mark', '\u200b\ufeff', '\\u200b\\ufeff'],
    ['lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['legacy command', 'x ##[error]y', 'x ##\\[error]y'],
    ['legacy command after more hashes', '####[add-mask]y', '####\\[add-mask]y'],
    ['command at the start', '::error::x', ':\\:error::x'],
    ['command after spaces', ' \u00a0::add-mask::x', ' \u00a0:\\:add-mask::x'],
    ['colons further on', 'a::b', 'a::b'],
    ['percent escapes are not unescaped', '%0A::error::x', '%0A::error::x'],
  ];
  for (const [name, text, shown] of rows) {
    it(name, () => assert.equal(neutralise(text), shown));
  }

  it('shortens with an ellipsis', () => {
    assert.equal(neutralise('abcdef', 3), 'abc…');
    assert.equal(neutralise('abc', 3), 'abc');
  });

  it('leaves one line that is no command, whatever comes in', () => {
    const pieces = fc.constantFrom(
      '::',
      '##[',
      '::error::',
      '##[error]',
      ']',
      'error',
      'add-mask',
      ' ',
      '\n',
      '\r',
      '\u2028',
      '#',
      '[',
      ':',
      'x',
      '%0A',
      '\t',
      '\ud83d',
    );
    const hostile = fc.oneof(
      fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.string({ unit: codePoint, maxLength: 40 }),
    );
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 30 }), (text, most) => {
        const shown = neutralise(text, most);
        assert.equal(shown.split(/[\r\n]/).length, 1);
        assert.equal(parseCommand(shown), undefined);
        assert.ok(shown.isWellFormed());
      }),
      { seed: 6, numRuns: triesOf(2000) },
    );
  });
});

describe('endSentence', () => {
  for (const [text, expected] of [
    ['It moved', 'It moved.'],
    ['It moved.', 'It moved.'],
    ['Why?', 'Why?'],
  ] as const)
    it(text, () => assert.equal(endSentence(text), expected));
});

describe('neutraliseLines', () => {
  it('keeps the breaks, and leaves no line that is a command', () => {
    assert.equal(neutraliseLines('a\n::error::b\r\n##[group]c'), 'a\n:\\:error::b\\u000d\n##\\[group]c');
  });

  it('shortens nothing', () => {
    assert.equal(neutraliseLines(`a\n${'b'.repeat(5000)}`), `a\n${'b'.repeat(5000)}`);
  });
});

describe('escapeHtml', () => {
  it('neutralises and escapes', () => {
    assert.equal(
      escapeHtml(`<img src="x" onerror='a&b'>\n`),
      '&lt;img src=&quot;x&quot; onerror=&#39;a&amp;b&#39;&gt;\\u000a',
    );
  });
});

describe('formats', () => {
  const rows: readonly (readonly [actual: string, expected: string])[] = [
    [formatBytes(0), '0 bytes'],
    [formatBytes(1), '1 byte'],
    [formatBytes(1023), '1023 bytes'],
    [formatBytes(1024), '1.0 KB'],
    [formatBytes(48_213), '47.1 KB'],
    [formatBytes(1000 * 1024), '1.0 MB'],
    [formatBytes(5 * MB), '5.0 MB'],
    [formatSeconds(0), '0.0 s'],
    [formatSeconds(75_040), '75.0 s'],
    [countOf(0, 'asset'), '0 assets'],
    [countOf(1, 'asset'), '1 asset'],
    [countOf(2, 'asset'), '2 assets'],
    [shortenId('4:short'), '4:short'],
    [shortenId('4:abc\n4:def'), '4:abc\\u000a4:def'],
    [shortenId(`4:${'x'.repeat(40)}`), `4:${'x'.repeat(22)}…`],
    [shortenId(`4:${'y'.repeat(22)}`), `4:${'y'.repeat(22)}`],
    [quoteValue('a\nb'), '"a\\u000ab"'],
    [quoteValue('x'.repeat(81)), `"${'x'.repeat(80)}…"`],
  ];
  for (const [actual, expected] of rows) it(expected, () => assert.equal(actual, expected));
});

describe('compareCodeUnits', () => {
  it('is the order of Array.prototype.sort', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: codePoint, maxLength: 4 })), (texts) => {
        assert.deepEqual([...texts].sort(compareCodeUnits), [...texts].sort());
      }),
      { seed: 6, numRuns: 200 },
    );
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
