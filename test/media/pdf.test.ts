// Cross-reference data of PDFs that no tool at hand writes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspectMedia } from '../../src/media/inspect.ts';
import { readSample, sourceOf } from './byte-sources.ts';

const inspect = (content: string | Buffer) =>
  inspectMedia(
    'application/pdf',
    sourceOf(typeof content === 'string' ? Buffer.from(content, 'latin1') : content),
  );

/** A PDF of the given bodies, each followed by where the last of them begins. */
function writePdf(...bodies: readonly string[]): string {
  const start = ['%PDF-1.5\n', ...bodies.slice(0, -1)].join('').length;
  return ['%PDF-1.5\n', ...bodies, `startxref\n${start}\n%%EOF\n`].join('');
}

describe('cross-reference data', () => {
  it('follows 64 earlier revisions and stops', async () => {
    // Only the oldest of these revisions says "encrypted", which no real file does.
    const chain = (revisions: number) => {
      let text = '%PDF-1.4\n';
      let previous = 0;
      for (let revision = 0; revision <= revisions; revision++) {
        const at = text.length;
        const entry = revision === 0 ? '/Encrypt 9 0 R' : `/Prev ${previous}`;
        text += `xref\n0 0\ntrailer << ${entry} >>\nstartxref\n${at}\n%%EOF\n`;
        previous = at;
      }
      return text;
    };
    assert.equal((await inspect(chain(64))).facts.encrypted, true);
    assert.equal((await inspect(chain(65))).facts.encrypted, false);
  });

  it('reads a revision that names itself as its base only once', async () => {
    const source = sourceOf(readSample('pdf-revision-loop.pdf'));
    await inspectMedia('application/pdf', source);
    assert.ok(source.bytesRead < 20_000, `${source.bytesRead} bytes were read`);
  });

  it('looks up objects in a cross-reference stream of several ranges', async () => {
    const catalogue = '8 0 obj << /Type /Catalog /Pages 9 0 R >> endobj\n';
    const pages = '9 0 obj << /Type /Pages /Count 12 /Kids [] >> endobj\n';
    const row = (type: number, offset: number) => String.fromCharCode(type, offset >> 8, offset & 255);
    const rows = [
      row(0, 0),
      row(1, 9 + catalogue.length + pages.length),
      row(1, 9),
      row(1, 9 + catalogue.length),
    ].join('');
    const table = `7 0 obj << /Type /XRef /Root 8 0 R /W [1 2 0] /Index [0 1 7 3] /Length ${rows.length} >> stream\n${rows}\nendstream endobj\n`;
    const { facts, findings } = await inspect(writePdf(catalogue, pages, table));
    assert.equal(facts.pages, 12);
    assert.deepEqual(findings, []);
  });

  it('gives up on values nested too deeply', async () => {
    const nested = (depth: number) =>
      writePdf(`xref\n0 0\ntrailer << /A ${'['.repeat(depth)}${']'.repeat(depth)} >>\n`);
    assert.equal((await inspect(nested(20))).facts.unchecked, undefined);
    assert.equal((await inspect(nested(40))).facts.unchecked, 'its structure is nested too deeply');
  });

  it('finds a dictionary that is longer than the first piece read', async () => {
    const note = 'long '.repeat(2_000);
    const table = `7 0 obj << /Type /XRef /Note (${note}) /Encrypt 9 0 R /Length 0 >> stream\n\nendstream\n`;
    assert.equal((await inspect(writePdf(table))).facts.encrypted, true);
  });

  it('tells names, texts and comments from what they hold', async () => {
    const table: readonly (readonly [trailer: string, encrypted: boolean])[] = [
      ['<< /Encrypt 9 0 R >>', true],
      ['<</ID[<00><01>]/Encrypt<</V 4>>/Size 3>>', true],
      ['<< /Size 3 % /Encrypt 9 0 R\n /Root 1 0 R >>', false],
      ['<< /Note (a \\) /Encrypt 9 0 R (b)) /Size 3 >>', false],
      ['<< /Info << /Encrypt 9 0 R >> >>', false],
      ['<< /List [ /Encrypt 9 0 R ] >>', false],
      ['<< /Encrypt null >>', false],
      ['<< /Encryption true /Size -3.5 >>', false],
    ];
    for (const [trailer, encrypted] of table) {
      const { facts } = await inspect(writePdf(`xref\n0 0\ntrailer ${trailer}\n`));
      assert.equal(facts.encrypted, encrypted, trailer);
    }
  });

  it('does not take a PDF for cut off when a stream claims to be longer than the file', async () => {
    const sample = readSample('pdf-object-streams.pdf').toString('latin1');
    const longer = sample.replaceAll(/(?<=\/Length )\d+/g, (digits) => '9'.repeat(digits.length));
    const { facts, findings } = await inspect(longer);
    assert.equal(facts.pages, undefined);
    assert.deepEqual(findings, []);
  });
});
