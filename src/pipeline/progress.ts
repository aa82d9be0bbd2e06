// What is known of the run so far: every ending, however early, reports from it.
import { describeFailure } from '../text/errors.ts';
import type { Publication } from '../github/publisher.ts';
import type { ManifestStore } from '../manifest/store.ts';
import type { PlanStep } from '../plan.ts';
import type { Run } from './set-up.ts';
import type { UploadResult } from '../upload/upload-all.ts';

export interface Progress {
  /** Undefined while, and when, the inputs were wrong. */
  run?: Run;
  store?: ManifestStore;
  publication?: Publication;
  /** Paths of the assets found, until they are planned. */
  found: readonly string[];
  /** Undefined until the run is planned. */
  steps?: readonly PlanStep[];
  /** How each upload ended, by path. */
  readonly results: Map<string, UploadResult>;
  /** Sentences about the run as a whole; any of them fails the step. */
  readonly failures: string[];
}

/** Adds a failure. It is shown in places that nobody masks, such as comments: secrets leave it here. */
export function noteFailure(progress: Progress, error: unknown): void {
  const message = describeFailure(error);
  progress.failures.push(progress.run?.redact(message) ?? message);
}
