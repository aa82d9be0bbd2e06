// Stage: upload what is planned, and record each success at once.
import type { Asset } from '../assets/judge.ts';
import { isPublishing } from '../inputs/inputs.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { openDispatcher } from '../network/network.ts';
import type { Verdict } from '../nxcloud/answers.ts';
import { isWaiting, type PlanStep, replaceUploaders } from '../plan.ts';
import type { Reporter } from '../report/reporter.ts';

import { formatBytes, formatSeconds } from '../text/text.ts';
import { buildEntry } from '../upload/entry.ts';
import type { UploadResult } from '../upload/upload-all.ts';
import { saveMemory } from './memory.ts';
import type { Run } from './set-up.ts';

/** What came of a plan. */
export interface Uploads {
  /** The plan as it was carried out: where a file was lost meanwhile, another one of its content was uploaded. */
  readonly steps: readonly PlanStep[];
  /** How each upload ended, by path. */
  readonly results: ReadonlyMap<string, UploadResult>;
  /** What kept all further uploads from starting. */
  readonly failures: readonly Error[];
}

/** How uploading is watched and ended. */
export interface UploadControl {
  /** Aborts what is in flight, too. */
  readonly signal: AbortSignal;
  /** Lets what is in flight end. */
  readonly stop: AbortSignal | undefined;
  /** Told of each success, with all that is known by then. */
  readonly onSuccess: ((uploads: Omit<Uploads, 'failures'>) => void) | undefined;
}

/**
 * Records what needs no request: IDs taken over from current entries, and removals. In the modes that publish, whether
 * an entry goes is for the branch to say, so it is left to publishing.
 */
export function recordKnown({ mode }: Run, steps: readonly PlanStep[], store: ManifestStore): void {
  for (const step of steps) {
    if (step.action === 'reuse' && step.from.entry !== undefined) store.set(step.path, step.from.entry);
    else if (step.action === 'keep') store.set(step.path, step.entry);
    else if (step.action === 'remove' && !isPublishing(mode)) store.set(step.path, undefined);
  }
}

/** Uploads what is planned. Entries go to the store at once; failures are annotated on their files. */
export async function uploadPlanned(
  run: Run,
  planned: readonly PlanStep[],
  store: ManifestStore,
  reporter: Reporter,
  control: UploadControl,
): Promise<Uploads> {
  const results = new Map<string, UploadResult>();
  if (listDue(planned, results).length === 0) return { steps: planned, results, failures: [] };
  saveMemory();
  const { inputs, redact, signatures } = run;
  const { NxcloudClient } = await import('../nxcloud/client.ts');
  const { uploadAll } = await import('../upload/upload-all.ts');
  const dispatcher = await openDispatcher(inputs.apiUrl, run.proxy);
  const client = new NxcloudClient({ ...inputs, dispatcher, redact, signatures });
  /** Uploads what is due, and gives the plan with what is due because of files that were lost. */
  const uploadDue = async (steps: readonly PlanStep[]): Promise<Uploads> => {
    const items = listDue(steps, results);
    const lost = new Set<string>();
    const record = makeRecorder(run, steps, results, items.length, store, reporter);
    const { stop } = await uploadAll({
      items,
      concurrency: inputs.concurrency,
      retries: inputs.retries,
      uploadOnce: async (asset, signal): Promise<Verdict> => {
        const verdict = await client.uploadOnce(asset, signal);
        if (verdict.kind === 'fail' && verdict.cause === 'content') lost.add(asset.path);
        return verdict;
      },
      onResult: (asset, result) => {
        record(asset, result);
        if (result.kind === 'uploaded') control.onSuccess?.({ steps, results });
      },
      onRetry: (asset, message) => reporter.info(`${asset.path}: ${message}`),
      signal: control.signal,
      stop: control.stop,
      random: Math.random,
    });
    const isOver = stop !== undefined || control.signal.aborted || control.stop?.aborted === true;
    const replaced = isOver ? steps : replaceUploaders(steps, lost);
    const failures = stop === undefined ? [] : [stop];
    return isOver || listDue(replaced, results).length === 0
      ? { steps: replaced, results, failures }
      : await uploadDue(replaced);
  };
  try {
    return await reporter.group('Upload', () => uploadDue(planned));
  } finally {
    await dispatcher.destroy();
  }
}

/** The assets that are to be uploaded and have no result yet. */
function listDue(steps: readonly PlanStep[], results: ReadonlyMap<string, UploadResult>): readonly Asset[] {
  return steps.flatMap((step) => (step.action === 'upload' && !results.has(step.path) ? [step.asset] : []));
}

/** What to do with each result, at once: log it, annotate it, record it for the asset and for those of its content. */
function makeRecorder(
  { target = '' }: Run,
  steps: readonly PlanStep[],
  results: Map<string, UploadResult>,
  dueCount: number,
  store: ManifestStore,
  reporter: Reporter,
): (asset: Asset, result: UploadResult) => void {
  const total = results.size + dueCount;
  const waiting = Map.groupBy(steps.filter(isWaiting), (step) => step.from.path);
  return (asset, result) => {
    const { path } = asset;
    results.set(path, result);
    const advance = (ending: string): void => reporter.advance(results.size, total, `${path} ${ending}`);
    if (result.kind === 'failed') {
      advance('failed');
      reporter.annotate('error', result.message, path);
    } else if (result.kind === 'uploaded') {
      const entry = buildEntry(asset, result, target);
      const takers = waiting.get(path) ?? [];
      for (const taker of [path, ...takers.map((step) => step.path)]) store.set(taker, entry);
      advance(`uploaded, ${formatBytes(asset.size)}, ${formatSeconds(result.durationMs)}`);
    }
  };
}
