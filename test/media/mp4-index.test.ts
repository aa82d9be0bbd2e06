// What is read box by box is what `mp4box` reads of the whole file when nothing is kept from it.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createFile, type ISOFile, Log, MP4BoxBuffer } from 'mp4box';
import { inspectMedia } from '../../media/inspect.ts';
import { profileName } from '../../media/mp4-codecs.ts';
import { readSample, samplesFolder, sourceOf } from './byte-sources.ts';
import { avc1, avcC, box, movie, track, u32 } from './crafted-mp4.ts';

/** Damaged ones, and the one whose tables are a trap for a reader that believes them. */
const UNFIT = /cut|missing|damaged|absurd|10001/;

function parseWhole(name: string): ISOFile {
  const file = createFile();
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(Uint8Array.from(readSample(name)).buffer, 0), true);
  return file;
}

Log.error = () => {};
// Before the first of them is inspected: that takes from the parser what it need not know.
const files = readdirSync(samplesFolder)
  .filter((name) => /^mp4-.*\.mp4$/.test(name) && !UNFIT.test(name))
  .map((name) => [name, parseWhole(name)] as const);

describe('index', () => {
  for (const [name, { moov, moofs }] of files) {
    it(`of ${name}`, async () => {
      const { facts } = await inspectMedia('video/mp4', sourceOf(readSample(name)));
      const of = (handler: string) => moov.traks.filter(({ mdia }) => mdia.hdlr.handler === handler);
      const shown = of('vide').filter(({ tkhd }) => (tkhd.flags & 1) === 1);
      const entries = shown.map(({ mdia }) => mdia.minf.stbl.stsd.entries[0]);
      const [main] = shown;
      const profile = (entries[0] as { avcC?: { AVCProfileIndication: number } } | undefined)?.avcC;
      const length = moov.mvhd.duration || (moov.mvex?.mehd?.fragment_duration ?? 0);
      assert.equal(facts.unchecked, undefined);
      assert.equal(facts.videoStreams, shown.length);
      assert.equal(facts.audioStreams, of('soun').length);
      assert.equal(facts.durationSeconds ?? 0, Math.round((length / moov.mvhd.timescale) * 1_000) / 1_000);
      assert.equal(facts.videoProfile, profile && profileName(profile.AVCProfileIndication));
      assert.deepEqual(
        [facts.width ?? 0, facts.height ?? 0].toSorted(),
        [(main?.tkhd.width ?? 0) / 65_536, (main?.tkhd.height ?? 0) / 65_536].map(Math.round).toSorted(),
      );
      if (moofs.length === 0) {
        const orders = shown.map(({ mdia }) => new Set(mdia.minf.stbl.ctts?.sample_offsets).size);
        assert.equal(
          facts.bFrames ?? false,
          orders.some((offsets) => offsets > 1),
        );
      }
    });
  }
});

describe('the length of a file that states none in its header', () => {
  /** A movie of no length with these boxes at the end of its index. */
  const withoutLength = (...boxes: readonly Buffer[]): Buffer => {
    const header = box('mvhd', Buffer.alloc(12), u32(1000), u32(0), Buffer.alloc(80));
    const index = box('moov', header, track('vide', avc1(avcC())), ...boxes);
    return Buffer.concat([box('ftyp', 'isom', u32(0), 'isom'), index, box('mdat', 'x'.repeat(8))]);
  };
  const rows: Readonly<Record<string, readonly [file: Buffer, seconds: number | undefined]>> = {
    'nor elsewhere': [withoutLength(), undefined],
    'nor among what fragments need': [withoutLength(box('mvex', box('trex', Buffer.alloc(20)))), undefined],
    'but for its fragments': [withoutLength(box('mvex', box('mehd', u32(0), u32(5000)))), 5],
  };
  for (const [name, [file, seconds]] of Object.entries(rows)) {
    it(name, async () => {
      const { facts, findings } = await inspectMedia('video/mp4', sourceOf(file));
      assert.deepEqual(findings, []);
      assert.equal(facts.durationSeconds, seconds);
    });
  }
});

describe('an index is damaged', () => {
  const size = Buffer.from('0140000000a80000', 'hex');
  const withDescriptions = (...content: readonly Buffer[]): Buffer =>
    movie(
      box(
        'trak',
        box('tkhd', u32(1), Buffer.alloc(72), size),
        box(
          'mdia',
          box('hdlr', Buffer.alloc(8), 'vide', Buffer.alloc(13)),
          box('minf', box('stbl', box('stsd', u32(0), ...content))),
        ),
      ),
    );
  const rows: Readonly<Record<string, Buffer>> = {
    'that goes on behind its last box': movie(track('vide', avc1(avcC())), Buffer.alloc(9)),
    'without a sample description': withDescriptions(u32(0)),
    'whose list of descriptions is cut': withDescriptions(),
    'whose description is cut': withDescriptions(u32(1), box('avc1', Buffer.alloc(5))),
  };
  for (const [name, file] of Object.entries(rows)) {
    it(name, async () => {
      const { facts, findings } = await inspectMedia('video/mp4', sourceOf(file));
      assert.equal(facts.unchecked, 'its index (moov) is damaged');
      assert.deepEqual(
        findings.map(({ level }) => level),
        ['warning'],
      );
    });
  }
});
