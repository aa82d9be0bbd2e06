// The names of codecs, of sample descriptions as the parser gives them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SampleEntry } from 'mp4box';
import { audioCodecName, profileName, videoCodecName } from '../../media/mp4-codecs.ts';

/** A sample description; without an object type it has no `esds`. */
function makeEntry(type: string, objectType?: number, audioConfig?: number): SampleEntry {
  const esd = { getOTI: () => objectType, getAudioConfig: () => audioConfig };
  return { type, ...(objectType !== undefined && { esds: { esd } }) } as unknown as SampleEntry;
}

describe('a video codec', () => {
  const table: readonly (readonly [SampleEntry | undefined, name: string])[] = [
    [makeEntry('avc1'), 'H.264'],
    [makeEntry('dvh1'), 'Dolby Vision (HEVC)'],
    [makeEntry('mp4v'), 'MPEG-4 Part 2'],
    [{ ...makeEntry('mp4v'), esds: {} } as unknown as SampleEntry, 'MPEG-4 Part 2'],
    [makeEntry('mp4v', 32), 'MPEG-4 Part 2'],
    [makeEntry('mp4v', 97), 'MPEG-2'],
    [makeEntry('mp4v', 255), 'MPEG-4 Part 2'],
    [makeEntry('zzz9'), 'unknown (zzz9)'],
    [makeEntry('z<b>'), 'unknown'],
    [makeEntry('zzz99'), 'unknown'],
    [undefined, 'unknown'],
  ];
  for (const [entry, name] of table) {
    it(`${JSON.stringify(entry)}: ${name}`, () => assert.equal(videoCodecName(entry), name));
  }
});

describe('an audio codec', () => {
  const table: readonly (readonly [SampleEntry | undefined, name: string])[] = [
    [makeEntry('mp4a'), 'AAC'],
    [makeEntry('mp4a', 64), 'AAC'],
    [makeEntry('mp4a', 64, 2), 'AAC'],
    [makeEntry('mp4a', 64, 34), 'MP3'],
    [makeEntry('mp4a', 64, 36), 'MPEG-4 ALS'],
    [makeEntry('mp4a', 107, 36), 'MP3'],
    [makeEntry('mp4a', 255), 'AAC'],
    [makeEntry('ec-3'), 'Dolby Digital Plus (E-AC-3)'],
    [undefined, 'unknown'],
  ];
  for (const [entry, name] of table) {
    it(`${JSON.stringify(entry)}: ${name}`, () => assert.equal(audioCodecName(entry), name));
  }
});

describe('an H.264 profile', () => {
  for (const [indication, name] of [
    [66, 'Baseline'],
    [100, 'High'],
    [99, 'profile 99'],
  ] as const) {
    it(`${indication}: ${name}`, () => assert.equal(profileName(indication), name));
  }
});
