// The words in which a plan and its counts are told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanStep, UploadReason } from '../../src/plan.ts';
import { describeCounts, describePlan } from '../../src/report/words.ts';
import { makeAsset } from '../support/asset.ts';
import { makeOutcome } from '../support/outcome.ts';

function makeUpload(reason: UploadReason): PlanStep {
  return { action: 'upload', path: 'a.png', asset: makeAsset('a.png'), reason };
}

const plans: Readonly<Record<string, readonly [steps: readonly PlanStep[], words: string]>> = {
  nothing: [[], 'nothing to do'],
  'one reason': [[makeUpload('new'), makeUpload('new')], '2 to upload (new)'],
  'several reasons': [
    [makeUpload('changed'), makeUpload('new'), makeUpload('changed')],
    '3 to upload (2 content changed, 1 new)',
  ],
  'a reason of several words': [[makeUpload('other-target')], '1 to upload (other account, number or host)'],
  'other steps, without zeros': [
    [
      { action: 'remove', path: 'b.png' },
      { action: 'reject', path: 'c.png', findings: [] },
    ],
    '1 invalid, 1 to remove',
  ],
};

for (const [name, [steps, words]] of Object.entries(plans)) {
  test(`tells a plan with ${name}`, () => {
    assert.equal(describePlan(steps), words);
  });
}

test('counts as removed only what is', () => {
  const outcomes = [makeOutcome('a.png', 'removed'), makeOutcome('b.png', 'unchanged')];
  assert.equal(describeCounts(outcomes), '1 removed, 1 unchanged');
  assert.equal(describeCounts(outcomes, true), '1 to remove, 1 unchanged');
});
