// What annotations say of assets before anything is uploaded, and what a run remarks on that does not fail the step.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding } from '../../src/assets/judge.ts';
import { STATUSES } from '../../src/outcome.ts';
import type { PlanStep } from '../../src/plan.ts';
import {
  describeRenewed,
  describeSkipped,
  describeUnkept,
  listAnnotations,
} from '../../src/report/remarks.ts';
import { makeAsset } from '../support/asset.ts';
import { makeEntry } from '../support/manifest-entry.ts';
import { makeOutcome } from '../support/outcome.ts';

const late: Finding = { rule: 'video-moov-order', level: 'warning', message: 'late' };
const wrong: Finding = { rule: 'video-codec', level: 'error', message: 'wrong codec' };
const damaged: Finding = { rule: 'video-damaged', level: 'error', message: 'damaged' };

function makeVideo(findings: readonly Finding[]): ReturnType<typeof makeAsset> {
  return makeAsset('a.mp4', 'a', {
    type: 'video/mp4',
    findings,
    facts: { size: 1, width: 640, height: 360 },
  });
}

describe('listAnnotations', () => {
  const path = 'a.mp4';
  const upload = { action: 'upload', path, asset: makeVideo([late]), reason: 'new' } as const;
  const from = { path: 'b.mp4' };
  const command = 'late; or run `ffmpeg …`';
  const unused = 'the ID in the manifest names another content, so it is not used';
  const cases: readonly (readonly [string, PlanStep, string[]])[] = [
    ['what is due has its findings', upload, [`warning: ${command}`]],
    [
      'one command for all findings, at the end of the last',
      { action: 'reject', path, asset: makeVideo([wrong, late]), findings: [wrong, late] },
      ['error: wrong codec', `warning: ${command}`],
    ],
    [
      'no command where one finding cannot be mended',
      { action: 'reject', path, asset: makeVideo([damaged, late]), findings: [damaged, late] },
      ['error: damaged', 'warning: late'],
    ],
    [
      'without an asset there is no command',
      { action: 'reject', path, findings: [damaged] },
      ['error: damaged'],
    ],
    [
      'an ID of another content',
      { ...upload, asset: makeVideo([]), reason: 'mismatch' },
      [`warning: ${unused}`],
    ],
    [
      'the same where its ID is taken over',
      { ...upload, action: 'reuse', asset: makeVideo([late]), reason: 'mismatch', from },
      [`warning: ${command}`, `warning: ${unused}`],
    ],
    [
      'what is unchanged was told of before',
      { action: 'keep', path, asset: makeVideo([late]), entry: makeEntry() },
      [],
    ],
    ['a removal has no findings', { action: 'remove', path }, []],
  ];
  for (const [name, step, expected] of cases) {
    it(name, () => {
      const said = listAnnotations(step).map(({ level, message }) => `${level}: ${message}`);
      assert.deepEqual(
        said.map((text) => text.replace(/`ffmpeg .*`/, '`ffmpeg …`')),
        expected,
      );
    });
  }
});

describe('describeSkipped', () => {
  it('counts all, and names the first of each kind', () => {
    const skipped = [
      { path: 'linked\n', what: 'Linked folders' },
      { path: 'README.md', what: '' },
      { path: 'x.json', what: '' },
      { path: 'y.json', what: '' },
    ];
    assert.equal(
      describeSkipped(skipped),
      '4 matched files are no assets and were skipped: README.md and 2 more. Linked folders: linked\\u000a.',
    );
    const [linked, plain] = skipped.map((item) => describeSkipped([item]));
    assert.equal(linked, '1 matched file is no asset and was skipped. Linked folders: linked\\u000a.');
    assert.equal(plain, '1 matched file is no asset and was skipped: README.md.');
  });
});

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
