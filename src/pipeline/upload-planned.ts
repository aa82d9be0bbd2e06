// Stage: upload what is planned, and record each success at once.
import type { Asset } from '../assets/judge.ts';
import { isPublishing } from '../inputs/inputs.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { openDispatcher } from '../network/network.ts';
import { listRunChanges, type UploadEnding, type UploadEndings } from '../outcome.ts';
import { isWaiting, type PlanStep } from '../plan.ts';
import type { EarlyPublishing } from '../publish/early.ts';
import { formatBytes, formatSeconds } from '../text/text.ts';
import { buildEntry } from '../upload/entry.ts';
import type { UploadResult } from '../upload/upload-all.ts';
import { saveMemory } from './process.ts';
import type { Run } from './set-up.ts';

/** What came of the uploads. */
export interface Uploads {
  readonly results: UploadEndings;
  /** What kept all further uploads from starting. */
  readonly stop?: Error | undefined;
}

/**
 * Records what needs no request: IDs taken over from current entries, and removals. In the modes that publish, whether
 * an entry goes is for the branch to say, so it is left to publishing.
 */
export function recordKnown({ mode }: Run, steps: readonly PlanStep[], store: ManifestStore): void {
  for (const [path, entry] of listRunChanges(steps, new Map()).changes)
    if (entry !== undefined || !isPublishing(mode)) store.set(path, entry);
}

/** Uploads what is planned. Entries go to the store at once; failures are annotated on their files. */
export async function uploadPlanned(
  run: Run,
  steps: readonly PlanStep[],
  store: ManifestStore,
  early: EarlyPublishing<UploadEndings> | undefined,
): Promise<Uploads> {
  const items = steps.flatMap((step) => (step.action === 'upload' ? [step.asset] : []));
  const results = new Map<string, UploadEnding>();
  if (items.length === 0) return { results };
  await store.tryWriting();
  saveMemory();
  const { inputs, redact, signatures, reporter } = run;
  const { NxcloudClient } = await import('../nxcloud/client.ts');
  const { uploadAll } = await import('../upload/upload-all.ts');
  const dispatcher = await openDispatcher(inputs.apiUrl, run.proxy);
  const client = new NxcloudClient({ ...inputs, dispatcher, redact, signatures });
  const record = makeRecorder(run, steps, results, items.length, store);
  try {
    const { stop } = await reporter.group('Upload', () =>
      uploadAll({
        ...inputs,
        items,
        uploadOnce: (asset, signal) => client.uploadOnce(asset, signal),
        onResult: (asset, result) => {
          record(asset, result);
          if (result.kind === 'uploaded') early?.noteSuccess(results);
        },
        onRetry: (asset, message) => reporter.info(`${asset.path}: ${message}`),
        signal: run.cancelled,
        stop: early?.refused,
        random: Math.random,
      }),
    );
    return { results, stop };
  } finally {
    await dispatcher.destroy();
  }
}

/** What to do with each result, at once: log it, annotate it, record it for the asset and for those of its content. */
function makeRecorder(
  { rules: { target = '' }, reporter }: Run,
  steps: readonly PlanStep[],
  results: Map<string, UploadEnding>,
  total: number,
  store: ManifestStore,
): (asset: Asset, result: UploadResult) => void {
  const waiting = Map.groupBy(steps.filter(isWaiting), (step) => step.from.path);
  return (asset, result) => {
    const { path } = asset;
    const tell = (ending: string): void => reporter.info(`[${results.size}/${total}] ${path} ${ending}`);
    if (result.kind === 'not-reached') return;
    if (result.kind === 'failed') {
      results.set(path, { failure: result.message });
      tell('failed');
      reporter.annotate('error', result.message, path);
    } else {
      const entry = buildEntry(asset, result, target);
      results.set(path, { entry });
      const takers = waiting.get(path) ?? [];
      for (const taker of [path, ...takers.map((step) => step.path)]) store.set(taker, entry);
      tell(`uploaded, ${formatBytes(asset.size)}, ${formatSeconds(result.durationMs)}`);
    }
  };
}
