import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Manifest, ManifestEntry } from '../../src/manifest/manifest.ts';
import {
  listChanges,
  listOverruled,
  type ManifestChanges,
  mergeBranches,
  mergeChanges,
} from '../../src/manifest/merge.ts';

/** An entry of content `content`, uploaded as number `upload`. */
function entryOf(content: number, upload: number): ManifestEntry {
  return {
    id: `4:id-${content}-${upload}`,
    sha256: content.toString(16).padStart(64, '0'),
    size: content,
    type: 'image/png',
    target: '9f0c2b7a51de4c88',
    uploadedAt: new Date(Date.UTC(2026, 0, 1, 0, upload % 4)).toISOString(),
  };
}

const paths = fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__');
const entries = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 9 }))
  .map(([c, u]) => entryOf(c, u));
const manifests: fc.Arbitrary<Manifest> = fc
  .array(fc.tuple(paths, entries), { maxLength: 6 })
  .map((pairs) => new Map(pairs));
const changeSets: fc.Arbitrary<ManifestChanges> = fc
  .array(fc.tuple(paths, fc.option(entries, { nil: undefined })), { maxLength: 6 })
  .map((pairs) => new Map(pairs));

/** Changes of a run that sees the same content at each path as every other run: content follows from the path. */
const agreeingChangeSets: fc.Arbitrary<ManifestChanges> = fc
  .array(fc.tuple(paths, fc.integer({ min: 0, max: 9 })), { maxLength: 6 })
  .map(
    (pairs) =>
      new Map(pairs.map(([path, upload]) => [path, entryOf(path.length + path.charCodeAt(0), upload)])),
  );

function toObject(manifest: Manifest): Record<string, ManifestEntry> {
  return Object.fromEntries([...manifest].sort());
}

describe('mergeChanges', () => {
  test('without another run in between, the changes are what is published', () => {
    fc.assert(
      fc.property(manifests, changeSets, (known, changes) => {
        const merged = mergeChanges(known, known, changes);
        for (const [path, entry] of changes) assert.deepEqual(merged.get(path), entry);
      }),
    );
  });

  test('leaves every path alone that the run did not change', () => {
    fc.assert(
      fc.property(manifests, manifests, changeSets, (published, known, changes) => {
        const merged = mergeChanges(published, known, changes);
        for (const [path, entry] of published) {
          if (!changes.has(path)) assert.deepEqual(merged.get(path), entry);
        }
      }),
    );
  });

  test('loses no ID: an entry of either side survives at every path that one of them recorded', () => {
    fc.assert(
      fc.property(manifests, manifests, changeSets, (published, known, changes) => {
        const merged = mergeChanges(published, known, changes);
        for (const [path, entry] of listChanges(known, merged)) {
          const sources = [published.get(path), changes.get(path)];
          assert.ok(entry === undefined || sources.includes(entry));
        }
        for (const [path, entry] of listChanges(known, published)) {
          if (entry !== undefined) assert.notEqual(merged.get(path), undefined);
        }
      }),
    );
  });

  test('is idempotent', () => {
    fc.assert(
      fc.property(manifests, manifests, changeSets, (published, known, changes) => {
        const once = mergeChanges(published, known, changes);
        assert.deepEqual(toObject(mergeChanges(once, known, changes)), toObject(once));
      }),
    );
  });

  test('gives the same whatever the order of runs that saw the same contents', () => {
    fc.assert(
      fc.property(
        manifests,
        fc.array(agreeingChangeSets, { minLength: 2, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        (known, runs, order) => {
          const shuffled = runs
            .map((run) => ({ run, key: order.next().value }))
            .sort((a, b) => a.key - b.key)
            .map(({ run }) => run);
          const apply = (sets: readonly ManifestChanges[]): Manifest =>
            sets.reduce<Manifest>((published, changes) => mergeChanges(published, known, changes), known);
          assert.deepEqual(toObject(apply(shuffled)), toObject(apply(runs)));
        },
      ),
    );
  });

  const old = entryOf(1, 0);
  const cases = [
    {
      name: 'a removal does not drop an ID that another run recorded meanwhile',
      published: entryOf(2, 1),
      change: undefined,
      expected: entryOf(2, 1),
    },
    {
      name: 'a removal drops the entry that was planned with',
      published: old,
      change: undefined,
      expected: undefined,
    },
    {
      name: 'an ID survives that another run removed',
      published: undefined,
      change: entryOf(1, 1),
      expected: entryOf(1, 1),
    },
    {
      name: 'of two IDs of one content the newer wins, here theirs',
      published: entryOf(1, 3),
      change: entryOf(1, 2),
      expected: entryOf(1, 3),
    },
    {
      name: 'of two IDs of one content the newer wins, here ours',
      published: entryOf(1, 1),
      change: entryOf(1, 2),
      expected: entryOf(1, 2),
    },
    {
      name: 'of two contents the one that describes the branch wins: ours',
      published: entryOf(2, 3),
      change: entryOf(3, 1),
      expected: entryOf(3, 1),
    },
    {
      name: 'an entry that the run left as it was replaces nothing',
      published: entryOf(2, 1),
      change: old,
      expected: entryOf(2, 1),
    },
    {
      name: 'a renewal replaces what was planned with, even if that claims to be newer',
      published: old,
      known: old,
      change: { ...old, id: 'x', uploadedAt: '2020-01-01T00:00:00.000Z' },
      expected: { ...old, id: 'x', uploadedAt: '2020-01-01T00:00:00.000Z' },
    },
  ];
  for (const { name, published, change, expected } of cases) {
    test(name, () => {
      const asManifest = (entry: ManifestEntry | undefined): Manifest =>
        new Map(entry === undefined ? [] : [['a', entry]]);
      const merged = mergeChanges(asManifest(published), asManifest(old), new Map([['a', change]]));
      assert.deepEqual(merged.get('a'), expected);
    });
  }
});

describe('mergeBranches', () => {
  test('takes every path from the side that changed it, from the base where both did', () => {
    fc.assert(
      fc.property(manifests, manifests, manifests, (mergeBase, base, branch) => {
        const merged = mergeBranches(mergeBase, base, branch);
        const baseChanges = listChanges(mergeBase, base);
        const branchChanges = listChanges(mergeBase, branch);
        for (const path of new Set([
          ...mergeBase.keys(),
          ...base.keys(),
          ...branch.keys(),
          ...merged.keys(),
        ])) {
          const source = baseChanges.has(path) || !branchChanges.has(path) ? base : branch;
          assert.deepEqual(merged.get(path), source.get(path));
        }
      }),
    );
  });

  test('is idempotent: merging the result again with the same base changes nothing', () => {
    fc.assert(
      fc.property(manifests, manifests, manifests, (mergeBase, base, branch) => {
        const merged = mergeBranches(mergeBase, base, branch);
        assert.deepEqual(toObject(mergeBranches(base, base, merged)), toObject(merged));
      }),
    );
  });
});

describe('listChanges', () => {
  test('turns the one manifest into the other', () => {
    fc.assert(
      fc.property(manifests, manifests, (from, to) => {
        const applied = mergeChanges(from, from, listChanges(from, to));
        assert.deepEqual(toObject(applied), toObject(to));
      }),
    );
  });
});

test('overruled are the paths that base and branch changed, each otherwise', () => {
  const before = new Map(['a', 'b', 'c', 'd', 'e', 'f'].map((path) => [path, entryOf(1, 1)]));
  const base = new Map([
    ...before,
    ['a', entryOf(2, 1)],
    ['b', entryOf(2, 1)],
    ['c', entryOf(2, 1)],
    ['x', entryOf(2, 1)],
  ]);
  const branch = new Map([
    ...before,
    ['a', entryOf(3, 1)],
    ['b', entryOf(2, 1)],
    ['d', entryOf(3, 1)],
    ['x', entryOf(3, 1)],
  ]);
  base.delete('e');
  branch.set('e', entryOf(3, 1));
  base.set('f', entryOf(2, 1));
  branch.delete('f');
  assert.deepEqual(listOverruled(before, base, branch), ['a', 'e', 'f', 'x']);
});
