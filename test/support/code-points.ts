// Any character, for random texts: fast-check's own unit for that builds a table of a million rows first.
import fc from 'fast-check';

/** One code point, but no half of a surrogate pair. */
export const codePoint: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 1, arbitrary: fc.nat({ max: 0x7f }) },
    { weight: 2, arbitrary: fc.nat({ max: 0xd7ff }) },
    { weight: 2, arbitrary: fc.integer({ min: 0xe000, max: 0x10ffff }) },
  )
  .map((code) => String.fromCodePoint(code));
