// Files made to keep a judge busy: each is judged alone, in little time and memory.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import type { AssetType } from '../../src/assets/asset-type.ts';
import { inspectMedia } from '../../media/inspect.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { sourceOf } from './byte-sources.ts';
import { avc1, avcC, box, descriptor, movie, mp4a, track, u32 } from './crafted-mp4.ts';

/** Far more than any of them takes on a slow machine, far less than the attacks they stand for. */
const MOST_MS = 15_000;
const MOST_MEGABYTES = 200;
const MOST_READ = 2 * 1_048_576;

/** Room behind hostile boxes, for readers that leave theirs. */
const FILLER = box('free', Buffer.alloc(1_700_000, 'A'));
const repeat = (count: number, make: (index: number) => Buffer) =>
  Array.from({ length: count }, (_, i) => make(i));
const uuid = (id: string, ...content: Buffer[]) => box('uuid', Buffer.from(id, 'hex'), ...content);
/** A table of composition offsets that says it has `count` of them; it has `held`, all 0. */
const ctts = (count: number, held: number) => box('ctts', u32(0), u32(count), Buffer.alloc(8 * held));

const mp4s: readonly (readonly [name: string, Buffer, ...verdict: string[]])[] = [
  ['a whole one', movie(track('vide', avc1(avcC()), ctts(2, 2)))],
  [
    'an extension that says it has four thousand million parts',
    movie(uuid('9db9dd6e373c5a4e811021fc83a911fd', u32(0xffffffff)), track('vide', avc1(avcC()))),
  ],
  [
    'extensions longer than they are',
    movie(
      ...repeat(800, () =>
        uuid('d08a4f1810f34a82b6c832d8aba183d3', u32(0), Buffer.alloc(16), u32(1_600_000)),
      ),
      track('vide', avc1(avcC())),
      FILLER,
    ),
  ],
  [
    'tables of offsets longer than they are, beside the tracks',
    movie(...repeat(1_200, () => ctts(200_000, 0)), track('vide', avc1(avcC())), FILLER),
  ],
  [
    'a table of offsets longer than it is',
    movie(track('vide', avc1(avcC()), ctts(200_000, 2)), FILLER),
    'warning: video-unchecked',
  ],
  [
    'tables of offsets longer than they are, in a track',
    movie(track('vide', avc1(avcC()), ...repeat(5_000, () => ctts(200_000, 1))), FILLER),
    'warning: video-unchecked',
  ],
  ['a long table of offsets', movie(track('vide', avc1(avcC()), ctts(200_000, 200_000)))],
  [
    'parameters longer than they are',
    movie(track('vide', avc1(avcC(31))), FILLER),
    'warning: video-unchecked',
  ],
  [
    'parameters longer than they are, many in one description',
    movie(track('vide', avc1(avcC(), ...repeat(5_000, () => avcC(31)))), FILLER),
  ],
  [
    'many descriptions that each say they are the whole list',
    movie(
      track(
        'vide',
        Buffer.concat([
          avc1(avcC()),
          ...repeat(9_000, (i) =>
            Buffer.concat([u32(1_000_000 - 100 * i), box('hvc1').subarray(4), Buffer.alloc(92)]),
          ),
        ]),
      ),
    ),
  ],
  [
    'a descriptor of 256 MB',
    movie(
      track(
        'soun',
        mp4a(descriptor(3, Buffer.alloc(3), 0xfffffff), descriptor(5, Buffer.alloc(2), 0xfffffff)),
      ),
    ),
    'warning: video-unchecked',
  ],
  [
    'descriptors in descriptors',
    movie(track('soun', mp4a(...repeat(50_000, () => descriptor(4, Buffer.alloc(13), 900_000))))),
    'warning: video-unchecked',
  ],
  [
    'descriptors without content',
    movie(
      track(
        'soun',
        mp4a(
          descriptor(
            3,
            Buffer.concat([Buffer.alloc(3), ...repeat(300_000, () => descriptor(5, Buffer.alloc(0)))]),
          ),
        ),
      ),
    ),
    'warning: video-unchecked',
  ],
  [
    'a name without an end in each of many tracks',
    movie(
      ...repeat(1_200, () =>
        box(
          'trak',
          box('tkhd', u32(1), Buffer.alloc(80)),
          box('mdia', box('hdlr', Buffer.alloc(8), 'text', Buffer.alloc(12), 'x')),
        ),
      ),
      FILLER,
    ),
    'error: video-track',
  ],
  ['tracks without content', movie(...repeat(9_000, () => box('trak'))), 'warning: video-unchecked'],
  [
    'tracks in tracks',
    movie(repeat(9_000, () => Buffer.alloc(0)).reduce((inner) => box('trak', inner), Buffer.alloc(0))),
    'warning: video-unchecked',
  ],
];

/** A PDF whose last cross-reference section begins at `start`. */
const pdf = (start: number, ...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(
    [...parts, `\nstartxref\n${start}\n%%EOF\n`].map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
    ),
  );
const HEAD = '%PDF-1.5\n';

/** Sections that each say the same 60 KB of `value` belong to them. */
function pdfWithShared(value: string, sections: number): Buffer {
  const shared = `xref\n0 0\ntrailer\n<< /A (${'x'.repeat(4_200)}) /B ${value} >>\n`;
  let text = `${HEAD}${' '.repeat(sections)}${shared}`;
  let previous = 1;
  for (let section = 0; section < sections; section++) {
    const at = text.length;
    text += `xref\n0 0\ntrailer\n<< /XRefStm ${HEAD.length + section} /Prev ${previous} >>\n`;
    previous = at;
  }
  return pdf(previous, text);
}

/** Cross-reference streams that inflate to 4 MB each and know nothing of the object that is asked for. */
function pdfOfLargeTables(count: number, parameters = ''): Buffer {
  const packed = deflateSync(Buffer.alloc(4_194_300), { level: 9 });
  const parts: Buffer[] = [Buffer.from(HEAD)];
  let at = HEAD.length;
  let previous = 1;
  for (let table = 0; table < count; table++) {
    const entries = `/Type /XRef /W [1 1 1] /Index [999 1] /Root 5 0 R /Filter /FlateDecode ${parameters}`;
    const part = Buffer.concat([
      Buffer.from(`1 0 obj\n<< ${entries} /Length ${packed.length} /Prev ${previous} >>\nstream\n`),
      packed,
      Buffer.from('\nendstream endobj\n'),
    ]);
    parts.push(part);
    previous = at;
    at += part.length;
  }
  return pdf(previous, ...parts);
}

/** Object streams of 4 MB; the length of each is packed into the next one. */
function pdfOfPackedLengths(levels: number): Buffer {
  const words = '1 0 '.repeat(1_000_000);
  const length = 6_000;
  const packed = Buffer.alloc(length);
  deflateSync(Buffer.from(`${words}${length} `), { level: 9 }).copy(packed);
  const parts: Buffer[] = [Buffer.from(HEAD)];
  const row = (type: number, second: number, third: number) =>
    Buffer.concat([Buffer.from([type]), u32(second), u32(third)]);
  const rows: Buffer[] = [];
  let at = HEAD.length;
  for (let level = 0; level < levels; level++) {
    rows.push(row(1, at, 0));
    const entries = `/Type /ObjStm /First ${words.length} /Filter /FlateDecode`;
    const stated = level === levels - 1 ? length : `${1_000 + level} 0 R`;
    const part = Buffer.concat([
      Buffer.from(`${10 + level} 0 obj\n<< ${entries} /Length ${stated} >>\nstream\n`),
      packed,
      Buffer.from('\nendstream endobj\n'),
    ]);
    parts.push(part);
    at += part.length;
  }
  for (let level = 0; level < levels; level++) rows.push(row(2, 11 + level, 999_999));
  const table = Buffer.concat([...rows, row(2, 10, 999_999)]);
  const entries = `/Type /XRef /W [1 4 4] /Index [10 ${levels} 1000 ${levels} 5 1] /Root 5 0 R`;
  return pdf(
    at,
    ...parts,
    `9 0 obj\n<< ${entries} /Length ${table.length} >>\nstream\n`,
    table,
    '\nendstream endobj',
  );
}

const pdfs: readonly (readonly [name: string, Buffer, ...verdict: string[]])[] = [
  [
    'a number that does not end as one',
    pdf(HEAD.length, `${HEAD}xref\n0 0\ntrailer\n<< /A ${'1'.repeat(60_000)}x >>`),
    'warning: pdf-unchecked',
  ],
  ['such a number in 40 revisions', pdfWithShared(`${'1'.repeat(60_000)}x`, 40)],
  ['many empty lists in 40 revisions', pdfWithShared(`[${'[]'.repeat(30_000)}]`, 40)],
  ['64 tables of 4 MB', pdfOfLargeTables(64)],
  [
    '64 tables of 4 MB in rows with a filter',
    pdfOfLargeTables(64, '/DecodeParms << /Predictor 12 /Columns 3 >>'),
  ],
  ['240 object streams, the length of each in the next', pdfOfPackedLengths(240)],
];

function judgeAlone(t: Parameters<typeof makeFolder>[0], type: AssetType, bytes: Buffer) {
  const file = join(makeFolder(t, { asset: bytes }), 'asset');
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    ['--max-old-space-size=128', join(import.meta.dirname, 'judge-alone.ts'), type, file],
    { encoding: 'utf8', timeout: MOST_MS, killSignal: 'SIGKILL' },
  );
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr.slice(-1_000));
  return JSON.parse(stdout);
}

for (const [type, files] of [
  ['video/mp4', mp4s],
  ['application/pdf', pdfs],
] as const) {
  describe(`hostile ${type}`, () => {
    for (const [name, bytes, ...verdict] of files) {
      it(`${name}: ${verdict.join(', ') || 'nothing to say'}`, (t) => {
        const { findings, peakMegabytes } = judgeAlone(t, type, bytes);
        assert.deepEqual(
          findings.map(({ level, rule }: { level: string; rule: string }) => `${level}: ${rule}`),
          verdict,
        );
        assert.ok(peakMegabytes < MOST_MEGABYTES, `${peakMegabytes} MB`);
      });
    }
  });
}

describe('indexes of random boxes', () => {
  const { tree } = fc.letrec<{ tree: Buffer }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 6 },
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(
          fc.constantFrom(
            ...'trak mdia minf stbl stsd hdlr tkhd ctts avcC esds avc1 mp4a mvhd mvex mehd uuid'.split(' '),
          ),
          fc.constantFrom('', '00000000', '0000000000000001', '00000000ffffffff', '0000000076696465'),
          fc.array(tie('tree'), { maxLength: 5 }),
        )
        .map(([type, lead, inside]) => box(type, Buffer.from(lead, 'hex'), ...inside)),
    ),
  }));

  it('are judged without reading more than there is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(tree, { maxLength: 6 }), async (boxes) => {
        const source = sourceOf(movie(track('vide', avc1(avcC(), ...boxes), ...boxes), ...boxes));
        const { facts } = await inspectMedia('video/mp4', source);
        assert.ok(source.bytesRead <= Math.min(MOST_READ, 2 * source.size), `${source.bytesRead} bytes`);
        assert.ok(
          facts.unchecked !== undefined || facts.videoCodec?.includes('H.264'),
          JSON.stringify(facts),
        );
      }),
      { seed: 20_261_125, numRuns: 1_000, endOnFailure: true },
    );
  });
});
