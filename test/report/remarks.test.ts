// What a run remarks on that does not fail the step.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { STATUSES } from '../../src/outcome.ts';
import { describeRenewed, describeUnkept } from '../../src/report/remarks.ts';
import { makeOutcome } from '../support/outcome.ts';

describe('describeRenewed', () => {
  const renewed = ['a', 'b'].map((path) => makeOutcome(path, 'uploaded', { isRenewed: true }));
  const outcomes = [...renewed, makeOutcome('c', 'uploaded')];
  const cases = [
    [{ renewBefore: 0, maxAge: undefined }, 'set `renew-before: never`.'],
    [{ renewBefore: undefined, maxAge: 1 }, 'set no `max-age`.'],
    [{ renewBefore: 0, maxAge: 1 }, 'set `renew-before: never` and no `max-age`.'],
  ] as const;
  for (const [inputs, advice] of cases) {
    it(advice, () => {
      const remark = describeRenewed(outcomes, inputs) ?? '';
      assert.ok(
        remark.startsWith('2 assets needed another ID only because the old one had run out.'),
        remark,
      );
      assert.ok(remark.endsWith(advice), remark);
    });
  }

  it('says nothing where none was renewed', () => {
    const others = [makeOutcome('c', 'uploaded', { isRenewed: false }), makeOutcome('d', 'unchanged')];
    assert.equal(describeRenewed(others, cases[0][0]), undefined);
  });
});

describe('describeUnkept', () => {
  const describe = (status: (typeof STATUSES)[number]): string | undefined =>
    describeUnkept(
      [makeOutcome('a', 'unchanged'), makeOutcome('b', status)],
      'm.json',
      'Use `mode: commit`.',
    );

  it('where an ID was gained, and nowhere else', () => {
    assert.deepEqual(
      STATUSES.filter((status) => describe(status) !== undefined),
      ['uploaded', 'reused'],
    );
  });

  it('names the manifest and how to keep it', () => {
    assert.equal(
      describe('uploaded'),
      'The checkout held no m.json: the next run uploads again unless this file is kept. Use `mode: commit`.',
    );
  });
});
