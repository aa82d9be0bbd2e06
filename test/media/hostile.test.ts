// Files made to keep a judge busy: each is judged alone, in little time and memory.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import type { MediaType } from '../../media/facts.ts';
import { inspectMedia } from '../../media/inspect.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { sourceOf } from './byte-sources.ts';
import { avc1, avcC, box, descriptor, movie, mp4a, track, u32 } from './crafted-mp4.ts';

/** Of the processor, so that no other load counts; far more than any of them takes, far less than the attacks they stand for. */
const MOST_MS = 15_000;
const MOST_MEGABYTES = 200;
/** Such a process hangs. */
const LONGEST_MS = 300_000;
const MOST_READ = 2 * 1_048_576;

/** Room behind hostile boxes, for readers that leave theirs. */
const FILLER = box('free', Buffer.alloc(300_000, 'A'));
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
    'warning: video-damaged',
  ],
  [
    'tables of offsets longer than they are, in a track',
    movie(track('vide', avc1(avcC()), ...repeat(5_000, () => ctts(200_000, 1))), FILLER),
    'warning: video-damaged',
  ],
  ['a long table of offsets', movie(track('vide', avc1(avcC()), ctts(200_000, 200_000)))],
  ['parameters longer than they are', movie(track('vide', avc1(avcC(31))), FILLER)],
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
    'error: video-track',
  ],
  [
    'descriptors in descriptors',
    movie(track('soun', mp4a(...repeat(20_000, () => descriptor(4, Buffer.alloc(13), 900_000))))),
    'error: video-track',
  ],
  [
    'descriptors without content',
    movie(
      track(
        'soun',
        mp4a(
          descriptor(
            3,
            Buffer.concat([Buffer.alloc(3), ...repeat(30_000, () => descriptor(5, Buffer.alloc(0)))]),
          ),
        ),
      ),
    ),
    'error: video-track',
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

/** A PDF whose table of contents begins at `start`. */
const pdf = (start: number, ...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(
    [HEAD, ...parts, `\nstartxref\n${start}\n%%EOF\n`].map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
    ),
  );
const HEAD = '%PDF-1.5\n2 0 obj<</Type/Page>>endobj\n';
const TABLE = 'xref\n0 0\ntrailer';
/** Inflates to 1 MB. */
const BOMB = deflateSync(Buffer.alloc(1_048_576), { level: 9 });
const packed = `5 0 obj << /Type /ObjStm /Filter /FlateDecode >> stream\n${BOMB.toString('latin1')}\nendstream endobj\n`;

const pdfs: readonly (readonly [name: string, Buffer, ...verdict: string[]])[] = [
  ['a number that does not end as one', pdf(HEAD.length, `${TABLE}\n<< /A ${'1'.repeat(60_000)}x >>`)],
  [
    'many trailers without an end',
    pdf(HEAD.length, `${TABLE} <<`.repeat(4_000), FILLER),
    'warning: pdf-damaged',
  ],
  ['lists in lists', pdf(HEAD.length, `${TABLE} << /A ${'['.repeat(60_000)}`), 'warning: pdf-damaged'],
  ['texts in texts', pdf(HEAD.length, `${TABLE} << /A ${'('.repeat(60_000)}`), 'warning: pdf-damaged'],
  [
    'a text without an end',
    pdf(HEAD.length, `${TABLE} << /A (${'\\(()'.repeat(15_000)}`),
    'warning: pdf-damaged',
  ],
  [
    'a chain of tables',
    pdf(HEAD.length, ...repeat(1_000, (i) => Buffer.from(`${TABLE} << /Prev ${i * 40} >>\n`))),
  ],
  [
    'many descriptions of the encryption',
    pdf(HEAD.length, `${TABLE} << /Encrypt 9 0 R >>`, '9 0 obj << '.repeat(40_000)),
    'warning: pdf-encrypted',
  ],
  [
    'object streams that are bombs',
    Buffer.from(pdf(9, packed.repeat(110)).toString('latin1').replace('/Type/Page', '/Type/None'), 'latin1'),
    'warning: pdf-pages',
    'warning: pdf-damaged',
  ],
  ['spaces', pdf(HEAD.length, `${TABLE} <<`, ' '.repeat(1_500_000)), 'warning: pdf-damaged'],
];

interface Judged {
  readonly findings: readonly { readonly level: string; readonly rule: string }[];
  readonly milliseconds: number;
  readonly peakMegabytes: number;
}

/** Judges files in one other process. */
function judgeApart(type: MediaType, files: readonly string[]): readonly Judged[] {
  const { stdout, stderr, status, signal } = spawnSync(
    process.execPath,
    ['--max-old-space-size=128', join(import.meta.dirname, 'judge-alone.ts'), type, ...files],
    { encoding: 'utf8', timeout: LONGEST_MS, killSignal: 'SIGKILL' },
  );
  assert.deepEqual({ status, signal }, { status: 0, signal: null }, stderr.slice(-1_000));
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

for (const [type, files] of [
  ['video/mp4', mp4s],
  ['application/pdf', pdfs],
] as const) {
  it(`hostile ${type}`, async (t) => {
    const folder = makeFolder(t, Object.fromEntries(files.map(([, bytes], index) => [`${index}`, bytes])));
    const paths = files.map((_, index) => join(folder, `${index}`));
    // One process does as long as all goes well; alone, each has the memory for itself.
    const judged =
      process.env.FULL === '1' ? paths.flatMap((path) => judgeApart(type, [path])) : judgeApart(type, paths);
    for (const [index, [name, , ...verdict]] of files.entries()) {
      await t.test(`${name}: ${verdict.join(', ') || 'nothing to say'}`, () => {
        const { findings = [], milliseconds = MOST_MS, peakMegabytes = 0 } = judged[index] ?? {};
        assert.deepEqual(
          findings.map(({ level, rule }) => `${level}: ${rule}`),
          verdict,
        );
        assert.ok(milliseconds < MOST_MS, `${milliseconds} ms of the processor`);
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
        assert.ok(source.bytesRead <= MOST_READ, `${source.bytesRead} bytes`);
        assert.ok(
          facts.unchecked !== undefined || facts.videoCodec?.includes('H.264'),
          JSON.stringify(facts),
        );
      }),
      { seed: 20_261_125, numRuns: process.env.FULL === '1' ? 3_000 : 150, endOnFailure: true },
    );
  });
});
