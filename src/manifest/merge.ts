// Merging manifests path by path, so that parallel runs lose nothing. Pure.
import { compareCodeUnits } from '../text/text.ts';
import { isSameEntry, type Manifest, type ManifestEntry } from './manifest.ts';

/** Path → the entry it gets, or undefined to drop it. */
export type ManifestChanges = ReadonlyMap<string, ManifestEntry | undefined>;

/**
 * Applies one run's changes to the manifest that is published by now. `known` is the published manifest the run
 * planned with: an entry that differs from it came from another run, and is only replaced by a change that says more.
 * The order in which several runs apply their changes does not matter as long as they saw the same contents, and
 * applying changes twice is the same as once.
 */
export function mergeChanges(published: Manifest, known: Manifest, changes: ManifestChanges): Manifest {
  const merged = new Map(published);
  for (const [path, change] of changes) {
    const before = known.get(path);
    const current = published.get(path);
    if (isSameEntry(change, before)) continue;
    const winner = isSameEntry(current, before) ? change : reconcile(current, change);
    if (winner === undefined) merged.delete(path);
    else merged.set(path, winner);
  }
  return merged;
}

/** Decides between another run's entry and this run's change to the same path. */
function reconcile(
  theirs: ManifestEntry | undefined,
  ours: ManifestEntry | undefined,
): ManifestEntry | undefined {
  // Who recorded an ID knows more than who found the file gone.
  if (theirs === undefined || ours === undefined) return theirs ?? ours;
  const isSameContent =
    theirs.sha256 === ours.sha256 && theirs.type === ours.type && theirs.target === ours.target;
  return isSameContent && isPreferred(theirs, ours) ? theirs : ours;
}

/** A total order on IDs of one content, so that every run picks the same: the newest, then the greatest. */
function isPreferred(a: ManifestEntry, b: ManifestEntry): boolean {
  const difference = Date.parse(a.uploadedAt) - Date.parse(b.uploadedAt);
  return difference === 0 ? orderKey(a) >= orderKey(b) : difference > 0;
}

function orderKey(entry: ManifestEntry): string {
  return JSON.stringify([entry.id, entry.expiresAt ?? '', entry.uploadedAt, entry.size]);
}

/** Merges a branch's manifest into its base's; where both changed a path since their merge base, the base wins. */
export function mergeBranches(mergeBase: Manifest, base: Manifest, branch: Manifest): Manifest {
  const merged = new Map(base);
  for (const path of new Set([...mergeBase.keys(), ...branch.keys()])) {
    const before = mergeBase.get(path);
    if (!isSameEntry(base.get(path), before)) continue;
    const entry = branch.get(path);
    if (entry === undefined) merged.delete(path);
    else merged.set(path, entry);
  }
  return merged;
}

/** The paths, in order, at which a branch and its base say different things since their merge base: there the base wins. */
export function listOverruled(mergeBase: Manifest, base: Manifest, branch: Manifest): readonly string[] {
  const paths = new Set([...mergeBase.keys(), ...branch.keys()]);
  const isOverruled = (path: string): boolean =>
    [mergeBase, base].every((other) => !isSameEntry(branch.get(path), other.get(path))) &&
    !isSameEntry(base.get(path), mergeBase.get(path));
  return [...paths].filter(isOverruled).sort(compareCodeUnits);
}

/** What turns one manifest into another; empty when they say the same. */
export function listChanges(from: Manifest, to: Manifest): ManifestChanges {
  const changes = new Map<string, ManifestEntry | undefined>();
  for (const path of new Set([...from.keys(), ...to.keys()])) {
    if (!isSameEntry(from.get(path), to.get(path))) changes.set(path, to.get(path));
  }
  return changes;
}
