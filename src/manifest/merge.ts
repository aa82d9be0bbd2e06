// Merging manifests path by path, so that parallel runs lose nothing. Pure.
import { compareCodeUnits } from '../text/text.ts';
import { copyManifest, isSameEntry, type Manifest, type ManifestEntry } from './manifest.ts';

/** Path → the entry it gets, or undefined to drop it. */
export type ManifestChanges = ReadonlyMap<string, ManifestEntry | undefined>;

/** Merges a branch's manifest into its base's; where both changed a path since their merge base, the base wins. */
export function mergeBranches(mergeBase: Manifest, base: Manifest, branch: Manifest): Manifest {
  const merged = copyManifest(base);
  for (const [path, entry] of listChanges(mergeBase, branch)) {
    if (!isSameEntry(base.get(path), mergeBase.get(path))) continue;
    if (entry === undefined) merged.delete(path);
    else merged.set(path, entry);
  }
  return merged;
}

/** The paths, in order, at which a branch and its base say different things since their merge base: there the base wins. */
export function listOverruled(mergeBase: Manifest, base: Manifest, branch: Manifest): readonly string[] {
  const changed = [...listChanges(mergeBase, branch).keys()];
  return changed
    .filter((path) => !isSameEntry(base.get(path), mergeBase.get(path)))
    .filter((path) => !isSameEntry(branch.get(path), base.get(path)))
    .sort(compareCodeUnits);
}

/** What turns one manifest into another; empty when they say the same. */
export function listChanges(from: Manifest, to: Manifest): ManifestChanges {
  const changes = new Map<string, ManifestEntry | undefined>();
  for (const path of new Set([...from.keys(), ...to.keys()])) {
    if (!isSameEntry(from.get(path), to.get(path))) changes.set(path, to.get(path));
  }
  return changes;
}
