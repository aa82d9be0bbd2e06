// How much of a picture a header cuts off, and where.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { measureCrop } from '../../media/crop.ts';

const SIDES = 'on the left and the right';
const ENDS = 'at the top and the bottom';

describe('measureCrop', () => {
  const rows: readonly (readonly [width: number, height: number, percent: number, sides: string])[] = [
    [1910, 1000, 0, SIDES],
    [1000, 1000, 47.6, ENDS],
    [955, 1000, 50, ENDS],
    [3820, 1000, 50, SIDES],
    [1, 100_000, 100, ENDS],
  ];
  for (const [width, height, percent, sides] of rows) {
    it(`of ${width} × ${height} loses ${percent} % ${sides}`, () => {
      const crop = measureCrop(width, height);
      assert.equal(Math.round(crop.lost * 1000) / 10, percent);
      assert.deepEqual([crop.sides, crop.isWide], [sides, sides === SIDES]);
    });
  }
});
