// Outcomes of a run for tests.
import type { Outcome, Status } from '../../src/outcome.ts';
import { makeAsset } from './asset.ts';

/** An outcome with an asset, unless its entry was removed; overrides come on top. */
export function makeOutcome(path: string, status: Status, overrides: Partial<Outcome> = {}): Outcome {
  return {
    path,
    status,
    ...(status === 'removed' ? {} : { asset: makeAsset(path) }),
    reason: '',
    findings: [],
    isChanged: false,
    ...overrides,
  };
}
