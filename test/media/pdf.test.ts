// Tables of contents, trailers and ends of PDFs that no tool at hand writes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { inspectMedia } from '../../media/inspect.ts';
import { readSample, sourceOf } from './byte-sources.ts';

const inspect = async (content: string) => {
  const source = sourceOf(Buffer.from(content, 'latin1'));
  return { ...(await inspectMedia('application/pdf', source)), source };
};
const MISPLACED = 'its table of contents is not where the file says';
const PAGES = '1 0 obj << /Type /Pages /Kids [2 0 R] /Count 1 >> endobj\n';

/** A PDF of the given bodies, each followed by where the last of them begins. */
function writePdf(...bodies: readonly string[]): string {
  const start = ['%PDF-1.5\n', ...bodies.slice(0, -1)].join('').length;
  return ['%PDF-1.5\n', ...bodies, `startxref\n${start}\n%%EOF\n`].join('');
}

const entry = (offset: number, letter = 'n', end = ' \n') =>
  `${String(offset).padStart(10, '0')} ${letter === 'f' ? '65535' : '00000'} ${letter}${end}`;
const withTrailer = (trailer: string) => writePdf(PAGES, `xref\n0 0\n${trailer}\n`);

describe('a trailer', () => {
  const rows: readonly (readonly [trailer: string, isEncrypted: boolean, isReadable?: false])[] = [
    ['<< /Encrypt 9 0 R >>', true],
    ['<</ID[<00><01>]/Encrypt<</V 4>>/Size 3>>', true],
    ['<< /Size 3 % /Encrypt 9 0 R\n /Root 1 0 R >>', false],
    ['<< /Note (a \\) /Encrypt 9 0 R (b)) /Size 3 >>', false],
    ['<< /Info << /Encrypt 9 0 R >> >>', false],
    ['<< /List [ /Encrypt 9 0 R ] >>', false],
    ['<< /List [[]] /Encrypt 9 0 R >>', true],
    ['<< /Encrypt null >>', false],
    ['<< /Encryption true /Size -3.5 >>', false],
    [`<< /A ${'['.repeat(500)}${']'.repeat(500)} /Encrypt 9 0 R >>`, true],
    [`<< /ID <${'0'.repeat(9_000)}> /Encrypt 9 0 R >>`, true],
    [`<< /Size ${' '.repeat(9_000)} 3 /Encrypt 9 0 R >>`, true],
    [`%${'x'.repeat(9_000)}\n<< /Encrypt 9 0 R >>`, true],
    ['<< /ID <00 /Encrypt 9 0 R', false, false],
    ['<< /ID (00 /Encrypt 9 0 R', false, false],
    ['<< 7 7 /Encrypt 9 0 R >>', false, false],
    ['<< /Size >>', false, false],
    ['7', false, false],
  ];
  for (const [trailer, isEncrypted, isReadable = true] of rows) {
    it(`says that the file is ${isEncrypted ? '' : 'not '}encrypted: ${trailer.slice(0, 60)}`, async () => {
      const { facts, findings } = await inspect(withTrailer(`trailer ${trailer}`));
      assert.equal(facts.encryption, isEncrypted ? 'unknown' : undefined);
      assert.deepEqual(
        findings.map(({ rule }) => rule),
        [...(isEncrypted ? ['pdf-encrypted'] : []), ...(isReadable ? [] : ['pdf-damaged'])],
      );
    });
  }

  it('may be the dictionary of a table in a stream', async () => {
    const note = 'long '.repeat(2_000);
    const table = `7 0 obj << /Type /XRef /Note (${note}) /Encrypt 9 0 R /Length 0 >> stream\n\nendstream\n`;
    const { facts } = await inspect(writePdf(PAGES, table));
    assert.deepEqual([facts.encryption, facts.damage], ['unknown', undefined]);
  });
});

describe('encryption', () => {
  it('without anything: nobody knows how it opens', async () => {
    const { facts } = await inspect(
      writePdf(`${PAGES}9 0 obj << >> endobj\n`, 'xref\n0 0\ntrailer << /Encrypt 9 0 R >>\n'),
    );
    assert.equal(facts.encryption, 'unknown');
  });

  it('may be described in texts with escapes', async () => {
    const escapeByte = (byte: number) => `\\${byte.toString(8).padStart(3, '0')}`;
    const asText = (_: string, hex: string) => `(${[...Buffer.from(hex, 'hex')].map(escapeByte).join('')})`;
    const sample = readSample('pdf-restricted-128.pdf').toString('latin1');
    const { facts } = await inspect(sample.replaceAll(/(?<=\/[OU] )<([0-9a-f]{64})>/g, asText));
    assert.equal(facts.encryption, 'restricted');
  });
});

describe('a table', () => {
  const at = 9 + PAGES.length;
  const rows: readonly (readonly [name: string, text: string, damage: string | undefined])[] = [
    [
      'leads to its object',
      writePdf(PAGES, `xref\n0 2\n${entry(0, 'f')}${entry(9)}trailer << >>\n`),
      undefined,
    ],
    [
      'of entries of 19 bytes',
      writePdf(PAGES, `xref\n0 2\n${entry(0, 'f', '\n')}${entry(9, 'n', '\n')}trailer << >>\n`),
      undefined,
    ],
    ['leads elsewhere', writePdf(PAGES, `xref\n0 2\n${entry(0, 'f')}${entry(11)}trailer << >>\n`), MISPLACED],
    [
      'leads to another object',
      writePdf(PAGES, `xref\n1 2\n${entry(0, 'f')}${entry(9)}trailer << >>\n`),
      MISPLACED,
    ],
    ['leads behind the file', writePdf(PAGES, `xref\n1 1\n${entry(9_999)}trailer << >>\n`), MISPLACED],
    ['of free objects', writePdf(PAGES, `xref\n0 1\n${entry(0, 'f')}trailer << >>\n`), undefined],
    ['without a trailer', writePdf(PAGES, 'xref\n0 0\n'), MISPLACED],
    ['is an object of another type', writePdf(PAGES, '7 0 obj << /Type /XRay >> endobj\n'), MISPLACED],
    [
      'is based on another',
      writePdf(PAGES, 'xref\n0 0\ntrailer << >>\n', `xref\n0 0\ntrailer << /Prev ${at} >>\n`),
      undefined,
    ],
    [
      'is based on nothing',
      writePdf(PAGES, 'xref\n0 0\ntrailer << >>\n', `xref\n0 0\ntrailer << /Prev ${at + 9} >>\n`),
      MISPLACED,
    ],
  ];
  for (const [name, text, damage] of rows) {
    it(name, async () => assert.equal((await inspect(text)).facts.damage, damage));
  }

  it('is read once where it names itself as its base', async () => {
    const source = sourceOf(readSample('pdf-revision-loop.pdf'));
    await inspectMedia('application/pdf', source);
    assert.ok(source.bytesRead < 10 * source.size, `${source.bytesRead} bytes were read`);
  });
});

describe('pages', () => {
  const table = 'xref\n0 0\ntrailer << >>\n';
  const EMPTY = '1 0 obj << /Type /Pages /Kids [ ] /Count 0 >> endobj\n';
  const pack = (content: string, entries = '/Filter /FlateDecode') =>
    `5 0 obj << /Type /ObjStm ${entries} >> stream\n${deflateSync(content).toString('latin1')}\nendstream endobj\n`;
  const rows: readonly (readonly [name: string, body: string, isEmpty: boolean | undefined])[] = [
    ['are in a list', PAGES, undefined],
    ['lie free', '2 0 obj<</Type/Page>>endobj\n', undefined],
    ['are none', EMPTY, true],
    ['are nowhere', '2 0 obj << /Type /Catalog >> endobj\n', true],
    ['are packed', EMPTY + pack('<< /Type /Page >>'), undefined],
    ['are not in what is packed', EMPTY + pack(EMPTY), true],
    ['are in the second stream', EMPTY + pack(EMPTY) + pack(PAGES), undefined],
    ['may be in what is packed otherwise', EMPTY + pack(EMPTY, '/Filter /LZWDecode'), undefined],
    ['may be in what is damaged', EMPTY + pack(EMPTY).replace('stream\n', 'stream\nx'), undefined],
    ['are not looked for in large files', `${EMPTY}% ${'x'.repeat(140_000)}\n`, undefined],
  ];
  for (const [name, body, isEmpty] of rows) {
    it(name, async () => assert.equal((await inspect(writePdf(body, table))).facts.isEmpty, isEmpty));
  }

  it('may be in what is packed and encrypted', async () => {
    const { facts } = await inspect(
      writePdf(EMPTY + pack(EMPTY), 'xref\n0 0\ntrailer << /Encrypt 9 0 R >>\n'),
    );
    assert.equal(facts.isEmpty, undefined);
  });
});

describe('the ends of a PDF', () => {
  const whole = writePdf(PAGES, `xref\n0 2\n${entry(0, 'f')}${entry(9)}trailer << /Size 2 >>\n`);
  const rows: readonly (readonly [name: string, text: string, damage: string | undefined])[] = [
    ['are in order', whole, undefined],
    ['offsets count from a header at byte 1023', ' '.repeat(1_023) + whole, undefined],
    ['offsets count from the first byte', whole.replace('%PDF-1.5\n', ' %PDF-1.\n'), undefined],
    ['the offset is no number', whole.replace(/startxref\n\d+/, 'startxref\nx'), MISPLACED],
    ['the offset is 0', whole.replace(/startxref\n\d+/, 'startxref\n0'), MISPLACED],
    ['the offset is too large', whole.replace(/startxref\n\d+/, 'startxref\n99999'), MISPLACED],
    ['the offset is followed by another', whole.replace('startxref\n', 'startxref\n1\n'), MISPLACED],
    ['there is no offset', whole.replace('startxref', 'start'), MISPLACED],
  ];
  for (const [name, text, damage] of rows) {
    it(name, async () => {
      const { facts } = await inspect(text);
      assert.deepEqual([facts.damage, facts.unchecked], [damage, undefined]);
    });
  }

  it('tell of encryption also where the offset leads nowhere', async () => {
    const table = '7 0 obj << /Type /XRef /Encrypt 9 0 R >> stream\n';
    for (const text of [withTrailer('trailer << /Encrypt 9 0 R >>'), writePdf(PAGES, table)]) {
      const { facts } = await inspect(text.replace(/startxref\n/, 'startxref\n1\n'));
      assert.deepEqual([facts.damage, facts.encryption], [MISPLACED, 'unknown']);
    }
  });

  it('may be gone when a program took the file for text', async () => {
    const { facts } = await inspect('\xff\r\n'.repeat(9));
    const converted = 'with CR LF for every LF, as in text of Windows';
    assert.deepEqual([facts.converted, facts.unchecked], [converted, undefined]);
  });

  it('may lack a line end where the length is stated, and nothing else', async () => {
    const linearized = (length: number, start: number) =>
      `%PDF-1.4\n3 0 obj << /Linearized 1 /L ${length} >> endobj\n${PAGES}xref\n0 0\ntrailer << >>\nstartxref\n${start}\n%%EOF`;
    const begin = linearized(100, 10).indexOf('xref\n0');
    assert.equal((await inspect(linearized(999, begin))).facts.cutOff, undefined);
    assert.equal((await inspect(linearized(999, 0))).facts.cutOff, 'its last part is missing');
    assert.equal((await inspect(`${linearized(999, begin)}\nmore`)).facts.cutOff, 'its last part is missing');
  });
});
