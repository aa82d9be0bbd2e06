// What the stages hand to the last one.
import type { Candidate } from '../assets/discover.ts';
import type { Judged } from '../assets/judge.ts';
import type { ManifestStore } from '../manifest/store.ts';
import type { UploadEndings } from '../outcome.ts';
import type { PlanStep } from '../plan.ts';
import type { Publication } from '../publish/publisher.ts';
import type { Run } from './set-up.ts';

/** What came of a plan. */
export interface Uploads {
  /** The plan as it was carried out: where a file was lost meanwhile, another one of its content was uploaded. */
  readonly steps: readonly PlanStep[];
  readonly results: UploadEndings;
}

/** What is known of a run when it ends. */
export interface Ending extends Partial<Uploads> {
  /** Undefined when the inputs were wrong. */
  readonly run?: Run;
  readonly store?: ManifestStore;
  /** What was found of the run's share, judged or not yet. */
  readonly found: readonly (Candidate | Judged)[];
  /** The last publication while uploads went on. */
  readonly early?: Publication | undefined;
  readonly publication?: Publication;
  /** What failed the step; anything but a StepError is a defect of the action. */
  readonly failures: readonly unknown[];
}
