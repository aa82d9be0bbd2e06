// What is said of patterns that match nothing, by the habit that they show.
import assert from 'node:assert/strict';
import { sep } from 'node:path';
import { describe, it } from 'node:test';
import { findPatternHint } from '../../src/assets/pattern-hints.ts';

describe('findPatternHint', () => {
  const rows: readonly (readonly [line: string, hint: RegExp | undefined])[] = [
    ['whatsapp/*.{png,jpg}', /^Braces are not expanded/],
    ['{a,b}/*.png', /^Braces are not expanded/],
    ['a/*.png, b/*.png', /^Commas do not separate/],
    ['a/*.png,b/*.png', /^Commas do not separate/],
    ['a/*.png;b/*.png', /^Commas do not separate/],
    ['a/*.png b/*.png', /^Blanks do not separate/],
    ['a/*.png\tb/*.png', /^Blanks do not separate/],
    ['"whatsapp/**"', /^Quotes would be part of a name/],
    ["'whatsapp/**'", /^Quotes would be part of a name/],
    ['“whatsapp/**”', /^Quotes would be part of a name/],
    ['"whatsapp/**', /^Quotes would be part of a name/],
    ['`whatsapp/**`', /^Quotes would be part of a name/],
    ['- whatsapp/**', /^The lines are no list/],
    ['* whatsapp/**', /^The lines are no list/],
    ['- "whatsapp/**"', /^The lines are no list/],
    ['["a/*.png", "b/*.png"]', /^Patterns are no JSON/],
    ["['a/*.png']", /^Patterns are no JSON/],
    ['[', /^Patterns are no JSON/],
    [']', /^Patterns are no JSON/],
    ['"a/*.png",', /^Patterns are no JSON/],
    ['a/*.png # the pictures', /^A `#` begins a comment only at the beginning/],
    ['banner[1].png', /^`\[…\]` stands for one of the signs/],
    ['a/img[0-9].png', /^`\[…\]` stands for one of the signs/],
    ['!!a/*.{png,jpg}', /^Braces/],
    ['whatsapp\\promo\\*.png', sep === '/' ? /^A backslash does not separate folders/ : undefined],
    ['whatsapp/**/*.png', undefined],
    ['a#b/*.png', undefined],
    ['-rf/*.png', undefined],
    ['*.png', undefined],
    ["it's/*.png", undefined],
  ];
  for (const [line, hint] of rows) {
    it(line, () => {
      if (hint === undefined) assert.equal(findPatternHint(line), undefined);
      else assert.match(findPatternHint(line) ?? '', hint);
    });
  }
});
