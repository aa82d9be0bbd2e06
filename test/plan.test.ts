// The plan: which entries are current, what becomes of each asset, and what holds for every plan.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Asset } from '../src/assets/judge.ts';
import type { Manifest, ManifestEntry } from '../src/manifest/manifest.ts';
import {
  findUploadReason,
  listOtherTargets,
  type PlanInput,
  type PlanStep,
  planUploads,
  replaceUploaders,
} from '../src/plan.ts';
import { makeAsset } from './support/asset.ts';
import { makeEntry } from './support/manifest-entry.ts';
import { triesOf } from './support/extent.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');
const HOUR = 3_600_000;
const TARGET = '9f0c2b7a51de4c88';
const OTHER_TARGET = '0000000000000000';

const at = (hours: number): string => new Date(NOW + hours * HOUR).toISOString();
const stating = (hours: number): string => `4:x:y:z:e:${(NOW + hours * HOUR) / 1000}:1:z`;
const naming = (sha256: string): string =>
  `4:${Buffer.from(`${sha256.slice(0, 16)}.jpg`).toString('base64')}:x:z`;

function makeInput(overrides: Partial<PlanInput> = {}): PlanInput {
  return {
    assets: [],
    rejected: [],
    manifests: [],
    removals: [],
    force: false,
    target: TARGET,
    now: NOW,
    maxAge: undefined,
    renewBefore: 0,
    ...overrides,
  };
}

/** The entry that an asset has when it is current. */
function entryOf(asset: Asset, overrides: Partial<ManifestEntry> = {}): ManifestEntry {
  const { sha256, size, type } = asset;
  return makeEntry({ sha256, size, type, uploadedAt: at(-24), ...overrides });
}

const describeStep = (step: PlanStep): string => {
  if (step.action === 'upload') return `${step.path}: upload (${step.reason})`;
  if (step.action === 'reuse') return `${step.path}: reuse ${step.from.path} (${step.reason})`;
  return `${step.path}: ${step.action}`;
};

describe('findUploadReason', () => {
  const asset = makeAsset('a.jpg');
  const other = makeAsset('b.jpg');
  type Row = readonly [
    name: string,
    entry: Partial<ManifestEntry> | undefined,
    rules: Partial<PlanInput>,
    reason: string | undefined,
  ];
  const rows: readonly Row[] = [
    ['no entry', undefined, {}, 'new'],
    ['the same in everything', {}, {}, undefined],
    ['another hash', { sha256: other.sha256 }, {}, 'changed'],
    ['another type', { type: 'image/png' }, {}, 'changed'],
    ['another size alone is no change', { size: 1 }, {}, undefined],
    ['another target', { target: OTHER_TARGET }, {}, 'other-target'],
    ['another target that is not judged', { target: OTHER_TARGET }, { target: undefined }, undefined],
    ['an ID that names this content', { id: naming(asset.sha256) }, {}, undefined],
    ['an ID that names another content', { id: naming(other.sha256) }, {}, 'mismatch'],
    [
      'an ID whose second line does',
      { id: `${naming(asset.sha256)}\n${naming(other.sha256)}` },
      {},
      'mismatch',
    ],
    [
      'an ID that names a file of another form',
      { id: `4:${Buffer.from('a.jpg').toString('base64')}:x:z` },
      {},
      undefined,
    ],

    [
      'changed comes before all',
      { sha256: other.sha256, target: OTHER_TARGET, id: stating(-1) },
      {},
      'changed',
    ],
    ['target before mismatch', { target: OTHER_TARGET, id: naming(other.sha256) }, {}, 'other-target'],
    ['mismatch before expiry', { id: naming(other.sha256), expiresAt: at(-1) }, {}, 'mismatch'],

    ['uploaded in the far future', { uploadedAt: at(24.1) }, {}, 'expired'],
    ['uploaded in the near future', { uploadedAt: at(23.9) }, {}, undefined],
    ['expired by the entry', { expiresAt: at(-1) }, {}, 'expired'],
    ['expired at this moment', { expiresAt: at(0) }, {}, 'expired'],
    ['not yet expired by the entry', { expiresAt: at(1 / 3600) }, {}, undefined],
    ['expired by the ID', { id: stating(-1) }, {}, 'expired'],
    ['not yet expired by the ID', { id: stating(1) }, {}, undefined],
    ['the earliest line of the ID counts', { id: `${stating(48)}\n${stating(-1)}` }, {}, 'expired'],
    ['the ID says earlier than the entry', { id: stating(-1), expiresAt: at(48) }, {}, 'expired'],
    ['the entry says earlier than the ID', { id: stating(48), expiresAt: at(-1) }, {}, 'expired'],
    ['never ignores both', { id: stating(-1), expiresAt: at(-1) }, { renewBefore: undefined }, undefined],

    // Lifetime of these: from 24 hours ago to `expiresAt`.
    ['within renew-before', { expiresAt: at(5) }, { renewBefore: 6 * HOUR }, 'expired'],
    ['at renew-before', { expiresAt: at(6) }, { renewBefore: 6 * HOUR }, 'expired'],
    ['before renew-before', { expiresAt: at(7) }, { renewBefore: 6 * HOUR }, undefined],
    [
      'renew-before is half of the lifetime at most',
      { expiresAt: at(25) },
      { renewBefore: 720 * HOUR },
      undefined,
    ],
    ['past half of the lifetime', { expiresAt: at(24) }, { renewBefore: 720 * HOUR }, 'expired'],
    ['an expiry before the upload', { expiresAt: at(-48) }, { renewBefore: HOUR }, 'expired'],
    [
      'an upload in the future',
      { uploadedAt: at(2), expiresAt: at(1) },
      { renewBefore: 3 * HOUR },
      undefined,
    ],

    ['at max-age', { uploadedAt: at(-72) }, { maxAge: 72 * HOUR }, undefined],
    ['over max-age', { uploadedAt: at(-72.01) }, { maxAge: 72 * HOUR }, 'expired'],
    [
      'over max-age with never',
      { uploadedAt: at(-73) },
      { maxAge: 72 * HOUR, renewBefore: undefined },
      'expired',
    ],
    ['no max-age', { uploadedAt: '1999-01-01T00:00:00Z' }, {}, undefined],
  ];
  for (const [name, entry, rules, reason] of rows) {
    it(name, () => {
      const found = findUploadReason(asset, entry && entryOf(asset, entry), { ...makeInput(), ...rules });
      assert.equal(found, reason);
    });
  }
});

describe('planUploads', () => {
  const a = makeAsset('a.jpg', '1');
  const copy = makeAsset('b.jpg', '1');
  const other = makeAsset('c.jpg', '2');
  const pointer = makeAsset('p.jpg', '1', { isLfsPointer: true });
  const bad = makeAsset('x.jpg', '1', { findings: [{ rule: 'r', level: 'error', message: 'm' }] });
  const warned = makeAsset('w.jpg', '1', { findings: [{ rule: 'r', level: 'warning', message: 'm' }] });
  const asPng = makeAsset('b.png', '1', { type: 'image/png' });
  const manifestOf = (...pairs: readonly (readonly [string, ManifestEntry])[]): Manifest => new Map(pairs);
  type Row = readonly [name: string, input: Partial<PlanInput>, steps: readonly string[]];
  const rows: readonly Row[] = [
    ['nothing', {}, []],
    [
      'a first run uploads each content once',
      { assets: [copy, other, a] },
      ['a.jpg: upload (new)', 'b.jpg: reuse a.jpg (new)', 'c.jpg: upload (new)'],
    ],
    [
      'the same content as another type is another upload',
      { assets: [a, asPng] },
      ['a.jpg: upload (new)', 'b.png: upload (new)'],
    ],
    [
      'a current entry is kept',
      { assets: [a], manifests: [manifestOf(['a.jpg', entryOf(a)])] },
      ['a.jpg: keep'],
    ],
    [
      'a rename costs nothing',
      { assets: [copy], removals: ['a.jpg'], manifests: [manifestOf(['a.jpg', entryOf(a)])] },
      ['a.jpg: remove', 'b.jpg: reuse a.jpg (new)'],
    ],
    [
      'a copy over another file costs nothing',
      { assets: [a, copy], manifests: [manifestOf(['a.jpg', entryOf(a)], ['b.jpg', entryOf(other)])] },
      ['a.jpg: keep', 'b.jpg: reuse a.jpg (changed)'],
    ],
    [
      'an expired one of two takes over the other ID',
      {
        assets: [a, copy],
        manifests: [manifestOf(['a.jpg', entryOf(a, { expiresAt: at(-1) })], ['b.jpg', entryOf(a)])],
      },
      ['a.jpg: reuse b.jpg (expired)', 'b.jpg: keep'],
    ],
    [
      'entries of other targets are no source',
      { assets: [copy], manifests: [manifestOf(['a.jpg', entryOf(a, { target: OTHER_TARGET })])] },
      ['b.jpg: upload (new)'],
    ],
    [
      'the source that lasts longest is taken',
      {
        assets: [copy],
        manifests: [
          manifestOf(
            ['1.jpg', entryOf(a, { expiresAt: at(1) })],
            ['2.jpg', entryOf(a, { expiresAt: at(3) })],
            ['3.jpg', entryOf(a, { expiresAt: at(2) })],
          ),
        ],
      },
      ['b.jpg: reuse 2.jpg (new)'],
    ],
    [
      'one without an expiry lasts longest',
      {
        assets: [copy],
        manifests: [manifestOf(['1.jpg', entryOf(a, { expiresAt: at(999) })], ['2.jpg', entryOf(a)])],
      },
      ['b.jpg: reuse 2.jpg (new)'],
    ],
    [
      'among equals the newest is taken',
      {
        assets: [copy],
        manifests: [
          manifestOf(
            ['1.jpg', entryOf(a)],
            ['2.jpg', entryOf(a, { uploadedAt: at(-1) })],
            ['3.jpg', entryOf(a)],
          ),
        ],
      },
      ['b.jpg: reuse 2.jpg (new)'],
    ],
    [
      'among equal ages the first by path is taken',
      { assets: [copy], manifests: [manifestOf(['2.jpg', entryOf(a)], ['1.jpg', entryOf(a)])] },
      ['b.jpg: reuse 1.jpg (new)'],
    ],

    [
      'force uploads all, each content once',
      {
        assets: [a, copy, other],
        force: true,
        manifests: [manifestOf(['a.jpg', entryOf(a)], ['c.jpg', entryOf(a)])],
      },
      ['a.jpg: upload (forced)', 'b.jpg: reuse a.jpg (new)', 'c.jpg: upload (changed)'],
    ],

    [
      'what is current in either manifest is kept',
      {
        assets: [a, other],
        manifests: [manifestOf(['a.jpg', entryOf(a)]), manifestOf(['c.jpg', entryOf(other)])],
      },
      ['a.jpg: keep', 'c.jpg: keep'],
    ],
    [
      'the reason is told by the first manifest that has the path',
      {
        assets: [a],
        manifests: [
          manifestOf(['a.jpg', entryOf(a, { target: OTHER_TARGET })]),
          manifestOf(['a.jpg', entryOf(other)]),
        ],
      },
      ['a.jpg: upload (other-target)'],
    ],

    [
      'an invalid asset is rejected, whatever the manifest says',
      { assets: [bad], manifests: [manifestOf(['x.jpg', entryOf(bad)])] },
      ['x.jpg: reject'],
    ],
    ['an invalid asset is nobody’s source', { assets: [bad, a] }, ['a.jpg: upload (new)', 'x.jpg: reject']],
    ['a warning holds nothing back', { assets: [warned] }, ['w.jpg: upload (new)']],
    [
      'what could not be judged is rejected',
      { rejected: [{ path: 'z.jpg', reason: 'it is a folder' }] },
      ['z.jpg: reject'],
    ],

    [
      'an unchanged pointer is kept',
      { assets: [pointer], manifests: [manifestOf(['p.jpg', entryOf(pointer)])] },
      ['p.jpg: keep'],
    ],
    [
      'a pointer takes over a current ID',
      { assets: [pointer], manifests: [manifestOf(['a.jpg', entryOf(a)])] },
      ['p.jpg: reuse a.jpg (new)'],
    ],
    [
      'a pointer takes over the ID of its content in the run',
      { assets: [pointer, copy] },
      ['b.jpg: upload (new)', 'p.jpg: reuse b.jpg (new)'],
    ],
    ['a pointer whose content is needed is rejected', { assets: [pointer] }, ['p.jpg: reject']],
    [
      'an expired pointer is rejected',
      { assets: [pointer], manifests: [manifestOf(['p.jpg', entryOf(pointer, { expiresAt: at(-1) })])] },
      ['p.jpg: reject'],
    ],
    [
      'a pointer to an invalid file’s content is rejected',
      { assets: [pointer, bad] },
      ['p.jpg: reject', 'x.jpg: reject'],
    ],
    [
      'a forced pointer is rejected',
      { assets: [pointer], force: true, manifests: [manifestOf(['p.jpg', entryOf(pointer)])] },
      ['p.jpg: reject'],
    ],
  ];
  for (const [name, input, steps] of rows) {
    it(name, () => assert.deepEqual(planUploads(makeInput(input)).map(describeStep), steps));
  }

  it('names the remedy for a pointer', () => {
    const [step] = planUploads(makeInput({ assets: [pointer] }));
    assert.ok(step?.action === 'reject');
    assert.deepEqual(
      step.findings.map(({ rule, level }) => [rule, level]),
      [['lfs-pointer', 'error']],
    );
    assert.match(step.findings[0]?.message ?? '', /`lfs: true`.*`git lfs pull`/);
  });
});

const path = fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__', 'constructor');
const content = fc.constantFrom('1', '2', '3');
const type = fc.constantFrom('image/jpeg', 'image/png');
const asset = fc
  .record({
    path,
    content,
    type,
    isLfsPointer: fc.boolean(),
    level: fc.constantFrom('none', 'none', 'warning', 'error'),
  })
  .map(({ path, content, type, isLfsPointer, level }) =>
    makeAsset(path, content, {
      type,
      isLfsPointer,
      findings: level === 'warning' || level === 'error' ? [{ rule: 'r', level, message: 'm' }] : [],
    }),
  );
const assets = fc.uniqueArray(asset, { selector: ({ path }) => path, maxLength: 6 });
const hours = fc.integer({ min: -60, max: 60 });
const entry = fc
  .record({
    content,
    type,
    age: hours,
    expiry: fc.option(hours),
    target: fc.constantFrom(TARGET, TARGET, OTHER_TARGET),
    id: fc.constantFrom('4:x', stating(1), stating(-1)),
  })
  .map(({ content, type, age, expiry, target, id }): ManifestEntry => {
    const base = entryOf(makeAsset('x', content, { type }), { target, id, uploadedAt: at(age) });
    return expiry === null ? base : { ...base, expiresAt: at(expiry) };
  });
const manifest = fc.array(fc.tuple(path, entry), { maxLength: 6 }).map((pairs): Manifest => new Map(pairs));
const input = fc
  .record({
    assets,
    manifests: fc.array(manifest, { maxLength: 2 }),
    force: fc.boolean(),
    target: fc.constantFrom(TARGET, undefined),
    maxAge: fc.constantFrom(undefined, HOUR, 30 * HOUR),
    renewBefore: fc.constantFrom(undefined, 0, 10 * HOUR),
    rejected: fc.constantFrom([], [{ path: 'rejected', reason: 'x' }]),
  })
  .map((record): PlanInput => {
    const present = new Set(record.assets.map((asset) => asset.path));
    const removals = [...(record.manifests.at(-1)?.keys() ?? [])].filter((path) => !present.has(path));
    return makeInput({ ...record, removals });
  });
const runs = { seed: 6, numRuns: triesOf(2000) };

describe('replaceUploaders', () => {
  const content = makeAsset('a.jpg');
  const copy = (path: string, isLfsPointer = false): Asset => ({ ...content, path, isLfsPointer });
  const planned = (...copies: readonly Asset[]): readonly PlanStep[] =>
    planUploads(makeInput({ assets: [copy('a.jpg'), ...copies, makeAsset('z.jpg')] }));

  const rows: Readonly<Record<string, readonly [copies: readonly Asset[], uploader: string, taker: string]>> =
    {
      'hands an upload on to the next asset of the content, and the rest to that one': [
        [copy('b.jpg'), copy('c.jpg')],
        'b.jpg',
        'c.jpg',
      ],
      'passes over pointers, which have no content to send': [
        [copy('b.jpg', true), copy('c.jpg')],
        'c.jpg',
        'b.jpg',
      ],
    };
  it('leaves it at a renewal', () => {
    const old = new Map([['b.jpg', entryOf(content, { expiresAt: at(-1) })]]);
    const steps = planUploads(makeInput({ assets: [copy('a.jpg'), copy('b.jpg')], manifests: [old] }));
    const [, replaced] = replaceUploaders(steps, new Set(['a.jpg']));
    assert.deepEqual(replaced, {
      action: 'upload',
      path: 'b.jpg',
      asset: copy('b.jpg'),
      reason: 'expired',
      isRenewal: true,
    });
  });

  for (const [name, [copies, uploader, taker]] of Object.entries(rows)) {
    it(name, () => {
      const steps = replaceUploaders(planned(...copies), new Set(['a.jpg']));
      assert.deepEqual(
        new Set(steps.map(describeStep)),
        new Set([
          'a.jpg: upload (new)',
          `${uploader}: upload (new)`,
          `${taker}: reuse ${uploader} (new)`,
          'z.jpg: upload (new)',
        ]),
      );
    });
  }

  it('leaves alone what nobody can take over, and what is not lost', () => {
    const [withPointer, withCopy] = [planned(copy('b.jpg', true)), planned(copy('b.jpg'))];
    assert.deepEqual(replaceUploaders(withPointer, new Set(['a.jpg', 'z.jpg'])), withPointer);
    assert.deepEqual(replaceUploaders(withCopy, new Set(['z.jpg'])), withCopy);
  });
});

describe('every plan', () => {
  it('has exactly one step for each asset, rejected file and entry to drop, in order', () => {
    fc.assert(
      fc.property(input, (input) => {
        const expected = [...input.assets, ...input.rejected].map(({ path }) => path).concat(input.removals);
        assert.deepEqual(
          planUploads(input).map((step) => step.path),
          expected.sort(),
        );
      }),
      runs,
    );
  });

  it('does not depend on the order of its input, and never differs', () => {
    fc.assert(
      fc.property(input, (input) => {
        const turned = {
          ...input,
          assets: [...input.assets].reverse(),
          removals: [...input.removals].reverse(),
          manifests: input.manifests.map((manifest): Manifest => new Map([...manifest].reverse())),
        };
        assert.deepEqual(planUploads(turned), planUploads(input));
        assert.deepEqual(planUploads(input), planUploads(input));
      }),
      runs,
    );
  });

  it('uploads no content twice, and never one that is current somewhere unless forced', () => {
    fc.assert(
      fc.property(input, (input) => {
        const uploads = planUploads(input).filter((step) => step.action === 'upload');
        const keys = uploads.map(({ asset }) => `${asset.sha256} ${asset.type}`);
        assert.equal(new Set(keys).size, keys.length);
        if (input.force) return;
        const entries = input.manifests.flatMap((manifest) => [...manifest.values()]);
        for (const { asset } of uploads) {
          assert.ok(entries.every((entry) => findUploadReason(asset, entry, input) !== undefined));
          assert.equal(asset.isLfsPointer, false);
        }
      }),
      runs,
    );
  });

  it('reuses only the current ID of the same content, or one that is uploaded in this run', () => {
    fc.assert(
      fc.property(input, (input) => {
        const steps = planUploads(input);
        for (const step of steps) {
          if (step.action !== 'reuse') continue;
          const { from, asset } = step;
          if (from.entry !== undefined) assert.equal(findUploadReason(asset, from.entry, input), undefined);
          else {
            const source = steps.find(({ path }) => path === from.path);
            assert.ok(source?.action === 'upload');
            assert.deepEqual([source.asset.sha256, source.asset.type], [asset.sha256, asset.type]);
          }
        }
      }),
      runs,
    );
  });

  it('rejects what is invalid, and nothing else but pointers', () => {
    fc.assert(
      fc.property(input, (input) => {
        for (const step of planUploads(input)) {
          if (!('asset' in step) || step.asset === undefined) continue;
          const isInvalid = step.asset.findings.some(({ level }) => level === 'error');
          assert.equal(
            step.action === 'reject',
            isInvalid || (step.action === 'reject' && step.asset.isLfsPointer),
          );
        }
      }),
      runs,
    );
  });

  it('leaves nothing to do for a second run after success', () => {
    fc.assert(
      fc.property(input, (input) => {
        const entries = new Map(input.manifests.toReversed().flatMap((manifest) => [...manifest]));
        const steps = planUploads(input);
        const record = (asset: Asset): ManifestEntry =>
          entryOf(asset, { uploadedAt: at(0), target: input.target ?? TARGET });
        for (const step of steps) {
          if (step.action === 'remove') entries.delete(step.path);
          else if (step.action === 'keep') entries.set(step.path, step.entry);
          else if (step.action === 'upload') entries.set(step.path, record(step.asset));
          else if (step.action === 'reuse') entries.set(step.path, step.from.entry ?? record(step.asset));
        }
        const again = planUploads({ ...input, manifests: [entries], removals: [], force: false });
        const before = new Map(steps.map((step) => [step.path, step.action]));
        for (const { path, action } of again) {
          assert.notEqual(action, 'upload', path);
          if (before.get(path) !== 'reject') assert.equal(action, 'keep', path);
        }
      }),
      runs,
    );
  });
});

describe('listOtherTargets', () => {
  const asset = makeAsset('a.jpg');
  const other = entryOf(asset, { target: OTHER_TARGET });
  const rows: readonly (readonly [name: string, manifests: readonly Manifest[], expected: string[]])[] = [
    ['a valid ID of another target', [new Map([['a.jpg', other]])], ['a.jpg']],
    ['one in a manifest behind', [new Map(), new Map([['a.jpg', other]])], ['a.jpg']],
    ['one that has expired besides', [new Map([['a.jpg', { ...other, id: stating(-1) }]])], []],
    ['no entry', [new Map()], []],
    ['an entry of another content', [new Map([['a.jpg', { ...other, sha256: 'cd'.repeat(32) }]])], []],
    ['a current one', [new Map([['a.jpg', entryOf(asset)]])], []],
  ];
  for (const [name, manifests, expected] of rows) {
    it(name, () => {
      const input = makeInput({ assets: [asset], manifests });
      const steps = listOtherTargets(planUploads(input), manifests, input);
      assert.deepEqual(
        steps.map(({ path }) => path),
        expected,
      );
    });
  }
});
