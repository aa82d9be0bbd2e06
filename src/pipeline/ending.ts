// What the stages hand to the last one.
import type { ManifestStore } from '../manifest/store.ts';
import type { PlanStep } from '../plan.ts';
import type { Publication } from '../publish/publisher.ts';
import type { UploadResult } from '../upload/upload-all.ts';
import type { Run } from './set-up.ts';

/** What is known of a run when it ends. */
export interface Ending {
  /** Undefined when the inputs were wrong. */
  readonly run?: Run;
  readonly store?: ManifestStore;
  /** Paths of the assets found. */
  readonly found: readonly string[];
  /** Undefined until the run is planned. */
  readonly steps?: readonly PlanStep[];
  /** How each upload ended, by path. */
  readonly results: ReadonlyMap<string, UploadResult>;
  /** The last publication while uploads went on. */
  readonly early?: Publication | undefined;
  readonly publication?: Publication;
}
