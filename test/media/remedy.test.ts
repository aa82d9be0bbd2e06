// The one command for all findings of a file: its text as a table, and with FULL=1 what it makes of every sample that it
// is offered for. That needs ffmpeg, ImageMagick and qpdf.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { MediaFacts } from '../../media/facts.ts';
import { inspectMedia } from '../../media/inspect.ts';
import { composeRemedy } from '../../media/remedy.ts';
import { isFull } from '../support/extent.ts';
import { makeFolder } from '../support/temporary-folder.ts';
import { judgeNamed, samplesFolder, sourceOf, typeOf } from './byte-sources.ts';

const REENCODE = '-c:v libx264 -profile:v main -bf 0 -pix_fmt yuv420p';
const END = '-movflags +faststart "a.mended.mp4" && mv "a.mended.mp4" "a.mp4"';
const SMALLER = `ffmpeg -i "a.mp4" ${REENCODE} -b:v 5744k -maxrate 5744k -bufsize 5744k -c:a aac -b:a 128k ${END}`;
const compose = (path: string, rules: readonly string[], facts: Partial<MediaFacts> = {}) =>
  composeRemedy(
    path,
    rules.map((rule) => ({ rule })),
    { size: 1, ...facts },
  );

describe('composeRemedy', () => {
  const table: readonly (readonly [
    path: string,
    rules: readonly string[],
    facts: Partial<MediaFacts>,
    expected: string | undefined,
  ])[] = [
    ['a.mp4', ['video-moov-order'], {}, `ffmpeg -i "a.mp4" -c:v copy -c:a copy ${END}`],
    ['a.mp4', ['video-audio-codec'], {}, `ffmpeg -i "a.mp4" -c:v copy -c:a aac ${END}`],
    [
      'a.mp4',
      ['video-audio-streams', 'video-moov-order'],
      {},
      `ffmpeg -i "a.mp4" -map 0:v:0 -map 0:a:0 -c:v copy -c:a copy ${END}`,
    ],
    [
      'a.mp4',
      ['video-audio-codec', 'video-b-frames', 'video-moov-order'],
      { width: 640, height: 360 },
      `ffmpeg -i "a.mp4" ${REENCODE} -c:a aac ${END}`,
    ],
    [
      'a.mp4',
      ['video-format'],
      { width: 639, height: 360 },
      `ffmpeg -i "a.mp4" ${REENCODE} -vf "crop=trunc(iw/2)*2:trunc(ih/2)*2" -c:a aac ${END}`,
    ],
    ['a.mp4', ['video-size'], { durationSeconds: 20 }, SMALLER],
    ['a.mp4', ['video-size'], { durationSeconds: 3600 }, undefined],
    ['a.mp4', ['video-size'], {}, undefined],
    ['a.mp4', ['video-codec'], { videoCodec: 'copy-protected' }, undefined],
    ['a.mp4', ['video-moov-order', 'video-damaged'], {}, undefined],
    ['a.jpg', ['image-size'], {}, 'mogrify -auto-orient -resize "1200x>" -type TrueColor "a.jpg"'],
    [
      'a.jpg',
      ['image-colour', 'image-size', 'image-crop'],
      { colour: 'CMYK' },
      'mogrify -auto-orient -resize "1200x628^" -gravity center -extent 1200x628 -colorspace sRGB +profile icc -type TrueColor "a.jpg"',
    ],
    [
      'a.png',
      ['image-bits', 'image-reduced-colour'],
      {},
      'mogrify -auto-orient -define png:color-type=6 -depth 8 "a.png"',
    ],
    ['a.jpg', ['image-bits'], {}, undefined],
    ['a.png', ['image-crop', 'image-truncated'], {}, undefined],
    [
      'a.pdf',
      ['pdf-encrypted', 'pdf-damaged'],
      { encryption: 'restricted' },
      'qpdf --warning-exit-0 --decrypt "a.pdf" "a.mended.pdf" && mv "a.mended.pdf" "a.pdf"',
    ],
    [
      'a.pdf',
      ['pdf-damaged'],
      {},
      'qpdf --warning-exit-0 "a.pdf" "a.mended.pdf" && mv "a.mended.pdf" "a.pdf"',
    ],
    ['a.pdf', ['pdf-encrypted'], { encryption: 'password' }, undefined],
    ['a.pdf', ['pdf-encrypted'], { encryption: 'unknown' }, undefined],
    ['a.jpg', ['type'], {}, undefined],
    ['a.jpg', [], {}, undefined],
  ];
  for (const [path, rules, facts, expected] of table) {
    it(`${path} with ${rules.join(', ') || 'nothing'} ${JSON.stringify(facts)}`, () =>
      assert.equal(compose(path, rules, facts), expected));
  }

  it('has none for a file that was not looked into', () =>
    assert.equal(composeRemedy('a.jpg', [{ rule: 'image-size' }], undefined), undefined));
});

/** Names, and the word that a shell's line has for them. */
const NAMES: readonly (readonly [name: string, word: string | undefined])[] = [
  ['Sommer Aktion.jpg', '"Sommer Aktion.jpg"'],
  ["it's.jpg", `"it's.jpg"`],
  ['$HOME.jpg', "'$HOME.jpg'"],
  ['a`id`.jpg', "'a`id`.jpg'"],
  ['a\\b.jpg', "'a\\b.jpg'"],
  ['say "hi".jpg', `'say "hi".jpg'`],
  ["it's $5.jpg", `'it'\\''s $5.jpg'`],
  ['now!.jpg', "'now!.jpg'"],
  ['-rf.jpg', '"./-rf.jpg"'],
  ['whatsapp/-x.jpg', '"whatsapp/-x.jpg"'],
  ['👨‍👩‍👧 ü.jpg', '"👨‍👩‍👧 ü.jpg"'],
  ['a\nb.jpg', undefined],
  ['a\u202eb.jpg', undefined],
  ['50%.jpg', undefined],
  ['a[1].jpg', undefined],
];

describe('the name in the command', () => {
  for (const [name, word] of NAMES) {
    it(JSON.stringify(name), () =>
      assert.equal(
        compose(name, ['image-size']),
        word && `mogrify -auto-orient -resize "1200x>" -type TrueColor ${word}`,
      ),
    );
  }

  it('of a video may hold what ffmpeg takes for an address', () =>
    assert.match(
      compose('a:b [1] 50%.mp4', ['video-moov-order']) ?? '',
      /^ffmpeg -i "\.\/a:b \[1\] 50%\.mp4" /,
    ));

  it('comes to a program as it is', { skip: process.platform === 'win32' && 'no such shell' }, () => {
    for (const [name, word] of NAMES) {
      if (word === undefined) continue;
      const seen = execFileSync('sh', ['-c', `printf %s ${word}`], { encoding: 'utf8' });
      assert.equal(seen.replace(/^\.\//, ''), name);
    }
  });
});

const programs = isFull ? ['ffmpeg', 'mogrify', 'qpdf'] : [];
const missing = programs.filter((program) => spawnSync(program, ['-version']).error !== undefined);
const skip = !isFull ? 'only in the full run' : missing.length > 0 && `not installed: ${missing.join(', ')}`;

/** Samples that the programs themselves do not read: what two of them name as their codec they do not hold. */
const UNREADABLE = ['mp4-audio-mp3-as-mpeg4.mp4', 'mp4-h263.mp4', 'pdf-wrong-start-object-streams.pdf'];

/** Runs the command for a file, if there is one, and gives what is found after it. */
async function mend(folder: string, path: string): Promise<string[] | undefined> {
  const file = join(folder, path);
  const { facts, findings } = await inspectMedia(typeOf(path), sourceOf(readFileSync(file)));
  const command = composeRemedy(path, findings, facts);
  if (command === undefined) return undefined;
  execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'pipe' });
  return await judgeNamed(path, readFileSync(file));
}

describe('what the command makes', { skip }, () => {
  it('of every sample that has one is a file without a finding', async (t) => {
    const folder = makeFolder(t, {});
    const mended: string[] = [];
    const refused: string[] = [];
    const names = readdirSync(samplesFolder).filter((file) => /^[^s].*\.(jpg|png|mp4|pdf)$/.test(file));
    for (const name of names) {
      copyFileSync(join(samplesFolder, name), join(folder, name));
      try {
        const left = await mend(folder, name);
        if (left === undefined) continue;
        assert.deepEqual(left, [], name);
        mended.push(name);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        refused.push(name);
      }
    }
    assert.deepEqual(refused, UNREADABLE);
    assert.ok(mended.length >= 60, `${mended.length}`);
    t.diagnostic(`${mended.length} samples mended`);
  });

  it('of files with several findings, and of names with signs, is as good', async (t) => {
    const folder = makeFolder(t, {});
    mkdirSync(join(folder, "it's $5"));
    const several = 'it\'s $5/say "hi" `id`.mp4';
    const sources = [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=321x169:r=10:d=2',
      '-f',
      'lavfi',
      '-i',
      'sine=f=300:d=2',
    ];
    const bad = ['-c:v', 'libx264', '-pix_fmt', 'yuv444p', '-bf', '2', '-c:a', 'libmp3lame'];
    const run = (program: string, ...words: string[]) =>
      execFileSync(program, words, { cwd: folder, stdio: 'pipe' });
    run('ffmpeg', '-v', 'error', ...sources, ...bad, several);
    assert.equal((await judgeNamed(several, readFileSync(join(folder, several)))).length, 4);
    assert.deepEqual(await mend(folder, several), []);
    const noise = ['-f', 'lavfi', '-i', 'nullsrc=s=640x336:r=25:d=8,geq=random(1)*255:128:128'];
    run(
      'ffmpeg',
      '-v',
      'error',
      ...noise,
      '-c:v',
      'libx264',
      '-b:v',
      '25M',
      '-bf',
      '0',
      '-pix_fmt',
      'yuv420p',
      'large.mp4',
    );
    assert.deepEqual(await mend(folder, 'large.mp4'), []);
    const square = [
      '-size',
      '2400x2400',
      'plasma:',
      '+noise',
      'Random',
      '-colorspace',
      'CMYK',
      '-quality',
      '98',
    ];
    run('convert', ...square, 'Sommer $.jpg');
    assert.equal((await judgeNamed('a.jpg', readFileSync(join(folder, 'Sommer $.jpg')))).length, 3);
    assert.deepEqual(await mend(folder, 'Sommer $.jpg'), []);
  });
});
