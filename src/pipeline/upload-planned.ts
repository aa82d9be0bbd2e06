// Stage: upload what is planned, and record each success at once.
import type { Asset } from '../assets/judge.ts';
import { isPublishing } from '../inputs/inputs.ts';
import type { ManifestEntry } from '../manifest/manifest.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { saveMemory } from './memory.ts';
import { openDispatcher } from '../network/network.ts';
import { readStatedExpiry } from '../nxcloud/file-id.ts';
import { isWaiting, type PlanStep, replaceUploaders } from '../plan.ts';
import { noteFailure, type Progress } from './progress.ts';
import type { Reporter } from '../report/reporter.ts';
import type { Run } from './set-up.ts';
import { formatBytes, formatSeconds } from '../text/text.ts';
import type { UploadResult } from '../upload/upload-all.ts';

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

/**
 * Uploads what is planned. Results go to `progress`, entries to the store; failures are annotated on their files. Where a
 * file is lost meanwhile, another one of its content is uploaded, and the plan in `progress` says so.
 */
export async function uploadPlanned(
  run: Run,
  progress: Progress,
  store: ManifestStore,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  if (listDue(progress).length === 0) return;
  saveMemory();
  const { inputs } = run;
  const { NxcloudClient } = await import('../nxcloud/client.ts');
  const { uploadAll } = await import('../upload/upload-all.ts');
  const dispatcher = await openDispatcher(inputs.apiUrl, run.proxy);
  const client = new NxcloudClient({ ...inputs, dispatcher, redact: run.redact });
  const uploadDue = async (items: readonly Asset[]): Promise<void> => {
    const lost = new Set<string>();
    const { stop } = await uploadAll({
      items,
      concurrency: inputs.concurrency,
      retries: inputs.retries,
      uploadOnce: async (asset, uploadSignal) => {
        const verdict = await client.uploadOnce(asset, uploadSignal);
        if (verdict.kind === 'fail' && verdict.cause === 'content') lost.add(asset.path);
        return verdict;
      },
      onResult: makeRecorder(run, progress, items.length, store, reporter),
      onRetry: (asset, message) => reporter.info(`${asset.path}: ${message}`),
      signal,
      random: Math.random,
    });
    if (stop !== undefined) noteFailure(progress, stop);
    else if (!signal.aborted) progress.steps = replaceUploaders(progress.steps ?? [], lost);
  };
  try {
    await reporter.group('Upload', async () => {
      for (let items = listDue(progress); items.length > 0; items = listDue(progress)) await uploadDue(items);
    });
  } finally {
    await dispatcher.destroy();
  }
}

/** The assets that are to be uploaded and have no result yet. */
function listDue({ steps = [], results }: Progress): readonly Asset[] {
  return steps.flatMap((step) => (step.action === 'upload' && !results.has(step.path) ? [step.asset] : []));
}

/** What to do with each result, at once: log it, annotate it, record it for the asset and for those of its content. */
function makeRecorder(
  { target = '' }: Run,
  { steps = [], results }: Progress,
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

function buildEntry(
  asset: Asset,
  result: UploadResult & { kind: 'uploaded' },
  target: string,
): ManifestEntry {
  const { sha256, size, type } = asset;
  const expiry = readStatedExpiry(result.id);
  const expiresAt = expiry === undefined ? {} : { expiresAt: new Date(expiry).toISOString() };
  return {
    id: result.id,
    sha256,
    size,
    type,
    target,
    uploadedAt: new Date(result.at).toISOString(),
    ...expiresAt,
  };
}
