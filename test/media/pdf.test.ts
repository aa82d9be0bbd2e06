// Cross-reference data of PDFs that no tool at hand writes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { inspectMedia } from '../../media/inspect.ts';
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

/** Texts of objects by number. */
type Objects = Readonly<Record<number, string>>;

const CATALOGUE = '<< /Type /Catalog /Pages 2 0 R >>';
const PAGES = '<< /Type /Pages /Count 12 /Kids [] >>';

/** Objects one after the other behind the first line, and where each begins. */
function placeObjects(objects: Objects): { text: string; offsets: ReadonlyMap<number, number> } {
  const offsets = new Map<number, number>();
  let text = '';
  for (const [number, value] of Object.entries(objects)) {
    offsets.set(Number(number), '%PDF-1.5\n'.length + text.length);
    text += `${number} 0 obj ${value} endobj\n`;
  }
  return { text, offsets };
}

/** A PDF of these objects with a table; an object of the empty text is marked as free. */
function pdfWithTable(objects: Objects, trailer = '/Root 1 0 R'): string {
  const { text, offsets } = placeObjects(objects);
  const rows = [...offsets].map(([number, offset]) => {
    const letter = objects[number] === '' ? 'f' : 'n';
    return `${number} 1\n${String(offset).padStart(10, '0')} 00000 ${letter} \n`;
  });
  return writePdf(text, `xref\n${rows.join('')}trailer << ${trailer} >>\n`);
}

describe('the number of pages', () => {
  const base = { 1: CATALOGUE, 2: PAGES };
  const table: readonly (readonly [name: string, Objects, pages: number | undefined])[] = [
    ['is what the root of the page tree states', base, 12],
    ['may stand in an object of its own', { ...base, 2: PAGES.replace('12', '3 0 R'), 3: '7' }, 7],
    ['is no part of a page', { ...base, 2: PAGES.replace('12', '2.5') }, undefined],
    ['is not 0', { ...base, 2: PAGES.replace('12', '0') }, undefined],
    ['is not negative', { ...base, 2: PAGES.replace('12', '-1') }, undefined],
    ['is no name', { ...base, 2: PAGES.replace('12', '/Many') }, undefined],
    [
      'is not looked for in a dictionary of another type',
      { ...base, 2: PAGES.replace('Pages', 'Page') },
      undefined,
    ],
    ['is not looked for in a number', { ...base, 1: '7' }, undefined],
    ['is not looked for in a free object', { ...base, 1: '' }, undefined],
    [
      'is not looked for in an object that is not there',
      { ...base, 1: CATALOGUE.replace('2 0 R', '9 0 R') },
      undefined,
    ],
    ['is not looked for where the table is wrong', { ...base, 2: '' }, undefined],
  ];
  for (const [name, objects, pages] of table) {
    it(name, async () => {
      const { facts, findings } = await inspect(pdfWithTable(objects));
      assert.deepEqual([facts.pages, findings], [pages, []]);
    });
  }

  it('is not looked for without a root', async () => {
    assert.equal((await inspect(pdfWithTable(base, '/Size 3'))).facts.pages, undefined);
  });
});

/** Where a cross-reference stream says that objects 1, 2 and 3 lie, of the offsets of those that lie free. */
type Rows = (offsets: ReadonlyMap<number, number>) => readonly (readonly [number, number, number])[];

interface StreamOptions {
  readonly objects?: Objects;
  readonly rows?: Rows;
  /** Bytes of a row's fields. */
  readonly widths?: readonly [number, number, number];
  readonly index?: string;
  /** Filter and parameters of the stream. */
  readonly filter?: string;
  /** What the filter makes of the rows. */
  readonly pack?: (rows: Buffer) => Buffer;
  readonly keyword?: string;
}

const FREE: Rows = (offsets) => [
  [1, offsets.get(1) ?? 0, 0],
  [1, offsets.get(2) ?? 0, 0],
  [1, offsets.get(3) ?? 0, 0],
];

function pdfWithStream(options: StreamOptions): Buffer {
  const { objects = { 1: CATALOGUE, 2: PAGES }, rows = FREE, widths = [1, 2, 1], index = '[1 3]' } = options;
  const { text, offsets } = placeObjects(objects);
  const raw = Buffer.concat(
    rows(offsets).flatMap((row) =>
      row.map((value, field) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigUInt64BE(BigInt(value));
        return bytes.subarray(8 - (widths[field] ?? 0));
      }),
    ),
  );
  const content = (options.pack?.(raw) ?? raw).toString('latin1');
  const dictionary = `/Type /XRef /Root 1 0 R /W [${widths.join(' ')}] /Index ${index} /Length ${content.length}`;
  const stream = `${options.keyword ?? 'stream'}\n${content}\nendstream`;
  return Buffer.from(
    writePdf(text, `7 0 obj << ${dictionary} ${options.filter ?? ''} >> ${stream} endobj\n`),
    'latin1',
  );
}

/** Puts a filter byte before each row of four bytes. */
const predict =
  (filter: number) =>
  (rows: Buffer): Buffer => {
    const lines = Array.from({ length: rows.length / 4 }, (_, row) => {
      const [line, above] = [rows.subarray(row * 4, row * 4 + 4), rows.subarray(row * 4 - 4, row * 4)];
      const coded = filter === 2 ? line.map((byte, at) => byte - (above[at] ?? 0)) : line;
      return Buffer.from([filter, ...coded]);
    });
    return deflateSync(Buffer.concat(lines));
  };
const predicted = (parameters: string) => `/Filter /FlateDecode /DecodeParms << ${parameters} >>`;

/** An object stream that holds the catalogue and the root of the pages as objects 1 and 2. */
function packObjects(more = '', content = `1 0 2 ${CATALOGUE.length} ${CATALOGUE}${PAGES}`): string {
  const first = `1 0 2 ${CATALOGUE.length} `.length;
  const length = more.includes('/Length') ? '' : `/Length ${content.length}`;
  return `<< /Type /ObjStm /N 2 /First ${first} ${length} ${more} >> stream\n${content}\nendstream`;
}

const PACKED: Rows = (offsets) => [
  [2, 3, 0],
  [2, 3, 1],
  [1, offsets.get(3) ?? 0, 0],
];

describe('cross-reference streams', () => {
  const pngRows = '/Predictor 12 /Columns 4';
  const table: readonly (readonly [name: string, StreamOptions, pages: number | undefined])[] = [
    ['of plain rows', {}, 12],
    ['without a field of the type: the object lies free', { widths: [0, 2, 1] }, 12],
    ['without a last field', { widths: [1, 2, 0] }, 12],
    ['with an offset of six bytes', { widths: [1, 6, 1] }, 12],
    ['with an offset of more than six bytes', { widths: [1, 7, 1] }, undefined],
    ['without an offset', { widths: [1, 0, 1] }, undefined],
    ['of empty rows', { widths: [0, 0, 0] }, undefined],
    ['of two ranges', { index: '[1 1 2 2]' }, 12],
    ['whose range does not hold the object', { index: '[5 3]' }, undefined],
    ['whose range has no end', { index: '[1]' }, undefined],
    ['whose ranges are no list', { index: '7' }, undefined],
    ['with fewer rows than stated', { rows: (offsets) => FREE(offsets).slice(0, 1) }, undefined],
    [
      'that marks the object as free',
      {
        rows: () => [
          [0, 0, 0],
          [0, 0, 0],
        ],
      },
      undefined,
    ],
    ['with a row of unknown type', { rows: (offsets) => [[3, offsets.get(1) ?? 0, 0]] }, undefined],
    ['that are deflated', { filter: '/Filter /FlateDecode', pack: deflateSync }, 12],
    [
      'that are deflated, in a list',
      { filter: '/Filter [/FlateDecode] /DecodeParms [null]', pack: deflateSync },
      12,
    ],
    ['with a predictor that does nothing', { filter: predicted('/Predictor 1'), pack: deflateSync }, 12],
    ['of PNG rows as they are', { filter: predicted(pngRows), pack: predict(0) }, 12],
    ['of PNG rows as differences', { filter: predicted(pngRows), pack: predict(2) }, 12],
    [
      'of PNG rows, in a list',
      { filter: `/Filter [/FlateDecode] /DecodeParms [<< ${pngRows} >>]`, pack: predict(2) },
      12,
    ],
    ['of PNG rows of another kind', { filter: predicted(pngRows), pack: predict(1) }, undefined],
    ['of TIFF rows', { filter: predicted('/Predictor 2 /Columns 4'), pack: deflateSync }, undefined],
    [
      'with a predictor that is no number',
      { filter: predicted('/Predictor /Best'), pack: deflateSync },
      undefined,
    ],
    ['of rows without width', { filter: predicted('/Predictor 12 /Columns 0'), pack: predict(2) }, undefined],
    [
      'of rows that are too wide',
      { filter: predicted('/Predictor 12 /Columns 65'), pack: predict(2) },
      undefined,
    ],
    [
      'of rows whose width is no number',
      { filter: predicted('/Predictor 12 /Columns /A'), pack: predict(2) },
      undefined,
    ],
    [
      'of rows of one byte, as nothing else is said',
      { filter: predicted('/Predictor 12'), pack: predict(0) },
      undefined,
    ],
    ['packed in another way', { filter: '/Filter /LZWDecode' }, undefined],
    ['packed twice', { filter: '/Filter [/ASCIIHexDecode /FlateDecode]' }, undefined],
    ['without the word', { keyword: 'strom' }, undefined],
    ['of objects in a stream', { objects: { 3: packObjects() }, rows: PACKED }, 12],
    [
      'of objects in a stream that is deflated',
      {
        objects: {
          3: packObjects(
            '/Filter /FlateDecode',
            deflateSync(`1 0 2 ${CATALOGUE.length} ${CATALOGUE}${PAGES}`).toString('latin1'),
          ),
        },
        rows: PACKED,
      },
      12,
    ],
    [
      'of objects in a stream whose length stands elsewhere',
      {
        objects: { 3: packObjects('/Length 4 0 R'), 4: '102' },
        rows: (offsets) => [...PACKED(offsets), [1, offsets.get(4) ?? 0, 0]],
        index: '[1 4]',
      },
      12,
    ],
    [
      'of objects in a stream without length',
      { objects: { 3: packObjects('/Length null') }, rows: PACKED },
      undefined,
    ],
    [
      'of objects in a stream of negative length',
      { objects: { 3: packObjects('/Length -1') }, rows: PACKED },
      undefined,
    ],
    [
      'of objects in a stream of another type',
      { objects: { 3: packObjects().replace('ObjStm', 'Stream') }, rows: PACKED },
      undefined,
    ],
    ['of objects in no stream', { objects: { 3: '7' }, rows: PACKED }, undefined],
    [
      'of objects in a stream that is packed itself',
      {
        rows: () => [
          [2, 3, 0],
          [2, 3, 1],
          [2, 3, 2],
        ],
      },
      undefined,
    ],
    [
      'of objects in a stream that is not there',
      {
        rows: () => [
          [2, 9, 0],
          [2, 9, 1],
        ],
      },
      undefined,
    ],
    [
      'of objects behind the end of a stream',
      { objects: { 3: packObjects() }, rows: (offsets) => [[2, 3, 90], ...PACKED(offsets).slice(1)] },
      undefined,
    ],
  ];
  for (const [name, options, pages] of table) {
    it(`${name}: ${pages ?? 'no'} pages`, async () => {
      const { facts, findings } = await inspect(pdfWithStream(options));
      assert.deepEqual([facts.pages, facts.unchecked, findings], [pages, undefined, []]);
    });
  }
});

describe('values longer than the first piece read', () => {
  const long = 5_000;
  const trailers: Readonly<Record<string, string>> = {
    'a trailer far behind its table': `${' '.repeat(long)}trailer << /Encrypt 9 0 R >>`,
    'a trailer behind comments': `%${'x'.repeat(long)}\ntrailer << /Encrypt 9 0 R >>`,
    'a text in hexadecimal digits': `trailer << /ID <${'0'.repeat(long)}> /Encrypt 9 0 R >>`,
    'a list': `trailer << /ID [${'0 '.repeat(long)}] /Encrypt 9 0 R >>`,
    'a gap before a value': `trailer << /Size ${' '.repeat(long)} 3 /Encrypt 9 0 R >>`,
  };
  for (const [name, trailer] of Object.entries(trailers)) {
    it(name, async () => {
      assert.equal((await inspect(writePdf(`xref\n0 0\n${trailer}\n`))).facts.encrypted, true);
    });
  }

  const damaged: Readonly<Record<string, string>> = {
    'a text in hexadecimal digits': 'trailer << /ID <00',
    'a text': 'trailer << /ID (00',
    'a key that is none': 'trailer << 7 7 >>',
    'a value that is none': 'trailer << /Size ] >>',
    'a list without end': 'trailer << /ID [ 0',
    'another word': 'trailing << /Size 3 >>',
    'a trailer that is no dictionary': 'trailer 7',
  };
  for (const [name, trailer] of Object.entries(damaged)) {
    it(`are damaged when they never end or are none: ${name}`, async () => {
      const { facts } = await inspect(writePdf(`xref\n0 0\n${trailer}\n`));
      assert.equal(facts.encrypted, undefined);
      assert.notEqual(facts.unchecked, undefined);
    });
  }
});

describe('the ends of a PDF', () => {
  const whole = pdfWithTable({ 1: CATALOGUE, 2: PAGES });
  const table: readonly (readonly [name: string, text: string, pages: number | undefined])[] = [
    ['offsets count from a header at byte 1024', ' '.repeat(1_023) + whole, 12],
    ['offsets count from the first byte', whole.replace('%PDF-1.5\n', ' %PDF-1.\n'), 12],
    [
      'the last trailer counts when the offset is no number',
      whole.replace(/startxref\n\d+/, 'startxref\nx'),
      undefined,
    ],
    [
      'the last trailer counts when the offset is 0',
      whole.replace(/startxref\n\d+/, 'startxref\n0'),
      undefined,
    ],
    [
      'the last trailer counts when the offset is too large',
      whole.replace(/startxref\n\d+/, 'startxref\n99999'),
      undefined,
    ],
    ['the last trailer counts when there is no offset', whole.replace('startxref', 'start'), undefined],
  ];
  for (const [name, text, pages] of table) {
    it(name, async () => {
      const { facts, findings } = await inspect(text);
      assert.deepEqual([facts.pages, facts.encrypted, findings], [pages, false, []]);
    });
  }
});
