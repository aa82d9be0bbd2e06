// Traces of programs that take a file for text, and what only looks like them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONVERSION_READS, describeConversion } from '../../media/conversion.ts';
import { makeRandom } from '../support/seeded-random.ts';
import { sourceOf, sparseSource } from './byte-sources.ts';

const random = makeRandom(20_261_126);
const noise = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
const AS_TEXT = 'as text';
const AS_WINDOWS = 'with CR LF for every LF, as in text of Windows';

const conversions: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  'UTF-8 with replacement characters': (bytes) => Buffer.from(bytes.toString('utf8')),
  'Latin-1 to UTF-8': (bytes) => Buffer.from(bytes.toString('latin1')),
  'ASCII with question marks': (bytes) =>
    Buffer.from(bytes.toString('latin1').replace(/[\x80-\xff]/g, '?'), 'latin1'),
};
const toWindows = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');

describe('a conversion', () => {
  for (const [name, convert] of Object.entries(conversions)) {
    it(`is seen: ${name}`, () => {
      for (const length of [500, 5_000, 70_000, 150_000, 300_000]) {
        const bytes = noise(length);
        assert.equal(describeConversion(sourceOf(convert(bytes)), true), AS_TEXT, `${length} bytes`);
        assert.equal(describeConversion(sourceOf(bytes), true), undefined, `${length} bytes`);
      }
    });
  }

  it('is seen: LF to CR LF', () => {
    for (const length of [5_000, 70_000, 300_000]) {
      const bytes = toWindows(noise(length));
      assert.equal(describeConversion(sourceOf(bytes), true), AS_WINDOWS, `${length} bytes`);
      assert.equal(describeConversion(sourceOf(bytes), false), undefined, `${length} bytes`);
    }
  });

  it('is not seen where one byte in the middle, or at the end, is no text', () => {
    for (const position of [100_000, 199_000]) {
      const bytes = Buffer.from('\ufffd'.repeat(200_000 / 3));
      bytes[position] = 0xff;
      assert.equal(describeConversion(sourceOf(bytes), true), undefined, `${position}`);
    }
  });

  it('is seen by four replacement characters', () => {
    const bytes = Buffer.from(`${'x'.repeat(1_000)}\ufffd\ufffd\ufffd\ufffd`);
    assert.equal(describeConversion(sourceOf(bytes), true), AS_TEXT);
  });

  it('is seen when characters are cut between what is read', () => {
    for (let lead = 0; lead < 3; lead++) {
      const bytes = Buffer.from('x'.repeat(lead) + '\ufffd'.repeat(200_000));
      assert.equal(describeConversion(sourceOf(bytes), true), AS_TEXT, `${lead} bytes before`);
    }
  });
});

describe('no conversion', () => {
  const rows: Readonly<Record<string, Buffer>> = {
    'is an empty file': Buffer.alloc(0),
    'is plain text': Buffer.from('plain text\n'.repeat(1_000)),
    'is text of Windows': toWindows(Buffer.from('plain text\n'.repeat(1_000))),
    'is text of Windows with a few other characters': toWindows(Buffer.from('Grüße\nGrüße\n'.repeat(1_000))),
    'is text with three replacement characters': Buffer.from(`${'x'.repeat(1_000)}\ufffd\ufffd\ufffd`),
    'are three runs of question marks': Buffer.from(`???? ???? ???? ${'x'.repeat(1_000)}`),
    'is one binary line end': Buffer.from('\xff\r\n', 'latin1'),
    'are binary line ends with one LF': Buffer.from('\xff\r\n\xff\r\n\xff\n', 'latin1'),
  };
  for (const [name, bytes] of Object.entries(rows)) {
    it(name, () => assert.equal(describeConversion(sourceOf(bytes), true), undefined));
  }
});

it('reads no more than it says', () => {
  const source = sparseSource(10_000_000, []);
  assert.equal(describeConversion(source, true), undefined);
  assert.equal(source.bytesRead, CONVERSION_READS);
});
