// Stage: upload what is planned, and record each success at once.
import type { Asset } from '../assets/judge.ts';
import { isPublishing } from '../inputs/inputs.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { openDispatcher } from '../network/network.ts';
import type { NxcloudClient } from '../nxcloud/client.ts';
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
  steps: readonly PlanStep[],
  store: ManifestStore,
  reporter: Reporter,
  control: UploadControl,
): Promise<Uploads> {
  if (listDue(steps, new Map()).length === 0) return { steps, results: new Map(), failures: [] };
  await store.tryWriting();
  saveMemory();
  const { inputs, redact, signatures } = run;
  const { NxcloudClient } = await import('../nxcloud/client.ts');
  const dispatcher = await openDispatcher(inputs.apiUrl, run.proxy);
  const client = new NxcloudClient({ ...inputs, dispatcher, redact, signatures });
  try {
    return await reporter.group('Upload', async () => {
      let uploads: Uploads = { steps, results: new Map(), failures: [] };
      do uploads = await uploadDue({ run, client, store, reporter, control }, uploads);
      while (listDue(uploads.steps, uploads.results).length > 0);
      return uploads;
    });
  } finally {
    await dispatcher.destroy();
  }
}

/** Uploads what is due, and gives the plan with what is due because a file was lost. */
async function uploadDue(
  { run, client, store, reporter, control }: UploadPlace,
  { steps, results: before }: Uploads,
): Promise<Uploads> {
  const { concurrency, retries } = run.inputs;
  const { uploadAll } = await import('../upload/upload-all.ts');
  const items = listDue(steps, before);
  const results = new Map(before);
  const lost = new Set<string>();
  const record = makeRecorder(run, steps, results, items.length, store, reporter);
  const { stop } = await uploadAll({
    items,
    concurrency,
    retries,
    uploadOnce: async (asset, signal) => {
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
  const failures = stop === undefined ? [] : [stop];
  return { steps: isOver ? steps : replaceUploaders(steps, lost), results, failures };
}

/** What all uploads of a run share. */
interface UploadPlace {
  readonly run: Run;
  readonly client: NxcloudClient;
  readonly store: ManifestStore;
  readonly reporter: Reporter;
  readonly control: UploadControl;
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
    const tell = (ending: string): void => reporter.info(`[${results.size}/${total}] ${path} ${ending}`);
    if (result.kind === 'failed') {
      tell('failed');
      reporter.annotate('error', result.message, path);
    } else if (result.kind === 'uploaded') {
      const entry = buildEntry(asset, result, target);
      const takers = waiting.get(path) ?? [];
      for (const taker of [path, ...takers.map((step) => step.path)]) store.set(taker, entry);
      tell(`uploaded, ${formatBytes(asset.size)}, ${formatSeconds(result.durationMs)}`);
    }
  };
}
