// Mutated samples: judging always ends within its bounds, whatever the bytes are.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MEDIA_TYPES } from '../../media/facts.ts';
import { inspectMedia } from '../../media/inspect.ts';
import { sniffMedia } from '../../media/sniff.ts';
import { readSample, samplesFolder, sourceOf, typeOf } from './byte-sources.ts';

const SEED = 20_261_123;
const RUNS = process.env.FULL === '1' ? 5_000 : 250;
const LIMIT = 2 * 1_048_576;

/** A change of some bytes; places are shares of the length, so that they suit every sample. */
type Mutation = (bytes: Buffer) => Buffer;

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (bytes: Buffer, place: number) => Math.floor(place * bytes.length);

const flip = fc.tuple(share, fc.integer({ min: 1, max: 255 })).map(
  ([place, mask]): Mutation =>
    (bytes) => {
      const changed = Buffer.from(bytes);
      const position = at(bytes, place);
      changed[position] = (changed[position] ?? 0) ^ mask;
      return changed;
    },
);
/** Lengths and counts are numbers of four bytes; the interesting ones are at the ends. */
const overwrite = fc
  .tuple(share, fc.constantFrom('00000000', '00000001', '7fffffff', '80000000', 'ffffffff', 'ffd9ffda'))
  .map(
    ([place, hex]): Mutation =>
      (bytes) => {
        const changed = Buffer.from(bytes);
        changed.set(Buffer.from(hex, 'hex').subarray(0, bytes.length - at(bytes, place)), at(bytes, place));
        return changed;
      },
  );
const truncate = share.map(
  (place): Mutation =>
    (bytes) =>
      bytes.subarray(0, at(bytes, place)),
);
const remove = fc.tuple(share, fc.integer({ min: 1, max: 64 })).map(
  ([place, length]): Mutation =>
    (bytes) =>
      Buffer.concat([bytes.subarray(0, at(bytes, place)), bytes.subarray(at(bytes, place) + length)]),
);
/** Puts one part of the file where another is. */
const splice = fc.tuple(share, share, fc.integer({ min: 1, max: 4_096 })).map(
  ([from, to, length]): Mutation =>
    (bytes) => {
      const piece = bytes.subarray(at(bytes, from), at(bytes, from) + length);
      return Buffer.concat([bytes.subarray(0, at(bytes, to)), piece, bytes.subarray(at(bytes, to))]);
    },
);
const mutations = fc.array(fc.oneof(flip, overwrite, truncate, remove, splice), {
  minLength: 1,
  maxLength: 4,
});

describe('mutated samples', () => {
  for (const type of MEDIA_TYPES) {
    // The largest samples say nothing the others do not, and cost most of the time.
    const seeds = readdirSync(samplesFolder)
      .filter(
        (name) => /\.(jpg|png|mp4|pdf)$/.test(name) && !name.startsWith('sniff-') && typeOf(name) === type,
      )
      .map(readSample)
      .filter((bytes) => bytes.length < 40_000);

    it(`${type}: judged within bounds`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...seeds), mutations, async (seed, changes) => {
          const source = sourceOf(changes.reduce((bytes, change) => change(bytes), seed));
          sniffMedia(source);
          const { facts, findings } = await inspectMedia(type, source);
          assert.ok(source.bytesRead <= LIMIT, `${source.bytesRead} bytes were read`);
          assert.equal(facts.size, source.size);
          assert.deepEqual(JSON.parse(JSON.stringify(facts)), facts, 'facts are plain data');
          for (const { message } of findings) assert.match(message, /^\P{Cc}+$/u);
        }),
        { seed: SEED, numRuns: RUNS, endOnFailure: true },
      );
    });
  }
});
