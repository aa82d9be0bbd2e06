// Samples made again with other content, sizes and encoders, and damaged at other places: judged the same. Needs ffmpeg,
// ImageMagick and qpdf, and runs with FULL=1 alone.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { compareFolder } from '../../scripts/collection.ts';
import { makeRandom } from '../support/seeded-random.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { judgeNamed, samplesFolder } from './byte-sources.ts';

const programs = process.env.FULL === '1' ? ['ffmpeg', 'ffprobe', 'convert', 'identify', 'qpdf'] : [];
const missing = programs.filter((program) => spawnSync(program, ['-version']).error !== undefined);
const skip =
  process.env.FULL !== '1'
    ? 'only in the full run'
    : missing.length > 0 && `not installed: ${missing.join(', ')}`;
const SEEDS = [1, 2, 3];

/** Damage that can be done to any file of a type, and the rules it then does not meet. */
interface Damage {
  readonly name: string;
  readonly files: RegExp;
  spoil(bytes: Buffer, random: () => number): Buffer;
  readonly expected: RegExp;
}

const asText = (bytes: Buffer) => Buffer.from(bytes.toString('utf8'));
const asLatin1 = (bytes: Buffer) => Buffer.from(bytes.toString('latin1'));
const asWindows = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
const cut = (bytes: Buffer, random: () => number) =>
  bytes.subarray(0, Math.floor(bytes.length * (0.2 + 0.7 * random())));
const zeroTail = (bytes: Buffer, random: () => number) =>
  Buffer.from(bytes).fill(0, Math.floor(bytes.length * (0.3 + 0.6 * random())));
const flipInData = (bytes: Buffer, random: () => number) => {
  const [start, end] = [bytes.indexOf('IDAT') + 4, bytes.lastIndexOf('IEND') - 8];
  const at = start + Math.floor(random() * (end - start));
  const spoilt = Buffer.from(bytes);
  spoilt[at] = (spoilt[at] ?? 0) ^ 1;
  return spoilt;
};
const moveStart = (bytes: Buffer, random: () => number) =>
  Buffer.from(
    bytes
      .toString('latin1')
      .replace(/startxref\n(?=\d+\n%%EOF\s*$)/, `startxref\n${Math.floor(random() * 99)}\n`),
    'latin1',
  );

const damages: readonly Damage[] = [
  { name: 'cut', files: /\.(png|jpg|mp4)$/, spoil: cut, expected: /-truncated/ },
  { name: 'cut', files: /\.pdf$/, spoil: cut, expected: /-truncated/ },
  { name: 'zeros at the end', files: /\.(jpg|png|mp4)$/, spoil: zeroTail, expected: /-(truncated|damaged)/ },
  { name: 'a bit of the picture', files: /\.png$/, spoil: flipInData, expected: /image-damaged/ },
  { name: 'a wrong start', files: /\.pdf$/, spoil: moveStart, expected: /pdf-damaged/ },
  {
    name: 'UTF-8',
    files: /\.(png|jpg|mp4|pdf)$/,
    spoil: asText,
    expected: /-converted|damaged by a conversion/,
  },
  {
    name: 'Latin-1',
    files: /\.(png|jpg|mp4|pdf)$/,
    spoil: asLatin1,
    expected: /-converted|damaged by a conversion/,
  },
  {
    name: 'CR LF',
    files: /\.(png|jpg|mp4|pdf)$/,
    spoil: asWindows,
    expected: /-converted|damaged by a conversion/,
  },
];

/** A page with a picture, without a table of contents. */
function wrapInPdf(jpeg: Buffer, width: number, height: number): Buffer {
  const box = `/MediaBox [0 0 ${width} ${height}]`;
  const picture = `/Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8`;
  return Buffer.concat([
    Buffer.from('%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n'),
    Buffer.from('2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n'),
    Buffer.from(
      `3 0 obj << /Type /Page /Parent 2 0 R ${box} /Resources << /XObject << /I 4 0 R >> >> >> endobj\n`,
    ),
    Buffer.from(`4 0 obj << /Type /XObject ${picture} /Filter /DCTDecode /Length ${jpeg.length} >> stream\n`),
    jpeg,
    Buffer.from('\nendstream endobj\ntrailer << /Root 1 0 R /Size 5 >>\nstartxref\n0\n%%EOF\n'),
  ]);
}

/** Makes good files that differ with the seed. */
function makeFiles(folder: string, seed: number): void {
  const run = (program: string, ...parameters: string[]) =>
    execFileSync(program, parameters, { cwd: folder, stdio: 'pipe' });
  const width = 2 * Math.round(200 + 90 * seed);
  const height = 2 * Math.round(width / 1.91 / 2);
  const noise = ['-size', `${width}x${height}`, '-seed', `${seed}`, 'plasma:tomato-steelblue', '-depth', '8'];
  run('convert', ...noise, '-quality', `${50 + 14 * seed}`, 'baseline.jpg');
  run(
    'convert',
    ...noise,
    '-interlace',
    'JPEG',
    '-sampling-factor',
    seed === 1 ? '4:4:4' : '4:2:0',
    'progressive.jpg',
  );
  run(
    'convert',
    ...noise,
    '-define',
    'png:color-type=2',
    '-define',
    `png:compression-level=${3 * seed}`,
    'rgb.png',
  );
  run(
    'convert',
    ...noise,
    '-alpha',
    'set',
    '-define',
    'png:color-type=6',
    '-interlace',
    seed === 2 ? 'PNG' : 'none',
    'rgba.png',
  );
  writeFileSync(join(folder, 'raw'), wrapInPdf(readFileSync(join(folder, 'baseline.jpg')), width, height));
  run('qpdf', '--warning-exit-0', 'raw', 'picture.pdf');
  run('qpdf', '--object-streams=generate', 'picture.pdf', 'streams.pdf');
  run('qpdf', '--linearize', 'picture.pdf', 'linearized.pdf');
  const video = ['-f', 'lavfi', '-i', `testsrc2=s=${width}x${height}:r=${10 + 5 * seed}:d=2`];
  const sound = ['-f', 'lavfi', '-i', `sine=f=${300 * seed}:d=2`];
  const encode = (name: string, ...options: string[]) =>
    run('ffmpeg', '-v', 'error', '-y', ...video, ...sound, ...options, name);
  const plain = ['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-movflags', '+faststart'];
  encode(
    'x264.mp4',
    '-c:v',
    'libx264',
    '-preset',
    ['ultrafast', 'fast', 'medium'][seed - 1] ?? '',
    '-bf',
    '0',
    ...plain,
  );
  encode('index-last.mp4', '-c:v', 'libx264', '-preset', 'ultrafast', ...plain.slice(0, 4));
}

describe('samples made again', { skip }, () => {
  for (const seed of SEEDS) {
    it(`are judged the same, seed ${seed}`, async (t) => {
      const folder = makeFolder(t, {});
      makeFiles(folder, seed);
      const random = makeRandom(seed);
      let judged = 0;
      for (const name of readdirSync(folder).filter((file) => file.includes('.'))) {
        const bytes = readFileSync(join(folder, name));
        const good = await judgeNamed(name, bytes);
        assert.deepEqual(
          good.filter((found) => !/image-crop|moov-order/.test(found)),
          [],
          name,
        );
        for (const { name: what, files, spoil, expected } of damages) {
          if (!files.test(name)) continue;
          const found = await judgeNamed(name, spoil(bytes, random));
          assert.match(found.join(), expected, `${name}: ${what}`);
          judged++;
        }
      }
      t.diagnostic(`${judged} damaged files judged right`);
    });
  }

  it('hold for every format of H.264', async (t) => {
    const folder = makeFolder(t, {});
    for (const format of [
      'yuv420p',
      'yuv422p',
      'yuv444p',
      'yuv420p10le',
      'yuv422p10le',
      'yuv444p10le',
      'gray',
    ]) {
      for (const preset of ['ultrafast', 'medium']) {
        const name = `${format}-${preset}.mp4`;
        const input = [
          '-f',
          'lavfi',
          '-i',
          'testsrc2=s=320x168:r=10:d=1',
          '-c:v',
          'libx264',
          '-preset',
          preset,
        ];
        execFileSync('ffmpeg', ['-v', 'error', ...input, '-pix_fmt', format, join(folder, name)]);
        const found = await judgeNamed(name, readFileSync(join(folder, name)));
        assert.equal(found.includes('warning: video-format'), format !== 'yuv420p', `${name}: ${found}`);
      }
    }
  });

  it('hold for every encryption of qpdf', async (t) => {
    const folder = makeFolder(t, {});
    const input = join(samplesFolder, 'pdf-plain.pdf');
    const ways = [
      '40',
      '128',
      '128 --use-aes=y',
      '128 --force-V4',
      '128 --use-aes=y --cleartext-metadata',
      '256',
      '256 --force-R5',
    ];
    for (const way of ways) {
      for (const password of ['', 'user']) {
        for (const layout of ['--linearize', '--object-streams=generate', '--object-streams=disable']) {
          const file = join(folder, 'encrypted.pdf');
          execFileSync('qpdf', [
            '--allow-weak-crypto',
            layout,
            '--encrypt',
            password,
            'owner',
            ...way.split(' '),
            '--',
            input,
            file,
          ]);
          const { disagreements } = await compareFolder(folder);
          assert.deepEqual(disagreements, [], `${way} ${password} ${layout}`);
        }
      }
    }
  });
});
