// How each path of the plan ended: the one source of outputs, summary, annotations and the verdict.
import type { Candidate } from './assets/discover.ts';
import type { Asset, Finding, Judged } from './assets/judge.ts';
import type { Manifest, ManifestEntry } from './manifest/manifest.ts';
import { findRejection, type PlanStep, REASON_TEXT } from './plan.ts';
import type { ManifestChanges } from './manifest/merge.ts';
import { StepError } from './text/errors.ts';
import { compareCodeUnits, countOf } from './text/text.ts';

/**
 * Status of a path after the run, in the order of the summary's tables. `superseded`: the branch holds another file
 * at that path by now, so its entry there stands.
 */
export const STATUSES = [
  'invalid',
  'pending',
  'uploaded',
  'reused',
  'removed',
  'superseded',
  'unchanged',
] as const;
export type Status = (typeof STATUSES)[number];

export interface Outcome {
  readonly path: string;
  readonly status: Status;
  /** Of a superseded path, what the run itself did: an upload is one, whether or not the branch takes its entry. */
  readonly done?: Status;
  /** Absent for removed entries and files that could not be judged. */
  readonly asset?: Asset;
  /** Why it has this status, for people; empty when the status says it all. */
  readonly reason: string;
  /** The entry with the current file ID, for uploaded, reused and unchanged assets. */
  readonly entry?: ManifestEntry;
  readonly findings: readonly Finding[];
  /** Whether an entry of another content stood, or stands, at this path. */
  readonly isChanged: boolean;
  /** True where only time asks for another ID: that of this content has run out. */
  readonly isRenewed?: boolean;
}

/** How an upload ended: with an entry, or refused with a message; with neither where it was not reached. */
export interface UploadEnding {
  readonly entry?: ManifestEntry;
  readonly failure?: string;
}

/** How each upload ended, by path. */
export type UploadEndings = ReadonlyMap<string, UploadEnding>;

/** What a run found out. */
export interface RunResult {
  /** Path → the entry it gets, or undefined to drop it. */
  readonly changes: ManifestChanges;
  /** Paths of the entries that this run made or dropped. */
  readonly made: ReadonlySet<string>;
}

/** What a run has to say of its own paths: the current entry of each asset, however it came to it, and its removals. */
export function listRunChanges(steps: readonly PlanStep[], endings: UploadEndings): RunResult {
  const changes = new Map<string, ManifestEntry | undefined>();
  const made = new Set<string>();
  for (const step of steps) {
    const entry = findEntry(step, endings);
    if (entry === undefined && step.action !== 'remove') continue;
    changes.set(step.path, entry);
    if (step.action !== 'keep') made.add(step.path);
  }
  return { changes, made };
}

/** The entry by which a step's asset is current in the end. */
function findEntry(step: PlanStep, endings: UploadEndings): ManifestEntry | undefined {
  if (step.action === 'keep') return step.entry;
  if (step.action === 'reuse') return step.from.entry ?? endings.get(step.from.path)?.entry;
  return endings.get(step.path)?.entry;
}

/** What stands on the branch in the end, and why entries of this run do not. */
interface Published {
  readonly manifest: Manifest;
  readonly superseded: ReadonlyMap<string, string>;
}

/**
 * Concludes a run: `endings` is empty in `check`, where everything that would be done is pending. What is published
 * decides in the end: where the branch's own entry stands, or there is none, the path is superseded, and its entry is
 * still that of the content in the workspace.
 */
export function concludeRun(
  steps: readonly PlanStep[],
  endings: UploadEndings,
  isCheck: boolean,
  published?: Published,
): readonly Outcome[] {
  return steps.map((step) => {
    const outcome = concludeStep(step, endings, isCheck);
    return published === undefined ? outcome : concludePublished(outcome, published);
  });
}

/** Concludes a run that ended before anything was planned: what was found, and is not known to be invalid, is pending. */
export function concludeUnplanned(found: readonly (Candidate | Judged)[]): readonly Outcome[] {
  // By what Node 16 has as well: it is refused by this ending.
  return [...found]
    .sort((a, b) => compareCodeUnits(a.path, b.path))
    .map((file): Outcome => {
      const rejection = findRejection(file);
      if (rejection !== undefined) return concludeStep(rejection, new Map(), false);
      const asset = 'sha256' in file ? file : undefined;
      const base = { path: file.path, findings: asset?.findings ?? [], isChanged: false };
      return { ...base, ...(asset && { asset }), status: 'pending', reason: 'not reached' };
    });
}

function concludeStep(step: PlanStep, endings: UploadEndings, isCheck: boolean): Outcome {
  const { path, action } = step;
  if (action === 'remove')
    return { path, status: 'removed', reason: 'the file is gone', findings: [], isChanged: false };
  if (action === 'reject') return { ...step, status: 'invalid', reason: '', isChanged: false };
  const { asset } = step;
  const base = { path, asset, findings: asset.findings, isChanged: false };
  if (action === 'keep') return { ...base, status: 'unchanged', reason: '', entry: step.entry };
  const due = { ...base, isChanged: step.reason === 'changed', isRenewed: step.isRenewal === true };
  const why = REASON_TEXT[step.reason];
  const isUpload = action === 'upload';
  if (isCheck) {
    const plan = isUpload ? 'will be uploaded' : `will take over the ID of ${step.from.path}`;
    return { ...due, status: 'pending', reason: `${why}: ${plan}` };
  }
  const entry = findEntry(step, endings);
  if (entry === undefined) {
    const wait = isUpload ? 'not reached' : `waits for the upload of ${step.from.path}`;
    return { ...due, status: 'pending', reason: endings.get(path)?.failure ?? `${why}: ${wait}` };
  }
  if (isUpload) return { ...due, status: 'uploaded', reason: why, entry };
  return { ...due, status: 'reused', reason: `${why}: same content as ${step.from.path}`, entry };
}

/** An outcome as the branch has it. */
function concludePublished(outcome: Outcome, { manifest, superseded }: Published): Outcome {
  const { path, status, entry: ours } = outcome;
  const theirs = manifest.get(path);
  const supersede = (reason: string): Outcome => ({ ...outcome, status: 'superseded', done: status, reason });
  const reason = superseded.get(path);
  if (reason !== undefined) return supersede(reason);
  if (status === 'removed' && theirs !== undefined)
    return supersede('the branch has recorded its file meanwhile');
  if (ours === undefined) return outcome;
  if (theirs === undefined) return supersede('the branch dropped its entry');
  const isSame = theirs.sha256 === ours.sha256 && theirs.type === ours.type && theirs.target === ours.target;
  return isSame ? { ...outcome, entry: theirs } : supersede('the branch has the entry of another version');
}

/** Whether a picture stands where there was another one. */
export function isChangedPicture({ asset, isChanged }: Outcome): boolean {
  return isChanged && asset?.type.startsWith('image/') === true;
}

/** Whether an asset passes, with a warning. */
export function isWarned({ status, findings }: Outcome): boolean {
  return status !== 'invalid' && findings.some(({ level }) => level === 'warning');
}

type Group = readonly [kind: Status | 'warned', members: readonly Outcome[]];

/** The outcomes as people count them: by status, what passes with a warning once more. Empty groups are left out. */
export function groupOutcomes(outcomes: readonly Outcome[]): readonly Group[] {
  const groups = STATUSES.map((status): Group => [status, withStatus(outcomes, status)]);
  // After what is invalid.
  groups.splice(1, 0, ['warned', outcomes.filter(isWarned)]);
  return groups.filter(([, members]) => members.length > 0);
}

/** The outcomes of one status. */
export function withStatus(outcomes: readonly Outcome[], status: Status): readonly Outcome[] {
  return outcomes.filter((outcome) => outcome.status === status);
}

/** Why the outcomes fail the step; in `check`, pending assets do so only where `requireCurrent` asks for it. */
export function findFailures(
  outcomes: readonly Outcome[],
  isCheck: boolean,
  requireCurrent: boolean,
): readonly StepError[] {
  const failures: StepError[] = [];
  const invalid = withStatus(outcomes, 'invalid').length;
  if (invalid > 0) failures.push(new StepError('assets-invalid', `${countOf(invalid, 'asset')} invalid.`));
  const pending = withStatus(outcomes, 'pending').length;
  const what = `${countOf(pending, 'asset')} pending`;
  if (pending > 0 && !isCheck) failures.push(new StepError('assets-pending', `${what}.`));
  else if (pending > 0 && requireCurrent)
    failures.push(new StepError('assets-not-current', `${what}, and \`require-current\` is true.`));
  return failures;
}
