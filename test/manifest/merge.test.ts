import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Manifest, ManifestEntry } from '../../src/manifest/manifest.ts';
import { listChanges, listOverruled, mergeBranches } from '../../src/manifest/merge.ts';

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

function toObject(manifest: Manifest): Record<string, ManifestEntry> {
  return Object.fromEntries([...manifest].sort());
}

describe('mergeBranches', () => {
  test('keeps what the base says of its schema', () => {
    const base = Object.assign(new Map([['a', entryOf(1, 1)]]), { schema: './x.json' });
    assert.equal(mergeBranches(new Map(), base, new Map()).schema, './x.json');
  });

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
        const applied = new Map(from);
        for (const [path, entry] of listChanges(from, to)) {
          assert.notDeepEqual(from.get(path), entry);
          if (entry === undefined) applied.delete(path);
          else applied.set(path, entry);
        }
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
