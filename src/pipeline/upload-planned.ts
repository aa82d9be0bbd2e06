// Stage: upload what is planned, and record each success at once.
import type { Asset } from '../assets/judge.ts';
import { isPublishing } from '../inputs/inputs.ts';
import { buildEntry } from '../manifest/manifest-entry.ts';
import type { ManifestStore } from '../manifest/store.ts';
import { openDispatcher } from '../network/network.ts';
import type { NxcloudClient } from '../nxcloud/client.ts';
import { listRunChanges, type UploadEnding, type UploadEndings } from '../outcome.ts';
import { isWaiting, type PlanStep, replaceUploaders, withoutRemovals } from '../plan.ts';
import type { EarlyPublishing } from '../publish/early.ts';
import type { Reporter } from '../report/reporter.ts';
import { formatBytes, formatSeconds } from '../text/text.ts';
import type { UploadResult } from '../upload/upload-all.ts';
import { saveMemory } from './process.ts';
import type { Run } from './set-up.ts';

/** What came of a plan. */
export interface Uploads {
  /** The plan as it was carried out: where a file was lost meanwhile, another one of its content was uploaded. */
  readonly steps: readonly PlanStep[];
  readonly endings: UploadEndings;
  /** What kept all further uploads from starting. */
  readonly stop?: Error | undefined;
}

/** Records what needs no request: IDs taken over from current entries, and removals that nobody else decides on. */
export function recordKnown({ mode }: Run, steps: readonly PlanStep[], store: ManifestStore): void {
  const known = isPublishing(mode) ? withoutRemovals(steps) : steps;
  for (const [path, entry] of listRunChanges(known, new Map()).changes) store.set(path, entry);
}

/** Uploads what is planned. Entries go to the store at once; failures are annotated on their files. */
export async function uploadPlanned(
  run: Run,
  steps: readonly PlanStep[],
  store: ManifestStore,
  early: EarlyPublishing<Uploads> | undefined,
): Promise<Uploads> {
  const due = listDue(steps, new Map()).length;
  if (due === 0) return { steps, endings: new Map() };
  await store.tryWriting(due);
  saveMemory();
  const { inputs, redact, signatures } = run;
  const { NxcloudClient } = await import('../nxcloud/client.ts');
  const dispatcher = await openDispatcher(inputs.apiUrl, run.proxy);
  const client = new NxcloudClient({ ...inputs, dispatcher, redact, signatures });
  try {
    return await run.reporter.group('Upload', () => uploadBy(client, run, steps, store, early));
  } finally {
    await dispatcher.destroy();
  }
}

/** Uploads what is due, and then what is due because a file was lost. */
async function uploadBy(
  client: NxcloudClient,
  { inputs, reporter, rules, cancelled }: Run,
  planned: readonly PlanStep[],
  store: ManifestStore,
  early: EarlyPublishing<Uploads> | undefined,
): Promise<Uploads> {
  const { uploadAll } = await import('../upload/upload-all.ts');
  const endings = new Map<string, UploadEnding>();
  let steps = planned;
  for (let items = listDue(steps, endings); items.length > 0; items = listDue(steps, endings)) {
    const total = endings.size + items.length;
    const takers = Map.groupBy(steps.filter(isWaiting), (step) => step.from.path);
    const lost = new Set<string>();
    const stop = await uploadAll({
      ...inputs,
      items,
      uploadOnce: async (asset, signal) => {
        const verdict = await client.uploadOnce(asset, signal);
        if (verdict.kind === 'fail' && verdict.cause === 'content') lost.add(asset.path);
        return verdict;
      },
      onResult: (asset, result) => {
        const ending = concludeUpload(asset, result, rules.target);
        endings.set(asset.path, ending);
        for (const { path } of [asset, ...(takers.get(asset.path) ?? [])])
          if (ending.entry !== undefined) store.set(path, ending.entry);
        tellResult(reporter, asset, result, `[${endings.size}/${total}]`);
        if (result.kind === 'uploaded') early?.noteSuccess({ steps, endings });
      },
      onRetry: (asset, message) => reporter.info(`${asset.path}: ${message}`),
      signal: cancelled,
      stop: early?.refused,
      random: Math.random,
    });
    if (stop !== undefined || cancelled.aborted || early?.refused.aborted) return { steps, endings, stop };
    steps = replaceUploaders(steps, lost);
  }
  return { steps, endings };
}

/** The assets that are to be uploaded and have no ending yet. */
function listDue(steps: readonly PlanStep[], endings: UploadEndings): readonly Asset[] {
  return steps.flatMap((step) => (step.action === 'upload' && !endings.has(step.path) ? [step.asset] : []));
}

function concludeUpload(asset: Asset, result: UploadResult, target = ''): UploadEnding {
  if (result.kind === 'uploaded') return { entry: buildEntry(asset, result.id, result.at, target) };
  return result.kind === 'failed' ? { failure: result.message } : {};
}

function tellResult(reporter: Reporter, { path, size }: Asset, result: UploadResult, count: string): void {
  if (result.kind === 'uploaded')
    reporter.info(`${count} ${path} uploaded, ${formatBytes(size)}, ${formatSeconds(result.durationMs)}`);
  else if (result.kind === 'failed') {
    reporter.info(`${count} ${path} failed`);
    reporter.annotate('error', result.message, path);
  }
}
