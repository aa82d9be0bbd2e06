import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isSameEntry, type Manifest, type ManifestEntry } from '../../src/manifest/manifest.ts';
import { listChanges, type ManifestChanges, mergeBranches } from '../../src/manifest/merge.ts';
import {
  applyChanges,
  decideProposal,
  listOpenChanges,
  type ProposalManifests,
  type RunChanges,
} from '../../src/publish/decide.ts';
import { entryOf, RULES, sha256 } from './entries.ts';

type Entries = Readonly<Record<string, ManifestEntry | undefined>>;

function manifestOf(entries: Entries): Manifest {
  return new Map(Object.entries(entries).flatMap(([path, entry]) => (entry ? [[path, entry]] : [])));
}

/** A run with these changes, all of them made by itself; the checkout holds `checkout`. */
function runOf(changes: Entries, details: Partial<RunChanges> = {}, checkout: Entries = {}): RunChanges {
  return {
    changes: new Map(Object.entries(changes)),
    made: new Set(Object.keys(changes)),
    checkout: manifestOf(checkout),
    rules: RULES,
    force: false,
    ...details,
  };
}

/** The ID of a handle as NXCloud gives it, which names a content. */
function handleOf(content: string): string {
  return `4:${Buffer.from(`${sha256(content).slice(0, 16)}.png`).toString('base64')}:aW1hZ2U=:x`;
}

describe('applyChanges', () => {
  test('keeps what the published manifest says of its schema', () => {
    const published = Object.assign(manifestOf({}), { schema: './x.json' });
    assert.equal(applyChanges(published, runOf({ a: entryOf('a', 1) })).schema, './x.json');
  });

  const [first, second] = [entryOf('a', 1), entryOf('a', 2)];
  const ours = entryOf('a', 3);
  const expired = { ...first, expiresAt: '2026-11-23T11:59:59.000Z' };
  const cases: readonly {
    name: string;
    theirs?: ManifestEntry | undefined;
    checkout?: ManifestEntry;
    change: ManifestEntry | undefined;
    force?: boolean;
    expected: ManifestEntry | undefined;
  }[] = [
    { name: 'an entry goes where there is none', change: ours, expected: ours },
    {
      name: 'an entry that is current for the same content stands',
      theirs: first,
      change: ours,
      expected: first,
    },
    { name: 'an entry of another content gives way', theirs: entryOf('b', 9), change: ours, expected: ours },
    {
      name: 'an entry of another type gives way',
      theirs: { ...first, type: 'image/jpeg' },
      change: ours,
      expected: ours,
    },
    {
      name: 'an entry of another target gives way',
      theirs: { ...first, target: '0'.repeat(16) },
      change: ours,
      expected: ours,
    },
    { name: 'an entry that has expired gives way', theirs: expired, change: ours, expected: ours },
    {
      name: 'an entry whose ID names another content gives way',
      theirs: { ...first, id: handleOf('b') },
      change: ours,
      expected: ours,
    },
    {
      name: 'an entry whose ID names its content stands',
      theirs: { ...first, id: handleOf('a') },
      change: ours,
      expected: { ...first, id: handleOf('a') },
    },
    {
      name: 'with force the newer entry stands: ours',
      theirs: second,
      change: ours,
      force: true,
      expected: ours,
    },
    {
      name: 'with force the newer entry stands: theirs',
      theirs: ours,
      change: second,
      force: true,
      expected: ours,
    },
    {
      name: 'a removal drops the entry of the checkout',
      theirs: first,
      checkout: first,
      change: undefined,
      expected: undefined,
    },
    {
      name: 'a removal drops no entry that was renewed since',
      theirs: second,
      checkout: first,
      change: undefined,
      expected: second,
    },
    {
      name: 'a removal drops no entry of a file that the checkout did not know',
      theirs: first,
      change: undefined,
      expected: first,
    },
    {
      name: 'a removal of what is gone changes nothing',
      checkout: first,
      change: undefined,
      expected: undefined,
    },
  ];
  for (const { name, theirs, checkout, change, force = false, expected } of cases) {
    test(name, () => {
      const run = runOf({ p: change }, { force }, { p: checkout });
      const published = manifestOf({ p: theirs, other: entryOf('other') });
      const merged = applyChanges(published, run);
      assert.deepEqual(merged.get('p'), expected);
      assert.deepEqual(merged.get('other'), entryOf('other'), 'what the run says nothing of stays');
      const isOpen = change === undefined || !isSameEntry(theirs, expected);
      assert.deepEqual([...listOpenChanges(published, run)], isOpen ? [['p', change]] : []);
    });
  }

  const paths = fc.constantFrom<string>('a', 'b', 'c', 'd', '__proto__');
  const entries = fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 9 })).map(([c, u]) => entryOf(`${c}`, u));
  const manifests = fc.array(fc.tuple(paths, entries), { maxLength: 6 }).map((pairs) => new Map(pairs));
  const changeSets: fc.Arbitrary<ManifestChanges> = fc
    .array(fc.tuple(paths, fc.option(entries, { nil: undefined })), { maxLength: 6 })
    .map((pairs) => new Map(pairs));

  test('is idempotent, loses no entry of either side, and makes none up', () => {
    const property = fc.property(
      manifests,
      manifests,
      changeSets,
      fc.boolean(),
      (published, checkout, changes, force) => {
        const run = runOf({}, { changes, checkout, force });
        const merged = applyChanges(published, run);
        assert.deepEqual(applyChanges(merged, run), merged);
        for (const [path, entry] of merged)
          assert.ok([published.get(path), changes.get(path)].includes(entry), path);
        for (const path of published.keys())
          assert.ok(merged.has(path) || (changes.has(path) && changes.get(path) === undefined), path);
      },
    );
    fc.assert(property);
  });

  test('runs that saw the same contents keep every path, in whatever order they come', () => {
    const property = fc.property(
      manifests,
      fc.array(fc.tuple(paths, fc.nat({ max: 9 }))),
      (published, uploads) => {
        const runs = uploads.map(([path, upload]) => runOf({ [path]: entryOf(path, upload) }));
        const end = runs.reduce<Manifest>((manifest, run) => applyChanges(manifest, run), published);
        for (const [path] of uploads) assert.equal(end.get(path)?.sha256, sha256(path));
      },
    );
    fc.assert(property);
  });
});

describe('decideProposal', () => {
  const [a, b, c] = [entryOf('a'), entryOf('b'), entryOf('c')];
  const pasted = { ...a, id: '4:pasted' };
  interface Row {
    readonly name: string;
    readonly base?: Entries;
    readonly branch?: Entries;
    readonly mergeBase?: Entries;
    readonly run?: RunChanges;
    /** Those changes of the run that still hold; all of them when left out. */
    readonly relevant?: ManifestChanges;
    readonly expected: {
      readonly manifest: Entries;
      readonly isNew?: boolean;
      readonly isChange?: boolean;
      readonly notMade?: readonly string[];
      readonly overruled?: readonly string[];
    };
  }
  const rows: readonly Row[] = [
    { name: 'nothing at all', expected: { manifest: {} } },
    {
      name: 'the first entry of a run',
      run: runOf({ a }),
      expected: { manifest: { a }, isNew: true, isChange: true },
    },
    { name: 'an entry that the base has', base: { a }, run: runOf({ a }), expected: { manifest: { a } } },
    {
      name: 'an entry that the branch proposes already',
      branch: { a },
      run: runOf({ a }),
      expected: { manifest: { a }, isChange: true },
    },
    {
      name: 'an entry beside what the branch proposes, which this run did not make',
      branch: { a },
      run: runOf({ b }),
      expected: { manifest: { a, b }, isNew: true, isChange: true, notMade: ['a'] },
    },
    {
      name: 'an entry that the run made and published before',
      branch: { a },
      run: runOf({ a, b }),
      relevant: new Map([['b', b]]),
      expected: { manifest: { a, b }, isNew: true, isChange: true },
    },
    {
      name: 'an entry of the run that does not describe the branch',
      run: runOf({ a, b }),
      relevant: new Map([['b', b]]),
      expected: { manifest: { b }, isNew: true, isChange: true },
    },
    {
      name: 'an entry of the branch that the run agrees with without having made it',
      branch: { a },
      run: runOf({ a }, { made: new Set() }),
      expected: { manifest: { a }, isChange: true, notMade: ['a'] },
    },
    {
      name: 'an ID that was pasted into the branch, at the path of an asset',
      base: { a },
      mergeBase: { a },
      branch: { a: pasted },
      run: runOf({ a }, { made: new Set() }),
      expected: { manifest: { a: pasted }, isChange: true, notMade: ['a'] },
    },
    {
      name: 'a swapped ID in the branch, which is a mismatch',
      branch: { a: { ...a, id: handleOf('b') } },
      run: runOf({ a }),
      expected: { manifest: { a }, isNew: true, isChange: true },
    },
    {
      name: 'a base that changed another path since',
      base: { b },
      branch: { a },
      run: runOf({ c }),
      expected: { manifest: { a, b, c }, isNew: true, isChange: true, notMade: ['a'] },
    },
    {
      name: 'a path that both changed: the base wins',
      base: { a: entryOf('a', 9) },
      branch: { a, b },
      expected: {
        manifest: { a: entryOf('a', 9), b },
        isChange: true,
        notMade: ['b'],
        overruled: ['a'],
      },
    },
    {
      name: 'a base that has come to say it all',
      base: { a },
      branch: { a },
      run: runOf({ a }),
      expected: { manifest: { a } },
    },
    {
      name: 'a removal that the branch proposes',
      base: { a, b },
      mergeBase: { a, b },
      branch: { b },
      run: runOf({ a: undefined }, {}, { a, b }),
      expected: { manifest: { b }, isChange: true },
    },
    {
      name: 'a removal that a person made on the branch',
      base: { a, b },
      mergeBase: { a, b },
      branch: { b },
      expected: { manifest: { b }, isChange: true, notMade: ['a'] },
    },
    {
      name: 'a removal of the run',
      base: { a, b },
      run: runOf({ a: undefined }, {}, { a, b }),
      expected: { manifest: { b }, isNew: true, isChange: true },
    },
    {
      name: 'a branch that proposes nothing any more',
      base: { b },
      mergeBase: { b },
      run: runOf({ a }),
      expected: { manifest: { a, b }, isNew: true, isChange: true },
    },
  ];
  for (const {
    name,
    base = {},
    branch = base,
    mergeBase = {},
    run = runOf({}),
    relevant = run.changes,
    expected,
  } of rows) {
    test(name, () => {
      const manifests: ProposalManifests = {
        base: manifestOf(base),
        branch: manifestOf(branch),
        mergeBase: manifestOf(mergeBase),
      };
      const { manifest, ...rest } = decideProposal(manifests, run, relevant);
      const { manifest: entries, ...flags } = expected;
      assert.deepEqual(new Map([...manifest].sort()), manifestOf(entries));
      assert.deepEqual(rest, { isNew: false, isChange: false, notMade: [], overruled: [], ...flags });
      const joined = mergeBranches(manifests.mergeBase, manifests.base, manifests.branch);
      const added = applyChanges(joined, { ...run, changes: relevant });
      assert.equal(listChanges(joined, added).size > 0, rest.isNew, 'what the branch does not say yet');
    });
  }
});
