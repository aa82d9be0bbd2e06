// What to do with each asset and each entry: plain data, decided before any request.
import { compareCodeUnits } from './text/text.ts';
import type { Candidate, Unusable } from './assets/discover.ts';
import type { Asset, Finding, Judged } from './assets/judge.ts';
import type { Manifest, ManifestEntry } from './manifest/manifest.ts';
import { contradictsContent, parseStatedExpiry } from './nxcloud/file-id.ts';

/** Why an asset is not current, for people. An asset to which several apply gets the first, in this order. */
export const REASON_TEXT = {
  new: 'new',
  changed: 'content changed',
  'other-target': 'other account, number or host',
  mismatch: 'ID of another content',
  expired: 'ID expired',
  forced: 'forced',
} as const;
export type UploadReason = keyof typeof REASON_TEXT;

/** An asset that is not current. */
interface DueAsset {
  readonly path: string;
  readonly asset: Asset;
  readonly reason: UploadReason;
  /** Whether only time asks for another ID: there is one of this content, which has run out. */
  readonly isRenewal?: boolean;
}

/** Where an ID is taken over from; `entry` is absent while it is still to be uploaded. */
interface ReuseSource {
  readonly path: string;
  readonly entry?: ManifestEntry;
}

interface ReuseStep extends DueAsset {
  readonly action: 'reuse';
  readonly from: ReuseSource;
}

interface RejectStep {
  readonly action: 'reject';
  readonly path: string;
  /** Absent when the file could not be judged. */
  readonly asset?: Asset;
  readonly findings: readonly Finding[];
}

/** One step of the plan. */
export type PlanStep =
  | (DueAsset & { readonly action: 'upload' })
  | ReuseStep
  | {
      readonly action: 'keep';
      readonly path: string;
      readonly asset: Asset;
      readonly entry: ManifestEntry;
    }
  | RejectStep
  | { readonly action: 'remove'; readonly path: string };

/** What makes an entry current besides its content. */
export interface CurrencyRules {
  /** The run's target; undefined (in `check` without credentials) means that targets are not judged. */
  readonly target: string | undefined;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds after which an ID is renewed, or undefined for no limit. */
  readonly maxAge: number | undefined;
  /** Milliseconds before a stated expiry at which an ID is renewed; undefined ignores stated expiries. */
  readonly renewBefore: number | undefined;
}

export interface PlanInput extends CurrencyRules {
  readonly assets: readonly Asset[];
  /** Files that can never be uploaded. */
  readonly rejected: readonly Unusable[];
  /** All known manifests, those that count more first: the published one, then the checkout's. */
  readonly manifests: readonly Manifest[];
  /** Paths of entries to drop, as their file is missing. */
  readonly removals: readonly string[];
  readonly force: boolean;
}

/**
 * Plans the run: for every asset one of upload, reuse, keep or reject, for every entry without a file remove, in
 * code-unit order of the path. Total, deterministic, independent of the order of its input; one content is never
 * uploaded twice.
 */
export function planUploads(input: PlanInput): readonly PlanStep[] {
  const steps: PlanStep[] = [
    ...input.rejected.flatMap((file) => findRejection(file) ?? []),
    ...input.removals.map((path) => ({ action: 'remove' as const, path })),
  ];
  const due: DueAsset[] = [];
  for (const asset of input.assets) {
    const { path } = asset;
    const entries = input.manifests.flatMap((manifest) => manifest.get(path) ?? []);
    const kept = entries.find((entry) => findUploadReason(asset, entry, input) === undefined);
    const rejection = findRejection(asset);
    if (rejection !== undefined) steps.push(rejection);
    else if (kept === undefined) {
      const [entry] = entries;
      const reason = findUploadReason(asset, entry, input) ?? 'new';
      const isRenewal = reason === 'expired' && entry !== undefined && !isOfFuture(entry, input.now);
      due.push({ path, asset, reason, isRenewal });
    } else if (input.force) due.push({ path, asset, reason: 'forced' });
    else steps.push({ action: 'keep', path, asset, entry: kept });
  }
  steps.push(...planDue(due, input));
  return steps.sort((a, b) => compareCodeUnits(a.path, b.path));
}

/** The step for a file that is known to be invalid; undefined for any other. */
export function findRejection(file: Candidate | Judged): RejectStep | undefined {
  const { path } = file;
  if ('reason' in file) return rejectAs('unusable', path, file.reason);
  if (!('findings' in file) || !file.findings.some(({ level }) => level === 'error')) return undefined;
  return { action: 'reject', path, asset: file, findings: file.findings };
}

function planDue(unsorted: readonly DueAsset[], input: PlanInput): readonly PlanStep[] {
  // Looking for every content that has an ID is most of a plan's work, and a run without changes needs none.
  if (unsorted.length === 0) return [];
  const due = unsorted.toSorted((a, b) => compareCodeUnits(a.path, b.path));
  const sources = input.force ? new Map<string, ReuseSource>() : findCurrentContents(input);
  for (const { path, asset } of due) {
    const key = contentKey(asset);
    // A pointer cannot be uploaded, but it can take over the ID of the same content elsewhere in the run.
    if (!asset.isLfsPointer && !sources.has(key)) sources.set(key, { path });
  }
  return due.map((item) => planDueAsset(item, sources.get(contentKey(item.asset))));
}

function planDueAsset(due: DueAsset, from: ReuseSource | undefined): PlanStep {
  const { path, asset } = due;
  if (from?.path === path && from.entry === undefined) return { action: 'upload', ...due };
  if (from !== undefined) return { action: 'reuse', ...due, from };
  const message =
    'the checkout holds only its Git LFS pointer, and its content is needed for an upload: check out with `lfs: true`, or run `git lfs pull` first';
  return { ...rejectAs('lfs-pointer', path, message), asset };
}

function rejectAs(rule: string, path: string, message: string): RejectStep {
  return { action: 'reject', path, findings: [{ rule, level: 'error', message }] };
}

/**
 * Replaces uploads whose file was lost before it was sent: the next asset of the same content is uploaded, and the rest
 * take over its ID.
 */
export function replaceUploaders(steps: readonly PlanStep[], lost: ReadonlySet<string>): readonly PlanStep[] {
  const successors = new Map<string, string>();
  for (const step of steps) {
    if (!isWaiting(step) || !lost.has(step.from.path) || successors.has(step.from.path)) continue;
    if (!step.asset.isLfsPointer) successors.set(step.from.path, step.path);
  }
  return steps.map((step) => {
    if (!isWaiting(step)) return step;
    const { from, ...due } = step;
    const successor = successors.get(from.path);
    if (successor === undefined) return step;
    return due.path === successor ? { ...due, action: 'upload' } : { ...step, from: { path: successor } };
  });
}

/** The steps without removals: where a run publishes, the branch says in the end whether an entry goes. */
export function withoutRemovals(steps: readonly PlanStep[]): readonly PlanStep[] {
  return steps.filter(({ action }) => action !== 'remove');
}

/** Whether a step takes over an ID that is still to be uploaded. */
export function isWaiting(step: PlanStep): step is ReuseStep {
  return step.action === 'reuse' && step.from.entry === undefined;
}

function contentKey({ sha256, type }: Pick<ManifestEntry, 'sha256' | 'type'>): string {
  return `${sha256} ${type}`;
}

/** For each content the current entry that lasts longest; among equals the newest, then the first by path. */
function findCurrentContents(input: PlanInput): Map<string, ReuseSource> {
  const best = new Map<string, ReuseSource>();
  const entries = input.manifests.flatMap((manifest) => [...manifest]);
  for (const [path, entry] of entries.sort(([a], [b]) => compareCodeUnits(a, b))) {
    if (findUploadReason(entry, entry, input) !== undefined) continue;
    const other = best.get(contentKey(entry))?.entry;
    if (other === undefined || lastsLonger(entry, other)) best.set(contentKey(entry), { path, entry });
  }
  return best;
}

function lastsLonger(a: ManifestEntry, b: ManifestEntry): boolean {
  const [endA, endB] = [findExpiry(a) ?? Number.POSITIVE_INFINITY, findExpiry(b) ?? Number.POSITIVE_INFINITY];
  return endA !== endB ? endA > endB : Date.parse(a.uploadedAt) > Date.parse(b.uploadedAt);
}

/** Why an entry is not current for some content, or undefined when it is. */
export function findUploadReason(
  content: Pick<ManifestEntry, 'sha256' | 'type'>,
  entry: ManifestEntry | undefined,
  rules: CurrencyRules,
): UploadReason | undefined {
  if (entry === undefined) return 'new';
  if (entry.sha256 !== content.sha256 || entry.type !== content.type) return 'changed';
  if (rules.target !== undefined && entry.target !== rules.target) return 'other-target';
  if (contradictsContent(entry.id, entry.sha256)) return 'mismatch';
  return isExpired(entry, rules) ? 'expired' : undefined;
}

/** The steps of assets that would be current but for the target: there is a valid ID of another account, number or host. */
export function listOtherTargets(
  steps: readonly PlanStep[],
  manifests: readonly Manifest[],
  rules: CurrencyRules,
): readonly PlanStep[] {
  const anyTarget = { ...rules, target: undefined };
  return steps.filter((step) => {
    if (!('reason' in step) || step.reason !== 'other-target') return false;
    const entries = manifests.map((manifest) => manifest.get(step.path));
    return entries.some((entry) => findUploadReason(step.asset, entry, anyTarget) === undefined);
  });
}

const DAY = 86_400_000;

function isExpired(entry: ManifestEntry, rules: CurrencyRules): boolean {
  const uploadedAt = Date.parse(entry.uploadedAt);
  if (isOfFuture(entry, rules.now)) return true;
  if (rules.maxAge !== undefined && rules.now - uploadedAt > rules.maxAge) return true;
  const expiry = findExpiry(entry);
  if (rules.renewBefore === undefined || expiry === undefined) return false;
  const lifetime = Math.max(0, expiry - uploadedAt);
  return rules.now >= expiry - Math.min(rules.renewBefore, lifetime / 2);
}

/** Whether the time of the upload was made up, as no clock is that wrong: then nobody knows when the ID runs out. */
function isOfFuture({ uploadedAt }: ManifestEntry, now: number): boolean {
  return Date.parse(uploadedAt) - now > DAY;
}

/** The earlier of what the entry records and what its ID states, in milliseconds since 1970. */
export function findExpiry(entry: ManifestEntry): number | undefined {
  const recorded = entry.expiresAt === undefined ? undefined : Date.parse(entry.expiresAt);
  const stated = parseStatedExpiry(entry.id);
  if (recorded === undefined || stated === undefined) return recorded ?? stated;
  return Math.min(recorded, stated);
}
