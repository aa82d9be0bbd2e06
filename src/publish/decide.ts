// What the published manifest is to say: pure functions on manifests.
import { copyManifest, isSameEntry, type Manifest } from '../manifest/manifest.ts';
import { listChanges, listOverruled, type ManifestChanges, mergeBranches } from '../manifest/merge.ts';
import { compareCodeUnits } from '../text/text.ts';
import type { RunResult } from '../outcome.ts';
import { type CurrencyRules, findUploadReason } from '../plan.ts';

/** What this run has to say, and how to tell whether it is news. */
export interface RunChanges extends RunResult {
  /** The manifest of the checkout: a removal is about the entry that stood there. */
  readonly checkout: Manifest;
  /** When an entry is current. */
  readonly rules: CurrencyRules;
  /** Whether the run uploads what is current as well: then the newer of two current entries stands. */
  readonly force: boolean;
}

/**
 * Applies a run's changes to a published manifest. An entry that is current there for the same content stands, whoever
 * made it, so that parallel runs do not replace each other's IDs; an entry that another run renewed is not removed.
 */
export function applyChanges(published: Manifest, run: RunChanges): Manifest {
  const { changes, checkout, rules, force } = run;
  const merged = copyManifest(published);
  for (const [path, ours] of changes) {
    const theirs = published.get(path);
    if (ours === undefined) {
      if (isSameEntry(theirs, checkout.get(path))) merged.delete(path);
      continue;
    }
    const isCurrent = theirs !== undefined && findUploadReason(ours, theirs, rules) === undefined;
    const isOlder = force && Date.parse(theirs?.uploadedAt ?? '') < Date.parse(ours.uploadedAt);
    if (!isCurrent || isOlder) merged.set(path, ours);
  }
  return merged;
}

/**
 * The changes of a run that are for the branch to judge: what its manifest does not say yet, and every removal, which is
 * one only where the branch does not have the file.
 */
export function listOpenChanges(published: Manifest, run: RunChanges): ManifestChanges {
  const news = listChanges(published, applyChanges(published, run));
  return new Map([...run.changes].filter(([path, entry]) => entry === undefined || news.has(path)));
}

/** The manifests that a proposal is made of. */
export interface ProposalManifests {
  readonly base: Manifest;
  /** The base's when there is no branch, or what it proposed is merged or cannot be read. */
  readonly branch: Manifest;
  /** That of the commit where base and branch parted. */
  readonly mergeBase: Manifest;
}

/** A manifest to propose. */
export interface ProposedManifest {
  readonly manifest: Manifest;
  /** Whether this run adds to what the branch proposed. */
  readonly isNew: boolean;
  /** Whether it says more than the base. */
  readonly isChange: boolean;
  /** Paths whose entry differs from the base's without this run having made it. */
  readonly notMade: readonly string[];
  /** Paths that base and branch both changed: there the base wins. */
  readonly overruled: readonly string[];
}

/** The base's manifest with what the branch adds to it and those changes of this run that still hold. */
export function decideProposal(
  { base, branch, mergeBase }: ProposalManifests,
  run: RunChanges,
  relevant: ManifestChanges,
): ProposedManifest {
  const before = mergeBranches(mergeBase, base, branch);
  const manifest = applyChanges(before, { ...run, changes: relevant });
  const changed = listChanges(base, manifest);
  const isMade = (path: string): boolean =>
    run.made.has(path) && isSameEntry(run.changes.get(path), manifest.get(path));
  return {
    manifest,
    isNew: listChanges(before, manifest).size > 0,
    isChange: changed.size > 0,
    notMade: [...changed.keys()].filter((path) => !isMade(path)).sort(compareCodeUnits),
    overruled: listOverruled(mergeBase, base, branch),
  };
}
