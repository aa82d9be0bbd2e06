// How each step of a plan ended.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  concludeRun,
  concludeUnplanned,
  findFailures,
  groupOutcomes,
  isChangedPicture,
  listRunChanges,
  type Outcome,
  type UploadEndings,
  withStatus,
} from '../src/outcome.ts';
import type { PlanStep } from '../src/plan.ts';
import { makeAsset } from './support/asset.ts';
import { makeEntry } from './support/manifest-entry.ts';
import { makeOutcome } from './support/outcome.ts';

const asset = (path: string, content = path): ReturnType<typeof makeAsset> => makeAsset(path, content);
/** A published entry of the content of an asset. */
const entryFor = (path: string, id: string): ReturnType<typeof makeEntry> =>
  makeEntry({ id, sha256: asset(path).sha256 });
const entry = entryFor('keep', '4:known');
const upload = (path: string, reason: 'new' | 'changed' = 'new'): PlanStep => ({
  action: 'upload',
  path,
  asset: asset(path),
  reason,
});
const steps: readonly PlanStep[] = [
  { action: 'keep', path: 'keep', asset: asset('keep'), entry },
  { action: 'reject', path: 'reject', findings: [{ rule: 'r', level: 'error', message: 'm' }] },
  { action: 'remove', path: 'remove' },
  {
    action: 'reuse',
    path: 'reuse',
    asset: asset('reuse', 'keep'),
    reason: 'changed',
    from: { path: 'keep', entry },
  },
  upload('sent'),
  upload('failed', 'changed'),
  upload('left'),
  upload('absent'),
  { action: 'reuse', path: 'with sent', asset: asset('x', 'sent'), reason: 'new', from: { path: 'sent' } },
  {
    action: 'reuse',
    path: 'with failed',
    asset: asset('x', 'failed'),
    reason: 'new',
    from: { path: 'failed' },
  },
  {
    action: 'reuse',
    path: 'with absent',
    asset: asset('x', 'absent'),
    reason: 'new',
    from: { path: 'absent' },
  },
];
const endings: UploadEndings = new Map([
  ['sent', { entry: entryFor('sent', '4:fresh') }],
  ['failed', { failure: 'NXCloud said no' }],
]);

const show = ({ path, status, reason, entry, isChanged }: Outcome): string =>
  [path, status, reason, entry?.id ?? '', isChanged ? 'changed' : ''].join(' | ').replace(/( \| )+$/, '');

describe('concludeRun', () => {
  it('tells what became of each step', () => {
    assert.deepEqual(concludeRun(steps, endings, false).map(show), [
      'keep | unchanged |  | 4:known',
      'reject | invalid',
      'remove | removed | the file is gone',
      'reuse | reused | content changed: same content as keep | 4:known | changed',
      'sent | uploaded | new | 4:fresh',
      'failed | pending | NXCloud said no |  | changed',
      'left | pending | new: not reached',
      'absent | pending | new: not reached',
      'with sent | reused | new: same content as sent | 4:fresh',
      'with failed | pending | new: waits for the upload of failed',
      'with absent | pending | new: waits for the upload of absent',
    ]);
  });

  it('in check nothing was done: all that would be is pending', () => {
    const kept = steps.filter(({ action }) => action !== 'remove');
    assert.deepEqual(concludeRun(kept, new Map(), true).map(show), [
      'keep | unchanged |  | 4:known',
      'reject | invalid',
      'reuse | pending | content changed: will take over the ID of keep |  | changed',
      'sent | pending | new: will be uploaded',
      'failed | pending | content changed: will be uploaded |  | changed',
      'left | pending | new: will be uploaded',
      'absent | pending | new: will be uploaded',
      'with sent | pending | new: will take over the ID of sent',
      'with failed | pending | new: will take over the ID of failed',
      'with absent | pending | new: will take over the ID of absent',
    ]);
  });

  it('what only time asks for is marked as such', () => {
    const step = { action: 'upload', path: 'a', asset: asset('a') } as const;
    for (const isRenewal of [true, false]) {
      const [outcome] = concludeRun([{ ...step, reason: 'expired', isRenewal }], new Map(), true);
      assert.equal(outcome?.isRenewed, isRenewal);
    }
  });

  it('a removal that the branch has undone is superseded', () => {
    const removals = [
      { action: 'remove', path: 'gone' },
      { action: 'remove', path: 'renewed' },
    ] as const;
    const manifest = new Map([['renewed', entryFor('renewed', '4:theirs')]]);
    const outcomes = concludeRun(removals, new Map(), false, { manifest, superseded: new Map() });
    assert.deepEqual(
      outcomes.map(({ path, status }) => [path, status]),
      [
        ['gone', 'removed'],
        ['renewed', 'superseded'],
      ],
    );
  });

  it('what the branch has moved past is superseded', () => {
    const superseded = new Map([['sent', 'the branch holds another file']]);
    const known = concludeRun(steps, endings, false).flatMap(({ path, entry }) =>
      entry === undefined ? [] : [[path, entry.id] as const],
    );
    const content: Readonly<Record<string, string>> = { reuse: 'keep', 'with sent': 'sent' };
    const manifest = new Map(known.map(([path, id]) => [path, entryFor(content[path] ?? path, id)]));
    const outcomes = concludeRun(steps, endings, false, { manifest, superseded });
    assert.deepEqual(withStatus(outcomes, 'superseded').map(show), [
      'sent | superseded | the branch holds another file | 4:fresh',
    ]);
    assert.equal(withStatus(outcomes, 'uploaded').length, 0);
    assert.equal(withStatus(outcomes, 'superseded')[0]?.done, 'uploaded');
  });

  it('what is published decides which ID is current', () => {
    const published = { manifest: new Map([['sent', entryFor('sent', '4:theirs')]]), superseded: new Map() };
    const outcomes = concludeRun(steps, endings, false, published);
    assert.equal(outcomes.find(({ path }) => path === 'sent')?.entry?.id, '4:theirs');
    const dropped = withStatus(outcomes, 'superseded');
    assert.ok(dropped.length > 0 && dropped.every(({ reason }) => reason === 'the branch dropped its entry'));
  });

  describe('an ID that was published for something else is not the asset’s', () => {
    const cases = {
      'another content': { sha256: 'cd'.repeat(32) },
      'another type': { type: 'image/png' },
      'another target': { target: '0123456789abcdef' },
    } as const;
    for (const [name, overrides] of Object.entries(cases)) {
      it(name, () => {
        const published = {
          manifest: new Map([['keep', { ...entryFor('keep', '4:theirs'), ...overrides }]]),
          superseded: new Map(),
        };
        const [kept] = concludeRun(steps, endings, false, published);
        assert.deepEqual(
          [kept?.status, kept?.reason],
          ['superseded', 'the branch has the entry of another version'],
        );
      });
    }
  });

  it('before anything is planned, what is not known to be invalid is pending', () => {
    const { path, type, file, isLink } = asset('unread');
    const warning = { rule: 'r', level: 'warning', message: 'm' } as const;
    const found = [
      { path: 'unusable', reason: 'a link' },
      { path, type, file, isLink },
      { ...asset('judged'), findings: [warning] },
      { ...asset('broken'), findings: [warning, { ...warning, level: 'error' as const }] },
    ];
    const outcomes = concludeUnplanned(found);
    assert.deepEqual(outcomes.map(show), [
      'broken | invalid',
      'judged | pending | not reached',
      'unread | pending | not reached',
      'unusable | invalid',
    ]);
    assert.deepEqual(
      outcomes.map(({ findings }) => findings.length),
      [2, 1, 0, 1],
    );
  });

  it('keeps the findings of assets and of what was rejected', () => {
    const [rejected] = withStatus(concludeRun(steps, endings, false), 'invalid');
    assert.deepEqual(rejected?.findings, [{ rule: 'r', level: 'error', message: 'm' }]);
  });
});

describe('listRunChanges', () => {
  it('each current asset has its entry, a removal has none; only what was kept was not made', () => {
    const { changes, made } = listRunChanges(steps, endings);
    assert.deepEqual(
      [...changes].map(([path, change]) => [path, change?.id]),
      [
        ['keep', '4:known'],
        ['remove', undefined],
        ['reuse', '4:known'],
        ['sent', '4:fresh'],
        ['with sent', '4:fresh'],
      ],
    );
    assert.deepEqual([...made], ['remove', 'reuse', 'sent', 'with sent']);
  });
});

describe('findFailures', () => {
  const both = [makeOutcome('a', 'invalid'), makeOutcome('b', 'pending'), makeOutcome('c', 'pending')];
  const cases: readonly (readonly [string, readonly Outcome[], boolean, boolean, string[]])[] = [
    ['nothing of the kind', [makeOutcome('a', 'uploaded')], false, false, []],
    ['invalid and pending', both, false, false, ['1 asset invalid.', '2 assets pending.']],
    ['what is pending in check', both, true, false, ['1 asset invalid.']],
    [
      'what is pending in a check that asks for all',
      both,
      true,
      true,
      ['1 asset invalid.', '2 assets pending, and `require-current` is true.'],
    ],
  ];
  for (const [name, outcomes, isCheck, requireCurrent, expected] of cases) {
    it(name, () => {
      const failures = findFailures(outcomes, isCheck, requireCurrent);
      assert.deepEqual(
        failures.map(({ message }) => message),
        expected,
      );
    });
  }
});

it('a changed picture is one that stands where another content stood', () => {
  const video = { asset: makeAsset('a', 'a', { type: 'video/mp4' }) };
  assert.ok(isChangedPicture(makeOutcome('a', 'uploaded', { isChanged: true })));
  assert.ok(!isChangedPicture(makeOutcome('a', 'uploaded', { isChanged: true, ...video })));
  assert.ok(!isChangedPicture(makeOutcome('a', 'uploaded')));
  assert.ok(!isChangedPicture(makeOutcome('a', 'removed', { isChanged: true })));
});

describe('groupOutcomes', () => {
  it('counts what passes with a warning twice, after what is invalid, and leaves out empty groups', () => {
    const findings = [{ rule: 'r', level: 'warning', message: 'm' }] as const;
    const groups = groupOutcomes([
      makeOutcome('a', 'unchanged', { findings }),
      makeOutcome('b', 'invalid', { findings }),
      makeOutcome('c', 'pending'),
    ]);
    assert.deepEqual(
      groups.map(([kind, members]) => `${kind}: ${members.map(({ path }) => path).join()}`),
      ['invalid: b', 'warned: a', 'pending: c', 'unchanged: a'],
    );
  });
});
