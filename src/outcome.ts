// How each path of the plan ended: the one source of outputs, summary, annotations and the verdict.
import type { Asset, Finding } from './assets/judge.ts';
import type { Manifest, ManifestEntry } from './manifest/manifest.ts';
import type { PlanStep, UploadStep } from './plan.ts';
import type { ManifestChanges } from './manifest/merge.ts';
import { buildEntry } from './upload/entry.ts';
import type { UploadResult } from './upload/upload-all.ts';

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
  /** Absent for removed entries and files that could not be judged. */
  readonly asset?: Asset;
  /** Why it has this status, for people; empty when the status says it all. */
  readonly reason: string;
  /** The current file ID, for uploaded, reused and unchanged assets. */
  readonly id?: string;
  readonly findings: readonly Finding[];
  /** Whether an entry of another content stood, or stands, at this path. */
  readonly isChanged: boolean;
  /** True where only time asks for another ID: that of this content has run out. */
  readonly isRenewed?: boolean;
}

const REASON_TEXT = {
  new: 'new',
  changed: 'content changed',
  'other-target': 'other account, number or host',
  mismatch: 'its ID belongs to another content',
  expired: 'its ID has expired',
  forced: 'forced',
} as const;

/**
 * Concludes a run: `results` holds how each upload ended, and is empty in `check`, where everything that would be done
 * is pending. What is published decides in the end: where the branch's own entry stands, or there is none, the path is
 * superseded, and its ID is still that of the content in the workspace.
 */
export function concludeRun(
  steps: readonly PlanStep[],
  results: ReadonlyMap<string, UploadResult>,
  isCheck: boolean,
  published?: { readonly manifest: Manifest; readonly superseded: ReadonlyMap<string, string> },
): readonly Outcome[] {
  return steps.map((step) => {
    const outcome = concludeStep(step, results, isCheck);
    if (published === undefined) return outcome;
    const reason = published.superseded.get(step.path);
    if (reason !== undefined) return { ...outcome, status: 'superseded', reason };
    const entry = published.manifest.get(step.path);
    if (outcome.status === 'removed' && entry !== undefined)
      return { ...outcome, status: 'superseded', reason: 'the branch has recorded its file meanwhile' };
    if (outcome.id === undefined) return outcome;
    if (entry === undefined)
      return { ...outcome, status: 'superseded', reason: 'the branch dropped its entry' };
    if (!isEntryOf(entry, step))
      return { ...outcome, status: 'superseded', reason: 'the branch has the entry of another version' };
    return { ...outcome, id: entry.id };
  });
}

/**
 * What a run has to say of its own paths: the current entry of each asset, however it came to it, and its removals.
 * `target` is the account, number and host of its uploads.
 */
export function listRunChanges(
  steps: readonly PlanStep[],
  results: ReadonlyMap<string, UploadResult>,
  target: string,
): RunResult {
  const uploaded = new Map<string, ManifestEntry>();
  for (const step of steps) {
    const result = results.get(step.path);
    if (step.action === 'upload' && result?.kind === 'uploaded') {
      uploaded.set(step.path, buildEntry(step.asset, result, target));
    }
  }
  const changes = new Map<string, ManifestEntry | undefined>();
  const made = new Set<string>();
  for (const step of steps) {
    if (step.action === 'reject') continue;
    const entry = step.action === 'remove' ? undefined : findEntry(step, uploaded);
    if (entry === undefined && step.action !== 'remove') continue;
    changes.set(step.path, entry);
    if (step.action !== 'keep') made.add(step.path);
  }
  return { changes, made };
}

/** What a run found out. */
export interface RunResult {
  /** Path → the entry it gets, or undefined to drop it. */
  readonly changes: ManifestChanges;
  /** Paths of the entries that this run made or dropped. */
  readonly made: ReadonlySet<string>;
}

function findEntry(
  step: Exclude<PlanStep, { action: 'reject' | 'remove' }>,
  uploaded: ReadonlyMap<string, ManifestEntry>,
): ManifestEntry | undefined {
  if (step.action === 'keep') return step.entry;
  if (step.action === 'reuse') return step.from.entry ?? uploaded.get(step.from.path);
  return uploaded.get(step.path);
}

/** Whether an entry is of the content that a step is about, and of the target of the entry that the step relies on. */
function isEntryOf(entry: ManifestEntry, step: PlanStep): boolean {
  if (!('asset' in step) || step.asset === undefined) return false;
  const { sha256, type } = step.asset;
  const known = step.action === 'keep' ? step.entry : step.action === 'reuse' ? step.from.entry : undefined;
  const isSameTarget = known === undefined || known.target === entry.target;
  return entry.sha256 === sha256 && entry.type === type && isSameTarget;
}

/** Concludes a run that ended before anything was planned: whatever was found is pending. */
export function concludeUnplanned(found: readonly string[]): readonly Outcome[] {
  const untouched = { reason: 'not reached', findings: [], isChanged: false };
  return found.map((path) => ({ path, status: 'pending', ...untouched }));
}

function concludeStep(step: PlanStep, results: ReadonlyMap<string, UploadResult>, isCheck: boolean): Outcome {
  const { path } = step;
  if (step.action === 'remove') {
    return { path, status: 'removed', reason: 'the file is gone', findings: [], isChanged: false };
  }
  if (step.action === 'reject') return { ...step, status: 'invalid', reason: '', isChanged: false };
  const { asset } = step;
  const isChanged = step.action !== 'keep' && step.reason === 'changed';
  const isRenewed = step.action !== 'keep' && step.reason === 'expired';
  const base = { path, asset, findings: asset.findings, isChanged, ...(isRenewed && { isRenewed }) };
  if (step.action === 'keep') return { ...base, status: 'unchanged', reason: '', id: step.entry.id };
  const why = REASON_TEXT[step.reason];
  if (step.action === 'upload') {
    if (isCheck) return { ...base, status: 'pending', reason: `${why}: will be uploaded` };
    return { ...base, ...concludeUpload(step, results.get(path)) };
  }
  const { from } = step;
  if (isCheck) return { ...base, status: 'pending', reason: `${why}: will take over the ID of ${from.path}` };
  const source = results.get(from.path);
  const id = from.entry?.id ?? (source?.kind === 'uploaded' ? source.id : undefined);
  if (id === undefined)
    return { ...base, status: 'pending', reason: `${why}: waits for the upload of ${from.path}` };
  return { ...base, status: 'reused', reason: `${why}: same content as ${from.path}`, id };
}

function concludeUpload(
  step: UploadStep,
  result: UploadResult | undefined,
): Partial<Outcome> & Pick<Outcome, 'status' | 'reason'> {
  const why = REASON_TEXT[step.reason];
  if (result?.kind === 'uploaded') return { status: 'uploaded', reason: why, id: result.id };
  if (result?.kind === 'failed') return { status: 'pending', reason: result.message };
  return { status: 'pending', reason: `${why}: not reached` };
}

/** Whether a picture stands where there was another one. */
export function isChangedPicture({ asset, isChanged }: Outcome): boolean {
  return isChanged && asset?.type.startsWith('image/') === true;
}

/** Whether an asset passes, with a warning. */
export function isWarned({ status, findings }: Outcome): boolean {
  return status !== 'invalid' && findings.some(({ level }) => level === 'warning');
}

/** The outcomes of one status. */
export function withStatus(outcomes: readonly Outcome[], status: Status): readonly Outcome[] {
  return outcomes.filter((outcome) => outcome.status === status);
}
